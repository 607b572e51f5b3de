"""Questions beside their own passages, from SQuAD files: what reading is measured on.

Nothing is searched for: each question comes with the passage that is known to answer it, or, in
SQuAD 2, that is known not to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import DalilError
from corpus.text.language import detect
from eval.retrieval.squad import Paragraph, Question, read_squad


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """A question and a passage in `language` (ISO 639), with the passage's sentences.

    `spans` are half-open and count code points of `passage`; `answers` are the accepted words, none
    where the passage does not answer, and `right` the places of the sentences in which one begins.
    """

    question: str
    passage: str
    language: str
    spans: Sequence[tuple[int, int]]
    answers: Sequence[str]
    right: frozenset[int]

    @property
    def answerable(self) -> bool:
        """Whether the passage answers."""
        return bool(self.answers)


def read_tasks(questions: Path, passages: Path) -> list[ReadingTask]:
    """Join the questions of one file with the passages that hold their ids in the other.

    The two files may be one.  Raises `DalilError` if a file cannot be read or is not SQuAD, if a
    question's id is missing from `passages`, or if an answer there starts in no sentence.
    """
    asked = {
        question.id: question.text
        for paragraph in read_squad(questions, impossible=True)
        for question in paragraph.questions
    }
    if not asked:
        raise DalilError(f"{questions} holds no question; give a SQuAD file with questions.")
    found = {
        question.id: (paragraph, question)
        for paragraph in read_squad(passages, impossible=True)
        for question in paragraph.questions
    }
    missing = [key for key in asked if key not in found]
    if missing:
        raise DalilError(
            f"{passages} lacks {len(missing)} of the {len(asked)} question ids of {questions}, "
            f"such as {missing[0]!r}; give two files of the same questions."
        )
    languages = {id(paragraph): detect(paragraph.text) for paragraph, _ in found.values()}
    return [
        _task(text, *found[key], languages[id(found[key][0])], passages)
        for key, text in asked.items()
    ]


def _task(
    text: str, paragraph: Paragraph, question: Question, language: str, path: Path
) -> ReadingTask:
    _, spans = paragraph.split()
    right = frozenset(_places(question, spans, path))
    answers = list(dict.fromkeys(answer.text for answer in question.answers))
    if not (answers or question.impossible):
        raise DalilError(
            f"{path}: question {question.id!r} has no answer and is not marked as impossible; "
            "add one, or its is_impossible."
        )
    return ReadingTask(text, paragraph.text, language, spans, answers, right)


def _places(question: Question, spans: Sequence[tuple[int, int]], path: Path) -> Iterator[int]:
    for answer in question.answers:
        # White space between two sentences belongs to neither, and means the one after it.
        start = -1 if answer.start is None else answer.start
        inside = [place for place, (_, end) in enumerate(spans) if 0 <= start < end]
        if not inside:
            raise DalilError(
                f"{path}: an answer of question {question.id!r} starts in no sentence; mend its "
                "answer_start."
            )
        yield inside[0]
