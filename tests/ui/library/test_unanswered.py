"""Which refused questions are shown, and which belong together."""

import json

import pytest

from index.store.answers import StoredAnswer
from ui.library.unanswered import grouped


def saved(question, status="abstained", **more):
    return StoredAnswer(json.dumps({"question": question, "status": status, **more}), "2021-03-01")


def questions(*answers):
    """The groups of answers that are given from the oldest on."""
    return [[one.question for one in group.asked] for group in grouped(reversed(answers))]


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("Who won the football cup?", "who has won the Football Cup", True),
        ("Who won the football cup?", "When was the football cup won?", True),
        ("Who won the football cup?", "Who won the election?", False),
        ("كم سعر الخبز في الرقة؟", "ما سعر الخبز بالرقة؟", True),
        ("كم سعر الخبز في الرقة؟", "كم عدد المدارس في الرقة؟", False),
        ("?!", "!", True),
    ],
)
def test_questions_of_the_same_words_are_together(one, other, together):
    assert (len(questions(saved(one), saved(other))) == 1) == together


def test_what_is_asked_most_comes_first_and_the_newest_within():
    found = questions(saved("Bread price?"), saved("Who won the cup?"), saved("Who won a cup?"))
    assert found == [["Who won a cup?", "Who won the cup?"], ["Bread price?"]]


def test_what_was_answered_later_or_hidden_by_a_filter_is_left_out():
    assert questions(saved("Who?"), saved("who", "answered")) == []
    assert questions(saved("Who?", "answered"), saved("Who?")) == [["Who?"]]
    assert questions(saved("Who?", outside={"articles": 2}), saved("Where is it?")) == [
        ["Where is it?"]
    ]
    # "When?" after another question is another question.
    assert questions(saved("When?", history=["A"]), saved("When?", "answered", history=["B"])) == [
        ["When?"]
    ]


def test_what_no_article_mentions_is_told_by_how_many_name_it():
    (group,) = grouped(
        [
            saved("Who won the cup in Mars?", unmet=["Mars"]),
            saved("Who won the cup in Mars?", unmet=["cup", "Mars"]),
        ]
    )
    assert group.unmet == ["Mars", "cup"]
