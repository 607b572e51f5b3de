"""What the HTTP API takes and gives of articles: lists, whole texts, additions and removals."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from ui.server.api.schemas import LARGEST, Span, Version
from ui.server.http.fields import Text
from ui.words.sentences import Said


class Article(BaseModel):
    """An article without its text."""

    id: str
    version: Version
    title: str | None
    outlet: str | None
    source: str | None
    url: str | None
    published: date | None
    language: str | None


class OutletCount(BaseModel):
    """An outlet and how many present articles it has."""

    outlet: str
    articles: int


class ArticlePage(BaseModel):
    """Articles, newest first."""

    articles: list[Article]
    next: str | None = Field(description="The `cursor` of the next page, `null` on the last.")
    total: int = Field(description="How many articles fit the filters.")
    outlets: list[OutletCount] = Field(description="Of all articles, whatever the filters.")


class VersionEntry(BaseModel):
    """A stored version of an article."""

    version: Version
    added_at: str = Field(description="ISO time, UTC.")
    published: date | None
    title: str | None


class Withdrawal(BaseModel):
    """That a version was taken out of every search."""

    version: Version
    at: str = Field(description="ISO time, UTC.")
    reason: Said | None = Field(description="Why it was retracted, `null` if it was only removed.")


class PageBegin(BaseModel):
    """From the code point `start` on, the text stands on this page of the file."""

    start: int = Field(ge=0)
    page: int = Field(ge=1)


class WholeArticle(Article):
    """An article with its text, its sentences and what versions there are of it."""

    text: str
    pages: list[PageBegin] = Field(
        description="Empty for files without pages. Notes stand below the text of their page."
    )
    sentences: list[Span]
    versions: list[VersionEntry] = Field(description="Newest first.")
    withdrawn: Withdrawal | None = Field(description="`null` if none was ever taken out.")


# What words can be looked up in.
GlossLanguage = Literal["en"]


class WordGloss(BaseModel):
    """A word of an article, or a few that belong together, and what they mean."""

    start: int
    end: int
    words: list[str] = Field(description="At most two meanings, the likelier first.")
    kind: Literal["word", "number", "date", "name", "same", "sound", "guess", "unknown"] = Field(
        description="`same` needs no gloss, a `sound` is only spelled in the other script, and a "
        "`guess` is the nearest word of the token table."
    )
    before: list[str] = Field(description="What is written before the word as one with it.")
    after: list[str] = Field(description="What is written behind the word as one with it.")


class QuoteGloss(BaseModel):
    """Words of an article one by one; it is no translation."""

    article_id: str
    version: Version
    start: int
    end: int
    language: str
    into: GlossLanguage
    words: list[WordGloss] = Field(description="Every word once, in the order of the text.")


# What words can be translated into: the languages of answers.
TranslationLanguage = Literal["ar", "en", "fr", "de", "es", "tr", "ru", "fa", "ckb", "kmr"]


class TranslationBody(BaseModel):
    """Which words of which article a language model is to translate, and into what."""

    article: Text = Field(max_length=10_000, description="The id of an article.")
    version: Version | None = Field(default=None, description="Default: the newest.")
    start: int = Field(ge=0, le=LARGEST, description="Where the words begin in the text.")
    end: int = Field(ge=1, le=LARGEST, description="Where they end; 1,500 further at most.")
    into: TranslationLanguage = "en"


class QuoteTranslation(BaseModel):
    """What a language model makes of words of an article: no quote, and it may be wrong."""

    article_id: str
    version: Version
    start: int
    end: int
    into: TranslationLanguage
    text: str = Field(description="Plain text in one line; escape it as any other.")
    model: str = Field(description="The model, as the setting `llm` names it.")
    missing: list[str] = Field(
        description="Numbers, dates and names of the quote that the translation lacks."
    )
    added: list[str] = Field(
        description="Numbers, dates and names of the translation that the quote does not have."
    )


class ArticleEntry(BaseModel):
    """An article in a list."""

    id: str
    version: Version
    title: str | None
    outlet: str | None
    source: str | None


class Notice(BaseModel):
    """What of a file is not in its articles, such as pages without text."""

    path: str
    notice: Said


class Import(BaseModel):
    """What became of each article that was sent; `failed` is empty, since one fails all."""

    added: list[ArticleEntry]
    updated: list[ArticleEntry]
    unchanged: list[ArticleEntry]
    failed: list[str]
    notices: list[Notice]


class Removal(BaseModel):
    """The articles that were removed."""

    removed: list[str]


class NewArticle(BaseModel):
    """An article to add, with what is known of it; one of `id` and `url` is needed."""

    text: Text
    id: Text | None = None
    url: Text | None = None
    title: Text | None = None
    outlet: Text | None = None
    source: Text | None = None
    published: Text | None = Field(default=None, description="Such as 2020-04-18.")
    language: Text | None = None


class NewArticles(BaseModel):
    """Articles to add."""

    articles: list[NewArticle] = Field(min_length=1)


def _object(name: str, items: object) -> dict[str, object]:
    listed = {"type": "array", "minItems": 1, "items": items}
    return {"schema": {"type": "object", "required": [name], "properties": {name: listed}}}


# The bodies of POST /api/articles, by their types.
NEW_ARTICLES = {
    "application/json": _object("articles", NewArticle.model_json_schema()),
    "multipart/form-data": _object("files", {"type": "string", "format": "binary"}),
}
