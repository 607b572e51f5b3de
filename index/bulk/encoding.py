"""Many passages are encoded in groups, one file each: what was stopped goes on, all is verified."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from corpus.errors import DalilError, InputError
from index.bulk.shards import Known, Shards, digests_of
from index.encoder import Encoder, check_encoder
from index.encoder.protocol import Vectors
from index.store.database import DATABASE, Store
from index.store.lock import REINDEX_LOCK, make_folder, silent, writing
from index.store.texts import passage_texts

# Passages of one task of a worker and of one file: a kill costs no more than those under way.
GROUP = 256
# So many passages, drawn at random, are encoded a second time and compared.
_SAMPLE = 64
# How far from 1 the length of a vector may be.
_LENGTH = 1e-3

# Encodes groups of texts somewhere, and yields each with its vectors as they are done.
Run = Callable[[Encoder, Iterable[list[str]]], Iterator[tuple[list[str], Vectors]]]


@dataclass(frozen=True, slots=True)
class Encoded:
    """How many `passages` there are, of how many `texts`, and how many of these had vectors before.

    Of those, `compared` were encoded again, and `largest` is the largest difference of a component.
    """

    passages: int
    texts: int
    resumed: int
    compared: int
    largest: float


@dataclass(frozen=True, slots=True)
class How:
    """Where passages are encoded, how exactly that must be done, and who hears of it.

    Components of vectors that are made again may be `tolerance` from those of the first: other
    texts in a group, and other processors, change the last digits of 32-bit sums.  `on_batch` gets
    the passages done, and all of them where that is known; `say` gets messages.
    """

    run: Run
    tolerance: float
    say: Callable[[str], None] = silent
    on_batch: Callable[[int, int | None], None] = lambda _done, _all: None


def here(encoder: Encoder, groups: Iterable[list[str]]) -> Iterator[tuple[list[str], Vectors]]:
    """Encode group after group in this process."""
    for group in groups:
        yield group, encoder.encode_passages(group)


def encode_library(home: Path, encoder: Encoder, how: How) -> Encoded:
    """Make the vectors of every passage of the library in `home`, which stays as it is.

    `reencode` takes them up.  Raises `DalilError` if there is no library, if its vectors are this
    encoder's already, or if what was made is not as it must be.
    """
    with closing(Store(home / DATABASE)) as store:
        if store.get("fingerprint") == encoder.fingerprint:
            raise InputError(
                f"The library {home} has the vectors of {encoder.name!r} already. "
                "Name the encoder that it is to have with --encoder, or files that are to be added."
            )
        texts = (text for text, _ in passage_texts(store, store.passages()))
        return _encode(home, encoder, texts, how, store.count_passages())


def encode_texts(home: Path, encoder: Encoder, texts: Iterable[str], how: How) -> Encoded:
    """Make the vectors of passages that are to be added to the library in `home`, if it is there.

    Raises `DalilError` if its vectors are another encoder's, or those made not as they must be.
    """
    make_folder(home)
    if (home / DATABASE).exists():
        with closing(Store(home / DATABASE)) as store:
            check_encoder(store, encoder, home)
    return _encode(home, encoder, texts, how, None)


def _encode(
    home: Path, encoder: Encoder, texts: Iterable[str], how: How, total: int | None
) -> Encoded:
    with writing(home, how.say, REINDEX_LOCK):
        shards = Shards.of(home, encoder)
        shards.prepare()
        known = shards.read(how.say)
        if len(known):
            how.say(f"{len(known):,} vectors are there already; going on with the rest.")
        wanted = _Wanted(known)
        for group, vectors in how.run(encoder, wanted.groups(texts)):
            _check(encoder, group, vectors)
            shards.keep(group, vectors)
            wanted.made += len(group)
            how.on_batch(wanted.done, total)
        return _verified(encoder, wanted, shards, how)


class _Wanted:
    """The texts that pass by: which of them are new, and a random sample."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._random = random.Random()
        self.digests = set[bytes]()
        self.sample = list[str]()
        self.passages = self.resumed = self.given = self.made = 0

    @property
    def done(self) -> int:
        """Passages that have a vector, of those that have passed by."""
        return self.passages - self.given + self.made

    def groups(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """Yield the texts that have no vector, each once, in groups."""
        missing = self._missing(iter(texts))
        while group := list(islice(missing, GROUP)):
            yield group

    def _missing(self, texts: Iterator[str]) -> Iterator[str]:
        while some := list(islice(texts, GROUP)):
            digests = digests_of(some)
            known = self._known.find(digests) >= 0
            for text, digest, there in zip(some, digests.tolist(), known, strict=True):
                self.passages += 1
                # The text of a damaged article is empty.
                if not text or digest in self.digests:
                    continue
                self.digests.add(digest)
                self._draw(text)
                if there:
                    self.resumed += 1
                else:
                    self.given += 1
                    yield text

    def _draw(self, text: str) -> None:
        """Keep a sample in which each text is as likely as any other (Vitter's algorithm R)."""
        if len(self.sample) < _SAMPLE:
            self.sample.append(text)
        elif (place := self._random.randrange(len(self.digests))) < _SAMPLE:
            self.sample[place] = text


def _check(encoder: Encoder, group: Sequence[str], vectors: Vectors) -> None:
    """Raise `DalilError` unless there is a vector for each text, of length 1 or 0."""
    if vectors.shape == (len(group), encoder.dimension):
        lengths = np.linalg.norm(vectors, axis=1)
        if (np.isclose(lengths, 1, atol=_LENGTH) | (lengths == 0)).all():
            return
    raise DalilError(
        f"The encoder {encoder.name!r} gave no sound vector for each of {len(group)} passages. "
        "Install its package anew on every machine, and run this again."
    )


def _verified(encoder: Encoder, wanted: _Wanted, shards: Shards, how: How) -> Encoded:
    """Read the files again and compare; raise `DalilError` if anything is not as it must be."""
    known = shards.read(how.say)
    places = known.find(np.array(list(wanted.digests), "S16"))
    if lacking := int((places < 0).sum()):
        raise DalilError(
            f"{lacking:,} of {len(places):,} vectors cannot be read from {shards.folder} as they "
            "were written. Check the disk, and run this again."
        )
    kept = known.vectors(known.find(digests_of(wanted.sample)))
    again = encoder.encode_passages(wanted.sample)
    largest = float(np.abs(again - kept).max(initial=0))
    if largest > how.tolerance:
        raise DalilError(
            f"Passages that were encoded again here have other vectors (by {largest:.0e}). If the "
            "machines compute differently, as graphics processors do, allow it with --tolerance; "
            "else begin anew after: dalil encode --drop"
        )
    return Encoded(wanted.passages, len(places), wanted.resumed, len(wanted.sample), largest)
