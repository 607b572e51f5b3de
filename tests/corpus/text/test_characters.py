"""The table against Unicode's own data, and what cleaning makes of it."""

import sys
import unicodedata

import pytest
import regex

from corpus import clean
from corpus.text import characters
from corpus.text.language import UNKNOWN_SCRIPT, direction, script

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
CLASSES = (
    "CONTROLS", "DIRECTION_MARKS", "DIRECTION_CHANGES", "ZERO_WIDTH", "ANNOTATIONS", "TAGS",
    "JOINERS", "SEEN_FORMATS", "VARIATION_SELECTORS", "BLANK_LETTERS", "LINE_BREAKS",
)  # fmt: skip


def members(name):
    return set(regex.findall(f"[{getattr(characters, name)}]", "".join(EVERY)))


def having(unicode_property):
    return set(regex.findall(rf"\p{{{unicode_property}}}", "".join(EVERY)))


def test_each_character_stands_in_one_class_of_the_table():
    listed = [character for name in CLASSES for character in members(name)]
    assert len(listed) == len(set(listed))


def test_line_breaks_are_those_of_python():
    assert members("LINE_BREAKS") == {c for c in EVERY if len(f"a{c}b".splitlines()) == 2}
    assert characters.LINE_BREAKS == "\n" + characters.OTHER_LINE_BREAKS


def test_controls_are_all_of_unicode_but_tab_and_line_breaks():
    assert members("CONTROLS") == having("Cc") - members("LINE_BREAKS") - {"\t"}


def test_bidirectional_controls_are_those_of_unicode():
    assert members("BIDI_CONTROLS") == having("Bidi_Control")


def test_seen_formats_are_those_of_unicode():
    assert members("SEEN_FORMATS") == having("Prepended_Concatenation_Mark")


def test_what_nobody_sees_has_no_shape_in_unicode_either():
    shapeless = (
        having("Cc") | having("Cf") | having("Default_Ignorable_Code_Point") | members("TAGS")
    )
    assert members("UNSEEN") <= shapeless - having("Prepended_Concatenation_Mark")
    assert members("BLANK_LETTERS") | members("VARIATION_SELECTORS") <= shapeless


def test_scripts_from_right_to_left_are_those_whose_letters_are():
    known = {letter: script(letter) for letter in EVERY if letter.isalpha()}
    from_right = {
        writing
        for letter, writing in known.items()
        if unicodedata.bidirectional(letter) in {"R", "AL"} and writing != UNKNOWN_SCRIPT
    }
    assert from_right == characters.RIGHT_TO_LEFT_SCRIPTS


@pytest.mark.parametrize(
    ("text", "expected"),
    [("خبر", "rtl"), ("ידיעה", "rtl"), ("ܛܒܐ", "rtl"), ("News", "ltr"), ("Новости", "ltr"),
     ("ニュース", "ltr"), ("12:30 !", "auto")],
)  # fmt: skip
def test_direction(text, expected):
    assert direction(text) == expected


@pytest.mark.parametrize(
    "character", ["\u202e", "\u200b", "\x1b", "\u206a", "\ufffb", "\U000e0041"]
)
def test_cleaning_drops_what_no_writing_needs(character):
    assert clean(f"قال{character} الوزير.") == "قال الوزير."


@pytest.mark.parametrize(
    "character", ["\u200c", "\u200d", "\ufe0f", "\U000e0100", "\u3164", "\ue000"]
)
def test_cleaning_keeps_what_shapes_a_text(character):
    assert clean(f"قال{character} الوزير.") == f"قال{character} الوزير."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\ud800ب", "a\ufffdب"),
        ("\udfff\ud800", "\ufffd\ufffd"),
        ("\U0001f642 نص", "\U0001f642 نص"),
    ],
)
def test_surrogates_are_replaced_one_by_one(text, expected):
    assert characters.replace_surrogates(text) == expected
