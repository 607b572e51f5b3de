"""The texts and word lists that the dictionary is made from, English beside Arabic.

They come through `index.training.data`, which opens nothing whose licence forbids to pass on what
is made from it.  What the gloss is measured on is left out.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.text.words import fold, words
from index.training.data import PairSet, read_pairs

_PARALLEL = ("pairs/tatoeba", "pairs/mmlu", "pairs/ntrex", "pairs/tico19")
_MEASURED = ("eval/bitext/flores-devtest.tsv.gz", "eval/bitext/tatoeba-test.en-ar.tsv.gz")
# Sides that differ more in length are no translation of each other word by word.
_MOST_TIMES, _MORE = 3, 3

Row = tuple[str, str]


@dataclass(frozen=True)
class Sources:
    """Rows of (English, Arabic): sentences, entries of each dictionary, and names."""

    sentences: Sequence[Row]
    entries: Sequence[Sequence[Row]]
    names: Sequence[Row]


def read_sources(folder: Path) -> Sources:
    """Return what the data folder has; raise `DalilError` if it has none of it."""
    sets = [each for each in read_pairs(folder) if (each.left, each.right) == ("en", "ar")]
    measured = {same for row in _measured(folder) for same in row}
    sentences = [
        row
        for each in _named(sets, *_PARALLEL)
        for row in each.rows
        if not measured.intersection(map(_spelling, row)) and _alike(*row)
    ]
    entries = [each.rows for each in _named(sets, "lexicon/wiktionary", "lexicon/wordnet")]
    names = [row for each in _named(sets, "lexicon/names") for row in each.rows]
    return Sources(sentences, entries, names)


def read_bitext(path: Path) -> list[Row]:
    """Return the rows (English, Arabic) of a table with a header row."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    english, arabic = header.index("en"), header.index("ar")
    return [(row[english], row[arabic]) for row in rows if len(row) > max(english, arabic)]


def _measured(folder: Path) -> Iterator[Row]:
    for path in _MEASURED:
        if (folder / path).is_file():
            for english, arabic in read_bitext(folder / path):
                yield _spelling(english), _spelling(arabic)


def _named(sets: Sequence[PairSet], *prefixes: str) -> list[PairSet]:
    return [each for each in sets if each.name.startswith(prefixes)]


def _spelling(sentence: str) -> str:
    """Return a sentence by its words alone, so that punctuation makes no other of it.

    >>> _spelling("It’s Here!") == _spelling("it's here")
    True
    """
    return " ".join(word.folded for word in words(fold(sentence)))


def _alike(one: str, other: str) -> bool:
    """Whether two sentences are of lengths that translations have.

    >>> _alike("a house", "بيت"), _alike("yes", "نعم هذا هو البيت الذي رأيته أمس هناك")
    (True, False)
    """
    first, second = len(list(words(one))), len(list(words(other)))
    near = first <= _MOST_TIMES * second + _MORE and second <= _MOST_TIMES * first + _MORE
    return bool(first and second and near)
