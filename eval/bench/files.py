"""The files of a comparison, which lie together in one folder."""

from __future__ import annotations

from pathlib import Path

ARTICLES, PASSAGES, VECTORS = "articles.jsonl", "passages.jsonl", "vectors.npy"
LIBRARY, STORE = "library", "langchain"
Figures = dict[str, float]


def size(path: Path) -> float:
    """Return the megabytes (10^6 bytes) that a file or a folder takes."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6
