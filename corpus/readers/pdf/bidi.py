"""Characters from left to right, as a line shows them, to the order in which they are read.

The Unicode Bidirectional Algorithm (UAX 9) turns the order of a text into that of the eye; this is
its inverse for a line without explicit marks.  Several texts can look alike; the likelier is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from unicodedata import bidirectional

from corpus.readers.pdf.likely import (
    INSIDE_NUMBERS,
    MIRROR,
    TERMINATORS,
    ascends,
    begins,
    cuts,
    oddity,
    opener,
    openers,
    pairs_across,
)

# What joins two numbers to one (W4): behind an Arabic letter these alone, else signs too.
_JOINS = re.compile(r"[.,/:٫٬،]?")
# Some programs turn a paragraph as a whole, others each line by itself. Where an Arabic letter ends
# the line above, a sign of per cent stands behind its number in either case, and a range grows.
UNSURE = "unsure"
_RANGE = frozenset("-–")
_JOINS_EUROPEAN = re.compile(r"[.,/:٫٬،+\-]?|[%$€£#°‰]*")
# Numbers behind a Latin word are of its direction, and so is what stands between them.
_LATIN = "latin"
_JOINS_OF = {"AL": _JOINS, UNSURE: _JOINS, _LATIN: re.compile(r"[^()\[\]{}]*")}
_LONGEST_JOIN = 8
# So many characters before a stretch tell how it is read.
_BEFORE = 16


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
    return _read(tokens, order(tokens, rtl, drawn, before))


def order(tokens: Sequence[str], rtl: bool, drawn: frozenset[str], before: str = "") -> list[int]:
    """Return the places of tokens in the order in which they are read, as `logical` takes them.

    A place is inverted (`~place`) where the token is a bracket that is to be mirrored.
    """
    kinds = [kind(token) for token in tokens]
    if rtl:
        end = len(tokens) - 1
        turned = tokens[::-1]
        found = _right_to_left(turned, kinds[::-1], drawn, before)
        return [end - p if p >= 0 else ~(end - ~p) for p in found]
    if "R" not in kinds:
        return list(range(len(tokens)))
    return list(_left_to_right(tokens, kinds, drawn))


def _left_to_right(
    tokens: Sequence[str], kinds: Sequence[str], drawn: frozenset[str]
) -> Iterable[int]:
    """Turn the right-to-left runs of a line that runs from left to right."""
    place = 0
    while place < len(tokens):
        last = place
        if kinds[place] == "R":
            for ahead in range(place + 1, len(tokens)):
                if kinds[ahead] == "L":
                    break
                if kinds[ahead] == "R":
                    last = ahead
            run = slice(place, last + 1)
            for p in _right_to_left(tokens[run][::-1], kinds[run][::-1], drawn, ""):
                yield last - p if p >= 0 else ~(last - ~p)
        else:
            yield place
        place = last + 1


def _right_to_left(
    turned: Sequence[str], kinds: Sequence[str], drawn: frozenset[str], strong: str
) -> Iterable[int]:
    """Turn numbers and Latin runs back in a line that was turned as a whole."""
    place = stretch_end = 0
    latin = False
    while place < len(turned):
        if place >= stretch_end:
            # Between two Arabic letters (or native digits) all Latin words are one run.
            stretch_end = place
            while stretch_end < len(turned) and kinds[stretch_end] not in "RA":
                stretch_end += 1
            latin = "L" in kinds[place:stretch_end]
        if latin:
            yield from _latin(turned, kinds, (place, stretch_end), drawn, strong)
            place, strong, latin = stretch_end, "L", False
            continue
        last = place
        if kinds[place] in "EA":
            last = _number_end(turned, kinds, place, strong)
        elif place + 1 < len(turned) and kinds[place + 1] == "E":
            last = _signed_end(turned, kinds, place, strong)
        if last > place:
            yield from range(last, place - 1, -1)
        else:
            yield ~place if turned[place] in drawn else place
            strong = strong_at_end(turned[place], strong) if kinds[place] == "R" else strong
        place = last + 1


def _latin(
    turned: Sequence[str],
    kinds: Sequence[str],
    stretch: tuple[int, int],
    drawn: frozenset[str],
    strong: str,
) -> Iterable[int]:
    """Yield the places of a stretch with Latin letters and without Arabic ones.

    A run begins with a Latin letter and takes in all numbers behind that (W7), while numbers
    before it stand on their own; on the page both stand on the right of the letters.
    """
    start, end = stretch
    run_end = max(place for place in range(start, end) if kinds[place] == "L") + 1
    parted = opener(turned, kinds, drawn, (start, run_end, end))
    if parted > start and not {"L", "E"}.isdisjoint(kinds[start:parted]):
        # Brackets behind an Arabic letter are of its direction (N0) and part two runs.
        yield from _part(turned, kinds, (start, parted), drawn, strong)
        start = parted
    ways = [_latin_run(turned, kinds, (start, run_end, end), drawn, strong)]
    for place in openers(turned, kinds, drawn, (start, run_end)) if end == len(turned) else ():
        # So do those that close on the next line.
        first = _part(turned, kinds, (start, place), drawn, strong)
        ways.append([*first, *_latin_run(turned, kinds, (place, run_end, end), drawn, "R")])
    above = "".join(turned[max(0, start - _BEFORE) : start])
    yield from (
        ways[0]
        if len(ways) == 1
        else min(ways, key=lambda way: oddity(above, _read(turned, way), ""))
    )


def _read(turned: Sequence[str], places: Iterable[int]) -> str:
    return "".join([turned[p] if p >= 0 else MIRROR[turned[~p]] for p in places])


def _latin_run(
    turned: Sequence[str],
    kinds: Sequence[str],
    run: tuple[int, int, int],
    drawn: frozenset[str],
    strong: str,
) -> list[int]:
    """Return the places of a stretch, as `_latin` does, whose run ends at `run[1]`."""
    start, run_end, end = run
    while run_end < end and (
        kinds[run_end] == "E"
        or (run_end + 1 < end and kinds[run_end - 1] == kinds[run_end + 1] == "E"
            and turned[run_end] in INSIDE_NUMBERS)
    ):  # fmt: skip
        run_end += 1
    whole = not start and strong == "L"
    ways = [
        (
            list(_part(turned, kinds, (start, cut), drawn, strong)),
            list(range(begin - 1, cut - 1, -1)),
            list(_part(turned, kinds, (begin, end), drawn, _LATIN)),
        )
        for cut in cuts(turned, kinds, (start, run_end), whole, run_end == len(turned))
        for begin in (begins(turned, run_end, end) if whole and cut == start else [run_end])
    ]
    if len(ways) == 1:
        return list(chain.from_iterable(ways[0]))
    above = "".join(turned[max(0, start - _BEFORE) : start])
    below = "".join(turned[end : end + 1])

    def odd(way: tuple[list[int], ...]) -> float:
        first, latin, last = (_read(turned, part) for part in way)
        # A bracket of a Latin run has its partner in it, if any (N0).
        return oddity(above, first + latin + last, below) + pairs_across(first, latin)

    likeliest = min(ways, key=odd)
    return list(chain.from_iterable(likeliest))


def _part(
    turned: Sequence[str],
    kinds: Sequence[str],
    part: tuple[int, int],
    drawn: frozenset[str],
    strong: str,
) -> Iterable[int]:
    start, end = part
    for p in _right_to_left(turned[start:end], kinds[start:end], drawn, strong):
        yield start + p if p >= 0 else ~(start + ~p)


def _number_end(turned: Sequence[str], kinds: Sequence[str], place: int, strong: str) -> int:
    """Return where the number that begins at `place` ends, in a turned line."""
    joins = _JOINS_OF.get(strong, _JOINS_EUROPEAN)
    last = place
    for ahead in range(place + 1, len(turned)):
        if kinds[ahead] in "RL":
            break
        if kinds[ahead] == "O":
            if ahead - last > _LONGEST_JOIN:
                break
            continue
        between = "".join(turned[last + 1 : ahead])
        if not joins.fullmatch(between) and not (
            strong in (UNSURE, "L")
            and between in _RANGE
            and _ascends(turned, kinds, place, last, ahead)
        ):
            break
        last = ahead
    if kinds[last] == "E" and strong not in ("AL", UNSURE):
        # Signs join a number on either side (W5), unless an Arabic letter stands before it (W2).
        while last + 1 < len(turned) and turned[last + 1] in TERMINATORS:
            last += 1
    return last


def _ascends(
    turned: Sequence[str], kinds: Sequence[str], place: int, last: int, ahead: int
) -> bool:
    """Tell whether two numbers, read from the left, grow, as those of a range do."""
    end = ahead
    while end < len(turned) and kinds[end] == "E":
        end += 1
    first, second = "".join(turned[ahead:end])[::-1], "".join(turned[place : last + 1])[::-1]
    return ascends(first, second)


def _signed_end(turned: Sequence[str], kinds: Sequence[str], place: int, strong: str) -> int:
    """Return the end of the number that the sign at `place` follows, `place` where it does not."""
    sign = turned[place]
    if strong == "AL" or sign not in ("%٪‰°" if strong == UNSURE else TERMINATORS):
        return place
    return _number_end(turned, kinds, place + 1, strong)
