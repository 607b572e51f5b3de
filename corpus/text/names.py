"""Keys by which a name meets itself in another script, from coarse to fine.

Transliteration keeps consonants better than vowels.  The loose key holds only classes of them;
the strict keys tell more of them apart and mark a vowel at the beginning, one key for each
reading where letters have several ("ch", "g"); the spelled keys hold the vowels too.  Weak
letters, doubling and final h are dropped.  A key says that two spellings may be one name, never
that they are; `python -m eval.studies.names` measures how often it is right.  What letters stand
for is read from `names.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, pairwise, product
from pathlib import Path

import regex

from corpus.text.words import Letters, Word, fold

_COARSER = str.maketrans({"d": "t", "g": "k", "x": "k", "A": "", "w": "", "y": ""})
_LATIN_E = regex.compile("(?<=[a-z])e")
WEAK_END = "AYWh"
# Arabic particles written with the name; a hamza makes the alif a letter of the name itself.
_ARTICLE = regex.compile(r"^(?:[وف]?[بك]?ال|و?لل)(?=\p{L}{3})")
_PARTICLES = {"وفبكال": _ARTICLE, "وبل": regex.compile(r"^[وبل](?=\p{L}{4})"),
              "ae": regex.compile("^[ae]l(?=[a-z]{4})")}  # fmt: skip
SHORTEST_KEY, SHORTEST_SPELLED = 2, 3
# Readings of one name beyond these are far-fetched.
MOST_READINGS = 8
# Written apart in one script and as one word in another: "عبد الله", "Abdullah".
JOINED_TO_NEXT = frozenset({"عبد", "abd", "abdul"})
# What tells the terms of spelled keys from those of strict ones.
SPELLED = "="
_FILE = Path(__file__).with_name("names.toml")
# Letters that folding takes for plain ones although they are others; the Kurdish vowel ە for ه.
LETTERS_WITH_MARKS = str.maketrans(
    {
        "ş": "sh", "Ş": "sh", "š": "sh", "Š": "sh", "ç": "ch", "Ç": "ch", "č": "ch", "Č": "ch",
        "ć": "ch", "Ć": "ch", "ž": "zh", "Ž": "zh", "ğ": None, "Ğ": None, "ە": None,
    }
)  # fmt: skip
_LETTERS = Letters(lambda letter: fold(letter.translate(LETTERS_WITH_MARKS)).replace("'", ""))
# Arabic doubles letters with a sign that folding drops; two of one letter there are two.
_DOUBLED = regex.compile(r"([a-z\p{Cyrillic}])\1")
_LATIN_VOWELS = frozenset("aeiouy")
_AS_VOWELS = str.maketrans("wy", "ui")
_FINAL_H, _ENDS, _WRITTEN_ENDS = frozenset("hه"), frozenset("oui"), frozenset("وۆۇيیێىهەةا")
Reading = tuple[str, ...]


@lru_cache(maxsize=100_000)
def name_key(word: str) -> str | None:
    """Return the loose key of `word` in any script, or `None` if it has too few consonants.

    >>> name_key("Caggins") == name_key("كاغينز") == name_key("كاكينز")
    True
    >>> name_key("Qamishli") == name_key("قامشلو"), name_key("Raqqa") == name_key("الرقة")
    (True, True)
    >>> name_key("Ali") is None
    True
    """
    return _loose(_ARTICLE.sub("", _letters(word)))


@lru_cache(maxsize=100_000)
def strict_name_keys(word: str) -> tuple[str, ...]:
    """Return the strict keys of `word`, the likeliest first.

    >>> strict_name_keys("Caggins"), strict_name_keys("كاغينز")
    (('kgns', 'kkns'), ('kgns',))
    >>> strict_name_keys("Kirkuk") == strict_name_keys("كركوك")
    True
    """
    return _strict(_letters(word))


@lru_cache(maxsize=100_000)
def spelled_name_keys(word: str) -> tuple[str, ...]:
    """Return the keys of `word` with its vowels: all of them, and Latin ones without e.

    >>> spelled_name_keys("Roberto"), spelled_name_keys("روبرتو")
    (('rWbYrt', 'rWbrt'), ('rWbrt',))
    """
    return _all_spelled(_letters(word))


def _strict(folded: str) -> tuple[str, ...]:
    read = islice(product(*readings(folded)), MOST_READINGS)
    keys = dict.fromkeys(map("".join, read))
    return tuple(key for key in keys if len(key.replace("A", "")) >= SHORTEST_KEY)


def _all_spelled(folded: str) -> tuple[str, ...]:
    forms = dict.fromkeys((folded, _LATIN_E.sub("", folded))) if "e" in folded else (folded,)
    keys = dict.fromkeys(map(_spelled, forms))
    return tuple(key for key in keys if len(key) >= SHORTEST_SPELLED)


def _loose(folded: str) -> str | None:
    key = "".join(reading[0] for reading in readings(folded)).translate(_COARSER)
    return key if len(key) >= SHORTEST_KEY else None


def _letters(word: str) -> str:
    return word.translate(_LETTERS)


def _spelled(folded: str) -> str:
    key: list[str] = []
    written = table().vowels
    for letter, consonants in letters(folded):
        if consonants:
            if consonants[0]:
                key.append(consonants[0])
        # Vowels in a row ("ou") are one, consonants are not.
        elif (sound := written.get(letter)) and not (key and key[-1] == sound):
            key.append(sound)
    return "".join(key).rstrip(WEAK_END)


def without_article(folded: str) -> str:
    """Return a folded word without the Arabic article and the particles written before it.

    >>> without_article("والرقه"), without_article("raqqa")
    ('رقه', 'raqqa')
    """
    return _ARTICLE.sub("", folded)


def vowels_agree(one: str, other: str) -> bool:
    """Tell if the vowels of two spellings with the same consonants may be those of one name.

    Arabic writes the long ones only, and those must be there in another script, and the last.

    >>> vowels_agree("حول", "Hol"), vowels_agree("إدارة", "Adra"), vowels_agree("قطع", "Quito")
    (True, False, False)
    """
    one, other = _letters(one), _letters(other)
    arabic = [any("\u0600" <= letter <= "\u06ff" for letter in word) for word in (one, other)]
    if not any(arabic):
        return True
    short, long = (one, other) if arabic[0] else (other, one)
    if not all(arabic) and long[-1] in _ENDS and short[-1] not in _WRITTEN_ENDS:
        return False
    # What Arabic writes alike, "wa" and "u", is one letter here and none there.
    kept, spelled = _spelled(short), iter(_spelled(long.translate(_AS_VOWELS)))
    return kept == _spelled(long) if all(arabic) else all(sign in spelled for sign in kept)


def joined_names(found: Sequence[Word]) -> list[Word]:
    """Return the names of two words of a text, each as one word.

    >>> from corpus.text.words import words
    >>> [name.folded for name in joined_names(list(words("حجي عبد الله")))]
    ['عبدالله']
    """
    return [
        Word(word.start, following.end, word.folded + following.folded)
        for word, following in pairwise(found)
        if word.folded in JOINED_TO_NEXT
    ]


def name_terms(found: Sequence[Word], text: str | None = None) -> list[str]:
    """Return the index terms of a field of names: what each word could be as a name, in order.

    With `text`, which the words are of, words that begin in lower case are no names, and letters
    that folding makes equal are read as they stand (Kurdish and Turkish ş, ç).

    >>> from corpus.text.words import words
    >>> held = name_terms(list(words("في مدينة كركوك")))
    >>> asked = name_query_terms(list(words("Who holds Kirkuk?")), "Who holds Kirkuk?")
    >>> sorted(set(asked) & set(held))
    ['krkk']
    """
    if text is None:
        return _terms(word.folded for word in (*found, *joined_names(found)))
    written = (text[start:end] for start, end, _ in found)
    named = [word for word in written if not word[0].islower()]
    return _terms((*named, *_joined(found, text)))


def name_query_terms(
    found: Sequence[Word], text: str, ignored: Collection[str] = frozenset()
) -> list[str]:
    """Return the terms of the words of a question that look like names, for a field of names.

    In scripts with capitals these are the capitalised words; in a question without any, and in
    scripts that have none, all words.  `ignored` holds folded words that are never names, so
    that a question word at the beginning does not count.

    >>> from corpus.text.words import words
    >>> text = "Who is Bali?"
    >>> name_query_terms(list(words(text)), text, {"who", "is"})
    ['bl', '=bAl']
    """
    wanted = [word for word in found if word.folded not in ignored]
    capitals = any(text[word.start].isupper() for word in wanted)
    named = [word for word in wanted if not (capitals and text[word.start].islower())]
    return _terms((*(text[word.start : word.end] for word in named), *_joined(found, text)))


def _joined(found: Sequence[Word], text: str) -> Iterator[str]:
    # A joined name has lost the space that its text has.
    return ("".join(text[word.start : word.end].split()) for word in joined_names(found))


def _terms(written: Iterable[str]) -> list[str]:
    return list(chain.from_iterable(map(_terms_of, written)))


@lru_cache(maxsize=100_000)
def _terms_of(written: str) -> tuple[str, ...]:
    keys = [keys_of(form) for form in forms(written)]
    strict = dict.fromkeys(chain.from_iterable(strict for strict, _ in keys))
    spelled = dict.fromkeys(chain.from_iterable(spelled for _, spelled in keys))
    return (*strict, *(SPELLED + key for key in spelled))


@lru_cache(maxsize=100_000)
def keys_of(form: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the strict and the spelled keys of a folded form, which many words share."""
    return _strict(form), _all_spelled(form)


def forms(written: str) -> list[str]:
    """Return a word with and without what Arabic writes together with it."""
    folded = _letters(written)
    first = folded[:1] or " "
    shorter = [p.sub("", folded) for begins, p in _PARTICLES.items() if first in begins]
    return list(dict.fromkeys((folded, *shorter))) if shorter else [folded]


@dataclass(frozen=True, slots=True)
class _Table:
    first: Mapping[str, Reading]
    letters: Mapping[str, Reading]
    vowels: Mapping[str, str]
    pattern: re.Pattern[str]


def readings(folded: str) -> list[Reading]:
    """Return the consonants that the letters of a folded name may stand for, letter by letter.

    >>> readings("chad"), readings("علي")
    ([('X', 'k', 'x'), ('d',)], [('A',), ('l',)])
    """
    return [consonants for _, consonants in letters(folded, first=True) if consonants]


def letters(folded: str, *, first: bool = False) -> list[tuple[str, Reading]]:
    """Return the letters of a name with their consonants, () for a vowel.

    With `first` a weak letter at the beginning counts.
    """
    of = table()
    folded = _DOUBLED.sub(r"\1", folded)
    opening = next((folded[:n] for n in (2, 1) if folded[:n] in of.first), "") if first else ""
    read = [(opening, of.first[opening])] if opening else []
    following, known = of.pattern.findall(folded, len(opening)), of.letters
    if _FINAL_H.isdisjoint(following):
        read += [(letter, known.get(letter, ())) for letter in following]
        return read
    place = len(opening)
    for letter in following:
        read.append((letter, _weak(folded, place) if letter in _FINAL_H else known.get(letter, ())))
        place += len(letter)
    return read


def _weak(folded: str, place: int) -> Reading:
    """Return the readings of an h: silent at the end, and likely so after a vowel."""
    letter, following = folded[place], folded[place + 1 : place + 2]
    if not following:
        return ("", "h") if letter == "h" else ("",)
    silent = place and folded[place - 1] in _LATIN_VOWELS and following not in _LATIN_VOWELS
    return ("h", "") if silent else ("h",)


@lru_cache(maxsize=1)
def table() -> _Table:
    """Return what letters stand for; it is read once."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))

    def readings_of(name: str) -> dict[str, Reading]:
        return {
            fold(letter): tuple(read.replace("-", "") for read in stands.split())
            for letter, stands in raw[name].items()
        }

    first, single = readings_of("first"), readings_of("letters")
    longest_first = sorted(single, key=len, reverse=True)
    pattern = re.compile("|".join((*map(re.escape, longest_first), ".")), re.DOTALL)
    written = {fold(letter): sign for letter, sign in raw["vowels"].items()}
    return _Table(first, single, written, pattern)
