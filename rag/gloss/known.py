"""What is said of words without any dictionary: numbers, dates, pairs, and how a name sounds.

Numbers and dates are those of `corpus.text.quantities`, so a gloss shows what search counts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from corpus.text.numerals.quantity_words import tables
from corpus.text.quantities import Quantity, quantities
from corpus.text.words import Word, fold
from rag.gloss.clitics import ARTICLE, bare_phrase, cuts

_FILE = Path(__file__).with_name("arabic.toml")
_TEEN = ("عشر", "عشره")
_YEAR_DIGITS = 4
_LONGEST_NAME = 3
_VOWELS = "aui"


@dataclass(frozen=True, slots=True)
class Fixed:
    """Words `found[first:last]` and the one thing that they say; `before` as in a `Cut`."""

    first: int
    last: int
    said: str
    kind: str
    before: tuple[str, ...] = ()


def fixed(found: Sequence[Word], text: str) -> list[Fixed]:
    """Return the numbers, dates, names and pairs among the words of an Arabic text, in order.

    >>> from corpus.text.words import words
    >>> text = "وقتل ثلاث وسبعون يومي 27 تشرين الأول و 3/9/2019 في القرن التاسع عشر بعد عامين"
    >>> [each.said for each in fixed(list(words(text)), text)]
    ['73', '27 October', '3 September 2019', '19th', 'two years']
    """
    taken: dict[int, Fixed] = {}
    for each in (
        *_ordinals(found),
        *_mondays(found),
        *_quantities(found, text),
        *_names(found),
        *_pairs(found),
        *_digits(found),
    ):
        if not any(place in taken for place in range(each.first, each.last)):
            taken.update(dict.fromkeys(range(each.first, each.last), each))
    return list(dict.fromkeys(taken[place] for place in sorted(taken)))


def _quantities(found: Sequence[Word], text: str) -> Iterator[Fixed]:
    starts = {word.start: place for place, word in enumerate(found)}
    ends = {word.end: place + 1 for place, word in enumerate(found)}
    read = quantities(found, text)
    # The longest first, and of a month and its day in one span the day.
    for each in sorted(read, key=lambda q: (q.start - q.end, -len(q.term))):
        first, last = starts[each.start], ends[each.end]
        if each.term.startswith("@"):
            inside = [q for q in read if each.start <= q.start and q.end <= each.end]
            yield Fixed(first, last, _date(each, inside), "date", _before(found[first].folded))
        else:
            said = _number(each.term, found[first:last], text)
            yield Fixed(first, last, said, "number", _before(found[first].folded))


def _date(date: Quantity, inside: Sequence[Quantity]) -> str:
    month, _, day = date.term[1:].partition("-")
    years = [q.term for q in inside if q.term.isdigit() and len(q.term) == _YEAR_DIGITS]
    return " ".join(filter(None, (day, _table()["months"][int(month) - 1], *years[:1])))


def _number(term: str, found: Sequence[Word], text: str) -> str:
    """Return a number as it is written in digits, those of words in groups of three."""
    whole = term.isdigit()
    plain = len(found) == 1 and text[found[0].start : found[0].end].isdigit()
    return f"{int(term):,}" if whole and not plain and len(term) > _YEAR_DIGITS else term


def _before(folded: str) -> tuple[str, ...]:
    """Return what is written before the first word of a number or date.

    >>> _before("بعشرين"), _before("واحد"), _before("وايلول")
    (('in/by',), (), ('and',))
    """
    word = tables().numbers.get(folded, {}).get("ar")
    months = {first for first, *_ in tables().months}
    for cut in cuts(folded):
        if not cut.before:
            continue
        known = tables().numbers.get(cut.core, {}).get("ar")
        if word and known and known.value == word.value and not (known.joined or known.opens):
            # "واحد" is one word, though "احد" is one as well.
            both = word.joined or word.opens
            return tuple(said for said in cut.before if said != "the") if both else ()
        if not word and folded in months and cut.core in months:
            return cut.before
    return ()


def _mondays(found: Sequence[Word]) -> Iterator[Fixed]:
    """Yield "الاثنين", which is Monday much more often than "the two"."""
    for place, word in enumerate(found):
        for cut in cuts(word.folded):
            if cut.core == "اثنين" and "the" in cut.before:
                before = tuple(said for said in cut.before if said != "the")
                yield Fixed(place, place + 1, "Monday (2)", "date", before)
                break


def _names(found: Sequence[Word]) -> Iterator[Fixed]:
    folded = [word.folded for word in found]
    for place in range(len(found)):
        for last in range(min(place + _LONGEST_NAME, len(found)), place, -1):
            for cut in cuts(folded[place]):
                key = bare_phrase([cut.core, *folded[place + 1 : last]])
                if name := _name_words().get(key):
                    before = tuple(said for said in cut.before if said != "the")
                    yield Fixed(place, last, name, "name", before)
                    break


def _ordinals(found: Sequence[Word]) -> Iterator[Fixed]:
    numbers = tables().numbers
    for place in range(len(found) - 1):
        following = found[place + 1].folded
        for cut in cuts(found[place].folded):
            unit = _ordinal_units().get(cut.core)
            if unit is None or "the" not in cut.before:
                continue
            tens = numbers.get(following, {}).get("ar")
            said = tuple(part for part in cut.before if part != "the")
            if following in _TEEN:
                yield Fixed(place, place + 2, f"{10 + unit}th", "number", said)
            elif tens and tens.joined and 20 <= tens.value < 100 and tens.value % 10 == 0:
                yield Fixed(place, place + 2, _nth(int(tens.value) + unit), "number", said)
            break


def _nth(number: int) -> str:
    """Return an English ordinal.

    >>> _nth(23), _nth(21), _nth(95)
    ('23rd', '21st', '95th')
    """
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _pairs(found: Sequence[Word]) -> Iterator[Fixed]:
    for place, word in enumerate(found):
        for cut in cuts(word.folded):
            if cut.core in _pair_words():
                said = f"two {_pair_words()[cut.core]}"
                yield Fixed(place, place + 1, said, "number", cut.before)
                break


def _digits(found: Sequence[Word]) -> Iterator[Fixed]:
    """Yield what is written in digits and counts nothing, such as a telephone's number."""
    for place, word in enumerate(found):
        if word.folded.isdecimal():
            yield Fixed(place, place + 1, word.folded, "number")


def sound(folded: str) -> str:
    """Return how a folded Arabic word may sound, in Latin letters; vowels are mostly guessed.

    >>> sound("كركوك"), sound("الحسكه"), sound("ويلسون"), sound("كوباني")
    ('Karkuk', 'al-Hasaka', 'Wilsun', 'Kubani')
    """
    article = folded.startswith(ARTICLE) and len(folded) > len(ARTICLE) + 2
    word = folded[2:] if article else folded
    made: list[str] = []
    for place, letter in enumerate(word):
        said = _letters().get(letter, "")
        if letter == "ه" and place == len(word) - 1 and place:
            said = "" if made and made[-1][-1:] == "a" else "a"
        elif letter in "وي" and (not made or made[-1][-1:] in _VOWELS):
            said = "w" if letter == "و" else "y"
        elif said and said[0] not in _VOWELS and _crowded(made, word, place):
            made.append("a")
        if said:
            made.append(said)
    name = "".join(made).capitalize()
    return f"al-{name}" if article else name


def _crowded(made: Sequence[str], word: str, place: int) -> bool:
    """Whether a consonant after those of `made` needs a vowel before it."""
    consonant = [part[-1] not in _VOWELS for part in made]
    if not consonant or not consonant[-1]:
        return False
    return len(made) == 1 or consonant[-2] or place == len(word) - 1 or word[-1:] == "ه"


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _inverted(name: str) -> dict[str, str]:
    return {fold(w): key for key, written in _table()[name].items() for w in written.split()}


@lru_cache(maxsize=1)
def _ordinal_units() -> Mapping[str, int]:
    return {word: int(unit) for word, unit in _inverted("ordinals").items()}


@lru_cache(maxsize=1)
def _pair_words() -> Mapping[str, str]:
    return _inverted("pairs")


@lru_cache(maxsize=1)
def _name_words() -> Mapping[str, str]:
    """Return the names by the keys of their words."""
    return {
        bare_phrase([fold(part) for part in spelled.split("_")]): name
        for name, written in _table()["names"].items()
        for spelled in written.split()
    }


@lru_cache(maxsize=1)
def _letters() -> Mapping[str, str]:
    return cast("Mapping[str, str]", _table()["letters"])
