"""Lines to paragraphs: by gaps, indents, sizes, and whether the next word would have fitted."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from corpus.readers.pdf.bidi import UNSURE, kind, logical, strong_at_end
from corpus.readers.pdf.fonts import UNKNOWN
from corpus.readers.pdf.lines import Line

# Gaps of this many usual gaps part paragraphs, and so do sizes that differ by this factor.
_WIDE_GAP, _OTHER_SIZE = 1.22, 1.15
_WIDEST_GAP = 3.0
# Of the gaps between lines that many are inside paragraphs, at the least.
_INNER_SHARE = 0.2
# How close a word comes to fitting where it fits, and an indent, in the size of the text.
_CLOSE, _INDENT = 0.05, 0.8
_FEW_LINES = 4
# A file is clearly of one direction with that many times the letters of the other; a line of it
# that has one in so many of these is too.
_CLEARLY = 4

_FINISHED = regex.compile(r"[.!?؟…۔:][\s\"'”’»)\]]*\Z")
_ITEM = regex.compile(r"\s*(?:[•▪●◦‣■]|[-–—*]\s|[(\[]?\p{N}{1,3}\s*[-.)\]–]\s)")
# Words part behind these with no space; what a hyphen joins stays joined.
_OPEN_END = regex.compile(r"\S[-\u2010\u2011/–—]\Z|[(\[{«]\Z")
# Lines may break between a sentence and the number of its note, where there is no space.
_REFERENCE, _BEFORE_REFERENCE = regex.compile(r"\[\p{N}+\]"), regex.compile(r"[\].!?؟؛,،]\Z")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_SIGNS = regex.compile(r"\p{N}\s*[-+%$€£#°‰]|[-+%$€£#°‰]\s*\p{N}")


@dataclass(slots=True)
class Block:
    """Lines that stand one below the other, and the sides between which they run."""

    lines: list[Line]
    left: float
    right: float


def framed(lines: list[Line]) -> Block:
    """Return lines as a block as wide as they are."""
    return Block(lines, min(line.x0 for line in lines), max(line.x1 for line in lines))


def widen(blocks: Sequence[Block]) -> None:
    """Give short blocks the frame of another that begins at the same side: a long one, if any."""
    by_width = sorted(blocks, key=lambda block: block.right - block.left)
    long_ones = [block for block in by_width if len(block.lines) >= _FEW_LINES]
    for block in blocks:
        if len(block.lines) < _FEW_LINES:
            wider = (b for b in (*long_ones, *reversed(by_width)) if _holds(b, block))
            frame = next(wider, block)
            block.left, block.right = frame.left, frame.right


def _holds(outer: Block, block: Block) -> bool:
    line = block.lines[0]
    begins = outer.right - block.right if line.rtl else block.left - outer.left
    inside = outer.left - line.size <= block.left and block.right <= outer.right + line.size
    return inside and abs(begins) < line.size / 2


def set_directions(blocks: Sequence[Block]) -> None:
    """Decide for each line whether its paragraph runs from right to left."""
    counted = [[_letters(line) for line in block.lines] for block in blocks]
    rights, lefts = (sum(c[side] for counts in counted for c in counts) for side in (0, 1))
    for block, counts in zip(blocks, counted, strict=True):
        for place, line in enumerate(block.lines):
            near = sum(r - n for r, n in counts[max(0, place - 1) : place + 2])
            line.rtl = _runs_right_to_left(block, line, counts[place], near, rights - lefts)
            if rights > _CLEARLY * lefts and counts[place][0] * _CLEARLY > counts[place][1]:
                line.rtl = True
            elif lefts > _CLEARLY * rights and counts[place][1] * _CLEARLY > counts[place][0]:
                line.rtl = False


def _runs_right_to_left(
    block: Block, line: Line, own: tuple[int, int], near: int, whole: int
) -> bool:
    """Tell the direction of a line by its sides, else by the letters in and `near` it."""
    flush_left = line.x0 - block.left < line.size / 2
    flush_right = block.right - line.x1 < line.size / 2
    if flush_left == flush_right or not whole:
        return near > 0 or (near == 0 and (whole > 0 or own[0] > 0))
    # A line that ends early shows where it began; on the other side, by its own letters.
    starts_usually = flush_right if whole > 0 else flush_left
    return whole > 0 if starts_usually else own[0] > own[1]


def _letters(line: Line) -> tuple[int, int]:
    """Return how many letters of a line run from right to left, and how many from left to right."""
    kinds = [kind(token) for token in line.tokens]
    return kinds.count("R"), kinds.count("L")


def set_text(line: Line, drawn: frozenset[str]) -> None:
    """Put the text of a line in reading order."""
    line.text = _text(line, drawn, "AL")


def _text(line: Line, drawn: frozenset[str], before: str) -> str:
    found = logical(line.tokens, line.rtl, drawn, before).replace(UNKNOWN, "")
    return unicodedata.normalize("NFC", found)


def paragraphs(blocks: Sequence[Block]) -> list[list[Line]]:
    """Return the lines of blocks by paragraph; one may go on in the next block, or page."""
    usual = _usual_gap(blocks)
    found: list[list[Line]] = []
    above: tuple[Block, Line] | None = None
    for block in blocks:
        for place, line in enumerate(block.lines):
            after = block.lines[place + 1] if place + 1 < len(block.lines) else None
            if above is None or _parts(above, (block, line), after, usual):
                found.append([line])
            else:
                found[-1].append(line)
            above = block, line
    return found


def _usual_gap(blocks: Sequence[Block]) -> float:
    """Return the gap between lines of a paragraph, in their size."""
    gaps = sorted(
        (a.y - b.y) / a.size
        for block in blocks
        for a, b in pairwise(block.lines)
        if max(a.size, b.size) < min(a.size, b.size) * _OTHER_SIZE
    )
    return gaps[int((len(gaps) - 1) * _INNER_SHARE)] if gaps else 1.5


def _parts(
    above: tuple[Block, Line], below: tuple[Block, Line], after: Line | None, usual: float
) -> bool:
    """Tell whether a paragraph ends between two lines."""
    (upper_block, upper), (block, line) = above, below
    size = min(upper.size, line.size)
    if max(upper.size, line.size) > size * _OTHER_SIZE or upper.rtl != line.rtl:
        return True
    inside = upper_block is block
    if inside and upper.y - line.y > min(usual * _WIDE_GAP, _WIDEST_GAP) * size:
        return True
    if _ITEM.match(line.text) and _FINISHED.search(upper.text):
        return True
    needed = _first_word(line) + upper.space - _CLOSE * size
    if _room(upper_block, upper, inside and line) > needed:
        return True
    if not inside and _FINISHED.search(upper.text):
        # Nothing else tells where a page ends with a sentence; paragraphs cut there quote as well.
        return True
    return _is_indented(block, line) and _opens(upper_block, upper, block, after)


def _room(block: Block, line: Line, below: Line | bool) -> float:
    """Return how much is free at the end of a line; nothing if the line below ends there too."""
    left, right = line.x0 - block.left, block.right - line.x1
    if left > line.size and abs(left - right) < line.size / 4:
        return left + right
    if isinstance(below, Line) and block.lines[-1] is not below:
        # Quotations are set in a narrower frame of their own.
        same_start = abs(below.x1 - line.x1 if line.rtl else below.x0 - line.x0) < 1
        same_end = abs(below.x0 - line.x0 if line.rtl else below.x1 - line.x1) < 1
        if same_start and same_end:
            return 0.0
    return left if line.rtl else right


def _first_word(line: Line) -> float:
    return line.first_right if line.rtl else line.first_left


def _indent(block: Block, line: Line) -> float:
    return block.right - line.x1 if line.rtl else line.x0 - block.left


def _is_indented(block: Block, line: Line) -> bool:
    return _indent(block, line) > _INDENT * line.size


def _opens(upper_block: Block, upper: Line, block: Block, after: Line | None) -> bool:
    """Tell an indent that opens a paragraph from that of a list's item, or of a quotation."""
    if _is_indented(upper_block, upper):
        return False
    if after is None:
        return bool(_FINISHED.search(upper.text))
    return not _is_indented(block, after)


def joined(lines: Sequence[Line], drawn: frozenset[str]) -> list[tuple[int, str]]:
    """Return the text of a paragraph in pieces, each with the page it stands on."""
    pieces: list[tuple[int, str]] = []
    before = ""
    for place, line in enumerate(lines):
        text = line.text
        if _SIGNS.search(text):
            # What signs join depends on the letter before them, which may stand on the line above.
            text = _text(line, drawn, before if not place or before != "AL" else UNSURE)
        before = strong_at_end(text, before)
        text, ended = text.strip(), pieces[-1][1] if pieces else ""
        if not ended or not text:
            space = ""
        elif ended.endswith("\u00ad"):
            pieces[-1], space = (pieces[-1][0], ended[:-1]), ""
        else:
            unspaced = _UNSPACED.match(text) and _UNSPACED.match(ended[-1])
            unspaced = unspaced or (_REFERENCE.match(text) and _BEFORE_REFERENCE.search(ended))
            space = "" if _OPEN_END.search(ended) or unspaced else " "
        pieces.append((line.page, space + text))
    return pieces
