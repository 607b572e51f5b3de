"""Questions for each leg of a search: titles of articles, and English ones on any news."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

from corpus.errors import DalilError

# Each question is asked of one leg only, so that no leg finds what another has just cached.
_ASKED = (
    "Who was arrested in {}?",
    "How many people were killed in {} on Friday?",
    "What did the governor of {} say about the floods?",
    "When was the road to {} opened again?",
    "Which countries have sent aid to {}?",
    "Why did the talks in {} fail?",
    "How much money was promised to the hospitals of {}?",
    "What does a loaf of bread cost in {} now?",
)
_PLACES = (
    "Aleppo", "Aden", "Mosul", "Tripoli", "Basra", "Raqqa", "Sanaa", "Gaza", "Benghazi", "Hama",
    "Idlib", "Kirkuk", "Erbil", "Taiz", "Homs", "Daraa", "Riyadh", "Jeddah", "Cairo", "Beirut",
)  # fmt: skip
# One question in so many is English, the first of a set among them.
_ENGLISH = 10


def question_sets(titles: Sequence[str], sets: int, size: int, seed: int = 0) -> list[list[str]]:
    """Return `sets` lists of `size` questions, no question twice.

    Titles of fewer than three words are no questions.  Raises `DalilError` if the rest are too
    few.

    >>> question_sets(["فتح الطريق إلى الميناء"], sets=1, size=2)[0][1:]
    ['فتح الطريق إلى الميناء']
    """
    source = random.Random(seed)
    usable = [title for title in titles if len(title.split()) >= 3]
    english = [asked.format(place) for asked, place in product(_ASKED, _PLACES)]
    foreign = min(len(english), sets * -(-size // _ENGLISH))
    if len(usable) + foreign < sets * size:
        raise DalilError(
            f"{sets} legs need {sets * size} questions, and the collection has {len(usable)} "
            "titles. Ask fewer with --questions, or take more --passages."
        )
    source.shuffle(usable)
    source.shuffle(english)
    return [
        [
            # Titles stand in once the English questions are used up.
            (usable if place % _ENGLISH or not english else english).pop()
            for place in range(size)
        ]
        for _ in range(sets)
    ]
