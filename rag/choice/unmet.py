"""What a question names and an article does not: people, places, numbers, dates.

What is said of another one is no answer, however well the rest is met.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

import regex

from corpus.article import Article
from corpus.text.language import script
from corpus.text.names import strict_name_keys, vowels_agree, without_article
from corpus.text.quantities import as_percent, ordinals, quantities
from corpus.text.stems import Told, stem, told
from corpus.text.words import fold, words
from index import WordTable
from index.engine import QueryWord
from rag.reading import Reading
from rag.reading.languages import (
    behind,
    function_words,
    illnesses,
    pattern,
    telling,
    without_ending,
)

# A name is met by a word of this cosine or more, which is its translation; what may be none, by
# one that has anything to do with it.
_MET, _FAINT = 0.5, 0.38
# So many consonants are seldom those of another word; fewer take their vowels along.
_TELLING = 4
# What English calls peoples ends like that.
_PEOPLE = regex.compile(r"(?:[bdeiknw]|ch|ern|ic|iss|sh|is|.s)\Z")
# How much it tells, of 1, that an article does not name the people that most others name.
_OWN_PEOPLE = 0.35
# Languages that write ç for s.
_SOFT_C = ("fr", "pt")
# A name has no longer endings.
_ENDING = 1
# Languages whose questions seldom begin with the word that asks; what begins may be a name.
_ASKED_WITHIN = ("tr", "kmr")
_LONG_CAPITAL = regex.compile(r"\p{Lu}\w{3}")
_BEFORE_HYPHEN = regex.compile(r"\b\p{Lu}\p{Ll}+(?=-\p{Lu})")
_AND = "و"
# Of two words written apart the second tells: "Ain Issa", "Abd al-Aziz".
_FIRST_PART = regex.compile("[وفبل]?(?:عين|راس|دير|باب|سري|كفر|خان|ام|ابو|ابي|ابن|عبد|بني)")
# A word that is a name without its number, too; of "M5" the letter belongs to the number.
_PART = regex.compile(r"\p{L}{3}[-‐–]?\Z")
_CODE = regex.compile(r"(?<!\p{L})\p{L}{1,3}[-‐– ]?(\p{Nd}+)")
_LETTERS = regex.compile(r"(?<!\p{L})\p{Lu}{1,2}[-‐–]?\Z")


def unmet(reading: Reading, article: Article, table: WordTable) -> list[str]:
    """Return the names, numbers and dates of the question that an article lacks, as written."""
    return [name for name, _ in lacking(reading, article, table)]


def lacking(
    reading: Reading, article: Article, table: WordTable, among: Sequence[Article] = ()
) -> list[tuple[str, float]]:
    """Return what `unmet` does, each with how much it tells that an article lacks it, up to 1.

    A people that most of the articles `among` which it was found name is that of the news itself,
    which does not always say so.
    """
    counted = ((said, 1.0) for said in _quantities(reading, article))
    return [*_names(reading, article, table, among), *counted]


def _names(
    reading: Reading, article: Article, table: WordTable, among: Sequence[Article]
) -> list[tuple[str, float]]:
    """Return names that are met neither by their consonants nor by their meaning, as written.

    The last word tells a name from another: "Hajji Ibrahim" is not Hajji Abdullah, but who is
    called Bali may be Mustafa Bali.  "Bridge" tells none.
    """
    named = [*((n, _MET) for n in names_of(reading)), *((n, _FAINT) for n in places_of(reading))]
    if not named:
        return []
    told = _told_by(article)
    missing = []
    for name, least in named:
        asked = [reading.words[place] for place in name]
        of_it = asked[: telling([word.text for word in asked], reading.language)]
        met = _written(of_it, told, reading.language) or (
            not _stands_in(reading, of_it, article)
            and _meant(of_it[-1], told, table, reading.language) >= least
        )
        if not met and (much := _telling_of(of_it[-1].text, told, among)):
            said = reading.standalone[asked[0].word.start : asked[-1].word.end]
            missing.append((said, much))
    return missing


def _telling_of(word: str, told: Told, among: Sequence[Article]) -> float:
    """Return how much it tells that an article has no name that ends in this word."""
    if not _PEOPLE.search(word):
        return 1.0
    from rag.choice.peoples import is_people, stands_among

    if not is_people(word):
        return 1.0
    if stands_among(word, told.bare):
        return 0.0
    named = sum(stands_among(word, _told_by(each).bare) for each in among)
    return _OWN_PEOPLE if 2 * named > len(among) else 1.0


def _stands_in(reading: Reading, name: Sequence[QueryWord], article: Article) -> bool:
    """Tell if a name took another's place, whose meaning is near, and is spelled as here."""
    return name[-1].text in reading.swapped and reading.script == script(article.text)


def _written(name: Sequence[QueryWord], told: Told, language: str) -> bool:
    """Return if a name stands in an article, in any script, or another of its names does."""
    last = name[-1]
    text = without_ending(last.text, language)
    if language in _SOFT_C:
        text = text.replace("ç", "s")
    folded = [word.word.folded for word in name[:-1]]
    forms = {text, without_article(fold(text)), "".join((*folded, fold(text)))}
    base = stem(fold(text), told.language)
    return (
        # Of "Malikiyah" the stem is that of "owner", of Derik ("ديريك") of "monastery".
        (base in told.stems and len(min(forms, key=len)) - len(base) <= _ENDING)
        or any(set(_bare(alias)) <= told.bare | told.within for alias in last.aliases)
        or any(
            {stem(part, told.language) for part in parts} <= told.stems
            for parts in map(_bare, last.aliases)
            if len(parts) > 1 or len(parts[0]) - len(stem(parts[0], told.language)) <= _ENDING
        )
        or any(
            len(key) >= _TELLING or vowels_agree(form, other)
            for form in forms
            for key in strict_name_keys(form)
            for other in told.keys.get(key, ())
        )
        # Many keyboards have no ş: "Tisrin".
        or any(
            len(key) >= _TELLING and vowels_agree(form, other)
            for form in (text.replace("s", "ş"),)
            for key in (strict_name_keys(form) if text.isascii() else ())
            for other in told.keys.get(key, ())
        )
        or not forms.isdisjoint(told.within)
        or any(map(told.says, forms))
    )


@lru_cache(maxsize=1024)
def _bare(name: str) -> tuple[str, ...]:
    return tuple(without_article(word.folded) for word in words(name))


def _meant(word: QueryWord, told: Told, table: WordTable, language: str) -> float:
    """Return the cosine of a word and the word of an article that is nearest in meaning.

    The camp of Roj is not met by "day", which is what its name means.
    """
    lasts = pattern("duration", told.language)
    named = not pattern("duration", language).search(word.text)
    kept = [each for each in told.words if not (named and lasts.search(each))]
    said = table.encode_passages(kept or [""])
    asked = table.encode_queries([without_ending(word.text, language)])[0]
    return float((said @ asked).max(initial=0.0))


def _told_by(article: Article) -> Told:
    return told(f"{article.title or ''}\n{article.text}", article.language)


def names_of(reading: Reading) -> list[list[int]]:
    """Return the places of the words of each name; the name of a month is part of a date.

    A capital at the beginning of a question makes no name by itself.  In Arabic, which has no
    capitals, a name is what stands behind "camp" or "judge".
    """
    found: list[list[int]] = []
    for place, word in enumerate(reading.words):
        if word.text not in reading.names or word.quantities:
            continue
        if found and found[-1][-1] == place - 1 and _is_next(reading, place):
            found[-1].append(place)
        else:
            found.append([place])
    starts = [reading.words[name[0]].word.start for name in found]
    capitals = [n for n, at in zip(found, starts, strict=True) if n[1:] or not _begins(reading, at)]
    found = capitals or _behind(reading, "naming")
    known = _known(reading, found)
    # Behind "party" stands a name, and the "party of God" is one with it.
    found = [name for name in found if not any({*name} < {*whole} for whole in known)]
    return [*found, *(name for name in known if all({*name}.isdisjoint(each) for each in found))]


def _known(reading: Reading, found: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the places of names of the glossary without capitals, or with parts in `found`."""
    groups = groupby(range(len(reading.words)), lambda place: reading.words[place].aliases)
    known = [list(group) for aliases, group in groups if aliases]

    def plain(word: QueryWord) -> bool:
        # "The US" is one and "us" is not; an illness is a name here, however it is written.
        return word.text.upper() == word.text or not illnesses().isdisjoint(word.aliases)

    return [
        group
        for group in known
        if all(plain(reading.words[p]) for p in group) or any({*n} < {*group} for n in found)
    ]


def places_of(reading: Reading) -> list[list[int]]:
    """Return the places of words that may be names: behind a preposition, or at the beginning."""
    ends = {word.start for word in reading.found if word.folded in function_words()}
    text = reading.standalone
    named = [place for name in names_of(reading) for place in name]

    def closes(place: int) -> bool:
        end = reading.words[place].word.end
        rest = text[end:].lstrip()
        joined = not rest or not rest[0].isalnum() or rest[0] == _AND
        return joined or len(text) - len(rest) in ends or reading.language != "ar"

    found = [name for name in _behind(reading, "placing") if closes(name[-1])]
    starts = {word.word.start: place for place, word in enumerate(reading.words)}
    if reading.language == "de":
        begun = [match.start() for match in _BEFORE_HYPHEN.finditer(text)]
        found += [[starts[start]] for start in begun if start in starts]
    if reading.language in _ASKED_WITHIN and reading.own in starts:
        first = starts[reading.own]
        if _LONG_CAPITAL.match(reading.words[first].text):
            found.append([first])
    return [name for name in found if name[-1] not in named]


def _behind(reading: Reading, kind: str) -> list[list[int]]:
    """Return the places of the word, or two, behind each Arabic word of a kind."""
    places = {word.word.start: place for place, word in enumerate(reading.words)}
    found: list[list[int]] = []
    for start in behind(kind, reading.standalone, reading.language):
        place = places.get(start)
        if place is None or reading.words[place].quantities:
            continue
        if not _FIRST_PART.fullmatch(reading.words[place].word.folded):
            found.append([place])
        elif place + 1 < len(reading.words) and _is_next(reading, place + 1):
            found.append([place, place + 1])
    return found


def _is_next(reading: Reading, place: int) -> bool:
    """Return if nothing but white space stands between a telling word and the one before."""
    before, word = reading.words[place - 1].word, reading.words[place].word
    return reading.standalone[before.end : word.start].isspace()


def _begins(reading: Reading, start: int) -> bool:
    return not any(map(str.isalnum, reading.standalone[:start])) or start == reading.own


def _quantities(reading: Reading, article: Article) -> list[str]:
    """Return numbers and dates that neither the text has nor the day of publication is."""
    said = f"{article.title or ''}\n{article.text}"
    known = _terms(said)
    day = article.published
    if day is not None:
        known = known | {str(day.year), f"@{day.month}", f"@{day.month}-{day.day}"}
    text = reading.standalone
    missing = []
    for q in reading.quantities:
        letters = _LETTERS.search(text, 0, q.start)
        # "M5" is not met by the fifth of something where there is an "إم 4"; a number that is a
        # part of a name, as in "Covid-19", stands with it or not at all.
        told = (letters and {fold(number) for number in _CODE.findall(said)}) or known
        spared = any(b.holds(day) and b.start <= q.start < b.end for b in reading.bounds)
        spared = spared or bool(_PART.search(text, 0, q.start))
        if not spared and told.isdisjoint((q.term, *as_percent(q.term))):
            missing.append((letters.start() if letters else q.start, q))
    return [
        text[start : q.end]
        for start, q in missing
        # Of a day and its month the day alone is told.
        if not any(o is not q and o.start <= q.start and q.end <= o.end for _, o in missing)
    ]


@lru_cache(maxsize=64)
def _terms(text: str) -> frozenset[str]:
    found = list(words(text))
    folded = [word.folded for word in found]
    return frozenset({q.term for q in quantities(found, text)}.union(folded, ordinals(folded)))
