"""Which articles a search may see, by date and outlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from corpus.article import Article
from corpus.text.words import words


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles a search may see; bounds are inclusive, an undated article has no date.

    `outlet` is what a reader chose, `outlets` (any of them) what the reader may see at all; an
    article must satisfy both.  `fixed` says that nobody who asks chose any of this: what lies
    outside is not even counted for them.
    """

    since: date | None = None
    until: date | None = None
    outlet: str | None = None
    outlets: tuple[str, ...] = ()
    fixed: bool = False

    @property
    def chosen(self) -> bool:
        """Whether a reader has narrowed the search, and could have it wider."""
        narrow = self.since is not None or self.until is not None or self.outlet is not None
        return narrow and not self.fixed

    @property
    def widest(self) -> Filters:
        """What the reader may see at all."""
        return self if self.fixed else Filters(outlets=self.outlets)

    def allow_outlets(self, outlets: Sequence[str | None]) -> list[bool]:
        """Tell for each outlet whether its articles may be seen.

        >>> Filters(outlets=("A News", "B")).allow_outlets(["a news", "C", None])
        [True, False, False]
        """
        wanted = [] if self.outlet is None else [{outlet_key(self.outlet)}]
        if self.outlets:
            wanted.append({outlet_key(outlet) for outlet in self.outlets})
        if not wanted:
            return [True] * len(outlets)
        keys = [None if outlet is None else outlet_key(outlet) for outlet in outlets]
        return [all(key in names for names in wanted) for key in keys]

    def allow(self, article: Article) -> bool:
        """Tell whether one version of an article may be seen."""
        published = article.published
        if self.since is not None and (published is None or published < self.since):
            return False
        if self.until is not None and (published is None or published > self.until):
            return False
        return self.allow_outlets([article.outlet])[0]


def outlet_key(outlet: str) -> str:
    """Return what two spellings of one outlet's name have in common.

    >>> outlet_key("Al-Hol NEWS") == outlet_key("al hol news")
    True
    """
    return " ".join(word.folded for word in words(outlet))
