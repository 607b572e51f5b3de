"""The words of a text, each with its span and a folded form by which spellings meet.

Everything here is for matching only; stored text is never folded.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

# ZWNJ joins the parts of one Persian or Kurdish word, so it must not split it; tatweel (U+0640)
# is a letter to Unicode and stands in for the separators of a grouped number.  "2½" is two
# words, as is "25²".
_WORD = regex.compile(
    r"[\p{L}\p{M}\u200c\u200d]+(?:['’]\p{L}+)?|\p{Nd}[\p{Nd}\u0640]*|[\p{No}\p{Nl}]"
)
_ARABIC_WORD = regex.compile(r"(?:(?=[\p{L}\p{M}])\p{Arabic}){3,}")
_MARKS = regex.compile(r"\p{M}")
# What Arabic writes together with a word.
_PARTICLES = regex.compile(r"\A(?:[وف]?[بكل]?ال|[وف]?لل|[وفبكل])(?=\p{L}{3})")
_JOINERS = regex.compile("[\u200c\u200d\u0640]")
_DASH = regex.compile(r"(?<=\p{Nd})\u0640+(?=\p{Nd})")
# Marks that no word has at its beginning or end, as many pieces of a text do.
_EDGES = ".,:;!?()[]{}\"'/|*«»“”‘’…–—،؛؟"
_GROUP_SEPARATOR = regex.compile(r"(?<=\p{Nd})[,٬،](?=\p{Nd}{3}(?!\p{Nd}))")

# One letter of each family: hamza carriers, kaf and ya of other keyboards, ta marbuta.
_LETTERS = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه",
        "ک": "ك", "ڪ": "ك", "ی": "ي", "ے": "ي", "ې": "ي", "ھ": "ه", "ہ": "ه", "ە": "ه", "ۃ": "ه",
        "’": "'",
    }
)  # fmt: skip


class Word(NamedTuple):
    """A word as it stands in a text: `text[start:end]`, and its folded form.

    A named tuple is made in half the time of a frozen dataclass, and an import makes millions.
    """

    start: int
    end: int
    folded: str


class Letters(dict[int, str]):
    """What `each` makes of every letter by its code point, for `str.translate`; asked once."""

    def __init__(self, each: Callable[[str], str]) -> None:
        super().__init__()
        self._each = each

    def __missing__(self, code: int) -> str:
        made = self[code] = self._each(chr(code))
        return made


def _folded_letter(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", _JOINERS.sub("", letter).translate(_LETTERS))
    letters = (
        str(unicodedata.digit(c)) if c.isdigit() else c
        for c in decomposed
        if not unicodedata.combining(c)
    )
    return "".join(letters).casefold().translate(_LETTERS)


# Folding looks at no two letters together: what combines with another is dropped.
_FOLDED = Letters(_folded_letter)


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return `word` without case, diacritics, tatweel and letter variants; digits become ASCII.

    >>> fold("إدْلِـب"), fold("الحسكة"), fold("Résumé"), fold("١٢٣")
    ('ادلب', 'الحسكه', 'resume', '123')
    """
    return word.translate(_FOLDED)


def words(text: str) -> Iterator[Word]:
    """Yield the words of `text` in order, with half-open code point spans.

    >>> [(w.start, w.end, w.folded) for w in words("في إدلب 2019")]
    [(0, 2, 'في'), (3, 7, 'ادلب'), (8, 12, '2019')]
    """
    if "\u0640" in text:
        # "10ـ15" are two numbers.
        text = _DASH.sub(lambda dash: "-" * len(dash.group()), text)
    # Same length in and out, so spans still point into the original text.
    for match in _WORD.finditer(_GROUP_SEPARATOR.sub("\u0640", text)):
        folded = fold(match.group())
        if folded:
            yield Word(match.start(), match.end(), folded)


def words_of(piece: str) -> list[Word]:
    """Return the words of a piece of a text, which has no white space, as `words` does."""
    if piece.isalpha():
        return [Word(0, len(piece), folded)] if (folded := fold(piece)) else []
    return list(words(piece))


def bare(piece: str) -> str:
    """Return the one word that a piece of a text is, `piece` itself if it is not known to be one.

    A piece has no white space.  Most are one word of letters, with marks around it or none.

    >>> bare("(قسد)،"), bare("10,000")
    ('قسد', '10,000')
    """
    found = piece.strip(_EDGES)
    return found if found.isalpha() else piece


def folded_words(text: str) -> list[str]:
    """Return the folded forms of the words of `text`, a few times faster than `words`.

    >>> folded_words("في إدلب 2019")
    ['في', 'ادلب', '2019']
    """
    # No word reaches across white space, and what stands between comes again and again.
    return [folded for piece in text.split() for folded in _folded(piece)]


@lru_cache(maxsize=100_000)
def _folded(piece: str) -> tuple[str, ...]:
    word = bare(piece)
    if word.isalpha():
        return (folded,) if (folded := fold(word)) else ()
    return tuple(found.folded for found in words(word))


def spelled_as(text: str, others: Iterable[str]) -> str:
    """Return `text` with Arabic words in a spelling that `others` have, where they lack its own.

    >>> spelled_as("اي الادله في العائله؟", ["الأدلة على", "أن عائلة"])
    'اي الأدلة في العائلة؟'
    """
    if not _ARABIC_WORD.search(text):
        return text
    found = (match.group() for other in others for match in _ARABIC_WORD.finditer(other))
    forms = dict.fromkeys(form for word in found for form in (word, _PARTICLES.sub("", word)))
    spelled: dict[str, str] = {}
    for form in forms:
        spelled.setdefault(fold(form), form)

    def written(match: regex.Match[str]) -> str:
        word = match.group()
        for form in (word, _PARTICLES.sub("", word)):
            if form in forms:
                return word
            if other := spelled.get(fold(form)):
                return word.removesuffix(form) + _MARKS.sub("", other)
        return word

    return str(_ARABIC_WORD.sub(written, text))
