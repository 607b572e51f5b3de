"""Where sentences begin and end, in Arabic and Latin scripts, as exact character spans.

Full stops, question marks and ellipses end a sentence within a line unless what stands around them
tells otherwise: abbreviations, initials, numbers, what follows in lower case.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

from corpus.text.abbreviations import (
    DANGLING,
    LETTER_NAMES,
    MONTHS,
    SENTENCE_STARTERS,
    SHORTENED,
    TITLES,
)
from corpus.text.line_breaks import Span, blocks

# Longer than any sentence of the news; what is longer is text without punctuation.
MAX_SENTENCE_LENGTH = 1200

_ENDS_AS_QUESTION = regex.compile(r"[?؟]\W*\Z")
_WORD_CHARACTER = regex.compile(r"[\p{L}\p{N}]")
_CUTS = (
    regex.compile(r"(?r)[؛;](?=\s)"),
    regex.compile(r"(?r)[،,:](?=\s)"),
    regex.compile(r"(?r)\s"),
)
# German and Danish close a quotation with what others open it with, so that is told by the space.
# French has a space before what closes one.
_STOP = regex.compile(
    r"(?P<mark>[.!?؟…۔。！？।]+)"
    r"(?P<close>(?:[\"'”’»›)\]）」』]|(?:[«“‹‘]|[ \u00a0\u202f][»›])(?=[\s)\]]|\Z))*)"
)
_NEXT_WORD = regex.compile(r"\s*[\"'“”‘«‹(\[\-–—•]*\s*(?P<word>[\p{L}\p{M}\p{N}]*)")
_LAST_WORD = regex.compile(r"[\p{L}\p{M}\p{N}.ـ]+\Z")
_ELLIPSIS = regex.compile(r"(?:\.{2,}|…)+")
_AND_WORD = regex.compile(r"و(?!ال|لل)\p{L}{3}")
# Words with an "and" before them, and none whose own first letter it is.
_BEGINS = regex.compile(
    r"و(?!ال|لل|صل|قع|سط|فق|زار|زير|حد|كال|طن|راء|جود|قت|ضع|اد|اقع|احد|لاي|ثيق|رد|عد)\p{L}{3}"
)
# A metre, a year of an era, a page: what is no initial behind a number.
_UNIT = regex.compile(r"\p{N}\s*(?:م|هـ?)\Z")
_COUNTED = regex.compile(r"\p{N}\s*\p{L}+\Z")
# German articles, behind which a number with a stop is an ordinal.
_ARTICLE = regex.compile(r"(?i)(?<!\p{L})(?:der|die|das|dem|den|des|im|zum|zur|vom)\s+\p{N}{1,2}\Z")
_NUMBER_BEFORE = regex.compile(r"[\p{L}\p{M}]\s+\p{N}[\p{N}.,٫٬]*\Z")
_BRACKETED = regex.compile(r"[(\[]\s*\Z")
_NAME_OF_LETTER = "|".join(sorted(LETTER_NAMES, key=len, reverse=True))
_LETTERS_BEFORE = regex.compile(
    rf"(?<!\p{{L}})[وبلف]?(?:{_NAME_OF_LETTER})(?:\.\s?(?:{_NAME_OF_LETTER}))+\Z"
)
_LETTERS_BEGIN = regex.compile(rf"(?<!\p{{L}})[وبلف]?(?:{_NAME_OF_LETTER})\Z")
_LETTERS_GO_ON = regex.compile(rf"\s?(?:{_NAME_OF_LETTER})\.")
_LIST_NUMBER = regex.compile(r"\s*[(\[]?(?:\p{N}{1,3}|[\p{Latin}\p{Arabic}])\s*\Z")
_LATIN_INITIALS = regex.compile(r"(?:(?:\p{Lu}\.)*\p{Lu}|MM|EE\.UU)\Z")
_ARABIC_INITIALS = regex.compile(r"و?(?:\p{Arabic}ـ?\.)*\p{Arabic}ـ?\Z")
_ARABIC_WORD = regex.compile(r"(?:(?=[\p{L}\p{M}])\p{Arabic}){2,}")
_ARABIC_WORD_BEFORE = regex.compile(r"(?:(?=[\p{L}\p{M}])\p{Arabic}){3,}[\"”»)\]]*\s*\Z|[”»]\s*\Z")
_SPACE_BEFORE = regex.compile(r"[\p{L}\p{N}\"”»)\]]\s+\Z")
_CAPITAL_WORD = regex.compile(r"\p{Lu}(?:\p{Ll}|\s)")
_SMALL_LETTER = regex.compile(r"(?<![^\s(\[«»„“\-])(?:\p{Ll}\.\s?)*\p{Ll}\Z")
_LOWER_CASE = regex.compile(r"(?=[\p{Latin}\p{Cyrillic}])\p{Ll}")
# German and Turkish write ordinals with a stop.
_AFTER_ORDINALS = MONTHS.keys() | {"jahrhundert", "jahrhunderts"}
# No abbreviation, and no word that matters here, is longer.
_NEAR = 24


def sentence_spans(text: str) -> list[Span]:
    r"""Return the spans of the sentences of a text, in order.

    Spans are half-open, count code points, carry no white space at their ends, and together
    hold every character that is not white space exactly once. Arabic question marks and Latin
    stops end a sentence; the Arabic comma and semicolon do not. A line break ends one too,
    since a line of scraped text is a paragraph, unless the line plainly breaks off in
    mid-sentence; so a heading is a sentence of its own. Abbreviations, initials, decimals,
    domains and list numbers end nothing. A sentence above `MAX_SENTENCE_LENGTH` characters is
    cut, best at a semicolon, then at a comma, then at a space. Time is linear in the text.

    >>> text = "1- كم عددهم؟ قال د. سامر: 3.5 آلاف. وأضاف، بعد ذلك: «لا!»"
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['1- كم عددهم؟', 'قال د. سامر: 3.5 آلاف.', 'وأضاف، بعد ذلك: «لا!»']
    >>> text = "Dr. Adel left the U.S. in 2019. He returned.\nA heading\nA line."
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['Dr. Adel left the U.S. in 2019.', 'He returned.', 'A heading', 'A line.']
    """
    return [
        piece
        for block in blocks(text)
        for sentence in _with_words(text, _sentences(text, block))
        for piece in _short_enough(text, sentence)
    ]


def asks(sentence: str) -> bool:
    """Tell if a sentence is a question.

    >>> asks("Do you intervene?"), asks("No, we do not.")
    (True, False)
    """
    return bool(_ENDS_AS_QUESTION.search(sentence))


def _sentences(text: str, block: Span) -> Iterator[Span]:
    start = block.start
    for stop in stops(text, block):
        if ends_sentence(text, Span(start, block.end), stop):
            yield Span(start, stop.end())
            start = stop.end()
    yield Span(start, block.end)


def _with_words(text: str, spans: Iterator[Span]) -> list[Span]:
    """Strip spans, and join those without letter or digit to the neighbour before or after."""
    joined: list[Span] = []
    waiting: int | None = None
    for span in spans:
        piece = _strip(text, span)
        if piece.start == piece.end:
            continue
        if _WORD_CHARACTER.search(text, piece.start, piece.end):
            joined.append(Span(piece.start if waiting is None else waiting, piece.end))
            waiting = None
        elif joined:
            joined[-1] = Span(joined[-1].start, piece.end)
        else:
            waiting = piece.start if waiting is None else waiting
            last = piece.end
    return joined if waiting is None else [Span(waiting, last)]


def _short_enough(text: str, span: Span) -> Iterator[Span]:
    start, end = span
    while end - start > MAX_SENTENCE_LENGTH:
        cut = _cut(text, start)
        piece = _strip(text, Span(start, cut))
        if piece.start < piece.end:
            yield piece
        start = cut
    rest = _strip(text, Span(start, end))
    if rest.start < rest.end:
        yield rest


def _cut(text: str, start: int) -> int:
    """Return where to cut an overlong sentence, in the second half of what is allowed."""
    middle, limit = start + MAX_SENTENCE_LENGTH // 2, start + MAX_SENTENCE_LENGTH
    for pattern in _CUTS:
        # One more character lets the pattern see the space after its mark.
        found = pattern.search(text, middle, limit + 1)
        if found:
            return int(found.end())
    cut = limit
    while cut > middle and (unicodedata.combining(text[cut]) or text[cut] in "\u200d\ufe0f"):
        cut -= 1
    return cut


def _strip(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


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
    if _ELLIPSIS.fullmatch(stop["mark"]) and _goes_on(text, sentence, stop, word):
        return False
    return not (stop["close"] and _ARABIC_WORD.match(word))


def _ends_without_space(text: str, sentence: Span, stop: regex.Match[str]) -> bool:
    if stop["mark"][-1] in "。！？":
        return True
    before = text[max(sentence.start, stop.start() - _NEAR) : stop.start()]
    misplaced = not stop["close"] and stop["mark"] in ".!?" and _SPACE_BEFORE.search(before)
    # The space of the stop stands on the wrong side of it; ".net" and ".5" have theirs.
    if misplaced and _CAPITAL_WORD.match(text, stop.end(), sentence.end):
        return True
    if not _ARABIC_WORD.match(text, stop.end(), sentence.end):
        return False
    if stop["close"]:
        return stop["mark"] == "." and stop["close"][0] in '"”»'
    if _ELLIPSIS.fullmatch(stop["mark"]):
        following = _NEXT_WORD.match(text, stop.end(), min(sentence.end, stop.end() + _NEAR))
        return not _goes_on(text, sentence, stop, following["word"] if following else "")
    return bool(_ARABIC_WORD_BEFORE.search(before) or _NUMBER_BEFORE.search(before))


def _goes_on(text: str, sentence: Span, stop: regex.Match[str], following: str) -> bool:
    """Tell whether an ellipsis, with white space behind, leaves out words of one sentence."""
    before = text[max(sentence.start, stop.start() - _NEAR) : stop.start()]
    last = before.rsplit(maxsplit=1)[-1:]
    if _BRACKETED.search(before) or (last and last[0].lower() in DANGLING):
        return True
    if following.lower() in SENTENCE_STARTERS or not following:
        return False
    if _AND_WORD.match(following) and not before[-1:].isspace():
        return False
    return before[-1:].isspace() or bool(not stop["close"] and _ARABIC_WORD.match(following))


def _is_part_of_word(text: str, sentence: Span, stop: regex.Match[str], following: str) -> bool:
    """Tell whether a single full stop belongs to the word or number before it."""
    if stop.start() - sentence.start <= 6 and _LIST_NUMBER.fullmatch(
        text, sentence.start, stop.start()
    ):
        return True
    near = text[max(sentence.start, stop.start() - _NEAR) : stop.start()]
    begins = following.lower() in SENTENCE_STARTERS or bool(_BEGINS.match(following))
    if _LETTERS_BEFORE.search(near):
        return not begins
    if _LETTERS_BEGIN.search(near) and _LETTERS_GO_ON.match(text, stop.end(), sentence.end):
        return True
    before = _LAST_WORD.search(near)
    # What ends within brackets is no end, if only an abbreviation ends there.
    if not before or stop["close"].strip(")]"):
        return False
    word = before[0]
    shortened = word.lower() in SHORTENED or _LATIN_INITIALS.fullmatch(word)
    if stop["close"]:
        return bool(shortened) and not begins
    if word.isdecimal():
        month = len(word) <= len("31") and following.lower() in _AFTER_ORDINALS
        return month or (bool(_ARTICLE.search(near)) and not begins)
    if word.lower() in TITLES:
        return following.isdecimal() or _is_title(word.lower(), near)
    if _UNIT.search(near):
        return not begins
    if _ARABIC_INITIALS.fullmatch(word):
        # One letter is a title, several may be an agency with which a sentence ends.
        return not begins or "." not in word
    return bool(shortened or _SMALL_LETTER.search(near)) and not begins


def _is_title(word: str, near: str) -> bool:
    """Tell if what may be a title is one; `near` ends with it.

    "No" is a whole sentence more often than a number's label, and francs and seconds are counted.
    """
    counted = word in ("fr", "sn") and _COUNTED.search(near)
    return word not in ("no", "al", "art", "ff") and not counted
