"""Text to lexical terms: what BM25 counts and how two spellings of one word meet.

Everything here is for matching only; stored text is never folded.  Folding and stemming work
word by word, so a word keeps its span in the text it came from.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex
import Stemmer

# ZWNJ joins the parts of one Persian or Kurdish word, so it must not split it; tatweel (U+0640)
# is a letter to Unicode and stands in for the separators of a grouped number.
_WORD = regex.compile(r"[\p{L}\p{M}\u200c\u200d]+(?:['’]\p{L}+)?|\p{N}[\p{N}\u0640]*")
_JOINERS = regex.compile("[\u200c\u200d\u0640]")
_GROUP_SEPARATOR = regex.compile(r"(?<=\p{Nd})[,٬](?=\p{Nd}{3}(?!\p{Nd}))")
# Snowball leaves a conjunction before the article standing ("والمقاتلون").
_CONJUNCTION = regex.compile(r"^[وف](?=(?:ال|لل|بال|كال)..)")

# One letter of each family: hamza carriers, Persian and Kurdish forms of kaf and ya, ta marbuta.
_LETTERS = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه",
        "ک": "ك", "ی": "ي", "ھ": "ه", "ہ": "ه", "ە": "ه", "’": "'",
    }
)  # fmt: skip

# Snowball names of the Latin and Cyrillic languages whose words are stemmed.
_SNOWBALL = {
    "en": "english", "fr": "french", "de": "german", "es": "spanish", "it": "italian",
    "pt": "portuguese", "nl": "dutch", "tr": "turkish", "ru": "russian",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands in a text: `text[start:end]`, and its folded form."""

    start: int
    end: int
    folded: str


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Return `word` without case, diacritics, tatweel and letter variants; digits become ASCII.

    >>> fold("إدْلِـب"), fold("الحسكة"), fold("Résumé"), fold("١٢٣")
    ('ادلب', 'الحسكه', 'resume', '123')
    """
    decomposed = unicodedata.normalize("NFKD", _JOINERS.sub("", word).translate(_LETTERS))
    letters = (
        str(unicodedata.digit(c)) if c.isdigit() else c
        for c in decomposed
        if not unicodedata.combining(c)
    )
    return "".join(letters).casefold().translate(_LETTERS)


def words(text: str) -> Iterator[Word]:
    """Yield the words of `text` in order, with half-open code point spans.

    >>> [(w.start, w.end, w.folded) for w in words("في إدلب 2019")]
    [(0, 2, 'في'), (3, 7, 'ادلب'), (8, 12, '2019')]
    """
    # Same length in and out, so spans still point into the original text.
    for match in _WORD.finditer(_GROUP_SEPARATOR.sub("\u0640", text)):
        folded = fold(match.group())
        if folded:
            yield Word(match.start(), match.end(), folded)


def terms(text: str, language: str | None) -> list[str]:
    """Return the index terms of a passage in `language` (ISO 639 code or `None`), in order.

    Arabic-script words get Snowball's Arabic stem, words of other scripts the stem of the
    passage's language where Snowball has one, else the folded word.

    >>> terms("The fighters were detained", "en")
    ['the', 'fighter', 'were', 'detain']
    >>> terms("والمقاتلون", "ar") == terms("المقاتلين", "ar")
    True
    """
    return [_stem(word.folded, language) for word in words(text)]


def query_terms(text: str, languages: Iterable[str | None]) -> list[str]:
    """Return the terms of a question, once for each distinct stem among `languages`.

    A question may be in another language than the passages, so each word is stemmed as every
    language of the collection would stem it; equal stems are counted once a word.
    """
    codes = sorted({code or "und" for code in languages})
    found: list[str] = []
    for word in words(text):
        stems = dict.fromkeys(_stem(word.folded, code) for code in codes)
        found.extend(stems or [word.folded])
    return found


@lru_cache(maxsize=400_000)
def _stem(folded: str, language: str | None) -> str:
    if "\u0600" <= folded[0] <= "\u06ff":
        return str(_stemmer("arabic").stemWord(_CONJUNCTION.sub("", folded)))
    algorithm = _SNOWBALL.get(language or "")
    if algorithm is None or folded[0].isdigit():
        return folded
    return str(_stemmer(algorithm).stemWord(folded))


@lru_cache(maxsize=16)
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    # Our own cache sits above it, so PyStemmer's is switched off.
    return Stemmer.Stemmer(algorithm, 0)
