"""Names of the glossary are known where they stand, however Arabic writes them."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from corpus.text.names import without_article
from corpus.text.words import words
from rag.reading import languages
from rag.reading.languages import function_words, known_names

GLOSSARY = tomllib.loads(
    Path(languages.__file__).with_name("glossary.toml").read_text(encoding="utf-8")
)


def first_of(text):
    found = list(words(text))
    return [
        " ".join(text[word.start : word.end] for word in found[known.first : known.last])
        for known in known_names(found)
    ]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("من أصيب بالكوليرا وبكورونا؟", ["بالكوليرا", "وبكورونا"]),
        ("ماذا قال للأمم المتحدة؟", ["للأمم المتحدة"]),
        ("كم إصابة بشلل الأطفال وجدري القردة؟", ["بشلل الأطفال", "وجدري القردة"]),
        ("Сколько случаев кори?", ["кори"]),
        # The flood is no tuberculosis, the name no asthma, and nobody has a grip.
        ("كم بيتاً جرف سيل الوادي؟", []),
        ("ما اسم السائق؟", []),
        ("Who lost the grip on the pest?", []),
        ("من وصل إلى الملاعب؟", []),
    ],
)
def test_a_name_is_known_with_what_arabic_writes_before_it(text, known):
    assert first_of(text) == known


def test_no_name_stands_for_two_things_or_for_none():
    groups = [
        {tuple(without_article(word.folded) for word in words(name)) for name in group}
        for kind in GLOSSARY.values()
        for group in kind
    ]
    counted = Counter(name for group in groups for name in group)
    assert [name for name, count in counted.items() if count > 1] == []
    illnesses = (name for group in GLOSSARY["illnesses"] for name in group)
    assert [name for name in illnesses if set(name.split()) <= function_words()] == []
