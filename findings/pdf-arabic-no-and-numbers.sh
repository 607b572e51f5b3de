#!/usr/bin/env bash
# pdfplumber 0.11.10, python-bidi 0.6.12, pypdf 7.1.1: an Arabic PDF loses its "no", or 25 becomes 52.
#
# A PDF places glyphs, and an Arabic line comes out from left to right, so somebody has to turn it. "No",
# لا, is one glyph that stands for two letters, already in reading order; and a number runs from left to
# right in Arabic too. python-bidi turns characters: 25 stays, and لا becomes ال, "the", so "no agreement"
# is quoted as "the agreement". pdfplumber's own char_dir turns glyphs: لا stays, and 25 becomes 52. Both
# are clean sentences, which a search finds and a citation calls verbatim. pypdf keeps "no" and 25, and
# puts the end of the sentence at its beginning.
#
# Seen:
#   written         لا اتفاق على 25 مقعدا
#   python-bidi     ال اتفاق على 25 مقعدا
#   char_dir="rtl"  لا اتفاق على 52 مقعدا
#   pypdf           مقعدا25 لا اتفاق على
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'pdfplumber==0.11.10' 'python-bidi==0.6.12' 'pypdf==7.1.1' \
    'fpdf2==2.8.9' 'uharfbuzz==0.57.0'
# For the font DejaVu Sans that it ships.
"$folder/bin/pip" install --quiet --no-deps 'matplotlib==3.11.2'
PYTHONUTF8=1 "$folder/bin/python" - <<'PYTHON'
import io
from importlib.metadata import files

import pdfplumber
import pypdf
from bidi import get_display
from fpdf import FPDF

WRITTEN = "لا اتفاق على 25 مقعدا"
(font,) = (file for file in files("matplotlib") if file.name == "DejaVuSans.ttf")
made = FPDF()
made.add_page()
made.add_font("DejaVu", fname=font.locate())
made.set_font("DejaVu", size=20)
made.set_text_shaping(True)
made.cell(text=WRITTEN)
file = io.BytesIO(made.output())
with pdfplumber.open(file) as document:
    (page,) = document.pages
    turned = get_display(page.extract_text())
    directed = " ".join(word["text"] for word in page.extract_words(char_dir="rtl"))
by_pypdf = pypdf.PdfReader(file).pages[0].extract_text().strip()
found = {"written": WRITTEN, "python-bidi": turned, 'char_dir="rtl"': directed, "pypdf": by_pypdf}
for name, text in found.items():
    print(f"{name:14}  {text}")
assert turned == WRITTEN.replace("لا", "ال")
assert directed == WRITTEN.replace("25", "52")
assert by_pypdf == "مقعدا25 لا اتفاق على"
PYTHON
