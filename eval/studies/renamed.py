"""How often Dalil answers about somebody else: `python -m eval.studies.renamed`.

The answerable English cases that name a person or a place are asked as they are, and again with
the first name replaced by one that no article has: whatever is answered then is false.  So are a
hundred questions in seven languages of which `renamed.tsv` swaps one place, person, year or number
for another, a third of them for one that the collection tells other things of, and those of
`elsewhere.tsv` in eleven languages, about telephones and planets, of which it tells nothing.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import regex

from eval.cases.case import Case, read_cases
from eval.running.evaluate import CASES, DEMO, read_articles
from index import Library
from index.encoder import load_bundled
from rag.answer import Answer
from rag.assistant import Assistant
from rag.reading.reading import likely_names

# Cities far from all that the demo collection tells of.
_SWAPS = Path(__file__).with_suffix(".tsv")
_ELSEWHERE = Path(__file__).with_name("elsewhere.tsv")
_STRANGERS = ("Zagreb", "Lisbon", "Oslo", "Kyoto", "Quito", "Dublin")


@dataclass(frozen=True, slots=True)
class Renamed:
    """A question, the same of a stranger, and the half of its case."""

    half: str
    question: str
    renamed: str


def renamed(question: str, stranger: str) -> str | None:
    """Return a question with its first name replaced, `None` if it has none.

    >>> renamed("Where was Hajji Abdullah seen?", "Oslo")
    'Where was Oslo seen?'
    >>> renamed("How many families left?", "Oslo")
    """
    names = likely_names(question, "en")
    if not names:
        return None
    word = "|".join(map(regex.escape, names))
    return regex.sub(rf"\b(?:{word})(?:[ -](?:{word}))*\b", stranger, question, count=1)


def questions() -> Iterator[Renamed]:
    """Yield the questions of Dalil's own cases that can be asked of a stranger."""
    for place, case in enumerate(read_cases(CASES)):
        if case.answerable and case.language == "en" and not case.history:
            other = renamed(case.question, _STRANGERS[place % len(_STRANGERS)])
            if other is not None:
                yield Renamed(case.half, case.question, other)


@dataclass(frozen=True, slots=True)
class Swapped:
    """A question with one thing swapped: its language, and what kind of thing that is."""

    language: str
    kind: str
    question: str


def swapped() -> list[Swapped]:
    """Return the cases' questions with what `renamed.tsv` swaps in them."""
    cases = {case.id: case for case in read_cases(CASES)}
    with _SWAPS.open(encoding="utf-8", newline="") as rows:
        return [
            Swapped(case.language, row["kind"], case.question.replace(row["from"], row["to"]))
            for row in csv.DictReader(rows, delimiter="\t")
            for case in [cases[row["case"]]]
        ]


def elsewhere() -> list[Case]:
    """Return the questions of `elsewhere.tsv`, in the two halves of cases."""
    with _ELSEWHERE.open(encoding="utf-8", newline="") as rows:
        return [
            Case(id=question, question=question, language=language, answerable=False)
            for language, question in list(csv.reader(rows, delimiter="\t"))[1:]
        ]


def answered(assistant: Assistant, asked: Iterable[Swapped]) -> list[tuple[Swapped, Answer]]:
    """Return the questions that an assistant answers, with what it says."""
    told = [(each, assistant.ask(each.question)) for each in asked]
    return [(each, answer) for each, answer in told if answer.citations]


def main() -> None:
    """Ask, and print how many of each half are answered as they are and renamed."""
    with (
        tempfile.TemporaryDirectory() as home,
        closing(Library.open(home, load_bundled(), create=True)) as library,
    ):
        library.add(read_articles(DEMO))
        assistant = Assistant(library, saves=False)
        asked = [
            (each.half, *(assistant.ask(q).citations for q in (each.question, each.renamed)))
            for each in questions()
        ]
        swaps = swapped()
        false = answered(assistant, swaps)
        strange = [(each.half, assistant.ask(each.question)) for each in elsewhere()]
    for half in ("fit", "report"):
        rows = [(as_it_is, other) for of, as_it_is, other in asked if of == half]
        known, unknown = (sum(map(bool, column)) for column in zip(*rows, strict=True))
        sys.stdout.write(
            f"{half}: {len(rows)} questions, {known} answered; of a stranger {unknown}\n"
        )
        told = [answer for of, answer in strange if of == half]
        said = sum(bool(answer.citations) for answer in told)
        pointed = sum(bool(answer.possible) for answer in told)
        sys.stdout.write(f"  elsewhere: {len(told)}, {said} answered, {pointed} pointed to\n")
    sys.stdout.write(f"swapped: {len(swaps)} questions, {len(false)} answered\n")
    for each, answer in false:
        sys.stdout.write(
            f"  {each.language} {each.kind} {answer.confidence:.2f} {each.question}\n"
            f"    {answer.citations[0].quote}\n"
        )


if __name__ == "__main__":
    main()
