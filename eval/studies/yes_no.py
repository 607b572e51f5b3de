"""How often "No:" is said before an answer, and rightly: `python -m eval.studies.yes_no`.

The cases with the tag yes/no are asked of the demo collection.  `yes_no.tsv` has questions of our
own beside one sentence each, read by the bundled reader alone: after half of them "No:" is right
("no"), since the sentence says the opposite; after the others nothing may be said ("none"), since
it says the opposite of something else, of another time, or twice.  The rules were made with those
of the half "fit"; those of "report" were written afterwards, and no rule was made with them.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus.article import Article, Passage
from corpus.text.words import fold
from eval.cases.case import Case, read_cases
from eval.running.evaluate import CASES, DEMO, read_articles
from index import Library, WordTable
from index.encoder import load_bundled
from rag.answer import Answer, Hit
from rag.assistant import Assistant
from rag.choice.evidence import Sentence
from rag.citing.cite import answer_of, cite
from rag.reader import BUNDLED, Excerpt
from rag.reading import read

_PAIRS = Path(__file__).with_suffix(".tsv")
_NO = frozenset(map(fold, ["no", "لا", "nein", "non", "hayır", "نەخێر", "нет", "نه", "na"]))
_YES = frozenset(map(fold, ["yes", "نعم", "ja", "oui", "evet", "بەڵێ", "да", "بله", "erê"]))


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a sentence in `language`; `denied` where "No:" is right."""

    half: str
    denied: bool
    language: str
    question: str
    sentence: str


def pairs() -> list[Pair]:
    """Return the pairs of `yes_no.tsv`."""
    with _PAIRS.open(encoding="utf-8", newline="") as rows:
        return [
            Pair(
                row["half"], row["said"] == "no", row["language"], row["question"], row["sentence"]
            )
            for row in csv.DictReader(rows, delimiter="\t")
        ]


def answered(pair: Pair, table: WordTable) -> Answer:
    """Return the answer that the sentence of a pair makes, whatever speaks for it."""
    text = pair.sentence
    article = Article("a", text, language=pair.language)
    (found,) = BUNDLED.read(pair.question, [Excerpt(text, [(0, len(text))])])
    hit = Hit(Passage("a", 1, 0, len(text), text), article, 1.0)
    reading = read(pair.question, table)
    sentences = [Sentence(article, 0, len(text), hit, found.words[0])]
    return answer_of(pair.question, reading, cite(sentences, reading, table), 1.0)


def verdict(answer: Answer, *, denied: bool) -> str:
    """Return what became of the first line: "right", "wrong", "absent", or rightly "silent"."""
    if answer.lead:
        return "right" if denied else "wrong"
    return "absent" if denied else "silent"


def verdict_of(case: Case, answer: Answer) -> str:
    """Return the same of a case; "refused" where nothing is answered.

    Where articles disagree either answer is right.
    """
    if not answer.citations:
        return "refused"
    said = {fold(short) for short in case.answers}
    no, yes = bool(said & _NO), bool(said & _YES)
    return "silent" if no and yes and not answer.lead else verdict(answer, denied=no)


def asked() -> Iterator[tuple[Case, Answer]]:
    """Yield the cases with the tag yes/no, with what Dalil answers."""
    with (
        tempfile.TemporaryDirectory() as home,
        closing(Library.open(home, load_bundled(), create=True)) as library,
    ):
        library.add(read_articles(DEMO))
        assistant = Assistant(library, saves=False)
        for case in read_cases(CASES):
            if "yes/no" in case.tags:
                yield case, assistant.ask(case.question, case.history)


def main() -> None:
    """Ask, and print the counts, then each lead that is wrong or absent."""
    of_cases = [(verdict_of(case, answer), case.question, answer) for case, answer in asked()]
    table = load_bundled()
    halves: dict[str, list[tuple[str, str, Answer]]] = {"fit": [], "report": []}
    for pair in pairs():
        answer = answered(pair, table)
        halves[pair.half].append((verdict(answer, denied=pair.denied), pair.question, answer))
    for name, told in (("cases", of_cases), *halves.items()):
        counts = Counter(said for said, *_ in told)
        kinds = ("right", "wrong", "absent", "silent", "refused")
        shown = ", ".join(f"{counts[kind]} {kind}" for kind in kinds)
        sys.stdout.write(f"{name}: {len(told)} questions: {shown}\n")
        for said, question, answer in told:
            if said in ("wrong", "absent"):
                sys.stdout.write(f"  {said}: {question}\n    {answer.citations[0].quote}\n")


if __name__ == "__main__":
    main()
