"""bm25s beside FAISS, fused by rank: the fastest BM25 in Python, as its manual shows it.

Words are split by bm25s and stemmed by PyStemmer, which the manual recommends, in Arabic, the
language of the collection; its scores are read as mapped arrays.  The only module that imports
bm25s; install it with `pip install '.[bench]'`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import bm25s
import Stemmer

from eval.bench.files import Figures, Found, size
from eval.bench.sides.clock import Clock
from eval.bench.sides.dense import DEPTH, Dense, fused, texts

_HOME = "bm25s"


def build(folder: Path) -> Figures:
    """Make both indexes of the passages and keep them."""
    home = folder / _HOME
    found = list(texts(folder))
    clock = Clock()
    Dense.build(folder, home)
    lexical = bm25s.BM25()
    lexical.index(_tokens(found), show_progress=False)
    lexical.save(home)
    return {**clock.build(), "disk_mb": size(home)}


def search(folder: Path) -> Mapping[str, Callable[[str], object]]:
    """Open both indexes and return the legs."""
    home = folder / _HOME
    dense, lexical = Dense.open(home), bm25s.BM25.load(home, mmap=True)

    def words(question: str) -> list[int]:
        # Without a word of the collection it returns the last passages, which score 0.
        depth = min(DEPTH, int(lexical.scores["num_docs"]))
        rows, scores = lexical.retrieve(_tokens([question]), k=depth, show_progress=False)
        return [int(row) for row, score in zip(rows[0], scores[0], strict=True) if score > 0]

    def both(question: str) -> Found:
        return fused(words(question), dense.search(question))

    return {"fused": both, "lexical": words, "dense": dense.search}


def _tokens(found: list[str]) -> object:
    stemmer = Stemmer.Stemmer("arabic")
    return bm25s.tokenize(found, stopwords=None, stemmer=stemmer, show_progress=False)
