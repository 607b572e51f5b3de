"""Known-item questions: a title for its article, words of a sentence for its passage.

What is asked for is known, since the question was made of it, so each side is judged without
anybody's opinion: on the rank of the first right passage among ten.
"""

from __future__ import annotations

import json
import random
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal
from zlib import crc32

import numpy as np
import regex

from corpus.errors import DalilError
from eval.bench.beside.articles import is_lender
from eval.bench.files import PASSAGES, named

Kind = Literal["title", "words"]
KINDS: tuple[Kind, ...] = ("title", "words")
SHOWN = 10
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]+")
_SENTENCE = regex.compile(r"[^.!؟?\n]+")
# Shorter words are mostly particles.
_LONG = 4
_LEAST_IN_TITLE = 4
# Every second of so many long words is asked, no more than the second number of them.
_LEAST_LONG, _MOST_ASKED = 10, 5
_ARTICLE = regex.compile(r"^(?:وال|بال|فال|كال|ال|لل)(?=\p{L}{3})")


@dataclass(frozen=True, slots=True)
class Item:
    """A question and the keys of what answers it, by line of the file and by name."""

    question: str
    kind: Kind
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Article:
    """An article's lines in the file: its title, the number of its first passage, and all."""

    id: str
    title: str
    first: int
    starts: Sequence[int]
    texts: Sequence[str]


def items(folder: Path, questions: int, seed: int = 0) -> list[Item]:
    """Return about as many questions as `questions`, of both kinds in turns.

    Each is of an article of its own that lends no sentences.  A title is once in the collection; of
    a sentence, every passage that holds it word for word is right, since reports are copied.
    Raises `DalilError` if fewer than two can be asked.
    """
    source = random.Random(seed)
    kept: list[_Article] = []
    for number, article in enumerate(_usable(folder, _often(folder))):
        place = number if number < questions else source.randrange(number + 1)
        kept[place : place + 1] = [article] if place < questions else []
    source.shuffle(kept)
    half = len(kept) // 2
    named_by_title = [_by_title(article) for article in kept[:half]]
    by_words = _by_words(folder, [s for article in kept[half:] if (s := _sentence(article))])
    if not named_by_title or not by_words:
        raise DalilError("The collection has too few titles to ask for. Take more passages.")
    return [item for pair in zip(named_by_title, by_words, strict=False) for item in pair]


def rank(found: Sequence[Sequence[str]], item: Item) -> int | None:
    """Return the place of the first passage that answers among the first ten, from 1.

    >>> asked = Item("?", "title", frozenset({"4", "a:0"}))
    >>> rank([["3"], ["4"]], asked), rank([["a:0", "a"]], asked), rank([["5"]], asked)
    (2, 1, None)
    """
    right = (place for place, keys in enumerate(found[:SHOWN], 1) if not item.keys.isdisjoint(keys))
    return next(right, None)


def quality(ranks: Sequence[int | None]) -> Mapping[str, float]:
    """Return mean reciprocal rank and recall, both within the first ten.

    >>> quality([1, None, 4, 1])
    {'mrr': 0.5625, 'recall': 0.75}
    """
    found = [rank for rank in ranks if rank is not None]
    return {"mrr": sum(1 / rank for rank in found) / len(ranks), "recall": len(found) / len(ranks)}


def reworded(sentence: str) -> str:
    """Return every second long word of a sentence without its article, as a reader might recall it.

    Words that nobody wrote in that form test whether a search knows one word in its forms; no
    synonyms come in.  "" for a short sentence.

    >>> reworded("أعلنت الوزارة أمس الجديدة بالمدينة افتتاح الطريق الساحلي الواصل بين المدينتين "
    ...     "الكبيرتين والميناء الشمالي")
    'أعلنت جديدة افتتاح ساحلي مدينتين'
    """
    long = [word for word in _WORD.findall(sentence) if len(word) >= _LONG]
    if len(long) < _LEAST_LONG:
        return ""
    return " ".join(_ARTICLE.sub("", word) for word in long[::2][:_MOST_ASKED])


def _by_title(article: _Article) -> Item:
    lines = range(article.first, article.first + len(article.starts))
    by_name = (named(article.id, start) for start in article.starts)
    # Any passage of the article is right, and so is the article as one that has the same report.
    return Item(article.title, "title", frozenset({*map(str, lines), *by_name, article.id}))


def _sentence(article: _Article) -> str:
    """Return the first sentence of an article that can be asked for, "" if none can."""
    found = (sentence for text in article.texts for sentence in _sentences(text))
    return next((sentence for sentence in found if reworded(sentence)), "")


def _sentences(text: str) -> Iterator[str]:
    return (sentence.strip() for sentence in _SENTENCE.findall(text))


def _by_words(folder: Path, sentences: Sequence[str]) -> list[Item]:
    """Return a question of each sentence, with all passages that hold it."""
    keys: dict[str, set[str]] = {sentence: set() for sentence in sentences}
    for article in _articles(folder):
        for place, text in enumerate(article.texts):
            for sentence in keys.keys() & set(_sentences(text)):
                name = named(article.id, article.starts[place])
                keys[sentence] |= {str(article.first + place), name}
    return [Item(reworded(sentence), "words", frozenset(found)) for sentence, found in keys.items()]


def _usable(folder: Path, often: frozenset[int]) -> Iterator[_Article]:
    for article in _articles(folder):
        long_enough = len(article.title.split()) >= _LEAST_IN_TITLE
        if long_enough and not is_lender(article.id) and crc32(article.title.encode()) not in often:
            yield article


def _articles(folder: Path) -> Iterator[_Article]:
    """Yield the articles of the passages file, whose lines stand together."""
    with (folder / PASSAGES).open(encoding="utf-8") as file:
        lines = (json.loads(line) for line in file)
        first = 0
        for name, group in groupby(lines, key=lambda line: str(line["article"])):
            passages = list(group)
            titles = [str(line["text"]).partition("\n") for line in passages]
            starts = [int(line["start"]) for line in passages]
            yield _Article(name, titles[0][0], first, starts, [text for _, _, text in titles])
            first += len(passages)


def _often(folder: Path) -> frozenset[int]:
    """Return the checksums of the titles that come more than once, which take less than titles."""
    return _doubled(array("L", (crc32(a.title.encode()) for a in _articles(folder))))


def _doubled(checksums: array[int]) -> frozenset[int]:
    held = np.frombuffer(checksums, f"u{checksums.itemsize}")
    values, counts = np.unique(held, return_counts=True)
    return frozenset(values[counts > 1].tolist())
