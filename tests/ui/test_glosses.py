"""Which quotes of an answer are put word for word, and into what."""

import pytest

from corpus.article import Article
from corpus.errors import InputError
from index import load_encoder
from rag.answer import Answer, Citation
from ui.glosses import LONGEST_QUOTE, answer_glosses, quote_gloss

ARABIC = Article("a", "مقدمة. عادت خمسون عائلة إلى المدينة.", language="ar")
ENGLISH = Article("b", "Fifty families came back to the town.", language="en")


def answer(question, *articles):
    citations = tuple(
        Citation(n, article, 0, len(article.text)) for n, article in enumerate(articles, start=1)
    )
    return Answer(question, "answered", "", 0.9, citations)


@pytest.mark.parametrize(
    ("question", "glossed"),
    [
        ("How many families came back?", ["a"]),
        ("Combien de familles sont revenues ?", ["a"]),
        ("كم عائلة عادت إلى المدينة؟", []),
    ],
)
def test_quotes_in_another_language_than_the_question(question, glossed):
    found = answer_glosses(answer(question, ARABIC, ENGLISH), load_encoder("bundled"))
    assert [each.article.id for each in found] == glossed
    assert [each.n for each in found] == [1] * len(glossed)


def test_a_sentence_that_may_answer_is_put_word_for_word_too():
    possible = Answer("How many?", "abstained", "", 0.1, possible=(Citation(1, ARABIC, 0, 36),))
    [found] = answer_glosses(possible, load_encoder("bundled"))
    assert found.n == 0


def test_spans_are_those_of_the_article():
    found = quote_gloss(ARABIC, 7, 36, "en", load_encoder("bundled")).as_json()
    words = {ARABIC.text[w["start"] : w["end"]]: w["words"][0] for w in found["words"]}
    assert words["خمسون"] == "50"
    assert words["المدينة"] == "city"


@pytest.mark.parametrize("span", [(3, 3), (5, 2), (0, 37), (-1, 4), (0, LONGEST_QUOTE + 1)])
def test_spans_outside_the_text_are_refused(span):
    text = ARABIC.text if span[1] < 100 else "كلمة " * 2000
    with pytest.raises(InputError, match="`start`"):
        quote_gloss(Article("a", text), *span, "en", load_encoder("bundled"))
