"""`python -m eval.bench [PART]`: print what was measured, fail if a bound is missed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from corpus.errors import DalilError
from eval.bench import cold, report, serve, stack
from eval.bench.beside import adding
from eval.bench.beside import command as beside

# `dalil ask` from a cold start takes at most this share of `import sentence_transformers`.
_COLD_BOUND = 1 / 3
# Search is so many times faster than the other stack, in so much of its memory.
_STACK_BOUNDS = report.Bounds(times_faster=20, share_of_memory=0.5, passages=50_000)
_NEWS = Path("../shared/data/news")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparisons; return 1 if one cannot be made or misses its bound.

    Without a folder of news, articles are generated.
    """
    options = _options(arguments)
    try:
        missed = [not run(options) for run in _PARTS[options.part]]
    except DalilError as error:
        _say(str(error))
        return 1
    if any(missed):
        _say("A bound is not met.")
    return int(any(missed))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description=__doc__)
    parser.add_argument("part", nargs="?", choices=_PARTS, default="all")
    parser.add_argument("--rounds", type=_positive, default=7, help="starts of each command, cold")
    parser.add_argument("--news", type=Path, help=f"folder of zipped articles (default {_NEWS})")
    parser.add_argument("--generated", action="store_true", help="generate the articles instead")
    parser.add_argument("--passages", type=_positive, default=100_000, help="about how many")
    parser.add_argument("--questions", type=_positive, default=100, help="questions a leg")
    parser.add_argument("--clients", type=_positive, default=32, help="clients of the server")
    parser.add_argument("--seconds", type=_positive, default=30, help="how long they ask")
    parser.add_argument("--json", action="store_true", help="print one JSON object a comparison")
    beside.add_options(parser)
    options = parser.parse_args(arguments)
    if options.news is None and _NEWS.is_dir():
        options.news = _NEWS
    return options


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _cold(options: argparse.Namespace) -> bool:
    _say("Starting the command and the import in turns.")
    result = cold.compare(options.rounds)
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        sys.stdout.write("".join(f"{name}: {value}\n" for name, value in result.items()) + "\n")
    return result["ratio"] <= _COLD_BOUND


def _stack(options: argparse.Namespace) -> bool:
    news = None if options.generated else options.news
    result = stack.compare(news, options.passages, options.questions, _say)
    if options.json:
        sys.stdout.write(json.dumps(report.as_json(result, _STACK_BOUNDS)) + "\n")
    else:
        sys.stdout.write(report.table(result, _STACK_BOUNDS) + "\n")
    return report.met(result, _STACK_BOUNDS) is not False


def _serve(options: argparse.Namespace) -> bool:
    _say(f"Asking the server with {options.clients} clients for {options.seconds} seconds.")
    load = serve.measure(options.clients, float(options.seconds))
    sys.stdout.write((json.dumps(load.as_json()) if options.json else serve.table(load)) + "\n")
    return load.met


def _beside(options: argparse.Namespace) -> bool:
    return beside.run(options, _say)


def _adding(options: argparse.Namespace) -> bool:
    rows = adding.measure(None if options.generated else options.news, options.sizes, _say)
    sys.stdout.write((adding.as_json(rows) if options.json else adding.table(rows)) + "\n")
    return True


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


_PARTS: Mapping[str, Sequence[Callable[[argparse.Namespace], bool]]] = {
    "cold": [_cold],
    "stack": [_stack],
    "serve": [_serve],
    "beside": [_beside],
    "adding": [_adding],
    "all": [_cold, _stack, _serve, _beside],
}

if __name__ == "__main__":
    sys.exit(main())
