"""A quote in a reader's language, by the language model: shown beside the quote, never for it.

Of a translation only what can be compared across languages is checked: numbers, dates and names,
both ways (`rag.llm.support`).  One that has them all may still be wrong.  The quote is hostile
input, and so is what the model makes of it: plain words, no longer than a translation is.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace

import regex

from corpus.article import Article, Passage
from corpus.errors import InputError
from corpus.text.language import UNKNOWN_LANGUAGE, detect
from corpus.text.quantities import quantities
from corpus.text.words import fold, words
from index import WordTable
from rag.answer import Hit
from rag.choice.evidence import Sentence
from rag.llm.deadline import Clock, SystemClock, bounded
from rag.llm.prompts import translate_messages
from rag.llm.protocol import ChatModel, Limits, ModelError
from rag.llm.replies.text import words_of
from rag.llm.support import check
from rag.reading.languages import known_names

# The languages of Dalil's answers.
LANGUAGES = frozenset({"ar", "en", "fr", "de", "es", "tr", "ru", "fa", "ckb", "kmr"})
# A sentence or a few: the translation of so many characters ends within a reply's 700 tokens.
LONGEST = 1_500
# A reader waits for nothing else meanwhile, but has the quote already.
_SECONDS = 60.0
# What is longer answers or explains, what is shorter leaves out or refuses: of FLORES' references
# in these languages 998 of 1,000 are .5 to 2 times as long as each other.
_MOST_TIMES, _MORE, _LEAST_TIMES, _FEW = 2.5, 100, 0.35, 60
_BLANKS = regex.compile(r"\s+")
# "Translation: ...", as small models like to begin.
_LABEL = regex.compile(
    r"\A(?:(?:here is )?(?:the )?(?:(?:english|arabic) )?translation|الترجمة)[^:\n]{0,40}:\s",
    regex.I,
)
_ARABIC = regex.compile(r"\p{Arabic}")
# Numbers and months are read without regard to the language; in these they are other words, too
# ("very", "a", "there") or parts of ordinals.  Measured on FLORES' references.
_DOUBTFUL = {
    "ar": "عشر فوريه الاربع", "de": "dort", "es": "un una", "fr": "un une tres",
    "kmr": "nisan ten nine bes",
}  # fmt: skip
_NAMED = {"ar", "en"}
_QUOTED = regex.compile(r"\A[\"“«](?P<inside>[^\"“«»”]*)[\"”»]\Z")


@dataclass(frozen=True, slots=True)
class Translation:
    """What `model` made of a quote: plain words, to be shown as such and marked as its own.

    `missing` are numbers, dates and names of the quote that the translation lacks, as the quote
    writes them; `added` those of the translation that the quote does not have.
    """

    text: str
    model: str
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def translate(
    model: ChatModel,
    quote: str,
    into: str,
    table: WordTable | None = None,
    limits: Limits | None = None,
    clock: Clock | None = None,
) -> Translation:
    """Return `quote` in language `into`; `table` tells which names of two languages are one.

    Raises `InputError` for a language that is not in `LANGUAGES` or is the quote's own, and for a
    quote of more than `LONGEST` characters; `ModelError` where the model fails, is late, or writes
    what is no translation.
    """
    language = detect(quote)
    if into not in LANGUAGES or into == language:
        raise InputError(
            f"A quote in {language!r} is not translated into {into!r}. "
            f"Name another language of {', '.join(sorted(LANGUAGES))}."
        )
    if len(quote) > LONGEST:
        raise InputError(
            f"The quote has {len(quote):,} characters. Translate at most {LONGEST:,} at once."
        )
    limits = limits or Limits()
    hasty = replace(limits, total_s=min(limits.total_s, _SECONDS))
    pieces = model.stream(translate_messages(quote, into))
    with closing(bounded(pieces, hasty, clock or SystemClock())) as reply:
        text = _text("".join(reply), quote, language)
    return Translation(
        text,
        model.name,
        lacking(quote, language, text, into, table),
        lacking(text, into, quote, language, table),
    )


def _text(reply: str, quote: str, language: str) -> str:
    """Return the words of a reply in one line; raise `ModelError` where they translate nothing."""
    text = _LABEL.sub("", _BLANKS.sub(" ", words_of(reply)).strip())
    quoted = _QUOTED.match(text)
    text = quoted["inside"] if quoted and not _QUOTED.match(quote.strip()) else text
    if not text:
        raise ModelError("silent", "The language model wrote no translation.")
    if len(text) > _MOST_TIMES * len(quote) + _MORE:
        raise ModelError("broken", "The language model wrote more than a translation.")
    if len(text) < _LEAST_TIMES * (len(quote) - _FEW):
        raise ModelError("broken", "The language model wrote less than a translation.")
    if language != UNKNOWN_LANGUAGE and detect(text) == language:
        raise ModelError("broken", "The language model did not translate.")
    return text


def lacking(
    said: str, language: str, there: str, into: str, table: WordTable | None = None
) -> tuple[str, ...]:
    """Return the numbers, dates and names in `said` that do not stand in its translation `there`.

    Names only between Arabic and English, and there only those that are known or stand behind a
    title: of others nobody can tell if they are missing or translated.

    >>> lacking("قُتل ثلاثة في 27 تشرين الأول", "ar", "Two were killed on 27 October", "en")
    ('ثلاثة',)
    """
    article = Article("", there, language=into)
    hit = Hit(Passage("", 1, 0, len(there), there), article, 0.0)
    found = check(said, [Sentence(article, 0, len(there), hit)], table)
    return tuple(word for word in found if _is_sure(word, language, {language, into}))


def _is_sure(word: str, language: str, pair: set[str]) -> bool:
    """Tell if a word that a check misses is no other word of its language, and no unknown name."""
    counted = list(words(word))
    if quantities(counted, word):
        return fold(word) not in _DOUBTFUL.get(language, "").split()
    named = _ARABIC.match(word) or any(known_names(counted))
    return bool(named) and pair <= _NAMED
