"""PDFs written by hand: text at places, in a Latin font and in one whose codes we choose."""

from collections.abc import Iterable, Mapping

WIDTH, HEIGHT = 600, 800


def file_of(
    *contents: bytes | str,
    hides: str = "",
    images: Iterable[int] = (),
    title: str = "",
    producer: str = "",
    encoding: str = "",
    states: Mapping[str, str] | None = None,
    font: bytes = b"",
) -> bytes:
    """Return a PDF with a page for each content stream.

    /F is Helvetica. /A has the code points of the Basic Multilingual Plane as codes, half its size
    wide (marks have no width), and a ToUnicode without those in `hides`, with the texts of `states`
    for some; `encoding` is a CMap of its own, `font` its file, `producer` the program. Pages
    numbered in `images` (from 1) show a picture.
    """
    letters = sorted({c for content in contents for c in _codes(content)})
    known = [c for c in letters if c not in hides]
    meant = {c: _hex((states or {}).get(c, c)) for c in known}
    to_unicode = "".join(f"<{ord(c):04X}> <{text}>\n" for c, text in meant.items())
    cmap = f"begincmap\n{len(known)} beginbfchar\n{to_unicode}endbfchar\nendcmap"
    widths = " ".join(f"{ord(c)} [0]" for c in letters if "\u064b" <= c <= "\u0652")
    objects = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        3: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        4: "<</Type/Font/Subtype/Type0/BaseFont/A/DescendantFonts[5 0 R]/ToUnicode 6 0 R"
        f"/Encoding{' 9 0 R' if encoding else '/Identity-H'}>>",
        5: "<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)"
        f"/Ordering(Identity)/Supplement 0>>/DW 500/W[{widths}]/FontDescriptor 10 0 R>>",
        6: _stream(cmap.encode()),
        7: _stream(b"\xff", "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8"),
        8: f"<<{f'/Title({title})' * bool(title)}{f'/Producer({producer})' * bool(producer)}>>",
        10: f"<</Type/FontDescriptor/FontName/A{'/FontFile2 11 0 R' * bool(font)}>>",
        11: _stream(font, f"/Length1 {len(font)}"),
        9: _stream(encoding.encode(), "/Type/CMap/CMapName/Own"),
    }
    kids = []
    for number, content in enumerate(contents, 1):
        data = content if isinstance(content, bytes) else content.encode("latin-1")
        if number in images:
            data += b"\nq 9 0 0 9 0 0 cm /I Do Q"
        place = 10 + 2 * number
        kids.append(f"{place} 0 R")
        objects[place] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Contents {place + 1} 0 R"
            "/Resources<</Font<</F 3 0 R/A 4 0 R>>/XObject<</I 7 0 R>>>>>>"
        )
        objects[place + 1] = _stream(data)
    objects[2] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    return _written(objects)


def latin(x: float, y: float, text: str, size: float = 12) -> str:
    """Return the operators that show Latin text at a place."""
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /F {size} Tf {x} {y} Td ({escaped}) Tj ET\n"


def drawn(right: float, y: float, visual: str, size: float = 12) -> str:
    """Return the operators that show characters from left to right, ending at `right`."""
    width = sum(0 if "\u064b" <= c <= "\u0652" else size / 2 for c in visual)
    return f"BT /A {size} Tf {right - width} {y} Td <{_hex(visual)}> Tj ET\n"


def actual(content: str, text: str) -> str:
    """Return content that stands for `text`."""
    stated = (b"\xfe\xff" + text.encode("utf-16-be")).hex()
    return f"/Span <</ActualText <{stated}>>> BDC\n{content}EMC\n"


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()


def _codes(content: bytes | str) -> set[str]:
    text = content.decode("latin-1") if isinstance(content, bytes) else content
    found = set()
    for piece in text.split("Td <")[1:]:
        found |= set(bytes.fromhex(piece.split(">")[0]).decode("utf-16-be"))
    return found


def _stream(data: bytes, fields: str = "") -> bytes:
    return f"<<{fields}/Length {len(data)}>>\nstream\n".encode() + data + b"\nendstream"


def _written(objects: dict[int, str | bytes]) -> bytes:
    out, places = b"%PDF-1.7\n", {}
    for number, value in sorted(objects.items()):
        places[number] = len(out)
        body = value if isinstance(value, bytes) else value.encode("latin-1")
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (n, at) for n, at in places.items())
    start = len(out)
    size = max(places) + 1
    trailer = b"trailer <</Size %d/Root 1 0 R/Info 8 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, start)
    return out + b"xref\n" + table + trailer
