"""The texts that may train the weights that ship, read from a data folder.

Only the files named in `ALLOWED` are ever opened: their licences let anyone reuse, adapt and sell
what is made from them. A file that lies beside them is not read, whatever its name.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.errors import DalilError

Kind = Literal["sentences", "questions", "lexicon", "names", "frequency", "squad", "tsv-questions"]

LANGUAGES = ("ar", "de", "es", "fa", "fr", "ru", "tr", "ckb", "kmr")

# Column names of the sources, and the language each stands for here.
_COLUMN_LANGUAGE = {
    "deu": "de",
    "spa": "es",
    "tur": "tr",
    "rus": "ru",
    "fra": "fr",
    "fas": "fa",
    "kur": "ckb",
    "kur_Latn": "kmr",
}

# One name in ten stays out of training, so that names can be measured on unseen ones.
NAMES_HELD_OUT_EVERY = 10

# Longer sides are legal cases and exercises of several paragraphs: one in a hundred rows, a third
# of the teacher's time.
_LONGEST_SIDE = 400

# Beyond this rank the frequency lists hold mostly misspellings.
FREQUENCY_ROWS = 40_000


@dataclass(frozen=True, slots=True)
class Source:
    """One file that may train the weights: path below the data folder, kind, licence, origin."""

    path: str
    kind: Kind
    licence: str
    origin: str


def _each(pattern: str, names: str, kind: Kind, licence: str, origin: str) -> list[Source]:
    return [Source(pattern.format(name), kind, licence, origin) for name in names.split()]


ALLOWED: tuple[Source, ...] = (
    *_each(
        "pairs/tatoeba.en-{}.tsv.gz",
        "ar deu spa tur rus fra fas kur kur_Latn",
        "sentences",
        "CC BY 2.0",
        "Tatoeba, through OPUS and the OPUS-MT test sets",
    ),
    Source(
        "pairs/mmlu.en-ar.tsv.gz",
        "sentences",
        "MIT, Apache-2.0",
        "MMLU and its Arabic translation in FreedomIntelligence/AceGPT",
    ),
    Source(
        "pairs/mkqa.multi.tsv.gz",
        "questions",
        "CC BY-SA 3.0",
        "MKQA, through the MIA 2022 shared task",
    ),
    Source("pairs/ntrex.multi.tsv.gz", "sentences", "CC BY-SA 4.0", "MicrosoftTranslator/NTREX"),
    *_each("pairs/tico19.en-{}.tsv.gz", "ar ckb es fa fr kmr ru", "sentences", "CC0", "TICO-19"),
    *_each(
        "lexicon/wiktionary.en-{}.tsv.gz",
        "ar de es fa tr",
        "lexicon",
        "CC BY-SA 3.0",
        "English Wiktionary",
    ),
    Source(
        "lexicon/wordnet.en-ar.tsv.gz",
        "lexicon",
        "CC BY-SA 3.0",
        "Arabic WordNet and Wiktionary, through Open Multilingual Wordnet",
    ),
    Source("lexicon/names.en-ar.tsv.gz", "names", "Apache-2.0", "google/transliteration"),
    Source("qa/arcd-train.json", "squad", "MIT", "ARCD (husseinmozannar/SOQAL)"),
    Source(
        "qa/squad-sentences.en.tsv.gz",
        "tsv-questions",
        "CC BY-SA 4.0",
        "the training part of SQuAD, through xinyadu/nqg",
    ),
    *_each(
        "text/frequency.{}.txt.gz",
        "ar de en es fa fr ru tr",
        "frequency",
        "CC BY-SA 4.0",
        "hermitdave/FrequencyWords",
    ),
)


@dataclass(frozen=True, slots=True)
class PairSet:
    """Rows of one file in one pair of languages: each row means the same, or asks and answers.

    `kind` is the kind of the source; for "squad" and "tsv-questions" the left side is a question
    and the right side the text that answers it, both in `left`, else the left side is English.
    """

    name: str
    kind: Kind
    left: str
    right: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WordList:
    """Words of one language with how often they occur, most frequent first."""

    name: str
    language: str
    counts: tuple[tuple[str, int], ...]


def read_pairs(folder: Path) -> list[PairSet]:
    """Every pair set of `ALLOWED` found below `folder`, in the order of `ALLOWED`.

    A missing file is skipped, a folder without any of them is a `DalilError`.
    """
    found = [source for source in ALLOWED if (folder / source.path).is_file()]
    if not any(source.kind != "frequency" for source in found):
        raise DalilError(
            f"{folder} holds none of the files that may train the encoder "
            f"(for example {ALLOWED[0].path}): point --data at the folder that holds them."
        )
    return [
        pair_set
        for source in found
        if source.kind != "frequency"
        for pair_set in _read_pair_sets(folder / source.path, source)
        if pair_set.rows
    ]


def read_word_lists(folder: Path) -> list[WordList]:
    """The frequency list of each language, the `FREQUENCY_ROWS` most frequent words."""
    return [
        _read_frequency(folder / source.path, source)
        for source in ALLOWED
        if source.kind == "frequency" and (folder / source.path).is_file()
    ]


def _read_pair_sets(path: Path, source: Source) -> Iterator[PairSet]:
    if source.kind == "squad":
        yield PairSet(source.path, source.kind, "ar", "ar", tuple(_read_squad(path)))
        return
    header, rows = _read_table(path)
    if source.kind == "tsv-questions":
        kept = tuple(map(_untokenise_row, rows))
        yield PairSet(source.path, source.kind, "en", "en", kept)
        return
    for column, name in enumerate(header[1:], start=1):
        language = _COLUMN_LANGUAGE.get(name, name)
        if language in LANGUAGES:
            kept = tuple(_column(rows, column, source.kind))
            yield PairSet(source.path, source.kind, "en", language, kept)


def _read_table(path: Path) -> tuple[list[str], list[list[str]]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return rows[0], rows[1:]


def _column(rows: list[list[str]], column: int, kind: Kind) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(rows):
        if kind == "names" and number % NAMES_HELD_OUT_EVERY == 0:
            continue
        if len(row) <= column:
            continue
        left, right = row[0].strip(), row[column].strip()
        if kind == "lexicon":
            left, right = _gloss(left), _gloss(right)
        if left and right and left != right and max(len(left), len(right)) <= _LONGEST_SIDE:
            yield left, right


def _gloss(text: str) -> str:
    """A dictionary side without transcription and remarks.

    >>> _gloss("آ  /'aa/ [")
    'آ'
    >>> _gloss("bank (of a river)")
    'bank'
    """
    return re.sub(r"\(.*?\)|[/\[({].*$", "", text).strip(" \t,;:")


def _untokenise_row(row: list[str]) -> tuple[str, str]:
    return _untokenise(row[0]), _untokenise(row[1])


def _untokenise(text: str) -> str:
    r"""Undo the Penn Treebank tokenisation.

    >>> _untokenise("in lourdes , france -lrb- `` dog 's ear '' -rrb- ?")
    'in lourdes, france ( " dog\'s ear " ) ?'
    """
    for old, new in (("-lrb-", "("), ("-rrb-", ")"), ("``", '"'), ("''", '"')):
        text = text.replace(old, new)
    return re.sub(r" (?=[,.;:]|'s\b|n't\b)", "", text)


def _read_squad(path: Path) -> Iterator[tuple[str, str]]:
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                yield question["question"].strip(" -"), paragraph["context"]


def _read_frequency(path: Path, source: Source) -> WordList:
    counts: list[tuple[str, int]] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            word, _, count = line.rstrip("\n").rpartition(" ")
            if word and len(counts) < FREQUENCY_ROWS:
                counts.append((word, int(count)))
    return WordList(source.path, path.name.split(".")[1], tuple(counts))
