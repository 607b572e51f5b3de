"""Our postings give the scores of the stock class, whatever the collection."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from index.embedded import postings
from index.embedded.bm25 import LexicalIndex

WORDS = st.sampled_from(["قسد", "داعش", "نفط", "wheat", "raqqa", "10", "ö", "\U0001f600", "a b"])
DOCUMENT = st.lists(WORDS, max_size=12)


@given(st.lists(DOCUMENT, min_size=1, max_size=12), st.lists(WORDS | st.just("absent"), max_size=6))
@settings(max_examples=300)
def test_scores_equal_rank_bm25(documents, query):
    ours = LexicalIndex.build(documents).scores(query)
    if not any(documents):
        # The stock class divides by zero here; nothing can match in empty documents.
        assert ours.tolist() == [0.0] * len(documents)
        return
    assert ours.tolist() == BM25Okapi(documents).get_scores(query).tolist()


@pytest.mark.parametrize("many", [0, 1, 32])
@given(st.lists(DOCUMENT, max_size=12), st.lists(WORDS | st.just("absent"), max_size=6), st.data())
def test_scores_of_some_documents_are_those_of_all(many, documents, query, data):
    """To the last bit, whichever way the postings of a term are gone through."""
    index = LexicalIndex.build(documents)
    rows = np.array([row for row in range(len(documents)) if data.draw(st.booleans())], np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_MANY", many)
        assert index.scores_at(query, rows).tolist() == index.scores(query)[rows].tolist()


@given(st.lists(DOCUMENT, max_size=12), st.lists(WORDS | st.just("absent"), max_size=6))
def test_documents_without_any_term_are_not_found(documents, query):
    index = LexicalIndex.build(documents)
    scores = index.scores(query).tolist()
    held = [bool(set(query) & set(document)) for document in documents]
    expected = [score if holds else -np.inf for score, holds in zip(scores, held, strict=True)]
    ours = index.match(query)
    assert ours.scores(np.arange(len(documents))).tolist() == pytest.approx(expected, rel=1e-5)
    for depth in (1, 3):
        best = ours.best(depth, np.ones(len(documents), np.bool_))
        highest = sorted((score for score in expected if score > -np.inf), reverse=True)[:depth]
        assert sorted(ours.scores(best).tolist(), reverse=True) == pytest.approx(highest, rel=1e-5)


def test_one_passage_keeps_its_negative_score():
    ours = LexicalIndex.build([["نفط", "قمح"]]).scores(["نفط"])
    assert ours.tolist() == BM25Okapi([["نفط", "قمح"]]).get_scores(["نفط"]).tolist()
    assert ours[0] < 0


def test_empty_collection_has_no_scores():
    assert LexicalIndex.build([]).scores(["نفط"]).shape == (0,)


def test_saved_index_scores_alike(tmp_path):
    index = LexicalIndex.build([["نفط", "قمح"], ["نفط"], [], ["wheat"]])
    index.save(tmp_path / "terms")
    loaded = LexicalIndex.load(tmp_path / "terms")
    assert loaded.scores(["نفط", "wheat"]).tolist() == index.scores(["نفط", "wheat"]).tolist()
