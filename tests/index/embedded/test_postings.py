"""Terms are found where they stand, and postings of some rows are those that all of them hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedded import postings
from index.embedded.postings import Held, SortedTerms, among, best_rows
from index.encoder.pieces import cuts

TERM = st.text("ab\u0642\u0643\U0001f600", max_size=4)


def laid_out(terms):
    """Lay terms end to end in byte order."""
    data = sorted(term.encode() for term in terms)
    vocabulary = np.frombuffer(b"".join(data), np.uint8)
    return data, SortedTerms(vocabulary, cuts(np.array([len(term) for term in data], np.int64)))


@given(st.sets(TERM, max_size=150), st.lists(TERM))
def test_terms_are_found_in_any_order(terms, others):
    data, index = laid_out(terms)
    for wanted in [*others, *terms, *others]:
        place = index.find(wanted.encode())
        assert place == (data.index(wanted.encode()) if wanted in terms else None)


def test_of_many_terms_each_is_found():
    data, index = laid_out({str(number) for number in range(5_000)})
    assert [index.find(term) for term in data] == list(range(5_000))
    # Before the first, between two and behind the last.
    assert [index.find(term) for term in (b"", b"1000a", b"a")] == [None] * 3


@pytest.mark.parametrize(("many", "laid_out"), [(0, 1), (1, 400), (5, 400), (5, 1)])
@pytest.mark.parametrize("size", [1, 30, 400])
def test_postings_of_some_rows_are_those_of_all(monkeypatch, many, laid_out, size):
    monkeypatch.setattr(postings, "_MANY", many)
    monkeypatch.setattr(postings, "_LAID_OUT", laid_out)
    draw = np.random.default_rng(size)
    rows = np.flatnonzero(draw.random(size) < 0.2)
    held = []
    for share in (0.0, *draw.random(19), 1.0):
        documents = np.flatnonzero(draw.random(size) <= share).astype(np.int32)
        counts = draw.integers(1, 200, len(documents)).astype(np.uint8)
        if len(documents):
            held.append(Held(documents, counts, 1.0))
    found = among(held, rows, size)
    assert np.all(np.diff(found.terms) >= 0)
    places = zip(*(each.tolist() for each in found), strict=True)
    assert sorted((term, int(rows[row]), count) for row, term, count in places) == [
        (term, document, count)
        for term, each in enumerate(held)
        for document, count in zip(*(e.tolist() for e in each[:2]), strict=True)
        if document in rows
    ]


@pytest.mark.parametrize("share", [0.0, 0.001, 0.05, 0.9, 1.0])
@pytest.mark.parametrize("size", [0, 7, 9_000])
def test_the_best_rows_are_those_allowed_with_the_highest_scores(size, share):
    draw = np.random.default_rng(size)
    # Many are equal, some of them not found at all.
    scores = draw.integers(0, 40, size).astype(np.float32)
    scores[scores < 3] = -np.inf
    for allowed in (
        draw.random(size) < share,
        scores < np.sort(scores)[::-1][: 1 + size // 9].min(initial=9),
    ):
        for depth in (1, 10, 100):
            rows = np.flatnonzero(allowed & (scores > -np.inf))
            expected = rows[np.argsort(-scores[rows], kind="stable")[:depth]]
            assert sorted(best_rows(scores, depth, allowed).tolist()) == sorted(expected.tolist())
