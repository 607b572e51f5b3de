"""Cleaning takes what pages carry beside the article, and nothing of the article."""

from pathlib import Path

import pytest

from corpus import clean
from tests.cases import cases

CASES = Path(__file__).parent / "cases" / "clean.json"


@pytest.mark.parametrize("case", list(cases(CASES)))
def test_clean(case):
    assert clean(case["before"]) == case["after"]
