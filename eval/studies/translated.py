"""What is told of a translation that is right, and of one whose number is wrong.

`python -m eval.studies.translated --data DIR`.  The sentences are FLORES-200's, each with its
reference translation.  Nothing should be told of a reference (`false`); with its first number one
higher, that number should be (`found`).  Numbers that the two sentences write alike are changed, so
that the change is one.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import regex

from corpus.errors import DalilError
from index import WordTable
from index.encoder import load_bundled
from rag.llm.translate import LANGUAGES, lacking

_SENTENCES = "eval/bitext/flores-devtest.tsv.gz"
_NUMBER = regex.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Told:
    """Shares of sentences: `false` of all, `found` of the `changed` ones."""

    language: str
    into: str
    false: float
    changed: int
    found: float


def measure(
    pairs: Sequence[tuple[str, str]], language: str, into: str, table: WordTable | None
) -> Told:
    """Return what is told of the translations in `pairs`, and of the same with a wrong number."""
    false = changed = found = 0
    for quote, reference in pairs:
        told = lacking(quote, language, reference, into, table)
        false += bool(told)
        number = _NUMBER.search(reference)
        if told or number is None or number.group() not in _NUMBER.findall(quote):
            continue
        changed += 1
        wrong = f"{reference[: number.start()]}{int(number.group()) + 1}{reference[number.end() :]}"
        found += bool(lacking(quote, language, wrong, into, table))
    return Told(language, into, false / len(pairs), changed, found / max(changed, 1))


def main() -> None:
    """Measure every language into English, and into Arabic."""
    parser = argparse.ArgumentParser(description="What is told of right and wrong translations.")
    parser.add_argument("--data", type=Path, required=True, help="The data folder.")
    path = parser.parse_args().data / _SENTENCES
    if not path.is_file():
        sys.exit(str(DalilError(f"There is no {path}; point --data at the data folder.")))
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
    table = load_bundled()
    sys.stdout.write("| from | into | false | changed | found |\n|---|---|---|---|---|\n")
    for into in ("en", "ar"):
        for language in sorted(LANGUAGES - {into}):
            pairs = [(row[language], row[into]) for row in rows]
            told = measure(pairs, language, into, table)
            sys.stdout.write(
                f"| {language} | {into} | {told.false:.3f} | {told.changed} | {told.found:.3f} |\n"
            )


if __name__ == "__main__":
    main()
