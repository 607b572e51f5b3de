import json
from pathlib import Path

import pytest

from corpus import clean, sentence_spans

CASES = Path(__file__).parent / "cases"


def cases(name):
    for case in json.loads((CASES / f"{name}.json").read_text(encoding="utf-8")):
        reason = case.get("xfail")
        marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
        yield pytest.param(case, id=case["name"], marks=marks)


@pytest.mark.parametrize("case", list(cases("clean")))
def test_clean(case):
    assert clean(case["before"]) == case["after"]


@pytest.mark.parametrize("case", list(cases("sentences")))
def test_sentences(case):
    text = case["text"]
    assert [text[start:end] for start, end in sentence_spans(text)] == case["sentences"]
