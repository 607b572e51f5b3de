"""Dalil's own cases: as many of each kind as the suite promises, and each one sound."""

from collections import Counter

import pytest

from eval.cases.case import place, read_cases
from eval.judging.overlap import contains
from eval.running.evaluate import CASES, DEMO, read_articles

KINDS = {"name", "number", "date", "place", "list", "yes/no", "reason"}
MARKS = {"multi-article", "follow-up", "conflict", "cross-lingual", "misspelt"}


@pytest.fixture(scope="module")
def placed():
    return place(read_cases(CASES), read_articles(DEMO))


def named(found):
    return [each.case.id for each in found]


def test_there_are_enough_of_each_kind(placed):
    cases = [each.case for each in placed]
    tags = Counter(tag for case in cases for tag in case.tags)
    languages = Counter(case.language for case in cases)
    assert len(cases) >= 150
    assert 0.25 <= sum(not case.answerable for case in cases) / len(cases) <= 0.35
    assert tags["follow-up"] >= 15
    assert tags["multi-article"] >= 10
    assert tags["conflict"] >= 10
    assert 0.8 <= languages["en"] / languages["ar"] <= 1.25
    assert all(languages[language] >= 7 for language in ("fr", "de", "tr"))
    assert languages["kmr"] >= 5
    assert languages["ckb"] >= 5


def test_tags_are_of_the_vocabulary_and_each_case_has_a_kind(placed):
    for each in placed:
        tags = set(each.case.tags)
        assert tags <= KINDS | MARKS, each.case.id
        assert tags & KINDS, each.case.id


def test_tags_say_what_the_case_is(placed):
    for each in placed:
        case, tags = each.case, set(each.case.tags)
        articles = {span.article_id for fact in each.facts for span in fact.spans}
        across = bool(each.facts) and case.language not in each.languages
        assert ("cross-lingual" in tags) == across, case.id
        assert ("follow-up" in tags) == bool(case.history), case.id
        if tags & {"multi-article", "conflict"} and case.answerable:
            assert len(each.facts) >= 2, case.id
            assert len(articles) >= 2, case.id


def test_the_evidence_holds_an_accepted_answer(placed):
    without = [
        each
        for each in placed
        if each.case.answerable
        and not any(
            contains(evidence.quote, [answer], language)
            for evidence in each.case.evidence
            for answer in each.case.answers
            for language in each.languages
        )
        # Yes and no are not words of the articles.
        and "yes/no" not in each.case.tags
    ]
    assert named(without) == []


def test_no_question_is_asked_twice(placed):
    asked = Counter((each.case.question, each.case.history) for each in placed)
    assert [question for question, count in asked.items() if count > 1] == []


def test_both_halves_hold_some_of_everything(placed):
    for half in ("fit", "report"):
        cases = [each.case for each in placed if each.case.half == half]
        assert len(cases) > len(placed) / 3
        tags = {tag for case in cases for tag in case.tags}
        assert tags == KINDS | MARKS, half
        assert {case.language for case in cases} >= {"en", "ar", "fr", "de", "tr"}
        assert 0.2 <= sum(not case.answerable for case in cases) / len(cases) <= 0.4
