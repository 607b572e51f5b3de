"""Characters and addresses that act behind a reader's back: dropped before they do harm."""

from __future__ import annotations

import html

import regex

from corpus.text.characters import (
    BLANK_LETTERS,
    JOINERS,
    SEEN_FORMATS,
    UNSEEN,
    VARIATION_SELECTORS,
    with_line_feeds,
)

# More than an article loses: whatever can spell a message to a model alone, half characters,
# private use and variation selectors among them.
_HIDDEN = regex.compile(
    rf"[{UNSEEN}\p{{Cs}}\p{{Co}}\p{{Cn}}{VARIATION_SELECTORS}{BLANK_LETTERS}]"
    rf"|[\p{{Cf}}--[{JOINERS}{SEEN_FORMATS}]]",
    regex.V1,
)


def visible(text: str) -> str:
    r"""Return `text` without the characters that no reader sees; odd line ends become line feeds.

    Tags (U+E0000 and up) can spell instructions for a model alone, bidirectional overrides show
    a reader another text than a machine has.  Each character is judged alone, so that pieces of
    a text can be treated one by one.

    >>> visible("pay\u200bload\U000e0041 \u202eabc\u202c"), visible("می\u200cخواهم")
    ('payload abc', 'می\u200cخواهم')
    """
    return _HIDDEN.sub("", with_line_feeds(text))


# An address by its scheme (one slash is enough, as another could come to stand behind it), by
# "//" alone, by "www", or data and programs in the place of one.  A scheme begins at most so far
# before its colon, so that a long word is not looked through from each of its letters.
_ADDRESS = regex.compile(
    r"(?:[a-z][a-z0-9+.-]{0,40}:)?//\S*|[a-z][a-z0-9+.-]{0,40}:/\S*|www\.\S*|\bwww\b|"
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
