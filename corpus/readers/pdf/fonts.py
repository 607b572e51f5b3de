"""What the codes of a file's fonts mean: characters and widths, by pdfminer.six."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable

import regex
from pdfminer.pdffont import PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdftypes import PDFObjRef, PDFStream, resolve1

# Stands for a glyph without a character (a noncharacter, so no text holds it): it keeps its width.
UNKNOWN = "\ufdd0"
# Presentation forms are shapes of letters; U+FDFA and U+FDFB are words of their own, not folded.
_FORMS = (("\ufb50", "\ufdcf"), ("\ufdf0", "\ufdf9"), ("\ufe70", "\ufefc"), ("\ufb00", "\ufb4f"))


class Fonts:
    """The fonts of a file, each with what its codes mean; a font is read once."""

    def __init__(self) -> None:
        self._manager = PDFResourceManager()
        self._known: dict[int, Font] = {}

    def get(self, reference: object) -> Font | None:
        """Return the font a resource names, `None` where there is no such."""
        number = reference.objid if isinstance(reference, PDFObjRef) else None
        if number in self._known:
            return self._known[number]
        spec = resolve1(reference)
        if not isinstance(spec, dict):
            return None
        font = Font(self._manager.get_font(number, spec), resolve1(spec.get("Encoding")))
        if number is not None:
            self._known[number] = font
        return font


class Font:
    """Codes to characters and widths (in units of the font size)."""

    def __init__(self, font: PDFFont, encoding: object = None) -> None:
        self.decode: Callable[[bytes], Iterable[int]] = font.decode
        self._glyph: Callable[[int], int] = int
        if isinstance(encoding, PDFStream) and font.is_multibyte():
            # pdfminer.six knows CMaps by their names only, and reads nothing with one of a file.
            codes = _Codes(encoding.get_data())
            self.decode, self._glyph = codes.decode, codes.glyph
        self.spaces_words = not font.is_multibyte()
        self._font = font
        self._stated = getattr(getattr(font, "unicode_map", None), "cid2unichr", None)
        self.meanings: dict[int, tuple[str, float]] = {}

    def meaning(self, code: int) -> tuple[str, float]:
        """Return the characters of a code, `UNKNOWN` for none, and its width."""
        known = self.meanings.get(code)
        if known is None:
            known = self.meanings[code] = (
                self._text(code),
                self._font.char_width(self._glyph(code)),
            )
        return known

    def _text(self, code: int) -> str:
        # A ToUnicode that leaves a code out says that it is no letter (a kashida of LibreOffice's),
        # where guessing by the encoding gives "@" or "!".
        if self._stated and code not in self._stated:
            return UNKNOWN
        try:
            text = self._font.to_unichr(code)
        except PDFUnicodeNotDefined:
            return UNKNOWN
        return folded(text.replace("\0", UNKNOWN)) or UNKNOWN


class _Codes:
    """A CMap that stands in the file: how long its codes are, and the glyphs that they name."""

    _RANGE = regex.compile(rb"<([0-9A-Fa-f]{1,8})>\s*(?:<([0-9A-Fa-f]{1,8})>\s*)?([0-9]{1,9})\b")
    _SPACE = regex.compile(rb"<([0-9A-Fa-f]{1,8})>\s*<([0-9A-Fa-f]{1,8})>")

    def __init__(self, data: bytes) -> None:
        spaces = _between(data, b"codespacerange")
        self._spaces = [
            (len(a) // 2, int(a, 16), int(b, 16)) for a, b in self._SPACE.findall(spaces)
        ]
        found = self._RANGE.findall(_between(data, b"cidchar") + b" " + _between(data, b"cidrange"))
        self._ranges = sorted((int(a, 16), int(b or a, 16), int(cid)) for a, b, cid in found)
        self._starts = [start for start, _, _ in self._ranges]

    def decode(self, data: bytes) -> list[int]:
        """Return the codes of a string; where none fits, one of two bytes is taken."""
        codes, place = [], 0
        while place < len(data):
            length = self._length(data, place)
            codes.append(int.from_bytes(data[place : place + length], "big"))
            place += length
        return codes

    def _length(self, data: bytes, place: int) -> int:
        for length, first, last in self._spaces:
            code = int.from_bytes(data[place : place + length], "big")
            if length and place + length <= len(data) and first <= code <= last:
                return length
        return 2

    def glyph(self, code: int) -> int:
        """Return the glyph's number, which is that of the code where the CMap names none."""
        place = bisect_right(self._starts, code) - 1
        if place < 0 or code > self._ranges[place][1]:
            return code
        return self._ranges[place][2] + code - self._ranges[place][0]


def _between(data: bytes, name: bytes) -> bytes:
    return b" ".join(part.partition(b"end" + name)[0] for part in data.split(b"begin" + name)[1:])


def folded(text: str) -> str:
    r"""Return text with letters for presentation forms, everything else as it is.

    >>> folded("\ufefb \ufed7\ufeb4\ufeaa"), folded("\ufdfa") == "\ufdfa", folded("\ufb01")
    ('لا قسد', True, 'fi')
    """
    if text < "\ufb00" or text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", c) if any(a <= c <= b for a, b in _FORMS) else c for c in text
    )
