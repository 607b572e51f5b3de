"""Takes page furniture off scraped text: named steps, each `str -> str`, applied in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import NamedTuple

import regex

from corpus.furniture.lines import content_bounds, is_label, is_plain_furniture, stray_outlets
from corpus.text.characters import OTHER_LINE_BREAKS, replace_surrogates, without_unseen

# Labels of fewer neighbours may be a word of the article, such as a one-word subheading.
_ROW_OF_LABELS = 3

_NEWLINE = regex.compile(rf"\r\n|[{OTHER_LINE_BREAKS}]")
_SPACE = regex.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def normalise_newlines(text: str) -> str:
    r"""Make every kind of line break a newline.

    >>> normalise_newlines("سطر\r\nline\u2028سطر")
    'سطر\nline\nسطر'
    """
    return _NEWLINE.sub("\n", text)


def normalise_spaces(text: str) -> str:
    r"""Make tabs and typographic spaces plain ones and drop those at the ends of lines.

    >>> normalise_spaces("عشرة\u00a0آلاف \n ten\tthousand  ")
    'عشرة آلاف\n ten thousand'
    """
    return "\n".join(line.rstrip(" ") for line in _SPACE.sub(" ", text).split("\n"))


def drop_stray_outlet(text: str) -> str:
    r"""Drop an outlet's name left alone below the article.

    >>> drop_stray_outlet("قال الوزير في مؤتمر صحفي إن المعبر فتح أبوابه.\n\n\nمثال نيوز\nTop")
    'قال الوزير في مؤتمر صحفي إن المعبر فتح أبوابه.\n\n\nTop'
    >>> drop_stray_outlet("Example News")
    'Example News'
    """
    lines = text.split("\n")
    strays = set(stray_outlets(lines))
    return "\n".join(line for index, line in enumerate(lines) if index not in strays)


def drop_plain_furniture(text: str) -> str:
    r"""Drop lines that only pages have, wherever they stand.

    >>> drop_plain_furniture("فقرة أولى.\nاقرأ أيضاً: خبر آخر\nفقرة ثانية.")
    'فقرة أولى.\nفقرة ثانية.'
    >>> drop_plain_furniture("Read more...\nRead more books, he said.")
    'Read more books, he said.'
    """
    return "\n".join(line for line in text.split("\n") if not is_plain_furniture(line))


def drop_edge_furniture(text: str) -> str:
    r"""Drop menu labels, page dates, logos and notices above and below the article.

    >>> drop_edge_furniture("• Monday, 16 February 2026\nlogo\n\nإغلاق المعابر مستمر.\nإغلاق")
    'إغلاق المعابر مستمر.'
    >>> drop_edge_furniture("Top commander held\nTop")
    'Top commander held'
    """
    lines = text.split("\n")
    start, end = content_bounds(lines)
    return "\n".join(lines[start:end])


def drop_rows_of_labels(text: str) -> str:
    r"""Drop three or more neighbouring lines that are all labels, such as share buttons.

    >>> drop_rows_of_labels("عنوان\nفيسبوك\nتويتر\nواتساب\nفقرة.")
    'عنوان\nفقرة.'
    >>> drop_rows_of_labels("A heading\nEconomy\nA paragraph.")
    'A heading\nEconomy\nA paragraph.'
    """
    kept: list[str] = []
    row: list[str] = []
    for line in [*text.split("\n"), None]:
        if line is not None and (is_label(line) or (row and not line.strip())):
            row.append(line)
            continue
        if sum(1 for label in row if label.strip()) < _ROW_OF_LABELS:
            kept.extend(row)
        row = []
        if line is not None:
            kept.append(line)
    return "\n".join(kept)


def drop_repeated_title(text: str) -> str:
    r"""Drop lines equal to the first line right below it: pages print the title twice.

    >>> drop_repeated_title("عنوان الخبر\n\nعنوان الخبر\nفقرة.")
    'عنوان الخبر\n\nفقرة.'
    >>> drop_repeated_title("Never.\nNever again.")
    'Never.\nNever again.'
    """
    lines = text.split("\n")
    filled = [index for index, line in enumerate(lines) if line.strip()]
    title = lines[filled[0]].strip() if filled else ""
    repeats = set(takewhile(lambda index: lines[index].strip() == title, filled[1:]))
    return "\n".join(line for index, line in enumerate(lines) if index not in repeats)


def squeeze_blank_lines(text: str) -> str:
    r"""Leave at most one blank line between lines, and none at the ends.

    >>> squeeze_blank_lines("\n\nأ\n\n\n\nb\n")
    'أ\n\nb'
    """
    return regex.sub(r"\n(?:\s*\n){2,}", "\n\n", text).strip()


STEPS: tuple[Callable[[str], str], ...] = (
    replace_surrogates,
    normalise_newlines,
    without_unseen,
    normalise_spaces,
    drop_stray_outlet,
    drop_plain_furniture,
    drop_edge_furniture,
    drop_rows_of_labels,
    drop_repeated_title,
    squeeze_blank_lines,
)


class Removal(NamedTuple):
    """A line that a step took off a text."""

    step: str
    line: str


def clean(text: str) -> str:
    r"""Return a scraped text without page furniture; every sentence of the article stays.

    Furniture is recognised as whole lines, so no part of a line is ever removed. The steps
    run until nothing changes, which makes cleaning twice the same as cleaning once. A text
    that is all furniture comes out empty.

    >>> clean("أخبارتقارير\n\nعنوان الخبر\r\n\r\nفتحت المدارس أبوابها.\n\nاظهر المزيد\nإغلاق")
    'عنوان الخبر\n\nفتحت المدارس أبوابها.'
    """
    while True:
        before = text
        for step in STEPS:
            text = step(text)
        if text == before:
            return text


def removals(text: str) -> list[Removal]:
    r"""Return the lines that cleaning takes off, with the step that does it.

    >>> for removal in removals("Home\nA river flooded.\nRead more..."):
    ...     print(removal.step, removal.line)
    drop_plain_furniture Read more...
    drop_edge_furniture Home
    """
    found: list[Removal] = []
    while True:
        before = text
        for step in STEPS:
            after = step(text)
            if step.__name__.startswith("drop_"):
                found.extend(Removal(step.__name__, line) for line in _missing(text, after))
            text = after
        if text == before:
            return found


def _missing(before: str, after: str) -> Iterable[str]:
    return (line for line in (Counter(_lines(before)) - Counter(_lines(after))).elements())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]
