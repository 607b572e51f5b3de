"""Texts to token ids and spans through a store of white-space separated words already cut.

A word's tokens do not depend on its neighbours (folding and cutting never look across white
space), so each different word is cut once. That is what makes a corpus fast: the tokeniser's
normaliser alone takes 0.2 ms a passage, a look-up of 60 words 0.01 ms.
"""

from __future__ import annotations

import itertools
import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from corpus.text.characters import replace_surrogates

# Words remembered before the store starts anew: about 40 MB with their strings.
_WORDS = 200_000

_T = TypeVar("_T", bound=np.generic)

# Numbers of a span, on average, from which on each span is copied by itself.
_LONG = 128

# Words cut in one call of the tokeniser.
_TOGETHER = 64

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """The tokens of one text that the vocabulary knows, in order.

    `ids`: int32 `(t,)`, rows of the table. `spans`: int32 `(t, 2)`, half-open code point offsets
    into the text as it was given; what folding drops at a token's edge (the Arabic article) lies
    outside its span. `words`: int32 `(t,)`, the number from 0 of the white-space separated word.
    """

    ids: NDArray[np.int32]
    spans: NDArray[np.int32]
    words: NDArray[np.int32]


def ragged(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions `starts[i], ..., starts[i] + counts[i] - 1` of every `i`, one after another.

    >>> ragged(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    positions: NDArray[np.int64] = np.repeat(starts - (ends - counts), counts)
    positions += np.arange(total)
    return positions


def gathered(
    arrays: Sequence[NDArray[Any]], starts: NDArray[np.int64], sizes: NDArray[np.int64]
) -> list[NDArray[Any]]:
    """Return of each of `arrays` the spans that begin at `starts`, of `sizes`, end to end."""
    if int(sizes.sum()) < _LONG * len(sizes):
        # A span by itself takes as long as a hundred numbers do one by one.
        places = ragged(starts, sizes)
        return [array.take(places) for array in arrays]
    spans = list(map(slice, starts.tolist(), (starts + sizes).tolist()))
    return [np.concatenate([array[:0], *map(array.__getitem__, spans)]) for array in arrays]


def cuts(sizes: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return where pieces of `sizes` (n,) that lie end to end begin, and the last ends, (n+1,).

    >>> cuts(np.array([2, 3])).tolist()
    [0, 2, 5]
    """
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])


def smallest(values: NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
    """Return `values`, none negative, in the smallest unsigned type that holds them all.

    >>> smallest(np.array([3, 255])).dtype, smallest(np.array([256])).dtype
    (dtype('uint8'), dtype('uint16'))
    """
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


class PieceStore:
    """Cuts words into tokens, remembering the words seen; safe to share between threads."""

    def __init__(self, tokenizer: Tokenizer, unknown: str) -> None:
        self._tokenizer = tokenizer
        self._unknown = tokenizer.token_to_id(unknown)
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._numbers: dict[str, int] = {}
        self._starts = np.zeros(1024, dtype=np.int64)
        self._counts = np.zeros(1024, dtype=np.int64)
        # Columns: id, first code point of the token in its word, end.
        self._tokens = np.zeros((2048, 3), dtype=np.int32)
        self._used = 0

    def ids(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """All ids one after another, and `(n,)` how many belong to each text."""
        words: list[str] = []
        ends = [0]
        for text in texts:
            words += replace_surrogates(text).split()
            ends.append(len(words))
        with self._lock:
            places, counts = self._look_up(words)
            ids: NDArray[np.int32] = self._tokens[:, 0].take(places)
        return ids, np.diff(np.concatenate(([0], np.cumsum(counts)))[ends])

    def tokenize(self, text: str) -> TokenizedText:
        """Ids with spans and words, see `TokenizedText`."""
        found = list(_WORD.finditer(replace_surrogates(text)))
        with self._lock:
            places, counts = self._look_up([match.group() for match in found])
            tokens = self._tokens[places]
        starts = np.fromiter((match.start() for match in found), dtype=np.int32, count=len(found))
        spans = tokens[:, 1:] + np.repeat(starts, counts)[:, None]
        words = np.repeat(np.arange(len(found), dtype=np.int32), counts)
        return TokenizedText(tokens[:, 0], spans, words)

    def _look_up(self, words: list[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the tokens of all words stand, and how many belong to each word."""
        if len(self._numbers) > _WORDS:
            self._clear()
        numbers = self._numbers_of(words)
        if (numbers < 0).any():
            missing = (words[place] for place in np.flatnonzero(numbers < 0).tolist())
            self._learn(list(dict.fromkeys(missing)))
            numbers = self._numbers_of(words)
        counts = self._counts[numbers]
        return ragged(self._starts[numbers], counts), counts

    def _numbers_of(self, words: list[str]) -> NDArray[np.int64]:
        """The number of each word, -1 for one not seen."""
        found = map(self._numbers.get, words, itertools.repeat(-1))
        return np.fromiter(found, dtype=np.int64, count=len(words))

    def _learn(self, words: list[str]) -> None:
        rows, counts = self._cut(words)
        first = len(self._numbers)
        self._starts = _with_room(self._starts, first + len(words))
        self._counts = _with_room(self._counts, first + len(words))
        self._tokens = _with_room(self._tokens, self._used + len(rows))
        self._counts[first : first + len(words)] = counts
        self._starts[first : first + len(words)] = self._used + np.cumsum(counts) - counts
        self._tokens[self._used : self._used + len(rows)] = rows
        self._used += len(rows)
        self._numbers.update(zip(words, range(first, first + len(words)), strict=True))

    def _cut(self, words: list[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Tokens `(t, 3)` of all words, and how many each word has.

        Many words go into one text: each call of the tokeniser costs as much as ten words.
        """
        groups = [words[first : first + _TOGETHER] for first in range(0, len(words), _TOGETHER)]
        encodings = self._tokenizer.encode_batch([" ".join(group) for group in groups])
        found = [encoding.ids for encoding in encodings]
        tokens = np.fromiter(itertools.chain.from_iterable(found), np.int64)
        ends = (end for encoding in encodings for span in encoding.offsets for end in span)
        spans = np.fromiter(ends, np.int64, 2 * len(tokens)).reshape(-1, 2)
        # Where words begin, and their groups, if all lay one after another with a space between.
        sizes = np.fromiter(map(len, words), np.int64, len(words)) + 1
        begins = np.cumsum(sizes) - sizes
        spans += np.repeat(begins[::_TOGETHER], list(map(len, found)))[:, None]
        tokens, spans = tokens[known := tokens != self._unknown], spans[known]
        owners = np.searchsorted(begins, spans[:, 0], "right") - 1
        rows = np.column_stack([tokens, spans - begins[owners][:, None]]).astype(np.int32)
        # Letters and digits alone have no diacritics.
        marked = np.fromiter((not word.isalnum() or "\u0640" in word for word in words), np.bool_)
        for row in np.flatnonzero(marked[owners]).tolist():
            rows[row, 2] = _with_marks(words[owners[row]], int(rows[row, 2]))
        return rows, np.bincount(owners, minlength=len(words))


def _with_marks(word: str, end: int) -> int:
    """The end of a token moved past the diacritics of its last letter, which folding drops.

    >>> _with_marks("قالَت", 3)
    4
    """
    while end < len(word) and (unicodedata.combining(word[end]) or word[end] == "\u0640"):
        end += 1
    return end


def _with_room(array: NDArray[_T], rows: int) -> NDArray[_T]:
    """The array, copied into one of twice the rows or more if it holds fewer than `rows`."""
    if rows <= len(array):
        return array
    larger = np.zeros((max(rows, 2 * len(array)), *array.shape[1:]), dtype=array.dtype)
    larger[: len(array)] = array
    return larger
