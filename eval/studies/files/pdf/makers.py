"""Programs that make a PDF of paragraphs: each is a function from paragraphs to the file's bytes.

None of them is a dependency of Dalil; a maker that is not installed is left out.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence, Set
from html import escape
from io import BytesIO
from pathlib import Path

from corpus.text.language import direction

Maker = Callable[[Sequence[str]], bytes]

_FONT = "Noto Naskh Arabic"
_FONT_FILES = ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",)
# A4 in points, and the measures of reportlab's pages.
_WIDTH, _HEIGHT, _MARGIN, _SIZE, _LEADING = 595.0, 842.0, 72.0, 13.0, 22.0
_TIMEOUT_SECONDS = 240

_PAGE = """<!doctype html><html lang="{lang}" dir="{dir}"><meta charset="utf-8"><style>
@page {{ size: A4; margin: 2.5cm; @bottom-center {{ content: counter(page) }} }}
body {{ font: 13pt/1.7 "{font}", "DejaVu Sans"; text-align: justify; margin: 0 }}
p {{ margin: 0 0 .8em }}</style>{paragraphs}</html>"""

_FLAT_ODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:font-face-decls><style:font-face style:name="F" svg:font-family="'{font}'"/>
</office:font-face-decls><office:automatic-styles>
<style:style style:name="P" style:family="paragraph"><style:paragraph-properties
 fo:text-align="justify" style:writing-mode="{mode}" fo:margin-bottom="0.3cm"/>
<style:text-properties style:font-name="F" style:font-name-complex="F" fo:font-size="13pt"
 style:font-size-complex="13pt"/></style:style></office:automatic-styles>
<office:body><office:text>{paragraphs}</office:text></office:body></office:document>"""


def chromium(paragraphs: Sequence[str]) -> bytes:
    """Print a page with Chromium, which writes a page's number below it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page()
        page.set_content(_html(paragraphs))
        data: bytes = page.pdf(
            format="A4",
            display_header_footer=True,
            header_template="<span></span>",
            footer_template='<span style="font-size:9px;margin:auto" class="pageNumber"></span>',
            margin={"top": "2.5cm", "right": "2.5cm", "bottom": "2.5cm", "left": "2.5cm"},
        )
        browser.close()
    return data


def weasyprint(paragraphs: Sequence[str]) -> bytes:
    """Lay the same page out with WeasyPrint."""
    from weasyprint import HTML

    data: bytes = HTML(string=_html(paragraphs)).write_pdf()
    return data


def libreoffice(paragraphs: Sequence[str]) -> bytes:
    """Let LibreOffice's Writer export a document of justified paragraphs."""
    mode = "rl-tb" if direction(" ".join(paragraphs)) == "rtl" else "lr-tb"
    body = "".join(f'<text:p text:style-name="P">{escape(p)}</text:p>' for p in paragraphs)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "a.fodt")
        source.write_text(
            _FLAT_ODT.format(font=_FONT, mode=mode, paragraphs=body), encoding="utf-8"
        )
        command = ["soffice", f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"]
        command += ["--headless", "--convert-to", "pdf", "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT_SECONDS)
        return source.with_suffix(".pdf").read_bytes()


def reportlab(paragraphs: Sequence[str]) -> bytes:
    """Draw shaped lines in the order of the eye, as programs without bidi support do."""
    from arabic_reshaper import ArabicReshaper
    from bidi.algorithm import get_display
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("F", _FONT_FILES[0]))
    # The font has no glyph for the ligature of a whole word.
    plain = {"delete_harakat": False, "support_zwj": True, "ARABIC LIGATURE ALLAH": False}
    shape = ArabicReshaper(plain).reshape
    out = BytesIO()
    canvas = Canvas(out, pagesize=(_WIDTH, _HEIGHT))
    y, page = _HEIGHT - _MARGIN, 1
    canvas.setFont("F", _SIZE)
    for paragraph in paragraphs:
        right = direction(" ".join(paragraphs)) == "rtl"
        base = "R" if right else "L"
        for line in _lines(paragraph, lambda t: pdfmetrics.stringWidth(shape(t), "F", _SIZE)):
            if y < _MARGIN:
                canvas.drawCentredString(_WIDTH / 2, _MARGIN / 2, str(page))
                canvas.showPage()
                canvas.setFont("F", _SIZE)
                y, page = _HEIGHT - _MARGIN, page + 1
            shown = get_display(shape(line), base_dir=base)
            if right:
                canvas.drawRightString(_WIDTH - _MARGIN, y, shown)
            else:
                canvas.drawString(_MARGIN, y, shown)
            y -= _LEADING
        y -= _LEADING / 2
    canvas.drawCentredString(_WIDTH / 2, _MARGIN / 2, str(page))
    canvas.save()
    return out.getvalue()


def lacking(program: str, paragraphs: Sequence[str]) -> frozenset[str]:
    """Return the characters of paragraphs for which a program finds no glyph.

    reportlab draws with one font; the others take what that lacks from another that is installed.
    """
    letters = {c for c in "".join(paragraphs) if not c.isspace()}
    if program != "reportlab":
        return frozenset(letters - _installed(letters))
    from reportlab.pdfbase.ttfonts import TTFontFile

    held = TTFontFile(_FONT_FILES[0]).charToGlyph
    return frozenset(c for c in letters if ord(c) not in held)


def _installed(letters: Set[str]) -> Set[str]:
    """Return those letters for which any installed font has a glyph, by fontconfig's list."""
    listing = shutil.which("fc-list")
    if listing is None:
        return letters
    command = [listing, "--format", "%{charset} "]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    ranges = {tuple(int(end, 16) for end in part.split("-")) for part in shown.split()}
    return {c for c in letters if any(part[0] <= ord(c) <= part[-1] for part in ranges)}


MAKERS: dict[str, Maker] = {
    "Chromium": chromium,
    "WeasyPrint": weasyprint,
    "LibreOffice": libreoffice,
    "reportlab": reportlab,
}


def _lines(paragraph: str, width: Callable[[str], float]) -> Iterator[str]:
    """Yield the lines that fit between the margins; a line is filled before the next begins."""
    line = ""
    for word in paragraph.split(" "):
        longer = f"{line} {word}" if line else word
        if line and width(longer) > _WIDTH - 2 * _MARGIN:
            yield line
            line = word
        else:
            line = longer
    yield line


def _html(paragraphs: Sequence[str]) -> str:
    way = direction(" ".join(paragraphs))
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return _PAGE.format(dir=way, lang="ar" if way == "rtl" else "en", font=_FONT, paragraphs=body)
