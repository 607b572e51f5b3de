"""The dense half of a stack put together by hand, and how its halves are fused.

Exact search in a flat FAISS index: what a user begins with, and no recall is lost in it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import faiss
import numpy as np

from eval.bench.files import PASSAGES, VECTORS, Found
from index.encoder import load_bundled

# As many passages a leg as Dalil's legs find, and as many fused as are judged.
DEPTH, SHOWN = 50, 10
# Cormack, Clarke and Büttcher 2009; LangChain's EnsembleRetriever has the same.
_CONSTANT = 60
_FILE = "dense.faiss"
# Rows that are added together, read from the file as they are needed.
_AT_ONCE = 50_000


class Dense:
    """Vectors of the passages in a flat FAISS index, and the encoder of questions."""

    def __init__(self, index: faiss.Index) -> None:
        self._index, self._encoder = index, load_bundled()
        faiss.omp_set_num_threads(1)

    @classmethod
    def build(cls, folder: Path, home: Path) -> Self:
        """Index the vectors that lie in `folder`, and write the index into `home`."""
        rows = np.load(folder / VECTORS, mmap_mode="r")
        index = faiss.IndexFlatIP(rows.shape[1])
        for first in range(0, len(rows), _AT_ONCE):
            index.add(np.ascontiguousarray(rows[first : first + _AT_ONCE]))
        home.mkdir(parents=True, exist_ok=True)
        faiss.write_index(index, str(home / _FILE))
        return cls(index)

    @classmethod
    def open(cls, home: Path) -> Self:
        """Read the index that `build` has written."""
        return cls(faiss.read_index(str(home / _FILE)))

    def search(self, question: str) -> list[int]:
        """Return the rows of the `DEPTH` nearest passages, nearest first."""
        _, rows = self._index.search(self._encoder.encode_queries([question]), DEPTH)
        return [int(row) for row in rows[0] if row >= 0]


def texts(folder: Path) -> Iterator[str]:
    """Yield the text of each passage, with its title, one at a time."""
    with (folder / PASSAGES).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


def fused(*legs: Sequence[int]) -> Found:
    """Return the rows of several legs by reciprocal rank fusion, ranks from 1.

    >>> fused([7, 8], [8, 9]).keys
    [['8'], ['7'], ['9']]
    """
    scores = defaultdict[int, float](float)
    for leg in legs:
        for rank, row in enumerate(leg, 1):
            scores[row] += 1 / (_CONSTANT + rank)
    best = sorted(scores, key=lambda row: -scores[row])[:SHOWN]
    return Found([[str(row)] for row in best])
