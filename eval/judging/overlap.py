"""How far a text and an accepted short answer say the same, by their words.

Unfolded, it is what MLQA's official scorer computes for its seven languages, and so comparable
with published figures; SQuAD's differs for English only in that it removes the punctuation of
ASCII alone.  Folded, which is the default, spellings that a reader takes for the same meet as well.
Sources: Lewis et al. 2020, "MLQA"; Rajpurkar et al. 2018 for answers without words.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from corpus.text.language import script, script_of
from corpus.text.quantities import Quantity, quantities
from corpus.text.words import fold as fold_word
from corpus.text.words import words

_MARKER = re.compile(r"\s*\[[0-9]+\]")

# The articles that MLQA removes; French, Turkish and Kurdish ones were never defined, so they stay.
_ARTICLES = {
    "en": "a an the",
    "es": "un una unos unas el la los las",
    "de": "ein eine einen einem eines einer der die das den dem des",
    "vi": "của là cái chiếc những",
}
# MLQA's cuts the two letters wherever they stand: from the middle of العالم, and from شمال too.
_ARABIC_ANYWHERE = re.compile("ال")
# Folded, they count at a word's start alone, behind what is written with them; too short a rest
# (إلى, والد), and that of the word for God, means that they belong to the word.
_ARABIC_AT_START = re.compile(r"\b([وف]?)(?:([بك]?)ال|(ل)ل)(?=\w\w)(?!له\b)")
# Conjunctions and prepositions that Arabic writes with the word behind them.
_PROCLITICS = frozenset("وفبلك")
# Of a shorter rest the first letter is mostly part: ولد is no "and" before لد.
_SHORTEST_AFTER_PROCLITIC = 3
# What joins letters to a word's ending or to another word: "Arwad's", "l'oliveraie", "Arwad-Fähre".
_JOINT = re.compile("(?<=[^\\W\\d_])['\u2019\u2010\u2011-](?=[^\\W\\d_])")
_HAN = re.compile("([\u4e00-\u9fa5])")


def plain(answer_text: str) -> str:
    """Return an answer's text without the `[n]` of its citations.

    >>> plain("Two articles say «forty» [1][2].")
    'Two articles say «forty».'
    """
    return _MARKER.sub("", answer_text)


def normalise(text: str, language: str | None, *, fold: bool = True) -> list[str]:
    """Return the words that are compared: lower case, without punctuation and articles.

    Unfolded, as MLQA defines it.  Folded, before that: NFKC, no invisible characters, and
    `corpus.text.words.fold` of each word, which takes diacritics (Latin ones too), tatweel and
    Arabic letter variants away and writes digits in ASCII; Arabic's article goes only where a word
    begins.  A language without a definition loses no articles.

    >>> normalise("الـمُكافأة: ١٠٬٠٠٠ دولار", "ar"), normalise("The harbour's end", "en")
    (['مكافاه', '10000', 'دولار'], ['harbours', 'end'])
    >>> normalise("شمال العالم", "ar", fold=False), normalise("شمال العالم", "ar")
    (['شم', 'ع', 'م'], ['شمال', 'عالم'])
    """
    if fold:
        seen = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
        text = " ".join(fold_word(word) for word in "".join(seen).split())
    kept = "".join(c for c in text.lower() if not _is_punctuation(c))
    kept = _without_articles(kept, language, fold)
    return (_HAN.sub(r" \1 ", kept) if language == "zh" else kept).split()


@lru_cache(maxsize=4096)
def _is_punctuation(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")


def _without_articles(text: str, language: str | None, fold: bool) -> str:
    if language == "ar" and fold:
        return _ARABIC_AT_START.sub(lambda m: f"{m[1]} {m[2] or m[3] or ''} ", text)
    if language == "ar":
        return _ARABIC_ANYWHERE.sub(" ", text)
    return _articles(language, fold).sub(" ", text) if language in _ARTICLES else text


@lru_cache(maxsize=16)
def _articles(language: str | None, fold: bool) -> re.Pattern[str]:
    listed = _ARTICLES[language or ""].split()
    return re.compile(rf"\b(?:{'|'.join(map(fold_word, listed) if fold else listed)})\b")


def exact_match(
    text: str, accepted: Sequence[str], language: str | None, *, fold: bool = True
) -> float:
    """Return 1.0 if `text` has the words of an accepted answer and no others, else 0.0.

    `language` is that of the text.  An accepted answer in another script is compared as Arabic or
    as English, whichever that script makes it, for `accepted` may hold answers in the language of
    the article and of the question; unfolded, `language` counts for all, as in MLQA.

    >>> exact_match("عشرةُ الاف", ["10,000", "عشرة آلاف"], "ar")
    1.0
    """
    return max(float(own == right) for own, right in _compared(text, accepted, language, fold))


def f1(text: str, accepted: Sequence[str], language: str | None, *, fold: bool = True) -> float:
    """Return the best F1 of words between `text` and an accepted answer, from 0 to 1.

    Precision and recall count a word as often as both have it.  Where either has no words, it is
    1 if neither has any, else 0, as in SQuAD 2; MLQA and SQuAD 1.1 say 0 in both cases.

    >>> f1("about forty passengers", ["forty passengers"], "en")  # 2 * (2/3) * 1 / (2/3 + 1)
    0.8
    """
    return max(_f1(own, right) for own, right in _compared(text, accepted, language, fold))


def _f1(own: Sequence[str], right: Sequence[str]) -> float:
    if not own or not right:
        return float(own == right)
    shared = (Counter(own) & Counter(right)).total()
    precision, recall = shared / len(own), shared / len(right)
    return 2 * precision * recall / (precision + recall) if shared else 0.0


def contains(text: str, accepted: Sequence[str], language: str | None) -> bool:
    """Whether the words of an accepted answer stand in a row in `text`, both folded.

    The first word may stand behind a conjunction or preposition that Arabic writes with it, and
    words that an apostrophe or hyphen joins may stand for one or for several.  An answer with
    numbers or dates is also found in another writing of them, so long as its other words stand
    anywhere in the text.  An answer without words is never contained.

    >>> contains("قُتل الطبيب وخالد العلي", ["خالد العلي"], "ar")
    True
    >>> [contains(t, ["10,000 fighters"], "en") for t in ("Ten thousand fighters", "10,000 men")]
    [True, False]
    """
    for answer in accepted:
        rules = _language_of(answer, language)
        own, right = normalise(text, rules), normalise(answer, rules)
        if (
            _in_a_row(own, right)
            or _in_a_row(_parts(text, rules), _parts(answer, rules))
            or _same_quantities(text, answer, own, rules)
        ):
            return True
    return False


def _parts(text: str, language: str | None) -> list[str]:
    """Return the words of a text with what is joined taken apart."""
    return normalise(_JOINT.sub(" ", text), language)


def _compared(
    text: str, accepted: Sequence[str], language: str | None, fold: bool
) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the words of the text with those of each accepted answer; answers without are none."""
    some = False
    for answer in accepted:
        rules = _language_of(answer, language) if fold else language
        if right := normalise(answer, rules, fold=fold):
            some = True
            yield normalise(text, rules, fold=fold), right
    if not some:
        yield normalise(text, language, fold=fold), []


def _language_of(answer: str, language: str | None) -> str | None:
    """Return the language whose articles are removed from an answer and what it is held against.

    Short answers are too short to tell more than their script.
    """
    writing = script(answer)
    if writing == script_of(language):
        return language
    return {"Arab": "ar", "Latn": "en"}.get(writing, language)


def _in_a_row(own: Sequence[str], right: Sequence[str]) -> bool:
    if not right:
        return False
    first, rest = right[0], list(right[1:])
    return any(
        _is_word(word, first) and list(own[place + 1 : place + 1 + len(rest)]) == rest
        for place, word in enumerate(own)
    )


def _is_word(word: str, wanted: str) -> bool:
    """Whether it is the wanted word, or that behind a conjunction or preposition."""
    long = len(wanted) >= _SHORTEST_AFTER_PROCLITIC
    return word == wanted or (long and word[0] in _PROCLITICS and word[1:] == wanted)


def _same_quantities(text: str, answer: str, own: Sequence[str], language: str | None) -> bool:
    """Whether every number and date of an answer stands in the text, and all its other words."""
    asked = _outermost(_quantities(answer))
    if not asked or not {q.term for q in asked} <= {q.term for q in _quantities(text)}:
        return False
    others = (w for w in words(answer) if not any(q.start <= w.start < q.end for q in asked))
    rest = normalise(" ".join(word.folded for word in others), language)
    return all(any(_is_word(word, wanted) for word in own) for wanted in rest)


def _quantities(text: str) -> list[Quantity]:
    return quantities(list(words(text)), text)


def _outermost(found: Sequence[Quantity]) -> list[Quantity]:
    """Return the quantities that lie in no other: a day, without its month."""
    return [
        inner
        for inner in found
        if not any(
            outer != inner and outer.start <= inner.start and inner.end <= outer.end
            for outer in found
        )
    ]
