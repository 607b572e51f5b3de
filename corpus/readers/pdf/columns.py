"""A page's glyphs cut into the blocks that are read one after the other: columns, and what is not.

A gutter is a strip that stays empty over several lines with text on both sides.  Lines across it
end the columns: what is above is read before them, what is below after.  The lines of a block run
between its sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from corpus.readers.pdf.bidi import kind
from corpus.readers.pdf.glyphs import Glyph
from corpus.readers.pdf.lines import Line, gaps, rows

# In the size of the text: narrower strips are spaces of justified lines, narrower columns those of
# tables, which are read line by line.
_GUTTER, _COLUMN = 1.0, 7.0
_LEAST_ROWS = 4
# Blocks of fewer lines are framed by others.
FEW_LINES = 4
# More wide gaps than this are a table's or a form's.
_MOST_GAPS = 400

Row = Sequence[Glyph]


@dataclass(slots=True)
class Block:
    """Lines that stand one below the other, and the sides between which they run."""

    lines: list[Line]
    left: float
    right: float


def framed(lines: list[Line]) -> Block:
    """Return lines as a block as wide as they are; a long word, as an address, may stand out."""
    wide = [line for line in lines if line.first_left < line.x1 - line.x0] or lines
    return Block(lines, min(line.x0 for line in wide), max(line.x1 for line in wide))


def widen(blocks: Sequence[Block]) -> None:
    """Give short blocks the frame of another that begins at the same side: a long one, if any."""
    by_width = sorted(blocks, key=lambda block: block.right - block.left)
    long_ones = [block for block in by_width if len(block.lines) >= FEW_LINES]
    for block in blocks:
        if len(block.lines) < FEW_LINES:
            wider = (b for b in (*long_ones, *reversed(by_width)) if _holds(b, block))
            frame = next(wider, block)
            block.left, block.right = frame.left, frame.right


def _holds(outer: Block, block: Block) -> bool:
    line = block.lines[0]
    begins = outer.right - block.right if line.rtl else block.left - outer.left
    inside = outer.left - line.size <= block.left and block.right <= outer.right + line.size
    return inside and abs(begins) < line.size / 2


def blocks(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Return the glyphs of a page (without marks) by block, in the order they are read."""
    seen = [g.size for g in glyphs if g.text.strip()]
    if not seen:
        return []
    return _cut(rows(glyphs), median(seen))


def _cut(page: Sequence[Row], size: float) -> list[list[Glyph]]:
    if not page:
        return []
    found = _gutter(page, size)
    if found is None:
        return [[glyph for row in page for glyph in row]]
    first, last, x = found
    sides: list[list[Glyph]] = [[], []]
    for row in page[first:last]:
        for glyph in row:
            sides[(glyph.x0 + glyph.x1) / 2 >= x].append(glyph)
    if _is_right_to_left(page[first:last]):
        sides.reverse()
    return [
        *_cut(page[:first], size),
        *_cut(rows(sides[0]), size),
        *_cut(rows(sides[1]), size),
        *_cut(page[last:], size),
    ]


def _gutter(page: Sequence[Row], size: float) -> tuple[int, int, float] | None:
    """Return the rows (first, end) that a gutter parts, and where it is; `None` without one."""
    row_gaps = [gaps(row, _GUTTER * size) for row in page]
    every = [(a, b) for found in row_gaps for a, b in found]
    if len(every) < _LEAST_ROWS or len(every) > _MOST_GAPS:
        return None
    places = {(a + b) / 2 for a, b in every}
    counts = {x: sum(a < x < b for a, b in every) for x in places}
    for x in sorted(places, key=counts.__getitem__, reverse=True)[:8]:
        if counts[x] < _LEAST_ROWS:
            return None
        found = _region(page, row_gaps, x, size)
        if found:
            return found
    return None


def _region(
    page: Sequence[Row], row_gaps: Sequence[list[tuple[float, float]]], x: float, size: float
) -> tuple[int, int, float] | None:
    best: tuple[int, int, int] | None = None
    first = 0
    for end in range(len(page) + 1):
        if end < len(page) and not any(g.x0 < x < g.x1 and g.text.strip() for g in page[end]):
            continue
        parted = sum(any(a < x < b for a, b in found) for found in row_gaps[first:end])
        if parted >= _LEAST_ROWS and (best is None or parted > best[0]):
            best = (parted, first, end)
        first = end + 1
    if best is None:
        return None
    _, first, end = best
    inside = [g for row in page[first:end] for g in row if g.text.strip()]
    left = max((g.x1 for g in inside if g.x1 <= x), default=x)
    right = min((g.x0 for g in inside if g.x0 >= x), default=x)
    if right - left < _GUTTER * size * 0.8:
        return None
    widths = [_widths(row, x) for row in page[first:end]]
    narrowest = min(median([w for w in side if w] or [0.0]) for side in zip(*widths, strict=True))
    return (first, end, (left + right) / 2) if narrowest >= _COLUMN * size else None


def _widths(row: Row, x: float) -> tuple[float, float]:
    left = [g for g in row if g.x1 <= x and g.text.strip()]
    right = [g for g in row if g.x0 >= x and g.text.strip()]
    return tuple(  # type: ignore[return-value]
        max(g.x1 for g in side) - min(g.x0 for g in side) if side else 0.0 for side in (left, right)
    )


def _is_right_to_left(page: Sequence[Row]) -> bool:
    kinds = [kind(glyph.text) for row in page for glyph in row]
    return kinds.count("R") > kinds.count("L")
