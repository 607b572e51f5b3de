"""Libraries for a scripted model to write about."""

import pytest

from corpus.article import Article
from index import Library, load_encoder
from tests.fakes.scripted_model import ScriptedModel


@pytest.fixture(scope="session")
def bundled():
    return load_encoder("bundled")


@pytest.fixture(scope="module")
def make_collection(tmp_path_factory, bundled):
    """Return a maker of libraries of the articles given."""
    opened = []

    def make(*articles: Article) -> Library:
        home = tmp_path_factory.mktemp("library") / "home"
        opened.append(Library.open(home, bundled, create=True))
        opened[-1].add(articles)
        return opened[-1]

    yield make
    for library in opened:
        library.close()


@pytest.fixture
def scripted():
    """Return a maker of models that give the replies named."""
    return lambda *replies: ScriptedModel(list(replies))
