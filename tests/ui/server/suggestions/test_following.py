"""Questions to go on with are answered where they stand, and by something new."""

import asyncio

import pytest

from corpus.article import Article
from corpus.errors import MissingError
from index import Library, load_encoder
from rag import Assistant
from rag.answer import Citation
from tests.ui.chat.test_conversation import FakeService, Inline
from ui.server.suggestions import following
from ui.server.suggestions.facts import Said, things, titled
from ui.server.suggestions.following import MOST, Before, Suggestions, offers
from ui.words.wording import words

MINES = "How many mines were found around Baghuz?"
SUR = "متى وقع تفجير الصور؟"


class Trying(FakeService):
    """A service of one thread whose trials are counted, with how sure each had to be."""

    def __init__(self, assistant):
        super().__init__(assistant)
        self.cautions = []

    def trial(self, caution=None):
        self.cautions.append(caution)
        return Assistant(self._assistant.library, saves=False, caution=caution or "normal")


@pytest.fixture(scope="module")
def demo(demo_home):
    library = Library.open(demo_home, load_encoder("bundled"))
    yield Trying(Assistant(library))
    library.close()


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch):
    monkeypatch.setattr(following, "_SECONDS", 60.0)


def after(service, questions, language="en", owner="", known=None):
    *history, question = questions
    answer = service.assistant().ask(question, history, owner=owner)
    pool = Inline(service)
    try:
        found = known or Suggestions(pool)
        return answer, asyncio.run(found.after(answer.answer_id, language, owner))
    finally:
        pool.close()


@pytest.mark.parametrize(("question", "language"), [(MINES, "en"), (SUR, "ar")])
def test_each_is_answered_in_the_conversation_by_another_sentence(demo, question, language):
    answer, found = after(demo, [question], language)
    assert 1 <= len(found) <= MOST
    assert len(set(found)) == len(found)
    shown = {(one.article.id, one.start) for one in answer.citations}
    for suggested in found:
        said = demo.trial().ask(suggested, [question])
        assert said.status == "answered"
        assert (said.citations[0].article.id, said.citations[0].start) not in shown


def test_facts_of_the_article_are_asked_for(demo):
    assert "How many hectares?" in after(demo, [MINES])[1]
    assert "كم محلاً؟" in after(demo, [SUR], "ar")[1]


def test_what_was_asked_in_the_conversation_is_not_offered(demo):
    _, found = after(demo, ["how many hectares", MINES])
    assert "How many hectares?" not in found
    _, first = after(demo, [SUR], "ar")
    _, then = after(demo, [first[0], SUR], "ar")
    assert first[0] not in then


def test_articles_on_another_matter_are_not_offered(demo):
    # The nearest title after that of the mines is of another place and matter.
    assert not any("“" in suggested for suggested in after(demo, [MINES])[1])


def test_after_a_refusal_that_points_nowhere_there_are_none(demo):
    answer, found = after(demo, ["Who won the football cup?"])
    assert (answer.status, answer.possible, found) == ("abstained", (), [])
    assert after(demo, ["Hello"])[1] == []


def test_anothers_answer_is_unknown(demo):
    answer = demo.assistant().ask(MINES, owner="leila")
    for owner, answer_id in (("omar", answer.answer_id), ("leila", "none")):
        with pytest.raises(MissingError):
            asyncio.run(Suggestions(Inline(demo)).after(answer_id, "en", owner))


def test_they_are_tried_once_and_leave_no_trace(demo):
    pool = Inline(demo)
    count = "SELECT count(*) FROM answers"
    store = demo.assistant().library._store

    async def twice():
        known = Suggestions(pool)
        answers = [demo.assistant().ask(MINES).answer_id for _ in range(2)]
        before = store.execute(count)
        first = await known.after(answers[0], "en")
        tried = len(demo.cautions)
        assert await known.after(answers[1], "en") == first
        # The articles near by are looked up each time; nothing is asked.
        assert len(demo.cautions) == tried + 1
        assert store.execute(count) == before

    asyncio.run(twice())
    pool.close()


class Busy(Inline):
    async def idle(self):
        await asyncio.sleep(60)


def test_nothing_is_tried_while_others_ask_and_waiting_has_an_end(demo, monkeypatch):
    monkeypatch.setattr(following, "_SECONDS", 0.01)
    known = Suggestions(Busy(demo))
    demo.cautions.clear()
    assert after(demo, [MINES], known=known)[1] == []
    assert not known._kept
    assert demo.cautions == [None]


def test_general_questions_have_to_be_answered_more_surely(demo):
    demo.cautions.clear()
    after(demo, [MINES])
    assert {None, "strict"} <= set(demo.cautions)


ARABIC = Article(
    "a", "وصلت ستون عائلة إلى الرقة. قالت القاضية أفين شيخو إن 12 شاحنة وصلت.",
    title="عائلات تعود إلى الرقة", language="ar",
)  # fmt: skip
OTHER = Article("b", "A bridge opened.", title="Bridge opens", language="en")


def offered(language, kind="fact", shown=0, related=()):
    before = Before(("?",), (Citation(1, ARABIC, 0, shown),), kind, related)
    return [offer.example.question for offer in offers(before, language)]


def test_an_article_in_another_language_gives_questions_of_the_pages():
    found = offered("en", related=(OTHER,))
    assert found[:3] == ["How many families?", "Who is the judge?", "What is reported about Raqqa?"]
    assert "How many trucks?" in found
    assert found[-1] == "What is reported about “Bridge opens”?"
    assert offered("ar")[:2] == ["كم عائلة؟", "من هي القاضية أفين شيخو؟"]


def test_what_is_shown_is_not_asked_for():
    assert "How many families?" not in offered("en", shown=26)
    assert "How many trucks?" in offered("en", shown=26)


def test_nothing_leans_on_an_overview():
    found = offered("ar", "overview")
    assert found[0] == "من هي القاضية أفين شيخو؟"
    assert found[-1] == "ماذا ورد عن «عائلات تعود إلى الرقة»؟"
    assert words("ar")["follow_why"] not in found


def test_a_short_word_spelled_like_a_name_is_none():
    jebel = Article("c", "A fire.", title="Fire on Jebel Abd al-Aziz", language="en")
    before = Before(("?",), (Citation(1, jebel, 0, 2),))
    assert not [o for o in offers(before, "en") if o.kind == "about"]


def test_things_are_known_by_a_number_before_them():
    assert list(things("They met families.", "en")) == []
    assert list(things("في 3 أيام عادت ٤٦٠ عائلة", "en")) == [Said("families", "عائلة")]
    assert list(titled("said Judge Omar", "en", "ar")) == []
    assert list(titled("The judge, Omar Saleh, left.", "en", "ar")) == [
        Said("القاضي", "Omar Saleh")
    ]
    assert list(titled("irgendwas", "de", "en")) == []
