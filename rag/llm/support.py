"""Whether the sentences that a statement cites hold its numbers, dates and names.

No second model judges: numbers, dates and names are what a reader relies on and what can be
compared across languages.  A statement that gets all of them right may still say something else
about them, so this finds wrong statements and proves none right.

- Numbers and dates, in digits or words of any language (`corpus.text.quantities`).  That Arabic
  says "two" by the ending of a noun is allowed for; the article's date counts, its numbers don't.
- Names of the glossary and of `support.toml`, in any script: one of the group must be there.
- Words with a capital in scripts that have them, German apart: by spelling, in another script by
  the keys of names.  With an encoder also by meaning, which is how "Syrian" meets "السورية".
- With an encoder, a lone word at the beginning of an English sentence if a verb follows, and in
  Arabic the words after a title, a verb of saying or a word like "city".  What neither is in the
  cited sentences nor means anything that is counts as a name that is not there.

Not checked are names elsewhere in Arabic script, and lone ones at the beginning of a sentence
without an encoder or in other languages than English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex

from corpus.text.language import detect
from corpus.text.quantities import quantities
from corpus.text.words import Word, fold, words
from index import WordTable
from rag.choice.evidence import Sentence
from rag.llm.grounds import Grounds, grounds_of
from rag.reading.languages import function_words, known_names

_FILE = Path(__file__).with_name("support.toml")
_MARKER = regex.compile(r"\[\d+\]")
_BEGINS = regex.compile(r"(?:\A|[.!?:؟…\n])[\s\"'“”«»()\-*•]*\Z")
_POSSESSIVE = regex.compile(r"['’]s?\Z")
_ARABIC = regex.compile(r"\p{Arabic}")
_PREFIXED = regex.compile(r"\A[وف](?=\p{L}{2})")
_ARTICLE = regex.compile(r"\A[وفبكل]{0,2}(?:ال|لل)\p{L}{2}")
# Monday, not the two of them; per cent, not a hundred.
_UNCOUNTED = regex.compile(r"(?:ال|وال)[إا]?ثنين\Z|(?:ب|وب)?الم[ائ]*[ئة]ة\Z")
_SHORT_NAME = 2
# How alike in the encoder's table a word must be to some word cited.  Measured on pairs like
# "Damascus" and "دمشق" (.57 and up, nearly all) against "Raqqa" and "الحسكة" (.33 at most, nearly
# all); days of the week are too much alike to tell apart so.
_SAME_NAME, _SAME_THING, _EXACTLY = 0.55, 0.4, 2.0


@dataclass(frozen=True, slots=True)
class _Words:
    """Sets of folded words of `support.toml`."""

    ignored: frozenset[str]
    acts: frozenset[str]
    german: frozenset[str]
    places: frozenset[str]
    persons: frozenset[str]


def check(
    statement: str, cited: Sequence[Sentence], encoder: WordTable | None = None
) -> tuple[str, ...]:
    """Return the numbers, dates and names of `statement` that the sentences cited don't hold.

    They are as written, in order, each once.  Markers in the statement are passed over.
    """
    text = _MARKER.sub(lambda marker: " " * len(marker.group()), statement)
    found = list(words(text))
    grounds = grounds_of(cited, encoder)
    known = _known_spans(found, text, grounds)
    inside = [(start, end) for start, end, _ in known]
    missing = [(start, end) for start, end, held in known if not held]
    missing += _missing_quantities(found, text, grounds, inside)
    counted = [*inside, *((q.start, q.end) for q in quantities(found, text))]
    rest = [place for place, word in enumerate(found) if not _within(word, counted)]
    missing += [(found[p].start, found[p].end) for p in _missing_names(found, text, rest, grounds)]
    outermost = [span for span in missing if not any(_holds(other, span) for other in missing)]
    return tuple(dict.fromkeys(text[start:end] for start, end in sorted(outermost)))


def _missing_quantities(
    found: Sequence[Word], text: str, grounds: Grounds, known: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    for quantity in quantities(found, text):
        span = (quantity.start, quantity.end)
        # The number of "COVID-19" counts nothing.
        counts = not any(start <= span[0] < end for start, end in known)
        if counts and not grounds.counts(quantity.term) and not _UNCOUNTED.match(text, *span):
            yield span


def _known_spans(found: Sequence[Word], text: str, grounds: Grounds) -> list[tuple[int, int, bool]]:
    """Return the spans of the glossary's names in a statement, and if the grounds hold each."""
    spans = []
    for name in known_names(found):
        start, end = found[name.first].start, found[name.last - 1].end
        written = text[start:end]
        # "us" is no country.
        if end - start <= _SHORT_NAME and written.islower():
            continue
        held = any(map(grounds.has_name, (written, *name.others)))
        spans.append((start, end, held))
    return spans


def _missing_names(
    found: Sequence[Word], text: str, places: Sequence[int], grounds: Grounds
) -> Iterator[int]:
    """Yield the places of words that look like names and that the grounds do not hold."""
    german = detect(text) == "de" and any(w.folded in _listed().german for w in found)
    for place in places:
        word = found[place]
        if word.folded in function_words() or word.folded in _listed().ignored:
            continue
        likeness = _likeness(found, text, place, german)
        # Without meaning to go by, a common word could not be told from a name that is missing.
        if not likeness or (likeness == _SAME_THING and not grounds.understands):
            continue
        if not grounds.has(text[word.start : word.end], likeness, _aliases()):
            yield place


def _likeness(found: Sequence[Word], text: str, place: int, german: bool) -> float:
    """Return how alike a word cited must be to this one, 0 for a word that is not checked."""
    word = found[place]
    written = text[word.start : word.end]
    if _ARABIC.match(written):
        return _SAME_THING if _named_in_arabic(found, place) else 0.0
    capital = written[0].isupper()
    # German gives every noun a capital.
    if not capital or (german and not written.isupper()):
        return 0.0
    following = found[place + 1] if place + 1 < len(found) else None
    after = text[following.start : following.end] if following else ""
    if word.folded in _days():
        return _EXACTLY
    if not _BEGINS.search(text[: word.start]) or _POSSESSIVE.search(written):
        return _SAME_NAME
    if written.isupper() and len(written) > 1:
        return _SAME_NAME
    if after[:1].isupper() and following and following.folded not in function_words():
        return _SAME_NAME
    acts = following and (following.folded in _listed().acts or following.folded.endswith("ed"))
    plural = word.folded.endswith("s")
    return _SAME_THING if acts and not plural else 0.0


def _named_in_arabic(found: Sequence[Word], place: int) -> bool:
    """Tell if a word in Arabic script stands where a name would."""
    before = [_PREFIXED.sub("", word.folded) for word in found[max(place - 2, 0) : place]]
    if not before:
        return False
    if before[-1] in _listed().places:
        return True
    if _ARTICLE.match(found[place].folded):
        return False
    return any(word in _listed().persons for word in before[-1:])


def _within(word: Word, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= word.start and word.end <= end for start, end in spans)


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _listed() -> _Words:
    names = _Words.__dataclass_fields__
    return _Words(*(frozenset(map(fold, _table()[name].split())) for name in names))


@lru_cache(maxsize=1)
def _days() -> frozenset[str]:
    return frozenset(fold(name) for group in _table()["days"] for name in group.split())


@lru_cache(maxsize=1)
def _aliases() -> dict[str, tuple[str, ...]]:
    groups = [*_table()["days"], *_table()["aliases"]]
    return {fold(name): tuple(group.split()) for group in groups for name in group.split()}
