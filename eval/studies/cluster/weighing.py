"""What a passage takes in Qdrant, on disk and in memory, weighed with its core in this process."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from corpus.errors import DalilError
from eval.studies.cluster.asking import Question
from index.encoder import Encoder, table_of
from index.qdrant.edge import SHARD
from index.qdrant.engine import QdrantEngine
from index.qdrant.places import EDGE, collection_of, connect
from index.qdrant.transport import Leg, Point, Transport
from index.store.database import DATABASE, Store
from rag.reading import read
from rag.search.rank import DEPTH

# How the core names its folders; what stands before the name of a vector in the name of one.
_SEGMENTS = "segments"
_VECTORS, _PAYLOAD, _FILTERS = (
    ("vector_storage", "vector_index"),
    "payload_storage",
    "payload_index",
)
# What an index of a field is called in: the folder, the field's own, a file.
_NAMED = 2
# The unit of `st_blocks`, whatever the disk's own is.
_BLOCK = 512
# How Linux calls them in what it tells of a process, in kibibytes.
_OWN, _MAPPED = "RssAnon", "RssFile"
Memory = tuple[int, int]


@dataclass(frozen=True)
class Weight:
    """Bytes a passage: of each part on disk, and in the memory of a process that searched.

    `own` is memory that no file stands behind, `mapped` that of files, which the system takes back
    when it needs it.  The log of changes, some 64 MB a shard whatever it holds, is left out.
    """

    passages: int
    disk: Mapping[str, float]
    own: float
    mapped: float

    @property
    def on_disk(self) -> float:
        """The bytes of all parts on disk."""
        return sum(self.disk.values())

    def as_json(self) -> str:
        """Return it as text, which `load` reads."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Self:
        """Read what `as_json` wrote; raises `DalilError` for another text."""
        try:
            found = cls(**json.loads(text))
            if found.passages > 0 and found.on_disk > 0 and found.own >= 0 and found.mapped >= 0:
                return found
        except (TypeError, ValueError, AttributeError):
            pass
        raise DalilError(
            "The file has no weight of passages. Make one with: "
            "python -m eval.studies.cluster engines --weight FILE"
        )


# Newspaper articles, qdrant-edge-py 0.9.0.  Memory is what 9,859 passages took more than 1,011, by
# the passage, so that what a process takes once is not counted.
MEASURED = Weight(
    9_859,
    {
        "dense": 1_069, "filters": 197, "filter tokens": 2_696, "ids": 25, "lexical": 1_009,
        "names": 2_420, "payload": 4_257, "soft": 1_084,
    },
    own=8_170,
    mapped=7_460,
)  # fmt: skip


def weigh(home: Path, encoder: Encoder, index: str, asked: Sequence[Question]) -> Weight:
    """Weigh the collection in the folder of `index` ("qdrant-edge:FOLDER"), filled before.

    A process of its own opens it and searches for what is `asked`; its memory counts from before
    it was opened.
    """
    if not index.startswith(EDGE):
        raise DalilError("Only Qdrant's core in a folder can be weighed: qdrant-edge:FOLDER.")
    with closing(Store(home / DATABASE)) as store:
        name, passages = collection_of(store), store.count_passages()
        recorded = _Recorded(connect(index, name))
        given = (store, home, encoder, table_of(encoder), lambda _: None)
        with closing(QdrantEngine(*given, index=index, transport=recorded)) as engine:
            for question in asked:
                query = read(question.text, table_of(encoder)).query
                engine.search(query, DEPTH, question.filters)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        own, mapped = pool.submit(_searched, index, name, recorded.calls).result()
    folder = Path(index.removeprefix(EDGE)).expanduser() / name
    disk = {part: size / passages for part, size in parts(folder).items()}
    return Weight(passages, disk, own / passages, mapped / passages)


def parts(folder: Path) -> dict[str, float]:
    """Return the bytes on disk of each part of the collection in `folder`, by name.

    Files are made longer than what they hold; what is counted are blocks that are on the disk.
    """
    held: dict[str, float] = defaultdict(float)
    for file in (folder / SHARD / _SEGMENTS).rglob("*"):
        if file.is_file():
            inside = file.relative_to(folder / SHARD / _SEGMENTS).parts[1:]
            held[_part(inside)] += file.stat().st_blocks * _BLOCK
    return dict(sorted(held.items()))


def _part(inside: Sequence[str]) -> str:
    """Return which part of a passage a file of a segment is of.

    >>> _part(["vector_index-soft", "inverted_index.dat"]), _part(["version.info"])
    ('soft', 'ids')
    >>> _part(["payload_index", "k3-tokens-map", "page_0.dat"]), _part(["payload_storage", "a"])
    ('filter tokens', 'payload')
    """
    kind, _, name = inside[0].partition("-")
    if kind in _VECTORS:
        return name
    if kind == _PAYLOAD:
        return "payload"
    if kind == _FILTERS and len(inside) > _NAMED:
        return f"filter {inside[1].split('-')[1]}"
    return "ids"


class _Recorded:
    """Passes calls on, and remembers those by which a search reads."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def search(self, legs: Sequence[Leg]) -> list[list[tuple[int, float]]]:
        self.calls.append(("search", (legs,)))
        return self._inner.search(legs)

    def fetch(self, ids: Sequence[int], field: str) -> dict[int, str]:
        self.calls.append(("fetch", (ids, field)))
        return self._inner.fetch(ids, field)

    def count_with(self, tokens: Sequence[int]) -> int:
        self.calls.append(("count_with", (tokens,)))
        return self._inner.count_with(tokens)

    def prepare(self, dimension: int) -> None:
        self._inner.prepare(dimension)

    def upsert(self, points: Sequence[Point]) -> None:
        self._inner.upsert(points)

    def delete(self, ids: Sequence[int]) -> None:
        self._inner.delete(ids)

    def settle(self) -> None:
        self._inner.settle()

    def drop(self) -> None:
        self._inner.drop()

    def close(self) -> None:
        self._inner.close()

    def __len__(self) -> int:
        return len(self._inner)


def _searched(index: str, name: str, calls: Sequence[tuple[str, tuple[Any, ...]]]) -> Memory:
    """Open a collection, make the calls, and return the bytes that it took in memory."""
    with TemporaryDirectory() as empty, closing(connect(f"{EDGE}{empty}", "nothing")):
        # What the library takes by itself is loaded now.
        before = _memory()
    with closing(connect(index, name)) as opened:
        for call, arguments in calls:
            getattr(opened, call)(*arguments)
        after = _memory()
    return after[0] - before[0], after[1] - before[1]


def _memory() -> Memory:
    """Return the bytes of this process's own memory, and of files in it; 0 where Linux is not."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    held = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Rss")}
    return 1024 * int(held.get(_OWN, 0)), 1024 * int(held.get(_MAPPED, 0))
