"""What comes of a question: hits, citations, the answer that carries them, and its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Literal

import regex

from corpus.article import Article, Passage

Json = dict[str, Any]
# What an answer is made for: a fact, a list, figures or days that articles on one event give
# otherwise, a yes or no, a reason, an overview, or the library itself, which cites nothing.
Kind = Literal["fact", "list", "disagreement", "yes_no", "reason", "overview", "about"]
_MARKER = r"(\[\d+\])"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found (it need not answer), its score, and other articles with the same report."""

    passage: Passage
    article: Article
    score: float
    also: Sequence[Article] = ()

    def as_json(self) -> Json:
        """Return the contract's shape of a hit."""
        passage, article = self.passage, self.article
        return {
            "passage_id": f"{article.id}@{article.version}:{passage.start}-{passage.end}",
            **_placed(article, passage.start, passage.end),
            "text": passage.text,
            "score": round(self.score, 6),
            "also": [_where(article) for article in self.also],
        }


@dataclass(frozen=True, slots=True)
class Match:
    """Words of the question that met words of the quote, and how well (0 to 1)."""

    question: str
    quote: str
    score: float

    def as_json(self) -> Json:
        """Return the contract's shape of a match."""
        return {"question": self.question, "quote": self.quote, "score": round(self.score, 3)}


@dataclass(frozen=True, slots=True)
class Citation:
    """A pointer into one article version; the quote is read from the stored text.

    `n` is the number that stands in the answer's text as `[n]`.  `supports` holds the half-open
    spans of the answer's text that a model put it to; extractive answers need none.  `focus` is
    the span of the words in the quote that answer, in the article's text, `None` if unknown.
    `also` are articles with nearly the same text, or in which the same sentence stands.
    """

    n: int
    article: Article
    start: int
    end: int
    matches: Sequence[Match] = ()
    supports: Sequence[tuple[int, int]] = ()
    focus: tuple[int, int] | None = None
    also: Sequence[Article] = ()

    @property
    def quote(self) -> str:
        """The cited words, exactly as the article has them."""
        return self.article.text[self.start : self.end]

    @property
    def span(self) -> Passage:
        """The pointer as a passage of its own."""
        return Passage(self.article.id, self.article.version, self.start, self.end, self.quote)

    def as_json(self) -> Json:
        """Return the contract's shape of a citation."""
        focus_start, focus_end = self.focus or (None, None)
        return {
            "n": self.n,
            **_placed(self.article, self.start, self.end),
            "focus_start": focus_start,
            "focus_end": focus_end,
            "quote": self.quote,
            "matches": [match.as_json() for match in self.matches],
            "supports": [{"start": start, "end": end} for start, end in self.supports],
            "also": [_where(article) for article in self.also],
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that a model wrote: the half-open span of the answer's text without markers.

    `citations` are the numbers put to it.  It is `supported` if it has any and every number, date
    and name in it stands in the sentences cited; `missing` holds those that don't, as written.
    """

    start: int
    end: int
    citations: Sequence[int]
    supported: bool
    missing: Sequence[str] = ()

    def as_json(self) -> Json:
        """Return the contract's shape of a statement."""
        return {
            "start": self.start,
            "end": self.end,
            "citations": list(self.citations),
            "supported": self.supported,
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class Preference:
    """What the words at `question[start:end]` make Dalil look at first; they rule nothing out.

    `value` is an outlet, or the day of publication (ISO) from or up to which articles are first.
    """

    kind: Literal["since", "until", "outlet"]
    value: str
    start: int
    end: int

    def as_json(self) -> Json:
        """Return the contract's shape of a preference."""
        return {"kind": self.kind, "value": self.value, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Considered:
    """A sentence that competed to be cited, with its ranking score and what that is made of."""

    article: Article
    start: int
    end: int
    score: float
    features: Mapping[str, float]

    def as_json(self) -> Json:
        """Return the contract's shape of a sentence that `dalil ask --explain` shows."""
        return {
            **_placed(self.article, self.start, self.end),
            "quote": self.article.text[self.start : self.end],
            "score": round(self.score, 3),
            "features": {name: round(value, 3) for name, value in self.features.items()},
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The one answer object that every surface shows.

    `status` is "abstained" when the articles do not say, or not surely; then `citations` is empty
    and `related` holds the nearest passages, which are no evidence.  `possible` is then the
    sentence that may answer, pointed to and not claimed, if there is any such.  `confidence` lies
    between 0 and 1.  `unmet` are names, numbers and dates of the question that the article nearest
    to an answer does not mention.
    `statements` are those of an answer that a model wrote, none of an extractive one.  `considered`
    are the sentences that came nearest to being cited, best first; they are not saved.  `kind` is
    what the answer is made for, and `lead` its first line where Dalil says in the question's
    language what the quotes come to.  `preferences` are what the question's own dates and outlets
    made Dalil look at first; `outside` counts the articles that answer outside the filters, of an
    abstention; `unanswered` are parts of a question of which others are answered.
    """

    question: str
    status: Literal["answered", "abstained"]
    text: str
    confidence: float
    citations: Sequence[Citation] = ()
    related: Sequence[Hit] = ()
    notice: str | None = None
    answer_id: str | None = None
    mode: Literal["extractive", "llm"] = "extractive"
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    statements: Sequence[Statement] = ()
    considered: Sequence[Considered] = ()
    possible: Sequence[Citation] = ()
    unmet: Sequence[str] = ()
    kind: Kind = "fact"
    lead: str | None = None
    preferences: Sequence[Preference] = ()
    outside: int | None = None
    unanswered: Sequence[str] = ()

    def as_json(self) -> Json:
        """Return the contract's shape of an answer."""
        return {
            "question": self.question,
            "status": self.status,
            "mode": self.mode,
            "kind": self.kind,
            "lead": self.lead,
            "text": self.text,
            "confidence": round(self.confidence, 3),
            "citations": [citation.as_json() for citation in self.citations],
            "related": [hit.as_json() for hit in self.related],
            "possible": [citation.as_json() for citation in self.possible],
            "unmet": list(self.unmet),
            "unanswered": list(self.unanswered),
            "preferences": [preference.as_json() for preference in self.preferences],
            "outside": None if self.outside is None else {"articles": self.outside},
            "notice": self.notice,
            "answer_id": self.answer_id,
            "timings_ms": {name: round(value, 1) for name, value in self.timings_ms.items()},
            "statements": [statement.as_json() for statement in self.statements],
        }


def _placed(article: Article, start: int, end: int) -> Json:
    page = article.page_at(start) if article.pages else None
    return {**_where(article), "start": start, "end": end, "page": page}


def _where(article: Article) -> Json:
    return {
        "article_id": article.id,
        "version": article.version,
        "title": article.title,
        "outlet": article.outlet,
        "source": article.source,
        "url": article.url,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
    }


@dataclass(frozen=True, slots=True)
class Event:
    """One step of an answer: `text` of a status or token, else the citation or the answer.

    "restart" takes back all text and citations so far: the answer begins anew.
    """

    kind: Literal["status", "token", "citation", "restart", "done"]
    text: str = ""
    citation: Citation | None = None
    answer: Answer | None = None

    def as_json(self) -> Json:
        """Return what a client gets with the event of this kind."""
        if self.citation is not None:
            return self.citation.as_json()
        if self.answer is not None:
            return self.answer.as_json()
        return {"text": self.text}


def tell(answer: Answer) -> Iterator[Event]:
    """Yield the events of a finished answer: its text in pieces, each citation at its marker.

    >>> answer = Answer("?", "abstained", "The articles do not say.", 0.1)
    >>> [event.kind for event in tell(answer)]
    ['token', 'done']
    """
    citations = {f"[{citation.n}]": citation for citation in answer.citations}
    # "[2]" within a sentence of an article is a part of it.
    quotes = "|".join(regex.escape(citation.quote) for citation in answer.citations) or "(?!)"
    for piece in filter(None, regex.split(f"(?:{quotes})(*SKIP)(*FAIL)|{_MARKER}", answer.text)):
        yield Event("token", piece)
        # A marker that is repeated has been shown already.
        if citation := citations.pop(piece, None):
            yield Event("citation", citation=citation)
    yield Event("done", answer=answer)


class Watch:
    """Times in milliseconds by name: of what was just done, and since the beginning."""

    def __init__(self) -> None:
        self._began = self._last = perf_counter()
        self._milliseconds: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Note how long it took since the last lap."""
        now = perf_counter()
        self._milliseconds[name] = 1000 * (now - self._last)
        self._last = now

    def note(self, name: str) -> None:
        """Note the time since the beginning, unless it was noted before."""
        self._milliseconds.setdefault(name, 1000 * (perf_counter() - self._began))

    def done(self) -> dict[str, float]:
        """Return all times, with the "total" until now."""
        self.note("total")
        return self._milliseconds
