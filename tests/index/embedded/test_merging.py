"""An index made from others is that of their documents."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedded.bm25 import LexicalIndex
from index.embedded.merging import counter_of, merged
from tests.index.embedded.test_bm25 import DOCUMENT

DOCUMENTS = st.lists(DOCUMENT, max_size=8)


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
    assert_alike(merged(pairs), LexicalIndex.build(kept))
