"""The searchable state of one revision of a library, and the derived files that keep it.

SQLite holds the truth; the FAISS index and the postings here can be lost at any time.  They lie
in a folder of their own for each revision, and `manifest.json`, replaced in one step, says which
folder is current, what it was made from and the checksum of every file.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.embedded.passages import PassageTable, texts_of
from index.embedded.postings import smallest
from index.embedded.texts import TextIndex
from index.embedded.tokens import Neighbours, Places, nearest
from index.embedded.vectors import VectorIndex
from index.encoder import StaticEncoder
from index.encoder.protocol import Vectors
from index.store.database import PassageRow, Store

MANIFEST = "manifest.json"
# Raised whenever analysis or a file format changes, so that old files are rebuilt.
_FORMAT = 7
_PASSAGES, _VECTORS, _NEIGHBOURS = "passages", "vectors", "neighbours"


@dataclass(frozen=True)
class Snapshot:
    """Passages of one revision with the indexes over them; row `i` of each is the same passage.

    `encoder` is the bundled one, by whose tokens the texts are indexed; `neighbours` are those of
    the tokens that occur, in the order of their vocabulary.
    """

    revision: int
    passages: PassageTable
    vectors: VectorIndex
    texts: TextIndex
    neighbours: Neighbours
    encoder: StaticEncoder

    @classmethod
    def of_texts(
        cls,
        texts: Sequence[str],
        languages: Sequence[str | None],
        articles: Sequence[int],
        vectors: Vectors,
        encoder: StaticEncoder,
    ) -> Self:
        """Index texts that no library holds, for measurements.

        `articles` numbers the article that each is a part of; where a text begins in it is its own
        number among `texts`.  `vectors` are float32 (n, dimension), `encoder` is the bundled one.
        """
        rows = [
            PassageRow(number, str(article), 1, number, number + len(text), None, None, language)
            for number, (article, text, language) in enumerate(
                zip(articles, texts, languages, strict=True)
            )
        ]
        indexed = TextIndex.build(texts, languages, encoder)
        near = Neighbours.build(encoder.token_vectors(indexed.tokens.vocabulary))
        built = VectorIndex.build(vectors)
        return cls(1, PassageTable.of(rows), built, indexed, near, encoder)

    @cached_property
    def token_vectors(self) -> Vectors:
        """Unit vectors of the tokens that occur in the collection, float32 (v, dimension)."""
        return self.encoder.token_vectors(self.texts.tokens.vocabulary)

    def near(self, ids: NDArray[np.int32]) -> tuple[Places, NDArray[np.float32]]:
        """Return the neighbours of tokens `ids` int32 (t,) in the collection, as `nearest` does."""
        vocabulary = self.texts.tokens.vocabulary
        rows = np.searchsorted(vocabulary, ids).clip(max=max(len(vocabulary) - 1, 0))
        known = vocabulary[rows] == ids if len(vocabulary) else np.zeros(len(ids), np.bool_)
        if known.all():
            return self.neighbours.places[rows], self.neighbours.cosines[rows]
        found, similar = nearest(self.encoder.token_vectors(ids[~known]), self.token_vectors)
        width = max(self.neighbours.places.shape[1], found.shape[1])
        places, cosines = np.zeros((len(ids), width), np.int64), np.zeros((len(ids), width), "f4")
        for of, (by_place, by_cosine) in (
            (known, (self.neighbours.places[rows[known]], self.neighbours.cosines[rows[known]])),
            (~known, (found, similar)),
        ):
            places[of, : by_place.shape[1]], cosines[of, : by_cosine.shape[1]] = by_place, by_cosine
        return smallest(places), cosines


def build(
    store: Store, dimension: int, encoder: StaticEncoder, previous: Snapshot | None = None
) -> Snapshot:
    """Index the present passages; those that `previous` holds are not analysed again.

    Call within `store.reading()`, so that passages and vectors are of one state.
    """
    rows = store.passages()
    passages = PassageTable.of(rows)
    if previous is None:
        previous = empty(dimension, encoder)
    known = previous.passages.ids
    newest = int(known[-1]) if len(known) else 0
    if not np.isin(passages.ids[passages.ids <= newest], known).all():
        # Older passages only come back with a backup; then nothing before it is a beginning.
        return build(store, dimension, encoder)
    keep = np.flatnonzero(np.isin(known, passages.ids))
    new = [row for row in rows if row.id > newest]
    languages = [row.language for row in new]
    texts = previous.texts.extended(keep, texts_of(store, new), languages, encoder)
    before, vocabulary = previous.texts.tokens.vocabulary, texts.tokens.vocabulary
    return Snapshot(
        store.revision,
        passages,
        previous.vectors.extended(keep, store.vectors(dimension, after=newest)),
        texts,
        previous.neighbours.extended(before, vocabulary, encoder.token_vectors(vocabulary)),
        encoder,
    )


def empty(dimension: int, encoder: StaticEncoder) -> Snapshot:
    """Return a snapshot without passages."""
    vectors = VectorIndex.build(np.zeros((0, dimension), np.float32))
    texts = TextIndex.build([], [], encoder)
    nothing = Neighbours.build(np.zeros((0, encoder.dimension), np.float32))
    return Snapshot(0, PassageTable.of([]), vectors, texts, nothing, encoder)


def save(snapshot: Snapshot, folder: Path, fingerprint: str) -> None:
    """Write the indexes below `folder` and make them the current ones.

    `fingerprint` is that of the encoder whose vectors they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(prefix=f"revision-{snapshot.revision}-", dir=folder))
    try:
        _fill(target, snapshot, fingerprint)
        (target / MANIFEST).replace(folder / MANIFEST)
    except BaseException:
        # What is left of it would take the room that is missing.
        shutil.rmtree(target, ignore_errors=True)
        raise
    for old in folder.glob("revision-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)


def _fill(target: Path, snapshot: Snapshot, fingerprint: str) -> None:
    snapshot.passages.save(target / _PASSAGES)
    snapshot.vectors.save(target / _VECTORS)
    snapshot.texts.save(target)
    snapshot.neighbours.save(target / _NEIGHBOURS)
    manifest = {
        "format": _FORMAT,
        "encoder": fingerprint,
        "tokens": snapshot.encoder.fingerprint,
        "revision": snapshot.revision,
        "passages": len(snapshot.passages),
        "dimension": snapshot.vectors.dimension,
        "folder": target.name,
        "crc32": {
            file.relative_to(target).as_posix(): _checksum(file)
            for file in sorted(target.rglob("*.*"))
        },
    }
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def load(
    store: Store, folder: Path, fingerprint: str, encoder: StaticEncoder
) -> tuple[Snapshot | None, str | None]:
    """Return the snapshot kept in `folder`, and why it can't serve as it is (`None` if it can).

    A sound snapshot of an older revision comes with "stale": `build` can start from it.  A
    missing or damaged one is `None`.  Call within `store.reading()`.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        # One of another version may lack what this one writes.
        made = tuple(manifest.get(name) for name in ("format", "encoder", "tokens"))
        if made != (_FORMAT, fingerprint, encoder.fingerprint):
            return None, "made by another version or encoder"
        home = folder / str(manifest["folder"])
        if any(_checksum(home / name) != crc for name, crc in manifest["crc32"].items()):
            return None, "damaged"
        passages = PassageTable.load(home / _PASSAGES)
        vectors, texts = VectorIndex.load(home / _VECTORS), TextIndex.load(home)
        neighbours = Neighbours.load(home / _NEIGHBOURS)
        revision = int(manifest["revision"])
    except FileNotFoundError:
        return None, "missing"
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        return None, "damaged"
    found = Snapshot(revision, passages, vectors, texts, neighbours, encoder)
    if revision != store.revision:
        return found, "stale"
    if len(passages) != store.count_passages() or not len(passages) == len(vectors) == len(texts):
        return None, "damaged"
    return found, None


def _checksum(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total = zlib.crc32(block, total)
    return total
