"""What the codes of a file's fonts mean: characters and widths, by pdfminer.six."""

from __future__ import annotations

import unicodedata

from pdfminer.pdffont import PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdftypes import PDFObjRef, resolve1

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
        font = Font(self._manager.get_font(number, spec))
        if number is not None:
            self._known[number] = font
        return font


class Font:
    """Codes to characters and widths (in units of the font size)."""

    def __init__(self, font: PDFFont) -> None:
        self.decode = font.decode
        self.spaces_words = not font.is_multibyte()
        self._font = font
        self._stated = getattr(getattr(font, "unicode_map", None), "cid2unichr", None)
        self.meanings: dict[int, tuple[str, float]] = {}

    def meaning(self, code: int) -> tuple[str, float]:
        """Return the characters of a code, `UNKNOWN` for none, and its width."""
        known = self.meanings.get(code)
        if known is None:
            known = self.meanings[code] = (self._text(code), self._font.char_width(code))
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
