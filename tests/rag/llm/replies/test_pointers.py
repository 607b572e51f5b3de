"""Markers are found and everything but words is left out, wherever the reply is cut."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.llm.replies.pointers import PointerParser, Pointers, Words

CASES = json.loads((Path(__file__).parent / "cases/streams.json").read_text("utf-8"))
# What streams are made of: signs that mean something, and short words.
SIGNS = [
    *"[]()【】［］〔〕（）{}<>!^#†:/.,،;-–\\`*&\n \t39٣３۳aس",
    "[3]", "[3, 5]", "(3)", "](", "![", "[[", "]:", "</", "<think>", "</think>", "<b>", "<!--",
    "https://", "www.", "source ", "المصدر ", "and", "&#47;", "&lt;", "\u200b", "\u202e", "\u200c",
    "\U000e0041", "word ", "كلمة ", "x" * 70, "y" * 199, "(" * 40, "[" * 9, "3" * 6, " " * 40,
]  # fmt: skip


def parsed(pieces, known=()):
    parser = PointerParser(known)
    parts = [part for piece in pieces for part in parser.feed(piece)]
    joined = []
    for part in [*parts, *parser.finish()]:
        if isinstance(part, Pointers):
            joined.append(list(part.numbers))
        elif joined and isinstance(joined[-1], str):
            joined[-1] += part.text
        else:
            joined.append(part.text)
    return joined


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_reply_is_read(case):
    assert parsed([case["reply"]], case.get("known", ())) == case["parts"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_reply_is_read_character_by_character(case):
    assert parsed(case["reply"], case.get("known", ())) == case["parts"]


@given(st.lists(st.sampled_from(SIGNS), max_size=40), st.lists(st.integers(0, 400)), st.booleans())
def test_the_cuts_do_not_matter(signs, cuts, known):
    reply = "".join(signs)
    places = sorted({0, len(reply), *(cut for cut in cuts if cut < len(reply))})
    pieces = [reply[a:b] for a, b in pairwise(places)]
    numbers = (3, 5, 39) if known else ()
    whole = parsed([reply], numbers)
    assert parsed(pieces, numbers) == whole
    assert parsed(reply, numbers) == whole


@given(st.lists(st.sampled_from(SIGNS), max_size=40))
def test_no_link_image_or_tag_is_left(signs):
    shown = "".join(part for part in parsed(["".join(signs)]) if isinstance(part, str))
    assert "](" not in shown
    assert "://" not in shown
    assert "www." not in shown
    assert "<b" not in shown
    assert not set(shown) & {"\u200b", "\u202e", "\U000e0041", "\\", "`"}


@pytest.mark.parametrize("between", ["<b>", "</think>", "<think>so</think>", "**", "\u200b"])
def test_what_is_left_out_between_label_and_address_makes_no_link(between):
    shown = "".join(
        part for part in parsed([f"[here]{between}(/logout) now"]) if isinstance(part, str)
    )
    assert "](" not in shown
    assert "/logout" not in shown


def test_a_marker_is_told_when_it_closes():
    parser = PointerParser()
    list(parser.feed("It rained [3"))
    assert list(parser.feed("]")) == [Pointers((3,))]


def test_plain_words_are_not_held_back():
    assert list(PointerParser().feed("هطل المطر ")) == [Words("هطل المطر ")]
    assert list(PointerParser().feed("It rained ")) == [Words("It rained ")]


def test_text_that_never_ends_is_not_kept():
    parser = PointerParser()
    for sign in ("a", "[", "(", "<b ", "[a](", "<think>", "!["):
        for _ in range(50):
            list(parser.feed(sign * 100))
    held = "".join(part.text for part in parser.finish() if isinstance(part, Words))
    assert len(held) < 2000
