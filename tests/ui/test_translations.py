"""Which quotes of an answer are translated, by the model of the settings or by none."""

from types import SimpleNamespace

import pytest

from corpus.article import Article
from corpus.errors import DalilError, InputError
from index import load_encoder
from rag.answer import Answer, Citation
from rag.llm import Limits, ModelError
from tests.fakes.scripted_model import ScriptedModel
from ui.translations import in_other_words, quote_translation

ARABIC = Article("a", "مقدمة. عادت خمسون عائلة إلى المدينة.", language="ar")
ENGLISH = Article("b", "Fifty families came back to the town.", language="en")
SAID = "Fifty families returned to the city."


@pytest.fixture(scope="module")
def table():
    return load_encoder("bundled")


def shared(*replies):
    """What services share, with a model of these replies; without any there is no model."""
    model = ScriptedModel(list(replies)) if replies else None
    return SimpleNamespace(model=lambda: model, limits=Limits)


def helped(answer, shared, table, say=lambda _: None):
    assistant = SimpleNamespace(library=SimpleNamespace(words=table))
    return in_other_words(answer, assistant, shared, say)


def answer(question, *articles, possible=()):
    cited = [Citation(n, each, 0, len(each.text)) for n, each in enumerate(articles, start=1)]
    return Answer(question, "answered", "", 0.9, cited, possible=possible)


def test_a_quote_in_another_language_is_translated_into_the_questions(table):
    found = helped(answer("How many families?", ARABIC, ENGLISH), shared([f"Intro. {SAID}"]), table)
    (told,) = found.as_json()["translations"]
    assert (told["article_id"], told["start"], told["end"]) == ("a", 0, len(ARABIC.text))
    assert (told["into"], told["text"], told["model"]) == ("en", f"Intro. {SAID}", "scripted")
    assert (told["missing"], told["added"]) == ([], [])
    # Word for word stays beside it.
    assert [each.article.id for each in found.glosses] == ["a"]
    assert found.translations[0].n == 1


def test_without_a_model_the_words_stay(table):
    found = helped(answer("How many families?", ARABIC), shared(), table)
    assert (len(found.glosses), found.as_json()["translations"]) == (1, [])
    with pytest.raises(InputError, match="No language model"):
        quote_translation(ARABIC, 7, 36, "en", shared(), table)


def test_a_pair_without_a_dictionary_is_translated_too(table):
    found = helped(answer("كم عائلة عادت؟", ENGLISH), shared(["عادت خمسون عائلة."]), table)
    assert (len(found.glosses), found.translations[0].into) == (0, "ar")


def test_a_sentence_that_may_answer_is_translated_as_none_of_the_citations(table):
    possible = (Citation(1, ARABIC, 7, len(ARABIC.text)),)
    found = helped(answer("How many?", possible=possible), shared([SAID]), table)
    assert found.translations[0].n == 0


def test_of_many_quotes_the_first_are_translated(table):
    many = [ARABIC] * 5
    found = helped(answer("How many families?", *many), shared(*[[SAID]] * 5), table)
    assert len(found.translations) == 3


def test_a_model_that_fails_is_told_once_and_leaves_the_words(table):
    told = []
    fault = [ModelError("quota", "The language model takes no more questions.")]
    found = helped(answer("How many families?", ARABIC, ARABIC), shared(fault), table, told.append)
    assert (len(found.glosses), found.translations) == (2, [])
    assert [text[:40] for text in told] == ["The language model takes no more question"[:40]]
    with pytest.raises(DalilError, match="no more questions"):
        quote_translation(ARABIC, 7, 36, "en", shared(fault), table)


@pytest.mark.parametrize("span", [(3, 3), (5, 2), (0, 37), (-1, 4)])
def test_spans_outside_the_text_are_refused(table, span):
    with pytest.raises(InputError, match="`start`"):
        quote_translation(ARABIC, *span, "en", shared([SAID]), table)
