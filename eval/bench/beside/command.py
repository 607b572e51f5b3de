"""The options of `python -m eval.bench beside`, and where its results are written."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from eval.bench.beside import table
from eval.bench.beside.run import DALIL, SIDES, Plan, Run, measure
from eval.bench.processes import Limits

_SIZES = (1_000, 10_000)
_NAME = "side-by-side"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `beside` can be told; the folder of news and the questions are of all parts."""
    group = parser.add_argument_group("beside", "the sides at growing sizes")
    group.add_argument("--sizes", type=_count, nargs="+", default=_SIZES, help="passages, about")
    group.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    group.add_argument(
        "--most", type=_most, action="append", default=[], metavar="SIDE=PASSAGES",
        help="leave a slow side out above so many passages",
    )  # fmt: skip
    group.add_argument("--against", choices=SIDES, default="langchain", help="side of the ratios")
    group.add_argument(
        "--together", type=_count, default=200_000,
        help="above so many passages the sides are opened one after another",
    )  # fmt: skip
    group.add_argument("--memory", type=float, default=math.inf, help="MB a process may take")
    group.add_argument("--limit", type=float, default=math.inf, help="seconds a step may take")
    group.add_argument("--out", type=Path, help="folder for table, JSON and plot")


def run(options: argparse.Namespace, say: Callable[[str], None]) -> bool:
    """Measure, print the tables or JSON, and write both with a plot; tell if Dalil did all sizes.

    What is done is written after each size, so that a later one can be stopped.
    """
    plan = Plan(
        news=None if options.generated else options.news,
        sizes=options.sizes,
        sides=options.sides,
        questions=options.questions,
        most=dict(options.most),
        together=options.together,
        limits=Limits(options.memory, options.limit),
    )

    def keep(done: Run) -> None:
        if options.out:
            _write(done, options.out, options.against)

    done = measure(plan, say, keep)
    printed = table.as_json(done) if options.json else table.tables(done, options.against)
    sys.stdout.write(printed + "\n")
    return not any(row.note for row in done.rows if row.side == DALIL)


def _write(run: Run, folder: Path, against: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{_NAME}.json").write_text(table.as_json(run), encoding="utf-8")
    (folder / f"{_NAME}.md").write_text(table.tables(run, against), encoding="utf-8")
    # It comes with the extra "eval", without which tables and JSON are there all the same.
    if find_spec("matplotlib"):
        from eval.bench.beside.plot import draw

        draw(run, folder / f"{_NAME}.svg")


def _count(text: str) -> int:
    number = int(text.replace(",", "").replace("_", ""))
    if number < 1:
        raise ValueError
    return number


def _most(text: str) -> tuple[str, int]:
    side, _, passages = text.partition("=")
    known = ", ".join(SIDES)
    if side not in SIDES:
        raise argparse.ArgumentTypeError(f"no side is called {side!r}; there are {known}")
    return side, _count(passages)
