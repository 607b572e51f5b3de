"""Numbers of one word, in the languages that write them so."""

import pytest

from corpus.text.numerals.quantity_words import tables
from corpus.text.words import fold


@pytest.mark.parametrize(
    ("language", "word", "value"),
    [
        ("de", "fünfundzwanzig", 25),
        ("de", "fuenfundzwanzig", 25),
        ("de", "neunhundertneunundneunzig", 999),
        ("de", "siebzehnhundert", 1_700),
        ("de", "anderthalbtausend", 1_500),
        ("tr", "doksandokuz", 99),
        ("tr", "ikiyüzelli", 250),
        ("tr", "yirmibin", 20_000),
        ("fa", "سی‌وپنج", 35),
        ("fa", "بیست‌هزار", 20_000),
        ("ckb", "پێنج‌هەزار", 5_000),
    ],
)
def test_numbers_of_one_word(language, word, value):
    assert tables().numbers[fold(word)][language].value == value


@pytest.mark.parametrize("word", ["onlar", "binbaşı", "yüzde", "tausendmal", "hundertmal", "صدها"])
def test_words_that_begin_like_numbers_are_none(word):
    assert fold(word) not in tables().numbers
