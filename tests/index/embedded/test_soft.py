"""Soft lexical search equals plain loops over the texts, and it crosses languages."""

from math import inf, log
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from corpus.text.stems import terms
from index import Filters, Library
from index.embedded import soft
from index.embedded.engine import match_tokens
from index.embedded.soft import match
from index.embedded.tokens import TokenIndex
from index.embedded.vectors import nearest
from tests.conftest import HashEncoder
from tests.index.queries import query_of

# The formula is what is tested; its constants are tuned by measuring.
K1, B, NEAREST, MET = soft._K1, soft._B, soft._NEAREST, soft._MET
NEIGHBOURS = soft._NEIGHBOURS


def reference(texts, vectors, question):
    """Score texts, lists of tokens with `vectors`, for a question; return scores and rarities."""
    mean = max(sum(map(len, texts)) / len(texts), 1)
    scores, rarities = [0.0] * len(texts), []
    present = sorted({token for text in texts for token in text})
    for vector, weight in zip(question.vectors, question.weights.tolist(), strict=True):
        cosines = {token: float(np.dot(vector, vectors[token])) for token in present}
        near = [token for token in present if cosines[token] >= NEAREST]
        near = sorted(near, key=lambda token: -cosines[token])[:NEIGHBOURS]
        meeting = sum(any(t in near and cosines[t] > MET for t in text) for text in texts)
        rarities.append(log(1 + (len(texts) - meeting + 0.5) / (meeting + 0.5)))
        for row, text in enumerate(texts):
            count = sum(cosines[token] ** 2 for token in text if token in near)
            damping = K1 * (1 - B + B * len(text) / mean)
            scores[row] += weight * rarities[-1] * (K1 + 1) * count / (count + damping)
    return [score if score > 0 else -inf for score in scores], rarities


class Asked(NamedTuple):
    """Tokens of a question by their vectors, which need not be any text's."""

    vectors: np.ndarray
    weights: np.ndarray


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def found(texts, vectors, question):
    ids = np.array([token for text in texts for token in text], np.int32)
    index = TokenIndex.build(ids, np.array([len(text) for text in texts], np.int64))
    near = nearest(question.vectors, vectors[index.vocabulary])
    return match(index, *near, question.weights)


def assert_equals_reference(texts, vectors, question):
    ours = found(texts, vectors, question)
    scores, rarities = reference(texts, vectors, question)
    assert ours.scores(np.arange(len(texts))).tolist() == pytest.approx(scores, rel=1e-4, abs=1e-5)
    assert ours.rarity.tolist() == pytest.approx(rarities, rel=1e-5)


@given(
    st.lists(st.lists(st.integers(0, 14), max_size=12), min_size=1, max_size=8),
    st.integers(1, 5),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=100, deadline=None)
def test_equals_loops_over_the_texts(texts, tokens, seed):
    random = np.random.default_rng(seed)
    # Three dimensions hold vectors of any cosine; some tokens are asked for as they stand.
    vectors = unit(random.normal(size=(15, 3)))
    asked = unit(random.normal(size=(tokens, 3)))
    asked[0] = vectors[0]
    weights = random.uniform(0.2, 1.0, tokens).astype(np.float32)
    assert_equals_reference(texts, vectors, Asked(asked, weights))


def test_only_the_nearest_neighbours_count():
    random = np.random.default_rng(3)
    vectors = unit(np.array([1.0, 0, 0]) + 0.5 * random.normal(size=(400, 3)))
    question = Asked(unit(np.array([[1.0, 0, 0]])), np.ones(1, np.float32))
    assert np.count_nonzero(vectors @ question.vectors[0] >= NEAREST) > 2 * NEIGHBOURS
    texts = [random.integers(0, 400, size).tolist() for size in random.integers(1, 60, 40)]
    assert len({token for text in texts for token in text}) > 2 * NEIGHBOURS
    assert_equals_reference(texts, vectors, question)


@pytest.mark.parametrize("depth", [1, 10, 40])
@pytest.mark.parametrize("few", [0.1, 1.0])
def test_the_best_are_those_of_all_scores(monkeypatch, depth, few):
    """However many tokens are left for the contenders, the best of each group are exact."""
    monkeypatch.setattr(soft, "_FEW_LEFT", few)
    random = np.random.default_rng(depth)
    vectors = unit(random.normal(size=(500, 8)))
    common = 1 / np.arange(1, 501)
    texts = [
        random.choice(500, size, p=common / common.sum()).tolist()
        for size in random.integers(0, 40, 4_000)
    ]
    groups = [np.arange(len(texts)) % 5 > 0, np.arange(len(texts)) % 5 == 0]
    for asked in range(8):
        tokens = random.integers(0, 500, 6)
        weights = random.uniform(0.02, 1.0, 6).astype(np.float32)
        ours = found(texts, vectors, Asked(vectors[tokens], weights))
        scores = ours.scores(np.arange(len(texts)))
        if asked == 0:
            few_left = [len(rows) for rows in ours._contenders(depth, groups)]
            assert sum(few_left) < len(texts)
        for rows, group in zip(ours.best(depth, groups), groups, strict=True):
            expected = np.sort(scores[group])[::-1][:depth]
            assert group[rows].all()
            assert np.sort(scores[rows])[::-1].tolist() == pytest.approx(expected.tolist())


def test_what_no_token_reaches_is_not_found():
    cosines = np.array([1, 0, NEAREST - 0.01, NEAREST + 0.01, -1])
    vectors = unit(np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1))
    question = Asked(vectors[:1], np.ones(1, np.float32))
    scores = found([[1], [2, 2, 2], [3], [4], [0], []], vectors, question).scores(np.arange(6))
    assert (scores > -inf).tolist() == [False, False, True, False, True, False]
    assert scores.argmax() == 4


def test_repetition_saturates_and_length_counts_against_a_text():
    vectors = unit(np.array([[1.0, 0], [0, 1.0]]))
    question = Asked(vectors[:1], np.ones(1, np.float32))
    once, twice, thrice, long = found(
        [[0, 1, 1], [0, 0, 1], [0, 0, 0], [0, 1, 1, 1, 1, 1]], vectors, question
    ).scores(np.arange(4))
    assert thrice > twice > once > long
    assert twice - once > thrice - twice


def test_a_rare_token_counts_more_than_a_common_one():
    vectors = unit(np.array([[1.0, 0], [0, 1.0]]))
    question = Asked(vectors, np.ones(2, np.float32))
    result = found([[0], [0], [0], [1]], vectors, question)
    often, rarely = result.scores(np.array([0, 3]))
    assert rarely > often
    assert result.rarity[1] > result.rarity[0]


def test_an_empty_index_has_no_scores():
    question = Asked(unit(np.ones((2, 3))), np.ones(2, np.float32))
    result = found([], unit(np.ones((1, 3))), question)
    assert [rows.tolist() for rows in result.best(3, [np.zeros(0, np.bool_)])] == [[]]
    shapes = result.scores(np.arange(0)).shape, result.cosines.values.shape, result.rarity.shape
    assert shapes == ((0,), (1, 2), (2,))


def test_a_question_without_tokens_finds_nothing():
    question = Asked(np.zeros((0, 3), np.float32), np.zeros(0, np.float32))
    result = found([[0], []], unit(np.ones((1, 3))), question)
    assert result.scores(np.arange(2)).tolist() == [-inf, -inf]
    assert [rows.tolist() for rows in result.best(3, [np.ones(2, np.bool_)])] == [[]]
    assert result.rarity.shape == (0,)


ARABIC = [
    "أصلح العمال مضخات المياه في الحي الشرقي من البلدة.",
    "ارتفع سعر الخبز في الأسواق بعد نقص الطحين.",
    "افتتح المعلمون مدرسة جديدة للأطفال في القرية.",
    "عالج الأطباء عشرات المرضى في المستشفى الميداني.",
    "اندلع حريق في مستودع الوقود ليلًا.",
    "فاز فريق كرة القدم بالبطولة المحلية.",
]
ENGLISH = [
    "Who repaired the water pumps?",
    "Why did the price of bread rise?",
    "Where did teachers open a school for children?",
    "How many patients did the doctors treat in the hospital?",
    "When did the fire in the fuel depot break out?",
    "Which football team won the championship?",
]


EVERY = np.arange(len(ARABIC))


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    """Articles of one Arabic passage each, with an encoder that knows no translation."""
    library = Library.open(tmp_path_factory.mktemp("soft"), HashEncoder(), create=True)
    library.add([Article(f"a{n}", text, language="ar") for n, text in enumerate(ARABIC)])
    yield library
    library.close()


@pytest.mark.parametrize("row", range(len(ARABIC)))
def test_an_english_question_finds_an_arabic_passage(collection, row):
    question = ENGLISH[row]
    assert not set(terms(question, "en")) & {t for text in ARABIC for t in terms(text, "ar")}
    query = query_of(question, collection.words)
    assert match_tokens(collection.engine.snapshot(), query).scores(EVERY).argmax() == row
    candidates = collection.search(query, 1, Filters())
    best = max(candidates.found, key=lambda candidate: candidate.soft)
    assert best.article_id == f"a{row}"
    assert {candidate.lexical for candidate in candidates.found} == {-inf}


@pytest.mark.parametrize("question", [*ENGLISH, "مياه الشرب", "؟", "2019", ""])
@pytest.mark.parametrize("depth", [1, 3])
def test_the_legs_add_to_the_dense_candidates(collection, question, depth):
    candidates = collection.search(query_of(question, collection.words), depth, Filters())
    vectors = collection.encoder.encode_passages(ARABIC)
    nearest = np.argsort(-(vectors @ collection.encoder.encode_queries([question])[0]))[:depth]
    found = [int(candidate.article_id[1:]) for candidate in candidates.found]
    assert set(nearest.tolist()) <= set(found)
    assert sorted(set(found)) == found


def test_a_long_question_still_finds_its_words(collection):
    question = " ".join([*ENGLISH, *ENGLISH, *ENGLISH])
    assert (
        match_tokens(collection.engine.snapshot(), query_of(question, collection.words)).rarity
    ).any()
    vectors = unit(np.eye(2))
    many = Asked(vectors[:1].repeat(60, axis=0), np.full(60, 1 / 60, np.float32))
    assert found([[0], [1]], vectors, many).scores(np.arange(2))[0] > -inf
