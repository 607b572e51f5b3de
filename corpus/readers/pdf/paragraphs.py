"""Lines to paragraphs: by gaps, indents, sizes, and whether the next word would have fitted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import dropwhile, pairwise, takewhile

import regex

from corpus.readers.pdf.bidi import kind
from corpus.readers.pdf.columns import FEW_LINES, Block
from corpus.readers.pdf.lines import Line, first_word

# Gaps of this many usual gaps part paragraphs, and so do sizes that differ by this factor.
_WIDE_GAP, _OTHER_SIZE = 1.22, 1.15
_WIDEST_GAP = 3.0
# Of the gaps between lines that many are inside paragraphs, at the least.
_INNER_SHARE = 0.2
# Lines are justified where that share of them reaches the end.
_MOST_LINES = 0.5
# Lines that much shorter than others, in their size, are the last of a paragraph; where nearly all
# are followed by a wide gap, that is how paragraphs are parted.
_SHORT, _NEARLY_ALL = 10.0, 0.9
# How close a word comes to fitting where it fits, and an indent, in the size of the text.
_CLOSE, _INDENT = 0.05, 0.8
# A file is clearly of one direction with that many times the letters of the other; a line of it
# that has one in so many of these is too.
_CLEARLY = 4

# The numbers of notes may stand behind a sentence.
_FINISHED = regex.compile(r"[.!?؟…۔:][\s\"'”’»)\]]*(?:\[\p{N}{1,3}\]\s*)*\Z")
# Sentences that begin so seldom begin a paragraph, in some files; lines that nobody saw count half.
_CONNECTED, _UNSEEN = regex.compile(r"\W*(?:و|كما |لكن|ثم |إلا |حيث |إذ |هەروەها|بەڵام)"), 0.5
_ITEM = regex.compile(r"\s*(?:[•▪●◦‣■]|[-–—*]\s|\(?\p{N}{1,3}\s*[-.)–]\s)")
# These may be notes of the sentence above; items of a list are numbered one after the other.
_BRACKETED = regex.compile(r"\s*\[(\p{N}{1,3})\]\s")


def set_directions(blocks: Sequence[Block]) -> None:
    """Decide for each line whether its paragraph runs from right to left."""
    usual = _usual_gap(blocks)
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
        _turn_with_last(block, rights > lefts, usual)


def _turn_with_last(block: Block, rtl: bool, usual: float) -> None:
    """Turn full lines, whatever their letters, as the last of their paragraph: its side tells."""
    full: list[Line] = []
    for line in block.lines:
        if full and _is_wide(full[-1], line, usual):
            full = []
        left, right = (side < line.size / 2 for side in _sides(block, line))
        if left and right:
            full.append(line)
            continue
        if line.rtl == rtl and (right if rtl else left):
            for other in full:
                other.rtl = rtl
        full = []


def _sides(block: Block, line: Line) -> tuple[float, float]:
    """Return how much is free on the left and on the right of a line."""
    return line.x0 - block.left, block.right - line.x1


def _runs_right_to_left(
    block: Block, line: Line, own: tuple[int, int], near: int, whole: int
) -> bool:
    """Tell the direction of a line by its sides, else by the letters in and `near` it."""
    flush_left, flush_right = (side < line.size / 2 for side in _sides(block, line))
    if flush_left == flush_right or not whole:
        return near > 0 or (near == 0 and (whole > 0 or own[0] > 0))
    # A line that ends early shows where it began; on the other side, by its own letters.
    starts_usually = flush_right if whole > 0 else flush_left
    return whole > 0 if starts_usually else own[0] > own[1]


def _letters(line: Line) -> tuple[int, int]:
    """Return how many letters of a line run from right to left, and how many from left to right."""
    kinds = [kind(token) for token in line.tokens]
    return kinds.count("R"), kinds.count("L")


def paragraphs(
    blocks: Sequence[Block], drawn: frozenset[str], shared: Collection[int] = ()
) -> list[list[Line]]:
    """Return the lines of blocks by paragraph; one may go on in the next block, or page.

    `shared` are the pages that have more than this text, as notes or pictures.
    """
    setting = _setting(blocks, drawn, shared)
    found: list[list[Line]] = []
    above: tuple[Block, Line] | None = None
    for block in blocks:
        for place, line in enumerate(block.lines):
            after = block.lines[place + 1] if place + 1 < len(block.lines) else None
            if (
                above is None
                or _follows(found[-1][0], above[1], line)
                or _parts(above, (block, line), after, setting)
            ):
                found.append([line])
            else:
                found[-1].append(line)
            above = block, line
    return found


@dataclass(slots=True)
class _Below:
    """Lines below a full line that ends a sentence: how many, and how many begin with "and"."""

    likely: float = 0
    lines: int = 0
    connected: int = 0

    def count(self, line: Line, likely: float) -> None:
        """Count a line that stands below a full one as `likely` as that."""
        self.likely += likely
        self.lines += 1
        self.connected += bool(_CONNECTED.match(line.text))

    def expected(self, line: Line) -> float:
        """Return how many lines that begin as this one are to be expected."""
        same = self.connected if _CONNECTED.match(line.text) else self.lines - self.connected
        return (self.likely + _UNSEEN) * (same + _UNSEEN) / (self.lines + 2 * _UNSEEN)


@dataclass(frozen=True, slots=True)
class _Setting:
    """How a file sets its paragraphs.

    Its `usual` gap between lines; whether wider ones part its paragraphs, so that a word that
    hardly fits tells little (`spaced`); and whether all lines are as long. Below a full line that
    ends a sentence, the paragraph `ends` or `goes_on`. Pages reach down to `lowest`, unless they
    are `shared`.
    """

    usual: float
    spaced: bool
    justified: bool
    ends: _Below
    goes_on: _Below
    drawn: frozenset[str]
    lowest: float
    shared: Collection[int]

    def is_end(self, room: float, upper: Line, block: Block) -> bool:
        """Tell whether a paragraph ends between a line and a block of another page.

        A justified line that is not full is the last; where none is, the other pages tell.
        """
        line = block.lines[0]
        if (self.justified and room > _CLOSE * line.size) or self._leaves_a_line(upper, block):
            return True
        if self.justified:
            return False
        # Two paragraphs joined by mistake are two lost, one that is cut is one.
        return self.goes_on.expected(line) < 2 * self.ends.expected(line)

    def _leaves_a_line(self, upper: Line, block: Block) -> bool:
        """Tell whether one more line would have stood on a page: its paragraph does not go on.

        Where programs keep two lines together, a page may lack one for two that stand alone below.
        """
        next_y = upper.y - (self.usual - _CLOSE) * upper.size
        if upper.page in self.shared or next_y < self.lowest:
            return False
        return len(block.lines) < 3 or not _is_wide(block.lines[1], block.lines[2], self.usual)


def _setting(blocks: Sequence[Block], drawn: frozenset[str], shared: Collection[int]) -> _Setting:
    usual = _usual_gap(blocks)
    full = lines = short = parted = 0
    ends, goes_on = _Below(), _Below()
    for block in blocks:
        for upper, line in pairwise(block.lines):
            room = _room(block, upper, False)
            lines += 1
            full += room < _CLOSE * upper.size
            if room > _SHORT * upper.size:
                short += 1
                parted += _is_wide(upper, line, usual)
            if not _FINISHED.search(upper.text):
                continue
            needed = _first_word(line, drawn) + upper.space - _CLOSE * upper.size
            if _is_wide(upper, line, usual) or _is_indented(block, line):
                # Last lines are of any length: that share of them happens to be full.
                ends.count(line, min(needed / max(block.right - block.left, 1), 1))
            elif room <= needed:
                goes_on.count(line, 1)
    spaced = parted >= FEW_LINES and parted > _NEARLY_ALL * short
    # Two pages at the least are that long.
    lowest = sorted(block.lines[-1].y for block in blocks)[:2] or [0.0]
    return _Setting(
        usual, spaced, full > _MOST_LINES * lines, ends, goes_on, drawn, lowest[-1], shared
    )


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
    above: tuple[Block, Line], below: tuple[Block, Line], after: Line | None, setting: _Setting
) -> bool:
    """Tell whether a paragraph ends between two lines."""
    (upper_block, upper), (block, line) = above, below
    size = min(upper.size, line.size)
    if max(upper.size, line.size) > size * _OTHER_SIZE or upper.rtl != line.rtl:
        return True
    inside = upper_block is block
    if inside and _is_wide(upper, line, setting.usual):
        return True
    # A bracket that the line above opened is closed by no label.
    closes = upper.text.count("(") > upper.text.count(")")
    if not closes and _ITEM.match(line.text) and _FINISHED.search(upper.text):
        return True
    needed = _first_word(line, setting.drawn) + upper.space - _CLOSE * size
    room = _room(upper_block, upper, inside and line)
    if room > needed + (size if inside and setting.spaced else 0):
        return True
    if not inside and _FINISHED.search(upper.text) and setting.is_end(room, upper, block):
        return True
    return _is_indented(block, line) and _opens(upper_block, upper, block, after)


def _follows(first: Line, upper: Line, line: Line) -> bool:
    """Tell whether a line opens the item behind the one that opened with `first`."""
    one, two = (_BRACKETED.match(opened.text) for opened in (first, line))
    follows = one and two and int(two[1]) == int(one[1]) + 1
    return bool(follows and _FINISHED.search(upper.text))


def _room(block: Block, line: Line, below: Line | bool) -> float:
    """Return how much is free at the end of a line; nothing if the line below ends there too."""
    left, right = _sides(block, line)
    if left > line.size and abs(left - right) < line.size / 4:
        return left + right
    if isinstance(below, Line) and block.lines[-1] is not below:
        # Quotations are set in a narrower frame of their own.
        same_start = abs(below.x1 - line.x1 if line.rtl else below.x0 - line.x0) < 1
        same_end = abs(below.x0 - line.x0 if line.rtl else below.x1 - line.x1) < 1
        if same_start and same_end:
            return 0.0
    return left if line.rtl else right


def _is_wide(upper: Line, line: Line, usual: float) -> bool:
    size = min(upper.size, line.size)
    return upper.y - line.y > min(usual * _WIDE_GAP, _WIDEST_GAP) * size


def _first_word(line: Line, drawn: frozenset[str]) -> float:
    """Return the width of the word that is read first, which need not stand at the line's end."""
    edge = reversed(line.tokens) if line.rtl else iter(line.tokens)
    at_edge = takewhile(str.strip, dropwhile(str.isspace, edge))
    if not any(kind(token) in ("LE" if line.rtl else "R") for token in at_edge):
        return line.first_right if line.rtl else line.first_left
    return sum(width for _, width in first_word(line, drawn))


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
