"""Numbers and dates of a text as terms that are the same in every language and spelling.

"10 ملايين", "ten million" and "10,000,000" all count as `10000000`; "27 تشرين الأول" and
"October 27" as `@10` and `@10-27`.  Years and other numbers in digits are the words they are.
Words that are mostly something else ("one", "May", Turkish "on") count only in company that
settles it: digits, another number word of the same language, a day, a year, "in".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from corpus.text.fractions import lower_end
from corpus.text.numbers import Span, read_number
from corpus.text.quantity_words import SUFFIXES, Month, gap, tables
from corpus.text.words import Word

# Between day, month and year; a slash or bracket stands between two names of one month.
_GAP = regex.compile(r"[\s.,،\-ـ]{0,3}")
_SYNONYM_GAP = regex.compile(r"\s?[/(-]\s?")
# "27th of October", "27 de octubre", "27 من تشرين الأول", Sorani "27ی".
FILLERS = frozenset(("of", "de", "del", "the", "st", "nd", "rd", "th", "er", "من", "شهر", "ي"))
_MOST_FILLERS = 2
_YEAR = regex.compile(r"1[0-9]{3}|2[01][0-9]{2}")
_MONTH = regex.compile(r"0?[1-9]|1[0-2]")
_DAY = regex.compile(r"0?[1-9]|[12][0-9]|3[01]")
# Orders of year (4 digits), month and day; day first where both readings are possible.
_ORDERS = ("ymd", "dmy", "mdy")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, month or day that stands at `text[start:end]`, and the term it counts as."""

    start: int
    end: int
    term: str


def quantities(found: Sequence[Word], text: str) -> list[Quantity]:
    """Return the quantities among the words of `text`, in order; a day lies over its month.

    >>> from corpus.text.words import words
    >>> [q.term for t in ("عشرة ملايين", "$10m", "10 000 000") for q in quantities([*words(t)], t)]
    ['10000000', '10000000', '10000000']
    >>> text = "في 27 تشرين الأول 2019"
    >>> [(text[q.start : q.end], q.term) for q in quantities(list(words(text)), text)]
    [('تشرين الأول', '@10'), ('27 تشرين الأول', '@10-27'), ('2019', '2019')]
    """
    return [Quantity(found[a].start, found[b - 1].end, term) for a, b, term in _spans(found, text)]


def quantity_terms(found: Sequence[Word], text: str) -> list[str]:
    """Return the terms of the quantities of `text` that its words do not hold as they stand.

    >>> from corpus.text.words import words
    >>> [quantity_terms(list(words(text)), text) for text in ("10,000 in 2019", "ten thousand")]
    [[], ['10000']]
    """
    spans = _spans(found, text)
    return [term for a, b, term in spans if b > a + 1 or found[a].folded != term]


def ordinals(folded: Iterable[str]) -> Iterator[str]:
    """Yield the terms of the numbers that folded words say as ordinals.

    >>> list(ordinals(["القافله", "الخامسه", "third", "last"]))
    ['5', '3']
    """
    known = tables().ordinals
    return (known[word] for word in folded if known.get(word, "0") != "0")


def as_percent(term: str) -> tuple[str, ...]:
    """Return the term of the percentage that a fraction is, if it is one.

    >>> as_percent("0.5"), as_percent("0.75"), as_percent("50"), as_percent("@10")
    (('50',), ('75',), (), ())
    """
    return (f"{float(term) * 100:g}",) if term.startswith("0.") else ()


@dataclass(frozen=True, slots=True)
class Traits:
    """How a piece of a text, which no white space is within, takes part in its quantities.

    `candidate` tells if a quantity may begin in it, and `term` what it then counts as, `None` for
    nothing, unless it is `entangled`: with the words beside it, or in itself.  `follows` says
    that it may continue a quantity that begins right before it, `opens` that it entangles what
    comes right behind it.
    """

    candidate: bool = False
    term: str | None = None
    entangled: bool = False
    follows: bool = False
    opens: bool = False

    @classmethod
    def of(cls, found: Sequence[Word], piece: str) -> Traits:
        """Look at the words `found` of a piece.

        `quantity_terms` of a text are the terms of its candidates where none is entangled, none
        comes right before one that follows, and none right behind one that opens.

        >>> from corpus.text.words import words
        >>> [Traits.of(list(words(piece)), piece).term for piece in ("eleven", "11", "heaven")]
        ['11', None, None]
        """
        folded = [word.folded for word in found]
        if not folded:
            return cls()
        known, months, fractions = tables().known, tables().month_words, tables().fractions
        candidates = [word for word in folded if word in known or word < ":"]
        follows = _goes_on(folded[0])
        opens = folded[-1] in tables().percents_before
        if not candidates:
            return cls(follows=follows, opens=opens)
        first = folded[0]
        if len(folded) > 1 or first in months or first in fractions:
            return cls(candidate=True, entangled=True, follows=follows, opens=opens)
        other = first.isdecimal() and not piece[found[0].start].isdecimal()
        term = None if other else _alone(first)
        return cls(True, None if term == first else term, False, follows, opens)


def _goes_on(after: str) -> bool:
    """Tell whether a number or date may go on with the folded word `after`."""
    return after in _linking() or "'" in after or bool(after and after < ":")


def _spans(found: Sequence[Word], text: str) -> list[Span]:
    folded = [word.folded for word in found]
    known, months = tables().known, tables().month_words
    fractions = tables().fractions
    # Words begin with a letter or a digit, and digits are below ":".
    candidates = [place for place, word in enumerate(folded) if word in known or word < ":"]
    read: list[Span] = []
    following = 0
    for place in candidates:
        if place < following:
            continue
        word, after = folded[place], folded[place + 1] if place + 1 < len(folded) else ""
        # "27 Ekim'de": Turkish sets the ending of a name apart.
        if word.isdecimal() and not text[found[place].start].isdecimal():
            # "25 km²"
            continue
        told = place > 0 and folded[place - 1] in tables().percents_before
        if _goes_on(after) or told or word in months or word in fractions:
            following, spans = read_date(found, text, place) or read_number(found, text, place)
        else:
            following, term = place + 1, _alone(word)
            spans = [(place, following, term)] if term else []
        if place and len(spans) == 1 and folded[spans[0][1] - 1] > ":":
            read.extend(lower_end(found, text, read, spans[0]))
        read.extend(spans)
    return read


@lru_cache(maxsize=1)
def _linking() -> frozenset[str]:
    """Return the words after which a number or date may go on."""
    percent = {named[0] for named in tables().percents}
    return tables().known.union(tables().ands, tables().of, FILLERS, SUFFIXES, percent)


@lru_cache(maxsize=100_000)
def _alone(folded: str) -> str | None:
    """Return the number that a word without neighbours is, `None` if it is none.

    Most candidates of a text stand alone, and few of them are distinct.
    """
    _, spans = read_number([Word(0, len(folded), folded)], folded, 0)
    return spans[0][2] if spans else None


def read_date(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]] | None:
    """Return the place after the date that begins at `place` and its spans, `None` if none does.

    Days come before months in numeric dates unless that cannot be ("10/27/2019"); a numeric
    date also yields its year.
    """
    if found[place].folded[0].isdigit():
        return (
            _numeric(found, text, place)
            or _month_of_year(found, text, place)
            or _day_first(found, text, place)
        )
    return _month_first(found, text, place)


def _numeric(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]] | None:
    between = gap(found, text, place + 1)
    if between not in ("-", "/", ".") or gap(found, text, place + 2) != between:
        return None
    patterns = {"y": _YEAR, "m": _MONTH, "d": _DAY}
    for order in _ORDERS:
        part = {letter: place + n for n, letter in enumerate(order)}
        if all(patterns[letter].fullmatch(found[at].folded) for letter, at in part.items()):
            month, day = int(found[part["m"]].folded), int(found[part["d"]].folded)
            year = (part["y"], part["y"] + 1, found[part["y"]].folded)
            spans = [(place, place + 3, f"@{month}"), (place, place + 3, f"@{month}-{day}")]
            return place + 3, [*spans, year]
    return None


def _month_of_year(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]] | None:
    if (
        gap(found, text, place + 1) == "/"
        and _MONTH.fullmatch(found[place].folded)
        and _YEAR.fullmatch(found[place + 1].folded)
    ):
        return place + 1, [(place, place + 2, f"@{int(found[place].folded)}")]
    return None


def _day_first(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]] | None:
    if not _DAY.fullmatch(found[place].folded):
        return None
    for month in range(place + 1, min(place + 2 + _MOST_FILLERS, len(found))):
        if not _GAP.fullmatch(gap(found, text, month)):
            return None
        named = _named(found, text, month)
        if named:
            last, number = named[0], named[1].number
            day = int(found[place].folded)
            return last, [(month, last, f"@{number}"), (place, last, f"@{number}-{day}")]
        if found[month].folded not in FILLERS:
            return None
    return None


def _month_first(found: Sequence[Word], text: str, place: int) -> tuple[int, list[Span]] | None:
    named = _named(found, text, place)
    if not named:
        return None
    last, month = named
    spans = [(place, last, f"@{month.number}")]
    following = last
    # Arabic script always writes the day before the month; what follows is another number.
    latin = not "\u0600" <= found[place].folded[0] <= "\u06ff"
    if latin and _beside(found, text, last) and _DAY.fullmatch(found[last].folded):
        following = last + 1
        spans.append((place, following, f"@{month.number}-{int(found[last].folded)}"))
    year = _beside(found, text, following) and _YEAR.fullmatch(found[following].folded)
    written = text[found[place].start]
    # Lower case in a script that has capitals makes "may" a verb unless a year follows.
    day = following > last and not written.islower()
    after = place > 0 and found[place - 1].folded in tables().before and not written.islower()
    return (following, spans) if month.sure or year or day or after else None


def _beside(found: Sequence[Word], text: str, place: int) -> bool:
    return bool(place < len(found) and _GAP.fullmatch(gap(found, text, place)))


def _named(found: Sequence[Word], text: str, place: int) -> tuple[int, Month] | None:
    """Return the place after the month named at `place`, a second name for it included."""
    named = _one_name(found, place)
    if not named:
        return None
    last, month = named
    if last < len(found) and _SYNONYM_GAP.fullmatch(gap(found, text, last)):
        second = _one_name(found, last)
        if second and second[1].number == month.number:
            # Two names for one month leave no doubt.
            return second[0], Month(month.number, sure=True)
    return named


def _one_name(found: Sequence[Word], place: int) -> tuple[int, Month] | None:
    # "Ekim'de": Turkish sets the ending of a name apart.
    first = found[place].folded.partition("'")[0]
    months = tables().months
    if place + 1 < len(found) and (month := months.get((first, found[place + 1].folded))):
        return place + 2, month
    month = months.get((first,))
    return (place + 1, month) if month else None
