"""Whatever is added, changed and removed, an index in parts finds what one of the whole finds."""

import random
from contextlib import closing
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from index import Filters, Library
from index.embedded.bm25 import LexicalIndex
from index.embedded.engine import find
from index.embedded.segments.building import build
from index.embedded.segments.joined import JoinedLexical, JoinedTokens, JoinedVectors
from index.embedded.tokens import TokenIndex
from index.embedded.vectors import VectorIndex
from index.encoder import load_bundled
from index.store.database import DATABASE, Store
from tests.conftest import HashEncoder
from tests.index.queries import query_of

WORDS = (
    "قسد القمح الرقة النهر المدرسة السوق 27 تشرين الأول 2019 عشرة آلاف كاغينز عبد الله "
    "wheat schools Raqqa rain bridge farmers sold 500 million October Caggins Damascus river"
)
QUESTIONS = ("من باع القمح في الرقة؟", "Where did Caggins sell 500 million?", "عبد الله 2019", "؟")
FILTERS = (Filters(), Filters(outlet="echo", since=date(2020, 3, 1)))


def article(source, number):
    # Some words are in nearly all texts, so that idf values are negative, and some come and go.
    of = WORDS.split()[: source.choice([6, 50])]
    # Passages of equal scores would be told apart by the rounding of their sums.
    sentences = [
        " ".join(["و", *source.choices(of, k=source.randint(5, 12)), str(source.random())]) + "."
        for _ in range(source.choice([1, 40]))
    ]
    return Article(
        f"a{number}", "\n\n".join(sentences), title=source.choice(of),
        language=source.choice(["ar", "en", None]), outlet=source.choice(["Echo", "صدى", None]),
        published=date(2020, source.randint(1, 12), 1),
    )  # fmt: skip


def assert_equal(found, expected):
    assert [c[:5] for c in found.found] == [c[:5] for c in expected.found]
    assert found.rarity == pytest.approx(expected.rarity, rel=1e-5)
    for place in range(5, 12):
        ours, theirs = (np.array([c[place] for c in each.found]) for each in (found, expected))
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def change(library, source, number):
    present = [each.id for each in library.articles()]
    kind = source.choice(["one", "one", "some", "remove", "update", "edit"])
    if kind in ("one", "some") or len(present) < 4:
        count = 1 if kind == "one" else source.randint(2, 9)
        library.add([article(source, f"{number}-{each}") for each in range(count)])
    elif kind == "remove":
        library.remove(source.sample(present, source.randint(1, len(present) // 2)))
    elif kind == "update":
        old = source.choice(present)
        library.add([article(source, old[1:])])
    else:
        library.edits.edit([source.choice(present)], {"outlet": "صدى", "language": "en"})


@pytest.mark.parametrize("seed", range(2))
def test_any_changes_give_the_results_of_a_fresh_index(tmp_path, seed):
    source = random.Random(seed)
    encoder, words = HashEncoder(), load_bundled()
    writer = Library.open(tmp_path, encoder, create=True)
    reader = Library.open(tmp_path, encoder)
    parts = 0
    with closing(writer), closing(reader), closing(Store(tmp_path / DATABASE)) as store:
        for number in range(14):
            change(writer, source, number)
            if source.random() < 0.3:
                continue
            with store.reading():
                fresh = build(store, encoder.dimension, words)
            # What is kept, what another process makes of it, and what the writer has.
            opened = Library.open(tmp_path, encoder)
            with closing(opened):
                for question in QUESTIONS:
                    query = query_of(question, words)
                    vector = encoder.encode_queries([question])[0]
                    for filters in FILTERS:
                        allowed = fresh.passages.allowed(filters)
                        expected = find(fresh, query, vector, 4, allowed)
                        for library in (writer, reader, opened):
                            assert_equal(library.search(query, 4, filters), expected)
                assert opened.faults() == []
                assert len(opened.engine) == len(fresh.passages)
                parts = max(parts, len(opened.engine.snapshot().parts))
    assert parts > 1


DOCUMENT = st.lists(st.sampled_from(["قسد", "نفط", "wheat", "10", "ö", "a b", "\U0001f600"]))
PARTS = st.lists(st.lists(st.tuples(DOCUMENT, st.booleans()), max_size=5), min_size=1, max_size=4)


def split(parts):
    live = np.array([there for part in parts for _, there in part], np.bool_)
    return [[document for document, _ in part] for part in parts], live


@settings(max_examples=150, deadline=None)
@given(PARTS, DOCUMENT)
def test_scores_of_parts_are_those_of_the_documents_that_are_there(parts, query):
    documents, live = split(parts)
    joined = JoinedLexical([LexicalIndex.build(each) for each in documents], live)
    kept = [document for part in parts for document, there in part if there]
    whole, rows = LexicalIndex.build(kept), np.flatnonzero(live)
    if kept:
        assert joined.scores(query)[live] == pytest.approx(whole.scores(query), rel=1e-12)
        assert joined.scores_at(query, rows) == pytest.approx(whole.scores(query), rel=1e-12)
        ours, theirs = joined.match(query), whole.match(query)
        assert ours.scores(rows) == pytest.approx(theirs.scores(np.arange(len(rows))), rel=1e-5)
        assert set(ours.best(3, live)) <= set(rows)
    assert joined.count == len(kept)
    for term in {*query, "absent"}:
        assert joined.documents_with(term).tolist() == rows[whole.documents_with(term)].tolist()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.tuples(st.lists(st.integers(0, 9)), st.booleans())), min_size=1))
def test_tokens_of_parts_are_those_of_the_texts_that_are_there(parts):
    texts, live = split(parts)
    kept = [text for part in parts for text, there in part if there]
    joined = JoinedTokens([_tokens(each) for each in texts], live)
    whole, rows = _tokens(kept), np.flatnonzero(live)
    assert joined.vocabulary.tolist() == whole.vocabulary.tolist()
    assert joined.relative_lengths[live].tolist() == whole.relative_lengths.tolist()
    everything = np.arange(len(whole.vocabulary))[::-1]
    found, counts, sizes = joined.postings(everything)
    of_whole, counts_of_whole, sizes_of_whole = whole.postings(everything)
    assert found.tolist() == rows[of_whole].tolist()
    assert (counts.tolist(), sizes.tolist()) == (counts_of_whole.tolist(), sizes_of_whole.tolist())
    for ours, theirs in zip(
        joined.tokens_of(rows), whole.tokens_of(np.arange(len(kept))), strict=True
    ):
        assert ours.tolist() == theirs.tolist()


def _tokens(texts):
    ids = np.array([token for text in texts for token in text], np.int32)
    return TokenIndex.build(ids, np.array([len(text) for text in texts], np.int64))


def test_vectors_of_parts_are_searched_as_one():
    rows = np.random.default_rng(3).normal(size=(600, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    live, allowed = np.arange(600) % 3 > 0, np.arange(600) % 5 > 0
    joined = JoinedVectors([VectorIndex.build(part) for part in np.split(rows, [400, 550])], live)
    for query in rows[:20]:
        for seen in (None, allowed):
            among = np.flatnonzero(live if seen is None else live & seen)
            expected = among[np.argsort(-(rows[among] @ query), kind="stable")[:30]]
            assert joined.search(query, 30, seen).tolist() == expected.tolist()
    some = np.array([599, 0, 401])
    assert np.array_equal(joined.vectors(some), rows[some])
