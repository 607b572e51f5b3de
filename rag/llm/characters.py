"""Characters and addresses that act behind a reader's back: dropped before they do harm."""

from __future__ import annotations

import html

import regex

# Persian and Kurdish need the joiners (U+200C, U+200D) within words, and Arabic number signs are
# seen although Unicode counts all of them among the formats.
_HIDDEN = regex.compile(
    r"""(?x)
    [\p{Cc}--[\n\t]]                                # control characters
    | [\p{Cf}--[\u200c\u200d\u0600-\u0605\u06dd]]   # zero width, bidi marks and overrides, tags
    | [\p{Cs}\p{Co}\p{Cn}]                          # half characters, private use, no characters
    | [\U000e0100-\U000e01ef\ufe00-\ufe0d]          # variation selectors can spell a message
    | [\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]  # letters and marks without a shape
    """,
    regex.V1,
)
_LINE_ENDS = str.maketrans(dict.fromkeys("\x0b\x0c\x85\u2028\u2029", "\n"))


def visible(text: str) -> str:
    r"""Return `text` without the characters that no reader sees; odd line ends become line feeds.

    Tags (U+E0000 and up) can spell instructions for a model alone, bidirectional overrides show
    a reader another text than a machine has.  Each character is judged alone, so that pieces of
    a text can be treated one by one.

    >>> visible("pay\u200bload\U000e0041 \u202eabc\u202c"), visible("می\u200cخواهم")
    ('payload abc', 'می\u200cخواهم')
    """
    return _HIDDEN.sub("", text.translate(_LINE_ENDS))


# An address by its scheme (one slash is enough, as another could come to stand behind it), by
# "//" alone, by "www", or data and programs in the place of one.
_ADDRESS = regex.compile(
    r"(?:[a-z][a-z0-9+.-]*:)?//\S*|[a-z][a-z0-9+.-]*:/\S*|www\.\S*|\bwww\b|"
    r"(?:mailto|javascript|vbscript|data|file|tel|blob):\S+",
    regex.I,
)
_STRONG = regex.compile(r"\*{2,}")
_MARKUP = regex.compile(r"[\[\](){}<>`\\]")
_AFTER = ".,;:?'\""
OMITTED = "…"


def without_addresses(word: str) -> str:
    """Return a word of ASCII characters without addresses, character references and `**`.

    Front ends turn addresses into links and some look them up for a preview, which tells a
    stranger what was asked.

    >>> without_addresses("https://example.org/?q=1,"), without_addresses("**Kobani**")
    ('…,', 'Kobani')
    >>> without_addresses("https&#58;//example.org"), without_addresses("and/or")
    ('…', 'and/or')
    """
    decoded = html.unescape(word)
    while decoded != word:
        word = _MARKUP.sub("", visible(decoded))
        decoded = html.unescape(word)
    return _ADDRESS.sub(_omitted, _STRONG.sub("", word))


def _omitted(address: regex.Match[str]) -> str:
    found: str = address.group()
    return OMITTED + found[len(found.rstrip(_AFTER)) :]
