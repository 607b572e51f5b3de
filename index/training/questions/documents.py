"""News documents in many languages, sentence by sentence, so that a question asks of any version.

NTREX's documents come from a data folder and have eighteen versions; the articles that were written
for the questions lie beside this file and have two.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DalilError

_ARTICLES = Path(__file__).with_name("articles.jsonl.gz")
_TEXTS, _NAMES = Path("pairs", "ntrex.multi.tsv.gz"), Path("pairs", "ntrex.documents.tsv.gz")


@dataclass(frozen=True, slots=True)
class Document:
    """A document: `versions` holds its sentences by language (ISO 639), as many in each."""

    name: str
    versions: Mapping[str, Sequence[str]]

    def __len__(self) -> int:
        return len(self.versions["en"])

    def text(self, language: str) -> str:
        """Return a version as one text, its sentences with a space between.

        >>> Document("d", {"en": ["Rain fell.", "Roads closed."]}).text("en")
        'Rain fell. Roads closed.'
        """
        return joined(self.versions[language])[0]

    def spans(self, language: str) -> list[tuple[int, int]]:
        """Return the half-open span of each sentence in `text`, in code points.

        >>> Document("d", {"en": ["Rain fell.", "Roads closed."]}).spans("en")
        [(0, 10), (11, 24)]
        """
        return joined(self.versions[language])[1]


def joined(sentences: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return sentences as one text, a space between them, and the half-open span of each in it."""
    spans: list[tuple[int, int]] = []
    start = 0
    for sentence in sentences:
        spans.append((start, start + len(sentence)))
        start += len(sentence) + 1
    return " ".join(sentences), spans


def read_documents(data: Path | None = None) -> dict[str, Document]:
    """Return the articles of our own by name and, with a data folder, NTREX's documents.

    A language in which NTREX lacks a sentence of a document is no version of it.  Raises
    `DalilError` for a folder without NTREX's two files, or where they do not fit each other.
    """
    found = {document.name: document for document in _own()}
    if data is not None:
        found |= {document.name: document for document in _ntrex(data)}
    return found


def _own() -> Iterator[Document]:
    with gzip.open(_ARTICLES, "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            yield Document(record.pop("document"), record)


def _ntrex(data: Path) -> Iterator[Document]:
    try:
        with gzip.open(data / _TEXTS, "rt", encoding="utf-8", newline="") as file:
            languages, *rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        with gzip.open(data / _NAMES, "rt", encoding="utf-8") as file:
            _, *names = file.read().splitlines()
    except (OSError, ValueError) as error:
        raise DalilError(
            f"NTREX cannot be read in {data} ({error}); name the folder that holds "
            f"{_TEXTS.as_posix()} and {_NAMES.as_posix()}."
        ) from error
    if len(names) != len(rows):
        raise DalilError(
            f"{data}: {_NAMES.as_posix()} names {len(names)} sentences, {_TEXTS.as_posix()} has "
            f"{len(rows)}; fetch both of the same release."
        )
    grouped: dict[str, list[list[str]]] = {}
    for name, row in zip(names, rows, strict=True):
        grouped.setdefault(name, []).append(row)
    for name, sentences in grouped.items():
        columns = dict(zip(languages, zip(*sentences, strict=True), strict=True))
        yield Document(name, {code: column for code, column in columns.items() if all(column)})
