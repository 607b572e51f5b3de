"""The text that a reader sees, and which words of it each marker stands for."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.llm.replies.statements import written_statements
from rag.llm.replies.text import Draft
from rag.llm.support import _MARKER

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "statements.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
# Numbers are markers of these citations, an empty list one that points nowhere.
PARTS = st.lists(
    st.one_of(
        st.lists(st.integers(1, 3), max_size=2),
        st.text(st.sampled_from("[]1٣ \n.,،؟abسص-"), min_size=1, max_size=8),
    ),
    max_size=12,
)


def drafted(parts):
    draft = Draft()
    shown = [draft.add(part) if isinstance(part, str) else draft.mark(part) for part in parts]
    assert "".join(shown) == draft.text
    return draft


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_statements(case):
    draft = drafted(case["parts"])
    assert draft.text == case["text"]
    found = written_statements(draft.text, draft.marks)
    assert [[draft.text[w.start : w.end], list(w.citations)] for w in found] == case["statements"]


@given(parts=PARTS)
def test_only_markers_look_like_markers(parts):
    draft = drafted(parts)
    found = [match.span() for match in _MARKER.finditer(draft.text)]
    meant = [span for mark in draft.marks for span in _each(draft.text, mark)]
    assert found == meant


def _each(text, mark):
    return [m.span() for m in _MARKER.finditer(text, mark.start, mark.end)]


@given(parts=PARTS, cut=st.integers(1, 3))
def test_cuts_make_no_difference(parts, cut):
    pieces = []
    for part in parts:
        if isinstance(part, str):
            pieces += [part[at : at + cut] for at in range(0, len(part), cut)]
        else:
            pieces.append(part)
    whole, pieced = drafted(parts), drafted(pieces)
    assert (whole.text, whole.marks) == (pieced.text, pieced.marks)


@given(parts=PARTS)
def test_statements_are_apart_and_hold_no_marker(parts):
    draft = drafted(parts)
    found = written_statements(draft.text, draft.marks)
    after = 0
    for each in found:
        assert after <= each.start < each.end
        after = each.end
        text = draft.text[each.start : each.end]
        assert text == text.strip()
        assert not _MARKER.search(text)
    cited = {n for mark in draft.marks for n in mark.citations}
    assert {n for each in found for n in each.citations} <= cited


@given(parts=PARTS)
def test_every_word_is_in_a_statement_or_says_nothing(parts):
    draft = drafted(parts)
    found = written_statements(draft.text, draft.marks)
    marks = {i for mark in draft.marks for i in range(mark.start, mark.end)}
    covered = {i for each in found for i in range(each.start, each.end)}
    left = "".join(
        c if i not in covered and i not in marks else " " for i, c in enumerate(draft.text)
    )
    assert not [word for word in left.split() if any(c in "bسص" for c in word)]
