"""The questions themselves: what is asked, of which document, and which of its sentences answer."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.training.questions.documents import Document

_QUESTIONS = Path(__file__).with_name("questions.jsonl.gz")
Swapped = Literal["person", "place", "number", "year", "role", "other"]


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question in `language` about `document`, whose versions are all of the same sentences.

    `evidence` are the places of the sentences that answer, none where the document does not;
    `answers` the words in them, by the language of the version; `also` are sentences that whoever
    checked the question took besides.  Of an unanswerable question `near` are the sentences that a
    careless reader would take, and `swapped` what it has otherwise than an answerable one.  `kind`
    says what is asked for, `style` how.
    """

    id: str
    document: str
    language: str
    question: str
    kind: str
    style: str
    evidence: Sequence[int]
    answers: Mapping[str, Sequence[str]]
    also: Sequence[int]
    near: Sequence[int]
    swapped: Swapped | None

    @property
    def answerable(self) -> bool:
        """Whether the document answers."""
        return bool(self.evidence)


def read_questions(path: Path = _QUESTIONS) -> list[WrittenQuestion]:
    """Return all questions, in the order of the file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [WrittenQuestion(**json.loads(line)) for line in file]


def answer_spans(
    question: WrittenQuestion, document: Document, language: str
) -> list[tuple[int, int]]:
    """Return where the answering words stand in a version's text, half-open, none if unknown.

    A word is taken where it first stands in a sentence of the evidence.
    """
    if language not in question.answers:
        return []
    spans, sentences = document.spans(language), document.versions[language]
    found = []
    for words in question.answers[language]:
        for place in question.evidence:
            at = sentences[place].find(words)
            if at >= 0:
                start = spans[place][0] + at
                found.append((start, start + len(words)))
                break
    return found


def faults(question: WrittenQuestion, document: Document) -> Iterator[str]:
    """Yield what is wrong with a question beside its document, nothing for a sound one."""
    places = [*question.evidence, *question.also, *question.near]
    if not all(0 <= place < len(document) for place in places):
        yield f"{question.id} points to sentences that {document.name} does not have"
        return
    if bool(question.evidence) == bool(question.near):
        yield f"{question.id} has both evidence and near sentences, or neither"
    for language, answers in question.answers.items():
        if len(answer_spans(question, document, language)) < len(answers):
            yield f"{question.id} has {language} answers that stand in no sentence of its evidence"
