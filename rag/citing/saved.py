"""Saved answers: kept as pointers, and shown with what the library holds under them.

A saved body holds no quote.  Citations and related passages are read from the stored versions
whenever the answer is shown, so they can neither drift from the text nor outlive a purge.  What a
language model wrote is no article's text and is kept as it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.article import Article, Passage
from corpus.errors import MissingError, PurgedError
from index import Library
from index.library import Feedback
from rag.answer import Answer, Citation, Hit, Json, Match, Preference, Statement
from rag.citing.cite import compose, is_quotes
from rag.citing.refusal import refusal


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """An answer as it was given; `history` holds the questions before it, oldest first.

    `created_at` is an ISO time in UTC, `feedback` what a reader said of it last.
    """

    answer: Answer
    history: Sequence[str]
    created_at: str
    feedback: Feedback | None

    def as_json(self) -> Json:
        """Return the contract's shape of an answer with what is known of it besides."""
        said = self.feedback
        return {
            **self.answer.as_json(),
            "history": list(self.history),
            "created_at": self.created_at,
            "feedback": said
            and {"helpful": said.helpful, "note": said.note, "created_at": said.created_at},
        }


def questions_of(library: Library, answer_id: str, owner: str = "") -> list[str]:
    """Return the questions up to and with a saved answer's of `owner`; raise `MissingError`."""
    fields, _ = _read(library, answer_id, owner)
    return [*fields["history"], fields["question"]]


def saved_answer(library: Library, answer_id: str, owner: str = "") -> SavedAnswer:
    """Return a saved answer, its quotes read from the versions it cites.

    Raises `MissingError` for an unknown id or another's answer, `PurgedError` when a cited version
    is gone for good.  Related and possible passages that are gone are left out: they were no
    evidence.
    """
    with library.reading():
        fields, created_at = _read(library, answer_id, owner)
        citations = [_citation(library, pointer) for pointer in fields["citations"]]
        related = [_hit(library, pointer) for pointer in fields["related"]]
        # Answers saved by older versions point to nothing that may answer.
        possible = [
            _citation(library, pointer)
            for pointer in fields.get("possible", ())
            if _article(library, pointer)
        ]
        feedback = library.feedback.of(answer_id)
    answer = Answer(
        fields["question"],
        fields["status"],
        fields.get("text", ""),
        fields["confidence"],
        tuple(citations),
        tuple(hit for hit in related if hit),
        fields["notice"],
        answer_id,
        fields["mode"],
        fields["timings_ms"],
        # Answers saved by older versions have none.
        tuple(_statement(each) for each in fields.get("statements", ())),
        possible=tuple(possible),
        unmet=tuple(fields.get("unmet", ())),
        kind=fields.get("kind", "fact"),
        lead=fields.get("lead"),
        preferences=tuple(Preference(**each) for each in fields.get("preferences", ())),
        outside=(fields.get("outside") or {}).get("articles"),
        unanswered=tuple(fields.get("unanswered", ())),
    )
    if is_quotes(answer):
        text = compose(
            answer.question, citations, answer.lead, answer.kind, unanswered=answer.unanswered
        )
        answer = replace(answer, text=text)
    elif fields.get("possible"):
        # What might have answered may be gone, and the text with it.
        text = refusal(answer.question, possible, answer.unmet, answer.outside)
        answer = replace(answer, text=text)
    return SavedAnswer(answer, fields["history"], created_at, feedback)


def _read(library: Library, answer_id: str, owner: str) -> tuple[Json, str]:
    stored = library.answer(answer_id, owner)
    if stored is None:
        raise MissingError(f"There is no saved answer {answer_id!r} in the library.")
    fields: Json = json.loads(stored.body)
    return fields, stored.created_at


def _citation(library: Library, pointer: Json) -> Citation:
    article = _article(library, pointer)
    if article is None:
        raise PurgedError(
            f"The answer cites the article {pointer['article_id']!r}, which has been removed for "
            "good. Ask the question again."
        )
    matches = tuple(Match(m["question"], m["quote"], m["score"]) for m in pointer["matches"])
    supports = tuple((span["start"], span["end"]) for span in pointer.get("supports", ()))
    span = pointer["start"], pointer["end"]
    # Answers saved by older versions name no words that answer.
    start, end = pointer.get("focus_start"), pointer.get("focus_end")
    focus = None if start is None or end is None else (start, end)
    others = (_article(library, other) for other in pointer.get("also", ()))
    also = tuple(other for other in others if other)
    return Citation(pointer["n"], article, *span, matches, supports, focus, also)


def _statement(fields: Json) -> Statement:
    return Statement(
        fields["start"],
        fields["end"],
        tuple(fields["citations"]),
        fields["supported"],
        tuple(fields["missing"]),
    )


def _hit(library: Library, pointer: Json) -> Hit | None:
    article = _article(library, pointer)
    if article is None:
        return None
    start, end = pointer["start"], pointer["end"]
    passage = Passage(article.id, article.version, start, end, article.text[start:end])
    return Hit(passage, article, pointer["score"])


def _article(library: Library, pointer: Json) -> Article | None:
    try:
        return library.article(pointer["article_id"], pointer["version"])
    except MissingError:
        return None
