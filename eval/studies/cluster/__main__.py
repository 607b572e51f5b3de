"""Qdrant and the embedded engine: `python -m eval.studies.cluster engines | size | accept`.

`engines` compares both over newspaper articles, or over a copy of a library, and weighs what a
passage takes.  `size` says how many machines so many passages need.  `accept` tries a real cluster;
what it needs is told by `accept --help`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from corpus.errors import DalilError
from eval.studies.cluster import tables

_NEWS = Path("../shared/data/news")
_GB = 1e9


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a study; return 1 if it cannot be made or something does not hold."""
    options = _options(arguments)
    try:
        return int(not _STUDIES[options.study](options))
    except DalilError as error:
        _say(str(error))
        return 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval.studies.cluster", description=__doc__)
    studies = parser.add_subparsers(dest="study", required=True)
    engines = studies.add_parser("engines", help="compare the engines, and weigh passages")
    engines.add_argument("--passages", type=_count, nargs="+", default=[1_000], help="about")
    engines.add_argument("--home", type=Path, help="a library, of which a copy is asked instead")
    engines.add_argument("--news", type=Path, help=f"folder of zipped articles (default {_NEWS})")
    engines.add_argument("--questions", type=_count, default=1_000)
    engines.add_argument("--show", type=int, default=0, help="print so many that differ")
    engines.add_argument("--weight", type=Path, help="file to write what a passage takes to")
    size = studies.add_parser("size", help="say how many machines are needed")
    size.add_argument("--passages", type=_count, nargs="+", default=[10_000_000, 1_000_000_000])
    size.add_argument("--memory", type=float, nargs="+", default=[64, 256], help="GB a machine")
    size.add_argument("--disk", type=float, default=4_000, help="GB a machine")
    size.add_argument("--machines", type=_count, help="try so many, enough or not")
    size.add_argument("--replicas", type=_count, default=2)
    size.add_argument("--weight", type=Path, help="file that `engines` wrote")
    accept = studies.add_parser("accept", help="try a real cluster")
    accept.add_argument("--to", required=True, help="qdrant:URL?shards=12&replicas=2")
    accept.add_argument("--member", action="append", default=[], help="address of each, --to first")
    accept.add_argument("--stop", default="", help="shell command that stops another member")
    accept.add_argument("--start", default="", help="shell command that starts it again")
    accept.add_argument("--articles", type=_count, default=1_500, help="articles to make and move")
    accept.add_argument("--questions", type=_count, default=100)
    accept.add_argument("--seconds", type=float, default=300.0, help="wait so long for the cluster")
    return parser.parse_args(arguments)


def _engines(options: argparse.Namespace) -> bool:
    from eval.studies.cluster.measuring import measure

    news = options.news or (_NEWS if _NEWS.is_dir() else None)
    for passages in [None] if options.home else options.passages:
        with tempfile.TemporaryDirectory(prefix="dalil-cluster-") as folder:
            home = Path(folder) / "library"
            if options.home:
                shutil.copytree(options.home, home)
            compared, weight = measure(Path(folder), news, passages, options.questions, _say)
        sys.stdout.write(tables.compared(compared, options.show) + tables.weighed(weight) + "\n")
        sys.stdout.flush()
        if options.weight:
            options.weight.write_text(weight.as_json(), encoding="utf-8")
    return True


def _size(options: argparse.Namespace) -> bool:
    from eval.studies.cluster.sizing import Machine, check, size
    from eval.studies.cluster.weighing import MEASURED, Weight

    text = options.weight.read_text(encoding="utf-8") if options.weight else ""
    weight = Weight.load(text) if text else MEASURED
    for number, passages in enumerate(options.passages):
        memory = options.memory[min(number, len(options.memory) - 1)]
        machine = Machine(memory * _GB, options.disk * _GB)
        sized = (
            check(passages, options.machines, options.replicas)
            if options.machines
            else size(passages, weight, machine, options.replicas)
        )
        sys.stdout.write(tables.sized(sized, weight, machine) + "\n")
    return True


def _accept(options: argparse.Namespace) -> bool:
    from eval.studies.cluster.accept import Outcome, accept
    from eval.studies.cluster.nodes import Cluster
    from eval.studies.cluster.trials import Extent

    cluster = Cluster(options.to, options.member, options.stop, options.start)
    extent = Extent(options.articles, options.questions, options.seconds)
    failed = False
    for result in accept(cluster, extent):
        sys.stdout.write(f"{result}\n")
        sys.stdout.flush()
        failed |= result.outcome is Outcome.FAIL
    return not failed


def _count(text: str) -> int:
    number = int(text.replace(",", "").replace("_", ""))
    if number < 1:
        raise ValueError
    return number


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


_STUDIES: Mapping[str, Callable[[argparse.Namespace], bool]] = {
    "engines": _engines,
    "size": _size,
    "accept": _accept,
}

if __name__ == "__main__":
    sys.exit(main())
