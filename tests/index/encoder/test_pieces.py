"""Spans of arrays are put end to end, whichever way is the quicker."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoder import pieces
from index.encoder.pieces import gathered

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=12)


@pytest.mark.parametrize("long", [0, 1, 1_000])
@given(SPANS)
def test_spans_are_gathered_in_the_order_asked(long, spans):
    numbers, others = np.arange(50, dtype=np.int32), np.arange(50, dtype=np.uint8)[::-1]
    starts, sizes = (np.array([span[part] for span in spans], np.int64) for part in (0, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_LONG", long)
        found = gathered([numbers, others], starts, sizes)
    for array, of in zip((numbers, others), found, strict=True):
        assert of.dtype == array.dtype
        expected = [array[start : start + size].tolist() for start, size in spans]
        assert of.tolist() == [number for span in expected for number in span]
