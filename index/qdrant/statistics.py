"""What scores need to know of a whole collection, kept in a file beside the library.

Qdrant knows how often a term occurs only within a shard; counted here, scores are the same however
many shards there are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from corpus.text.language import script_of
from index.embedded.bm25 import EPSILON
from index.qdrant.analysis import Analysed, Bag, Keys

# Raised whenever analysis, points or this file change, so that collections are filled anew.
FORMAT = 4
KINDS = ("tokens", "terms", "names", "grams")


@dataclass(frozen=True)
class Frequencies:
    """How many passages hold each key: `keys` (v,), ascending, `counts` int64 (v,).

    `total` counts all keys of all passages, repeated ones too.
    """

    keys: Keys = field(default_factory=lambda: np.zeros(0, np.uint32))
    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    total: int = 0

    def changed(self, bags: Sequence[Bag], sign: int) -> Frequencies:
        """Return the frequencies with `bags` added (`sign` 1) or taken away (-1)."""
        found, times = np.unique(
            np.concatenate([np.zeros(0, np.uint32), *(bag.keys for bag in bags)]),
            return_counts=True,
        )
        keys, places = np.unique(np.concatenate([self.keys, found]), return_inverse=True)
        counts = np.bincount(places, np.concatenate([self.counts, sign * times]), len(keys))
        held = counts > 0
        total = self.total + sign * sum(bag.length for bag in bags)
        return Frequencies(keys[held], counts[held].astype(np.int64), total)

    def of(self, keys: Keys) -> NDArray[np.int64]:
        """Return the counts of `keys`, 0 for those that none holds."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64)
        places = np.searchsorted(self.keys, keys).clip(max=len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.counts[places], 0)


@dataclass(frozen=True)
class Statistics:
    """Passages that a collection of Qdrant has, and the frequencies over them.

    `ids` int64 (n,), ascending, and `language` int32 (n,), places in `languages`.  `averages` are
    the mean lengths by which the sparse vectors were weighted, frozen with the first passages;
    exact scores use those of today.  `doomed` are passages no more counted whose points may still
    be there, `until` the newest id that may have been written without being counted.
    """

    encoder: str
    revision: int = 0
    ids: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    language: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    languages: tuple[str | None, ...] = ()
    kinds: Mapping[str, Frequencies] = field(
        default_factory=lambda: {kind: Frequencies() for kind in KINDS}
    )
    averages: Mapping[str, float] = field(default_factory=dict)
    doomed: tuple[int, ...] = ()
    until: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def newest(self) -> int:
        """The id of the newest passage, 0 without any."""
        return int(self.ids[-1]) if len(self) else 0

    @cached_property
    def scripts(self) -> list[str]:
        """The scripts of the collection (ISO 15924)."""
        present = np.unique(self.language).tolist()
        return sorted({script_of(self.languages[place]) for place in present})

    @cached_property
    def spoken(self) -> set[str | None]:
        """The languages of the collection."""
        return {self.languages[place] for place in np.unique(self.language).tolist()}

    def average(self, kind: str) -> float:
        """Return the mean length of a passage, as the embedded engine has it."""
        mean = self.kinds[kind].total / max(len(self), 1)
        return max(mean, 1.0) if kind == "tokens" else mean or 1.0

    def idf(self, kind: str, keys: Keys) -> NDArray[np.float64]:
        """Return the idf of `keys` as rank_bm25 defines it, 0 for those that no passage holds."""
        counts = self.kinds[kind].of(keys)
        idf = _idf(np.maximum(counts, 1), len(self))
        idf = np.where(idf < 0, self._floor(kind), idf)
        return np.where(counts > 0, idf, 0.0)

    def _floor(self, kind: str) -> float:
        if kind not in self._floors:
            self._floors[kind] = EPSILON * float(_idf(self.kinds[kind].counts, len(self)).mean())
        return self._floors[kind]

    @cached_property
    def _floors(self) -> dict[str, float]:
        """What rank_bm25 gives to terms of more than half the passages, by kind."""
        return {}

    def added(
        self,
        ids: Sequence[int],
        languages: Sequence[str | None],
        bags: Sequence[tuple[Analysed, Bag]],
    ) -> Statistics:
        """Return the statistics with passages of new `ids`, ascending."""
        known = tuple(dict.fromkeys((*self.languages, *languages)))
        places = {language: place for place, language in enumerate(known)}
        return replace(
            self._counted(bags, 1),
            ids=np.concatenate([self.ids, np.array(ids, np.int64)]),
            language=np.concatenate(
                [self.language, np.array([places[one] for one in languages], np.int32)]
            ),
            languages=known,
        )

    def without(self, ids: NDArray[np.int64], bags: Sequence[tuple[Analysed, Bag]]) -> Statistics:
        """Return the statistics without the passages `ids`, of which `bags` are known."""
        keep = ~np.isin(self.ids, ids)
        return replace(
            self._counted(bags, -1), ids=self.ids[keep], language=self.language[keep],
            doomed=(*self.doomed, *ids.tolist()),
        )  # fmt: skip

    def _counted(self, bags: Sequence[tuple[Analysed, Bag]], sign: int) -> Statistics:
        columns = {
            kind: [getattr(words, kind) for words, _ in bags] for kind in KINDS if kind != "grams"
        }
        columns["grams"] = [grams for _, grams in bags]
        kinds = {kind: self.kinds[kind].changed(columns[kind], sign) for kind in KINDS}
        return replace(self, kinds=kinds)

    def save(self, path: Path) -> None:
        """Write the file in one step, so that a kill leaves the one before."""
        head = {
            "format": FORMAT, "encoder": self.encoder, "revision": self.revision,
            "languages": self.languages, "averages": dict(self.averages), "doomed": self.doomed,
            "until": self.until, "totals": {kind: self.kinds[kind].total for kind in KINDS},
        }  # fmt: skip
        arrays: dict[str, Any] = {"head": np.frombuffer(json.dumps(head).encode(), np.uint8)}
        arrays |= {"ids": self.ids, "language": self.language}
        for kind in KINDS:
            arrays |= {f"{kind}-keys": self.kinds[kind].keys}
            arrays |= {f"{kind}-counts": self.kinds[kind].counts}
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.part")
        with draft.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    @classmethod
    def load(cls, path: Path, encoder: str) -> Self | None:
        """Read what `save` wrote; `None` if it is missing, damaged or made with other vectors."""
        try:
            with np.load(path, allow_pickle=False) as held:
                head = json.loads(held["head"].tobytes())
                if (head["format"], head["encoder"]) != (FORMAT, encoder):
                    return None
                kinds = {
                    kind: Frequencies(
                        held[f"{kind}-keys"], held[f"{kind}-counts"], head["totals"][kind]
                    )
                    for kind in KINDS
                }
                return cls(
                    encoder, head["revision"], held["ids"], held["language"],
                    tuple(head["languages"]), kinds, head["averages"], tuple(head["doomed"]),
                    head["until"],
                )  # fmt: skip
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
            return None


def _idf(counts: NDArray[np.int64], passages: int) -> NDArray[np.float64]:
    return np.asarray(np.log(passages - counts + 0.5) - np.log(counts + 0.5), np.float64)
