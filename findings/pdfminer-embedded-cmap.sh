#!/usr/bin/env bash
# pdfminer.six 20260107: text in a font whose encoding stands in the file is not there at all.
#
# A composite font's Encoding is the name of a CMap (Identity-H) or a CMap of the file's own, and WeasyPrint
# writes one at times. Where it is the file's own, pdfminer.six looks its name up among the CMaps that it
# ships, finds none, and goes on with an empty one: no code is a character, no error is raised, and the
# page has no text, or only that of its other fonts. PDFium reads the same file.
#
# Seen:
#   by name           pdfminer.six 'Bridge'  PDFium 'Bridge'
#   of the file's own pdfminer.six ''        PDFium 'Bridge'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'pdfminer.six==20260107' 'pypdfium2==5.15.2' 'pypdf==7.1.1' 'fpdf2==2.8.9'
# For the font DejaVu Sans that it ships.
"$folder/bin/pip" install --quiet --no-deps 'matplotlib==3.11.2'
PYTHONUTF8=1 "$folder/bin/python" - <<'PYTHON'
import io
import logging
from importlib.metadata import files

import pypdf
import pypdfium2
from fpdf import FPDF
from pdfminer.high_level import extract_text
from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

logging.getLogger("pdfminer").setLevel(logging.ERROR)
CMAP = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo 3 dict dup begin
/Registry (Adobe) def /Ordering (Identity) def /Supplement 0 def end def
/CMapName /Own def
/CMapType 1 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
1 begincidrange
<0000> <ffff> 0
endcidrange
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""
(font,) = (file for file in files("matplotlib") if file.name == "DejaVuSans.ttf")
made = FPDF()
made.add_page()
made.add_font("DejaVu", fname=font.locate())
made.set_font("DejaVu", size=20)
made.cell(text="Bridge")
by_name = bytes(made.output())
writer = pypdf.PdfWriter(clone_from=io.BytesIO(by_name))
stream = StreamObject()
stream.set_data(CMAP)
system = {"Registry": TextStringObject("Adobe"), "Ordering": TextStringObject("Identity")}
stream.update({
    NameObject("/Type"): NameObject("/CMap"),
    NameObject("/CMapName"): NameObject("/Own"),
    NameObject("/CIDSystemInfo"): DictionaryObject({
        **{NameObject(f"/{name}"): value for name, value in system.items()},
        NameObject("/Supplement"): NumberObject(0),
    }),
})
reference = writer._add_object(stream)
for used in writer.pages[0]["/Resources"]["/Font"].values():
    assert used.get_object()["/Encoding"] == "/Identity-H"
    used.get_object()[NameObject("/Encoding")] = reference
out = io.BytesIO()
writer.write(out)
for name, data, expected in (("by name", by_name, "Bridge"), ("of the file's own", out.getvalue(), "")):
    by_pdfminer = extract_text(io.BytesIO(data)).strip()
    by_pdfium = pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range().strip()
    print(f"{name:17} pdfminer.six {by_pdfminer!r:8}  PDFium {by_pdfium!r}")
    assert (by_pdfminer, by_pdfium) == (expected, "Bridge")
PYTHON
