"""How often "No:" is said, and that it is seldom wrong."""

import pytest

from eval.cases.case import Case
from eval.studies.yes_no import answered, pairs, verdict, verdict_of
from index.encoder import load_bundled
from rag.answer import Answer, Citation
from rag.citing.refusal import abstention


def test_of_what_is_not_denied_nothing_is_said():
    table = load_bundled()
    told = [(pair, verdict(answered(pair, table), denied=pair.denied)) for pair in pairs()]
    assert [pair for pair, said in told if said == "wrong"] == []
    right = sum(said == "right" for _, said in told)
    assert right >= 0.75 * sum(pair.denied for pair, _ in told)


def test_pairs_are_of_both_halves_and_each_is_there_once():
    found = pairs()
    assert {pair.half for pair in found} == {"fit", "report"}
    assert len({(pair.question, pair.sentence) for pair in found}) == len(found)
    assert 40 < sum(pair.denied for pair in found) < len(found) - 40


@pytest.mark.parametrize(
    ("answers", "lead", "said"),
    [
        (("لا",), "No:", "right"),
        (("No",), None, "absent"),
        (("نعم",), "No:", "wrong"),
        (("yes",), None, "silent"),
        (("No", "Yes"), None, "silent"),
        (("No", "Yes"), "No:", "right"),
    ],
)
def test_verdicts(answers, lead, said, make_article):
    case = Case(id="x", question="?", language="en", answerable=True, answers=answers)
    answer = Answer("?", "answered", "", 0.9, (Citation(1, make_article(), 0, 5),), lead=lead)
    assert verdict_of(case, answer) == said
    assert verdict_of(case, abstention("?", ())) == "refused"
