"""How many tokens a text is at most, for a model whose tokeniser is not at hand."""

from __future__ import annotations

from math import ceil

import regex

# Characters to a token, on the careful side: tokenisers of current small models make about 4 of
# English words, 2.5 of Arabic ones, and of digits and rare signs one token each or more.
_LATIN, _LETTER = 4.0, 2.5
_LATIN_LETTERS = regex.compile(r"[A-Za-z ]+")
_OTHER_LETTERS = regex.compile(r"[\p{Arabic}\p{Cyrillic}\p{Latin}\p{Greek}\p{Hebrew}--[A-Za-z]]+",
                               regex.V1)  # fmt: skip


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a text is, rather too many than too few.

    >>> estimated_tokens("The bakery reopened"), estimated_tokens("أعيد فتح الفرن")
    (5, 6)
    """
    latin = sum(len(run) for run in _LATIN_LETTERS.findall(text))
    letters = sum(len(run) for run in _OTHER_LETTERS.findall(text))
    return ceil(latin / _LATIN + letters / _LETTER + (len(text) - latin - letters))


def cut(text: str, tokens: int) -> str:
    """Return `text`, or as much of its beginning as makes `tokens` tokens, with an ellipsis.

    >>> cut("The bakery reopened on Monday", 4)
    'The bakery…'
    """
    if estimated_tokens(text) <= tokens:
        return text
    # The longest beginning that fits; more characters are never fewer tokens.
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if estimated_tokens(text[:middle]) < tokens else (low, middle - 1)
        )
    whole, _, _ = text[: low + 1].rpartition(" ")
    return (whole or text[:low]) + "…"
