"""Sentences end where a reader would say that they do."""

from pathlib import Path

import pytest

from corpus import sentence_spans
from tests.cases import cases

CASES = Path(__file__).parent / "cases" / "sentences.json"


@pytest.mark.parametrize("case", list(cases(CASES)))
def test_sentences(case):
    text = case["text"]
    assert [text[start:end] for start, end in sentence_spans(text)] == case["sentences"]
