"""The encoder beside the search.

`python -m eval.studies.encoder --data DIR [--encoder NAME] [--json]` measures it.
FLORES sentences against their translations, and speed.  What it finds for questions is the leg
"dense" of `dalil eval retrieval`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from corpus.errors import DalilError
from eval.judging.ranks import worst_ranks
from eval.retrieval.squad import read_squad
from index.encoder import Encoder, load_encoder

# Passages of the speed measurement, and their length in words.
_SPEED_PASSAGES = 20_000
_SPEED_WORDS = 60


@dataclass(frozen=True, slots=True)
class Report:
    """Both measurements of one encoder. `flores` is accuracy, speed is in passages a second."""

    encoder: str
    fingerprint: str
    flores_en_ar: float
    flores_sentences: int
    passages_per_second: float


def measure(encoder: Encoder, data: Path) -> Report:
    """Both measurements on the files below `data`/eval; raises `DalilError` if they are missing."""
    flores = data / "eval" / "bitext" / "flores-devtest.tsv.gz"
    if not flores.is_file():
        raise DalilError(f"There is no {flores}: point --data at the folder that holds eval/.")
    accuracy, sentences = _flores(encoder, flores)
    speed = _speed(encoder, data / "eval" / "xquad-dev" / "ar.json")
    return Report(encoder.name, encoder.fingerprint, accuracy, sentences, speed)


def _flores(encoder: Encoder, path: Path) -> tuple[float, int]:
    """Share of English sentences whose nearest Arabic sentence is their translation; and all."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    english = encoder.encode_queries([row["en"] for row in rows])
    arabic = encoder.encode_passages([row["ar"] for row in rows])
    first = worst_ranks(english @ arabic.T, np.arange(len(rows))) == 1
    return float(first.mean()), len(rows)


def _speed(encoder: Encoder, path: Path) -> float:
    """Passages of 60 Arabic words a second, words in ever new combinations, one call a thousand."""
    words = " ".join(paragraph.text for paragraph in read_squad(path)).split()
    order = np.random.default_rng(0)
    passages = [
        " ".join(words[i] for i in order.integers(0, len(words), _SPEED_WORDS))
        for _ in range(_SPEED_PASSAGES)
    ]
    begin = time.perf_counter()
    for first in range(0, len(passages), 1000):
        encoder.encode_passages(passages[first : first + 1000])
    return len(passages) / (time.perf_counter() - begin)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.studies.encoder", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with eval/")
    parser.add_argument("--encoder", default="bundled", help="bundled, a folder, or a model name")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args(arguments)
    try:
        report = measure(load_encoder(given.encoder), given.data)
    except DalilError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    if given.json:
        print(json.dumps(asdict(report)))  # noqa: T201
        return 0
    nearest = f"nearest of {report.flores_sentences:,}: {report.flores_en_ar:.3f}"
    print(f"FLORES en-ar, {nearest}")  # noqa: T201
    print(f"Passages of {_SPEED_WORDS} words a second: {report.passages_per_second:,.0f}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
