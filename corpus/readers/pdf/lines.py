"""Glyphs to lines: what stands on one baseline, from left to right, marks hung on their letters."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from corpus.readers.pdf.bidi import kind, logical, order
from corpus.readers.pdf.fonts import UNKNOWN
from corpus.readers.pdf.glyphs import Glyph

# Baselines closer than this share of the size are one line; the least line spacing is twice that.
_SAME_LINE = 0.42
# A gap of this share of the size parts words: where the line has no space of its own (as in TeX's
# files), and where it has, since justified letters may then stand apart a little.
_SPACE, _SPACE_BESIDE_SPACES = 0.12, 0.25
# A space between words, where a line shows none.
_SPACE_BETWEEN = 0.2
_UNSEEN = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\ufeff\u200b"))
# Marks stand on letters: not on kashidas that lengthen the line, which have no character.
_NO_BASE = frozenset({"", UNKNOWN})
_JOINERS = frozenset("\u200c\u200d\u00ad")
# Raised signs that are smaller than the line refer to notes.
_RAISED, _SMALLER = 0.18, 0.82


@dataclass(slots=True)
class Line:
    """A line of a page; `tokens` are its characters from left to right, `y` its baseline.

    `orders` are those of the tokens' `glyphs`, -1 for a space that is none. `first_left` and
    `first_right` are the widths of the words at its ends, `space` that of a space. `notes` are
    the orders of raised signs by their text. `rtl` and `text` are set when its paragraph is known.
    """

    page: int
    x0: float
    x1: float
    y: float
    size: float
    tokens: list[str]
    orders: list[int]
    first_left: float
    first_right: float
    space: float
    glyphs: Sequence[Glyph] = ()
    notes: dict[str, list[int]] = field(default_factory=dict)
    rtl: bool = False
    text: str = ""

    def drop(self, orders: set[int]) -> None:
        """Take the glyphs of these orders out."""
        kept = [(t, o) for t, o in zip(self.tokens, self.orders, strict=True) if o not in orders]
        self.tokens, self.orders = [t for t, _ in kept], [o for _, o in kept]


@lru_cache(maxsize=8192)
def is_mark(text: str) -> bool:
    """Tell whether a glyph's characters are all marks, which stand on a letter."""
    return bool(text) and all(unicodedata.combining(c) for c in text)


def rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Return glyphs by baseline, the uppermost first; marks are to be left out."""
    found: list[tuple[float, float, list[Glyph]]] = []
    for glyph in sorted(glyphs, key=_height):
        for y, size, row in found[-3:]:
            if y - glyph.y < max(size, glyph.size) * _SAME_LINE:
                row.append(glyph)
                break
        else:
            found.append((glyph.y, glyph.size, [glyph]))
    return [row for _, _, row in found]


def _height(glyph: Glyph) -> float:
    return -glyph.y


# A mark, with the letters (or spaces) that are drawn before and after it.
Mark = tuple[Glyph, Glyph | None, Glyph | None]


def marks_of(glyphs: Sequence[Glyph]) -> list[Mark]:
    """Return the marks among the glyphs of a page as drawn."""
    found: list[Mark] = []
    previous: Glyph | None = None
    for place, glyph in enumerate(glyphs):
        if not is_mark(glyph.text):
            previous = previous if glyph.text in _NO_BASE else glyph
            continue
        ahead = glyphs[place + 1 : place + 12]
        following = next((g for g in ahead if not (is_mark(g.text) or g.text in _NO_BASE)), None)
        found.append((glyph, previous, following))
    return found


def draws_marks_first(marks: Iterable[Mark]) -> bool:
    """Tell whether a file draws marks before their letters, by those beside a space."""
    first = after = 0
    for _, previous, following in marks:
        if previous is not None and following is not None and following.x0 > previous.x0:
            first += previous.text.isspace() and kind(following.text) == "R"
            after += following.text.isspace() and kind(previous.text) == "R"
    return first > after


def hung(marks: Sequence[Mark], marks_first: bool) -> dict[int, str]:
    """Return the marks of letters by the letters' order."""
    found: dict[int, list[tuple[bool, int, str]]] = {}
    for glyph, previous, following in marks:
        base = _base(glyph, previous, following, marks_first)
        if base is not None:
            after = glyph.order > base.order
            order = glyph.order if after else -glyph.order
            found.setdefault(base.order, []).append((after, order, glyph.text))
    return {order: "".join(m[2] for m in sorted(hanging)) for order, hanging in found.items()}


def _base(
    mark: Glyph, previous: Glyph | None, following: Glyph | None, marks_first: bool
) -> Glyph | None:
    """Return the letter a mark stands on: programs write it before or after its marks."""
    if previous is None or following is None:
        return previous or following
    # Letters drawn from the left in right-to-left text come in the order of the eye, marks first.
    # Then a mark stands before a space too, if it is a slip of the writer's.
    slip = marks_first and following.text.isspace() and kind(previous.text) in "RO"
    reversed_order = following.x0 > previous.x0 and (slip or kind(following.text) == "R")
    if reversed_order and _over(mark, following, 0.3 * following.size):
        return following
    over = _over(mark, following, 0.5) and not _over(mark, previous, 0.5)
    return following if over else previous


def _over(mark: Glyph, base: Glyph, aside: float) -> bool:
    return base.x0 - aside <= mark.x0 <= base.x1 + aside


def line_of(row: Sequence[Glyph], marks: dict[int, str], page: int) -> Line | None:
    """Return the line of a row of glyphs, `None` if it shows nothing."""
    # By the middle, so that what has no width stands between its neighbours.
    ordered = sorted(row, key=_place)
    # What has no width alone is the ink of a mark that reaches over from the next page.
    if not any(g.text.strip() and g.x1 > g.x0 for g in ordered):
        return None
    size = _usual([(g.size, g.x1 - g.x0) for g in ordered])
    y = _usual([(g.y, g.x1 - g.x0) for g in ordered])
    tokens, orders, spaces = _tokens(ordered, marks, size)
    seen = [g for g in ordered if g.text.strip()]
    x0, x1 = seen[0].x0, max(g.x1 for g in seen)
    inner = [(a, b) for a, b in spaces if x0 < b and a < x1]
    left = inner[0][0] - x0 if inner else x1 - x0
    right = x1 - inner[-1][1] if inner else x1 - x0
    space = min((g.x1 - g.x0 for g in ordered if g.text == " "), default=_SPACE_BETWEEN * size)
    notes = _notes(seen, size, y)
    return Line(page, x0, x1, y, size, tokens, orders, left, right, space, ordered, notes)


def set_text(line: Line, drawn: frozenset[str]) -> None:
    """Put the text of a line in reading order; `drawn` are brackets that are stored as drawn."""
    line.text = line_text(line, drawn, "AL")


def line_text(line: Line, drawn: frozenset[str], before: str) -> str:
    """Return the text of a line below one whose last letter is of the class `before`."""
    found = logical(line.tokens, line.rtl, drawn, before).replace(UNKNOWN, "")
    return unicodedata.normalize("NFC", found)


def first_word(line: Line, drawn: frozenset[str]) -> list[tuple[str, float]]:
    """Return the characters of the word that is read first, each with its width in points."""
    widths = {glyph.order: glyph.x1 - glyph.x0 for glyph in line.glyphs}
    word: list[tuple[str, float]] = []
    for found in order(line.tokens, line.rtl, drawn, "AL"):
        place = found if found >= 0 else ~found
        token = line.tokens[place]
        if not token.isspace():
            word.append((token, widths.get(line.orders[place], 0.0)))
        elif word:
            break
    return word


def _place(glyph: Glyph) -> tuple[float, int]:
    return (glyph.x0 + glyph.x1) / 2, glyph.order


def _usual(measured: list[tuple[float, float]]) -> float:
    """Return the value that takes most of the width."""
    weights: defaultdict[float, float] = defaultdict(float)
    for value, width in measured:
        weights[round(value, 1)] += width
    return max(weights, key=weights.__getitem__)


def _tokens(
    ordered: Sequence[Glyph], marks: dict[int, str], size: float
) -> tuple[list[str], list[int], list[tuple[float, float]]]:
    """Return the characters with spaces for gaps, their orders, and where spaces are (x0, x1)."""
    has_spaces = any(g.text == " " for g in ordered)
    least = size * (_SPACE_BESIDE_SPACES if has_spaces else _SPACE)
    tokens: list[str] = []
    orders: list[int] = []
    spaces: list[tuple[float, float]] = []
    previous: Glyph | None = None
    for glyph in ordered:
        text = glyph.text.translate(_UNSEEN)
        if not text:
            continue
        blank = text.isspace()
        if previous is not None and text not in _JOINERS:
            gap = glyph.x0 - previous.x1
            if _drawn_twice(previous, glyph, size):
                continue
            # A kashida lengthens a word, however it is placed.
            parts = gap > least and UNKNOWN not in (text, previous.text)
            if parts and not blank and tokens[-1].strip():
                tokens.append(" ")
                orders.append(-1)
                spaces.append((previous.x1, glyph.x0))
        if blank and text != "\u00a0":
            spaces.append((glyph.x0, glyph.x1))
        tokens.append(text + marks.get(glyph.order, ""))
        orders.append(glyph.order)
        if text not in _JOINERS:
            previous = glyph
    return tokens, orders, spaces


def _drawn_twice(first: Glyph, second: Glyph, size: float) -> bool:
    """Tell the second stroke of letters that are made bold by drawing them twice."""
    return (
        first.text == second.text
        and not second.text.isspace()
        and second.x0 - first.x0 < 0.1 * size
        and second.x1 - second.x0 > 0.2 * size
    )


def _notes(seen: Sequence[Glyph], size: float, y: float) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    held: list[Glyph] = []
    for glyph in [*seen, None]:
        raised = glyph is not None and (
            glyph.size < _SMALLER * size and glyph.y + glyph.rise > y + _RAISED * size
        )
        if raised and glyph is not None:
            held.append(glyph)
        elif held:
            label = "".join(g.text for g in held).strip("[]() ")
            found[label] = found.get(label, []) + [g.order for g in held]
            held = []
    return found


def gaps(row: Sequence[Glyph], least: float) -> list[tuple[float, float]]:
    """Return the gaps of at least that width between the visible glyphs of a row."""
    seen = sorted((g.x0, g.x1) for g in row if g.text.strip())
    found: list[tuple[float, float]] = []
    for (_, reached), (start, _) in pairwise(_running(seen)):
        if start - reached >= least:
            found.append((reached, start))
    return found


def _running(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return spans with ends that never go back, so that one inside another opens no gap."""
    reached = float("-inf")
    found = []
    for start, end in spans:
        reached = max(reached, end)
        found.append((start, reached))
    return found
