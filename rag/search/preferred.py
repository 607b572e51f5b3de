"""What a question's own dates and outlets make Dalil prefer, and how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

import regex

from corpus.article import Article
from index import Filters, Library, WordTable
from rag.answer import Hit, Preference
from rag.reading import Reading, read
from rag.reading.outlets import named_outlets
from rag.reading.preferences import period_of
from rag.reading.reading import Bound

# In ranking scores of sentences; two articles that tell the same lie about one apart
# (`SelectionSettings.elsewhere`).  A date is mostly the event's and not the article's, so it
# decides only where two are about as good.
_OF_THE_TIME, _OF_THE_OUTLET = 0.6, 1.2
# And in scores of passages, 0 to 1, of which a tenth is one usual deviation.
_LIFT = 0.08
# News of an event follow at once; what looks back at it, within about a month, is worth half.
_SOON, _LATER = timedelta(days=7), timedelta(days=31)
# Commas and the like around what is left out.
_END, _BEGINNING = regex.compile(r"[\s,،:–-]+$"), regex.compile(r"^[\s,،:–-]+")
_SPACE = regex.compile(r"\s(?=[?؟!.])")


@dataclass(frozen=True)
class Preferred:
    """The preferences of a question."""

    question: str
    preferences: Sequence[Preference]

    @property
    def _outlets(self) -> list[str]:
        return [each.value for each in self.preferences if each.kind == "outlet"]

    @classmethod
    def of(cls, question: str, library: Library, filters: Filters) -> Self:
        """Read the preferences of a question that some article of the library meets.

        What `filters` decide already is not preferred besides.
        """
        seen = filters.widest
        outlets = [each.outlet for each in library.catalogue.outlets()]
        outlets = [
            outlet for outlet, may in zip(outlets, seen.allow_outlets(outlets), strict=True) if may
        ]
        named = [] if filters.outlet else named_outlets(question, outlets)
        found = [Preference("outlet", one.outlet, one.start, one.end) for one in named]
        dated = filters.chosen and (filters.since or filters.until)
        return cls(question, [*([] if dated else _times(question, library, seen)), *found])

    def read_again(
        self, reading: Reading, table: WordTable, history: Sequence[str] = ()
    ) -> Reading:
        """Return the reading of a question without the outlets that it names."""
        text = self.without_source(reading.text)
        if text and text != reading.text:
            reading = read(text, table, history)
        return replace(self._without_names(reading), bounds=tuple(self._bounds(reading)))

    def _bounds(self, reading: Reading) -> Iterator[Bound]:
        dated = [each for each in self.preferences if each.kind != "outlet"]
        for each in dated:
            said = self.question[each.start : each.end]
            # Of a time that is over both ends are said by the same words.
            whole = any(o is not each and o.start == each.start for o in dated)
            place = -1 if whole else reading.text.find(said)
            if place >= 0:
                start, day = reading.own + place, date.fromisoformat(each.value)
                since, until = (day, None) if each.kind == "since" else (None, day)
                yield Bound(since, until, start, start + len(said))

    def without_source(self, question: str) -> str:
        """Return the question without what names its source, which no article need have.

        >>> asked = "How many died, according to ANHA?"
        >>> Preferred(asked, [Preference("outlet", "ANHA", 28, 32)]).without_source(asked)
        'How many died?'
        """
        for one in reversed([one for one in named_outlets(question, self._outlets) if one.aside]):
            before, after = question[: one.first], question[one.last :]
            question = f"{_END.sub('', before)} {_BEGINNING.sub('', after)}".strip()
        return _SPACE.sub("", question)

    def _without_names(self, reading: Reading) -> Reading:
        """Return the reading without the words that name an outlet."""
        spans = [(one.first, one.last) for one in named_outlets(reading.text, self._outlets)]
        kept = [
            word
            for word in reading.words
            if not any(first <= word.word.start - reading.own < last for first, last in spans)
        ]
        if not spans or not kept:
            return reading
        total = sum(word.weight for word in kept) or 1.0
        weighed = tuple(replace(word, weight=word.weight / total) for word in kept)
        left = {word.text for word in kept}
        names = tuple(name for name in reading.names if name in left)
        return replace(reading, words=weighed, names=names)

    def lift(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return the passages with those that are preferred lifted; their scores stay."""
        return sorted(hits, key=lambda hit: -hit.score - _LIFT * self.worth(hit.article))

    def worth(self, article: Article) -> float:
        """Return how far ahead the sentences of an article start, in ranking scores."""
        return (article.outlet in self._outlets) * _OF_THE_OUTLET + self._timely(article.published)

    def _timely(self, published: date | None) -> float:
        days = {p.kind: date.fromisoformat(p.value) for p in self.preferences if p.kind != "outlet"}
        since, until = days.get("since", date.min), days.get("until", date.max - _LATER)
        if not days or published is None or not since <= published <= until + _LATER:
            return 0.0
        return _OF_THE_TIME if published <= until + _SOON else _OF_THE_TIME / 2


def _times(question: str, library: Library, seen: Filters) -> list[Preference]:
    newest = library.catalogue.newest(seen)
    # Before the first of all years there is no last one.
    if newest is None or newest.year == date.min.year:
        return []
    since, until = period_of(question, newest)
    first, last = since and since.since, until and until.until
    found = []
    if since and first:
        found.append(Preference("since", first.isoformat(), since.start, since.end))
    if until and last:
        found.append(Preference("until", last.isoformat(), until.start, until.end))
    # A time that no article is of would be shown for nothing.
    begins = max(first or date.min, seen.since or date.min)
    ends = min(min(last or date.max, date.max - _LATER) + _LATER, seen.until or date.max)
    window = replace(seen, since=begins, until=ends)
    return found if found and library.catalogue.newest(window) else []
