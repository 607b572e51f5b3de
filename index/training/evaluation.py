"""Keep what the encoder is measured on out of what it is trained on."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import DalilError
from index.training.data import PairSet
from index.training.overlap import NearDuplicates

# A file with a larger share of rows that nearly equal evaluation texts counts as an evaluation
# file itself; the largest share measured on the allowed files is in the model card.
REFUSED_SHARE = 0.1

# Shorter pieces ("No.", a date) recur everywhere and identify no evaluation text.
_SHORTEST_SENTENCE = 20

# Longer training texts are compared sentence by sentence too.
_LONG_TEXT = 150


def read_evaluation_texts(folder: Path) -> list[str]:
    """Every question, paragraph, sentence of a paragraph and translation below `folder`.

    Reads SQuAD-format files (`*.json`, `*.json.gz`) and tables (`*.tsv.gz`), at any depth.
    Raises `DalilError` when there are none: unchecked data must not train the encoder.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    texts = dict.fromkeys(text for path in paths for text in _read(path))
    if not texts:
        raise DalilError(
            f"{folder} holds no evaluation files, so the training data cannot be checked "
            "against them: pass the folder that holds them as --eval."
        )
    return list(texts)


def _read(path: Path) -> Iterator[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    if ".json" in path.suffixes:
        with opener(path, "rt", encoding="utf-8") as file:
            yield from _squad_texts(json.load(file))
    elif ".tsv" in path.suffixes:
        with opener(path, "rt", encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            next(rows, None)
            for row in rows:
                yield from (cell for cell in row if cell)


def _squad_texts(content: dict[str, list[dict[str, list[dict[str, object]]]]]) -> Iterator[str]:
    for article in content["data"]:
        for paragraph in article["paragraphs"]:
            context = str(paragraph["context"])
            yield context
            yield from _sentences(context)
            questions = paragraph["qas"]
            if isinstance(questions, list):
                yield from (str(question["question"]) for question in questions)


def _sentences(text: str) -> list[str]:
    pieces = re.split(r"(?<=[.!?؟؛])\s+", text)
    return [piece for piece in pieces if len(piece) >= _SHORTEST_SENTENCE]


def screen(pair_sets: Sequence[PairSet], evaluation: Iterable[str]) -> list[PairSet]:
    """The pair sets without the rows of which a side nearly equals an evaluation text.

    Prints how many rows of each set were dropped. Raises `DalilError` naming the file when more
    than `REFUSED_SHARE` of a set's rows overlap: then the file is an evaluation file in disguise.
    """
    index = NearDuplicates(list(evaluation))
    sides = dict.fromkeys(side for pairs in pair_sets for row in pairs.rows for side in row)
    found = dict(zip(sides, _overlaps(index, list(sides)).tolist(), strict=True))
    kept: list[PairSet] = []
    for pairs in pair_sets:
        rows = tuple(row for row in pairs.rows if not (found[row[0]] or found[row[1]]))
        dropped = len(pairs.rows) - len(rows)
        share = dropped / len(pairs.rows)
        print(  # noqa: T201
            f"{pairs.name} {pairs.left}-{pairs.right}: {dropped:,} of {len(pairs.rows):,} rows "
            f"dropped, they nearly equal evaluation texts ({share:.1%})"
        )
        if share > REFUSED_SHARE:
            raise DalilError(
                f"{pairs.name} is refused: {share:.0%} of its rows equal or nearly equal "
                "questions, paragraphs or sentences of the evaluation files, so training on it "
                "would make every measurement worthless. Remove the file."
            )
        kept.append(replace(pairs, rows=rows))
    return kept


def _overlaps(index: NearDuplicates, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text, or a sentence of a long one, nearly equals a text of `index`."""
    found = index.matches(texts) >= 0
    pieces = [
        (row, sentence)
        for row, text in enumerate(texts)
        if len(text) > _LONG_TEXT
        for sentence in _sentences(text)
    ]
    hits = index.matches([sentence for _, sentence in pieces]) >= 0
    for (row, _), hit in zip(pieces, hits, strict=True):
        found[row] |= hit
    return found
