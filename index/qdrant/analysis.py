"""What a passage is scored by, as numbers: analysed once, kept with its point as text.

Terms, names and 3-grams are the CRC-32 of their UTF-8, so that every process gives them the same
number without a common list.  Of a million distinct terms about one in 4,000 shares its number
with another.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from corpus.text.names import name_terms
from corpus.text.stems import grams, passage_terms
from corpus.text.words import words
from index.encoder import StaticEncoder

Keys = NDArray[np.uint32]
# More often is not counted: a token that a text repeats so often says no more by coming again.
MOST_TOKENS, _MOST = 255, 65_535


@dataclass(frozen=True)
class Bag:
    """What a text holds of one kind: `keys` uint32 (p,), ascending, each once, and their counts.

    `counts` is uint16 (p,), `length` the number of all, repeated ones too.
    """

    keys: Keys
    counts: NDArray[np.uint16]
    length: int

    @classmethod
    def of(cls, keys: NDArray[np.integer], most: int = _MOST) -> Self:
        """Count `keys`, each up to `most`."""
        distinct, counts = np.unique(np.asarray(keys, np.uint32), return_counts=True)
        return cls(distinct, np.minimum(counts, most).astype(np.uint16), len(keys))


@dataclass(frozen=True)
class Analysed:
    """A passage: its tokens in the bundled table, terms and names."""

    tokens: Bag
    terms: Bag
    names: Bag


def key(term: str) -> int:
    """Return the number of a term.

    >>> key("رقة") == key("رقة") != key("دير")
    True
    """
    return crc32(term.encode("utf-8", "replace"))


def keys(terms: Iterable[str]) -> Keys:
    """Return the numbers of terms, uint32."""
    return np.fromiter((key(term) for term in terms), np.uint32)


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
            Bag.of(tokens, MOST_TOKENS),
            Bag.of(keys(passage_terms(text, language, found))),
            Bag.of(keys(name_terms(found, text))),
        )
        made.append((analysed, Bag.of(keys(grams(found)))))
    return made


def packed(*bags: Bag) -> str:
    """Return bags as text: their sizes and lengths, then keys, then counts, little-endian."""
    head = [number for bag in bags for number in (len(bag.keys), bag.length)]
    parts = [np.array(head, "<u4"), *(bag.keys.astype("<u4") for bag in bags)]
    parts += [bag.counts.astype("<u2") for bag in bags]
    return b64encode(b"".join(part.tobytes() for part in parts)).decode("ascii")


def unpacked(text: str, count: int) -> list[Bag]:
    """Return the `count` bags that `packed` made a text of.

    >>> bag = Bag.of(np.array([7, 5, 7]))
    >>> [(one.keys.tolist(), one.counts.tolist(), one.length) for one in unpacked(packed(bag), 1)]
    [([5, 7], [1, 2], 3)]
    """
    data = b64decode(text)
    head = np.frombuffer(data, "<u4", 2 * count)
    sizes, place = head[::2].tolist(), 8 * count
    held = []
    for size in sizes:
        held.append(np.frombuffer(data, "<u4", size, place))
        place += 4 * size
    bags = []
    for found, length in zip(held, head[1::2].tolist(), strict=True):
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
        sizes = np.array([len(bag.keys) for bag in bags], np.int64)
        return cls(
            np.concatenate([np.zeros(0, np.uint32), *(bag.keys for bag in bags)]),
            np.concatenate([np.zeros(0, np.uint16), *(bag.counts for bag in bags)]),
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
