"""Where Qdrant puts shards and their copies, and what a lost machine or a new one makes move.

As its sources have it (`shard_distribution.rs`, `hash_ring.rs`): every shard has 100 places on a
ring of hashes and gets the passages before each; machines, in an order drawn once, take the copies
in turns.  It moves nothing by itself; whoever keeps it does, and `repaired` and `grown` say how.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import cycle, islice
from math import comb
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

_PLACES, _PAIR = 100, 2
# What is less than this share of the mean is no use to move.
_WORTH = 1e-9


class Move(NamedTuple):
    """A copy of a shard that goes to a machine; `source` keeps its own unless `moved`."""

    shard: int
    source: int
    target: int
    moved: bool


def shares(shards: int, seed: int = 0) -> NDArray[np.float64]:
    """Return which share of the passages each shard gets, float64 (shards,).

    >>> drawn = shares(12)
    >>> round(float(drawn.sum()), 9), bool(1.05 < 12 * drawn.max() < 1.5)
    (1.0, True)
    """
    places = np.random.default_rng(seed).random(shards * _PLACES)
    order = np.argsort(places)
    arcs = np.diff(places[order], prepend=places[order[-1]] - 1)
    return np.asarray(np.bincount(order // _PLACES, arcs, shards), np.float64)


@dataclass(frozen=True)
class Placement:
    """Shards on `machines`: `copies` are the machines that have each, `weights` its share of all.

    A share is of the passages; `replicas` copies of each shard are wanted.
    """

    machines: tuple[int, ...]
    copies: tuple[frozenset[int], ...]
    weights: tuple[float, ...]
    replicas: int

    @classmethod
    def made(cls, machines: int, shards: int, replicas: int, seed: int = 0) -> Self:
        """Place `shards` as Qdrant does when it makes a collection.

        >>> Placement.made(3, 3, 2).fewest
        2
        """
        order = list(range(machines))
        random.Random(seed).shuffle(order)
        turns = cycle(order)
        copies = tuple(frozenset(islice(turns, min(replicas, machines))) for _ in range(shards))
        weights = tuple(shares(shards, seed).tolist())
        return cls(tuple(range(machines)), copies, weights, replicas)

    @cached_property
    def loads(self) -> Mapping[int, float]:
        """Which share of the passages each machine holds, those of all sum to `replicas`."""
        held = dict.fromkeys(self.machines, 0.0)
        for weight, copies in zip(self.weights, self.copies, strict=True):
            for machine in copies:
                held[machine] += weight
        return held

    @property
    def fewest(self) -> int:
        """How many copies the shard has that has the fewest."""
        return min(map(len, self.copies))

    @property
    def reads(self) -> Mapping[int, float]:
        """Which share of the reads each machine answers, a shard's shared by its copies."""
        asked = dict.fromkeys(self.machines, 0.0)
        for weight, copies in zip(self.weights, self.copies, strict=True):
            for machine in copies:
                asked[machine] += weight / len(copies)
        return asked

    @property
    def short(self) -> float:
        """Which share of the passages lies in shards with fewer copies than are wanted."""
        return sum(
            weight
            for weight, copies in zip(self.weights, self.copies, strict=True)
            if len(copies) < self.replicas
        )

    def without(self, lost: Iterable[int]) -> Self:
        """Return what is left when machines are `lost`."""
        gone = frozenset(lost)
        machines = tuple(machine for machine in self.machines if machine not in gone)
        return replace(self, machines=machines, copies=tuple(of - gone for of in self.copies))

    def fatal(self) -> float:
        """Return which share of the pairs of machines takes the last copy of some shard along."""
        lone = {machine for of in self.copies if len(of) == 1 for machine in of}
        held = {of for of in self.copies if len(of) == _PAIR}
        held |= {frozenset({one, other}) for one in lone for other in self.machines if other != one}
        return len(held) / max(comb(len(self.machines), _PAIR), 1)

    def partners(self) -> float:
        """Return with how many others a machine shares its shards, the mean over machines."""
        shared: dict[int, set[int]] = {machine: set() for machine in self.machines}
        for copies in self.copies:
            for machine in copies:
                shared[machine] |= copies - {machine}
        return sum(map(len, shared.values())) / len(self.machines)

    def repaired(self) -> tuple[Self, list[Move]]:
        """Make the copies that are wanting again, the heaviest first, on the least loaded machine.

        A shard without any copy stays lost.
        """
        now, moves = self, []
        for shard in sorted(range(len(self.copies)), key=lambda shard: -self.weights[shard]):
            while 0 < len(now.copies[shard]) < min(self.replicas, len(self.machines)):
                others = [m for m in now.machines if m not in now.copies[shard]]
                target = min(others, key=lambda machine: (now.loads[machine], machine))
                moves.append(Move(shard, min(now.copies[shard]), target, moved=False))
                now = now._after(moves[-1:])
        return now, moves

    def grown(self, more: int) -> tuple[Self, list[Move]]:
        """Add machines, and move copies from the fullest to the least full while that evens out."""
        first = max(self.machines) + 1
        now = replace(self, machines=(*self.machines, *range(first, first + more)))
        moves: list[Move] = []
        while (move := now._evening()) is not None:
            moves.append(move)
            now = now._after([move])
        return now, moves

    def moved(self, moves: Sequence[Move]) -> float:
        """Return how many times all passages the moves carry."""
        return sum(self.weights[move.shard] for move in moves)

    def _evening(self) -> Move | None:
        """Return the move that evens the fullest and the least full machine out most, if any."""
        source = max(self.machines, key=lambda machine: (self.loads[machine], machine))
        target = min(self.machines, key=lambda machine: (self.loads[machine], machine))
        apart = self.loads[source] - self.loads[target]
        able = [
            shard
            for shard, of in enumerate(self.copies)
            if source in of and target not in of and self.weights[shard] < apart - _WORTH
        ]
        if not able:
            return None
        shard = min(able, key=lambda shard: (abs(apart / 2 - self.weights[shard]), shard))
        return Move(shard, source, target, moved=True)

    def _after(self, moves: Sequence[Move]) -> Self:
        """Return the placement after `moves`: a copy is made before the one at `source` goes."""
        copies = list(self.copies)
        for move in moves:
            copies[move.shard] = copies[move.shard] | {move.target}
            if move.moved:
                copies[move.shard] = copies[move.shard] - {move.source}
        return replace(self, copies=tuple(copies))
