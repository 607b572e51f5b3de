"""Which full stops, question marks and ellipses end a sentence within a line."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from corpus.text.abbreviations import MONTHS, SENTENCE_STARTERS, SHORTENED, TITLES
from corpus.text.line_breaks import Span

_STOP = regex.compile(r"(?P<mark>[.!?؟…۔。！？।]+)(?P<close>[\"'”’»›)\]）」』]*)")
_NEXT_WORD = regex.compile(r"\s*[\"'“”‘«‹(\[\-–—•]*\s*(?P<word>[\p{L}\p{M}\p{N}]*)")
_LAST_WORD = regex.compile(r"[\p{L}\p{M}\p{N}.ـ]+\Z")
_LIST_NUMBER = regex.compile(r"\s*[(\[]?(?:\p{N}{1,3}|[\p{Latin}\p{Arabic}])\s*\Z")
_LATIN_INITIALS = regex.compile(r"(?:\p{Lu}\.)*\p{Lu}\Z")
_ARABIC_INITIALS = regex.compile(r"و?(?:\p{Arabic}ـ?\.)*\p{Arabic}ـ?\Z")
_ARABIC_WORD = regex.compile(r"(?:(?=[\p{L}\p{M}])\p{Arabic}){2,}")
_ARABIC_WORD_BEFORE = regex.compile(r"(?:(?=[\p{L}\p{M}])\p{Arabic}){3,}\Z")
_LOWER_CASE = regex.compile(r"(?=\p{Latin})\p{Ll}")

# German and Turkish write ordinals with a stop.
_AFTER_ORDINALS = MONTHS.keys() | {"jahrhundert", "jahrhunderts"}

# No abbreviation, and no word that matters here, is longer.
_NEAR = 24


def stops(text: str, span: Span) -> Iterator[regex.Match[str]]:
    """Yield every run of stops in a span, with the closing quotes and brackets after it.

    >>> [stop[0] for stop in stops("قال: «نعم.» ثم 3.5؟!", Span(0, 20))]
    ['.»', '.', '؟!']
    """
    return _STOP.finditer(text, span.start, span.end)


def ends_sentence(text: str, sentence: Span, stop: regex.Match[str]) -> bool:
    """Tell whether a stop ends the sentence that began at `sentence.start`.

    It does at the end of the block, and before white space unless it closes an abbreviation,
    initials, a list number or an ordinal, or a lower-case Latin letter follows. Without white
    space, as scraped Arabic often has it, it does between two whole Arabic words. An ellipsis,
    question or exclamation that closes an Arabic quotation in mid-line does not.

    >>> text = "انتهى الاجتماع.وقال د. سامر"
    >>> [ends_sentence(text, Span(0, 27), stop) for stop in stops(text, Span(0, 27))]
    [True, False]
    """
    if stop.end() >= sentence.end:
        return True
    if not text[stop.end()].isspace():
        return _ends_without_space(text, sentence, stop)
    following = _NEXT_WORD.match(text, stop.end(), min(sentence.end, stop.end() + _NEAR))
    word = following["word"] if following else ""
    if _LOWER_CASE.match(word):
        return False
    if stop["mark"] == ".":
        return not _is_part_of_word(text, sentence, stop, word)
    return not (stop["close"] and _ARABIC_WORD.match(word))


def _ends_without_space(text: str, sentence: Span, stop: regex.Match[str]) -> bool:
    if stop["mark"][-1] in "。！？":
        return True
    if not _ARABIC_WORD.match(text, stop.end(), sentence.end):
        return False
    before = text[max(sentence.start, stop.start() - _NEAR) : stop.start()]
    return bool(not stop["close"] and _ARABIC_WORD_BEFORE.search(before))


def _is_part_of_word(text: str, sentence: Span, stop: regex.Match[str], following: str) -> bool:
    """Tell whether a single full stop belongs to the word or number before it."""
    if stop.start() - sentence.start <= 6 and _LIST_NUMBER.fullmatch(
        text, sentence.start, stop.start()
    ):
        return True
    before = _LAST_WORD.search(text[max(sentence.start, stop.start() - _NEAR) : stop.start()])
    if not before or stop["close"]:
        return False
    word = before[0]
    if word.isdecimal() and len(word) <= 2 and following.lower() in _AFTER_ORDINALS:
        return True
    if word.lower() in TITLES:
        # "No" is a whole sentence more often than a number's label.
        return word.lower() not in ("no", "al", "fr", "art") or following.isdecimal()
    if _ARABIC_INITIALS.fullmatch(word):
        return True
    shortened = word.lower() in SHORTENED or _LATIN_INITIALS.fullmatch(word)
    return bool(shortened) and following.lower() not in SENTENCE_STARTERS
