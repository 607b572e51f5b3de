"""The words of the article view in its languages, and which of them a reader gets."""

import tomllib
from pathlib import Path

import pytest

import ui.words
from ui.words.wording import preferred


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("*", "en"),
        ("ar", "ar"),
        ("AR-eg", "ar"),
        ("fr,ar;q=0.3", "ar"),
        ("en;q=0.2, ar;q=0.7", "ar"),
        ("ar;q=0.2, en;q=0.7", "en"),
        ("ar;q=0", "en"),
        ("ar;q=x,;;,=", "en"),
    ],
)
def test_the_language_that_a_browser_prefers(header, language):
    assert preferred(header) == language


def test_both_languages_say_the_same_things():
    file = Path(ui.words.__file__).with_name("pages.toml")
    english, arabic = (tomllib.loads(file.read_text(encoding="utf-8"))[k] for k in ("en", "ar"))
    assert list(english) == list(arabic)
    assert list(english["languages"]) == list(arabic["languages"])
    assert len(english["months"]) == len(arabic["months"]) == 12
    assert len(english["digits"]) == len(arabic["digits"]) == 10
    for key, words in english.items():
        if isinstance(words, str) and key != "digits":
            assert words.count("{") == arabic[key].count("{")
            assert words != arabic[key]
