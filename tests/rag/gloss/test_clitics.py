"""What is cut off a word says "and", "in", "the", "his"; what stays is for the dictionary."""

from dataclasses import replace

import pytest

from corpus.text.words import fold
from rag.gloss import gloss
from rag.gloss.clitics import cuts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("والمدينة", "and+the city"),
        ("مدينته", "city his/its"),
        ("مدينة", "city"),
        ("وفي", "and in"),
        ("كان", "was"),
        ("بعد", "after"),
        ("وزير", "minister"),
    ],
)
def test_clitics_are_told_from_letters_of_the_word(text, shown):
    [only] = gloss(text, "ar", "en")
    first = replace(only, words=only.words[:1])
    assert str(first) == shown


@pytest.mark.parametrize("word", ["والمدينة", "للناس", "وبالحرب", "سيكون", "فقال", "لا", "و"])
def test_cutting_loses_no_word(word):
    folded = fold(word)
    assert next(cuts(folded)).core == folded
    assert all(cut.core for cut in cuts(folded))
