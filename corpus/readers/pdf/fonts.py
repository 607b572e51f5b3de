"""What the codes of a file's fonts mean: characters and widths, by pdfminer.six."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from struct import error as StructError  # noqa: N812
from struct import unpack_from
from unicodedata import combining

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
        self._shared = _shared(font, self._stated or {}, self._glyph)
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
        if code in self._shared:
            return self._shared[code]
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


def _shared(
    font: PDFFont, stated: Mapping[int, str], glyph: Callable[[int], int]
) -> dict[int, str]:
    """Return what glyphs mean that a ToUnicode gives no text, and those that have theirs besides.

    WeasyPrint states the text of a letter with its marks for one glyph and none for the other,
    wherever either stands; the font tells which of them is which.
    """
    silent = [code for code, text in stated.items() if not text]
    file = resolve1(font.descriptor.get("FontFile2")) if silent else None
    if not isinstance(file, PDFStream):
        return {}
    both = {code: t for code, t in stated.items() if _marked(t)}
    named = _characters(file.get_data(), {glyph(code): code for code in silent})
    found = {code: c for code, c in named.items() if any(c in text for text in both.values())}
    letters = frozenset(found.values())
    for code, text in both.items():
        rest = "".join(c for c in text if c not in letters)
        if rest and rest != text:
            found[code] = rest
    return found


def _marked(text: str) -> bool:
    """Tell whether a text is a letter with marks."""
    return len(text) > 1 and not combining(text[0]) and all(map(combining, text[1:]))


def _characters(data: bytes, codes: Mapping[int, int]) -> dict[int, str]:
    """Return the characters that a TrueType font names for glyphs, by the codes of the glyphs."""
    try:
        return dict(_named(data, codes))
    except StructError:
        return {}


def _named(data: bytes, codes: Mapping[int, int]) -> Iterator[tuple[int, str]]:
    """Yield codes with their characters by the font's table of segments (cmap, format 4).

    pdfminer.six reads that of a font too, and takes another character for most glyphs.
    """
    records = (
        unpack_from(">4sLLL", data, 12 + 16 * n) for n in range(unpack_from(">H", data, 4)[0])
    )
    start = next((offset for tag, _, offset, _ in records if tag == b"cmap"), None)
    if start is None:
        return
    for n in range(unpack_from(">H", data, start + 2)[0]):
        platform, _, offset = unpack_from(">HHL", data, start + 4 + 8 * n)
        table = start + offset
        if platform not in (0, 3) or unpack_from(">H", data, table)[0] != 4:
            continue
        size, reached = unpack_from(">H", data, table + 6)[0], -1
        for at in range(table + 14, table + 14 + size, 2):
            last, first, delta, beyond = (
                unpack_from(">H", data, at + shift)[0]
                for shift in (0, size + 2, 2 * size + 2, 3 * size + 2)
            )
            # Segments ascend; those of a malformed font are not gone through again and again.
            for character in range(max(first, reached + 1), min(last, 0xFFFE) + 1):
                glyph = character
                if beyond:
                    place = at + 3 * size + 2 + beyond + 2 * (character - first)
                    glyph = unpack_from(">H", data, place)[0]
                glyph = (glyph + delta) & 0xFFFF
                if glyph in codes:
                    yield codes[glyph], folded(chr(character))
            reached = max(reached, last)
        return


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
