"""Indexing what an import has committed in a process beside it, which goes on meanwhile.

The process (`main`) reads a byte after each commit, indexes the passages that came with it and,
once it is told that no more come, writes them as a part in a folder of their own and says which.
It ends when its standard input does.  Tokens are left to the import, which has met their words when
it encoded passages; it puts the part among the others, and whatever fails here, it indexes
everything itself.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from index.embedded.passages import PassageTable, texts_of
from index.embedded.postings import load_arrays
from index.embedded.segments.kept import DERIVED, keep, newest_in
from index.embedded.segments.merging import merged
from index.embedded.segments.snapshot import PASSAGES, Files, Part, Segment, checksum
from index.embedded.texts import TOKENS, TextIndex
from index.embedded.tokens import CHUNK, PostingCounter, TokenIndex
from index.embedded.vectors import VectorIndex
from index.encoder.protocol import Tokenizer, Vectors
from index.store.database import DATABASE, PassageRow, Store
from index.store.lock import is_served

# Of fewer passages, starting the process takes as long as it saves.
_MANY = 1_000
# The process says that it lives after every chunk, which takes some seconds; this is far more.
_PATIENCE_SECONDS = 300.0
_COMMITTED, _END, _ALIVE, _DONE = b"c", b"e", b".", b"\n"
# With the import's own path: what lies in the folder that it runs in is not to be imported.
_START = (
    "import sys; sys.path[:] = sys.argv[3:]; import index.embedded.segments.indexing as i; "
    "sys.exit(i.main(sys.argv[1:3]))"
)


class Indexing:
    """Indexes what is committed to the library in `home`, whose write lock the caller holds.

    Vectors have `dimension` components.  A process is started once many passages came, if there is
    a second core and nobody waits for what comes, who would have it at once.
    """

    def __init__(self, home: Path, dimension: int) -> None:
        self._home, self._dimension = home, dimension
        self._allowed = cores() > 1
        self._passages = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._came = np.zeros(0, np.int64)
        self._tokens: TokenIndex | None = None

    def __enter__(self) -> Callable[[int], None]:
        return self.committed

    def __exit__(self, *raised: object) -> None:
        self._end()

    def committed(self, passages: int) -> None:
        """Have indexed what was committed, so many passages."""
        self._passages += passages
        if not passages or not self._allowed or self._passages < _MANY:
            return
        try:
            if self._process is None and not is_served(self._home):
                self._process = subprocess.Popen(
                    command(self._home, self._dimension),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    bufsize=0,
                )
            if self._process is not None:
                cast(IO[bytes], self._process.stdin).write(_COMMITTED)
        except OSError:
            self._give_up()

    def finish(self, store: Store, after: int, words: Tokenizer) -> TokenIndex | None:
        """Tell the process that no more comes; return the tokens of what came to `store`.

        These are the passages with ids above `after`, and their tokens by `words`, whose words the
        import has mostly met.  `None` without a process.
        """
        self._passages = 0
        if self._process is None:
            return None
        try:
            cast(IO[bytes], self._process.stdin).write(_END)
        except OSError:
            self._give_up()
            return None
        rows = store.passages(after)
        counter, texts = PostingCounter((), np.zeros(0, np.int32)), texts_of(store, rows)
        while chunk := list(islice(texts, CHUNK)):
            counter.add(*words.token_ids(chunk))
        self._came = np.array([row.id for row in rows], np.int64)
        self._tokens = TokenIndex.of(counter)
        return self._tokens

    def take(self) -> Part | None:
        """Return what the process indexed, once it has, with the tokens of what came.

        It is `None` unless that is what came, all of it.
        """
        if self._process is None or self._tokens is None:
            return None
        try:
            name, crc32 = json.loads(_last_words(self._process))
            folder = self._home / DERIVED / name
            ids = load_arrays(folder / PASSAGES, ["ids"])["ids"]
            if not np.array_equal(ids, self._came):
                # What was kept was not what the import found sound and went on from.
                return None
            self._tokens.save(folder / TOKENS)
            files = (folder / TOKENS).iterdir()
            crc32 |= {file.relative_to(folder).as_posix(): checksum(file) for file in files}
            segment = Segment.load(self._home / DERIVED, Files(name, crc32))
            return Part(segment, np.ones(len(segment), np.bool_))
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RuntimeError):
            self._give_up()
            return None
        finally:
            self._end()

    def _give_up(self) -> None:
        """Start no other process, which would fail in the same way."""
        self._allowed = False
        self._end()

    def _end(self) -> None:
        process, self._process, self._tokens = self._process, None, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    cast(IO[bytes], stream).close()


def command(home: Path, dimension: int) -> list[str]:
    """Return the command line of the process."""
    return [sys.executable, "-c", _START, str(home), str(dimension), *sys.path]


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _last_words(process: subprocess.Popen[bytes]) -> bytes:
    """Return what the process says at its end, which is waited for as long as it lives."""
    stdout, said = cast(IO[bytes], process.stdout), b""
    while not said.endswith(_DONE):
        ready, _, _ = select.select([stdout], [], [], _PATIENCE_SECONDS)
        came = os.read(stdout.fileno(), 1 << 16) if ready else b""
        if not came:
            raise TimeoutError
        said += came
    return said.lstrip(_ALIVE)


class _Coming:
    """The passages with ids above `after` that come to `store`, as `committed` tells of them."""

    def __init__(self, store: Store, after: int, dimension: int, committed: Iterator[None]) -> None:
        self._store, self._after, self._dimension = store, after, dimension
        self._committed = committed
        self.rows: list[PassageRow] = []
        self._vectors = [np.zeros((0, dimension), np.float32)]

    def chunks(self) -> Iterator[Sequence[tuple[str, str | None]]]:
        """Yield the texts with their languages, as they are searched by words."""
        for _ in self._committed:
            with self._store.reading():
                new = self._store.passages(self._after)
                self._vectors.append(self._store.vectors(self._dimension, self._after))
            self.rows += new
            self._after = new[-1].id if new else self._after
            # Read later: what is replaced meanwhile may be empty then, and is not there any more.
            texts = texts_of(self._store, new)
            for first in range(0, len(new), CHUNK):
                some = new[first : first + CHUNK]
                yield [(text, row.language) for row, text in zip(some, texts, strict=False)]
                _say(_ALIVE)

    def vectors(self) -> Vectors:
        """Return the vectors of `rows`, float32 (n, dimension)."""
        return np.concatenate(self._vectors)


class _Untokenized:
    """Finds no tokens, where those are left to the import."""

    def token_ids(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        return np.zeros(0, np.int32), np.zeros(len(texts), np.int64)


def index_coming(store: Store, after: int, dimension: int, committed: Iterator[None]) -> Segment:
    """Index the passages with ids above `after` with those that come before each of `committed`.

    Those that are gone at the end are left out, and so are the tokens of all.
    """
    coming = _Coming(store, after, dimension, committed)
    nothing, none = TextIndex.build([], [], _Untokenized()), np.zeros(0, np.int64)
    texts = nothing.extended_by(none, coming.chunks(), _Untokenized())
    made = Segment(PassageTable.of(coming.rows), VectorIndex.build(coming.vectors()), texts)
    there = [row[0] for row in store.execute("SELECT id FROM passages WHERE id > ?", after)]
    live = np.isin(made.passages.ids, np.array(there, np.int64))
    return made if live.all() else merged([Part(made, live)]).segment


def main(arguments: Sequence[str]) -> int:
    """Index what comes to the library in the folder named, of vectors of the dimension named."""
    home, dimension = Path(arguments[0]), int(arguments[1])
    heard = SimpleQueue[bytes]()
    threading.Thread(target=_hear, args=(heard,), daemon=True).start()
    folder = home / DERIVED
    folder.mkdir(exist_ok=True)
    with closing(Store(home / DATABASE)) as store:
        made = index_coming(store, newest_in(folder), dimension, _told(heard))
        # Named like what is current, so that it is taken away with what is not, if never taken.
        keep([made], folder, f"revision-{store.revision}-")
    _say(json.dumps(made.files).encode() + _DONE)
    return 0


def _told(heard: SimpleQueue[bytes]) -> Iterator[None]:
    """Yield once for all commits that were heard of, and once more at the end."""
    signs = b""
    while not signs.endswith(_END):
        signs = heard.get()
        while not heard.empty():
            signs = heard.get()
        yield


def _hear(heard: SimpleQueue[bytes]) -> None:
    # Without Python's buffer, whose lock would be held when the process ends by itself.
    while signs := os.read(0, 1 << 12):
        heard.put(signs)
    os._exit(1)


def _say(signs: bytes) -> None:
    sys.stdout.buffer.write(signs)
    sys.stdout.buffer.flush()
