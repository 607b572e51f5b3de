"""A question whose articles are withheld is described as if they were not there."""

import numpy as np
import pytest

from corpus.article import Article
from eval.cases.case import Span
from eval.studies.examples import examples
from eval.studies.questions import Labelled, QuestionSet
from rag.reader import ReadExcerpt

TOLD = "The bridge of Kobani reopened in March. It had been closed for nine years."
OTHER = "The bridge of Raqqa is being repaired. Nobody knows when it will reopen."


class CountingReader:
    """Gives each excerpt's length as the log odds of all its sentences."""

    name = "counting"

    def read(self, question, excerpts):
        return [ReadExcerpt(np.full(len(e.spans), float(len(e.text))), [None] * len(e.spans))
                for e in excerpts]  # fmt: skip


@pytest.fixture(scope="module")
def example():
    articles = [Article("told", TOLD, language="en"), Article("other", OTHER, language="en")]
    asked = Labelled("When did the bridge reopen?", (), [[Span("told", 0, 39)]])
    (found,) = examples(QuestionSet(articles, [asked]), CountingReader())
    return found


def test_what_answers_is_marked_and_can_be_withheld(example):
    names = [sentence.article.id for sentence in example.described.sentences]
    assert example.gold.sum() == 1
    assert set(names) == {"told", "other"}
    less = example.without_articles()
    assert not less.answerable
    assert not less.gold.any()
    assert [s.article.id for s in less.described.sentences] == ["other", "other"]
    assert all(len(values) == 2 for values in less.described.features.values())
    assert less.described.features["best_passage"].tolist() == [1.0, 1.0]


def test_what_is_left_is_read_again_as_itself(example):
    less = example.without_articles()
    places = [example.described.sentences.index(each) for each in less.described.sentences]
    again = [less.described.again(place) for place in range(2)]
    assert again == [example.described.again(place) for place in places]
    assert again[0] != example.described.again(int(np.flatnonzero(example.gold)[0]))


def test_a_library_of_nothing_else_leaves_no_example():
    asked = Labelled("When did the bridge reopen?", (), [[Span("told", 0, 39)]])
    alone = QuestionSet([Article("told", TOLD, language="en")], [asked])
    (found,) = examples(alone)
    assert found.without_articles() is None
