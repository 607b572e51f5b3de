"""The run: at each size each side builds, opens, answers; one that fails is a row that says so."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from corpus.errors import DalilError
from eval.bench import machine
from eval.bench.beside import articles, known
from eval.bench.beside.known import KINDS, Item
from eval.bench.files import ARTICLES, Figures
from eval.bench.processes import Limits, Reply, Server, step
from eval.bench.stack import percentile

DALIL = "dalil"


@dataclass(frozen=True, slots=True)
class Side:
    """A side: the module of `eval.bench.sides` that plays it, and the packages it is made of."""

    name: str
    module: str
    packages: Sequence[str]


SIDES = {
    side.name: side
    for side in (
        Side("langchain", "langchain", ("langchain-classic", "langchain-community", "rank-bm25")),
        Side("bm25s", "bm25s_faiss", ("bm25s", "PyStemmer", "faiss-cpu")),
        Side("tantivy", "tantivy_faiss", ("tantivy", "faiss-cpu")),
        Side("txtai", "txtai_hybrid", ("txtai", "faiss-cpu")),
        Side(DALIL, "dalil", ()),
    )
}
# What must be there to import, where a package is called otherwise.
_IMPORTED = {"PyStemmer": "Stemmer", "faiss-cpu": "faiss"}
# Dalil's way on to an answer with citations: the step, and what its figures begin with.
_ANSWERS = {"answers": "answer", "answers_unread": "unread"}
# Asked first and not counted.
_WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run.

    `most` gives the largest size (passages) of sides that are slow; above `together` passages the
    sides are opened one after another, since memory would not hold all at once.
    """

    news: Path | None
    sizes: Sequence[int]
    sides: Sequence[str] = tuple(SIDES)
    questions: int = 100
    most: Mapping[str, int] = field(default_factory=dict)
    together: int = 200_000
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Row:
    """A side at a size: seconds, ms, MB and shares by name, and what went wrong ("" if nothing)."""

    side: str
    passages: int
    figures: Figures
    note: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """All rows, with what they were measured on."""

    date: str
    commit: str
    machine: Mapping[str, str | float]
    versions: Mapping[str, str]
    collections: Mapping[int, str]
    questions: int
    rows: Sequence[Row]


class Asked(Protocol):
    """What answers questions: a `Server`, or what stands for one."""

    legs: Sequence[str]

    def find(self, leg: str, question: str) -> Reply:
        """Return what a leg found and how long it took; raises `DalilError` when it is gone."""


def measure(
    plan: Plan, say: Callable[[str], None], keep: Callable[[Run], None] = lambda _: None
) -> Run:
    """Run the plan; `keep` gets what there is after each size.

    Raises `DalilError` when a collection cannot be made, or too few questions of it.
    """
    run = Run(
        date=datetime.now(UTC).date().isoformat(),
        commit=machine.commit(),
        machine=machine.described(),
        versions=machine.versions(
            sorted({package for name in plan.sides for package in SIDES[name].packages})
        ),
        collections={},
        questions=plan.questions,
        rows=[],
    )
    for size in plan.sizes:
        with tempfile.TemporaryDirectory(prefix="dalil-bench-") as home:
            made_of, rows = _at(Path(home), size, plan, say)
        run = replace(run, collections={**run.collections, size: made_of}, rows=[*run.rows, *rows])
        keep(run)
    return run


def _at(folder: Path, size: int, plan: Plan, say: Callable[[str], None]) -> tuple[str, list[Row]]:
    """Measure every side on one collection; return what it is of, and the rows."""
    say(f"{size:,} passages: writing articles.")
    made_of = articles.write(folder / ARTICLES, plan.news, size)
    say(f"{size:,} passages: cutting and encoding them.")
    passages = int(step("passages", "hand_over", folder)["passages"])
    asked = known.items(folder, plan.questions)
    figures = {name: Figures() for name in plan.sides}
    notes: dict[str, str] = {}
    for name in plan.sides:
        if reason := _left_out(name, size, plan):
            notes[name] = reason
            continue
        say(f"{size:,} passages: {name} builds.")
        try:
            how = "gather" if name == DALIL else "build"
            built = step(SIDES[name].module, how, folder, plan.limits)
            kept = ("build_s", "build_cpu_s", "read_s", "disk_mb")
            figures[name].update({key: built[key] for key in kept if key in built})
            peaks = {
                f"build_{key}": built[key] for key in ("peak_mb", "own_peak_mb") if key in built
            }
            figures[name].update(peaks)
        except DalilError as error:
            notes[name] = str(error)
    ready = [name for name in plan.sides if name not in notes]
    for group in [ready] if size <= plan.together else [[name] for name in ready]:
        say(f"{size:,} passages: {', '.join(group)} answer.")
        _served({name: "search" for name in group}, folder, asked, plan, figures, notes)
    if DALIL in ready:
        for name, beginning in _ANSWERS.items():
            say(f"{size:,} passages: Dalil's {name.replace('_', ' ')}.")
            _answered(name, beginning, folder, asked, plan, figures[DALIL], notes)
    return made_of, [Row(name, passages, figures[name], notes.get(name, "")) for name in plan.sides]


def _left_out(name: str, size: int, plan: Plan) -> str:
    if size > plan.most.get(name, size):
        return f"left out above {plan.most[name]:,}"
    modules = [_IMPORTED.get(name, name.replace("-", "_")) for name in SIDES[name].packages]
    lacking = [module for module in modules if find_spec(module) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


def _served(
    steps: Mapping[str, str],
    folder: Path,
    asked: Sequence[Item],
    plan: Plan,
    figures: Mapping[str, Figures],
    notes: dict[str, str],
) -> None:
    """Open sides, ask them in turns, and add what they took and found to their figures."""
    with ExitStack() as stack:
        servers: dict[str, Server] = {}
        for name, opens in steps.items():
            try:
                server = Server(SIDES[name].module, folder, opens, plan.limits)
            except DalilError as error:
                notes[name] = str(error)
                continue
            servers[name] = stack.enter_context(server)
            figures[name].update(open_s=server.open_s, start_s=server.start_s)
        replies = ask_in_turns(servers, asked, notes)
        for name, server in servers.items():
            if name not in notes:
                figures[name].update(serving_peak_mb=server.close())
                figures[name].update(figures_of(replies[name], asked))


def _answered(
    opens: str,
    beginning: str,
    folder: Path,
    asked: Sequence[Item],
    plan: Plan,
    figures: Figures,
    notes: dict[str, str],
) -> None:
    """Add the times from a question to an answer with citations, and the memory it took."""
    try:
        with Server(DALIL, folder, opens, plan.limits) as server:
            times = [server.ask("answer", item.question) for item in asked][_WARM_UP:]
    except DalilError as error:
        notes[DALIL] = str(error)
        return
    figures.update(_percentiles(beginning, times))
    figures[f"{beginning}_peak_mb"] = server.peak_mb


def ask_in_turns(
    servers: Mapping[str, Asked], asked: Sequence[Item], notes: dict[str, str]
) -> dict[str, dict[str, list[Reply]]]:
    """Return what each leg of each side replied to every question, in the order of `asked`.

    A round is one question to every leg, another one to each, so that no leg finds what the one
    before has just cached; the sides swap places after each round.  A side that fails is asked no
    more, and `notes` says why.
    """
    replies = {name: {leg: list[Reply]() for leg in servers[name].legs} for name in servers}
    for number in range(len(asked)):
        for name in list(servers)[:: 1 if number % 2 else -1]:
            if name in notes:
                continue
            legs = servers[name].legs
            try:
                for place, leg in enumerate(legs):
                    item = asked[_turned(number, place, len(legs), len(asked))]
                    replies[name][leg].append(servers[name].find(leg, item.question))
            except DalilError as error:
                notes[name] = str(error)
    return {
        name: {
            leg: _in_order(found, place, len(replies[name]))
            for place, (leg, found) in enumerate(replies[name].items())
        }
        for name in servers
        if name not in notes
    }


def _turned(number: int, place: int, legs: int, questions: int) -> int:
    """Return which question a leg gets in a round: each leg begins elsewhere among them."""
    return (number + place * questions // legs) % questions


def _in_order(found: Sequence[Reply], place: int, legs: int) -> list[Reply]:
    begin = -_turned(0, place, legs, len(found)) % max(1, len(found))
    return [*found[begin:], *found[:begin]]


def figures_of(replies: Mapping[str, Sequence[Reply]], asked: Sequence[Item]) -> Figures:
    """Return the times of each leg without the first, and how often what was asked for was found.

    >>> asked = [Item("?", "title", frozenset("a")), Item("?", "words", frozenset("b"))] * 4
    >>> figures_of({"fused": [Reply(2.0, [["a"], ["b"]])] * 8}, asked)["words_mrr"]
    0.5
    """
    figures = Figures()
    for leg, found in replies.items():
        counted = found[_WARM_UP:]
        figures.update(_percentiles(leg, [reply.ms for reply in counted]))
        figures[f"{leg}_cpu_ms"] = percentile([reply.cpu_ms for reply in counted], 50)
    for kind in KINDS:
        ranks = [
            known.rank(reply.found, item)
            for reply, item in zip(replies["fused"], asked, strict=True)
            if item.kind == kind
        ]
        figures.update({f"{kind}_{name}": value for name, value in known.quality(ranks).items()})
    return figures


def _percentiles(beginning: str, times: Sequence[float]) -> Figures:
    return {f"{beginning}_p{percent}_ms": percentile(times, percent) for percent in (50, 95)}
