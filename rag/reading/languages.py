"""What Dalil knows of each language it answers in, and other names of one thing.

Read from `languages.toml` and `glossary.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import regex

from corpus.text.names import without_article
from corpus.text.words import Word, fold, words

_FILE = Path(__file__).with_name("languages.toml")
_FALLBACK = "en"
_GLOSSARY = Path(__file__).with_name("glossary.toml")
# Written with the word behind it.
_PARTICLE = regex.compile(r"^[وف]?[بل]?(?=\p{Arabic}{3})")
# "For" begins no Arabic name, "their" ends none, and a small letter begins no German one.
_NO_NAME = regex.compile(r"لل|\p{Ll}|\w+(?:ها|هم|هن|هما)\Z")
_FOLLOWING = regex.compile(r"\s([\p{L}\p{M}\p{N}'’_]+)")
# Languages in which a capital makes no name: two have none, one gives them to every noun.
_WITHOUT_CAPITALS = {"naming": ("ar", "ckb", "de"), "placing": ("ar", "de")}
# Languages with capitals whose names end in the kind of place.
_CLASS_LAST = ("en", "de", "tr")
# Turkish writes the endings of a name behind an apostrophe, English the one that says whose.
_ENDINGS = {
    "tr": regex.compile(r"(?<=\p{L}{3})['’]\p{Ll}+\Z"),
    "en": regex.compile(r"(?<=\p{L}{2})['’]s\Z|(?<=s)['’]\Z"),
}
_LETTERS = regex.compile(r"[\p{L}\p{M}\u200c\u200d'’]+")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Connecting words of one language, its quotation marks, and its ways of saying no."""

    first: str
    further: str
    marks: str
    unknown: str
    unsure: str
    maybe: str
    lacking: str
    outside: str
    no: str
    differ: str
    dollars: str


def phrases(language: str) -> Phrases:
    """Return the phrases of `language`, English ones where it has none.

    >>> phrases("ar").marks, phrases("xx").first
    ('«»', 'The articles say:')
    """
    languages = _languages()
    table = languages.get(language, languages[_FALLBACK])
    return Phrases(**{field.name: table[field.name] for field in fields(Phrases)})


def model_phrases(language: str) -> Mapping[str, str]:
    """Return what is said in `language` of a language model, in English where it has nothing.

    >>> model_phrases("ar")["silent"], model_phrases("ckb")["timeout"]
    ('لم يُجب النموذج اللغوي.', 'The language model took too long.')
    """
    languages = _languages()
    known = languages.get(language, {}).get("model") or languages[_FALLBACK]["model"]
    return cast("Mapping[str, str]", known)


def timeline_phrases(language: str) -> Mapping[str, Any]:
    """Return what an overview says in `language`, in English where it has nothing.

    >>> timeline_phrases("de")["undated"], timeline_phrases("xx")["also"][0]
    ('Ohne Datum', 'also in 1 article')
    """
    languages = _languages()
    known = languages.get(language, {}).get("timeline") or languages[_FALLBACK]["timeline"]
    return cast("Mapping[str, Any]", known)


@lru_cache
def pattern(kind: str, language: str | None = None) -> regex.Pattern[str]:
    """Return one expression for the entry `kind`, at word boundaries.

    It is that of `language` if it has the entry, else of all languages together: what language
    a short question is in is a guess, and what one calls "car" is a reason to another.

    >>> bool(pattern("number").search("كم سجيناً؟")), bool(pattern("number").search("كمال؟"))
    (True, False)
    >>> [bool(pattern("because", code).search("by car")) for code in ("en", "fr")]
    [False, True]
    """
    tables = _languages()
    own = tables.get(language or "", {}).get(kind)
    options = own or [option for table in tables.values() for option in table.get(kind, [])]
    joined = "|".join(f"(?:{option})" for option in options)
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}])(?:{joined})(?![\p{{L}}\p{{M}}])", regex.I)


def behind(kind: str, text: str, language: str) -> Iterator[int]:
    """Yield where what may be a name begins in a question, behind the words of a `kind`.

    That is "naming" or "placing", in a language in which a capital makes no name.

    >>> list(behind("naming", "كم عائلة في مخيم الهول؟", "ar"))
    [17]
    """
    if language not in _WITHOUT_CAPITALS[kind]:
        return
    for match in pattern(kind, language).finditer(text):
        following = _FOLLOWING.match(text, match.end())
        no_name = following and (
            _NO_NAME.match(following[1]) or pattern("peopling", language).fullmatch(following[1])
        )
        if following and not no_name:
            yield following.start(1)


def telling(name: Sequence[str], language: str) -> int:
    """Return how many words of a name tell it from others: not the kind of place at its end.

    >>> telling(["Tabqa", "Bridge"], "en"), telling(["Tişrin", "Barajı'nda"], "tr")
    (1, 1)
    >>> telling(["Deir", "Hafir"], "en"), telling(["Camp"], "en")
    (2, 1)
    """
    count = len(name)
    if language in _CLASS_LAST:
        classing = pattern("classing", language)
        while count > 1 and classing.fullmatch(without_ending(name[count - 1], language)):
            count -= 1
    return count


def without_ending(word: str, language: str) -> str:
    """Return a word without what Turkish and English write behind the apostrophe of a name.

    >>> without_ending("Kobani'de", "tr"), without_ending("Bali's", "en")
    ('Kobani', 'Bali')
    >>> without_ending("Sana'a", "en")
    "Sana'a"
    """
    ending = _ENDINGS.get(language)
    return ending.sub("", word) if ending else word


@lru_cache
def function_words() -> frozenset[str]:
    """Return words of questions that carry no meaning of their own, folded.

    >>> "كم" in function_words(), "when" in function_words(), "bounty" in function_words()
    (True, True, False)
    """
    listed = (word for table in _languages().values() for word in table["function"].split())
    return frozenset(fold(word) for word in listed)


def may_be_about(question: str) -> bool:
    """Tell if a question has words of small talk or of questions about the library itself.

    It says which questions are worth a closer look (`rag.about`), and no more than that.

    >>> may_be_about("Who are you?"), may_be_about("مرحباً"), may_be_about("Who is Hajji Abdullah?")
    (True, True, False)
    """
    said = {fold(word) for word in _LETTERS.findall(question)}
    return any(cue <= said for cue in _about())


@lru_cache
def _about() -> tuple[frozenset[str], ...]:
    listed = (table["about"].split(",") for table in _languages().values())
    return tuple(frozenset(cue.split()) for cues in listed for cue in cues)


@lru_cache
def _languages() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Known:
    """A name of the glossary in a text: which of its words it spans, and its other names."""

    first: int
    last: int
    others: tuple[str, ...]


def known_names(found: Sequence[Word]) -> Iterator[Known]:
    """Yield the names of the glossary among the words of a text, longest first at each place.

    >>> [k.others[1] for k in known_names(list(words("Who leads the SDF?")))]
    ['قسد']

    Arabic writes its article and some particles with a name.

    >>> [k.others[0] for k in known_names(list(words("كم مصاباً بالكوليرا؟")))]
    ['cholera']
    """
    folded = [without_article(word.folded) for word in found]
    place = 0
    while place < len(folded):
        begins = (folded[place], _PARTICLE.sub("", folded[place], 1))
        lengths = 0 if _beginnings().isdisjoint(begins) else _longest()
        for length in range(lengths, 0, -1):
            spelled = tuple(folded[place : place + length])
            if spelled not in _groups():
                spelled = (begins[1], *spelled[1:])
            group = _groups().get(spelled)
            if group and len(folded) >= place + length:
                written = [word.folded for word in found[place : place + length]]
                others = tuple(n for n in group if [w.folded for w in words(n)] != written)
                yield Known(place, place + length, others)
                place += length - 1
                break
        place += 1


def known_spellings(found: Sequence[Word]) -> Iterator[tuple[Known, str]]:
    """Yield the names of the glossary among words, each with how the glossary writes it.

    >>> [name for _, name in known_spellings(list(words("who leads the sdf?")))]
    ['SDF']
    """
    for known in known_names(found):
        spelled = tuple(word.folded for word in found[known.first : known.last])
        yield known, next(name for name in _groups()[spelled] if _spelling(name) == spelled)


def _spelling(name: str) -> tuple[str, ...]:
    return tuple(without_article(word.folded) for word in words(name))


@lru_cache
def _groups() -> dict[tuple[str, ...], tuple[str, ...]]:
    groups = [group for kind in _glossary().values() for group in kind]
    return {_spelling(name): tuple(group) for group in groups for name in group}


@lru_cache
def illnesses() -> frozenset[str]:
    """Return the names of illnesses, as the glossary writes them.

    >>> "cholera" in illnesses(), "UNICEF" in illnesses()
    (True, False)
    """
    return frozenset(name for group in _glossary()["illnesses"] for name in group)


@lru_cache
def _glossary() -> dict[str, list[list[str]]]:
    return tomllib.loads(_GLOSSARY.read_text(encoding="utf-8"))


@lru_cache
def _beginnings() -> frozenset[str]:
    return frozenset(spelling[0] for spelling in _groups() if spelling)


@lru_cache
def _longest() -> int:
    return max(len(spelling) for spelling in _groups())
