"""What the rest of Dalil handles: an article, and a passage that points into it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

# Offsets of a text, ascending, each with the number of the page that the text stands on from there.
Pages = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it is stored: the text that citations quote, and where it came from.

    `text` holds no unpaired surrogate; spans into it are half-open and count code points.
    Unknown fields are `None`. `source` is the path or label as the user gave it.
    `version` counts from 1 for each `id` and is given by the library, not by the loader.
    `pages` say where pages begin, of an article that has any: from the offset `pages[i][0]` on its
    text stands on page `pages[i][1]`, counted from 1. Numbers may go back, as notes stand below
    their page's last paragraph, which may end on the next page.
    """

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    source: str | None = None
    url: str | None = None
    published: date | None = None
    language: str | None = None
    version: int = 1
    pages: Pages = ()

    def page_at(self, offset: int) -> int | None:
        """Return the page on which the character at `offset` stands, `None` if there are none.

        >>> article = Article("a", "One. Two.", pages=((0, 1), (5, 2)))
        >>> article.page_at(4), article.page_at(5), Article("b", "One.").page_at(0)
        (1, 2, None)
        """
        place = bisect_right(self.pages, offset, key=lambda begin: begin[0])
        return self.pages[max(place - 1, 0)][1] if self.pages else None


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole neighbouring sentences of one article version: `article.text[start:end] == text`."""

    article_id: str
    version: int
    start: int
    end: int
    text: str
