"""Numbers and dates of a text as terms that are the same in every language and spelling.

"10 ملايين", "ten million" and "10,000,000" all count as `10000000`; "27 تشرين الأول" and
"October 27" as `@10` and `@10-27`.  Years and other numbers in digits are the words they are.
Words that are mostly something else ("one", "May", Turkish "on") count only in company that
settles it: digits, another number word of the same language, a day, a year, "in".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.text.dates import FILLERS, read_date
from corpus.text.numbers import SUFFIXES, Span, read_number
from corpus.text.quantity_words import tables
from corpus.text.words import Word


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


def _spans(found: Sequence[Word], text: str) -> list[Span]:
    folded = [word.folded for word in found]
    known, linking, months = tables().known, _linking(), tables().month_words
    # Words begin with a letter or a digit, and digits are below ":".
    candidates = [place for place, word in enumerate(folded) if word in known or word < ":"]
    read: list[Span] = []
    following = 0
    for place in candidates:
        if place < following:
            continue
        word, after = folded[place], folded[place + 1] if place + 1 < len(folded) else ""
        # "27 Ekim'de": Turkish sets the ending of a name apart.
        if after in linking or word in months or "'" in after or (after and after < ":"):
            following, spans = read_date(found, text, place) or read_number(found, text, place)
            read.extend(spans)
        elif term := _alone(word):
            read.append((place, place + 1, term))
    return read


@lru_cache(maxsize=1)
def _linking() -> frozenset[str]:
    """Return the words after which a number or date may go on."""
    return tables().known.union(tables().ands, FILLERS, SUFFIXES)


@lru_cache(maxsize=100_000)
def _alone(folded: str) -> str | None:
    """Return the number that a word without neighbours is, `None` if it is none.

    Most candidates of a text stand alone, and few of them are distinct.
    """
    _, spans = read_number([Word(0, len(folded), folded)], folded, 0)
    return spans[0][2] if spans else None
