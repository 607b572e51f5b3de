"""The words of a text as entries: what each may mean, before one of its meanings is chosen.

Numbers and dates come first, then names, then phrases, then words with what is written together
with them, and at last a word's stem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from corpus.text.language import script
from corpus.text.stems import stem
from corpus.text.words import Word, words
from rag.gloss.clitics import Cut, bare_phrase, cuts, without_article, without_pronoun
from rag.gloss.dictionary import Dictionary
from rag.gloss.known import Fixed, fixed
from rag.reading.languages import known_names

# "same" is a word that stands in the text as it would in the other language; a "sound" is a
# transliteration, a "guess" the nearest word of the token table.
Kind = Literal["word", "number", "date", "name", "same", "sound", "guess", "unknown"]
MOST_MEANINGS = 2
_LONGEST_PHRASE = 3
# A word is looked up without a clitic, though it is listed with it, if it is met so often then,
# and so many times as often.
OFTEN = 50
_TIMES = 20
# A word has to be met so often for a lone letter before it to be a preposition.
_KNOWN = 3
_NO_PRONOUN = "ةىﺓﺔ"
_TANWEEN = "\u064b"


@dataclass(frozen=True, slots=True)
class Entry:
    """Words `found[first:last]` before one of their `meanings` is chosen."""

    first: int
    last: int
    cut: Cut
    meanings: Mapping[str, float]
    kind: Kind
    names: tuple[str, ...] = ()


def entries(found: Sequence[Word], text: str, dictionary: Dictionary) -> Iterator[Entry]:
    """Yield entries for the words of a text in order, so that each word is in one of them."""
    settled = {each.first: _settled(each) for each in fixed(found, text)}
    held = {place for each in settled.values() for place in range(each.first, each.last)}
    for entry in _glossary(found):
        if held.isdisjoint(range(entry.first, entry.last)):
            settled[entry.first] = entry
            held.update(range(entry.first, entry.last))
    place = 0
    while place < len(found):
        known = settled.get(place) or _phrase(found, place, held, dictionary)
        entry = known or _word(found, text, place, dictionary)
        yield entry
        place = entry.last


def _settled(each: Fixed) -> Entry:
    cut = Cut("", each.before)
    return Entry(each.first, each.last, cut, {each.said: 1.0}, cast("Kind", each.kind))


def _glossary(found: Sequence[Word]) -> Iterator[Entry]:
    """Yield the names that `glossary.toml` knows, also where a clitic is written with them."""
    bare = [word._replace(folded=_without_particle(word.folded)) for word in found]
    for known in (*known_names(found), *known_names(bare)):
        latin = []
        for name in known.others:
            # English names come first in each group.
            if script(name) != "Latn":
                break
            latin.append(name)
        if latin:
            names = dict.fromkeys(latin[:MOST_MEANINGS], 1.0)
            yield Entry(known.first, known.last, Cut(""), names, "name")


def _without_particle(folded: str) -> str:
    cut = [*cuts(folded)][-1]
    return ("ال" if "the" in cut.before else "") + cut.core


def _phrase(
    found: Sequence[Word], place: int, held: set[int], dictionary: Dictionary
) -> Entry | None:
    for last in range(min(place + _LONGEST_PHRASE, len(found)), place + 1, -1):
        if not held.isdisjoint(range(place, last)):
            continue
        rest = [word.folded for word in found[place + 1 : last]]
        for cut in cuts(found[place].folded):
            meanings = dictionary.meanings(bare_phrase([cut.core, *rest]))
            if meanings:
                return Entry(place, last, Cut(cut.core, cut.before), meanings, "word")
    return None


def _word(found: Sequence[Word], text: str, place: int, dictionary: Dictionary) -> Entry:
    folded = found[place].folded
    # Folding makes one letter of the ending of feminine nouns and of "his".
    bound = text[found[place].end - 1] not in _NO_PRONOUN
    if not "\u0600" <= folded[0] <= "\u06ff":
        return Entry(place, place + 1, Cut(folded), {}, "same")
    adverbial = _TANWEEN in text[found[place].start : found[place].end] and folded.endswith("ا")
    forms = (folded, folded[:-1]) if adverbial else (folded,)
    listed = [cut for form in forms for cut in cuts(form) if _is_word(cut, dictionary)]
    names = dictionary.name(without_article(folded))
    if listed:
        cut = _likeliest(listed, dictionary)
        meanings = dictionary.meanings(cut.core)
        cut = _with_pronoun(cut, meanings, dictionary) if bound else cut
        return Entry(place, place + 1, cut, meanings, "word", names)
    for cut in cuts(folded):
        for shorter in without_pronoun(cut):
            if bound and shorter.core in dictionary:
                meanings = dictionary.meanings(shorter.core)
                return Entry(place, place + 1, shorter, meanings, "word", names)
    return _rare(folded, place, names, dictionary)


def _rare(folded: str, place: int, names: tuple[str, ...], dictionary: Dictionary) -> Entry:
    """Return what a word that is listed in no form may be: a name, or another form of its stem."""
    for cut in cuts(folded):
        if spelled := dictionary.name(cut.core):
            return Entry(place, place + 1, cut, dict.fromkeys(spelled, 1.0), "name")
    meanings = dictionary.meanings("=" + stem(folded, "ar"))
    kind: Kind = "word" if meanings else "unknown"
    return Entry(place, place + 1, Cut(folded), meanings, kind, names)


def _is_word(cut: Cut, dictionary: Dictionary) -> bool:
    """Whether a cut makes a word; a rare one does not if all that was cut off is one letter."""
    bare = cut.before[-1:] not in ((), ("the",), ("will",), ("and",))
    return cut.core in dictionary and (not bare or dictionary.count(cut.core) >= _KNOWN)


def _likeliest(listed: Sequence[Cut], dictionary: Dictionary) -> Cut:
    """Return the least cut that is no rare word beside a frequent one ("وفي": loyal, and in)."""
    first = listed[0]
    least = max(OFTEN, _TIMES * dictionary.count(first.core))
    return next((cut for cut in listed[1:] if dictionary.count(cut.core) >= least), first)


def _with_pronoun(cut: Cut, meanings: Mapping[str, float], dictionary: Dictionary) -> Cut:
    """Return a cut of a word that ends in a pronoun with it, if it means the same without."""
    stems = {stem(word.folded, "en") for meaning in meanings for word in words(meaning)}
    for shorter in without_pronoun(cut):
        others = dictionary.meanings(shorter.core)
        if stems & {stem(word.folded, "en") for meaning in others for word in words(meaning)}:
            return Cut(cut.core, cut.before, shorter.after)
    return cut
