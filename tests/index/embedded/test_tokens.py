"""Postings of tokens: extending is building, and a text's tokens are those it was given."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embedded.tokens import TokenIndex

# Few enough that texts share tokens, and some from the end of a large vocabulary.
TOKEN = st.integers(0, 12) | st.sampled_from([90_000, 250_000])
TEXTS = st.lists(st.lists(TOKEN, max_size=10), max_size=8)
DAMAGED = (OSError, ValueError, EOFError)


def ids_and_lengths(texts):
    ids = np.array([token for text in texts for token in text], np.int32)
    return ids, np.array([len(text) for text in texts], np.int64)


def build(texts):
    return TokenIndex.build(*ids_and_lengths(texts))


def extended(index, keep, added):
    counter = index.counter(keep)
    counter.add(*ids_and_lengths(added))
    return TokenIndex.of(counter)


def assert_equal(one, other):
    for name in TokenIndex.__dataclass_fields__:
        first, second = getattr(one, name), getattr(other, name)
        assert (name, first.dtype, first.tolist()) == (name, second.dtype, second.tolist())


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_postings_and_tokens_are_those_of_the_texts(texts):
    index = build(texts)
    assert len(index) == len(texts)
    assert index.lengths.tolist() == [len(text) for text in texts]
    assert index.vocabulary.tolist() == sorted({token for text in texts for token in text})
    for place, token in enumerate(index.vocabulary.tolist()):
        rows, counts, sizes = index.postings(np.array([place]))
        held = {row: text.count(token) for row, text in enumerate(texts) if token in text}
        assert sizes.tolist() == [len(held)]
        assert rows.tolist() == list(held)
        assert counts.tolist() == list(held.values())
    for row, text in enumerate(texts):
        tokens, repeats, sizes = index.tokens_of(np.array([row]))
        assert index.vocabulary[tokens].tolist() == sorted(Counter(text))
        assert repeats.tolist() == [text.count(t) for t in sorted(Counter(text))]
        assert sizes.tolist() == [len(Counter(text))]


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.data())
def test_tokens_of_several_texts_come_in_the_order_asked(texts, data):
    index = build(texts)
    rows = data.draw(st.lists(st.sampled_from(range(len(texts))))) if texts else []
    tokens, repeats, sizes = index.tokens_of(np.array(rows, np.int64))
    expected = [sorted(set(texts[row])) for row in rows]
    found = index.vocabulary[tokens].tolist()
    assert found == [token for held in expected for token in held]
    assert sizes.tolist() == [len(held) for held in expected]
    assert repeats.tolist() == [
        texts[row].count(t) for row in rows for t in sorted(set(texts[row]))
    ]


@settings(max_examples=50, deadline=None)
@given(TEXTS, TEXTS, TEXTS, st.data())
def test_extending_equals_building(before, between, after, data):
    index, texts = build(before), before
    for added in (between, after):
        keep = [row for row in range(len(texts)) if data.draw(st.booleans())]
        index = extended(index, np.array(keep, np.int64), added)
        texts = [*(texts[row] for row in keep), *added]
        assert_equal(index, build(texts))


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.data())
def test_extending_leaves_the_old_index_alone(texts, data):
    index = build(texts)
    keep = np.array([row for row in range(len(texts)) if data.draw(st.booleans())], np.int64)
    extended(index, keep, [[3, 3, 1]])
    assert_equal(index, build(texts))


@pytest.mark.parametrize("texts", [[], [[], []], [[4, 4, 9], [], [9, 250_000]]])
def test_what_was_saved_is_loaded(tmp_path, texts):
    build(texts).save(tmp_path / "tokens")
    assert_equal(TokenIndex.load(tmp_path / "tokens"), build(texts))


@pytest.mark.parametrize(
    "damage",
    [lambda whole: b"", lambda whole: b"not an array", lambda whole: whole[:-1]],
    ids=["empty", "other", "a byte short"],
)
@pytest.mark.parametrize("name", TokenIndex.__dataclass_fields__)
def test_a_damaged_file_is_an_error(tmp_path, name, damage):
    build([[4, 4, 9], [], [9]]).save(tmp_path)
    path = tmp_path / f"{name}.npy"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DAMAGED):
        TokenIndex.load(tmp_path)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        TokenIndex.load(tmp_path / "tokens")
