"""Tables as CSV: one article a row, fields by the names of the first row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import islice

import regex

from corpus.errors import DalilError
from corpus.fields import FIELDS, Entry
from corpus.readers.decode import decode
from corpus.source import MAX_BYTES, Source

_DELIMITERS = (",", ";", "\t", "|")
# What no table parts values by: a table of one column has none.
_NONE = "\x1f"
_TRIED_ROWS = 50
# Excel says so in a line of its own which character parts the values; others quote that line.
_SEPARATOR = regex.compile(r"(\"?)sep=([^\"\r\n])\1[;,\t|]*(?:\r\n|\r|\n)", regex.IGNORECASE)


def read(source: Source) -> Iterator[Entry]:
    """Yield an entry for each row of a table, with the line on which it begins; blank ones count.

    Raises `DalilError` for a table without a header or rows, or where quotation marks don't close.
    """
    text = decode(source.content())
    skipped = 0
    delimiter = None
    if told := _SEPARATOR.match(text):
        delimiter, text, skipped = told[2], text[told.end() :], 1
    rows = _rows(text, delimiter or delimiter_of(text))
    line, header = next(rows, (0, []))
    _check(header)
    empty = True
    for line, row in rows:
        if any(value.strip() for value in row):
            empty = False
            yield _entry(header, row, line + skipped)
    if empty:
        raise DalilError("The table holds no articles; write one on each row below the header.")


def delimiter_of(text: str) -> str:
    r"""Return the character that parts the values: all first rows have as many values by it.

    >>> delimiter_of("id;text\n1;a, b, c"), delimiter_of('title,text\n"a;b",c')
    (';', ',')
    >>> delimiter_of("text\nHe came, they say; and went.") == _NONE
    True
    """
    found = (0, 0, _NONE)
    for rank, delimiter in enumerate(_DELIMITERS):
        try:
            rows = [row for _, row in islice(_rows(text, delimiter), _TRIED_ROWS) if row]
        except DalilError:
            continue
        columns = len(rows[0]) if rows else 0
        if columns < 2:
            continue
        alike = sum(len(row) == columns for row in rows)
        # A table with one bad row is still a table; names of fields are no sentence.
        found = max(found, (alike * columns * 1000 // len(rows), -rank, delimiter))
    return found[2]


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line on which it begins."""
    # The module's own limit would refuse an article of 128 KiB.
    csv.field_size_limit(MAX_BYTES)
    table = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in table:
            yield line, row
            line = table.line_num + 1
    except csv.Error as error:
        raise DalilError(
            f"The row that begins on line {line} is not valid CSV ({error}); "
            "close its quotation marks, and double those within a value."
        ) from error


def _check(header: Sequence[str]) -> None:
    names = [name.strip() for name in header]
    if not any(names):
        raise DalilError("The table has no header; name the fields in its first row.")
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise DalilError(
            f'The header names "{min(twice)[:60]}" twice; give each column a name of its own.'
        )


def _entry(header: Sequence[str], row: Sequence[str], line: int) -> Entry:
    extra = [value for value in row[len(header) :] if value.strip()]
    if len(row) < len(header) or extra:
        return Entry(
            None,
            line,
            f"The row has {len(row)} values and the header {len(header)}; "
            "put quotation marks around values that hold the delimiter or a line break.",
        )
    values: dict[str, object] = {}
    for name, value in zip(header, row, strict=False):
        plain = name.strip()
        # Spreadsheets write names as titles; the name as it stands may be mapped all the same.
        if plain.casefold() in FIELDS:
            values.setdefault(plain.casefold(), value)
        values[plain] = value
    return Entry(values, line)
