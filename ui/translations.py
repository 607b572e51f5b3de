"""Quotes translated by the language model that the settings name, for surfaces that show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from corpus.article import Article
from corpus.errors import DalilError, InputError
from corpus.text.language import UNKNOWN_LANGUAGE, detect
from rag.answer import Answer, Json
from rag.llm import ChatModel, Limits, ModelError
from rag.llm.translate import LANGUAGES, LONGEST, Translation, translate
from ui.glosses import QuoteGloss, answer_glosses

if TYPE_CHECKING:
    from index import WordTable
    from rag.assistant import Assistant

_FALLBACK = "en"
# Each takes a model seconds; a timeline cites dozens of sentences.
_MOST = 3


class Models(Protocol):
    """What the services of a process share (`ui.service.Shared`), as far as it is wanted here."""

    def model(self) -> ChatModel | None:
        """Return the language model that the settings name, if any."""

    def limits(self) -> Limits:
        """Return what it may take."""


@dataclass(frozen=True, slots=True)
class QuoteTranslation:
    """What a language model makes of `article.text[start:end]` in language `into`.

    `n` is the number of its citation, 0 if it has none.
    """

    article: Article
    start: int
    end: int
    into: str
    translation: Translation
    n: int = 0

    def as_json(self) -> Json:
        """Return the shape of the API."""
        return {
            "article_id": self.article.id,
            "version": self.article.version,
            "start": self.start,
            "end": self.end,
            "into": self.into,
            "text": self.translation.text,
            "model": self.translation.model,
            "missing": list(self.translation.missing),
            "added": list(self.translation.added),
        }


@dataclass(frozen=True, slots=True)
class InOtherWords:
    """The quotes of an answer in its question's language: word for word, and by the model."""

    glosses: Sequence[QuoteGloss] = ()
    translations: Sequence[QuoteTranslation] = ()

    def as_json(self) -> Json:
        """Return what `dalil ask --gloss` adds to an answer."""
        return {
            "glosses": [each.as_json() for each in self.glosses],
            "translations": [each.as_json() for each in self.translations],
        }


def quote_translation(
    article: Article, start: int, end: int, into: str, shared: Models, table: WordTable, n: int = 0
) -> QuoteTranslation:
    """Return `article.text[start:end]` in language `into`, by the model of the settings.

    Raises `InputError` where no model is set, or the span or the language cannot be; `DalilError`
    where the model fails.
    """
    if not 0 <= start < end <= len(article.text):
        raise InputError(
            f"The article {article.id!r} has {len(article.text):,} characters: name a `start` and "
            f"an `end` within them, at most {LONGEST:,} apart."
        )
    model = shared.model()
    if model is None:
        raise InputError(
            "No language model is set that could translate. Name one in DALIL_LLM, or look the "
            "words up one by one (/api/gloss)."
        )
    try:
        quote = article.text[start:end]
        made = translate(model, quote, into, table, shared.limits())
    except ModelError as error:
        raise DalilError(f"{error.sentence} There is no translation; try again later.") from error
    return QuoteTranslation(article, start, end, into, made, n)


def in_other_words(
    answer: Answer, assistant: Assistant | None, shared: Models, say: Callable[[str], None]
) -> InOtherWords:
    """Return the quotes of an answer that are in another language than its question.

    At most three are translated, and only where a language model is set; `say` is told once if it
    fails.
    """
    if assistant is None:
        return InOtherWords()
    table = assistant.library.words
    glosses = answer_glosses(answer, table)
    return InOtherWords(glosses, _translations(answer, shared, table, say))


def _translations(
    answer: Answer, shared: Models, table: WordTable, say: Callable[[str], None]
) -> list[QuoteTranslation]:
    if shared.model() is None:
        return []
    asked = detect(answer.question)
    into = asked if asked in LANGUAGES else _FALLBACK
    cited = [
        each
        for each in (*answer.citations, *answer.possible)
        if detect(each.quote) not in (asked, into, UNKNOWN_LANGUAGE) and len(each.quote) <= LONGEST
    ]
    found: list[QuoteTranslation] = []
    for each in cited[:_MOST]:
        n = each.n if each in answer.citations else 0
        try:
            found.append(
                quote_translation(each.article, each.start, each.end, into, shared, table, n)
            )
        except DalilError as error:
            say(str(error))
            break
    return found
