"""Tables of measures as lines of Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eval.comparing.intervals import Interval


def row(cells: Iterable[str]) -> str:
    """Return a row of a table.

    >>> row(["leg", "MRR"])
    '| leg | MRR |'
    """
    return f"| {' | '.join(cells)} |"


def with_interval(interval: Interval, sign: str = "") -> str:
    """Return a mean with the ends of its interval; `sign` "+" shows the sign of a difference."""
    return f"{interval.value:{sign}.3f} [{interval.low:{sign}.3f}, {interval.high:{sign}.3f}]"
