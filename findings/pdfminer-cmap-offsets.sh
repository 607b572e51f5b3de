#!/usr/bin/env bash
# pdfminer.six 20260107, fonttools 4.68.0: glyphs of many fonts mean other letters by the font's own table.
#
# A composite TrueType font in a PDF need not say what its glyphs mean (ToUnicode); then pdfminer.six asks the
# font's own cmap. In its format 4, a segment whose glyphs are not numbered in a row states how many bytes
# beyond that very statement its glyphs are listed. pdfminer.six counts from the first segment's statement for
# all of them, so each of these segments but the first is read from another place: no error is raised, and
# letters are exchanged for others. fontTools reads the same table as the format tells. Fonts whose segments
# need no such list, as DejaVu's, are read alike; of Debian's Noto Naskh Arabic 978 of 1,042 glyphs
# were other letters, of Noto Sans Arabic 1,135 of 1,161.
#
# Seen:
#   DejaVuSansDisplay.ttf   47 glyphs, 0 of them other letters
#   cmr10.ttf              130 glyphs, 36 of them other letters
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'pdfminer.six==20260107' 'fonttools==4.68.0'
# For two of the fonts that it ships.
"$folder/bin/pip" install --quiet --no-deps 'matplotlib==3.11.2'
PYTHONUTF8=1 "$folder/bin/python" - <<'PYTHON'
import logging
from importlib.metadata import files

from fontTools.ttLib import TTFont
from pdfminer.pdffont import TrueTypeFont

# Both fonts tell a time before 1970 as that of their making.
logging.getLogger("fontTools").setLevel(logging.ERROR)
for name, glyphs, others in (("DejaVuSansDisplay.ttf", 47, 0), ("cmr10.ttf", 130, 36)):
    (path,) = (file.locate() for file in files("matplotlib") if file.name == name)
    with path.open("rb") as file:
        told = TrueTypeFont(name, file).create_unicode_map().cid2unichr
    font, right = TTFont(path), {}
    for code, glyph in font.getBestCmap().items():
        right.setdefault(font.getGlyphID(glyph), set()).add(chr(code))
    wrong = [glyph for glyph, letters in right.items() if told.get(glyph) not in letters]
    print(f"{name:22} {len(right):3} glyphs, {len(wrong)} of them other letters")
    assert (len(right), len(wrong)) == (glyphs, others)
PYTHON
