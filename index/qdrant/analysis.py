"""What a passage is scored by, as numbers: analysed once, kept with its point as text.

Terms, names and 3-grams are numbers of 48 bits made of their UTF-8, so that every process gives
them the same without a common list.  Of a million distinct ones hardly any shares its number with
another; of 100 million about one in three million does.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import crc_hqx
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from corpus.text.names import name_terms
from corpus.text.stems import grams, passage_terms
from corpus.text.words import words
from index.encoder import StaticEncoder

# Tokens are uint32, what is made of text uint64.
Keys = NDArray[np.unsignedinteger]
# More often is not counted: a token that a text repeats so often says no more by coming again.
MOST_TOKENS, _MOST = 255, 65_535
# Bits and bytes of the low part of a key.
_LOW, _SHORT = 32, 4


@dataclass(frozen=True)
class Bag:
    """What a text holds of one kind: `keys` (p,), ascending, each once, and their counts.

    `counts` is uint16 (p,), `length` the number of all, repeated ones too.
    """

    keys: Keys
    counts: NDArray[np.uint16]
    length: int

    @classmethod
    def of(cls, keys: Keys, most: int = _MOST) -> Self:
        """Count `keys`, each up to `most`."""
        distinct, counts = np.unique(keys, return_counts=True)
        return cls(distinct, np.minimum(counts, most).astype(np.uint16), len(keys))


@dataclass(frozen=True)
class Analysed:
    """A passage: its tokens in the bundled table, terms and names."""

    tokens: Bag
    terms: Bag
    names: Bag


def key(term: str) -> int:
    """Return the number of a term: its CRC-32 below another check sum of 16 bits.

    >>> crc32(b"plumless") == crc32(b"buckeroo"), key("plumless") == key("buckeroo")
    (True, False)
    """
    data = term.encode("utf-8", "replace")
    return crc_hqx(data, 0) << _LOW | crc32(data)


def keys(terms: Iterable[str]) -> Keys:
    """Return the numbers of terms, uint64."""
    return np.fromiter(map(key, terms), np.uint64)


def analyse(
    texts: Sequence[str], languages: Sequence[str | None], encoder: StaticEncoder
) -> list[tuple[Analysed, Bag]]:
    """Return what each of `texts` holds, with its 3-grams; `encoder` is the bundled one."""
    ids, sizes = encoder.token_ids(texts)
    parts = np.split(ids, np.cumsum(sizes)[:-1]) if len(texts) else []
    made = []
    for text, language, tokens in zip(texts, languages, parts, strict=True):
        found = list(words(text))
        analysed = Analysed(
            Bag.of(tokens.astype(np.uint32), MOST_TOKENS),
            Bag.of(keys(passage_terms(text, language, found))),
            Bag.of(keys(name_terms(found, text))),
        )
        made.append((analysed, Bag.of(keys(grams(found)))))
    return made


def packed(*bags: Bag) -> str:
    """Return bags as text, little-endian.

    Their sizes, lengths and whether keys are long; then the low 32 bits of keys, the high 16 bits
    of long ones, and the counts.
    """
    long = [bag.keys.itemsize > _SHORT for bag in bags]
    head = [(len(bag.keys), bag.length, of) for bag, of in zip(bags, long, strict=True)]
    parts = [np.array(head, "<u4"), *(bag.keys.astype("<u4") for bag in bags)]
    parts += [(b.keys >> _LOW).astype("<u2") for b, of in zip(bags, long, strict=True) if of]
    parts += [bag.counts.astype("<u2") for bag in bags]
    return b64encode(b"".join(part.tobytes() for part in parts)).decode("ascii")


def unpacked(text: str, count: int) -> list[Bag]:
    """Return the `count` bags that `packed` made a text of.

    >>> bags = Bag.of(np.array([7, 5, 7], np.uint32)), Bag.of(np.array([2**40 + 3], np.uint64))
    >>> [(one.keys.tolist(), one.counts.tolist(), one.length) for one in unpacked(packed(*bags), 2)]
    [([5, 7], [1, 2], 3), ([1099511627779], [1], 1)]
    """
    data = b64decode(text)
    head = np.frombuffer(data, "<u4", 3 * count).reshape(count, 3)
    sizes, place = head[:, 0].tolist(), head.nbytes
    held: list[NDArray[Any]] = []
    for size in sizes:
        held.append(np.frombuffer(data, "<u4", size, place))
        place += 4 * size
    for number in np.flatnonzero(head[:, 2]).tolist():
        high = np.frombuffer(data, "<u2", sizes[number], place).astype(np.uint64)
        held[number] = high << _LOW | held[number]
        place += 2 * sizes[number]
    bags = []
    for found, length in zip(held, head[:, 1].tolist(), strict=True):
        bags.append(Bag(found, np.frombuffer(data, "<u2", len(found), place), length))
        place += 2 * len(found)
    return bags


def words_of(text: str) -> Analysed:
    """Return what `packed` made a text of."""
    return Analysed(*unpacked(text, 3))


@dataclass(frozen=True)
class Bags:
    """Bags of `n` texts end to end: `keys` and `counts` (p,), `owners` int64 (p,), `lengths` (n,).

    `starts` int64 (n,) is where each begins.
    """

    keys: Keys
    counts: NDArray[np.uint16]
    owners: NDArray[np.int64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, bags: Sequence[Bag]) -> Self:
        """Put bags end to end."""
        if not bags:
            nothing = np.zeros(0, np.int64)
            return cls(np.zeros(0, np.uint32), np.zeros(0, np.uint16), *[nothing] * 3)
        sizes = np.array([len(bag.keys) for bag in bags], np.int64)
        return cls(
            # Those of one kind are of one type: nothing is converted.
            np.concatenate([bag.keys for bag in bags]),
            np.concatenate([bag.counts for bag in bags]),
            np.repeat(np.arange(len(bags)), sizes),
            np.cumsum(sizes) - sizes,
            np.array([bag.length for bag in bags], np.int64),
        )

    def __len__(self) -> int:
        return len(self.lengths)

    def holding(self, wanted: Iterable[int]) -> NDArray[np.bool_]:
        """Return which texts have any of the keys `wanted`, bool (n,)."""
        held = np.zeros(len(self), np.bool_)
        for one in wanted:
            held[self.owners[self.keys == one]] = True
        return held


class Arena:
    """Bags of one kind in arrays that grow, from which those of any texts are taken at once."""

    def __init__(self) -> None:
        self._keys, self._counts = _Grown(), _Grown()
        self._starts, self._sizes, self._lengths = _Grown(), _Grown(), _Grown()

    def add(self, bags: Sequence[Bag]) -> None:
        """Take the bags of more texts, whose rows follow those before."""
        more = Bags.of(bags)
        sizes = np.diff(more.starts, append=len(more.keys))
        self._starts.add(more.starts + self._keys.used)
        self._sizes.add(sizes)
        self._lengths.add(more.lengths)
        self._keys.add(more.keys)
        self._counts.add(more.counts)

    def of(self, rows: NDArray[np.int64]) -> Bags:
        """Return the bags of the texts `rows`, in that order."""
        if not len(rows):
            return Bags.of([])
        sizes = self._sizes.held[rows]
        starts = np.cumsum(sizes) - sizes
        owners = np.repeat(np.arange(len(rows)), sizes)
        places = np.arange(len(owners)) + (self._starts.held[rows] - starts)[owners]
        keys, counts = self._keys.held[places], self._counts.held[places]
        return Bags(keys, counts, owners, starts, self._lengths.held[rows])


class _Grown:
    """An array to which others are added; what is `held` is copied only as often as it doubles."""

    def __init__(self) -> None:
        self.held: NDArray[Any] = np.zeros(0, np.int64)
        self.used = 0

    def add(self, more: NDArray[Any]) -> None:
        if not self.used:
            self.held = self.held.astype(more.dtype)
        if self.used + len(more) > len(self.held):
            grown = np.zeros(2 * (self.used + len(more)), self.held.dtype)
            grown[: self.used] = self.held[: self.used]
            self.held = grown
        self.held[self.used : self.used + len(more)] = more
        self.used += len(more)
