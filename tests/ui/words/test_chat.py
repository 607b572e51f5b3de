"""The interface says the same in each of its languages."""

import re

import pytest

from ui.words.wording import LANGUAGES, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language):
    assert words(language).keys() == words("en").keys()
    assert all(text.strip() for text in words(language).values())


def test_arabic_words_are_arabic():
    for name, text in words("ar").items():
        if name != "direction":
            assert re.search(r"[\u0621-\u064a]", text), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_filled(language):
    assert "خبر" in words(language)["example"].format(title="خبر")
