"""Files in SQuAD's format, plain or gzipped, and the retrieval questions they make.

Questions come from one file and passages from another, joined by question id, so that files which
hold the same questions in several languages (XQuAD, MLQA) measure search across languages.
XQuAD-R's `sentences` and `sentence_breaks` are used where a paragraph has them.
Source of the format: Rajpurkar et al. 2016, "SQuAD".
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from corpus.errors import DalilError
from corpus.text.sentences import sentence_spans

Unit = Literal["paragraph", "sentence"]

_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Gold:
    """An accepted answer and where the file says that it starts, `None` if it doesn't."""

    text: str
    start: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers; `impossible` is SQuAD 2's mark for one without any."""

    id: str
    text: str
    answers: Sequence[Gold] = ()
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with the questions on it.

    `article` is the number of its article in the file, from 0, and `title` that article's.
    `sentences` and `spans` are as the file gives them, `None` if it doesn't; spans are half-open
    and count code points of `text`.
    """

    text: str
    questions: Sequence[Question]
    article: int = 0
    title: str | None = None
    sentences: Sequence[str] | None = None
    spans: Sequence[tuple[int, int]] | None = None

    def split(self) -> tuple[Sequence[str], Sequence[tuple[int, int]]]:
        """Return its sentences and their spans: the file's own, else our splitter's."""
        if self.sentences is not None and self.spans is not None:
            return self.sentences, self.spans
        spans = [(start, end) for start, end in sentence_spans(self.text)]
        return [self.text[start:end] for start, end in spans], spans


@dataclass(frozen=True, slots=True)
class RetrievalTask:
    """Questions, and the texts to find the right one among.

    `right` int64 (q,) is the number of each question's text; `paragraphs` int64 (n,) says which
    texts stand in one paragraph.
    """

    questions: Sequence[str]
    texts: Sequence[str]
    right: NDArray[np.int64]
    paragraphs: NDArray[np.int64]


def read_task(questions: Path, passages: Path, unit: Unit) -> RetrievalTask:
    """Join two files: the questions of one, the paragraphs or sentences of the other.

    The right text is the paragraph that holds the question's id in `passages`, or the sentence in
    which its first answer starts there.  Raises `DalilError` if a file cannot be read or is not
    SQuAD, if a question's id is missing from `passages`, or if it has no answer in a sentence.
    """
    asked = {q.id: q.text for paragraph in read_squad(questions) for q in paragraph.questions}
    if not asked:
        raise DalilError(f"{questions} holds no question; give a SQuAD file with questions.")
    texts: list[str] = []
    numbers: list[int] = []
    places: dict[str, int] = {}
    for number, paragraph in enumerate(read_squad(passages)):
        units, found = _units(paragraph, unit, asked, passages)
        places.update({key: len(texts) + place for key, place in found.items()})
        texts.extend(units)
        numbers.extend([number] * len(units))
    missing = [key for key in asked if key not in places]
    if missing:
        raise DalilError(
            f"{passages} lacks {len(missing)} of the {len(asked)} question ids of {questions}, "
            f"such as {missing[0]!r}; give two files of the same questions."
        )
    right = np.array([places[key] for key in asked], np.int64)
    return RetrievalTask(list(asked.values()), texts, right, np.array(numbers, np.int64))


def _units(
    paragraph: Paragraph, unit: Unit, asked: Mapping[str, str], path: Path
) -> tuple[Sequence[str], dict[str, int]]:
    """Return the texts of a paragraph, and by question id which of them is right."""
    questions = [question for question in paragraph.questions if question.id in asked]
    if unit == "paragraph":
        return [paragraph.text], {question.id: 0 for question in questions}
    sentences, spans = paragraph.split()
    return sentences, {q.id: _sentence_of(q, spans, path) for q in questions}


def _sentence_of(question: Question, spans: Sequence[tuple[int, int]], path: Path) -> int:
    first = question.answers[0].start if question.answers else None
    start = -1 if first is None else first
    # White space between two sentences belongs to neither; an answer that starts there means
    # the one after it.
    inside = [place for place, (_, end) in enumerate(spans) if 0 <= start < end]
    if not inside:
        raise DalilError(
            f"{path}: the first answer of question {question.id!r} starts in no sentence; mend "
            "its answer_start, or measure with --unit paragraph."
        )
    return inside[0]


def read_squad(path: Path, *, impossible: bool = False) -> list[Paragraph]:
    """Read the paragraphs of a file, in order; raise `DalilError` if it is not SQuAD's format.

    Questions that SQuAD 2 marks as impossible are left out unless asked for: no passage is the
    right one for them.
    """
    try:
        found = [
            _paragraph(record, number, article.get("title"), impossible)
            for number, article in enumerate(_load(path)["data"])
            for record in article["paragraphs"]
        ]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        detail = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise DalilError(
            f"{path} is not in SQuAD's format ({detail}); it needs data, paragraphs, context, "
            "and qas with id and question."
        ) from error
    ids = sorted(question.id for paragraph in found for question in paragraph.questions)
    twice = next((first for first, second in pairwise(ids) if first == second), None)
    if twice is not None:
        raise DalilError(f"{path} holds the question id {twice!r} twice; make its ids unique.")
    return found


def _load(path: Path) -> Any:  # noqa: ANN401 - SQuAD's nesting, read only here
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
        return json.loads(content.decode("utf-8-sig"))
    except (OSError, EOFError, zlib.error) as error:
        raise DalilError(
            f"{path} cannot be read ({getattr(error, 'strerror', None) or error}); give a SQuAD "
            "file, plain or gzipped."
        ) from error
    except (ValueError, RecursionError) as error:
        raise DalilError(f"{path} is not JSON in UTF-8 ({error}); give a SQuAD file.") from error


def _paragraph(
    record: Any,  # noqa: ANN401 - as above
    article: int,
    title: object,
    impossible: bool,
) -> Paragraph:
    text = _string(record["context"])
    questions = [_question(qa) for qa in record["qas"] if impossible or not qa.get("is_impossible")]
    named = None if title is None else _string(title)
    if "sentence_breaks" not in record or "sentences" not in record:
        return Paragraph(text, questions, article, named)
    sentences = [_string(sentence) for sentence in record["sentences"]]
    spans = [(int(start), int(end)) for start, end in record["sentence_breaks"]]
    if len(sentences) != len(spans):
        raise ValueError(f"{len(sentences)} sentences with {len(spans)} sentence_breaks")
    return Paragraph(text, questions, article, named, sentences, spans)


def _question(qa: Any) -> Question:  # noqa: ANN401 - as above
    impossible = bool(qa.get("is_impossible"))
    # What SQuAD 2 calls plausible is wrong, and an impossible question has nothing else.
    answers = [] if impossible else [_gold(answer) for answer in qa.get("answers") or []]
    return Question(str(qa["id"]), _string(qa["question"]), answers, impossible)


def _gold(answer: Any) -> Gold:  # noqa: ANN401 - as above
    start = answer.get("answer_start")
    return Gold(_string(answer.get("text", "")), None if start is None else int(start))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text was expected, not {type(value).__name__}")
    return value
