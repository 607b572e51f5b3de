"""What any engine must do; the embedded one must do it exactly as the definitions say."""

import atexit
import shutil
import tempfile
from datetime import date
from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.article import Article
from index import Filters, Library
from index.embedded.engine import EmbeddedEngine
from index.encoder import load_bundled
from index.engine import NOT_FOUND
from index.qdrant.engine import QdrantEngine
from index.store.database import DATABASE, Store
from tests.conftest import HashEncoder
from tests.index.contract.brute_force import BruteForceEngine
from tests.index.queries import query_of

TEXTS = [
    ("ar", "قالت قسد إن قواتها حرست حقول القمح قرب الرقة في 27 تشرين الأول 2019."),
    ("ar", "التقى كاغينز وجهاء العشائر في دير الزور.\n\nثم غادر إلى الحسكة بعد ساعتين."),
    ("ar", "باع المزارعون القمح بسعر أعلى من العام الماضي."),
    ("ar", "ارتفع منسوب النهر بعد أمطار غزيرة."),
    ("en", "Farmers sold their wheat at a higher price than last year."),
    ("en", "The Syrian Democratic Forces guarded the fields near Raqqa."),
    ("en", "Heavy rain closed ten schools and a bridge."),
    ("ckb", "گەنم لە بازاڕی شارەکە گران بوو."),
    ("en", "…"),
]
QUESTIONS = [
    "Where did Caggins meet the tribes?", "What does the SDF guard near Raqqa?", "ماذا حرست قسد؟",
    "Why were ten schools closed by rain?", "من باع القمح؟", "Was kostet der Weizen?", "؟", "",
]  # fmt: skip
LEGS = ("dense", "soft", "lexical", "names")


def articles():
    for number, (code, text) in enumerate(TEXTS):
        yield Article(
            f"a{number}", text, language=code, title="عنوان القمح" if number == 3 else None,
            published=date(2020, number + 1, 1) if number % 2 else None,
            outlet="صدى" if number % 3 else "Echo",
        )  # fmt: skip


def points_beside(home):
    """A folder for points, in memory where there is one: making a shard waits for a disk a lot."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        return home / "points"
    folder = tempfile.mkdtemp(dir=memory)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def embedded(library, store):
    return EmbeddedEngine(store, library.home, library.encoder, library.words, lambda _: None)


def brute_force(library, store):
    return BruteForceEngine(store, library.encoder, library.words)


def qdrant_edge(library, store):
    pytest.importorskip("qdrant_edge", reason="Qdrant's core has no wheel for this machine")
    return QdrantEngine(
        store, library.home, library.encoder, library.words, lambda _: None,
        index=f"qdrant-edge:{points_beside(library.home)}",
    )  # fmt: skip


# The last is the reference.
ENGINES = [embedded, qdrant_edge, brute_force]


@pytest.fixture(params=ENGINES)
def opened(request, tmp_path):
    """An empty library, and an engine over it that reads through a connection of its own."""
    library = Library.open(tmp_path, HashEncoder(), create=True)
    store = Store(tmp_path / DATABASE)
    engine = request.param(library, store)
    yield library, engine
    engine.close()
    store.close()
    library.close()


@pytest.fixture(scope="module", params=ENGINES[:-1])
def beside(request, tmp_path_factory):
    """An engine and the reference over the same library."""
    home = tmp_path_factory.mktemp("engines")
    library = Library.open(home, HashEncoder(), create=True)
    library.add(articles())
    store = Store(home / DATABASE)
    both = [make(library, store) for make in (request.param, ENGINES[-1])]
    yield both
    both[0].close()
    store.close()
    library.close()


def search(engine, text, depth=50, filters=None):
    return engine.search(query_of(text, load_bundled()), depth, filters or Filters())


def names(candidates):
    return [found.article_id for found in candidates.found]


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_library_without_articles_has_nothing_to_find(opened, text):
    _, engine = opened
    assert (len(engine), search(engine, text).found, engine.faults()) == (0, [], [])


def test_candidates_lie_where_their_text_stands(opened):
    library, engine = opened
    library.add(articles())
    for found in search(engine, QUESTIONS[0]).found:
        text = library.article(found.article_id, found.version).text
        assert text[found.start : found.end].strip() == text[found.start : found.end] != ""


def test_it_follows_what_is_added_changed_and_removed(opened):
    library, engine = opened
    library.add(articles())
    engine.follow(writing=False)
    assert len(engine) == len(TEXTS)
    library.add([Article("a2", "افتتح سوق جديد.", language="ar"), Article("new", "وصل وفد كوري.")])
    library.remove(["a0"])
    found = search(engine, "وفد كوري")
    assert "new" in names(found)
    assert "a0" not in names(found)
    assert [c.version for c in found.found if c.article_id == "a2"] == [2]
    assert len(engine) == len(TEXTS)


def test_rebuilding_changes_no_result(opened):
    library, engine = opened
    library.add(articles())
    before = [search(engine, text) for text in QUESTIONS]
    engine.rebuild()
    assert [search(engine, text) for text in QUESTIONS] == before
    assert engine.faults() == []


def test_equal_candidates_come_in_the_order_of_the_library(opened):
    library, engine = opened
    library.add([Article(f"same-{n}", "باع المزارعون القمح.", language="ar") for n in (3, 1, 2)])
    assert names(search(engine, "القمح")) == ["same-3", "same-1", "same-2"]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(since=date(2020, 3, 1)), Filters(until=date(2020, 3, 1)), Filters(outlet="echo"),
        Filters(outlets=("صدى",), since=date(2020, 1, 1)), Filters(outlet="nobody"),
    ],
)  # fmt: skip
def test_filters_act_before_ranking(opened, filters):
    library, engine = opened
    library.add(articles())
    allowed = {article.id for article in articles() if filters.allow(article)}
    # The best of all that may be seen is found, however many better ones may not.
    assert set(names(search(engine, "القمح", len(TEXTS), filters))) == allowed
    alone = names(search(engine, "القمح", 1, filters))
    assert bool(alone) == bool(allowed)
    assert set(alone) <= allowed


@pytest.mark.parametrize("text", QUESTIONS)
@pytest.mark.parametrize("depth", [1, 3])
def test_no_leg_takes_what_another_adds(opened, text, depth):
    library, engine = opened
    library.add(articles())
    everything, some = search(engine, text), search(engine, text, depth)
    for leg in LEGS:
        for group in {found.script for found in everything.found}:
            scored = [c for c in everything.found if c.script == group or leg in LEGS[2:]]
            best = sorted(scored, key=lambda c, of=leg: -getattr(c, of))[:depth]
            held = [c.article_id for c in best if getattr(c, leg) > NOT_FOUND]
            assert set(held) <= set(names(some)), leg


@pytest.mark.parametrize("text", [text for text in QUESTIONS if text.strip("؟")])
@pytest.mark.parametrize("depth", [1, 2])
def test_every_candidate_is_among_the_best_of_some_leg(opened, text, depth):
    library, engine = opened
    library.add(articles())
    everything = {c.article_id: c for c in search(engine, text).found}
    best = set()
    for leg in LEGS:
        # A question's own language scores higher where scores cross languages.
        groups = {c.script for c in everything.values()} if leg in LEGS[:2] else {None}
        for group in groups:
            of = [c for c in everything.values() if group in (None, c.script)]
            ranked = sorted((getattr(c, leg) for c in of), reverse=True)[:depth]
            best |= {c.article_id for c in of if getattr(c, leg) >= ranked[-1] > NOT_FOUND}
            best |= {c.article_id for c in of if NOT_FOUND < getattr(c, leg) in ranked}
    assert set(names(search(engine, text, depth))) <= best


def test_a_rare_word_is_rarer_than_a_common_one(opened):
    library, engine = opened
    library.add(articles())
    wheat, tribes = search(engine, "القمح العشائر").rarity
    assert 0 < wheat < tribes


def test_grams_score_shared_letters_and_find_nothing(opened):
    library, engine = opened
    library.add(articles())
    counted = {c.article_id: c.grams for c in search(engine, "المزارعين").found}
    # Its stem is another than that of "المزارعون", most of its letters are the same.
    assert counted["a2"] == max(counted.values()) > 0
    assert counted["a8"] == 0


def test_words_are_met_in_each_way_and_beside_the_passage(opened):
    library, engine = opened
    library.add(articles())
    met = {c.article_id: c for c in search(engine, "Caggins Raqqa ten القمح الحسكة").found}
    words = dict(zip(["Caggins", "Raqqa", "ten", "القمح", "الحسكة"], range(5), strict=True))
    assert met["a1"].met[words["Caggins"]] > 0.89 > met["a3"].met[words["Caggins"]]
    assert met["a0"].met[words["Raqqa"]] > 0.89
    assert met["a6"].met[words["ten"]] == met["a2"].met[words["القمح"]] == 1.0
    # The title of its article counts as a passage's own.
    assert met["a3"].met[words["القمح"]] == 1.0
    assert all(
        0.0 <= own <= best <= 1.0 + 1e-6
        for found in met.values()
        for own, best in zip(found.met, found.around, strict=True)
    )


def test_a_neighbour_in_the_article_counts_as_context(opened):
    library, engine = opened
    passages = ["وصلت القافلة إلى البلدة صباحاً " * 12 + ".", "ثم غادر كاغينز المكان " * 12 + "."]
    library.add([Article("long", "\n\n".join(passages), language="ar"), Article("other", "مطر.")])
    first, second = (c for c in search(engine, "كاغينز").found if c.article_id == "long")
    assert first.met[0] < 0.89 < second.met[0] == first.around[0]


@given(
    text=st.sampled_from(QUESTIONS),
    extra=st.sampled_from(["", " 2019", " الرقة", " wheat rain"]),
    depth=st.integers(1, len(TEXTS) + 1),
    filters=st.sampled_from([Filters(), Filters(outlet="Echo"), Filters(since=date(2020, 2, 2))]),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_engine_equals_the_definitions(beside, text, extra, depth, filters):
    ours, reference = (search(engine, text + extra, depth, filters) for engine in beside)
    assert ours.rarity == pytest.approx(reference.rarity, abs=1e-4)
    assert names(ours) == names(reference)
    for one, other in zip(ours.found, reference.found, strict=True):
        assert one[:5] == other[:5]
        scores = np.array([getattr(one, leg) for leg in (*LEGS, "grams")])
        expected = np.array([getattr(other, leg) for leg in (*LEGS, "grams")])
        assert (np.isneginf(scores) == np.isneginf(expected)).all()
        known = expected > -inf
        np.testing.assert_allclose(scores[known], expected[known], atol=2e-4)
        assert one.met == pytest.approx(other.met, abs=1e-4)
        assert one.around == pytest.approx(other.around, abs=1e-4)
