"""Articles that tell one event with other figures are cited side by side, and no others."""

from dataclasses import replace
from datetime import date

import pytest

from corpus.article import Article
from index import Library
from index.encoder import load_bundled
from rag.assistant import Assistant

TITLE = "Blast at the market of Tell Halaf"
FIRST = Article(
    "first",
    "A blast hit the market of Tell Halaf on Tuesday. Four people were killed in the blast. "
    "Shops around the market were closed.",
    title=TITLE,
    outlet="One",
    published=date(2020, 7, 15),
    language="en",
)
SECOND = Article(
    "second",
    "ضرب انفجار سوق تل حلف يوم الثلاثاء. وقُتل في الانفجار ستة أشخاص. وأُغلقت المحال حول السوق.",
    title="انفجار في سوق تل حلف",
    outlet="Two",
    published=date(2020, 7, 16),
    language="ar",
)
QUESTION = "How many people were killed in the blast at the market of Tell Halaf?"


def cited(tmp_path, *articles):
    library = Library.open(tmp_path, load_bundled(), create=True)
    library.add(list(articles))
    answer = Assistant(library, saves=False).ask(QUESTION)
    library.close()
    return sorted({citation.article.id for citation in answer.citations})


def test_another_figure_of_the_same_event_is_cited_too(tmp_path):
    assert cited(tmp_path, FIRST, SECOND) == ["first", "second"]


@pytest.mark.parametrize(
    "changed",
    [
        {"published": date(2021, 7, 16)},
        {"published": None},
        {"text": SECOND.text.replace("تل حلف", "الحسكة"), "title": "انفجار في سوق الحسكة"},
    ],
)
def test_another_event_is_not(tmp_path, changed):
    assert cited(tmp_path, FIRST, replace(SECOND, **changed)) == ["first"]


def test_what_follows_a_question_in_an_article_answers_it(tmp_path):
    library = Library.open(tmp_path, load_bundled(), create=True)
    asked = "Do you intervene in the running of the councils of Tell Halaf?"
    text = f"The spokesman met us on Sunday. {asked} No, that is for the people there. He left."
    library.add([Article("talk", text, title="Interview", language="en")])
    answer = Assistant(library, saves=False).ask(
        "Do they intervene in the running of the councils of Tell Halaf?"
    )
    assert [c.quote for c in answer.citations][:1] == ["No, that is for the people there."]
