"""What pages repeat around their text, and the notes below it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import regex

from corpus.readers.pdf.lines import Line

# How many lines at each end of a page may be of its header or footer.
_OUTERMOST = 3
# Headers stand at the same height on each page, in points.
_SAME_HEIGHT = 3.0
_NUMBER = regex.compile(r"\p{Nd}+")
_PAGE_NUMBER = regex.compile(
    r"\W*(?:(?:page|p\.|صفحة|ص|الصفحة|صفحه|لاپەڕە|لاپه‌ڕه|پەڕە|rûpel|sayfa|seite|página)\W*)?"
    r"(?P<n>\p{Nd}{1,4})(?:\W*(?:of|/|من|از|لە|ji|von|sur|de)?\W*(?P<all>\p{Nd}{1,4}))?\W*",
    regex.IGNORECASE,
)
_NOTE = regex.compile(r"\s*[\[(]?(\p{Nd}{1,3}|[*†‡]{1,3})[\])]?[\s.\-–:]*\S")
# Notes are set smaller than the text.
_NOTE_SIZE = 0.93


def repeated(pages: Sequence[Sequence[Line]]) -> set[int]:
    """Return the ids (of Python) of lines that are headers, footers and page numbers.

    A line is one if it stands at the end of a page and a line that differs in numbers alone stands
    at the same height of another page; or if it is a number that fits the count of pages.
    """
    found: set[int] = set()
    for upper in (True, False):
        ends = [_ends(lines, upper) for lines in pages]
        found |= _same_on_pages(ends)
        found |= _numbers(ends, len(pages))
    return found


def _ends(lines: Sequence[Line], upper: bool) -> list[Line]:
    """Return the outermost lines of a page, the outermost first."""
    ordered = sorted(lines, key=lambda line: -line.y if upper else line.y)
    heights: list[float] = []
    kept = []
    for line in ordered:
        if not heights or abs(heights[-1] - line.y) > _SAME_HEIGHT:
            heights.append(line.y)
        if len(heights) > _OUTERMOST:
            break
        kept.append(line)
    return kept


def _same_on_pages(ends: Iterable[Sequence[Line]]) -> set[int]:
    alike: defaultdict[str, list[Line]] = defaultdict(list)
    for lines in ends:
        for line in lines:
            alike[_NUMBER.sub("0", " ".join(line.text.split()))].append(line)
    found: set[int] = set()
    for lines in alike.values():
        for line in lines:
            if any(
                other.page != line.page and abs(other.y - line.y) <= _SAME_HEIGHT for other in lines
            ):
                found.add(id(line))
    return found


def _numbers(ends: Sequence[Sequence[Line]], pages: int) -> set[int]:
    """Return the page numbers: outermost lines whose difference to the page's place is constant."""
    read: list[tuple[int, Line]] = []
    for lines in ends:
        for line in lines[:2]:
            number = _PAGE_NUMBER.fullmatch(line.text.strip())
            if number:
                read.append((int(number["n"]) - line.page, line))
    if not read:
        return set()
    usual, count = Counter(difference for difference, _ in read).most_common(1)[0]
    # A lone number is one only where it is that of the first page.
    enough = count >= 2 or (pages == 1 and usual == 0)
    return {id(line) for difference, line in read if enough and difference == usual}


def body_size(pages: Iterable[Sequence[Line]]) -> float:
    """Return the size in which most of the text is set."""
    weights: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            weights[round(line.size, 1)] += len(line.tokens)
    return max(weights, key=weights.__getitem__, default=0.0)


def footnotes(lines: Sequence[Line], size: float) -> list[Line]:
    """Return the lines at the foot of a page that are its notes, the uppermost first.

    They are smaller than `size`, that of the text, and the first begins with a number or a star.
    """
    foot: list[Line] = []
    for line in sorted(lines, key=lambda line: line.y):
        if line.size > size * _NOTE_SIZE:
            break
        foot.insert(0, line)
    if len(foot) == len(lines):
        return []
    while foot and not _NOTE.match(foot[0].text):
        foot.pop(0)
    return foot


def labels(notes: Iterable[Line]) -> set[str]:
    """Return the numbers and stars that notes begin with."""
    return {found[1] for line in notes if (found := _NOTE.match(line.text))}
