"""Outlets of the library that a question names as the source of what it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from corpus.text.words import Word, fold, words
from index.outlets import name_words, same_name
from rag.reading.preferences import entries

# Arabic writes these together with the word after them.
_ATTACHED = ("و", "ف", "ب", "ل", "لل", "ال", "وال", "بال")


@dataclass(frozen=True, slots=True)
class NamedOutlet:
    """An outlet, named at `text[start:end]`; `first` and `last` span all that names the source.

    `aside` says that the question is whole without that, as it is without "according to ANHA".
    """

    outlet: str
    start: int
    end: int
    first: int
    last: int
    aside: bool


def named_outlets(question: str, outlets: Sequence[str]) -> list[NamedOutlet]:
    """Return the `outlets` that a question names as sources.

    Without a word for a source beside it a name may be anything: "Today", "the Middle East".  With
    a mere verb a name of one word needs a capital or the word for what it is ("agency"), too.

    >>> [o.outlet for o in named_outlets("What did Rojava News report?", ["ANHA", "Rojava News"])]
    ['Rojava News']
    >>> named_outlets("What did she say today?", ["Today"])
    []
    """
    found = list(words(question)) if outlets else []
    named = [(outlet, _core(outlet)) for outlet in outlets]
    taken: list[NamedOutlet] = []
    # The longer of two names that begin at one place is meant.
    for outlet, core in sorted(named, key=lambda pair: -len(pair[1])):
        for place in range(len(found)):
            one = _at(question, found, place, outlet, core)
            if one and not any(o.first < one.last and one.first < o.last for o in taken):
                taken.append(one)
                break
    return sorted(taken, key=lambda one: one.start)


def _at(
    text: str, found: Sequence[Word], place: int, outlet: str, core: Sequence[str]
) -> NamedOutlet | None:
    """Return the outlet if its name begins at the word at `place` and is told as a source."""
    last = _named(found, place, core)
    if last is None:
        return None
    first, behind = place, last
    while first and _is_kind(found[first - 1].folded):
        first -= 1
    while behind < len(found) and _is_kind(found[behind].folded):
        behind += 1
    sure = len(core) > 1 or first < place or behind > last or text[found[place].start].isupper()
    spans = (found[place].start, _name_end(text, found[last - 1]))
    ends = found[first].start, found[behind - 1].end
    before, after = text[: ends[0]], text[ends[1] :]
    opening = _ends_in("source").search(before)
    if opening:
        return NamedOutlet(outlet, *spans, opening.start(), ends[1], aside=True)
    closing = _begins_with("source_after").match(after)
    if closing:
        return NamedOutlet(outlet, *spans, ends[0], ends[1] + closing.end(), aside=True)
    if sure and (_ends_in("says").search(before) or _begins_with("says").match(after)):
        return NamedOutlet(outlet, *spans, *ends, aside=False)
    return None


def _named(found: Sequence[Word], place: int, core: Sequence[str]) -> int | None:
    """Return the place after a name that begins at `place`, `None` if none does.

    What an outlet is may stand within its name, or be left out.
    """
    if _is_kind(found[place].folded) and _bare(found[place].folded) != core[0]:
        return None
    spoken: list[str] = []
    for last in range(place, min(place + 2 * len(core) + 1, len(found))):
        word = found[last].folded.partition("'")[0]
        if _is_kind(word) and word not in core and _bare(word) not in core:
            continue
        spoken.append(word)
        if len(spoken) == len(core):
            forms = [[_bare(spoken[0]), *map(_bare, spoken[1:])], spoken]
            forms.append([*_detached(spoken[0]), *spoken[1:]])
            meets = any(same_name(form, core) for form in forms if len(form) == len(core))
            return last + 1 if meets else None
    return None


def _core(outlet: str) -> list[str]:
    """Return the words of an outlet's name that tell it from others of its kind."""
    whole = name_words(outlet)
    return [word for word in whole if not _is_kind(word)] or whole


def _bare(folded: str) -> str:
    return (name_words(folded) or [folded])[0]


def _detached(folded: str) -> list[str]:
    """Return a word without the Arabic letter that is written together with it."""
    return [_bare(folded[1:])] if folded[:1] in _ATTACHED and len(folded) > 3 else [folded]


def _is_kind(folded: str) -> bool:
    """Tell if a word says what an outlet is, whatever is written together with it."""
    return any(
        folded.startswith(letters) and folded[len(letters) :] in _kinds()
        for letters in ("", *_ATTACHED)
    )


def _name_end(text: str, word: Word) -> int:
    written = text[word.start : word.end]
    ending = regex.search(r"['’]\p{L}{1,4}$", written)
    return word.start + (ending.start() if ending else len(written))


@lru_cache
def _kinds() -> frozenset[str]:
    return frozenset(fold(word) for word in entries("kinds").split("|"))


@lru_cache
def _ends_in(kind: str) -> regex.Pattern[str]:
    return regex.compile(
        rf"(?<![\p{{L}}\p{{M}}])(?:{entries(kind)})[\s\"“«'‘:]*(?:ال|ل|لل)?$", regex.I
    )


@lru_cache
def _begins_with(kind: str) -> regex.Pattern[str]:
    return regex.compile(rf"[\s\"”»'’,]*(?:{entries(kind)})(?![\p{{L}}\p{{M}}])", regex.I)
