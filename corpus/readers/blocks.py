"""Paragraphs as a walk over a document meets them: white space, lines, rows of tables."""

from __future__ import annotations

import regex

_SPACES = regex.compile(r"[ \t\r\n]+")
_SUPERSCRIPTS = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_RAISED = regex.compile(r"[0-9+-]{1,4}")


class Blocks:
    r"""Collects the paragraphs of a document in order, and the cells of its tables by rows.

    >>> blocks = Blocks()
    >>> blocks.add("فُتح المعبر. "); blocks.end()
    'فُتح المعبر.'
    >>> blocks.add("One"); blocks.add("\nTwo")
    >>> blocks.text()
    'فُتح المعبر.\n\nOne\nTwo'
    """

    def __init__(self) -> None:
        self._done: list[str] = []
        self._open: list[str] = []
        self._beside: list[Blocks] = []

    def add(self, text: str) -> None:
        r"""Add text to the paragraph; a line that ends within it is `\n`."""
        self._open.append(text)

    def end(self) -> str:
        """End the paragraph and return it; one without text leaves nothing."""
        paragraph = "".join(self._open).strip(" \t\r\n")
        paragraph = "\n".join(line.strip(" \t") for line in paragraph.split("\n"))
        self._open = []
        if paragraph:
            self._done.append(paragraph)
        beside, self._beside = self._beside, []
        for other in beside:
            other.end()
            self._done += other._done
        return paragraph

    def set_beside(self, other: Blocks) -> None:
        """Put the paragraphs of a box or note after the paragraph that is open."""
        self._beside.append(other)

    def add_row(self, cells: list[Blocks]) -> None:
        """Add a row of a table: a line, or the paragraphs of its cells where one has several."""
        self.end()
        for cell in cells:
            cell.end()
        # A table of one column, or with several paragraphs in a cell, is there for the layout.
        if len(cells) == 1 or any(len(cell._done) > 1 for cell in cells):
            for cell in cells:
                self._done += cell._done
        elif row := "\t".join(cell._done[0].replace("\n", " ") for cell in cells if cell._done):
            self._done.append(row)

    def text(self) -> str:
        """Return the paragraphs, with an empty line between two."""
        self.end()
        return "\n\n".join(self._done)


def collapsed(text: str, before: str) -> str:
    r"""Return text with each run of white space as one space, none after what ends in one.

    >>> collapsed("\n  نص\t آخر ", ""), collapsed(" b", "a"), collapsed(" b", "a ")
    ('نص آخر ', ' b', 'b')
    """
    shown = _SPACES.sub(" ", text)
    return shown[1:] if shown[:1] == " " and before[-1:] in ("", " ", "\n") else shown


def raised(text: str) -> str:
    """Return digits and signs that are written above the line as such, so that 25² is not 252.

    >>> raised("2"), raised("th")
    ('²', 'th')
    """
    return text.translate(_SUPERSCRIPTS) if _RAISED.fullmatch(text) else text
