"""A reranker orders the best passages anew and touches nothing else."""

import numpy as np

from corpus.article import Article, Passage
from rag.answer import Hit
from rag.assistant import Assistant
from rag.rerankers.order import rerank


class ByNumber:
    """A fake reranker: the number that ends a text decides; it remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def scores(self, question, texts):
        self.asked.append((question, list(texts)))
        return np.array([int(text.split()[-1]) / 10 for text in texts])


def hit(number, score, title="T"):
    text = f"passage {number}"
    article = Article(id=f"a{number}", text=text, title=title)
    return Hit(Passage(article.id, 1, 0, len(text), text), article, score)


HITS = [hit(n, s) for n, s in [(3, 0.9), (8, 0.8), (8, 0.7), (5, 0.6), (9, 0.5), (1, 0.4)]]


def test_the_head_is_ordered_and_the_rest_follows():
    reranker = ByNumber()
    ranked = rerank("q", HITS, reranker, depth=4)
    assert [h.passage.text[-1] for h in ranked] == ["8", "8", "5", "3", "9", "1"]
    expected = [0.8, 0.8, 0.5, 0.3, 0.5 * 0.3, 0.4 * 0.3]
    np.testing.assert_allclose([h.score for h in ranked], expected)
    assert reranker.asked == [("q", [f"T\npassage {n}" for n in (3, 8, 8, 5)])]


def test_equal_scores_keep_their_order():
    first, second = (h for h in rerank("q", HITS, ByNumber(), depth=4) if h.score == 0.8)
    assert (first.article, second.article) == (HITS[1].article, HITS[2].article)


def test_no_hits_and_no_title():
    assert rerank("q", [], ByNumber(), depth=4) == []
    reranker = ByNumber()
    rerank("q", [hit(2, 0.5, title=None)], reranker, depth=4)
    assert reranker.asked[0][1] == ["\npassage 2"]


def test_the_assistant_reranks_more_than_it_returns(library, make_article):
    library.add([make_article(n, text=f"وصلت القافلة رقم {n}") for n in range(10)])
    hits, _ = Assistant(library, ByNumber()).search("أين القافلة؟", k=2)
    assert [h.passage.text for h in hits] == ["وصلت القافلة رقم 9", "وصلت القافلة رقم 8"]
