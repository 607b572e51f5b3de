"""What is read waits on the disk, and comes back as it was."""

from datetime import date

from corpus.article import Article
from ui.spool import Spool

ARTICLES = [
    Article("a/1", "سطر\nثانٍ\u2028ثالث \U0001f600", title="عنوان", published=date(2020, 4, 18)),
    Article("b", "", outlet="صدى", url="https://a.example/", language="ar", version=3),
    Article("c", "text", source="x.pdf", pages=((0, 1), (5, 2))),
]


def test_articles_come_back_as_often_as_they_are_asked_for():
    spool = Spool()
    assert (len(spool), list(spool)) == (0, [])
    for article in ARTICLES:
        spool.put(article)
    assert list(spool) == list(spool) == ARTICLES
    assert len(spool) == 3
    assert ARTICLES[1] in spool
    spool.put(ARTICLES[0])
    assert list(spool)[-1] == ARTICLES[0]
