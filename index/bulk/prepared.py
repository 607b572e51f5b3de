"""An encoder that takes what `dalil encode` has made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from index.bulk.shards import Known, Shards, digests_of
from index.encoder import Encoder
from index.encoder.protocol import Vectors


class PreparedEncoder:
    """Takes the vectors of passages from the files in the library `home`, and makes the others.

    `taken` counts those from files, which are read when the first passage is to be encoded.
    """

    def __init__(self, encoder: Encoder, home: Path, say: Callable[[str], None]) -> None:
        self.name, self.dimension = encoder.name, encoder.dimension
        self.fingerprint = encoder.fingerprint
        self._encoder, self._say = encoder, say
        self._shards = Shards.of(home, encoder)
        self.taken = 0

    @cached_property
    def _known(self) -> Known:
        known = self._shards.read(self._say)
        if len(known):
            self._say(f"{len(known):,} vectors are there already, made by dalil encode.")
        return known

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Float32 `(len(texts), dimension)`, by the encoder."""
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Float32 `(len(texts), dimension)`, from files where they are there."""
        if not len(self._known):
            return self._encoder.encode_passages(texts)
        places = self._known.find(digests_of(texts))
        there = places >= 0
        vectors = np.empty((len(texts), self.dimension), np.float32)
        try:
            vectors[there] = self._known.vectors(places[there])
        except FileNotFoundError:
            # Another process took them up meanwhile.
            return self._encoder.encode_passages(texts)
        self.taken += int(there.sum())
        if not there.all():
            others = [text for text, known in zip(texts, there, strict=True) if not known]
            vectors[~there] = self._encoder.encode_passages(others)
        return vectors

    def discard(self) -> None:
        """Delete the files, all that they are for being done."""
        self._shards.discard()

    def discard_used(self) -> None:
        """Delete the files of which every vector was taken, once the library has them."""
        if self.taken:
            self._shards.discard_used(self._known)
