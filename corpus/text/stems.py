"""Text to lexical terms: what BM25 counts and how two forms of one word meet.

Folding (`corpus.text.words`) and stemming work word by word, so a word keeps its span in the text
it came from.  Numbers and dates add terms that all languages share (`corpus.text.quantities`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import Stemmer

from corpus.text.names import (
    joined_names,
    readings,
    strict_name_keys,
    vowels_agree,
    without_article,
)
from corpus.text.numerals.quantity_words import tables
from corpus.text.quantities import quantity_terms
from corpus.text.words import Word, fold, words

# Snowball names of the Latin and Cyrillic languages whose words are stemmed.
_SNOWBALL = {
    "en": "english", "fr": "french", "de": "german", "es": "spanish", "it": "italian",
    "pt": "portuguese", "nl": "dutch", "tr": "turkish", "ru": "russian",
}  # fmt: skip

# Affixes of folded Arabic words; light10 (Larkey, Ballesteros and Connell 2007) and what the
# measurement of `python -m eval.studies.lexical` gained by: lone prepositions, -ha to -a.
_PREFIXES = ("وبال", "وال", "بال", "كال", "فال", "ولل", "فلل", "ال", "لل")
_PREPOSITIONS = "بل"
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "تين", "تان", "هم", "نا", "ه", "ي", "ا")
# A word that would lose more keeps its affix.
_SHORTEST, _SHORTEST_AFTER_AND, _SHORTEST_AFTER_PREPOSITION = 2, 3, 4
# Three letters are a root of Arabic; measured against four with `python -m eval.studies.lexical`.
SIZE = 3
# So many consonants are seldom those of another name; fewer take their vowels along.
_SURE = 4
# Arabic writes "in", "to", "as", "and" and "so" together with a name.
_WITH_NAMES = frozenset("بلكوف")
_ARABIC = frozenset(map(chr, range(0x600, 0x700)))


def terms(text: str, language: str | None) -> list[str]:
    """Return the stems of the words of `text` in `language` (ISO 639 code or `None`), in order.

    Arabic-script words lose light affixes, then Snowball's Arabic ones; words of other scripts
    get the stem of the passage's language where Snowball has one, else the folded word.

    >>> terms("The fighters were detained", "en")
    ['the', 'fighter', 'were', 'detain']
    >>> terms("والمقاتلون", "ar") == terms("بالمقاتلين", "ar") == terms("مقاتل", "ar")
    True
    """
    return [stem(word.folded, language) for word in words(text)]


def passage_terms(
    text: str, language: str | None, found: Sequence[Word] | None = None
) -> list[str]:
    """Return the index terms of a passage: the stems of its words, then its quantities.

    `found` are its words, for callers who have them.

    >>> passage_terms("Ten million dollars", "en")
    ['ten', 'million', 'dollar', '10000000']
    """
    found = list(words(text)) if found is None else found
    return [*(stem(word.folded, language) for word in found), *quantity_terms(found, text)]


def query_terms(
    text: str, languages: Iterable[str | None], found: Sequence[Word] | None = None
) -> list[str]:
    """Return the terms of a question, once for each distinct stem among `languages`.

    A question may be in another language than the passages, so each word is stemmed as every
    language of the collection would stem it; equal stems are counted once a word.  Quantities
    are the same in all of them.  `found` are the words of `text`, for callers who have them.

    >>> set(query_terms("ten million", ["ar"])) & set(passage_terms("10 ملايين دولار", "ar"))
    {'10000000'}
    """
    codes = sorted({code or "und" for code in languages})
    found = list(words(text)) if found is None else found
    stems: list[str] = []
    for word in found:
        own = dict.fromkeys(stem(word.folded, code) for code in codes)
        stems.extend(own or [word.folded])
    return [*stems, *quantity_terms(found, text)]


@lru_cache(maxsize=50_000)
def stem(folded: str, language: str | None) -> str:
    """Return the stem of one folded word, as `terms` has it.

    >>> stem("detained", "en"), stem("والمقاتلون", "ar")
    ('detain', 'مقاتل')
    """
    arabic = "\u0600" <= folded[0] <= "\u06ff"
    return snowball(light(folded) if arabic else folded, language)


def snowball(folded: str, language: str | None) -> str:
    """Return Snowball's stem of a folded word: the Arabic one if it is in Arabic script.

    >>> snowball("detained", "en"), snowball("detained", "ar")
    ('detain', 'detained')
    """
    arabic = "\u0600" <= folded[0] <= "\u06ff"
    algorithm = "arabic" if arabic else _SNOWBALL.get(language or "")
    if algorithm is None or folded[0].isdigit():
        return folded
    return str(_stemmer(algorithm).stemWord(folded))


def light(folded: str) -> str:
    """Return a folded Arabic word without conjunction, article, preposition and light suffixes.

    Snowball leaves a conjunction before the article standing and stops at one suffix.

    >>> light("والمقاتلون"), light("بمدينتها"), light("قتل")
    ('مقاتل', 'مدينت', 'قتل')
    """
    if folded[0] == "و" and len(folded) > _SHORTEST_AFTER_AND:
        folded = folded[1:]
    for prefix in _PREFIXES:
        if folded.startswith(prefix) and len(folded) >= len(prefix) + _SHORTEST:
            folded = folded[len(prefix) :]
            break
    else:
        if folded[0] in _PREPOSITIONS and len(folded) > _SHORTEST_AFTER_PREPOSITION:
            folded = folded[1:]
    for suffix in _SUFFIXES:
        if folded.endswith(suffix) and len(folded) >= len(suffix) + _SHORTEST:
            folded = folded[: -len(suffix)]
    return folded


@lru_cache(maxsize=16)
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    # Our own cache sits above it, so PyStemmer's is switched off.
    return Stemmer.Stemmer(algorithm, 0)


def grams(found: Iterable[Word], size: int = SIZE) -> list[str]:
    """Return the character n-grams of folded words, in order.

    They stay within a word, and a shorter word stands for itself.

    >>> from corpus.text.words import words
    >>> grams(words("قصف إدلب")), grams(words("an idea"), size=4)
    (['قصف', 'ادل', 'دلب'], ['an', 'idea'])
    """
    return [gram for word in found for gram in _of_word(word.folded, size)]


@lru_cache(maxsize=50_000)
def _of_word(folded: str, size: int) -> tuple[str, ...]:
    last = max(len(folded) - size, 0)
    return tuple([folded[start : start + size] for start in range(last + 1)])


@dataclass(frozen=True, slots=True)
class Told:
    """What a text says, for names to be met: its words, their stems, and spellings by name keys.

    `bare` are the folded words, and those without what Arabic writes before a word; `pairs` are
    two that stand beside each other, as one, and `within` are words without a letter that Arabic
    writes before a name and the names of other languages have not ("in").
    """

    language: str | None
    words: Sequence[str]
    bare: frozenset[str]
    stems: frozenset[str]
    keys: Mapping[str, Sequence[str]]
    pairs: Sequence[str]
    within: frozenset[str]

    def says(self, name: str) -> bool:
        """Tell if Arabic has a name that is too short for keys, two words, or behind an "in"."""
        keys, key = strict_name_keys(name), _whole_key(name)
        if name[0] in _ARABIC or not key:
            return False
        found = [each for each in self.pairs if len(key) >= _SURE and _whole_key(each) == key]
        if len(key) < _SURE and not keys:
            found = [each for each in self.bare if _whole_key(each) == key]
        long = {each for each in keys if len(each.replace("A", "")) >= _SURE - 1}
        for each in self.within:
            met = long.intersection(strict_name_keys(each))
            if max(map(len, met), default=0) >= _SURE:
                return True
            found += [each] if met else []
        return any(vowels_agree(name, each) for each in found)


@lru_cache(maxsize=10_000)
def _whole_key(word: str) -> str:
    """Return the likeliest consonants of a word, a vowel that it begins with among them."""
    return "".join(each[0] for each in readings(fold(word)))


@lru_cache(maxsize=64)
def told(text: str, language: str | None) -> Told:
    """Return what a text in `language` (ISO 639 code or `None`) says; that of the last is kept.

    >>> said = told("ظهر خالد عيسى على سناب شات بشرم.", "ar")
    >>> [said.says(name) for name in ("Issa", "Snapchat", "Roj")]
    [True, True, False]
    """
    found = list(words(text))
    distinct = list(dict.fromkeys(text[word.start : word.end] for word in found))
    folded = frozenset(word.folded for word in found)
    written = {name.folded for name in joined_names(found)}
    # An article written apart stands between: "Abd al-Aziz".
    written |= {
        "".join(word.folded for word in three)
        for three in zip(found, found[1:], found[2:], strict=False)
        if three[0].folded == "abd" and three[1].folded in ("al", "el")
    }
    keys: dict[str, list[str]] = {}
    bare = folded | frozenset(map(without_article, folded))
    # What an article writes small is no name ("said" is not Suwayda), nor is a number ("عشرة").
    large = {fold(word) for word in distinct if word[0].isupper()}
    small = {fold(word) for word in distinct if word[0].islower()} - large
    numbers, months = tables().known, tables().month_words
    forms = {*distinct, *written, *bare, *map(without_article, written)} - small
    for form in (each for each in forms if fold(each) in months or fold(each) not in numbers):
        for key in strict_name_keys(form):
            keys.setdefault(key, []).append(form)
    stems = frozenset(stem(each, language) for each in folded)
    pairs = tuple({one.folded + other.folded for one, other in pairwise(found)})
    within = frozenset(each[1:] for each in bare if each[0] in _WITH_NAMES and each[3:])
    return Told(language, distinct, bare, stems, keys, pairs, within)
