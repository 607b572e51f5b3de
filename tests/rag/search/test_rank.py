"""Ranking: late interaction equals a word-by-word reference, and no leg takes a passage away."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.article import Article
from corpus.text.names import name_terms
from corpus.text.stems import passage_terms, terms
from corpus.text.words import words
from index import Filters, Library, Query
from index.embedded.fields import TextIndex
from index.embedded.search import find
from index.embedded.soft import QuestionTokens, TokenCosines
from index.encoder import load_bundled
from rag.reading.question import understand
from rag.search.fuse import FusionWeights
from rag.search.late import SAME_NAME, SAME_STEM, best_similarities, question_words
from rag.search.retrieve import DEPTH, Retriever, rank
from tests.conftest import HashEncoder

TEXTS = [
    ("ar", "قالت قسد إن قواتها حرست حقول القمح قرب الرقة."),
    ("ar", "التقى كاغينز وجهاء العشائر في دير الزور."),
    ("ar", "باع المزارعون القمح بسعر أعلى من العام الماضي."),
    ("ar", "ارتفع منسوب النهر بعد أمطار غزيرة."),
    ("ar", "أغلقت المدارس أبوابها لقسد مقرٌّ قربها."),
    ("en", "Farmers sold their wheat at a higher price than last year."),
    ("en", "The Syrian Democratic Forces guarded the fields near Raqqa."),
    ("en", "Heavy rain closed two schools and a bridge."),
    ("ckb", "گەنم لە بازاڕی شارەکە گران بوو."),
    ("en", "…"),
]
QUESTIONS = [
    "Where did Caggins meet the tribes?",
    "What does the SDF guard near Raqqa?",
    "ماذا حرست قسد؟",
    "Why were the schools closed by rain?",
    "من باع القمح؟",
    "Was kostet der Weizen?",
    "؟",
]


@pytest.fixture(scope="module")
def encoder():
    return load_bundled()


def make_library(home, order):
    library = Library.open(home, HashEncoder(), create=True)
    articles = [
        Article(f"a{number}", TEXTS[number][1], language=TEXTS[number][0]) for number in order
    ]
    library.add(articles)
    return library


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    library = make_library(tmp_path_factory.mktemp("rank"), range(len(TEXTS)))
    yield library
    library.close()


def met_by_meaning(word, text, encoder):
    """The best cosine of each token of a word, as much as the token counts in the word."""
    ids, held = encoder.tokenize(word).ids, encoder.tokenize(text).ids
    if not len(ids) or not len(held):
        return 0.0
    total = 0.0
    for token, norm in zip(ids, encoder.token_norms(ids), strict=True):
        one = encoder.token_vectors(np.array([token]))[0]
        best = max(float(one @ other) for other in encoder.token_vectors(held))
        total += float(norm) * max(best, 0.0)
    return total / float(encoder.token_norms(ids).sum())


def met(question, place, text, language, languages, encoder):
    """How well one word of a question is met in one text, worked out word by word."""
    word, found = question.word(place), met_by_meaning(question.word(place), text, encoder)
    held = set(passage_terms(text, language))
    names = set(name_terms(list(words(text)), text))
    others = [set(terms(name, "ar")) for name in question.others[place]]
    if names & set(question.keys[place]) or any(other and other <= held for other in others):
        found = max(found, SAME_NAME)
    stems = [terms(word, code) for code in languages]
    if any(len(s) == 1 and ({s[0], "ل" + s[0]} & held) for s in stems):
        found = SAME_STEM
    return found


@pytest.mark.parametrize("text", QUESTIONS)
def test_similarities_equal_a_reference_by_word(encoder, text):
    texts, codes = [t for _, t in TEXTS], [code for code, _ in TEXTS]
    index, languages = TextIndex.build(texts, codes, encoder), sorted(set(codes))
    question = question_words(encoder, understand(text))
    rows = np.array([row for row in range(len(texts)) if row != 3])
    vectors = encoder.token_vectors(index.tokens.vocabulary)
    cosines = TokenCosines.between(encoder.token_vectors(question.tokens), vectors)
    ours = best_similarities(question, index, cosines, rows, languages)
    expected = [
        [
            met(question, place, *TEXTS[row][::-1], languages, encoder)
            for place in range(len(question))
        ]
        for row in rows.tolist()
    ]
    assert ours.shape == (len(rows), len(question))
    np.testing.assert_allclose(ours, np.array(expected).reshape(ours.shape), atol=1e-5)


def test_each_way_of_meeting_a_word_is_seen(encoder):
    """The reference above would agree with nothing at all, were no text met in a given way."""
    texts, codes = [t for _, t in TEXTS], [code for code, _ in TEXTS]
    index = TextIndex.build(texts, codes, encoder)
    vectors, rows = encoder.token_vectors(index.tokens.vocabulary), np.arange(len(texts))

    def similarity(asked, word, row):
        question = question_words(encoder, understand(asked))
        place = [question.word(p) for p in range(len(question))].index(word)
        cosines = TokenCosines.between(encoder.token_vectors(question.tokens), vectors)
        return best_similarities(question, index, cosines, rows, set(codes))[row, place]

    assert similarity(QUESTIONS[0], "Caggins", 1) >= SAME_NAME - 1e-6
    assert similarity(QUESTIONS[0], "Caggins", 3) < SAME_NAME
    assert similarity(QUESTIONS[1], "SDF", 0) >= SAME_NAME - 1e-6
    assert similarity(QUESTIONS[1], "SDF", 7) < SAME_NAME
    # With the preposition on it the stem is another.
    assert similarity(QUESTIONS[2], "قسد", 4) == SAME_STEM
    assert similarity(QUESTIONS[4], "القمح", 5) > 0.5 > similarity(QUESTIONS[4], "القمح", 7)
    assert not similarity(QUESTIONS[4], "القمح", 9)


def scores_by_article(library, text):
    ranking = Retriever(library).ranking(understand(text), DEPTH, Filters())
    names = [library.passage(row)[0].id for row in ranking.candidates.rows.tolist()]
    return dict(zip(names, zip(ranking.fused, ranking.reranked, strict=True), strict=True))


@pytest.mark.parametrize("order", [range(9, -1, -1), [3, 8, 0, 9, 5, 1, 7, 2, 6, 4]])
def test_the_order_of_adding_changes_no_score(tmp_path, collection, order):
    other = make_library(tmp_path, order)
    for text in QUESTIONS:
        before, after = scores_by_article(collection, text), scores_by_article(other, text)
        assert set(before) == set(after)
        for name, scores in before.items():
            assert after[name] == pytest.approx(scores, abs=1e-5)
    other.close()


def test_a_word_met_across_languages_leads_to_its_passage(collection):
    for text, wanted in [(QUESTIONS[0], "a1"), (QUESTIONS[1], "a6"), (QUESTIONS[4], "a2")]:
        assert Retriever(collection).retrieve(understand(text), 1)[0].article.id == wanted


def weightless(tokens):
    return QuestionTokens(tokens.ids, np.zeros_like(tokens.weights))


# Each takes from a query what one leg lives on.
WITHOUT = {
    "soft": lambda query: replace(query, tokens=weightless(query.tokens)),
    "names": lambda query: replace(query, names=()),
    "lexical": lambda query: replace(query, text=""),
}


@given(
    text=st.sampled_from(QUESTIONS),
    depth=st.integers(1, len(TEXTS) + 1),
    allowed=st.lists(st.booleans(), min_size=len(TEXTS), max_size=len(TEXTS)),
    removed=st.sets(st.sampled_from(sorted(WITHOUT))),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_leg_less_takes_no_dense_candidate(collection, encoder, text, depth, allowed, removed):
    snapshot, asked, mask = collection.refresh(), understand(text), np.array(allowed)
    question = question_words(encoder, asked)
    vector = collection.encoder.encode_queries([text])[0]
    query = full = question.query
    for leg in removed:
        query = WITHOUT[leg](query)
    found, everything = (find(snapshot, q, vector, depth, mask) for q in (query, full))
    rows = set(found.rows.tolist())
    dense = snapshot.vectors.vectors(np.arange(len(TEXTS))) @ vector
    nearest = sorted(np.flatnonzero(mask), key=lambda row: -dense[row])[:depth]
    assert {int(row) for row in nearest} <= rows <= set(everything.rows.tolist())
    assert mask[found.rows].all()
    np.testing.assert_allclose(found.dense, dense[found.rows], atol=1e-6)
    ranking = rank(found, question, asked.script, FusionWeights())
    for scores in (ranking.fused, ranking.reranked):
        assert scores.shape == found.rows.shape
        assert ((scores > 0) & (scores < 1)).all()


@pytest.mark.parametrize("text", ["", "؟", "Who sells wheat?"])
def test_an_empty_library_ranks_nothing(tmp_path, text):
    library = make_library(tmp_path, [])
    assert Retriever(library).retrieve(understand(text), 5) == []
    assert len(library.search(Query.of(text, library.words), 5, Filters()).rows) == 0
    library.close()
