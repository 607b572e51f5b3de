"""Retriever and assistant work inside LangChain chains and keep what a citation needs."""

import asyncio
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda, RunnableParallel

from corpus.errors import InputError
from corpus.load import load_articles
from index import Filters, Library, load_encoder
from rag import Answer, Assistant, Event
from rag.langchain import DalilRetriever, DalilRunnable

DEMO = Path(__file__).parents[3] / "corpus" / "demo"
QUESTION = "What bounty was announced for Hajji Abdullah?"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    home = tmp_path_factory.mktemp("library")
    with closing(Library.open(home, load_encoder("bundled"), create=True)) as library:
        library.add([item.article for item in load_articles(DEMO)])
        yield Assistant(library, saves=False)


def test_retriever_in_a_chain(assistant):
    retriever = DalilRetriever(assistant=assistant, k=3)
    assert isinstance(retriever, BaseRetriever)
    chain = retriever | RunnableLambda(lambda documents: documents)
    documents = chain.invoke(QUESTION)
    assert len(documents) == 3
    for document in documents:
        fields = document.metadata
        text = assistant.library.article(fields["article_id"], fields["version"]).text
        assert text[fields["start"] : fields["end"]] == document.page_content


def test_runnable_in_a_chain(assistant):
    runnable = DalilRunnable(assistant)
    assert isinstance(runnable, Runnable)
    chain = runnable | RunnableLambda(lambda answer: [one.quote for one in answer.citations])
    quotes = [citation.quote for citation in assistant.ask(QUESTION).citations]
    assert quotes
    assert chain.invoke(QUESTION) == quotes
    assert list(chain.stream(QUESTION)) == [quotes]
    assert chain.batch([QUESTION, QUESTION]) == [quotes, quotes]


def test_runnable_in_an_asynchronous_program(assistant):
    assert asyncio.run(DalilRunnable(assistant).ainvoke(QUESTION)).citations


def test_many_threads_ask_one_assistant(assistant):
    """LangChain runs the branches and batches of a chain in threads of its own."""
    questions = [QUESTION, "من الذي سيطر على المكلا؟", "Where is Mukalla?"] * 2
    answers = DalilRunnable(assistant).batch(questions)
    alone = [assistant.ask(question) for question in questions[:3]] * 2
    assert [(a.text, a.citations) for a in answers] == [(a.text, a.citations) for a in alone]
    both = RunnableParallel(
        found=DalilRetriever(assistant=assistant), said=DalilRunnable(assistant)
    )
    for found in both.batch(questions):
        assert found["found"]
        assert found["said"].text in {answer.text for answer in alone}


def test_the_stream_ends_with_the_answer(assistant):
    so_far = list(DalilRunnable(assistant).stream(QUESTION))
    whole = assistant.ask(QUESTION)
    assert (so_far[-1].text, so_far[-1].confidence) == (whole.text, whole.confidence)
    assert all(later.text.startswith(earlier.text) for earlier, later in pairwise(so_far))
    assert len(so_far[0].citations) == 0 < len(so_far[-1].citations)


class FakeAssistant:
    """Remembers what it is asked, and tells a made-up stream of events."""

    def __init__(self, *events):
        self.asked, self.events = [], events

    def ask(self, question, history=(), **options):
        self.asked.append((question, list(history), options))
        return Answer(question, "answered", "It did.", 1.0)

    def stream(self, question, history=(), **options):
        self.asked.append((question, list(history), options))
        yield from self.events


HISTORIES = [
    (QUESTION, []),
    ({"question": QUESTION}, []),
    ({"question": QUESTION, "history": None}, []),
    (
        {"question": QUESTION, "history": ["Who is he?", "Since when?"]},
        ["Who is he?", "Since when?"],
    ),
    (
        {"question": QUESTION, "history": [HumanMessage("Who is he?"), AIMessage("A.")]},
        ["Who is he?"],
    ),
]


@pytest.mark.parametrize(("given", "history"), HISTORIES)
def test_question_and_history(given, history):
    fake, filters = FakeAssistant(), Filters(outlets=("Aden Post",))
    runnable = DalilRunnable(fake, filters=filters, owner="amal")
    runnable.invoke(given)
    list(runnable.stream(given))
    assert fake.asked == [(QUESTION, history, {"filters": filters, "owner": "amal"})] * 2


@pytest.mark.parametrize("given", [{}, {"query": QUESTION}, {"question": 7}, 7, [QUESTION]])
def test_an_input_without_a_question(given):
    with pytest.raises(InputError, match="Give the question as text"):
        DalilRunnable(FakeAssistant()).invoke(given)


def test_a_restart_takes_back_what_was_said():
    whole = Answer(QUESTION, "answered", "The articles' own words.", 0.9)
    fake = FakeAssistant(
        Event("status", "searching"),
        Event("token", "Half a"),
        Event("token", " sentence"),
        Event("restart"),
        Event("token", "The articles' own words."),
        Event("done", answer=whole),
    )
    texts = [answer.text for answer in DalilRunnable(fake).stream(QUESTION)]
    assert texts == ["Half a", "Half a sentence", "", whole.text, whole.text]


def test_leaving_the_stream_closes_the_assistant_s():
    closed = []

    class Endless(FakeAssistant):
        def stream(self, *_, **__):
            try:
                while True:
                    yield Event("token", "and so on ")
            finally:
                closed.append(1)

    stream = DalilRunnable(Endless()).stream(QUESTION)
    next(stream)
    stream.close()
    assert closed == [1]
