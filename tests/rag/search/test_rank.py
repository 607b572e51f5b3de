"""Ranking: the order of adding changes no score, and no leg takes a passage away."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.article import Article, Passage
from index import Filters, Library
from index.embedded.engine import find
from index.encoder import load_bundled
from rag.answer import Hit
from rag.reading import read
from rag.search.rank import DEPTH, FusionWeights, far, rank
from tests.conftest import HashEncoder
from tests.rag.finding import best_hits

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


def scores_by_article(library, text):
    reading = read(text, library.words)
    found = library.search(reading.query, DEPTH, Filters())
    ranking = rank(found, reading, FusionWeights())
    names = [found.article_id for found in ranking.candidates.found]
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
        reading = read(text, collection.words)
        assert best_hits(collection, reading, 1)[0].article.id == wanted


# Each takes from a query what one leg lives on.
WITHOUT = {
    "soft": lambda query: replace(query, words=tuple(replace(w, weight=0.0) for w in query.words)),
    "names": lambda query: replace(query, names=()),
    "lexical": lambda query: replace(query, found=()),
}


@given(
    text=st.sampled_from(QUESTIONS),
    depth=st.integers(1, len(TEXTS) + 1),
    allowed=st.lists(st.booleans(), min_size=len(TEXTS), max_size=len(TEXTS)),
    removed=st.sets(st.sampled_from(sorted(WITHOUT))),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_leg_less_takes_no_dense_candidate(collection, encoder, text, depth, allowed, removed):
    snapshot, mask = collection.engine.snapshot(), np.array(allowed)
    reading = read(text, encoder)
    vector = collection.encoder.encode_queries([text])[0]
    query = reading.query
    for leg in removed:
        query = WITHOUT[leg](query)
    found, everything = (find(snapshot, q, vector, depth, mask) for q in (query, reading.query))
    rows = [int(candidate.article_id[1:]) for candidate in found.found]
    dense = snapshot.vectors.vectors(np.arange(len(TEXTS))) @ vector
    nearest = sorted(np.flatnonzero(mask), key=lambda row: -dense[row])[:depth]
    known = {int(candidate.article_id[1:]) for candidate in everything.found}
    assert {int(row) for row in nearest} <= set(rows) <= known
    assert mask[rows].all()
    np.testing.assert_allclose([c.dense for c in found.found], dense[rows], atol=1e-6)
    ranking = rank(found, reading, FusionWeights())
    for scores in (ranking.fused, ranking.reranked):
        assert scores.shape == (len(rows),)
        assert ((scores > 0) & (scores < 1)).all()


@pytest.mark.parametrize("text", ["", "؟", "Who sells wheat?"])
def test_an_empty_library_ranks_nothing(tmp_path, text):
    library = make_library(tmp_path, [])
    reading = read(text, library.words)
    assert best_hits(library, reading, 5) == []
    assert library.search(reading.query, 5, Filters()).found == []
    library.close()


NEWS = [
    Article(
        "bridge", "أعيد فتح جسر المنصورة يوم الأحد بعد إصلاح ركيزتيه. وعبرته شاحنات القمح.", "جسر"
    ),
    Article(
        "prison", "The director said the men had asked for telephone contact with their wives."
    ),
    Article("river", "The river rose in February, and the school at the ferry was under water."),
]


def how_far(question, history=(), whole="", times=14):
    hits = [Hit(Passage(each.id, 1, 0, len(each.text), each.text), each, 1.0) for each in NEWS]
    reading = replace(read(question, load_bundled(), history), whole=whole)
    return far(reading, hits, [each.text for each in NEWS] * times, load_bundled())


def test_a_question_about_nothing_that_was_found_is_far_and_others_are_not():
    asked = [
        "متى أعيد فتح جسر المنصورة؟",
        "Why was the school under water?",
        "Wer bat um Telefonate?",
    ]
    assert [how_far(question) for question in asked] == [0.0, 0.0, 0.0]
    elsewhere = ["من رسم الموناليزا؟", "Why do the planets move?", "¿Por qué es azul el cielo?"]
    assert all(how_far(question) > 0.02 for question in elsewhere)


def test_a_question_of_many_words_or_a_part_of_one_on_the_matter_is_less_far():
    short, long = "Who painted it?", "Who painted the Mona Lisa, sold it and stole it again?"
    assert 0 < how_far(long) < how_far(short)
    assert how_far(short, whole="When was the bridge of Mansura reopened, and who painted it?") == 0
    assert how_far(short, ["When was the bridge of Mansura reopened?"]) < how_far(short)


def test_little_to_choose_from_is_not_asked_to_come_near_by_chance():
    assert 0 < how_far("Who painted it?", times=1) < how_far("Who painted it?") / 10


def test_where_nothing_was_found_nothing_is_far():
    assert far(read("Who painted it?", load_bundled()), [], [], load_bundled()) == 0
