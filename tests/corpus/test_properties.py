"""Random texts of every kind through cleaning, sentences and splitting."""

import contextlib
import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Article, clean, sentence_spans, split
from corpus.errors import DalilError
from corpus.fields import Draft, finish
from corpus.furniture.clean import STEPS, removals
from corpus.split import SplitSettings
from corpus.text.language import detect, script
from corpus.text.sentences import MAX_SENTENCE_LENGTH

PIECES = st.sampled_from(json.loads((Path(__file__).parent / "cases" / "pieces.json").read_text()))
TEXTS = st.one_of(
    st.lists(PIECES, max_size=60).map("".join),
    st.lists(PIECES, max_size=30).map("\n".join),
    st.text(st.characters(exclude_categories=()), max_size=200),
    st.tuples(PIECES, st.integers(1, 3000)).map(lambda pair: pair[0] * pair[1]),
)
QUICK = settings(max_examples=120, deadline=None)


@QUICK
@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not any("\ud800" <= character <= "\udfff" for character in cleaned)


@QUICK
@given(TEXTS)
def test_cleaning_only_takes_away(text):
    """What is left is, in order, part of what was there, with spaces and U+FFFD for some."""
    before = iter(character for character in text if not character.isspace())
    for character in clean(text):
        if not character.isspace():
            same = "\ud800" <= character <= "\udfff" or character
            assert any(
                other in (same, character) or _stands_for(character, other) for other in before
            )


def _stands_for(character, other):
    return character == "\ufffd" and "\ud800" <= other <= "\udfff"


@QUICK
@given(TEXTS)
def test_removals_name_drop_steps(text):
    names = {step.__name__ for step in STEPS}
    for removal in removals(text):
        assert removal.step in names
        assert removal.line.strip()


@QUICK
@given(TEXTS)
def test_sentences_hold_every_visible_character_once(text):
    spans = sentence_spans(text)
    covered = [index for start, end in spans for index in range(start, end)]
    assert covered == sorted(set(covered))
    missing = set(range(len(text))) - set(covered)
    assert all(text[index].isspace() for index in missing)
    for start, end in spans:
        assert 0 < end - start <= MAX_SENTENCE_LENGTH
        assert text[start:end] == text[start:end].strip()


@QUICK
@given(
    TEXTS,
    st.builds(SplitSettings, st.integers(1, 80), st.integers(1, 100), st.integers(0, 30)),
)
def test_every_sentence_lies_in_exactly_one_passage(text, chosen):
    article = Article(id="a", text=text, version=3)
    passages = split(article, chosen)
    for passage in passages:
        assert article.text[passage.start : passage.end] == passage.text
        assert (passage.article_id, passage.version) == ("a", 3)
    starts = [(passage.start, passage.end) for passage in passages]
    assert starts == sorted(starts)
    assert all(first[1] <= second[0] for first, second in pairwise(starts))
    for start, end in sentence_spans(text):
        assert sum(first <= start and end <= last for first, last in starts) == 1


@QUICK
@given(TEXTS)
def test_language_and_script_never_raise(text):
    assert detect(text).isalpha()
    assert len(script(text)) == 4


@QUICK
@given(TEXTS, st.booleans(), st.one_of(st.none(), TEXTS), st.one_of(st.none(), TEXTS))
def test_articles_can_be_stored(text, cleaned, title, key):
    found = Draft(text, "a:1", "a", id=key, title=title)
    if not any(character.isalnum() for character in clean(text)):
        with contextlib.suppress(DalilError):
            finish(found, cleaned=cleaned)
        return
    article = finish(found, cleaned=cleaned)
    for value in (article.id, article.text, article.title or "", article.source):
        value.encode()
    assert article.id
    assert article.text.strip()
    assert "\n" not in (article.title or "")


@pytest.mark.parametrize(
    "text",
    [
        "كلمة " * 20_000,
        "كلمة" * 20_000,
        "." * 100_000,
        "أ. " * 15_000,
        "U.S. " * 20_000,
        "عنوان\n" * 15_000,
        "سطر طويل من كلمات كثيرة لا تنتهي بعلامة وقف أبدا مهما طالت في\n" * 3_000,
        "\n" * 100_000,
        "مثال نيوز\nTop\n" * 8_000,
        "Home " * 20_000,
        "فيسبوك\n" * 15_000,
        "«" * 100_000,
        "a\u0301" * 50_000,
        "(1- " * 50_000,
        "- 18 نيسان " * 20_000,
        "  \n" * 15_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_time_is_linear(text):
    started = time.process_time()
    article = finish(Draft(text + "نص.", "a", "a"), cleaned=False)
    split(article)
    clean(text)
    # Quadratic work on these takes minutes; linear work well below a second.
    assert time.process_time() - started < 5
