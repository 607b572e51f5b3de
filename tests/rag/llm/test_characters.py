"""What reaches a model, and comes from it, can be seen by the reader of the article."""

import pytest
import regex

from corpus.text.characters import UNSEEN
from rag.llm.characters import visible


def test_a_model_is_given_nothing_that_an_article_could_not_hold():
    unseen = regex.compile(f"[{UNSEEN}]")
    assert [hex(c) for c in range(0x110000) if unseen.match(visible(chr(c)))] == []


@pytest.mark.parametrize(
    "character",
    ["\u200b", "\u034f", "\u3164", "\ufe01", "\ue000", "\uffff", "\ud800", "\U000e0041",
     "\U000e0101", "\u180e", "\U0001d173", "\u202e", "\r"],
)  # fmt: skip
def test_what_can_spell_a_message_unseen_is_dropped(character):
    assert visible(f"قسد{character}SDF") == "قسدSDF"


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cشود",
        "\U0001f468\u200d\U0001f33e \u2764\ufe0f",
        "\u0600١٢٣",
        "\u06dd١٢",
        # The abbreviation mark of Syriac and the disputed end of a verse are seen as well.
        "\u070fܐܒ",
        "\u08e2١",
        "one\ttwo\nthree",
    ],
)
def test_what_writing_needs_stays(text):
    assert visible(text) == text


@pytest.mark.parametrize("line_break", ["\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028"])
def test_lines_stay_apart_whatever_breaks_them(line_break):
    assert visible(f"سطر{line_break}line") == "سطر\nline"
