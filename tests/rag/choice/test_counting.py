"""Beside the number that answers only such stand as count the same thing."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

from corpus.article import Article
from index.encoder import load_bundled
from rag.choice.evidence import counting
from rag.reading import read

CELL = "وتضم الغرفة ما يقارب مئة نزيل."
MOVED = "Some 70 inmates were moved to other cells."
APPRENTICES = "His workshop takes 25 apprentices, and 180 wait for a place."
STOVE = "The wing has a stove of its own."
PRISON = Article("prison", f"The prison of Malikiyah is full. {CELL} {MOVED} {STOVE}",
                 published=date(2020, 7, 15), language="en")  # fmt: skip
SAME = replace(PRISON, id="same", text=f"The prison of Malikiyah is full. {APPRENTICES} {MOVED}")
OTHER = Article("other", "Elections were held in Norway. Turnout was high, said the ministry.",
                published=date(2020, 7, 15), language="en")  # fmt: skip


def kept(question, *said):
    sentences = [SimpleNamespace(text=text, article=article) for article, text in said]
    described = SimpleNamespace(sentences=sentences)
    table = load_bundled()
    return counting(read(question, table), described, range(len(said)), table)


QUESTION = "How many inmates share a cell?"
SHARED = "Some 70 inmates share it."


def test_a_further_number_counts_what_is_asked_for():
    said = ((PRISON, CELL), (PRISON, STOVE), (SAME, APPRENTICES), (SAME, MOVED), (SAME, SHARED))
    assert kept(QUESTION, *said) == [0, 3, 4]


def test_of_an_article_on_something_else_it_counts_it_by_its_name():
    assert kept(QUESTION, (PRISON, CELL), (OTHER, MOVED), (OTHER, SHARED)) == [0, 2]


def test_the_first_stays_whatever_it_counts():
    assert kept(QUESTION, (PRISON, APPRENTICES), (PRISON, MOVED)) == [0, 1]
