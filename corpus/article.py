"""What the rest of Dalil handles: an article, and a passage that points into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it is stored: the text that citations quote, and where it came from.

    `text` holds no unpaired surrogate; spans into it are half-open and count code points.
    Unknown fields are `None`. `source` is the path or label as the user gave it.
    `version` counts from 1 for each `id` and is given by the library, not by the loader.
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


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole neighbouring sentences of one article version: `article.text[start:end] == text`."""

    article_id: str
    version: int
    start: int
    end: int
    text: str
