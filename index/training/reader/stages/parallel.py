"""Questions made of one side of translated sentences, asked of the other side.

A sentence loses words, one of them is asked for in its place, and which sentence of a passage in
the other language says the same is the question (a cloze, as in Lewis et al. 2019, "Unsupervised
Question Answering by Cloze Translation", but across languages).  Translated sentences are far more
than translated questions, and what they teach is which words of two languages mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

import regex

from index.training.data import read_pairs
from index.training.overlap import NearDuplicates
from index.training.questions.documents import joined
from index.training.reader.examples import Example

# The words of each English word, in one other language.
Dictionary = Mapping[str, Sequence[str]]
# Other languages by weight; how many sentences of a file are drawn at most, how long they are.
_LANGUAGES = {"ar": 1.0, "fa": 0.15, "tr": 0.1, "de": 0.1, "es": 0.1, "fr": 0.1, "ru": 0.1}
_SHORTEST, _NEIGHBOURS = 6, (3, 6)
# So often the English side is the passage, and so many words of a sentence are left out.
_REVERSED, _SHORT_LEFT, _LONG_LEFT = 0.25, 0.6, 0.25
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’.,-]*(?<![.,'’-])|\p{N}")
_PREFIXES = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ل", "ف", "ك")
_ASKED = {"en": ("what", "who", "which", "where"), "ar": ("ماذا", "من", "ما", "أين")}
_NUMBERS = {"en": ("how many", "when"), "ar": ("كم", "متى")}


def of_parallel(
    data: Path,
    dictionaries: Mapping[str, Dictionary],
    measured: Sequence[str],
    random: Random,
    most: int,
) -> Iterator[Example]:
    """Yield at most `most` examples of a file and language, fewer of the languages of less weight.

    A row of which either side nearly equals a text of `measured` is left out.
    """
    known = NearDuplicates(measured)
    for pairs in read_pairs(data):
        if pairs.kind != "sentences" or pairs.right not in _LANGUAGES:
            continue
        sides = [known.matches([row[side] for row in pairs.rows]) < 0 for side in (0, 1)]
        rows = [row for row, *new in zip(pairs.rows, *sides, strict=True) if all(new)]
        long = [place for place, row in enumerate(rows) if len(row[0].split()) >= _SHORTEST]
        count = min(int(most * _LANGUAGES[pairs.right]), len(long))
        for place in random.sample(long, count):
            yield _example(rows, place, pairs.right, dictionaries.get(pairs.right, {}), random)


def _example(
    rows: Sequence[tuple[str, str]],
    place: int,
    language: str,
    dictionary: Dictionary,
    random: Random,
) -> Example:
    """Return a question about a row of the file, its neighbours around it."""
    count = random.randint(*_NEIGHBOURS)
    first = max(0, min(place - random.randrange(count), len(rows) - count))
    side = 0 if language in _ASKED and random.random() < _REVERSED else 1
    passage, spans = joined([row[side] for row in rows[first : first + count]])
    question, words = asked(rows[place], language, 1 - side, dictionary, random)
    start = spans[place - first][0]
    return Example(
        question,
        passage,
        spans,
        frozenset({place - first}),
        (start + words[0], start + words[1]) if words else None,
    )


def asked(
    row: tuple[str, str], language: str, side: int, dictionary: Dictionary, random: Random
) -> tuple[str, tuple[int, int] | None]:
    """Return a question made of one side of a row, and where the other side has the word asked for.

    >>> row = ("Two old bridges fell in Mosul.", "سقط جسران قديمان في الموصل.")
    >>> asked(row, "ar", 0, {"mosul": ["الموصل"]}, Random(3))
    ('bridges fell what?', (20, 26))
    """
    pairs = list(_meeting(row, dictionary))
    gone, held = random.choice(pairs) if pairs else (None, None)
    if side and gone and held:
        gone, held = held, gone
    written: list[str] = []
    own = language if side else "en"
    for at, match in enumerate(_WORD.finditer(row[side])):
        word = match[0]
        if gone and match.span() == gone:
            kinds = _NUMBERS if word[0].isdigit() else _ASKED
            written.append(random.choice(kinds.get(own, kinds["en"])))
        elif random.random() > (_SHORT_LEFT if len(word) < 4 else _LONG_LEFT):
            written.append(word if at else word.lower())
    return " ".join(written) + random.choice(("", "؟" if own == "ar" else "?")), held


def _meeting(
    row: tuple[str, str], dictionary: Dictionary
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield where an English word stands and where what it means does, which must stand once."""
    places: dict[str, list[tuple[int, int]]] = {}
    for match in _WORD.finditer(row[1]):
        for form in _forms(match[0].lower()):
            places.setdefault(form, []).append(match.span())
    for match in _WORD.finditer(row[0]):
        word = match[0].lower()
        means = dictionary.get(word) or dictionary.get(word.removesuffix("s")) or ()
        for other in (word, *means) if word[0].isdigit() else means:
            found = places.get(next(iter(sorted(_forms(other.lower()), key=len))), [])
            if len(found) == 1 and len(word) > 3 - 2 * word[0].isdigit():
                yield match.span(), found[0]
                break


def _forms(word: str) -> set[str]:
    """Return a word as it is written, and without what Arabic writes before it."""
    found = {word}
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) > 2:
            found.add(word.removeprefix(prefix))
    return found
