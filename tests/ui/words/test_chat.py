"""The interface says the same in each of its languages."""

import re
from pathlib import Path

import pytest

import ui.library
from ui.words.wording import LANGUAGES, library_words, words


@pytest.mark.parametrize("of", [words, library_words])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(of, language):
    assert of(language).keys() == of("en").keys()
    assert all(text.strip() for text in of(language).values())
    places = re.compile(r"\{\w*\}")
    for name, text in of(language).items():
        assert sorted(places.findall(text)) == sorted(places.findall(of("en")[name])), name


@pytest.mark.parametrize("of", [words, library_words])
def test_arabic_words_are_arabic(of):
    for name, text in of("ar").items():
        if name not in ("direction", "language"):
            assert re.search(r"[\u0621-\u064a]", text), name


def test_every_word_of_the_library_is_used():
    folder = ui.library.__path__[0]
    files = [path for kind in ("*.html", "*.js") for path in Path(folder).rglob(kind)]
    written = "\n".join(path.read_text(encoding="utf-8") for path in files)
    for name in library_words("en"):
        assert re.search(rf"words\.{name}\b|(say|counted)\(\"{name}\"|other\.{name}\b", written), (
            name
        )
    # And none is used that there is not.
    used = set(re.findall(r"(?<!form\.)words\.([a-z]\w*)|\bsay\(\"(\w+)\"", written))
    assert {first or second for first, second in used} <= library_words("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_filled(language):
    assert "خبر" in words(language)["example"].format(title="خبر")
