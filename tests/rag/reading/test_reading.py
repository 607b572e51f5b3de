"""A question is read once: its words are cut once, and everything later takes them from there."""

import sys

import pytest

from corpus.article import Article
from corpus.text import words as words_module
from index import Library
from index.encoder import load_bundled
from rag import Assistant
from rag.reading import read
from rag.reading.reading import Expected

QUESTIONS = [
    "How much did Hajji Abdullah pay in Raqqa on 3 October 2019?",
    "كم دفع حجي عبد الله في الرقة في 27 تشرين الأول؟",
    "Who leads the SDF?",
    "Wie viele Menschen kamen 2020?",
    "10,000 or 3.5 million?",
]


@pytest.fixture
def assistant(tmp_path):
    library = Library.open(tmp_path, load_bundled(), create=True)
    library.add(
        [
            Article("a", "دفع حجي عبد الله عشرة ملايين دولار في الرقة.", language="ar"),
            Article("b", "Hajji Abdullah paid 300 dollars in Raqqa in 2019.", language="en"),
        ]
    )
    yield Assistant(library, saves=False)
    library.close()


@pytest.fixture
def cut(monkeypatch):
    """The texts that were cut into words, whoever asked for it."""
    texts, plain = [], words_module.words

    def counted(text):
        texts.append(text)
        return plain(text)

    for module in list(sys.modules.values()):
        if getattr(module, "words", None) is plain:
            monkeypatch.setattr(module, "words", counted)
    return texts


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_words_of_a_question_are_cut_once(assistant, cut, question):
    assistant.ask(question)
    assert cut.count(question) == 1


def test_a_follow_up_is_cut_once_with_what_it_leans_on(assistant, cut):
    assistant.ask("Where was he?", ["Who is Hajji Abdullah?"])
    assert cut.count("Who is Hajji Abdullah? Where was he?") == 1
    # Once alone, to tell whether it leans on anything.
    assert cut.count("Where was he?") == 1


def test_a_reading_holds_what_the_question_says():
    text = "How many families left Raqqa on 3 October 2019?"
    reading = read(text, load_bundled())
    assert (reading.language, reading.script, reading.expected) == ("en", "Latn", Expected.NUMBER)
    assert [text[w.start : w.end] for w in reading.found] == text.rstrip("?").split()
    assert reading.names == ("Raqqa", "October")
    assert [q.term for q in reading.quantities] == ["@10", "@10-3", "2019"]
    assert [w.text for w in reading.words] == ["families", "left", "Raqqa", "3", "October", "2019"]
    assert sum(w.weight for w in reading.words) == pytest.approx(1)
    assert all(sum(w.shares) == pytest.approx(1) for w in reading.words if w.tokens)
    assert reading.query.words is reading.words


def test_what_a_follow_up_leaves_unsaid_weighs_half():
    table = load_bundled()
    alone = {w.text: w.weight for w in read("Who is Hajji Abdullah?", table).words}
    both = {
        w.text: w.weight
        for w in read("Where is he hiding?", table, ["Who is Hajji Abdullah?"]).words
    }
    assert both["Hajji"] / both["Abdullah"] == pytest.approx(alone["Hajji"] / alone["Abdullah"])
    own = read("Where is he hiding?", table).words[0]
    heavier = table.token_norms(table.token_ids(["hiding"])[0]).max()
    hajji = table.token_norms(table.token_ids(["Hajji"])[0]).max()
    assert own.text == "hiding"
    assert both["hiding"] / both["Hajji"] == pytest.approx(2 * heavier / hajji, rel=1e-5)


@pytest.mark.parametrize("text", ["", "؟", " \n", "...", "the"])
def test_any_text_is_a_question(text):
    reading = read(text, load_bundled())
    assert reading.standalone == text.strip()
    assert len(reading.words) == len(reading.weights) == len(reading.found)
