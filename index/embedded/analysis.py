"""Many texts to the terms of every field, each distinct word looked at once.

Folding, stems, n-grams, name keys and tokens of a word do not depend on its neighbours, and no
word reaches across white space.  So a text is cut there, and what a piece brings is looked up, as
numbers; only numbers and dates of several words and names of two are read from the text itself.
The terms are those of `TextIndex.build`, which takes text after text, and in the same order.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
from numpy.typing import NDArray

from corpus.text.names import JOINED_TO_NEXT, name_terms
from corpus.text.numerals.quantity_words import is_unit, tables
from corpus.text.quantities import alone, goes_on, quantity_terms
from corpus.text.stems import grams, stem
from corpus.text.words import Word, words
from index.embedded.tokens import PostingCounter, TermCounter
from index.encoder import StaticEncoder
from index.encoder.pieces import ragged

Numbers = NDArray[np.int64]
# Terms that further rows have: the rows, ascending, and the number of a term for each.
Further = tuple[Numbers, Numbers]

# Pieces remembered before the store starts anew: about 200 MB with all that they bring.
_PIECES = 500_000
# What a piece is, as bits: see `Traits`; one with `_JOINS` has a word that may begin a name of two.
_CANDIDATE, _ENTANGLED, _FOLLOWS, _OPENS, _JOINS, _EMPTY = (1 << bit for bit in range(6))
_NONE = np.zeros(0, np.int64), np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Traits:
    """How a piece of a text, which no white space is within, takes part in its quantities.

    `candidate` tells if a quantity may begin in it, and `term` what it then counts as, `None` for
    nothing, unless it is `entangled`: with the words beside it, or in itself.  `follows` says
    that it may continue a quantity that begins right before it, `opens` that it entangles what
    comes right behind it.
    """

    candidate: bool = False
    term: str | None = None
    entangled: bool = False
    follows: bool = False
    opens: bool = False

    @classmethod
    def of(cls, found: Sequence[Word], piece: str) -> Traits:
        """Look at the words `found` of a piece.

        `quantity_terms` of a text are the terms of its candidates where none is entangled, none
        comes right before one that follows, and none right behind one that opens.

        >>> from corpus.text.words import words
        >>> [Traits.of(list(words(piece)), piece).term for piece in ("eleven", "11", "heaven")]
        ['11', None, None]
        """
        folded = [word.folded for word in found]
        if not folded:
            return cls()
        known, months, fractions = tables().known, tables().month_words, tables().fractions
        candidates = [word for word in folded if word in known or word < ":"]
        follows = goes_on(folded[0])
        # What follows "the fifth" may carry on an ordinal.
        opens = folded[-1] in tables().percents_before or is_unit(folded[-1])
        if not candidates:
            return cls(follows=follows, opens=opens)
        first = folded[0]
        if len(folded) > 1 or first in months or first in fractions:
            return cls(candidate=True, entangled=True, follows=follows, opens=opens)
        other = first.isdecimal() and not piece[found[0].start].isdecimal()
        term = None if other else alone(first)
        return cls(True, None if term == first else term, False, follows, opens)


class Analysis:
    """Counts texts into the counters of terms, n-grams, names and tokens."""

    def __init__(
        self,
        encoder: StaticEncoder,
        terms: TermCounter,
        grams: TermCounter,
        names: TermCounter,
        tokens: PostingCounter,
    ) -> None:
        self._encoder = encoder
        self._terms, self._grams, self._names, self._tokens = terms, grams, names, tokens
        self._clear()

    def _clear(self) -> None:
        self._known: defaultdict[str | None, dict[str, int]] = defaultdict(dict)
        self._count = 0
        self._of_terms, self._of_grams, self._of_names = _Lists(), _Lists(), _Lists()
        self._of_tokens = _Lists()
        self._kinds = bytearray()
        # The term of the quantity that a piece is by itself, -1 for none.
        self._quantities = array("i")

    def add(self, texts: Sequence[str], languages: Sequence[str | None]) -> None:
        """Count the next `texts`, whose `languages` are ISO 639 codes or `None`."""
        if self._count > _PIECES:
            self._clear()
        cut = [text.split() for text in texts]
        sizes = np.fromiter(map(len, cut), np.int64, len(cut))
        pieces = self._look_up(cut, languages, int(sizes.sum()))
        ends = np.cumsum(sizes)
        quantities, joined = self._across(texts, pieces, sizes)
        self._terms.count(*_with(*self._of_terms.gather(pieces, ends), quantities))
        self._grams.count(*self._of_grams.gather(pieces, ends))
        self._names.count(*_with(*self._of_names.gather(pieces, ends), joined))
        self._tokens.add(*self._of_tokens.gather(pieces, ends))

    def _look_up(
        self, cut: Sequence[list[str]], languages: Sequence[str | None], size: int
    ) -> Numbers:
        """Return the number of each piece of all texts, int64 (size,)."""
        tables = [self._known[language] for language in languages]
        found = self._numbers_of(cut, tables, size)
        if (found < 0).any():
            new: list[str] = []
            for of, language, known in zip(cut, languages, tables, strict=True):
                new += self._learn([piece for piece in of if piece not in known], language)
            self._of_tokens.extend(*self._encoder.token_ids(new))
            found = self._numbers_of(cut, tables, size)
        return found

    @staticmethod
    def _numbers_of(
        cut: Sequence[list[str]], tables: Sequence[dict[str, int]], size: int
    ) -> Numbers:
        found = (map(of.get, pieces, repeat(-1)) for pieces, of in zip(cut, tables, strict=True))
        return np.fromiter(chain.from_iterable(found), np.int64, size)

    def _learn(self, pieces: Sequence[str], language: str | None) -> list[str]:
        """Take apart pieces that are not known, in the order of the text, and return them."""
        known, new = self._known[language], list(dict.fromkeys(pieces))
        known.update(zip(new, range(self._count, self._count + len(new)), strict=True))
        self._count += len(new)
        for piece in new:
            found = list(words(piece))
            traits = Traits.of(found, piece)
            self._kinds.append(
                (_CANDIDATE * traits.candidate)
                | (_ENTANGLED * traits.entangled)
                | (_FOLLOWS * traits.follows)
                | (_OPENS * traits.opens)
                | (_JOINS * any(word.folded in JOINED_TO_NEXT for word in found))
                | (_EMPTY * (not found))
            )
            self._quantities.append(self._terms.number(traits.term) if traits.term else -1)
            stems = [stem(word.folded, language) for word in found]
            self._of_terms.append([self._terms.number(term) for term in stems])
            self._of_grams.append([self._grams.number(gram) for gram in grams(found)])
            # One by one: names of two words are those of the whole text.
            names = [term for word in found for term in name_terms([word], piece)]
            self._of_names.append([self._names.number(term) for term in names])
        return new

    def _across(
        self, texts: Sequence[str], pieces: Numbers, sizes: Numbers
    ) -> tuple[Further, Further]:
        """Return what texts have beyond their pieces: quantities, and names of two words."""
        kinds = np.frombuffer(self._kinds, np.uint8)[pieces]
        owners = np.repeat(np.arange(len(texts)), sizes)
        joining = np.unique(owners[(kinds & _JOINS) > 0])
        filled = np.flatnonzero((kinds & _EMPTY) == 0)
        pieces, kinds, owners = pieces[filled], kinds[filled], owners[filled]
        candidate, beside = (kinds & _CANDIDATE) > 0, owners[1:] == owners[:-1]
        entangled = (kinds & _ENTANGLED) > 0
        entangled[:-1] |= beside & ((kinds[1:] & _FOLLOWS) > 0)
        entangled[1:] |= beside & ((kinds[:-1] & _OPENS) > 0)
        hard = np.zeros(len(texts), np.bool_)
        hard[owners[candidate & entangled]] = True
        quantity = np.frombuffer(self._quantities, np.int32)[pieces]
        alone = candidate & (quantity >= 0) & ~hard[owners]
        rows, terms = [owners[alone]], [quantity[alone].astype(np.int64)]
        for row in np.flatnonzero(hard).tolist():
            found = quantity_terms(list(words(texts[row])), texts[row])
            rows.append(np.full(len(found), row))
            terms.append(np.array([self._terms.number(term) for term in found], np.int64))
        order = np.argsort(quantified := np.concatenate(rows), kind="stable")
        quantities = quantified[order], np.concatenate(terms)[order]
        return quantities, self._joined(texts, joining)

    def _joined(self, texts: Sequence[str], rows: Numbers) -> Further:
        """Return the terms of names of two words, which come after those of one in each text."""
        at, terms = [_NONE[0]], [_NONE[0]]
        for row in rows.tolist():
            text = texts[row]
            found = list(words(text))
            single = sum(len(name_terms([word], text)) for word in found)
            further = name_terms(found, text)[single:]
            at.append(np.full(len(further), row))
            terms.append(np.array([self._names.number(term) for term in further], np.int64))
        return np.concatenate(at), np.concatenate(terms)


class _Lists:
    """Lists of numbers, one for each piece, that only grow: kept end to end."""

    def __init__(self) -> None:
        self._numbers, self._cuts = array("i"), array("q", [0])

    def append(self, numbers: Iterable[int]) -> None:
        self._numbers.extend(numbers)
        self._cuts.append(len(self._numbers))

    def extend(self, numbers: NDArray[np.int32], sizes: Numbers) -> None:
        cuts = len(self._numbers) + np.cumsum(sizes, dtype=np.int64)
        self._numbers.frombytes(numbers.astype(np.int32).tobytes())
        self._cuts.frombytes(cuts.tobytes())

    def gather(self, pieces: Numbers, ends: Numbers) -> tuple[NDArray[np.int32], Numbers]:
        """Return the numbers of all `pieces` in turn, and how many each text has.

        The pieces of a text end at its place in `ends`.
        """
        cuts = np.frombuffer(self._cuts, np.int64)
        sizes = cuts[pieces + 1] - cuts[pieces]
        found = np.frombuffer(self._numbers, np.int32)[ragged(cuts[pieces], sizes)]
        upto = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        return found, np.diff(upto[ends], prepend=0)


def _with(
    found: NDArray[np.int32], sizes: Numbers, further: Further
) -> tuple[NDArray[np.int32], Numbers]:
    """Return the terms of texts with `further` ones behind those of their rows."""
    rows, terms = further
    longer = sizes + np.bincount(rows, minlength=len(sizes))
    return np.insert(found, np.cumsum(sizes)[rows], terms.astype(np.int32)), longer
