"""Both engines over one small library: what is compared, and what is weighed."""

from datetime import date
from itertools import islice

import pytest

from corpus.article import Article
from corpus.errors import DalilError
from eval.bench import generated
from eval.studies.cluster import tables
from eval.studies.cluster.asking import questions
from eval.studies.cluster.engines import Compared, both, compare
from eval.studies.cluster.weighing import weigh
from index import Filters, Library, load_encoder
from index.moving import move

pytest.importorskip("qdrant_edge", reason="Qdrant's core has no wheel for this machine")


def article(fields):
    return Article(
        fields["id"], fields["text"], title=fields["title"], outlet=fields["outlet"],
        language=fields["language"], published=date.fromisoformat(fields["published"]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A library of sixteen generated articles."""
    home = tmp_path_factory.mktemp("engines")
    library = Library.open(home, load_encoder("bundled"), create=True)
    library.add(map(article, islice(generated.articles(vocabulary=2_000), 16)))
    library.close()
    return home


@pytest.fixture
def library(home):
    library = Library.open(home, load_encoder("bundled"))
    yield library
    library.close()


def test_questions_are_titles_and_sentences_a_third_within_filters_that_let_them_through(library):
    asked = questions(library, 30)
    assert asked == questions(library, 30)
    assert len({question.text for question in asked}) == 30
    assert sum(question.filtered for question in asked) == 10
    titles = {one.title: library.article(one.id) for one in library.articles()}
    found = [(titles[q.text], q) for q in asked if q.text in titles]
    assert len(found) == 15
    assert all(question.filters.allow(of) for of, question in found)
    with pytest.raises(DalilError, match="nothing to ask for"):
        questions(library, 0)


def test_both_engines_are_compared_and_the_collection_weighed(home, library, tmp_path):
    asked = questions(library, 6)
    index = f"qdrant-edge:{tmp_path / 'points'}"
    move(home, library.encoder, index)
    with both(home, library.encoder, index) as assistants:
        found = compare(assistants, asked)
    assert found.share(lambda pair: pair.same) == found.share(lambda pair: pair.reached) == 1
    assert max(pair.legs for pair in found.pairs) < 1e-5
    assert all(spent > 0 for pair in found.pairs for spent in (*pair.ms, *pair.cpu_ms))
    weight = weigh(home, library.encoder, index, asked)
    assert weight.passages == found.passages == library.count_passages()
    assert {"dense", "soft", "lexical", "payload", "filter tokens"} < weight.disk.keys()
    assert weight.disk["payload"] > 1_000
    assert weight.own + weight.mapped > 0
    told = tables.compared(found, 2)
    assert "| filtered | 100.00% |" in told
    with pytest.raises(DalilError, match="qdrant-edge:FOLDER"):
        weigh(home, library.encoder, "qdrant:http://127.0.0.1:9", asked)


def test_what_one_engine_lacks_shows(home, library):
    """The other side has no filters: its ten are others."""

    class Deaf:
        def __init__(self, inner):
            self.library = inner.library
            self._inner = inner

        def search(self, question, k, filters):
            return self._inner.search(question, k=k, filters=Filters())

    asked = questions(library, 6)
    with both(home, library.encoder, "embedded") as (one, other):
        found = compare((one, Deaf(other)), asked)
    assert isinstance(found, Compared)
    assert found.share(lambda pair: pair.same, filtered=False) == 1
    assert found.share(lambda pair: pair.same, filtered=True) < 1
    assert sum(line.startswith("- ") for line in tables.compared(found, 9).splitlines()) > 0
