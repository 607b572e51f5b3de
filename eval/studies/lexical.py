"""What BM25 alone finds with each way to cut text into terms.

`python -m eval.studies.lexical --data DIR` prints a table.
Questions of XQuAD's development half against its paragraphs and sentences (XQuAD-R), and Arabic
questions of AQAD against its paragraphs, each within one language.  Reciprocal rank counts from 1
without a cut-off, and a tie counts as the worst rank of those tied.  Postings are pairs of term
and passage; times are relative to the first way.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import regex

from corpus.errors import DalilError
from corpus.text.stems import grams, light, passage_terms, query_terms, snowball, terms
from corpus.text.words import words
from index.embedded.bm25 import LexicalIndex

Field = Callable[[str, str], list[str]]
# AQAD has ten thousand questions; every fourth tells as much.
_AQAD_EVERY = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions in one language, the passages asked of, and which answers which."""

    name: str
    language: str
    passages: tuple[str, ...]
    questions: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Fields whose BM25 scores are added, each weighed; a field cuts (text, language) to terms."""

    name: str
    fields: tuple[tuple[Field, Field, float], ...]


def _raw(text: str, language: str) -> list[str]:
    return regex.findall(r"[\p{L}\p{M}]+|\p{N}+", text)


def _folded(text: str, language: str) -> list[str]:
    return [word.folded for word in words(text)]


def _light(text: str, language: str) -> list[str]:
    return [light(w.folded) if language == "ar" else w.folded for w in words(text)]


def _snowball(text: str, language: str) -> list[str]:
    return [snowball(word.folded, language) for word in words(text)]


def _question(text: str, language: str) -> list[str]:
    return query_terms(text, [language])


def _mixed(size: int) -> Field:
    return lambda text, language: [*terms(text, language), *grams(words(text), size)]


def _grams(size: int) -> Field:
    return lambda text, language: grams(words(text), size)


def _ways() -> list[Way]:
    def one(field: Field) -> tuple[tuple[Field, Field, float], ...]:
        return ((field, field, 1.0),)

    shipped = (passage_terms, _question, 1.0)
    return [
        Way("stems", one(terms)),
        Way("words as written", one(_raw)),
        Way("folded", one(_folded)),
        Way("folded, light", one(_light)),
        Way("folded, Snowball", one(_snowball)),
        Way("stems, numbers, dates", (shipped,)),
        *(Way(f"{n}-grams", one(_grams(n))) for n in (3, 4)),
        *(Way(f"stems and {n}-grams mixed", one(_mixed(n))) for n in (3, 4)),
        *(
            Way(f"stems + {weight} x {n}-grams", (shipped, (_grams(n), _grams(n), weight)))
            for n in (3, 4)
            for weight in (0.25, 0.5, 1.0)
        ),
    ]


def measure(asked: Asked, way: Way) -> dict[str, float]:
    """Return MRR, R@1, postings and index bytes a passage, and the seconds of all questions."""
    built = [
        (LexicalIndex.build([cut(p, asked.language) for p in asked.passages]), ask, weight)
        for cut, ask, weight in way.fields
    ]
    ranks = []
    began = time.process_time()
    for text, right in asked.questions:
        parts = [w * index.scores(ask(text, asked.language)) for index, ask, w in built]
        scores = np.sum(parts, axis=0)
        ranks.append(int((scores >= scores[right]).sum()))
    seconds = time.process_time() - began
    found = np.array(ranks, np.float64)
    indexes = [index for index, _, _ in built]
    arrays = [getattr(i, name) for i in indexes for name in i.__dataclass_fields__]
    return {
        "mrr": float((1 / found).mean()),
        "r@1": float((found == 1).mean()),
        "postings": sum(len(i.documents) for i in indexes) / len(asked.passages),
        "bytes": sum(array.nbytes for array in arrays) / len(asked.passages),
        "seconds": seconds,
    }


def read(data: Path) -> list[Asked]:
    """Read the question sets below `data`; raise `DalilError` if there are none."""
    found = []
    for language in ("ar", "en"):
        for name, source in (("paragraphs", "xquad-dev"), ("sentences", "xquad-r-dev")):
            path = data / "eval" / source / f"{language}.json"
            if path.is_file():
                content = json.loads(path.read_text(encoding="utf-8"))
                found.append(_squad(f"{language} {name}", language, content))
    aqad = data / "qa" / "unlicensed-aqad.ar.jsonl.gz"
    if aqad.is_file():
        found.append(_aqad(aqad))
    if not found:
        raise DalilError(f"{data} holds no eval/xquad-dev: point --data at the folder that does.")
    return found


def _squad(name: str, language: str, content: Any) -> Asked:  # noqa: ANN401 - SQuAD's nesting
    passages: list[str] = []
    questions = []
    for paragraph in (p for article in content["data"] for p in article["paragraphs"]):
        whole = [(0, len(paragraph["context"]))]
        breaks = paragraph.get("sentence_breaks", whole) if "sentences" in name else whole
        for question in paragraph["qas"]:
            start = question["answers"][0]["answer_start"]
            inside = next(i for i, (a, b) in enumerate(breaks) if a <= start < b)
            questions.append((question["question"], len(passages) + inside))
        passages.extend(paragraph["context"][a:b] for a, b in breaks)
    return Asked(name, language, tuple(passages), tuple(questions))


def _aqad(path: Path) -> Asked:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    places = {
        text: place for place, text in enumerate(dict.fromkeys(r["context"] for r in records))
    }
    questions = [(r["question"], places[r["context"]]) for r in records[::_AQAD_EVERY]]
    return Asked("ar AQAD", "ar", tuple(places), tuple(questions))


def table(sets: Sequence[Asked]) -> str:
    """Measure every way on every set and return a Markdown table."""
    lines = ["| set | way | MRR | R@1 | postings | bytes | time |", "|---|---|---|---|---|---|---|"]
    for asked in sets:
        base = 0.0
        for way in _ways():
            got = measure(asked, way)
            base = base or got["seconds"]
            lines.append(
                f"| {asked.name} | {way.name} | {got['mrr']:.3f} | {got['r@1']:.3f} "
                f"| {got['postings']:.1f} | {got['bytes']:.0f} | {got['seconds'] / base:.2f} |"
            )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.studies.lexical", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with eval/ and qa/")
    try:
        sys.stdout.write(table(read(parser.parse_args(arguments).data)) + "\n")
    except DalilError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
