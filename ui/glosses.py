"""Quotes word for word in a reader's language, for every surface that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.article import Article
from corpus.errors import InputError
from corpus.text.language import detect
from rag.answer import Answer, Json
from rag.gloss import DIRECTIONS, Gloss, gloss
from rag.gloss.word_by_word import Table

# Sentences are quoted, not articles.
LONGEST_QUOTE = 5_000
_FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class QuoteGloss:
    """The words of a quote, `article.text[start:end]`, in language `into`; spans are the quote's.

    `n` is the number of its citation, 0 if it has none.
    """

    article: Article
    start: int
    end: int
    language: str
    into: str
    words: Sequence[Gloss]
    n: int = 0

    @property
    def quote(self) -> str:
        """The words themselves, exactly as the article has them."""
        return self.article.text[self.start : self.end]

    def as_json(self) -> Json:
        """Return the shape of the API, where spans are those of the article's text."""
        return {
            "article_id": self.article.id,
            "version": self.article.version,
            "start": self.start,
            "end": self.end,
            "language": self.language,
            "into": self.into,
            "words": [
                {**each.as_json(), "start": each.start + self.start, "end": each.end + self.start}
                for each in self.words
            ],
        }


def quote_gloss(
    article: Article, start: int, end: int, into: str, table: Table, n: int = 0
) -> QuoteGloss:
    """Return `article.text[start:end]` word for word; raise `InputError` if that cannot be."""
    if not 0 <= start < end <= len(article.text) or end - start > LONGEST_QUOTE:
        raise InputError(
            f"The article {article.id!r} has {len(article.text):,} characters: name a `start` and "
            f"an `end` within them, at most {LONGEST_QUOTE:,} apart."
        )
    quote = article.text[start:end]
    language = detect(quote)
    return QuoteGloss(article, start, end, language, into, gloss(quote, language, into, table), n)


def answer_glosses(answer: Answer, table: Table) -> list[QuoteGloss]:
    """Return the quotes of an answer that are in another language than its question.

    They are put into the question's language, or into English where there is no dictionary for
    that; quotes that there is none for at all are left out.
    """
    asked = detect(answer.question)
    found: list[QuoteGloss] = []
    for cited in (*answer.citations, *answer.possible):
        language = detect(cited.quote)
        into = asked if (language, asked) in DIRECTIONS else _FALLBACK
        if language != asked and (language, into) in DIRECTIONS:
            number = cited.n if cited in answer.citations else 0
            found.append(quote_gloss(cited.article, cited.start, cited.end, into, table, number))
    return found
