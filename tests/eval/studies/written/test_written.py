"""What must hold of written answers is found where it does not; replies are counted as they end."""

import sys
from dataclasses import replace

import pytest

from corpus.article import Article
from corpus.errors import DalilError
from eval.cases.case import Case, read_cases
from eval.running.evaluate import CASES
from eval.studies.written import __main__ as command
from eval.studies.written.asking import Watched, ask
from eval.studies.written.faults import faults
from eval.studies.written.serve import weights
from index import Library, load_encoder
from rag.answer import Event
from rag.assistant import Assistant
from rag.llm import Limits, ModelError
from tests.fakes.scripted_model import ScriptedModel

LIMITS = Limits()
CASE = Case(
    id="market", question="What did the repair of the market cost?", language="en", answerable=True
)
TEXT = "The repair of the market cost 40,000 dollars, said mayor Fadi Homsi."


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    home = tmp_path_factory.mktemp("library") / "home"
    with_one = Library.open(home, load_encoder("bundled"), create=True)
    with_one.add([Article(id="market", text=TEXT, language="en")])
    yield with_one
    with_one.close()


def asked(library, *reply):
    model = Watched(ScriptedModel([list(reply)]))
    return ask(Assistant(library, saves=False, llm=model), model, CASE)


def found(library, told, limits=LIMITS):
    return faults(told, library.article, limits, library.words)


WRITTEN = ("The repair ", "cost 40,000 dollars", " [1].")


@pytest.mark.parametrize(
    ("reply", "fate"),
    [
        (WRITTEN, "written"),
        (("The repair cost 40,000 dollars [1]. It took 9 years [1].",), "written"),
        (("NO ANSWER",), "no answer"),
        (("It took 9 years in Oslo [1].",), "unsupported"),
        (("It took nine years to rebuild it. ",) * 9, "given up"),
        (("   ",), "silent"),
        (("The repair", ModelError("timeout", "Late.")), "timeout"),
        ((ModelError("refused", "Nobody there."),), "refused"),
    ],
)
def test_what_dalil_makes_of_any_reply_is_sound(library, reply, fate):
    told = asked(library, *reply)
    assert told.fate == fate
    assert found(library, told) == []


def changed(told, **fields):
    return replace(told, answer=replace(told.answer, **fields))


def test_a_quote_that_is_not_stored_is_found(library):
    told = asked(library, *WRITTEN)
    [cited] = told.answer.citations
    strange = replace(cited, article=replace(cited.article, text=TEXT.replace("40", "50")))
    assert "not in the stored article" in found(library, changed(told, citations=(strange,)))[0]
    assert any("no marker" in fault for fault in found(library, changed(told, text="It cost.")))
    assert any("without a citation" in fault for fault in found(library, changed(told, text="[7]")))


def test_what_is_invented_and_unmarked_is_found(library):
    told = asked(library, "The repair cost 40,000 dollars [1]. It took 9 years [1].")
    assert [statement.supported for statement in told.answer.statements] == [True, False]
    trusted = tuple(replace(one, supported=True) for one in told.answer.statements)
    assert "'It took 9 years'" in found(library, changed(told, statements=trusted))[0]
    assert "no notice" in found(library, changed(told, notice=None))[0]
    hidden = found(library, changed(told, statements=told.answer.statements[:1]))
    assert {"In no statement: 'took'.", "In no statement: 'years'."} <= set(hidden)


def test_most_of_an_answer_that_is_invented_is_found(library):
    told = asked(library, *WRITTEN)
    doubted = tuple(replace(one, supported=False) for one in told.answer.statements)
    assert any("Most of it" in fault for fault in found(library, changed(told, statements=doubted)))


def test_a_stream_that_says_something_else_is_found(library):
    told = asked(library, *WRITTEN)
    other = replace(told, events=[Event("token", "No."), *told.events])
    assert found(library, other) == ["The text that was streamed is not the text of the answer."]
    # What stood before a new beginning does not count.
    assert found(library, replace(other, events=[Event("restart"), *told.events])) == []
    kept = [event for event in told.events if event.kind != "citation"]
    assert "citations that were streamed" in found(library, replace(told, events=kept))[0]


def test_a_wait_past_the_limits_is_found(library):
    told = asked(library, *WRITTEN)
    assert "waited for 200.0 s" in found(library, replace(told, model_s=200.0))[0]
    assert "first word" in found(library, replace(told, first_s=100.0, model_s=100.0))[0]
    assert "first word" in found(library, replace(told, first_s=None, model_s=100.0))[0]
    assert found(library, replace(told, model_s=200.0), Limits.within(300)) == []


def test_the_sums(library):
    told = [asked(library, *WRITTEN), asked(library, "NO ANSWER"), asked(library, "9 years [1].")]
    told = [replace(one, first_s=1.0, model_s=float(n)) for n, one in enumerate(told, start=2)]
    lines = list(command.summary(told, LIMITS))
    assert lines[0] == "en: 3 questions: written 1, no answer 1, unsupported 1"
    assert "the articles' own sentences instead: 1 of 3" in lines
    assert "statements shown: 1, marked as not in the articles: 0" in lines
    assert "written answers that came in pieces: 1" in lines
    assert "first word: p50 1.0 s, p95 1.0 s (limit 30 s, n=3)" in lines


def test_half_of_the_questions_are_arabic():
    some = command.chosen(read_cases(CASES), 50)
    assert [case.language for case in some] == ["en"] * 25 + ["ar"] * 25
    assert len({case.id for case in some}) == 50
    assert not any(case.history for case in some)


def test_weights_are_one_file_of_a_package(tmp_path, monkeypatch):
    (tmp_path / "small_model").mkdir()
    (tmp_path / "small_model" / "__init__.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SystemExit, match="one file of weights"):
        weights("small_model")
    file = tmp_path / "small_model" / "small.gguf"
    file.touch()
    assert weights("small_model") == file
    with pytest.raises(SystemExit, match="one file of weights"):
        weights("no_such_model")


def test_a_server_that_does_not_start_is_told(capsys, tmp_path):
    assert command.main(["--python", str(tmp_path / "none")]) == 1
    assert "make llm-smoke" in capsys.readouterr().err
    serving = command._serving(command.Path(sys.executable), 1, "no_such_model")
    with pytest.raises(DalilError, match="start: The package no_such_model"), serving:
        pass


def test_the_command_is_asked_too(model_server):
    server = model_server("english")
    address = server.url("openai").removesuffix("/v1")
    assert command._of_command(address, LIMITS) == []
    assert [body["model"] for body in server.bodies] == ["smollm2"]
