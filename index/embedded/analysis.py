"""Many texts to the terms of every field, each distinct word looked at once.

Folding, stems, n-grams, name keys and tokens of a word do not depend on its neighbours, and no
word reaches across white space.  So a text is cut there, and what a piece brings is looked up, as
numbers.  Pieces that differ in the marks around one word bring the same but for their tokens.  Only
numbers and dates of several words and names of two are read from the text itself, numbers from the
words around them.  The terms are those of `TextIndex.build`, which takes text after text, and in
the same order.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.text.names import JOINED_TO_NEXT
from corpus.text.numerals.quantity_words import is_unit, tables
from corpus.text.quantities import alone, goes_on, linking, quantity_terms
from corpus.text.stems import grams, stem
from corpus.text.word_names import joined_terms, word_terms
from corpus.text.words import Word, bare, words, words_of
from index.embedded.tokens import PostingCounter, TermCounter
from index.encoder.pieces import ragged
from index.encoder.protocol import Tokenizer

Numbers = NDArray[np.int64]
# Terms that further rows have: the rows, ascending, and the number of a term for each.
Further = tuple[Numbers, Numbers]

# Pieces remembered before the store starts anew: about 200 MB with all that they bring.
_PIECES = 500_000
# No reading of a quantity looks at so many words beyond the digits and number words that it is of:
# four back ("between some 5 and 7 million"), five on (a month behind "of the", "per cent").
_AROUND = 8
_PIECE = re.compile(r"\S+")
# What a piece is, as bits: see `Traits`; one with `_JOINS` has a word that may begin a name of two.
_CANDIDATE, _ENTANGLED, _FOLLOWS, _OPENS, _JOINS, _EMPTY = (1 << bit for bit in range(6))
_NONE = np.zeros(0, np.int64), np.zeros(0, np.int64)


class Traits(NamedTuple):
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
        # Most words have no part in quantities.
        if not folded or (len(folded) == 1 and folded[0].isalpha() and folded[0] not in _telling()):
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


@lru_cache(maxsize=1)
def _telling() -> frozenset[str]:
    """Return the words of letters that are no plain ones to quantities."""
    units = filter(is_unit, tables().ordinals)
    return linking().union(tables().percents_before, units)


class Analysis:
    """Counts texts into the counters of terms, n-grams, names and tokens."""

    def __init__(
        self,
        encoder: Tokenizer,
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
        # What each piece is without the marks around its word, by number.
        self._bare = array("i")
        self._numbers: defaultdict[str | None, dict[str, int]] = defaultdict(dict)
        self._of_terms, self._of_grams, self._of_names = _Lists(), _Lists(), _Lists()
        self._of_tokens = _Lists()
        self._kinds = bytearray()
        # The term of the quantity that each is by itself, -1 for none.
        self._quantities = array("i")

    def add(self, texts: Sequence[str], languages: Sequence[str | None]) -> None:
        """Count the next `texts`, whose `languages` are ISO 639 codes or `None`."""
        if len(self._bare) > _PIECES:
            self._clear()
        cut = [text.split() for text in texts]
        sizes = np.fromiter(map(len, cut), np.int64, len(cut))
        pieces = self._look_up(cut, languages, int(sizes.sum()))
        ends = np.cumsum(sizes)
        of = np.frombuffer(self._bare, np.int32)[pieces].astype(np.int64)
        quantities, joined = self._across(texts, of, sizes)
        self._terms.count(*_with(*self._of_terms.gather(of, ends), quantities))
        self._grams.count(*self._of_grams.gather(of, ends))
        self._names.count(*_with(*self._of_names.gather(of, ends), joined))
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
        known, numbers = self._known[language], self._numbers[language]
        new = list(dict.fromkeys(pieces))
        known.update(zip(new, range(first := len(self._bare), first + len(new)), strict=True))
        for piece in new:
            word = bare(piece)
            if (number := numbers.get(word)) is None:
                number = numbers[word] = len(self._kinds)
                self._take_apart(word, language)
            self._bare.append(number)
        return new

    def _take_apart(self, piece: str, language: str | None) -> None:
        found = words_of(piece)
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
        stems = (stem(word.folded, language) for word in found)
        self._of_terms.append(map(self._terms.number, stems))
        self._of_grams.append(map(self._grams.number, grams(found)))
        # One by one: names of two words are those of the whole text.
        names = (word_terms(piece[start:end]) for start, end, _ in found)
        self._of_names.append(map(self._names.number, chain.from_iterable(names)))

    def _across(
        self, texts: Sequence[str], pieces: Numbers, sizes: Numbers
    ) -> tuple[Further, Further]:
        """Return what texts have beyond their pieces: quantities, and names of two words."""
        kinds = np.frombuffer(self._kinds, np.uint8)[pieces]
        owners = np.repeat(np.arange(len(texts)), sizes)
        filled = np.flatnonzero((kinds & _EMPTY) == 0)
        alone, (groups, first, last) = _candidates(kinds[filled], owners[filled])
        alone, groups = filled[alone], filled[groups]
        quantity = np.frombuffer(self._quantities, np.int32)[pieces[alone]]
        alone, quantity = alone[quantity >= 0], quantity[quantity >= 0]
        rows, begins = owners[groups], (np.cumsum(sizes) - sizes)[owners[groups]]
        found = [
            [self._terms.number(term) for term in quantity_terms(list(words(part)), part)]
            for part in _parts(texts, rows, filled[first] - begins, filled[last] - begins)
        ]
        counts = np.fromiter(map(len, found), np.int64, len(found))
        read = np.fromiter(chain.from_iterable(found), np.int64, int(counts.sum()))
        places = np.concatenate([alone, np.repeat(groups, counts)])
        order = np.argsort(places, kind="stable")
        quantities = owners[places[order]], np.concatenate([quantity, read])[order]
        return quantities, self._joined(texts, np.unique(owners[(kinds & _JOINS) > 0]))

    def _joined(self, texts: Sequence[str], rows: Numbers) -> Further:
        """Return the terms of names of two words, which come after those of one in each text."""
        found = [joined_terms(list(words(texts[row])), texts[row]) for row in rows.tolist()]
        numbers = [self._names.number(term) for terms in found for term in terms]
        return np.repeat(rows, list(map(len, found))), np.array(numbers, np.int64)


def _candidates(
    kinds: NDArray[np.uint8], owners: Numbers
) -> tuple[Numbers, tuple[Numbers, Numbers, Numbers]]:
    """Return which pieces may be a quantity by themselves, and which are to be read in company.

    `kinds` and `owners` (n,) are those of pieces with words, text after text.  Candidates near each
    other are a group, which is read if any of it is entangled: its first piece, the first that is
    to be read and the last, (g,) each.
    """
    entangled = (kinds & _ENTANGLED) > 0
    beside = owners[1:] == owners[:-1]
    entangled[:-1] |= beside & ((kinds[1:] & _FOLLOWS) > 0)
    entangled[1:] |= beside & ((kinds[:-1] & _OPENS) > 0)
    candidates = np.flatnonzero(kinds & _CANDIDATE)
    if not len(candidates):
        return _NONE[0], (_NONE[0], _NONE[0], _NONE[0])
    far = (np.diff(candidates) > _AROUND) | (np.diff(owners[candidates]) > 0)
    firsts = np.flatnonzero(np.concatenate([[True], far]))
    lasts = np.flatnonzero(np.concatenate([far, [True]]))
    read = np.logical_or.reduceat(entangled[candidates], firsts)
    alone = candidates[~np.repeat(read, lasts - firsts + 1)]
    first, last = candidates[firsts[read]], candidates[lasts[read]]
    begins = np.maximum(first - _AROUND, np.searchsorted(owners, owners[first]))
    ends = np.minimum(last + _AROUND, np.searchsorted(owners, owners[first], "right") - 1)
    return alone, (first, begins, ends)


def _parts(texts: Sequence[str], rows: Numbers, first: Numbers, last: Numbers) -> Iterator[str]:
    """Yield parts of the texts `rows`, ascending, each from one piece of its text to another."""
    held, spans = -1, list[tuple[int, int]]()
    for row, begin, end in zip(rows.tolist(), first.tolist(), last.tolist(), strict=True):
        if row != held:
            held, spans = row, [match.span() for match in _PIECE.finditer(texts[row])]
        yield texts[row][spans[begin][0] : spans[end][1]]


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
