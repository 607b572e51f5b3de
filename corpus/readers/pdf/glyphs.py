"""The glyphs of a page with their places and characters: pdfminer.six's fonts, our interpreter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any

from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral
from pdfminer.utils import Matrix, decode_text, mult_matrix

from corpus.readers.pdf.content import Operand, operators
from corpus.readers.pdf.fonts import Font, Fonts

_DEEPEST_FORM = 12
_ASLANT = 4
# By the quarter turns of a text, what turns it back; text at any other angle is no page's own.
_UPRIGHT: dict[int, Matrix] = {
    1: (0, -1, 1, 0, 0, 0),
    2: (-1, 0, 0, -1, 0, 0),
    3: (0, 1, -1, 0, 0, 0),
    _ASLANT: (1, 0, 0, 1, 0, 0),
}
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class Glyph:
    """A drawn character, or several that one glyph or one ActualText stands for.

    `x0` and `x1` are its sides and `y` its baseline without any rise, in points from the page's
    lower left corner; `order` counts the glyphs of the page as they are drawn.
    """

    x0: float
    x1: float
    y: float
    size: float
    text: str
    order: int
    rise: float = 0.0


@dataclass(slots=True)
class Drawn:
    """What a page shows: its glyphs that stand upright, and whether it has pictures."""

    glyphs: list[Glyph]
    pictures: bool


def drawn(page: PDFPage, fonts: Fonts) -> Drawn:
    """Return what a page draws; text that stands at another angle than most is left out."""
    reader = _Interpreter(fonts)
    x0, y0, x1, y1 = page.mediabox
    turns: dict[int, Matrix] = {
        90: (0, -1, 1, 0, -y0, x1),
        180: (-1, 0, 0, -1, x1, y1),
        270: (0, 1, -1, 0, y1, -x0),
    }
    reader.matrix = turns.get(page.rotate, (1, 0, 0, 1, -x0, -y0))
    reader.run(_joined(page.contents), resolve1(page.resources) or {})
    reader.angles.pop(_ASLANT, None)
    upright = max(reader.angles.values(), key=len, default=[])
    return Drawn(upright, reader.pictures)


def _joined(streams: Iterable[object]) -> bytes:
    found = (resolve1(stream) for stream in streams)
    return b"\n".join(s.get_data() for s in found if isinstance(s, PDFStream))


class _Interpreter:
    """Runs the operators that place text; the graphics in between are passed over."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self.matrix = _IDENTITY
        self.angles: dict[int, list[Glyph]] = {}
        self.pictures = False
        self._font: Font | None = None
        self._size = self._rise = self._char_space = self._word_space = self._leading = 0.0
        self._stretch = 1.0
        self._text_matrix = self._line_matrix = _IDENTITY
        self._saved: list[tuple[Any, ...]] = []
        self._count = 0
        self._depth = 0
        # Marked content: whether each open one carries the ActualText that holds now.
        self._marked: list[bool] = []
        self._actual: str | None = None
        self._holder: Glyph | None = None

    def run(self, data: bytes, resources: Mapping[str, Any]) -> None:
        """Run a content stream with its resources."""
        resources = {name: resolve1(value) for name, value in resources.items()}
        for operator, operands in operators(data):
            if operator in _SHOWING:
                self._show_operator(operator, operands)
            elif operator in _TAKES:
                take, count = _TAKES[operator]
                if len(operands) >= count:
                    take(self, *operands[len(operands) - count :])
            elif operator in _WITH_RESOURCES:
                _WITH_RESOURCES[operator](self, operands, resources)
            elif operator == b"EI":
                self.pictures = True

    def _save(self) -> None:
        self._saved.append(
            (self.matrix, self._font, self._size, self._rise, self._char_space,
             self._word_space, self._leading, self._stretch)
        )  # fmt: skip

    def _restore(self) -> None:
        if self._saved:
            (self.matrix, self._font, self._size, self._rise, self._char_space,
             self._word_space, self._leading, self._stretch) = self._saved.pop()  # fmt: skip

    def _concatenate(self, *matrix: float) -> None:
        self.matrix = mult_matrix(matrix, self.matrix)  # type: ignore[arg-type]

    def _begin_text(self) -> None:
        self._text_matrix = self._line_matrix = _IDENTITY

    def _set_matrix(self, *matrix: float) -> None:
        self._text_matrix = self._line_matrix = matrix  # type: ignore[assignment]

    def _move(self, x: float, y: float) -> None:
        a, b, c, d, e, f = self._line_matrix
        moved = (a, b, c, d, a * x + c * y + e, b * x + d * y + f)
        self._text_matrix = self._line_matrix = moved

    def _move_leading(self, x: float, y: float) -> None:
        self._leading = -y
        self._move(x, y)

    def _next_line(self) -> None:
        self._move(0, -self._leading)

    def _set_char_space(self, space: float) -> None:
        self._char_space = space

    def _set_word_space(self, space: float) -> None:
        self._word_space = space

    def _set_stretch(self, percent: float) -> None:
        self._stretch = percent / 100

    def _set_leading(self, leading: float) -> None:
        self._leading = leading

    def _set_rise(self, rise: float) -> None:
        self._rise = rise

    def _set_font(self, operands: Sequence[Operand], resources: Mapping[str, Any]) -> None:
        if len(operands) < 2 or not isinstance(operands[-2], str):
            return
        named = (resources.get("Font") or {}).get(operands[-2][1:])
        self._font = self.fonts.get(named)
        self._size = float(operands[-1]) if isinstance(operands[-1], float) else 0.0

    def _begin_marked(self, operands: Sequence[Operand], resources: Mapping[str, Any]) -> None:
        properties: Any = operands[-1] if operands else None
        if isinstance(properties, str):
            named = (resources.get("Properties") or {}).get(properties[1:])
            found = resolve1(named)
            stated = resolve1(found.get("ActualText")) if isinstance(found, dict) else None
        else:
            stated = properties.get("/ActualText") if isinstance(properties, dict) else None
        # The outermost stands for all that is in it.
        owns = False
        if isinstance(stated, bytes) and self._actual is None:
            owns = True
            self._actual, self._holder = decode_text(stated).replace("\n", " "), None
        self._marked.append(owns)

    def _begin_unmarked(self) -> None:
        self._marked.append(False)

    def _end_marked(self) -> None:
        if self._marked and self._marked.pop():
            self._actual = self._holder = None

    def _do(self, operands: Sequence[Operand], resources: Mapping[str, Any]) -> None:
        name = operands[-1] if operands else None
        if not isinstance(name, str):
            return
        form = resolve1((resources.get("XObject") or {}).get(name[1:]))
        if not isinstance(form, PDFStream):
            return
        subtype = resolve1(form.get("Subtype"))
        kind = subtype.name if isinstance(subtype, PSLiteral) else None
        if kind == "Image":
            self.pictures = True
        elif kind == "Form" and self._depth < _DEEPEST_FORM:
            self._depth += 1
            self._save()
            matrix = resolve1(form.get("Matrix")) or _IDENTITY
            self._concatenate(*(float(resolve1(value)) for value in matrix))
            self.run(form.get_data(), resolve1(form.get("Resources")) or resources)
            self._restore()
            self._depth -= 1

    def _show_operator(self, operator: bytes, operands: Sequence[Operand]) -> None:
        if operator != b"TJ" and operator != b"Tj":
            self._next_line()
        if operator == b'"' and len(operands) >= 3:
            word, char = operands[-3], operands[-2]
            self._word_space = word if isinstance(word, float) else 0.0
            self._char_space = char if isinstance(char, float) else 0.0
        shown = operands[-1] if operands else None
        self._show(shown if isinstance(shown, list) else [shown])

    def _show(self, pieces: Iterable[Operand]) -> None:
        font = self._font
        if font is None:
            return
        a, b, c, d, e, f = mult_matrix(self._text_matrix, self.matrix)
        stretch, size = self._stretch, self._size
        scale = abs(size) * hypot(c, d)
        angle = _angle(a * size, b * size)
        glyphs = self.angles.setdefault(angle, [])
        if angle:
            a, b, c, d, e, f = mult_matrix((a, b, c, d, e, f), _UPRIGHT[angle])
        offset = 0.0
        for piece in pieces:
            if isinstance(piece, float):
                offset -= piece * 0.001 * size * stretch
            elif isinstance(piece, bytes):
                for code in font.decode(piece):
                    text, width = font.meanings.get(code) or font.meaning(code)
                    advance = width * size * stretch
                    x = e + a * offset
                    self._add(glyphs, x, x + a * advance, f + b * offset, scale, text)
                    offset += advance + self._char_space * stretch
                    if code == 32 and font.spaces_words:
                        offset += self._word_space * stretch
        moved = self._text_matrix
        self._text_matrix = (
            *moved[:4], moved[0] * offset + moved[4], moved[1] * offset + moved[5]
        )  # fmt: skip

    def _add(
        self, glyphs: list[Glyph], x0: float, x1: float, y: float, size: float, text: str
    ) -> None:
        if x1 < x0:
            x0, x1 = x1, x0
        holder = self._holder
        if holder is not None:
            if x1 - x0 > holder.x1 - holder.x0:
                # The widest is the letter, whose baseline counts; the others are its dots.
                holder.y = y
            holder.x0, holder.x1 = min(holder.x0, x0), max(holder.x1, x1)
            return
        if self._actual is not None:
            text = self._actual
        glyph = Glyph(x0, x1, y, size, text, self._count, self._rise)
        self._count += 1
        if self._actual is not None:
            self._holder = glyph
        glyphs.append(glyph)


def _angle(a: float, b: float) -> int:
    """Return how many quarter turns to the left a direction is from that of usual text."""
    if abs(b) <= 0.05 * abs(a):
        return 0 if a >= 0 else 2
    return (1 if b > 0 else 3) if abs(a) <= 0.05 * abs(b) else _ASLANT


_SHOWING = frozenset({b"Tj", b"TJ", b"'", b'"'})
_TAKES: dict[bytes, tuple[Any, int]] = {
    b"q": (_Interpreter._save, 0),
    b"Q": (_Interpreter._restore, 0),
    b"cm": (_Interpreter._concatenate, 6),
    b"BT": (_Interpreter._begin_text, 0),
    b"Tm": (_Interpreter._set_matrix, 6),
    b"Td": (_Interpreter._move, 2),
    b"TD": (_Interpreter._move_leading, 2),
    b"T*": (_Interpreter._next_line, 0),
    b"Tc": (_Interpreter._set_char_space, 1),
    b"Tw": (_Interpreter._set_word_space, 1),
    b"Tz": (_Interpreter._set_stretch, 1),
    b"TL": (_Interpreter._set_leading, 1),
    b"Ts": (_Interpreter._set_rise, 1),
    b"BMC": (_Interpreter._begin_unmarked, 0),
    b"EMC": (_Interpreter._end_marked, 0),
}
_WITH_RESOURCES: dict[bytes, Any] = {
    b"Tf": _Interpreter._set_font,
    b"BDC": _Interpreter._begin_marked,
    b"Do": _Interpreter._do,
}
