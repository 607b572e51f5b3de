"""Articles that nobody wrote, in numbers: where no newspaper archive lies at hand.

Word frequencies follow Zipf's law; the commonest words are those of the demo collection, the
others are built of syllables.  The same seed gives the same articles.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, count
from pathlib import Path

import regex

from corpus.load import load_articles

_DEMO = Path(__file__).parents[2] / "corpus" / "demo"
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]+")
_SYLLABLES = {
    "ar": [a + b for a in "بتجحدرسشصطعفقكلمنه" for b in ("", "ا", "و", "ي")],
    "en": [a + b for a in "bdfgklmnprstvz" for b in "aeiou"],
}
# Word forms a language: about as many as 100,000 passages of Arabic newspapers hold twice.
_VOCABULARY = 120_000
# Mandelbrot's shift of Zipf's law, which keeps the commonest word below a tenth of all.
_SHIFT = 2.7
# One article in so many is English.
_ENGLISH = 7


@dataclass(frozen=True)
class Language:
    """The words of a language from the commonest on, with their frequencies summed up."""

    code: str
    words: Sequence[str]
    cumulative: Sequence[float]

    def draw(self, source: random.Random, size: int) -> list[str]:
        """Return `size` words by Zipf's law."""
        return source.choices(self.words, cum_weights=self.cumulative, k=size)


@lru_cache(maxsize=4)
def language(code: str, vocabulary: int = _VOCABULARY) -> Language:
    """Return the generated language of a code, "ar" or "en".

    >>> words = language("en", 2_000).words
    >>> len(words), words[0]
    (2000, 'the')
    """
    source = random.Random(code)
    texts = [
        a.article.text for a in load_articles(_DEMO) if a.article and a.article.language == code
    ]
    seen = Counter(word.lower() for text in texts for word in _WORD.findall(text))
    words = dict.fromkeys(word for word, _ in seen.most_common(vocabulary))
    while len(words) < vocabulary:
        words["".join(source.choices(_SYLLABLES[code], k=source.randint(2, 4)))] = None
    weights = (1 / (rank + _SHIFT) for rank in range(vocabulary))
    return Language(code, list(words), list(accumulate(weights)))


def articles(seed: int = 0, vocabulary: int = _VOCABULARY) -> Iterator[dict[str, str]]:
    """Yield articles without end, as the fields of JSONL lines.

    >>> first = next(articles(vocabulary=2_000))
    >>> first == next(articles(vocabulary=2_000)), first["id"], len(first["title"].split())
    (True, 'generated-0', 6)
    """
    source = random.Random(seed)
    arabic, english = language("ar", vocabulary), language("en", vocabulary)
    for number in count():
        spoken = english if number % _ENGLISH == _ENGLISH - 1 else arabic
        # What an article is about: rare words that come again in each of its sentences.
        topic = source.choices(spoken.words, k=12)
        title = [*source.sample(topic, 3), *spoken.draw(source, 3)]
        paragraphs = (_paragraph(source, spoken, topic) for _ in range(source.randint(2, 8)))
        yield {
            "id": f"generated-{number}",
            "title": " ".join(title),
            "outlet": f"Outlet {number % 20}",
            "published": f"2020-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "language": spoken.code,
            "text": "\n\n".join(paragraphs),
        }


def _paragraph(source: random.Random, spoken: Language, topic: Sequence[str]) -> str:
    """Return about sixty words in three or four sentences."""
    sentences = []
    for _ in range(source.randint(3, 4)):
        words = [*source.sample(topic, 2), *spoken.draw(source, source.randint(10, 20))]
        source.shuffle(words)
        sentences.append(" ".join(words) + ".")
    return " ".join(sentences)
