"""Tests that share what takes seconds to make are run by one process of several."""

import os

import pytest


@pytest.mark.xdist_group("shared")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs them all")
def test_a_group_is_known_to_what_hands_out_the_tests(request):
    """pytest 9.2 lets pytest-xdist 3.8 lose all groups without a word (`findings/`)."""
    assert request.node.nodeid.endswith("@shared")
