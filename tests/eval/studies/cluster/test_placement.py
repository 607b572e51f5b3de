"""Simulated clusters: copies are where they should be, whatever is lost or added."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.studies.cluster.placement import Placement, shares

SEEDS = st.integers(0, 50)


def test_a_ring_gives_every_shard_about_the_same():
    drawn = np.array([shares(48, seed) for seed in range(20)])
    assert drawn.sum(axis=1) == pytest.approx(np.ones(20))
    # A sum of 100 arcs that are as long as chance has it varies by a tenth.
    assert drawn.std() * 48 == pytest.approx(0.1, abs=0.01)


@given(machines=st.integers(3, 12), shards=st.integers(1, 40), seed=SEEDS)
@settings(max_examples=30, deadline=None)
def test_what_one_machine_had_is_made_again_elsewhere(machines, shards, seed):
    made = Placement.made(machines, shards, 2, seed)
    assert sum(made.loads.values()) == pytest.approx(2)
    assert sum(made.reads.values()) == pytest.approx(1)
    counts = [sum(machine in of for of in made.copies) for machine in made.machines]
    assert max(counts) - min(counts) <= 1
    for lost in made.machines:
        left = made.without([lost])
        whole, moves = left.repaired()
        assert (left.fewest, whole.fewest) == (2 if lost not in made.loads or not counts[lost]
                                               else 1, 2)  # fmt: skip
        assert whole.short == 0
        assert made.moved(moves) == pytest.approx(made.loads[lost]) == pytest.approx(left.short)
        assert all(lost not in of for of in whole.copies)


@given(machines=st.integers(3, 9), more=st.integers(1, 6), seed=SEEDS)
@settings(max_examples=20, deadline=None)
def test_growing_evens_out_and_moves_no_more_than_the_new_ones_hold(machines, more, seed):
    made = Placement.made(machines, 4 * machines, 2, seed)
    grown, moves = made.grown(more)
    assert grown.fewest == 2
    assert max(grown.loads.values()) <= max(made.loads.values()) + 1e-12
    held = sum(grown.loads[machine] for machine in range(machines, machines + more))
    assert held > 0.5 * 2 * more / (machines + more)
    assert made.moved(moves) >= held - 1e-9
    assert max(grown.loads.values()) - min(grown.loads.values()) <= max(made.weights)


def test_two_copies_on_an_even_number_of_machines_lie_in_pairs():
    """Copies are dealt in turns, so that each machine shares all it has with one other."""
    even, odd = Placement.made(8, 32, 2), Placement.made(9, 36, 2)
    assert (even.partners(), odd.partners()) == (1, 2)
    assert even.fatal() == pytest.approx(4 / 28)
    assert odd.fatal() == pytest.approx(9 / 36)
    lost = even.without([0])
    (partner,) = {m for of in even.copies if 0 in of for m in of - {0}}
    assert lost.reads[partner] == pytest.approx(2 * even.reads[partner])


def test_a_shard_without_copies_stays_lost():
    made = Placement.made(3, 6, 1)
    whole, moves = made.without([1]).repaired()
    assert (whole.fewest, moves) == (0, [])
    assert made.fatal() == 1
