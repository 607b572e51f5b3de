"""What every encoder offers: unit vectors of questions and of passages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors whose inner product says how near their meanings are.

    `fingerprint` changes whenever the same text could get another vector: vectors of different
    fingerprints must not be compared. Any text is valid, empty ones, NUL and unpaired surrogates
    included; a text without a known token may get the zero vector, every other has length 1.
    """

    @property
    def name(self) -> str:
        """What `load_encoder` was asked for."""

    @property
    def dimension(self) -> int:
        """Components of a vector."""

    @property
    def fingerprint(self) -> str:
        """Sixty-four hexadecimal digits that identify weights, tokeniser and settings."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Float32 `(len(texts), dimension)`, a row for each question, in order."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Float32 `(len(texts), dimension)`, a row for each passage, in order."""


class Tokenizer(Protocol):
    """Turns texts into numbers of tokens."""

    def token_ids(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Ids of all texts one after another, and `(n,)` how many each text has."""


class WordTable(Encoder, Tokenizer, Protocol):
    """An encoder that also knows single words: the tokens they are made of, and their weights."""

    def token_norms(self, ids: NDArray[np.integer]) -> NDArray[np.float32]:
        """Float32 `(len(ids),)`: how much each token tells, near zero for "of", large for names."""
