"""Kept neighbours are those that a comparison of all tokens with all finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from index.embedded import neighbours
from index.embedded.neighbours import Neighbours, moved_on
from index.embedded.soft import CHANCE, LEAST, MOST, TokenCosines
from index.embedded.tokens import places_in
from index.embedded.vectors import nearest


def drawn(count, dimension=4, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def by_place(near):
    """Places (v, MOST) of each row's neighbours in descending order, and their cosines.

    Where there is no neighbour, the place is -1 and the cosine 0.
    """
    missing = ((0, 0), (0, MOST - near.places.shape[1]))
    cosines = np.pad(near.cosines, missing)
    places = np.where(cosines > 0, np.pad(near.places, missing).astype(np.int64), -1)
    order = np.argsort(-places, axis=1)
    return np.take_along_axis(places, order, 1), np.take_along_axis(cosines, order, 1)


def assert_same(one, other):
    (ours, our_cosines), (theirs, their_cosines) = by_place(one), by_place(other)
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_allclose(our_cosines, their_cosines, rtol=0, atol=1e-5)


def test_equals_a_full_comparison():
    vectors = drawn(900)
    near, cosines = Neighbours.build(vectors), vectors @ vectors.T
    assert (np.count_nonzero(cosines >= LEAST, axis=1) > MOST).any()
    nearest_first = np.argsort(-cosines, axis=1)[:, :MOST]
    expected = np.take_along_axis(cosines, nearest_first, 1)
    expected[expected < LEAST] = 0
    assert_same(near, Neighbours(nearest_first, expected))
    assert (np.diff(near.cosines, axis=1) <= 0).all()


def test_each_two_are_compared_once_or_twice_to_the_same_end(monkeypatch):
    vectors = drawn(700, 6)
    once = Neighbours.build(vectors)
    monkeypatch.setattr("index.embedded.vectors._MIRRORED", 0)
    assert_same(once, Neighbours.build(vectors))
    assert_same(once, Neighbours(*nearest(vectors, vectors)))


def test_of_equal_neighbours_the_first_come_first():
    near = Neighbours.build(np.repeat(drawn(1), 300, axis=0))
    assert near.places.tolist() == [list(range(MOST))] * 300


@given(
    st.sets(st.integers(0, 699), max_size=700),
    st.sets(st.integers(0, 699), max_size=12),
    st.sets(st.integers(0, 699), max_size=12),
    st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_extending_equals_building(some, gone, new, many):
    vectors = drawn(700, 6)
    held = set(range(600)) if many else some
    before = np.array(sorted(held | gone), np.int32)
    after = np.array(sorted((held - gone) | new), np.int32)
    extended = Neighbours.build(vectors[before]).extended(before, after, vectors[after])
    assert_same(extended, Neighbours.build(vectors[after]))


@given(
    st.sets(st.integers(0, 699), max_size=8),
    st.sets(st.integers(0, 699), max_size=12),
    st.sampled_from([20, 600]),
)
@settings(max_examples=30, deadline=None)
def test_neighbours_of_a_vocabulary_that_has_moved_on_are_those_of_the_new_one(gone, new, most):
    vectors = drawn(700, 6)
    before = np.array(sorted(set(range(most)) | gone), np.int32)
    after = np.array(sorted((set(before.tolist()) - gone) | new), np.int32)
    near, added = Neighbours.build(vectors[before]), np.flatnonzero(~np.isin(after, before))
    compared = vectors[before] @ vectors[after[added]].T
    places = places_in(after, before)
    found, cosines, lost = moved_on(near.places, near.cosines, places, added, compared)
    expected, similar = nearest(vectors[before], vectors[after])
    assert_same(
        Neighbours(found[~lost], cosines[~lost]), Neighbours(expected[~lost], similar[~lost])
    )
    assert (np.count_nonzero(near.cosines[lost], axis=1) == MOST).all()


def test_few_new_tokens_leave_most_rows_alone(monkeypatch):
    vectors = drawn(400, 40)
    before, after = np.arange(398, dtype=np.int32), np.arange(400, dtype=np.int32)
    near, compared = Neighbours.build(vectors[before]), []

    def watched(asked, all_of):
        compared.append(len(asked))
        return nearest(asked, all_of)

    monkeypatch.setattr(neighbours, "nearest", watched)
    assert_same(near.extended(before, after, vectors), Neighbours.build(vectors))
    assert 2 <= compared[0] < 200


def test_cosines_of_a_question_hold_its_neighbours_and_chance_for_the_rest():
    vectors, asked = drawn(300, 12), drawn(5, 12, seed=1)
    cosines = asked @ vectors.T
    sparse = TokenCosines.of(*nearest(asked, vectors), len(vectors))
    all_of_them = TokenCosines.between(asked, vectors)
    np.testing.assert_allclose(all_of_them.values[all_of_them.columns].T, cosines, atol=1e-6)
    expected = np.where(cosines >= LEAST, cosines, CHANCE)
    np.testing.assert_allclose(sparse.values[sparse.columns].T, expected, atol=1e-6)
    assert len(sparse.values) - 1 == (cosines >= LEAST).any(axis=0).sum() < len(vectors)
