"""Character n-grams of words: a field of its own that meets where stems differ."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from index.words import Word

# Three letters are a root of Arabic; measured against four with `python -m eval.studies.lexical`.
SIZE = 3


def grams(found: Iterable[Word], size: int = SIZE) -> list[str]:
    """Return the character n-grams of folded words, in order.

    They stay within a word, and a shorter word stands for itself.

    >>> from index.words import words
    >>> grams(words("قصف إدلب")), grams(words("an idea"), size=4)
    (['قصف', 'ادل', 'دلب'], ['an', 'idea'])
    """
    return [gram for word in found for gram in _of_word(word.folded, size)]


@lru_cache(maxsize=200_000)
def _of_word(folded: str, size: int) -> tuple[str, ...]:
    last = max(len(folded) - size, 0)
    return tuple(folded[start : start + size] for start in range(last + 1))
