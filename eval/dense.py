"""What the encoder finds on its own: `python -m eval.dense --data DIR [--encoder NAME] [--json]`.

Questions of XQuAD's development half against all its paragraphs, or all its sentences (LAReQA's
XQuAD-R), and FLORES sentences against their translations. Reciprocal rank counts from 1 and has
no cut-off; every question counts alike; a tie counts as the worst rank of those tied.
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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import DalilError
from index.encoder import Encoder, load_encoder

PARAGRAPH_PAIRS = ("en-ar", "ar-ar", "en-en", "de-ar", "es-ar", "tr-ar", "ru-ar")
SENTENCE_PAIRS = ("en-ar", "ar-ar", "en-en")

# Passages of the speed measurement, and their length in words.
_SPEED_PASSAGES = 20_000
_SPEED_WORDS = 60


@dataclass(frozen=True, slots=True)
class Score:
    """Mean reciprocal rank and recall of one direction; `unit` is paragraph or sentence."""

    unit: str
    questions: str
    passages: str
    count: int
    mrr: float
    r_at_1: float
    r_at_5: float


@dataclass(frozen=True, slots=True)
class Report:
    """All measurements of one encoder. `flores` is accuracy, `speed` passages a second."""

    encoder: str
    fingerprint: str
    scores: tuple[Score, ...]
    flores_en_ar: float
    passages_per_second: float


def ranks(similarity: NDArray[np.float32], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """`(questions,)`: the rank from 1 of the right passage of each row of `similarity`.

    >>> ranks(np.array([[.9, .1, .5], [.9, .1, .5]], dtype=np.float32), np.array([0, 2])).tolist()
    [1, 2]
    """
    own = similarity[np.arange(len(right)), right]
    found: NDArray[np.int64] = (similarity >= own[:, None]).sum(axis=1)
    return found


def _score(unit: str, pair: str, found: NDArray[np.int64]) -> Score:
    questions, passages = pair.split("-")
    return Score(
        unit,
        questions,
        passages,
        len(found),
        float((1 / found).mean()),
        float((found == 1).mean()),
        float((found <= 5).mean()),
    )


def _paragraphs(path: Path) -> tuple[list[str], dict[str, tuple[str, int]]]:
    """The paragraphs of a SQuAD-format file; each question by id with its paragraph's number."""
    texts: list[str] = []
    questions: dict[str, tuple[str, int]] = {}
    for article in _load(path)["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                questions[question["id"]] = (question["question"], len(texts))
            texts.append(paragraph["context"])
    return texts, questions


def _sentences(path: Path) -> tuple[list[str], dict[str, tuple[str, int]]]:
    """The sentences of an XQuAD-R file; each question with the sentence its answer starts in."""
    texts: list[str] = []
    questions: dict[str, tuple[str, int]] = {}
    for article in _load(path)["data"]:
        for paragraph in article["paragraphs"]:
            breaks = paragraph["sentence_breaks"]
            for question in paragraph["qas"]:
                start = question["answers"][0]["answer_start"]
                inside = next(i for i, (a, b) in enumerate(breaks) if a <= start < b)
                questions[question["id"]] = (question["question"], len(texts) + inside)
            texts.extend(paragraph["sentences"])
    return texts, questions


def _load(path: Path) -> Any:  # noqa: ANN401 - SQuAD's nesting, read only here
    return json.loads(path.read_text(encoding="utf-8"))


def measure(encoder: Encoder, data: Path) -> Report:
    """Every measurement on the files below `data`/eval; raises `DalilError` if they are missing."""
    folder = data / "eval"
    if not (folder / "xquad-dev").is_dir():
        raise DalilError(
            f"{folder} holds no xquad-dev: point --data at the folder that holds eval/."
        )
    scores = []
    for unit, read, source, pairs in (
        ("paragraph", _paragraphs, "xquad-dev", PARAGRAPH_PAIRS),
        ("sentence", _sentences, "xquad-r-dev", SENTENCE_PAIRS),
    ):
        for pair in pairs:
            asked, answering = pair.split("-")
            _, questions = read(folder / source / f"{asked}.json")
            texts, places = read(folder / source / f"{answering}.json")
            shared = [key for key in questions if key in places]
            similarity = (
                encoder.encode_queries([questions[key][0] for key in shared])
                @ encoder.encode_passages(texts).T
            )
            right = np.array([places[key][1] for key in shared])
            scores.append(_score(unit, pair, ranks(similarity, right)))
    return Report(
        encoder.name,
        encoder.fingerprint,
        tuple(scores),
        _flores(encoder, folder / "bitext" / "flores-devtest.tsv.gz"),
        _speed(encoder, folder / "xquad-dev" / "ar.json"),
    )


def _flores(encoder: Encoder, path: Path) -> float:
    """Share of English sentences whose nearest Arabic sentence is their translation."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    english = encoder.encode_queries([row["en"] for row in rows])
    arabic = encoder.encode_passages([row["ar"] for row in rows])
    return float((ranks(english @ arabic.T, np.arange(len(rows))) == 1).mean())


def _speed(encoder: Encoder, path: Path) -> float:
    """Passages of 60 Arabic words a second, words in ever new combinations, one call a thousand."""
    words = " ".join(_paragraphs(path)[0]).split()
    order = np.random.default_rng(0)
    passages = [
        " ".join(words[i] for i in order.integers(0, len(words), _SPEED_WORDS))
        for _ in range(_SPEED_PASSAGES)
    ]
    begin = time.perf_counter()
    for first in range(0, len(passages), 1000):
        encoder.encode_passages(passages[first : first + 1000])
    return len(passages) / (time.perf_counter() - begin)


def table(report: Report) -> str:
    """The report as Markdown."""
    lines = [
        "| unit | questions | passages | n | MRR | R@1 | R@5 |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {s.unit} | {s.questions} | {s.passages} | {s.count} "
        f"| {s.mrr:.3f} | {s.r_at_1:.3f} | {s.r_at_5:.3f} |"
        for s in report.scores
    ]
    lines.append("")
    lines.append(f"FLORES en-ar, nearest of 1,012: {report.flores_en_ar:.3f}")
    lines.append(f"Passages of {_SPEED_WORDS} words a second: {report.passages_per_second:,.0f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.dense", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with eval/")
    parser.add_argument("--encoder", default="bundled", help="bundled, a folder, or a model name")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args(arguments)
    try:
        report = measure(load_encoder(given.encoder), given.data)
    except DalilError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(json.dumps(asdict(report)) if given.json else table(report))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
