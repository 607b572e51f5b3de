"""txtai's hybrid index, as it comes, over vectors that are ready.

Its weights, its analyser (words by Unicode's rules, no stems), its BM25 and its choice of a FAISS
index by size (inverted lists above 5,000 passages) are its own.  The only module that imports
txtai; install it with `pip install '.[bench]'`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from txtai import Embeddings

from eval.bench.files import VECTORS, Figures, Found, size
from eval.bench.sides.clock import Clock
from eval.bench.sides.dense import DEPTH, SHOWN, texts
from index.encoder import load_bundled

_HOME = "txtai"


def build(folder: Path) -> Figures:
    """Make the index of the passages and keep it."""
    rows = np.load(folder / VECTORS, mmap_mode="r")
    given = 0

    # It asks for vectors batch after batch, in the order of the passages.
    def ready(batch: Sequence[str]) -> NDArray[np.float32]:
        nonlocal given
        given += len(batch)
        return np.array(rows[given - len(batch) : given])

    clock = Clock()
    embeddings = Embeddings(method="external", transform=ready, hybrid=True)
    embeddings.index((row, text, None) for row, text in enumerate(texts(folder)))
    embeddings.save(str(folder / _HOME))
    return {**clock.build(), "disk_mb": size(folder / _HOME)}


def search(folder: Path) -> Mapping[str, Callable[[str], object]]:
    """Open the index and return the legs."""
    encoder = load_bundled()

    def encode(questions: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(encoder.encode_queries(list(questions)), np.float32)

    embeddings = Embeddings()
    # A function cannot be saved, so it is named again.
    embeddings.load(str(folder / _HOME), config={"transform": encode})

    def both(question: str) -> Found:
        return Found([[str(row)] for row, _ in embeddings.search(question, SHOWN)])

    def words(question: str) -> object:
        return embeddings.scoring.search(question, DEPTH)

    def dense(question: str) -> object:
        return embeddings.ann.search(encode([question]), DEPTH)

    return {"fused": both, "lexical": words, "dense": dense}
