"""The postings over a set of texts: stems, character n-grams, name keys and token ids.

The same four serve the passages of a collection, kept on disk, and the handful of sentences
among which an answer is chosen, built when they are asked about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from corpus.text.names import name_terms
from corpus.text.stems import grams, passage_terms
from corpus.text.words import words
from index.embedded.bm25 import LexicalIndex
from index.embedded.postings import CHUNK
from index.embedded.tokens import TokenIndex
from index.encoder import StaticEncoder

_TERMS, _GRAMS, _NAMES, _TOKENS = "terms", "grams", "names", "tokens"


@dataclass(frozen=True)
class TextIndex:
    """Four indexes whose row `i` is the same text.

    `terms` counts stems, numbers and months, `grams` character 3-grams, `names` the consonant
    keys of words, `tokens` the word pieces of the bundled encoder.
    """

    terms: LexicalIndex
    grams: LexicalIndex
    names: LexicalIndex
    tokens: TokenIndex

    @classmethod
    def build(
        cls,
        texts: Iterable[str],
        languages: Iterable[str | None],
        encoder: StaticEncoder,
        *,
        with_grams: bool = True,
    ) -> Self:
        """Index `texts`, whose `languages` are ISO 639 codes or `None`.

        `with_grams` says whether `grams` is filled, which comparing word by word has no use for.
        """
        nothing = np.zeros(0, np.int32), np.zeros(0, np.int64)
        none = LexicalIndex.empty()
        empty = cls(none, none, none, TokenIndex.build(*nothing))
        return empty.extended(
            np.zeros(0, np.int64), texts, languages, encoder, with_grams=with_grams
        )

    def extended(
        self,
        keep: NDArray[np.int64],
        texts: Iterable[str],
        languages: Iterable[str | None],
        encoder: StaticEncoder,
        *,
        with_grams: bool = True,
    ) -> Self:
        """Return an index of the rows `keep` (ascending), then `texts`, which are read once."""
        terms_of, grams_of = self.terms.counter(keep), self.grams.counter(keep)
        names_of = self.names.counter(keep)
        tokens = self.tokens.counter(keep)
        pairs = zip(texts, languages, strict=True)
        while chunk := list(islice(pairs, CHUNK)):
            found = [list(words(text)) for text, _ in chunk]
            terms_of.add([passage_terms(*pair, w) for pair, w in zip(chunk, found, strict=True)])
            grams_of.add([grams(w) if with_grams else [] for w in found])
            names_of.add([name_terms(w, pair[0]) for pair, w in zip(chunk, found, strict=True)])
            tokens.add(*encoder.token_ids([text for text, _ in chunk]))
        of = LexicalIndex.of
        return type(self)(of(terms_of), of(grams_of), of(names_of), TokenIndex.of(tokens))

    def __len__(self) -> int:
        return len(self.tokens)

    def save(self, folder: Path) -> None:
        """Write the four into folders within `folder`."""
        self.terms.save(folder / _TERMS)
        self.grams.save(folder / _GRAMS)
        self.names.save(folder / _NAMES)
        self.tokens.save(folder / _TOKENS)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open what `save` wrote; raise `OSError` or `ValueError` if it is damaged."""
        return cls(
            LexicalIndex.load(folder / _TERMS),
            LexicalIndex.load(folder / _GRAMS),
            LexicalIndex.load(folder / _NAMES),
            TokenIndex.load(folder / _TOKENS),
        )
