"""An index made from others is that of their documents."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedded import merging
from index.embedded.bm25 import LexicalIndex
from index.embedded.merging import counter_of, merged_terms, merged_tokens, save_terms
from index.embedded.tokens import TokenIndex
from tests.index.embedded.test_blocks import bytes_of
from tests.index.embedded.test_bm25 import DOCUMENT

DOCUMENTS = st.lists(DOCUMENT, max_size=8)
TEXTS = st.lists(st.lists(st.integers(0, 20), max_size=6), max_size=8)


@pytest.fixture(autouse=True)
def a_few_at_a_time(monkeypatch):
    """Make so few postings at a time that small indexes take several times."""
    monkeypatch.setattr(merging, "_AT_ONCE", 3)
    monkeypatch.setattr(merging, "_TEXTS_AT_ONCE", 2)


def assert_alike(made, built):
    for query in (["قسد", "نفط"], ["wheat", "10", "a b"]):
        # The floor of negative idf values is a mean over terms, summed in another order.
        assert made.scores(query) == pytest.approx(built.scores(query), rel=1e-12, abs=1e-15)
    assert made.terms() == built.terms()
    assert made.documents.tolist() == built.documents.tolist()


def some_of(documents, data):
    return [row for row in range(len(documents)) if data.draw(st.booleans())]


@given(DOCUMENTS, DOCUMENTS, st.data())
def test_extending_equals_building(before, after, data):
    keep = some_of(before, data)
    counter = counter_of([(LexicalIndex.build(before), np.array(keep, np.int64))])
    counter.add(after)
    built = LexicalIndex.build([*(before[row] for row in keep), *after])
    assert_alike(LexicalIndex.of(counter), built)


@given(st.lists(DOCUMENTS, max_size=3), st.data())
def test_merging_equals_building(parts, data):
    keeps = [some_of(part, data) for part in parts]
    pairs = [
        (LexicalIndex.build(part), np.array(keep, np.int64))
        for part, keep in zip(parts, keeps, strict=True)
    ]
    kept = [part[row] for part, keep in zip(parts, keeps, strict=True) for row in keep]
    made = LexicalIndex(**merged_terms(pairs).arrays())
    assert_alike(made, LexicalIndex.build(kept))
    # By way of counting, as what comes after others is.
    counted = vars(LexicalIndex.of(counter_of(pairs)))
    for name, array in vars(made).items():
        if name in counted and isinstance(array, np.ndarray):
            assert array.dtype == counted[name].dtype
            assert array.tolist() == counted[name].tolist()


def test_what_is_written_in_pieces_is_what_would_be_written_whole(tmp_path):
    parts = [[["b", "a", "b"], ["c"], []], [["a"] * 300, ["قمح", "c"]], [["z"]]]
    keeps = [[0, 2], [0, 1], [0]]
    pairs = [
        (LexicalIndex.build(part), np.array(keep)) for part, keep in zip(parts, keeps, strict=True)
    ]
    save_terms(pairs, tmp_path / "pieces")
    LexicalIndex.of(counter_of(pairs)).save(tmp_path / "whole")
    assert bytes_of(tmp_path / "pieces") == bytes_of(tmp_path / "whole")


def tokens_of(texts):
    lengths = np.array([len(text) for text in texts], np.int64)
    return TokenIndex.build(np.array([i for text in texts for i in text], np.int32), lengths)


@given(st.lists(TEXTS, max_size=3), st.data())
def test_merging_tokens_equals_building(parts, data):
    kept = [(part, some_of(part, data)) for part in parts]
    pairs = [(tokens_of(part), np.array(keep, np.int64)) for part, keep in kept]
    made = merged_tokens(pairs).arrays()
    built = vars(tokens_of([part[row] for part, keep in kept for row in keep]))
    assert made.keys() <= built.keys()
    for name, array in made.items():
        assert array.dtype == built[name].dtype
        assert array.tolist() == built[name].tolist()
