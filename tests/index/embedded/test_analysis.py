"""Many texts are analysed piece by piece into exactly what they are one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embedded import analysis
from index.embedded.texts import TextIndex
from index.encoder import load_bundled

PARTS = ("terms", "grams", "names", "tokens")
WRITTEN = (
    "in of و and a the 27 3 2019 10,000 10.5 ½ 25² $10m 1/2 ten million half percent per cent "
    "October May may Ekim'de تشرين الأول/أكتوبر 27ی عشرة ملايين وعشرين في المئة بالمئة نصف ربع "
    "عبد الله عبد-الله، حجي Abdul Hadi Caggins كاغينز’s SDF’s — … (قسد) قَسَدٌ الأدلة: "
    "soixante-dix vingt et un fünf achtzig 10\ufffd \u06f2\u06f5 ١٢ thousand third may, «يوم» "
    "% \U0001f600"
)
PIECES = st.sampled_from(WRITTEN.split())
TEXT = st.lists(
    st.tuples(PIECES, st.sampled_from([" ", "\n", "\u00a0", "  ", "\u2028"])), max_size=14
)
LANGUAGE = st.sampled_from(["ar", "en", "tr", None])


@pytest.fixture(scope="module")
def encoder():
    return load_bundled()


def extended(texts, languages, encoder):
    empty = TextIndex.build([], [], encoder)
    return empty.extended(np.zeros(0, np.int64), texts, languages, encoder)


def check_same(found, expected):
    for part in PARTS:
        ours, theirs = getattr(found, part), getattr(expected, part)
        for field in theirs.__dataclass_fields__:
            one, other = getattr(ours, field), getattr(theirs, field)
            assert one.dtype == other.dtype, (part, field)
            assert one.tolist() == other.tolist(), (part, field)


@given(st.lists(st.tuples(TEXT, LANGUAGE), max_size=4))
@settings(max_examples=60, deadline=None)
def test_pieces_bring_what_whole_texts_do(encoder, drawn):
    texts = ["".join(piece + gap for piece, gap in text) for text, _ in drawn]
    languages = [language for _, language in drawn]
    expected = TextIndex.build(texts, languages, encoder)
    check_same(extended(texts, languages, encoder), expected)


SPOKEN = (
    "between بين arasında 5 and و to إلى seven thousand آلاف million half a third of ثلث "
    "October تشرين الأول من عام 27 the fifth of الخامس عشر في المئة per cent 3 / 4 point $ euros"
    " 2019 1,500 bin ve buçuk at one two twenty-five"
)
NUMBERS = st.sampled_from(SPOKEN.split())
PLAIN = st.lists(st.sampled_from(["people", "said", "قال", "الناس", "—", "went"]), max_size=12)


@given(st.lists(st.tuples(st.lists(NUMBERS, max_size=5), PLAIN), max_size=5))
@settings(max_examples=100, deadline=None)
def test_numbers_are_read_from_the_words_around_them(encoder, drawn):
    text = " ".join(" ".join(numbers + plain) for numbers, plain in drawn)
    found = extended([text], ["en"], encoder)
    check_same(found, TextIndex.build([text], ["en"], encoder))


def test_what_is_forgotten_is_learnt_again(encoder, monkeypatch):
    monkeypatch.setattr(analysis, "_PIECES", 3)
    monkeypatch.setattr("index.embedded.texts.CHUNK", 2)
    texts = ["Ten sheep crossed.", "عشرة ملايين دولار", "", "Ten sheep of ten million."] * 3
    languages = ["en", "ar", None, "en"] * 3
    expected = TextIndex.build(texts, languages, encoder)
    check_same(extended(texts, languages, encoder), expected)


def test_a_quantity_that_the_words_beside_it_make_is_read_from_the_text(encoder):
    # Looked at by itself, "ten" is a ten; a piece cannot tell that a million follows.
    found = extended(["It cost ten million.", "Ten came."], ["en", "en"], encoder)
    assert found.terms.documents_with("10000000").tolist() == [0]
    assert found.terms.documents_with("10").tolist() == [1]
