"""Capitals where names have them, and misspelt English words set right.

Capitals say which words are names.  A question without any, in capitals throughout or with one on
every word does not say it; an English word that no dictionary lists is a name then.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import regex

from corpus.text.language import detect
from corpus.text.stems import stem
from corpus.text.words import Word, fold
from rag.gloss.dictionary import load_dictionary
from rag.reading.languages import function_words, known_spellings

_FILE = Path(__file__).with_name("typed.toml")
_WORD = regex.compile(r"\p{Latin}[\p{Latin}\p{M}]*(?:['’]\p{Latin}+)?")
_ARTICLE = regex.compile("al|el|[ae][dszrnt]|ash|esh")
_BEHIND_ARTICLE = regex.compile(r"(?<!\p{L})(?:al|el|[ae][dszrnt]|ash|esh)-\Z")
_NO_VOWEL = regex.compile(r"[^aeiouyAEIOUY]{2,4}\Z")
_NO_NOUN = regex.compile(r"(?:en|te|(?<!schaf|hei|kei|itä)t)\Z")
_COMPARED = regex.compile("(?:est|er)\\Z")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FEWEST, _SHORTEST = 3, 5


def true_case(text: str) -> str:
    """Return a question with capitals on its names only, if those it has say nothing.

    >>> true_case("WHO LEADS THE SDF IN TABQA?"), true_case("Who Leads The SDF In Tabqa?")
    ('Who leads the SDF in Tabqa?', 'Who leads the SDF in Tabqa?')
    >>> true_case("who leads the sdf in tabqa?"), true_case("Who leads the Red Cross?")
    ('Who leads the SDF in Tabqa?', 'Who leads the Red Cross?')
    """
    found = _WORD.findall(text)
    if not _tells_nothing(found):
        return text
    language = detect(text.lower())
    if language == "de":
        # German gives every noun a capital, and only words that are none are sure.
        mixed = not text.isupper() and not text.islower()
        cased = str(_WORD.sub(lambda m: _small(m.group()), text)) if mixed else text.lower()
    else:
        # Who types ASCII only has no other letter for the Turkish i.
        dotless = language == "tr" and not text.isascii()
        lowered = text.replace("İ", "i").replace("I", "ı") if dotless else text
        cased = _cased(lowered.lower(), language)
    return cased[:1].upper() + cased[1:]


def _cased(lowered: str, language: str) -> str:
    spelled = _known(lowered)

    def cased(match: regex.Match[str]) -> str:
        word, behind = match.group(), lowered[match.end() : match.end() + 1]
        if match.start() in spelled:
            return spelled[match.start()]
        if behind == "-" and _ARTICLE.fullmatch(word):
            return word
        if lowered[: match.start()][-1:].isdecimal():
            # "3rd".
            return word
        if behind.isdecimal() or _BEHIND_ARTICLE.search(lowered, 0, match.start()):
            return word.capitalize()
        return _written(word, language)

    return str(_WORD.sub(cased, lowered))


def _tells_nothing(found: list[str]) -> bool:
    """Tell if the capitals of a question say nothing about its names.

    One with a capital on every word has it on words like "was", too.
    """
    if len(found) < 2:
        return False
    if not any(word[0].isupper() for word in found) or not any(map(_any_lower, found)):
        return True
    small = [word for word in found[1:] if fold(word) in function_words()]
    return len(found) >= _FEWEST and bool(small) and all(word[0].isupper() for word in found)


def _any_lower(word: str) -> bool:
    return any(map(str.islower, word))


def _small(word: str) -> str:
    """Return a German word in small letters if it is no noun, as far as its ending tells."""
    return word.lower() if fold(word) in function_words() or _NO_NOUN.search(word) else word


def _known(lowered: str) -> dict[int, str]:
    """Return the words of names in the glossary as they are written, by where they begin."""
    spelled: dict[int, str] = {}
    found = [Word(m.start(), m.end(), fold(m.group())) for m in _WORD.finditer(lowered)]
    for known, name in known_spellings(found):
        said = found[known.first : known.last]
        if all(word.folded in function_words() | _capitalised() for word in said):
            continue
        written = _WORD.findall(name)
        if len(written) == len(said):
            spelled.update(zip((word.start for word in said), written, strict=True))
    return spelled


def _written(word: str, language: str) -> str:
    """Return a word in lower case as it is written within a sentence."""
    if fold(word.split("'")[0]) in function_words() or len(word) < 2:
        return word
    if word in _capitalised():
        return word.capitalize()
    elided, mark, rest = word.partition("'")
    if mark and len(elided) == 1:
        # "D'Alouk" in French.
        return elided + mark + _written(rest, language)
    if language == "en":
        if _is_english(word) or _corrected(word) != word:
            return word
        return word.upper() if _NO_VOWEL.match(word) else word.capitalize()
    return word.capitalize() if word in _names() else word


def corrected(text: str) -> str:
    """Return a question with those of its words set right that are one slip off an English one.

    Words with a capital are left alone, and so are short ones.

    >>> corrected("What bounty was annuonced for Hajji Abdullah?")
    'What bounty was announced for Hajji Abdullah?'
    >>> corrected("Who leads the qamishli council?")
    'Who leads the qamishli council?'
    """
    return str(
        _WORD.sub(
            lambda match: _corrected(match.group()) if match.group().islower() else match.group(),
            text,
        )
    )


@lru_cache(maxsize=4096)
def _corrected(word: str) -> str:
    known = word in _names() or word in _capitalised() or _is_english(word)
    if len(word) < _SHORTEST or not word.isascii() or known or fold(word) in function_words():
        return word
    counts = _english_words()
    for slips in _slips(word):
        if found := [other for other in slips if _is_english(other)]:
            return max(found, key=lambda other: counts.get(other, 0))
    return word


def _slips(word: str) -> Iterator[list[str]]:
    """Yield what a word may have been before one slip, the likeliest kind of slip first.

    The first letter is seldom wrong; one letter for another is more often a name ("Myles").
    """
    cuts = [(word[:place], word[place:]) for place in range(1, len(word) + 1)]
    yield [a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1]
    yield [a + b[1:] for a, b in cuts if b and a[-1] == b[0]]
    yield [a + letter + b for a, b in cuts for letter in _LETTERS]


def _is_english(word: str) -> bool:
    bare = word.removesuffix("'s")
    if bare in _capitalised():
        return False
    forms = {stem(bare, "en"), _COMPARED.sub("", bare)}
    return bare in _english_words() or not forms.isdisjoint(_english_stems())


@lru_cache(maxsize=1)
def _english_words() -> Mapping[str, int]:
    """Return common English words, with how many entries of the dictionary they are in."""
    counts = Counter(word for word in load_dictionary().english_words() if word.islower())
    return counts | Counter(_ours()["more"].split())


@lru_cache(maxsize=1)
def _capitalised() -> frozenset[str]:
    """Return English words that have a capital more often than not."""
    counts = Counter(word for word in load_dictionary().english_words() if word.istitle())
    small = _english_words()
    more = {word.lower() for word, count in counts.items() if count > small.get(word.lower(), 0)}
    return frozenset(more.union(_ours()["names"].split()) - {*_ours()["more"].split()})


@lru_cache(maxsize=1)
def _ours() -> Mapping[str, str]:
    ours: Mapping[str, str] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["english_words"]
    return ours


@lru_cache(maxsize=1)
def _english_stems() -> frozenset[str]:
    return frozenset(stem(word, "en") for word in _english_words())


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(load_dictionary().latin_names())
