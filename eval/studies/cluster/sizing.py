"""How many machines and shards a collection needs, tried on simulated clusters.

A size is taken if every cluster of it, drawn several times, has room on its fullest machine as long
as nothing fails, and after one machine is lost and its copies are made again on the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from corpus.errors import DalilError
from eval.studies.cluster.placement import Move, Placement
from eval.studies.cluster.weighing import Weight

# Raft decides by more than half, so that of two machines neither can be spared.
_FEWEST = 3
_MOST = 2_000
# Copies that a machine holds of different shards, so that there is something to move.
_SHARDS_A_MACHINE = 4
# Of its memory and disk a machine may use so much, and so much while another is lost: the rest is
# for the system and requests, and for segments that are written anew and snapshots on the disk.
_MEMORY, _MEMORY_AFTER = 0.75, 0.9
_DISK, _DISK_AFTER = 0.5, 0.7
_DRAWN = 8
# By this share of the machines a cluster is made to grow.
_GROWTH = 1 / 3


@dataclass(frozen=True, slots=True)
class Machine:
    """Memory and disk of a machine, in bytes."""

    memory: float
    disk: float


@dataclass(frozen=True)
class Sized:
    """A cluster for `passages`, as the worst of several that were drawn.

    `fullest` is the most passages that a machine holds, `after` the same once a lost machine's
    copies were made again; `shard` the passages of the largest shard.  `refused` is the share of
    the passages that cannot be written while a machine is down, `reads` how many times as many
    reads the busiest of the others has then, `remade` the passages that are copied.  `fatal` is the
    share of all pairs of machines whose loss at once takes the last copy of a shard along.
    `more` machines were added: `carried` passages move, and the fullest holds `grown`.
    """

    passages: int
    machines: int
    shards: int
    fullest: float
    shard: float
    after: float
    refused: float
    reads: float
    remade: float
    fatal: float
    partners: float
    more: int
    carried: float
    grown: float


def size(passages: int, weight: Weight, machine: Machine, replicas: int = 2) -> Sized:
    """Return the smallest cluster that has room; raises `DalilError` if 2,000 machines have not.

    Memory is what a search needs of a passage, `own` and `mapped`.
    """
    memory, disk = weight.own + weight.mapped, weight.on_disk
    most = min(machine.memory * _MEMORY / memory, machine.disk * _DISK / disk)
    after = min(machine.memory * _MEMORY_AFTER / memory, machine.disk * _DISK_AFTER / disk)
    least = max(_FEWEST, replicas + 1, int(passages * replicas / most))
    for machines in range(least, _MOST + 1):
        drawn = _drawn(machines, replicas)
        if all(
            passages * max(made.loads.values()) <= most
            and passages * max(_lost(made)[1].loads.values()) <= after
            for made in drawn
        ):
            return check(passages, machines, replicas)
    raise DalilError(
        f"{passages:,} passages need more than {_MOST:,} such machines. Name larger ones."
    )


def check(passages: int, machines: int, replicas: int = 2) -> Sized:
    """Return how a cluster of so many `machines` does."""
    return _worst([_tried(passages, made) for made in _drawn(machines, replicas)])


def _drawn(machines: int, replicas: int) -> Iterator[Placement]:
    for seed in range(_DRAWN):
        yield Placement.made(machines, _SHARDS_A_MACHINE * machines, replicas, seed)


def _lost(made: Placement) -> tuple[Placement, Placement, list[Move]]:
    """Lose the fullest machine, and make its copies again: what is left, that whole, and how."""
    left = made.without([max(made.loads, key=made.loads.__getitem__)])
    if not left.fewest:
        raise DalilError("One machine may take the last copy along. Ask for two replicas or more.")
    return left, *left.repaired()


def _tried(passages: int, made: Placement) -> Sized:
    """Lose the fullest machine, make its copies again, and add machines to what there was."""
    loads, reads = made.loads, made.reads
    left, whole, remade = _lost(made)
    more = max(1, round(len(made.machines) * _GROWTH))
    grown, carried = made.grown(more)
    return Sized(
        passages=passages,
        machines=len(made.machines),
        shards=len(made.copies),
        fullest=passages * max(loads.values()),
        shard=passages * max(made.weights),
        after=passages * max(whole.loads.values()),
        refused=left.short,
        reads=max(now / reads[machine] for machine, now in left.reads.items()),
        remade=passages * made.moved(remade),
        fatal=made.fatal(),
        partners=made.partners(),
        more=more,
        carried=passages * made.moved(carried),
        grown=passages * max(grown.loads.values()),
    )


def _worst(drawn: Sequence[Sized]) -> Sized:
    """Return the highest of every figure, and the fewest partners, of which more are better."""
    worst = {
        field.name: max(getattr(each, field.name) for each in drawn) for field in fields(Sized)
    }
    return Sized(**{**worst, "partners": min(each.partners for each in drawn)})
