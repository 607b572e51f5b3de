"""What the studies found, as Markdown."""

from __future__ import annotations

from itertools import islice

from eval.studies.cluster.engines import Compared, Pair
from eval.studies.cluster.sizing import Machine, Sized
from eval.studies.cluster.weighing import Weight

_GB, _MILLION = 1e9, 1e6


def compared(found: Compared, shown: int = 0) -> str:
    """Return the comparison of two engines; `shown` of the questions that differ stand below."""
    lines = [
        f"{found.passages:,} passages, {len(found.pairs):,} questions.",
        "",
        "| questions | same ten | in the same order | candidates reached |",
        "|---|---:|---:|---:|",
    ]
    for name, filtered in (("all", None), ("without filter", False), ("filtered", True)):
        same, ordered, reached = (
            found.share(told, filtered)
            for told in (lambda p: p.same, lambda p: p.ordered, lambda p: p.reached)
        )
        lines.append(f"| {name} | {same:.2%} | {ordered:.2%} | {reached:.2%} |")
    legs, fused = (max(told(pair) for pair in found.pairs) for told in (_legs, _fused))
    lines += [
        "",
        f"Largest difference of two scores of a leg {legs:.1e}, of two fused scores {fused:.1e}.",
        "",
        "| engine | fused p50 / p95 (ms) | its CPU p50 / p95 (ms) |",
        "|---|---:|---:|",
    ]
    for engine, name in enumerate(("embedded", "Qdrant's core")):
        wall, cpu = (
            " / ".join(f"{found.quantile(engine, share, cpu=cpu):.1f}" for share in (0.5, 0.95))
            for cpu in (False, True)
        )
        lines.append(f"| {name} | {wall} | {cpu} |")
    times = found.quantile(1, 0.5) / found.quantile(0, 0.5)
    lines += ["", f"p50 is {times:.2f} times the embedded engine's."]
    differing = islice((pair for pair in found.pairs if not pair.same), shown)
    lines += [f"- {pair.question.text} ({pair.question.filters})" for pair in differing]
    return "\n".join(lines) + "\n\n"


def weighed(weight: Weight) -> str:
    """Return what a passage takes."""
    parts = [f"| {name} | {size:,.0f} |" for name, size in weight.disk.items()]
    return "\n".join(
        [
            f"Bytes a passage, weighed with {weight.passages:,}.",
            "",
            "| part | on disk |",
            "|---|---:|",
            *parts,
            f"| all | {weight.on_disk:,.0f} |",
            "",
            f"In memory after searching: {weight.own:,.0f} of its own, {weight.mapped:,.0f} of "
            "mapped files.",
            "",
        ]
    )


def sized(found: Sized, weight: Weight, machine: Machine) -> str:
    """Return a cluster in sentences."""
    memory, disk = (weight.own + weight.mapped) / _GB, weight.on_disk / _GB
    rows = [
        ("machines, each of", f"{found.machines} of {machine.memory / _GB:,.0f} GB memory, "
         f"{machine.disk / _GB:,.0f} GB disk"),
        ("shards", f"{found.shards}, the largest of {found.shard / _MILLION:,.2f} million"),
        ("the fullest machine", _held(found.fullest, memory, disk)),
        ("with one lost and its copies made again", _held(found.after, memory, disk)),
        ("copied for that", f"{found.remade / _MILLION:,.1f} million passages"),
        ("not writable while one is down", f"{found.refused:.0%} of the passages"),
        ("reads of the busiest other then", f"{found.reads:.2f} times as many"),
        ("machines that share shards with one", f"{found.partners:.1f}"),
        ("pairs whose loss at once loses passages", f"{found.fatal:.1%}"),
        (f"with {found.more} more machines", f"{found.carried / _MILLION:,.1f} million passages "
         f"move, the fullest has {_held(found.grown, memory, disk)}"),
    ]  # fmt: skip
    return "\n".join(
        [
            f"| {found.passages:,} passages | the worst of several draws |",
            "|---|---|",
            *(f"| {name} | {told} |" for name, told in rows),
            "",
        ]
    )


def _held(passages: float, memory: float, disk: float) -> str:
    return (
        f"{passages / _MILLION:,.1f} million passages, {passages * memory:,.0f} GB of memory, "
        f"{passages * disk:,.0f} GB of disk"
    )


def _legs(pair: Pair) -> float:
    return pair.legs


def _fused(pair: Pair) -> float:
    return pair.difference
