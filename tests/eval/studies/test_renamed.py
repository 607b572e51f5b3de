"""Questions about names that no article has, and what Dalil makes of them."""

import re

import pytest

from eval.cases.case import read_cases
from eval.running.evaluate import CASES
from eval.studies.renamed import elsewhere, main, questions, renamed, swapped

# These cases are asked there too, and what was read of them is known.
pytestmark = pytest.mark.xdist_group("cases")


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


def test_swaps_change_their_question_in_every_kind_and_language():
    asked = swapped()
    assert len({each.question for each in asked}) == len(asked) == 100
    assert {each.kind for each in asked} == {"person", "place", "name", "year", "number"}
    assert sum(each.language == "ar" for each in asked) >= 40
    known = {case.question for case in read_cases(CASES)}
    assert known.isdisjoint(each.question for each in asked)


def test_what_nothing_is_told_of_is_asked_in_either_half():
    asked = elsewhere()
    assert len({each.question for each in asked}) == len(asked) == 118
    assert {each.half for each in asked} == {"fit", "report"}
    assert len({each.language for each in asked}) == 11
    assert sum(each.language == "ar" for each in asked) == 48
    known = {case.question for case in read_cases(CASES)}
    assert len(known.intersection(each.question for each in asked)) <= 1


def test_fewer_questions_are_answered_of_a_stranger(capsys):
    main()
    fit, fit_elsewhere, report, elsewhere, swapped, *told = capsys.readouterr().out.splitlines()
    # A third of them were answered by what their few words met by chance.
    far = [[*map(int, re.findall(r"\d+", line))] for line in (fit_elsewhere, elsewhere)]
    assert sum(asked for asked, *_ in far) == 118
    assert sum(said for _, said, _ in far) <= 6
    assert sum(said + pointed for _, said, pointed in far) <= 39
    counts = [[*map(int, re.findall(r"\d+", line))] for line in (fit, report)]
    asked, answered = map(int, re.findall(r"\d+", swapped))
    # A name that the article has for something else, and a person behind a verb, are still taken
    # for met.
    assert (asked, len(told)) == (100, 2 * answered)
    assert answered <= 5
    assert all(0 < known <= asked for asked, known, _ in counts)
    assert sum(asked for asked, *_ in counts) == 50
    assert sum(strange for *_, strange in counts) <= 3
    assert sum(known for _, known, _ in counts) >= 35
