"""What Arabic writes together with a word: "and", "in", "the" before it, "his", "them" behind it.

Everything here is folded (`corpus.text.words.fold`).  A word can be cut in several ways; which of
them makes a word is for the dictionary to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ARTICLE = "ال"
# The word that stays: shorter ones are other words ("له" is no "ل" with "ه").  "My" and
# "your" are left out: in news their endings are nearly always other things.
_SHORTEST = 2
_CONJUNCTIONS = {"و": "and", "ف": "so"}
_PREPOSITIONS = {"ب": "in/by", "ل": "to/for", "ك": "as"}
_FUTURE = "س"
_FUTURE_VERBS = ("ي", "ت", "ن", "ا")
_PRONOUNS = {
    "هما": "their", "ها": "her/its", "هم": "their", "هن": "their",
    "نا": "our", "ه": "his/its",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to cut a word: `core`, and what the parts before and behind it say in English."""

    core: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def cuts(word: str) -> Iterator[Cut]:
    """Yield the ways to cut off what is written before a folded word, the least cut first.

    >>> [(cut.core, *cut.before) for cut in cuts("والمدينه")]
    [('والمدينه',), ('المدينه', 'and'), ('مدينه', 'and', 'the')]
    >>> [(cut.core, *cut.before) for cut in cuts("للمدينه")][1]
    ('مدينه', 'to/for', 'the')
    """
    conjunctions: list[tuple[str, tuple[str, ...]]] = [(word, ())]
    if word[0] in _CONJUNCTIONS and len(word) > _SHORTEST:
        conjunctions.append((word[1:], (_CONJUNCTIONS[word[0]],)))
    for rest, before in conjunctions:
        yield Cut(rest, before)
        yield from _inner(rest, before)


def _inner(word: str, before: tuple[str, ...]) -> Iterator[Cut]:
    if word.startswith("لل") and len(word) >= 2 + _SHORTEST:
        yield Cut(word[2:], (*before, _PREPOSITIONS["ل"], "the"))
        # The article's alif is dropped, and an l of the word's own with it.
        yield Cut(word[1:], (*before, _PREPOSITIONS["ل"], "the"))
    elif word.startswith(ARTICLE) and len(word) >= len(ARTICLE) + _SHORTEST:
        yield Cut(word[2:], (*before, "the"))
    elif word[0] in _PREPOSITIONS and len(word) > _SHORTEST:
        rest, said = word[1:], (*before, _PREPOSITIONS[word[0]])
        if rest.startswith(ARTICLE) and len(rest) >= len(ARTICLE) + _SHORTEST:
            yield Cut(rest[2:], (*said, "the"))
        yield Cut(rest, said)
    elif word[0] == _FUTURE and word[1:].startswith(_FUTURE_VERBS) and len(word) > 3:
        yield Cut(word[1:], (*before, "will"))


def without_pronoun(cut: Cut) -> Iterator[Cut]:
    """Yield a cut without a pronoun behind its word, in the spellings the word may have then.

    >>> [(cut.core, *cut.after) for cut in without_pronoun(Cut("مدينته"))]
    [('مدينت', 'his/its'), ('مدينه', 'his/its')]
    >>> [cut.core for cut in without_pronoun(Cut("ابنايهم"))]
    ['ابناي', 'ابناء']
    """
    if cut.before[-1:] == ("the",):
        return
    for pronoun, said in _PRONOUNS.items():
        if cut.core.endswith(pronoun) and len(cut.core) >= len(pronoun) + _SHORTEST:
            core = cut.core[: -len(pronoun)]
            yield Cut(core, cut.before, (said,))
            if core[-1] == "ت":
                yield Cut(core[:-1] + "ه", cut.before, (said,))
            if core[-1] in "يو":
                yield Cut(core[:-1] + "ء", cut.before, (said,))
            return


def without_article(word: str) -> str:
    """Return a folded word without the article.

    >>> without_article("الحسكه"), without_article("الف")
    ('حسكه', 'الف')
    """
    return word[2:] if word.startswith(ARTICLE) and len(word) > len(ARTICLE) + _SHORTEST else word


def bare_phrase(folded: Sequence[str]) -> str:
    """Return the key of a phrase: its words without articles.

    >>> bare_phrase(["الامم", "المتحده"])
    'امم متحده'
    """
    return " ".join(map(without_article, folded))
