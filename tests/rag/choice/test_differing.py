"""Articles that tell one event with other figures are cited side by side, and no others."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from corpus.article import Article, Passage
from index import Library
from index.encoder import load_bundled
from rag.answer import Hit
from rag.assistant import Assistant
from rag.choice.evidence import Described, Sentence, differing
from rag.reading import read

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


def asked(tmp_path, *articles, question=QUESTION):
    library = Library.open(tmp_path, load_bundled(), create=True)
    library.add(list(articles))
    answer = Assistant(library, saves=False).ask(question)
    library.close()
    return answer


def cited(tmp_path, *articles):
    answer = asked(tmp_path, *articles)
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


def test_articles_that_differ_are_shown_side_by_side_with_day_and_outlet(tmp_path):
    answer = asked(tmp_path, FIRST, SECOND)
    assert answer.kind == "disagreement"
    assert answer.text.splitlines() == [
        "The articles differ:",
        "15 July 2020 · One: “Four people were killed in the blast.” [1]",
        "16 July 2020 · Two: “وقُتل في الانفجار ستة أشخاص.” [2]",
    ]


def test_a_disagreement_that_was_saved_reads_the_same(tmp_path):
    library = Library.open(tmp_path, load_bundled(), create=True)
    library.add([FIRST, SECOND])
    assistant = Assistant(library)
    answer = assistant.ask(QUESTION)
    saved = assistant.saved(str(answer.answer_id)).answer
    assert (saved.kind, saved.text) == ("disagreement", answer.text)
    library.close()


@pytest.mark.parametrize(
    ("lines", "odds", "differ"),
    [
        (["وقُتل في الانفجار ستة أشخاص."], [0.0], [1]),
        # The same figure, another of other things, one that the reader finds unlikely.
        (["وقُتل في الانفجار أربعة أشخاص."], [0.0], []),
        (["وتحطمت واجهات ستة محال."], [0.0], []),
        (["وقُتل في الانفجار ستة أشخاص."], [-4.0], []),
        # Of an article's figures that of what is asked for, however likely others are.
        (["وتحطمت واجهات تسعة محال.", "وقُتل في الانفجار ستة أشخاص."], [2.0, 0.0], [2]),
    ],
)
def test_a_figure_differs_only_of_what_is_asked_for(lines, odds, differ):
    table, said = load_bundled(), "Four people were killed in the blast."
    first = replace(FIRST, text=f"{FIRST.text} {said}")
    second = replace(SECOND, text=" ".join([SECOND.text, *lines]))
    sentences = [sentence(first, said), *(sentence(second, line) for line in lines)]
    none = np.zeros((len(sentences), 0), np.float32)
    found = Described(sentences, {"reads": np.array([0.0, *odds])}, none, none)
    scores = np.zeros(len(sentences))
    assert differing(read(QUESTION, table), found, scores, 0, table) == differ


def sentence(article, text):
    start = article.text.rfind(text)
    hit = Hit(Passage(article.id, 1, 0, len(article.text), article.text), article, 0.5)
    return Sentence(article, start, start + len(text), hit)


def test_other_days_are_a_disagreement_too(tmp_path):
    first = replace(FIRST, text=FIRST.text.replace("on Tuesday", "on 14 July"))
    other = SECOND.text.replace("يوم الثلاثاء", "في 13 تموز")
    question = "When did the blast hit the market of Tell Halaf?"
    answer = asked(tmp_path, first, replace(SECOND, text=other), question=question)
    assert answer.kind == "disagreement"
    assert {citation.article.id for citation in answer.citations} == {"first", "second"}


@pytest.mark.parametrize(
    ("told", "differ"),
    [
        ("في 13 تموز", [1]),
        ("في 14 تموز", []),
        ("في تموز", []),
        ("في 14 آب", [1]),
        ("في 7 تموز", [1]),
    ],
)
def test_days_of_one_month_differ_however_many_words_are_marked(told, differ):
    table, said = load_bundled(), "A blast hit the market of Tell Halaf on 14 July."
    first = replace(FIRST, text=said)
    second = replace(SECOND, text=f"ضرب انفجار سوق تل حلف {told}.")
    marked = []
    for article, of in ((first, "14 July"), (second, told.removeprefix("في "))):
        start = article.text.index(of)
        whole = sentence(article, article.text)
        marked.append(replace(whole, focus=(start, start + len(of))))
    none = np.zeros((2, 0), np.float32)
    found = Described(marked, {"reads": np.zeros(2)}, none, none)
    reading = read("When did the blast hit the market of Tell Halaf?", table)
    assert differing(reading, found, np.zeros(2), 0, table) == differ


def test_what_follows_a_question_in_an_article_answers_it(tmp_path):
    library = Library.open(tmp_path, load_bundled(), create=True)
    asked = "Do you intervene in the running of the councils of Tell Halaf?"
    text = f"The spokesman met us on Sunday. {asked} No, that is for the people there. He left."
    library.add([Article("talk", text, title="Interview", language="en")])
    answer = Assistant(library, saves=False).ask(
        "Do they intervene in the running of the councils of Tell Halaf?"
    )
    assert [c.quote for c in answer.citations][:1] == ["No, that is for the people there."]


DENIED = "لم يُقتل أحد في الانفجار."
WHETHER = "Was anyone killed in the blast at the market of Tell Halaf?"


def told(article, line):
    return replace(article, text=article.text.replace("Four people were killed in the blast.", line)
                   .replace("وقُتل في الانفجار ستة أشخاص.", line))  # fmt: skip


def test_what_one_article_denies_and_another_says_is_a_disagreement(tmp_path):
    answer = asked(tmp_path, FIRST, told(SECOND, DENIED), question=WHETHER)
    assert answer.kind == "disagreement"
    assert {citation.quote for citation in answer.citations} == {
        "Four people were killed in the blast.", DENIED
    }  # fmt: skip
    assert answer.lead == "The articles differ:"


@pytest.mark.parametrize(
    "line",
    [
        # The same said, or denied, in both, and what is not about it.
        "وقُتل في الانفجار أربعة أشخاص.",
        "ولم تُفتح المحال بعد.",
        "وحضر الطبيب إلى السوق.",
    ],
)
def test_what_an_article_does_not_deny_is_none(tmp_path, line):
    answer = asked(tmp_path, FIRST, told(SECOND, line), question=WHETHER)
    assert (answer.status, answer.kind) == ("answered", "yes_no")
    assert "first" in {citation.article.id for citation in answer.citations}


@pytest.mark.parametrize("line", ["Shops lost their windows in the blast.", "The blast was loud."])
def test_what_an_article_does_not_say_is_none(tmp_path, line):
    answer = asked(tmp_path, told(FIRST, line), told(SECOND, DENIED), question=WHETHER)
    assert answer.kind != "disagreement"


def test_a_disagreement_on_one_part_of_a_question_is_shown_as_one(tmp_path):
    first = replace(FIRST, text=f"{FIRST.text} Captain Sara Daoud leads the search of the market.")
    question = "Who leads the search of the market of Tell Halaf, and how many died in the blast?"
    answer = asked(tmp_path, first, SECOND, question=question)
    assert answer.kind == "disagreement"
    assert answer.text.splitlines() == [
        "The articles differ:",
        "15 July 2020 · One: “Four people were killed in the blast.” [1]",
        "16 July 2020 · Two: “وقُتل في الانفجار ستة أشخاص.” [2]",
        "15 July 2020 · One: “Captain Sara Daoud leads the search of the market.” [3]",
    ]
    alone = asked(tmp_path / "alone", first, question=question)
    assert (alone.kind, alone.lead) == ("fact", None)
    assert len(alone.citations) == 2
