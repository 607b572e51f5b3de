"""Which articles a search may see, by date and outlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.analysis import words
from index.store import PassageRow


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles a search may see; bounds are inclusive, an undated article has no date."""

    since: date | None = None
    until: date | None = None
    outlet: str | None = None


def allowed(passages: Sequence[PassageRow], filters: Filters) -> NDArray[np.bool_]:
    """Return which of `passages` the filters let through, bool (n,)."""
    if filters == Filters():
        return np.ones(len(passages), np.bool_)
    since, until = filters.since or date.min, filters.until or date.max
    dated = filters.since is not None or filters.until is not None
    outlet = None if filters.outlet is None else _outlet_key(filters.outlet)
    return np.array(
        [
            (outlet is None or (p.outlet is not None and _outlet_key(p.outlet) == outlet))
            and (not dated or (p.published is not None and since <= p.published <= until))
            for p in passages
        ],
        np.bool_,
    )


def _outlet_key(outlet: str) -> str:
    return " ".join(word.folded for word in words(outlet))
