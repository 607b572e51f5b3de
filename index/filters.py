"""Which articles a search may see, by date and outlet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles a search may see; bounds are inclusive, an undated article has no date."""

    since: date | None = None
    until: date | None = None
    outlet: str | None = None
