"""Numbers, months and names are found across languages; the indexes keep the same rows."""

import shutil
from math import inf

import numpy as np
import pytest

from corpus.article import Article
from index import Library
from index.embedded.engine import match_names, match_terms
from index.embedded.texts import TextIndex
from index.encoder import load_bundled
from tests.conftest import HashEncoder
from tests.index.queries import query_of

PARTS = ("terms", "grams", "names", "tokens")

TEXTS = {
    "bridge": ("ar", "كلّف ترميم الجسر 10 ملايين دولار."),
    "factory": ("ar", "بيع المصنع بعشرة ملايين ليرة."),
    "spokesman": ("ar", "التقى المتحدث كاغينز بوجهاء البلدة."),
    "syrian-month": ("ar", "وصلت القافلة في 27 تشرين الأول 2019."),
    "egyptian-month": ("ar", "بدأ الحصاد في 27 أكتوبر من العام نفسه."),
    "other-month": ("ar", "عاد التلاميذ في 27 أيار."),
    "fair": ("en", "The fair closed on 3 October after heavy rain."),
    "sheep": ("en", "A shepherd lost ten sheep on the road."),
    "empty": (None, "…"),
}


@pytest.fixture(scope="module")
def words():
    return load_bundled()


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    home = tmp_path_factory.mktemp("texts")
    library = Library.open(home, HashEncoder(), create=True)
    library.add([Article(name, text, language=code) for name, (code, text) in TEXTS.items()])
    yield library
    library.close()


def article_of(snapshot, row):
    return snapshot.passages.versions[snapshot.passages.articles[row]][0]


def reached(library, question, leg):
    """The articles that a leg finds."""
    snapshot = library.engine.snapshot()
    scores = leg(snapshot, query_of(question, library.words)).scores(np.arange(len(snapshot.texts)))
    return {article_of(snapshot, row) for row in np.flatnonzero(scores > -inf).tolist()}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What cost ten million?", {"bridge", "factory", "sheep"}),
        ("Was kostete 10.000.000?", {"bridge", "factory", "sheep"}),
        ("ما الذي كلّف عشرة ملايين؟", {"bridge", "factory"}),
        ("Who arrived in October?", {"syrian-month", "egyptian-month", "fair"}),
        ("October", {"syrian-month", "egyptian-month", "fair"}),
        ("أكتوبر", {"syrian-month", "egyptian-month", "fair"}),
        ("تشرين الأول", {"syrian-month", "egyptian-month", "fair"}),
        ("November", set()),
        ("ten", {"bridge", "sheep"}),
        ("Caggins", set()),
        ("", set()),
    ],
)
def test_numbers_and_months_are_met_as_words(collection, question, expected):
    assert expected == reached(collection, question, match_terms)


@pytest.mark.parametrize(
    ("question", "expected"),
    [("Whom did Caggins meet?", True), ("كاغينز", True), ("Roberts", False), ("?", False)],
)
def test_names_are_met_by_their_consonants(collection, question, expected):
    assert ("spokesman" in reached(collection, question, match_names)) == expected


def test_a_name_leads_to_its_passage_first(collection):
    query = query_of("Caggins", collection.words)
    scores = match_names(collection.engine.snapshot(), query).scores(np.arange(len(TEXTS)))
    assert article_of(collection.engine.snapshot(), int(scores.argmax())) == "spokesman"


def index_of(names, words):
    chosen = [TEXTS[name] for name in names]
    return TextIndex.build([text for _, text in chosen], [code for code, _ in chosen], words)


def assert_rows_agree(index, names, words):
    """Each index alone must hold, in every row, what its text alone would give."""
    assert len(index) == len(names)
    assert {len(part.lengths) for part in vars(index).values()} == {len(names)}
    for row, name in enumerate(names):
        alone = index_of([name], words)
        for part in ("terms", "names"):
            held = {
                term for term in getattr(index, part).terms()
                if row in getattr(index, part).documents_with(term)
            }  # fmt: skip
            assert held == set(getattr(alone, part).terms())
        held, _, _ = index.tokens.tokens_of(np.array([row]))
        assert index.tokens.vocabulary[held].tolist() == alone.tokens.vocabulary.tolist()


def test_rows_agree(words):
    names = list(TEXTS)
    assert_rows_agree(index_of(names, words), names, words)


def test_extended_rows_agree(words):
    before, keep, added = list(TEXTS)[:5], [0, 2, 4], list(TEXTS)[5:]
    codes, texts = [TEXTS[n][0] for n in added], [TEXTS[n][1] for n in added]
    index = index_of(before, words).extended(np.array(keep), texts, codes, words)
    assert_rows_agree(index, [*(before[row] for row in keep), *added], words)


def test_what_was_saved_is_loaded(tmp_path, words):
    names = list(TEXTS)
    index_of(names, words).save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(PARTS)
    assert_rows_agree(TextIndex.load(tmp_path), names, words)


@pytest.mark.parametrize("missing", PARTS)
def test_a_missing_file_is_an_error(tmp_path, words, missing):
    index_of(["bridge"], words).save(tmp_path)
    shutil.rmtree(tmp_path / missing)
    with pytest.raises(FileNotFoundError):
        TextIndex.load(tmp_path)
