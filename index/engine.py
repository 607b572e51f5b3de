"""What a search engine takes and gives: a query of words, and candidates with the scores of legs.

Any engine may stand behind a library, in this process or elsewhere; whoever ranks the candidates
sees these types alone.  Scores are plain numbers, so that none of them says how they were kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from corpus.text.words import Word
from index.filters import Filters

# How well a word is met by its stem, number or date, and by a coarse key or another name.
SAME_STEM, SAME_NAME = 1.0, 0.9
# So many passages on each side in its article are a passage's surroundings.
CONTEXT = 2
# The setting by which the engine of this process is chosen.
EMBEDDED = "embedded"
# What a leg says of a passage that it did not find.
NOT_FOUND = float("-inf")


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word that carries meaning: `text`, as it stands at `word`'s span of the query's text.

    `weight` is its share in what is asked, all of them sum to 1.  `tokens` are its ids in the
    bundled table and `shares` how much of the word each of them is.  `keys` are its terms in the
    field of names, none for a word that is no name; `aliases` are other names of the same thing;
    `quantities` the terms of the numbers and dates that it is a part of.
    """

    word: Word
    text: str
    weight: float
    tokens: tuple[int, ...]
    shares: tuple[float, ...]
    keys: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: `text`, all its words, those that carry meaning, and the likely names.

    `names` are terms of the field of names; they may be of more words than `words` has keys of.
    """

    text: str
    found: tuple[Word, ...]
    words: tuple[QueryWord, ...]
    names: tuple[str, ...]


# From a query and texts with their languages to how well each word is met, float32 (n, w), 0 to 1.
Compare = Callable[[Query, Sequence[str], Sequence[str | None]], NDArray[np.float32]]


class Candidate(NamedTuple):
    """A passage that some leg found: where it lies, its script (ISO 15924), and every leg's score.

    `dense` is a cosine, `soft` the soft lexical score, `lexical` and `names` are BM25 of terms and
    of name keys, each `NOT_FOUND` where the leg has nothing; `grams` is BM25 of character n-grams,
    which find nothing by themselves.  `met` says for each word of the query how well the passage
    meets it, 0 to 1, and `around` how well the best of it and its `CONTEXT` in the article does.

    A named tuple, which is made in a fraction of the time of a frozen dataclass: a search makes
    hundreds.
    """

    article_id: str
    version: int
    start: int
    end: int
    script: str
    dense: float
    soft: float
    lexical: float
    names: float
    grams: float
    met: tuple[float, ...]
    around: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The passages found, in the library's order, which decides between equal scores.

    `rarity` is the idf of each word of the query over what it means in the whole collection.
    """

    found: Sequence[Candidate]
    rarity: tuple[float, ...]


class Engine(Protocol):
    """Finds the passages of one library, and keeps up with it.

    Every leg adds candidates and none removes any: those given are the union of the `depth` best of
    each leg.  Filters act before that.
    """

    def search(self, query: Query, depth: int, filters: Filters) -> Candidates:
        """Return the `depth` best passages of each leg among those that `filters` let through.

        `depth` counts for each script of the collection by itself where scores cross languages: a
        question's own language scores higher, and the best of another would never be seen.
        """
        ...

    def __len__(self) -> int:
        """Return the number of passages that can be found."""
        ...

    def importing(self) -> AbstractContextManager[Callable[[int], None]]:
        """Return a block for an import, which calls what it gets after each commit.

        It says how many passages came with that, so that they can be made ready for `follow`
        meanwhile.
        """
        ...

    def follow(self, *, writing: bool, more: bool = False) -> None:
        """Catch up with the library; `writing` says that the caller holds its write lock.

        With `more`, which is about to come, what is better done once may be left for then.
        """
        ...

    def rebuild(self) -> None:
        """Make everything anew from what the library holds; the caller holds its write lock."""
        ...

    def faults(self) -> list[str]:
        """Return what is wrong with what the engine keeps, nothing if all is well."""
        ...

    def close(self) -> None:
        """Let go of what is open; the library is closed after it."""
        ...


class Revised(Protocol):
    """What an engine has made of one revision of a library, safe to share between threads."""

    @property
    def revision(self) -> int:
        """The library's revision."""


class Follows(Protocol):
    """Keeps what a cache has up with the library, in a thread of its own."""

    def newest(self, revision: int, own: Revised | None) -> Revised | None:
        """Return what is to be searched by who has `own`; `None` if he must see for himself."""
        ...

    def look(self) -> None:
        """Look for changes now."""

    def stop(self) -> None:
        """End the thread, without waiting for it."""


class IndexCache:
    """Holds the newest of what the engines of one library have made; hold it (`with`) meanwhile.

    Each thread has its own connection, and what it searches may be the same: forty thousand
    passages take about 80 MB, and each batch that another process adds would be indexed once for
    every thread.  With `background`, engines leave what takes long to a `follower` that one of them
    starts, and search what was there just before.
    """

    def __init__(self, *, background: bool = False) -> None:
        self._lock = threading.Lock()
        self._said = set[str]()
        self.newest: Revised | None = None
        self.background = background
        self.follower: Follows | None = None
        self.asked: Query | None = None

    def say_once(self, message: str, say: Callable[[str], None]) -> None:
        """Tell people a message, unless another thread's engine has told them."""
        with self._lock:
            new = message not in self._said
            self._said.add(message)
        if new:
            say(message)

    def __enter__(self) -> Self:
        self._lock.acquire()
        return self

    def __exit__(self, *raised: object) -> None:
        self._lock.release()

    def best(self, revision: int, own: Revised | None) -> Revised | None:
        """Return the newest that is known and not newer than `revision`, or `None`.

        An engine can add to what it made of an older one; of a newer one it could not tell what
        is missing.
        """
        known = [each for each in (self.newest, own) if each and each.revision <= revision]
        return max(known, key=lambda each: each.revision, default=None)

    def put(self, made: Revised) -> None:
        """Keep what was made unless there is something newer."""
        if self.newest is None or self.newest.revision <= made.revision:
            self.newest = made

    def close(self) -> None:
        """Let nobody follow the library any more."""
        if self.follower is not None:
            self.follower.stop()
