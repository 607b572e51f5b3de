"""A follow-up on what no article answers is not answered from another matter."""

import pytest

from corpus.load import load_articles
from eval.running.evaluate import DEMO
from index import Library
from index.encoder import load_bundled
from rag.assistant import Assistant

NAMES = (
    "russian-patrols-manbij", "tell-halwan-excavation", "student-bus-brakes", "oil-field-guards",
    "repositioning-hasakah-deir-ezzor", "semalka-crossing-ckb", "local-council-election",
)  # fmt: skip
ASKED = "Who announced it?"
TABLETS = "How many clay tablets were found at Tell Halwan?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    library = Library.open(tmp_path_factory.mktemp("library"), load_bundled(), create=True)
    library.add(one.article for one in load_articles(*[DEMO / f"{name}.md" for name in NAMES]))
    yield Assistant(library)
    library.close()


def test_a_follow_up_on_what_was_answered_is_answered(assistant):
    answer = assistant.ask(ASKED, [TABLETS])
    assert answer.status == "answered"
    assert any("Berivan Osman" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    "before", ["How old is Myles Caggins?", "Who won the council election in Qamishli?"]
)
def test_one_on_what_was_not_answered_claims_nothing_and_points(assistant, before):
    assert assistant.ask(before).status == "abstained"
    # Whatever was asked earlier than that.
    for history in ([before], [TABLETS, before]):
        answer = assistant.ask(ASKED, history)
        assert (answer.status, list(answer.citations)) == ("abstained", [])
        assert answer.possible
        assert assistant.saved(answer.answer_id).answer.text == answer.text
