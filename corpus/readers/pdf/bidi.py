"""Characters from left to right, as a line shows them, to the order in which they are read.

The Unicode Bidirectional Algorithm (UAX 9) turns the order of a text into that of the eye; this is
its inverse for a line without explicit marks.  Several texts can look alike; the likelier is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from unicodedata import bidirectional

# The pairs whose stored characters may be those drawn, or those meant.
PAIRS = ("()", "[]", "{}", "«»", "‹›", "<>")
_MIRROR = {pair[a]: pair[1 - a] for pair in PAIRS for a in (0, 1)}
# Brackets that follow what is in them (UAX 9, BD16).
_OPENER = {")": "(", "]": "[", "}": "{"}
# What stands behind a word without a space, and at a line's end belongs to the words below as well.
_TRAILING = frozenset(",.;:!?-–%)]}'’”")
# What joins two numbers to one (W4): behind an Arabic letter these alone, else signs too.
_JOINS = re.compile(r"[.,/:٫٬،]?")
# Some programs turn a paragraph as a whole, others each line by itself. Where an Arabic letter ends
# the line above, a sign of per cent stands behind its number in either case, and a range grows.
UNSURE = "unsure"
_RANGE = frozenset("-–")
_JOINS_EUROPEAN = re.compile(r"[.,/:٫٬،+\-]?|[%$€£#°‰]*")


@lru_cache(maxsize=8192)
def kind(token: str) -> str:
    """Return R for right-to-left letters, L, E and A for digits, and O for everything else.

    >>> kind("لا"), kind("a"), kind("7"), kind("٧"), kind("(")
    ('R', 'L', 'E', 'A', 'O')
    """
    classes = {bidirectional(c) for c in token}
    if classes & {"R", "AL"}:
        return "R"
    return next((k for k, c in (("L", "L"), ("E", "EN"), ("A", "AN")) if c in classes), "O")


def strong_at_end(text: str, before: str = "") -> str:
    """Return the class of the last letter (L, R or AL), `before` where there is none.

    >>> strong_at_end("قسد 2020"), strong_at_end("2020", "L")
    ('AL', 'L')
    """
    classes = (bidirectional(c) for c in reversed(text))
    return next((c for c in classes if c in ("L", "R", "AL")), before)


def logical(tokens: Sequence[str], rtl: bool, drawn: frozenset[str], before: str = "") -> str:
    """Return the text of a line of tokens from left to right, in a paragraph that runs `rtl`.

    `drawn` are the brackets that are stored as they are drawn, and so mirrored in right-to-left
    text; `before` is the class of the last letter of the line above, in the same paragraph.

    >>> drawn = frozenset("()")
    >>> logical(list("2020/4/18 (SDF) دسق"), True, drawn)
    'قسد (SDF) 2020/4/18'
    >>> logical(list("SDF (دسق) said"), False, drawn)
    'SDF (قسد) said'
    """
    if rtl:
        return "".join(_right_to_left(tokens[::-1], drawn, before))
    if not any(kind(token) == "R" for token in tokens):
        return "".join(tokens)
    return "".join(_left_to_right(tokens, drawn))


def _left_to_right(tokens: Sequence[str], drawn: frozenset[str]) -> Iterable[str]:
    """Turn the right-to-left runs of a line that runs from left to right."""
    kinds = [kind(token) for token in tokens]
    place = 0
    while place < len(tokens):
        last = place
        if kinds[place] == "R":
            for ahead in range(place + 1, len(tokens)):
                if kinds[ahead] == "L":
                    break
                if kinds[ahead] == "R":
                    last = ahead
            yield from _right_to_left(tokens[place : last + 1][::-1], drawn, "")
        else:
            yield tokens[place]
        place = last + 1


def _right_to_left(turned: Sequence[str], drawn: frozenset[str], strong: str) -> Iterable[str]:
    """Turn numbers and Latin runs back in a line that was turned as a whole."""
    kinds = [kind(token) for token in turned]
    place = 0
    while place < len(turned):
        last = place
        if kinds[place] in "LEA":
            last = _run_end(turned, kinds, place, strong)
        elif place + 1 < len(turned) and kinds[place + 1] in "LE":
            last = _punctuated_end(turned, kinds, place, strong)
        if last > place or kinds[place] in "LEA":
            yield from turned[place : last + 1][::-1]
            strong = "L" if "L" in kinds[place : last + 1] else strong
        else:
            token = turned[place]
            yield _MIRROR[token] if token in drawn else token
            strong = strong_at_end(token, strong) if kinds[place] == "R" else strong
        place = last + 1


def _run_end(turned: Sequence[str], kinds: Sequence[str], place: int, strong: str) -> int:
    """Return where the left-to-right run that begins at `place` ends, in a turned line.

    A number is of it where a Latin word stands on its left, whose direction it takes (W7); one
    that stands left of all Latin words only where nothing parts them.
    """
    joins = _JOINS if strong in ("AL", UNSURE) else _JOINS_EUROPEAN
    last, native = place, kinds[place] == "A"
    for ahead in range(place + 1, len(turned)):
        if kinds[ahead] == "R" or (kinds[ahead] == "A" and kinds[last] == "L"):
            break
        if kinds[ahead] == "O":
            continue
        between = "".join(turned[last + 1 : ahead])
        if kinds[ahead] == "L":
            if native and between:
                break
            last = ahead
        elif kinds[last] == "L":
            last = last if between else ahead
        elif joins.fullmatch(between) or (
            strong == UNSURE and between in _RANGE and _ascends(turned, kinds, place, last, ahead)
        ):
            last, native = ahead, native or kinds[ahead] == "A"
        else:
            break
    return last


def _ascends(
    turned: Sequence[str], kinds: Sequence[str], place: int, last: int, ahead: int
) -> bool:
    """Tell whether two numbers, read from the left, grow, as those of a range do."""
    end = ahead
    while end < len(turned) and kinds[end] == "E":
        end += 1
    first, second = "".join(turned[ahead:end])[::-1], "".join(turned[place : last + 1])[::-1]
    return first.isdecimal() and second.isdecimal() and int(first) < int(second)


def _punctuated_end(turned: Sequence[str], kinds: Sequence[str], place: int, strong: str) -> int:
    """Return the end of a run that the sign at `place` belongs to, `place` where it does not."""
    last = _run_end(turned, kinds, place + 1, strong)
    sign = turned[place]
    if sign in "%٪" and strong not in ("AL", "L") and kinds[place + 1] == "E":
        return last
    if last + 1 == len(turned) and sign in _TRAILING and kinds[last] == "L":
        # The run goes on below, if the sign does not stand before a word of its own.
        return last if place == 0 or turned[place - 1].isspace() else place
    if sign not in _OPENER:
        return place
    # A bracket that closes a run opened it behind a letter (N0).
    depth = 0
    for ahead in range(place + 1, last + 1):
        if turned[ahead] == sign:
            depth += 1
        elif turned[ahead] == _OPENER[sign]:
            if not depth:
                return last if "L" in kinds[ahead : last + 1] else place
            depth -= 1
    return place


def brackets_as_drawn(lines: Iterable[tuple[Sequence[str], bool]]) -> frozenset[str]:
    """Return the brackets that a file stores as drawn: where fewer then lack their partner.

    Takes each line's tokens and whether it runs from right to left.
    """
    kept = [(tokens, rtl) for tokens, rtl in lines if rtl or any(kind(t) == "R" for t in tokens)]
    found = undecided = ""
    as_meant_pairs = 0
    for pair in PAIRS:
        mine = [(tokens, rtl) for tokens, rtl in kept if pair[0] in tokens or pair[1] in tokens]
        as_drawn, as_meant = (
            _strays("".join(logical(tokens, rtl, brackets) for tokens, rtl in mine), pair)
            for brackets in (frozenset(pair), frozenset[str]())
        )
        if as_drawn < as_meant:
            found += pair
        undecided += pair if as_drawn == as_meant else ""
        as_meant_pairs += as_meant < as_drawn
    # Pairs that tell nothing are as the others of the file.
    return frozenset(found + ("" if as_meant_pairs > len(found) / 2 else undecided))


def _strays(text: str, pair: str) -> int:
    depth = strays = 0
    for character in text:
        depth += (character == pair[0]) - (character == pair[1])
        if depth < 0:
            depth, strays = 0, strays + 1
    return strays + depth
