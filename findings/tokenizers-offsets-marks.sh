#!/usr/bin/env bash
# tokenizers 0.23.3: offsets cut the last vowel mark off a word, once accents are stripped.
#
# Offsets point into the text as it was given. A character that the normaliser removes within a word is
# covered by the characters around it, one at the end of a word by nothing. So a span of an answer, taken
# from the offsets of its tokens, ends before its last mark, and the text after it begins with that
# mark. Latin letters show it only where they are decomposed: é as one character keeps its accent. Arabic
# has no such form, and its case endings stand at the end of words. BertNormalizer strips accents by
# default where it lowercases.
#
# Seen:
#   كتابٌ is quoted as كتاب
#   الوَلَدُ is quoted as الوَلَد
#   café is quoted as cafe
#   café is quoted as café
# The first café has five characters, the second four.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'tokenizers==0.23.3'
PYTHONUTF8=1 "$folder/bin/python" - <<'PYTHON'
import unicodedata

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()


def quoted(word):
    ((start, end),) = tokenizer.encode(word).offsets
    print(word, "is quoted as", word[start:end])
    return word[start:end]


for word in ("كتابٌ", "الوَلَدُ", unicodedata.normalize("NFD", "café")):
    assert unicodedata.combining(word[-1])
    assert quoted(word) == word[:-1]
composed = unicodedata.normalize("NFC", "café")
assert quoted(composed) == composed
PYTHON
