"""What became of the pages of an archive, in one sentence."""

from __future__ import annotations

from collections import Counter

# What may stand in an archive beside articles: one, and many of it.
_NAMES = {
    "redirect": "redirects",
    "error page": "error pages",
    "image": "images",
    "style sheet or script": "style sheets and scripts",
    "recording": "recordings",
    "other file": "other files",
    "front page": "front pages",
    "page captured before": "pages captured before",
    "page without text": "pages without text",
    "unreadable record": "unreadable records",
}


class Tally:
    """Counts pages that were read, and records that were skipped by what they are."""

    def __init__(self) -> None:
        self.read = 0
        self._skipped: Counter[str] = Counter()

    def skip(self, what: str) -> None:
        """Count a record that is no article; `what` is one of the words for one of its kind."""
        self._skipped[what] += 1

    def __getitem__(self, what: str) -> int:
        return self._skipped[what]

    def __str__(self) -> str:
        """Return the counts, the most frequent first.

        >>> tally = Tally()
        >>> tally.read = 312
        >>> for what in ["image", *["redirect"] * 9]:
        ...     tally.skip(what)
        >>> str(tally)
        '312 pages read, 10 skipped: 9 redirects, 1 image'
        """
        read = f"{self.read} page{'' if self.read == 1 else 's'} read"
        parts = [
            f"{count} {what if count == 1 else _NAMES[what]}"
            for what, count in self._skipped.most_common()
        ]
        return f"{read}, {self._skipped.total()} skipped: {', '.join(parts)}" if parts else read
