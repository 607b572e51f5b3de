"""A second stage: questions in another language than their passage.

Most data has question and passage in one language, so a model that learnt from it reads English
questions on Arabic passages worst, and those are asked most.  Questions of our own are asked of
documents in other languages, and English questions get words of another language from bilingual
dictionaries in place of their own (Qin et al. 2020, "CoSDA-ML").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import regex

from index.training.data import read_pairs
from index.training.reader.examples import Example, of_our_own, of_pairs, of_squad, prepared

# Dictionaries by language, the languages drawn by weight; so much of the words is replaced.
Dictionaries = Mapping[str, Mapping[str, Sequence[str]]]
_LANGUAGES = {"ar": 8, "de": 1, "es": 1, "fa": 1, "tr": 1}
_REPLACED = 0.6
_VERSIONS = {"ar": 10, "en": 5, "fr": 1, "de": 1, "tr": 1, "fa": 1, "ckb": 1, "es": 1, "ru": 1}
_DRAWN = 2
# Of the pairs so many questions are taken, and of all that stays in one language.
_PAIRS, _SAME = 3_000, 2_500
_ENGLISH = ("qa/tydi-goldp.en.json.gz",)
_WORD = regex.compile(r"\p{L}[\p{L}'’-]*")


def crossing_examples(data: Path, measured: Sequence[str], seed: int = 0) -> list[Example]:
    """Return the examples of this stage in an order of their own, without those that measure.

    A part stays in one language, so that what was learnt there is kept.
    """
    random = Random(seed)
    dictionaries = read_dictionaries(data)
    pairs = list(of_pairs(data, random))
    english = [*of_squad(data, _ENGLISH), *random.sample(pairs, min(_PAIRS, len(pairs)))]
    same = list(of_squad(data))
    crossed = [
        *of_our_own(data, random, _VERSIONS, _DRAWN, same=False),
        *(switched(each, dictionaries, random) for each in english),
        *random.sample(same, min(_SAME, len(same))),
    ]
    return prepared(crossed, measured, random, data)


def read_dictionaries(data: Path) -> Dictionaries:
    """Return for each language the words of each English word, from the lexica that may train."""
    found: dict[str, dict[str, list[str]]] = {}
    for pairs in read_pairs(data):
        if pairs.kind in ("lexicon", "names"):
            words = found.setdefault(pairs.right, {})
            for english, other in pairs.rows:
                words.setdefault(english.lower(), []).append(other)
    return found


def switched(example: Example, dictionaries: Dictionaries, random: Random) -> Example:
    """Return an English example with words of its question in another language.

    >>> words = {"ar": {"bridge": ["جسر"], "old": ["قديم"]}}
    >>> one = Example("Where is the Old bridge?", "Here.", [(0, 5)], frozenset({0}))
    >>> drawn = Random(4)
    >>> sorted({switched(one, words, drawn).question for _ in range(40)})[:2]
    ['Where is the Old bridge?', 'Where is the Old جسر?']
    """
    codes = [code for code in _LANGUAGES if code in dictionaries]
    if not codes:
        return example
    (code,) = random.choices(codes, [_LANGUAGES[code] for code in codes])
    words = dictionaries[code]

    def other(match: regex.Match[str]) -> str:
        word = match[0].lower()
        known = words.get(word) or words.get(word.removesuffix("s"))
        return random.choice(known) if known and random.random() < _REPLACED else match[0]

    return replace(example, question=_WORD.sub(other, example.question))
