r"""The one table of characters that nobody sees, of line breaks, and of right-to-left scripts.

What a text may keep depends on where it goes, so every place takes a named part of the table. The
strings are what stands between the brackets of a regular expression's class.
"""

from __future__ import annotations

import unicodedata

import regex

# Every mark that `str.splitlines` counts as a line break, the line feed first.
OTHER_LINE_BREAKS = "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
LINE_BREAKS = "\n" + OTHER_LINE_BREAKS

# C0 and C1 without the tab and the line breaks among them.
CONTROLS = r"\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"
# The bidirectional controls (UAX 9): marks act where they stand, the others on what follows.
DIRECTION_MARKS = r"\u061c\u200e\u200f"
DIRECTION_CHANGES = r"\u202a-\u202e\u2066-\u2069"
# Soft hyphen, zero-width space, byte order mark, and the formats that General Punctuation has
# beside them: word joiner, signs of invisible mathematics, deprecated switches of shape and digits.
ZERO_WIDTH = r"\u00ad\u200b\u2060-\u2065\u206a-\u206f\ufeff"
ANNOTATIONS = r"\ufff9-\ufffb"
TAGS = r"\U000e0000-\U000e007f"

# Joiners are part of Persian and Kurdish spelling, and of emoji.
JOINERS = r"\u200c\u200d"
# Signs with a shape that Unicode counts among the formats as they stand before what they enclose,
# such as the Arabic number sign (its property Prepended_Concatenation_Mark).
SEEN_FORMATS = r"\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
# Emoji need the last two of the first sixteen (text or picture), so those are not listed.
VARIATION_SELECTORS = r"\ufe00-\ufe0d\U000e0100-\U000e01ef"
# Letters and marks without a shape: the grapheme joiner, and fillers of Hangul and Khmer.
BLANK_LETTERS = r"\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"

BIDI_CONTROLS = DIRECTION_MARKS + DIRECTION_CHANGES
# What no writing needs; joiners, variation selectors and fillers do shape what is seen, so an
# article and a message keep them.
UNSEEN = CONTROLS + BIDI_CONTROLS + ZERO_WIDTH + ANNOTATIONS + TAGS

# Those that `corpus.text.language` can name.
RIGHT_TO_LEFT_SCRIPTS = frozenset({"Arab", "Hebr", "Syrc"})

_UNSEEN = regex.compile(f"[{UNSEEN}]")
_BIDI_CONTROL = regex.compile(f"[{BIDI_CONTROLS}]")
_SURROGATE = regex.compile(r"[\ud800-\udfff]")
# Letters of one shape each, ligatures, and wide ones: what typing and copying from pages brings.
_SHAPES = regex.compile(
    r"[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e\U0001d400-\U0001d7ff]+"
)
_LINE_FEEDS = str.maketrans(dict.fromkeys(OTHER_LINE_BREAKS, "\n") | {"\r": ""})


def without_unseen(text: str) -> str:
    r"""Return `text` without what shows nothing but can spoof what is shown; line breaks stay.

    >>> without_unseen("\ufeffقسد\u202e fds\x00"), without_unseen("می‌شود") == "می‌شود"
    ('قسد fds', True)
    """
    return _UNSEEN.sub("", text)


def with_plain_shapes(text: str) -> str:
    """Return `text` with letters for their presentation forms, each composed with its marks.

    Other compatibility characters stay: what "½" and "m²" become means something else.

    >>> with_plain_shapes("ﻛﻢ ﻻ ｆｅｅ ½"), with_plain_shapes("ا\u0655لى") == "إلى"
    ('كم لا fee ½', True)
    """
    shapes = _SHAPES.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    return unicodedata.normalize("NFC", shapes)


def without_bidi_controls(text: str) -> str:
    r"""Return `text` without the marks that change the order of what stands around it.

    >>> without_bidi_controls("\u202eSDF\u202c قسد\u200f")
    'SDF قسد'
    """
    return _BIDI_CONTROL.sub("", text)


def with_line_feeds(text: str) -> str:
    r"""Return `text` with a line feed for every other line break.

    Each character is judged alone, so that a text can be treated in pieces; a carriage return,
    behind which the line feed comes, is dropped.

    >>> with_line_feeds("سطر\r\nline\u2028سطر\x1eline")
    'سطر\nline\nسطر\nline'
    """
    return text.translate(_LINE_FEEDS)


def replace_surrogates(text: str) -> str:
    r"""Put U+FFFD for unpaired surrogates, which JSON can hold, and UTF-8 and tokenisers cannot.

    Offsets stay: one code point becomes one code point.

    >>> replace_surrogates("a\ud800ب")
    'a�ب'
    """
    try:
        # Faster than a search, and nearly every text passes.
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text
