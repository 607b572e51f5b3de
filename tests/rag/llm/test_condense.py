"""Follow-ups: the model's question is searched for if it is one, else the rules resolve it."""

import json
from pathlib import Path

import pytest

from corpus.article import Article
from rag import Assistant
from rag.llm import Limits, ModelError
from rag.llm.condense import condense

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "condensed.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
HISTORY = ["Who is Hajji Abdullah?"]
QUESTION = "Where is he hiding?"


def condensed(model, question=QUESTION, history=HISTORY):
    return condense(model, question, history, Limits(), model.clock)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_replies(case, scripted):
    question, history = case.get("question", QUESTION), case.get("history", HISTORY)
    found = condensed(scripted(case["reply"]), question, history)
    assert found.fault is None
    wanted = case["asked"]
    expected = (wanted, []) if wanted else (question, history)
    assert (found.text, list(found.history)) == expected


def test_without_history_the_model_is_left_alone(scripted):
    model = scripted()
    found = condensed(model, history=[])
    assert (found.text, list(found.history)) == (QUESTION, [])
    assert model.asked == []


def test_long_histories_are_trimmed(scripted):
    model = scripted(["Who rules Raqqa?"])
    history = [f"Question number {n} about {'apples ' * 200}?" for n in range(50)]
    condensed(model, history=history)
    prompt = "\n".join(message.text for message in model.asked[0])
    assert "number 49 " in prompt
    assert "number 43 " not in prompt
    assert prompt.count("apples") < 6 * 70


@pytest.mark.parametrize("reason", ["refused", "unreachable", "quota", "missing"])
def test_a_model_that_is_not_there_is_not_asked_again(make_collection, scripted, reason):
    library = make_collection(Article(id="a", text="Hajji Abdullah hides in Idlib.", language="en"))
    model = scripted([ModelError(reason, "No.")])
    answer = list(Assistant(library, reader=None, llm=model).stream(QUESTION, HISTORY))[-1].answer
    assert (answer.mode, len(model.asked)) == ("extractive", 1)
    assert answer.citations


@pytest.mark.parametrize(
    ("steps", "gives_up"),
    [([11.0, "Where is Hajji Abdullah?"], False), ([31.0, ModelError("silent", "No.")], True)],
    ids=["slow", "silent"],
)
def test_a_slow_model_is_asked_for_the_answer_all_the_same(scripted, steps, gives_up):
    found = condensed(scripted(steps))
    assert (found.text, found.history) == (QUESTION, HISTORY)
    assert (found.fault is not None) == gives_up


def test_the_answer_is_sought_with_the_condensed_question(make_collection, scripted):
    library = make_collection(
        Article(id="a", text="Hajji Abdullah hides in Idlib.", language="en"),
        Article(id="b", text="The vegetable market costs 40 dollars.", language="en"),
    )
    model = scripted(["How much does the vegetable market cost?"], ["It costs 40 dollars [1]."])
    answer = Assistant(library, reader=None, llm=model).ask("وكم كلفته؟", ["أين السوق؟"])
    assert [citation.article.id for citation in answer.citations] == ["b"]
    assert answer.question == "وكم كلفته؟"
    assert "How much does the vegetable market cost?" in model.asked[1][-1].text
