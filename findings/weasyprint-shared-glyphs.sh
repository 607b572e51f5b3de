#!/usr/bin/env bash
# weasyprint 70.0: once a letter was drawn with a mark, its glyph has no text wherever else it stands in the file.
#
# A PDF says once a font what text each glyph means (ToUnicode). Where a letter and its mark are two glyphs, the
# text of both is one ("أُ"); WeasyPrint states it for the glyph of the mark and nothing for that of the letter, and
# what is stated first of a glyph stays. A line is drawn from the left, so if its last أ has a mark, all
# others have no text for who copies, searches or reads the file: "أعلن" is "علن". If an أ without a mark is
# drawn first, all is read, and so is ق with the same mark. The page looks right in all cases. Needs
# Pango, as WeasyPrint does.
#
# Seen:
#   أعلن أُعلن   1 of 2 words read
#   أُعلن أعلن   2 of 2 words read
#   قتل قُتل   2 of 2 words read
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'weasyprint==70.0' 'pypdfium2==5.15.2'
# For the font DejaVu Sans that it ships.
"$folder/bin/pip" install --quiet --no-deps 'matplotlib==3.11.2'
PYTHONUTF8=1 "$folder/bin/python" - <<'PYTHON'
from importlib.metadata import files

import pypdfium2
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

(path,) = (file.locate() for file in files("matplotlib") if file.name == "DejaVuSans.ttf")
fonts = FontConfiguration()
face = f"@font-face {{ font-family: Own; src: url({path.as_uri()}) }} p {{ font-family: Own }}"
style = CSS(string=face, font_config=fonts)
for text, word, expected in (("أعلن أُعلن", "أعلن", 1), ("أُعلن أعلن", "أعلن", 2), ("قتل قُتل", "قتل", 2)):
    page = f'<html lang="ar" dir="rtl"><p>{text}</p>'
    data = HTML(string=page).write_pdf(stylesheets=[style], font_config=fonts)
    read = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range().replace("\u064f", "")
    print(f"{text}   {read.count(word)} of 2 words read")
    assert read.count(word) == expected
PYTHON
