"""Small talk and questions about the library itself, each answered with one honest sentence.

What is said is made of figures of the library and of words of `about.toml`: nothing of the world.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index import Filters
from index.engine import NOT_FOUND
from index.library import Overview
from rag.about.asked import Asked, asked
from rag.about.wording import Wording, wording
from rag.answer import Answer
from rag.reading import read

if TYPE_CHECKING:
    from index import Library
    from index.engine import Candidate
    from rag.search.rank import Ranker

# So many passages of each leg are looked at for those that mention something.
_DEPTH = 500
# A name in another script meets by its consonants at .9; within one, words must be the same.
_SAME, _OTHER_SCRIPT = 0.999, 0.899
_TITLES = 3
_NEAREST = 12
_NOTHING = Overview(0, 0, None, None, (), ())


@dataclass(frozen=True, slots=True)
class _Mentions:
    """The articles that mention something; `all` is untrue if there may be more of them."""

    overview: Overview
    titles: Sequence[str]
    all: bool


def about(
    question: str,
    library: Library | None,
    ranker: Ranker | None = None,
    filters: Filters | None = None,
) -> Answer | None:
    """Answer a greeting, thanks or a question about the library; `None` for any other question.

    Figures are those of the articles that `filters` let through; `library` is `None` where there is
    none yet.  The answer's first line is its `lead`; what it says of titles stands below that.
    """
    found = asked(question)
    if found is None:
        return None
    said = wording(found.language)
    allowed = filters or Filters()
    mentions = None
    if found.topic:
        if library is not None and ranker is not None:
            mentions = _mentions(found.topic, library, ranker, allowed)
        lead = _of_topic(found.topic, mentions, said)
    else:
        overview = library.catalogue.overview(allowed) if library is not None else _NOTHING
        lead = _of_library(found, overview, said)
    text = lead
    if mentions and mentions.titles:
        text += "\n" + said.say("titles", titles=said.listed(map(said.quoted, mentions.titles)))
    return Answer(question, "answered", text, 1.0, kind="about", lead=lead)


def _of_library(found: Asked, overview: Overview, said: Wording) -> str:
    return said.say(
        found.kind,
        overview=said.overview(overview),
        counted=said.counted(overview),
        outlets=said.outlets(overview),
        languages=said.languages(overview),
        dates=said.dates(overview),
        asked=said.answered_in(),
    )


def _of_topic(topic: str, mentions: _Mentions | None, said: Wording) -> str:
    quoted = said.quoted(topic)
    if mentions is None or not mentions.overview.articles:
        return said.say("none", topic=quoted)
    counted = said.counted(mentions.overview, least=not mentions.all)
    return said.say("mentions", topic=quoted, counted=counted)


def _mentions(topic: str, library: Library, ranker: Ranker, filters: Filters) -> _Mentions:
    """Return the articles of which one passage holds all words of `topic`, the nearest first.

    Words are met by their stem, names in another script also by their consonants.
    """
    reading = read(topic, library.words)
    candidates = library.search(reading.query, _DEPTH, filters)
    held = {c.article_id for c in candidates.found if _holds(c, reading.script)}
    hits = ranker.best(candidates, reading, _NEAREST)
    nearest = [hit.article for hit in hits if hit.article.title]
    titles = [str(a.title) for a in nearest if a.id in held]
    # The legs that find words and names as they are may each be full.
    filled = max(
        sum(c.lexical > NOT_FOUND for c in candidates.found),
        sum(c.names > NOT_FOUND for c in candidates.found),
    )
    return _Mentions(
        library.catalogue.overview(filters, sorted(held)),
        list(dict.fromkeys(titles))[:_TITLES],
        filled < _DEPTH,
    )


def _holds(candidate: Candidate, script: str) -> bool:
    least = _SAME if candidate.script == script else _OTHER_SCRIPT
    return bool(candidate.met) and min(candidate.met) >= least
