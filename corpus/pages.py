"""Where pages begin in a text that was cleaned."""

from __future__ import annotations

from corpus.article import Pages
from corpus.errors import DalilError

_NO_PAGES = (
    'The field "pages" of an exported article does not say where its pages begin; '
    "export it again, or leave the field out."
)


def kept_pages(before: str, after: str, pages: Pages) -> Pages:
    r"""Return `pages` of a text for what cleaning left of it: whole lines, perhaps shorter ones.

    A page whose lines are all gone is in no place. A line may have lost characters that show
    nothing; each of those left stands for itself.

    >>> kept_pages("logo\nOne\ttwo \nthree\u200b four\n", "One two\nthree four", ((0, 1), (20, 2)))
    ((0, 1), (13, 2))
    """
    places = _places(before, after)
    found: list[tuple[int, int]] = []
    for (start, page), (end, _) in zip(pages, (*pages[1:], (len(before), 0)), strict=True):
        first = next((place for place in places[start:end] if place is not None), None)
        if first is not None and (not found or found[-1][1] != page):
            found.append((first if found else 0, page))
    return tuple(found)


def stated_pages(value: object, length: int) -> Pages:
    """Return where the pages of a text of `length` begin, as an export states it.

    Raises `DalilError` for anything else than pairs of a place and a page, in order.

    >>> stated_pages([[0, 1], [20, 2]], 30), stated_pages(None, 30)
    (((0, 1), (20, 2)), ())
    """
    stated = value if isinstance(value, list) else [] if value is None else [None]
    pairs = [(pair[0], pair[1]) for pair in stated if isinstance(pair, list) and len(pair) == 2]
    pages = tuple((s, p) for s, p in pairs if type(s) is int and type(p) is int)
    starts = [start for start, _ in pages]
    if len(pages) < len(stated) or not all(0 <= s < length and p > 0 for s, p in pages):
        raise DalilError(_NO_PAGES)
    if starts != sorted(starts):
        raise DalilError(_NO_PAGES)
    return pages


def _places(before: str, after: str) -> list[int | None]:
    """Return for each character of `before` its offset in `after`, `None` for one that is gone."""
    places: list[int | None] = [None] * (len(before) + 1)
    kept = _lines(after)
    number = 0
    for start, line in _lines(before):
        if number == len(kept):
            break
        matched = _matched(line, kept[number][1])
        if matched is None:
            continue
        for offset, character in matched:
            places[start + offset] = kept[number][0] + character
        number += 1
    return places


def _lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that hold something, each with its offset."""
    found, start = [], 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            found.append((start, line))
        start += len(line)
    return found


def _matched(line: str, kept: str) -> list[tuple[int, int]] | None:
    """Return pairs of offsets of a line's characters and those kept; `None` if it is another."""
    lead = len(kept) - len(kept.lstrip())
    kept = kept.strip()
    pairs: list[tuple[int, int]] = []
    for offset, character in enumerate(line):
        wanted = kept[len(pairs)] if len(pairs) < len(kept) else ""
        if character == wanted or (character.isspace() and wanted == " "):
            pairs.append((offset, lead + len(pairs)))
        elif character.isprintable() and not character.isspace():
            return None
    return pairs if len(pairs) == len(kept) else None
