"""Cases from what readers said of saved answers; who they are stays in the library."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from corpus.errors import PurgedError
from corpus.text.language import detect
from eval.cases.case import Case, Evidence
from eval.judging.overlap import plain
from index import Library
from index.store.answers import Feedback
from rag.answer import Citation
from rag.citing.saved import SavedAnswer, questions_of, saved_answer

_TAG = "feedback"
_FACT = "answer"


def feedback_cases(library: Library) -> list[Case]:
    """Return a case for every saved answer that a reader judged, the oldest answer first.

    What helped is answerable, or unanswerable if it was an abstention.  Its citations are one
    fact: the reader said that the answer helped, not that all of it was needed.  Quotes are looked
    for in the newest version of their articles; `note` says which are gone, and without any left
    the case is unjudged.  What did not help is unjudged too, with the reader's words and the
    answer in `note`, for a person to say what would have been right.
    """
    with library.reading():
        present = {article.id for article in library.articles()}
        return [_case(library, present, *key) for key in library.feedback.rated()]


def _case(library: Library, present: set[str], answer_id: str, owner: str) -> Case:
    *history, question = questions_of(library, answer_id, owner)
    said = library.feedback.of(answer_id)
    notes = [f"Reader: {said.note.strip()}"] if said and said.note.strip() else []
    answerable: bool | None = None
    evidence: tuple[Evidence, ...] = ()
    try:
        saved = saved_answer(library, answer_id, owner)
    except PurgedError:
        notes.append("The answer cites an article that has been removed for good.")
    else:
        answerable, evidence, more = _judged(library, present, saved, said)
        notes.extend(more)
    return Case(
        id=f"{_TAG}-{answer_id}",
        question=question,
        language=detect(question),
        answerable=answerable,
        history=tuple(history),
        evidence=evidence,
        tags=(_TAG,),
        note="\n".join(notes) or None,
    )


def _judged(
    library: Library, present: set[str], saved: SavedAnswer, said: Feedback | None
) -> tuple[bool | None, tuple[Evidence, ...], Sequence[str]]:
    """Return what a reader's judgement makes `answerable`, the evidence, and what to note."""
    answer = saved.answer
    if said is None or not said.helpful:
        return None, (), [f"Not helpful; {answer.status}: {plain(answer.text)}"]
    if answer.status == "abstained":
        return False, (), []
    found = [(c, _evidence(library, present, c)) for c in answer.citations]
    gone = [f"Gone from {c.article.id}: {c.quote}" for c, evidence in found if not evidence]
    kept = [evidence for _, evidence in found if evidence]
    fact = _FACT if len(kept) > 1 else None
    evidence = tuple(replace(each, fact=fact) for each in kept)
    return (True if evidence else None), evidence, gone


def _evidence(library: Library, present: set[str], citation: Citation) -> Evidence | None:
    """Return a quote where it stands in its article's newest text, `None` if it is gone."""
    article_id, quote = citation.article.id, citation.quote
    if article_id not in present or not quote:
        return None
    text = library.article(article_id).text
    starts = [place for place in range(len(text)) if text.startswith(quote, place)]
    if not starts:
        return None
    # A start only where it is needed: without one the case outlives more changes of the text.
    nearest = min(starts, key=lambda start: abs(start - citation.start))
    start = nearest if len(starts) > 1 else None
    return Evidence(article=article_id, quote=quote, start=start)
