"""Search in Dalil beside search in a stack of LangChain parts: time, memory and disk, in one run.

Both sides hold the same passages and vectors and run on one thread.  Questions go to each in
turns, so that whatever else the machine does meets both alike; ratios are what counts.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from corpus.errors import DalilError
from eval.bench import collection, machine
from eval.bench.files import ARTICLES, Figures
from eval.bench.processes import Server, step
from eval.bench.questions import question_sets
from eval.bench.sides.legs import FUSED

DALIL, LANGCHAIN = "dalil", "langchain"
# The leg of Dalil that gets the same questions as a leg of the other side.
COUNTERPARTS = {"FAISS store": "dense", "BM25Retriever": "lexical", "ensemble": FUSED}
ENSEMBLE = "ensemble"
_PARTS = ("langchain_classic", "langchain_community")
# Asked first and not counted.
_WARM_UP = 5
Times = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Side:
    """What was measured of a side: seconds, MB, and the milliseconds of each question by leg."""

    figures: Figures
    legs: Times


@dataclass(frozen=True)
class Result:
    """A run: what it was on, and both sides; `sides` has no LangChain if that was left out."""

    articles: int
    passages: int
    collection: str
    questions: int
    cpu: str
    cores: int
    commit: str
    date: str
    sides: Mapping[str, Side]


def compare(
    news: Path | None,
    passages: int,
    questions: int,
    say: Callable[[str], None],
    sides: Sequence[str] = (DALIL, LANGCHAIN),
) -> Result:
    """Measure `sides` on about `passages` passages with `questions` questions a leg.

    Raises `DalilError` when the collection cannot be made, or a side is not installed or fails.
    """
    # Said before minutes are spent on the collection.
    if LANGCHAIN in sides and not all(find_spec(name) for name in _PARTS):
        raise DalilError(
            "LangChain's parts are not installed. Get them with: pip install '.[bench]'"
        )
    with tempfile.TemporaryDirectory(prefix="dalil-bench-") as home:
        folder = Path(home)
        say(f"Writing articles of about {passages:,} passages.")
        made_of = collection.write(folder / ARTICLES, news, passages)
        built = _build(folder, sides, say)
        times = _serve(folder, questions, built, say)
    dalil = built[DALIL]
    return Result(
        articles=int(dalil["articles"]),
        passages=int(dalil["passages"]),
        collection=made_of,
        questions=questions,
        cpu=machine.cpu(),
        cores=os.cpu_count() or 1,
        commit=machine.commit(),
        date=datetime.now(UTC).date().isoformat(),
        sides={name: Side(built[name], times[name]) for name in sides},
    )


def _build(folder: Path, sides: Sequence[str], say: Callable[[str], None]) -> dict[str, Figures]:
    """Import the articles, then build the index of each side from the same passages."""
    say("Importing them into Dalil.")
    added = step(DALIL, "add", folder)
    say("Handing the passages and vectors over.")
    exported = step(DALIL, "export", folder)
    built = {DALIL: {**added, "import_peak_mb": added["peak_mb"], **exported}}
    for name in sides:
        say(f"Building the index of {name}.")
        built[name] = {**built.get(name, {}), **step(name, "build", folder)}
    return built


def _serve(
    folder: Path, questions: int, built: Mapping[str, Figures], say: Callable[[str], None]
) -> dict[str, Times]:
    """Ask both sides in turns; add opening time and peak memory to `built`."""
    with ExitStack() as stack:
        servers: dict[str, Server] = {}
        for name in built:
            say(f"Opening {name}.")
            servers[name] = stack.enter_context(Server(name, folder))
        asked = _assign(servers, collection.titles(folder / ARTICLES), questions)
        say(f"Asking {sum(len(server.legs) for server in servers.values())} legs.")
        times = ask_in_turns(servers, asked, _WARM_UP)
    for name, server in servers.items():
        built[name].update(open_s=server.open_s, serving_peak_mb=server.peak_mb)
    return times


def _assign(
    servers: Mapping[str, Server], titles: Sequence[str], questions: int
) -> dict[str, dict[str, list[str]]]:
    """Return the questions of each leg: its own, shared only with its counterpart."""
    keys = {
        name: {leg: COUNTERPARTS.get(leg, leg) for leg in server.legs}
        for name, server in servers.items()
    }
    distinct = sorted({key for legs in keys.values() for key in legs.values()})
    sets = question_sets(titles, len(distinct), questions + _WARM_UP)
    by_key = dict(zip(distinct, sets, strict=True))
    return {name: {leg: by_key[key] for leg, key in legs.items()} for name, legs in keys.items()}


def ask_in_turns(
    servers: Mapping[str, Server], asked: Mapping[str, Mapping[str, Sequence[str]]], warm_up: int
) -> dict[str, Times]:
    """Return the milliseconds by server and leg, a round being one question to every leg.

    The servers swap places after each round; the first `warm_up` rounds are not counted.
    """
    times = {name: {leg: list[float]() for leg in asked[name]} for name in servers}
    rounds = min(len(found) for legs in asked.values() for found in legs.values())
    for number in range(rounds):
        for name in list(servers)[:: 1 if number % 2 else -1]:
            for leg, found in asked[name].items():
                taken = servers[name].ask(leg, found[number])
                if number >= warm_up:
                    times[name][leg].append(taken)
    return {name: dict(legs) for name, legs in times.items()}


def percentile(times: Sequence[float], percent: int) -> float:
    """Return a percentile, between the two nearest values if it falls between them.

    >>> percentile([4.0, 1.0, 3.0, 2.0, 5.0], 50), round(percentile([1.0, 2.0], 95), 2)
    (3.0, 1.95)
    """
    if len(times) == 1:
        return times[0]
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]
