"""The files of a comparison, which lie together in one folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ARTICLES, PASSAGES, VECTORS = "articles.jsonl", "passages.jsonl", "vectors.npy"
LIBRARY, STORE = "library", "langchain"
# Articles that come after those of the collection.
MORE = "more.jsonl"
Figures = dict[str, float]


def size(path: Path) -> float:
    """Return the megabytes (10^6 bytes) that a file or a folder takes."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


@dataclass(frozen=True, slots=True)
class Found:
    """What a leg found, best first: the keys by which each passage is known.

    A side that counts passages has one key each, the number of the line in `PASSAGES`; a side
    that names them has `named(article, start)`, and the articles whose report it is.
    """

    keys: Sequence[Sequence[str]]


def named(article: str, start: int) -> str:
    """Return the key of the passage that begins at a character of an article.

    >>> named("a", 12)
    'a:12'
    """
    return f"{article}:{start}"
