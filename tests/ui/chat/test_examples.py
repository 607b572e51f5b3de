"""Only questions that Dalil answers from the article they were made of are offered."""

import asyncio
import threading
from datetime import date

import pytest

from corpus.errors import DalilError
from index import Library, load_encoder
from rag import Assistant
from tests.ui.chat.test_conversation import FakeService, Inline
from ui.chat import examples
from ui.chat.examples import MOST, Examples, made_of
from ui.server.http.workers import WorkerPool
from ui.server.suggestions.tried import Example, answers
from ui.words.wording import LANGUAGES


class Trying(FakeService):
    """A service whose trials answer from a library of one thread, and are counted."""

    tried = 0

    def trial(self, caution=None):
        self.tried += 1
        return Assistant(self._assistant.library, saves=False)


def offered(service, language="en", given=()):
    pool = Inline(service)
    page = Examples(pool, language, given)
    try:
        return asyncio.run(page.all())
    finally:
        pool.close()


@pytest.fixture
def demo(demo_home):
    library = Library.open(demo_home, load_encoder("bundled"))
    yield Trying(Assistant(library))
    library.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_answered_when_it_is_asked(demo, language, monkeypatch):
    monkeypatch.setattr(examples, "_SECONDS", 60.0)
    before = demo.assistant().library.revision
    found = offered(demo, language)
    assert len(found) == len(set(found)) == MOST
    for question in found:
        assert demo.trial().ask(question).status == "answered"
    assert demo.assistant().library.revision == before


def test_what_is_refused_or_answered_from_elsewhere_is_not_offered(demo):
    title = "Deminers clear farmland in eastern Deir ez-Zor"
    good = f"How many hectares does the article “{title}” mention?"
    assert answers(demo, Example(good, "demo-deir-ezzor-mine-clearance", "hectares"))
    assert not answers(demo, Example(good, "demo-abdulaziz-forest-fire"))
    assert not answers(demo, Example(good, "demo-deir-ezzor-mine-clearance", "acres"))
    assert not answers(
        demo, Example("Who won the 1966 World Cup?", "demo-deir-ezzor-mine-clearance")
    )
    assert not answers(demo, Example("Hello", "demo-deir-ezzor-mine-clearance"))


def test_trying_leaves_no_trace(demo):
    library = demo.assistant().library
    count = "SELECT count(*) FROM answers"
    before = library._store.execute(count)
    offered(demo)
    assert demo.tried
    assert library._store.execute(count) == before


def test_given_ones_come_first_and_are_not_tried(demo):
    given = [f"{n}?" for n in range(9)]
    assert offered(demo, given=given) == given[:MOST]
    assert demo.tried == 0
    assert offered(demo, given=["Who?"])[0] == "Who?"


def test_they_are_made_once_until_the_library_changes(demo):
    pool = Inline(demo)
    page = Examples(pool, "en", ())

    async def made():
        first, tried = await page.all(), demo.tried
        assert await page.all() == first
        assert demo.tried == tried
        page._kept = (-1, [])
        assert (await page.all())[:1] == first[:1]
        assert demo.tried > tried

    asyncio.run(made())
    pool.close()


def test_nobody_who_searches_waits_for_a_trial(monkeypatch):
    begun, gate = threading.Event(), threading.Event()

    class Slow:
        def assistant(self):
            return None

        def trial(self, caution=None):
            begun.set()
            gate.wait(60)

    async def both():
        pool = WorkerPool(Slow, workers=1)
        page = asyncio.create_task(Examples(pool, "en", ()).all())
        await asyncio.to_thread(begun.wait, 60)
        assert await pool.run(lambda _: "found") == "found"
        assert not page.done()
        gate.set()
        assert await page == []
        pool.close()

    monkeypatch.setattr(examples, "made_of", lambda *_: [Example("Who?", "article-1")])
    asyncio.run(both())


def test_there_is_an_end_to_trying(demo, monkeypatch):
    monkeypatch.setattr(examples, "_SECONDS", -1.0)
    assert offered(demo) == []


def test_what_fails_leaves_the_given_ones(demo, monkeypatch):
    def fails(*_):
        raise DalilError("Busy.")

    monkeypatch.setattr(examples, "made_of", fails)
    assert offered(demo, given=["Who?"]) == ["Who?"]


def test_articles_of_the_readers_language_and_other_outlets_come_first(
    tmp_path, encoder, make_article
):
    library = Library.open(tmp_path / "more", encoder, create=True)
    days = [date(2020, 1, day) for day in (1, 2, 3, 4)]
    library.add(
        [
            make_article(1, title="أ", outlet="one", published=days[0]),
            make_article(2, title="ب", outlet="one", published=days[1]),
            make_article(3, title="ج", outlet="two", published=days[2]),
            make_article(4, title="د" * 200, outlet="three", published=days[3]),
            make_article(5, title=None, outlet="four", published=days[3]),
        ]
    )
    found = made_of(FakeService(Assistant(library)), "ar")
    titled = [one.question.split("«")[1][0] for one in found if one.question.startswith("ماذا")]
    assert titled == ["ج", "ب", "أ"]
    library.close()


def test_an_empty_library_has_none(library):
    assert offered(Trying(Assistant(library))) == []
    assert offered(Trying(None)) == []
