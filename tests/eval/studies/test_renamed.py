"""Questions about names that no article has, and what Dalil makes of them."""

import re

import pytest

from eval.studies.renamed import main, questions, renamed


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("Who freed the men of Tal Ajil in Hasakah?", "Who freed the men of Oslo in Hasakah?"),
        ("How many tents are at al-Hol?", "How many tents are at al-Oslo?"),
        ("Who was freed?", None),
    ],
)
def test_the_first_name_is_replaced(question, other):
    assert renamed(question, "Oslo") == other


def test_strangers_are_asked_about_in_either_half():
    asked = list(questions())
    assert {each.half for each in asked} == {"fit", "report"}
    assert all(each.question != each.renamed for each in asked)


def test_fewer_questions_are_answered_of_a_stranger(capsys):
    main()
    counts = [
        [*map(int, re.findall(r"\d+", line))] for line in capsys.readouterr().out.splitlines()
    ]
    assert all(0 < known <= asked for asked, known, _ in counts)
    assert sum(strange for *_, strange in counts) < sum(known for _, known, _ in counts) / 2
