"""The pieces that the shipped reader keeps: those that served languages are written in."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer

from corpus.errors import DalilError

# Codes of the served languages in the columns of pairs and the names of frequency lists.
_SERVED = frozenset([
    "en", "eng", "ar", "ara", "de", "deu", "es", "spa", "fr", "fra", "tr", "tur", "ru", "rus",
    "fa", "fas", "pes", "ckb", "kmr", "kur", "kur_Latn",
])  # fmt: skip
_FOLDERS = ("pairs", "text")
# Letters of scripts whose every letter would be a piece; no served language is written in them.
_MANY = ("CJK", "HANGUL", "YI ", "ETHIOPIC", "CUNEIFORM", "EGYPTIAN")
_AT_ONCE = 2_000


def kept_pieces(tokenizer: Tokenizer, data: Path) -> list[int]:
    """Return, in order, the special pieces, those of the texts in `data`, and single letters.

    `data` has the folders `pairs` and `text` of SOURCES.md.  Raises `DalilError` if it has none.
    """
    texts = list(_texts(data))
    if not texts:
        raise DalilError(f"{data} has no file in pairs/ or text/; name the folder of the data.")
    kept = set(range(_first_ordinary(tokenizer)))
    for first in range(0, len(texts), _AT_ONCE):
        part = texts[first : first + _AT_ONCE]
        for pieces in tokenizer.encode_batch(part, add_special_tokens=False):
            kept.update(pieces.ids)
    kept.update(
        number
        for piece, number in tokenizer.get_vocab().items()
        if len(piece.strip("▁")) <= 1 and not _is_of_many(piece[-1:])
    )
    return sorted(kept)


def without_others(tokenizer: Tokenizer, kept: list[int]) -> Tokenizer:
    """Return the tokeniser with the pieces of `kept` alone, numbered in this order."""
    state = json.loads(tokenizer.to_str())
    vocabulary = state["model"]["vocab"]
    numbers = {old: new for new, old in enumerate(kept)}
    state["model"]["vocab"] = [vocabulary[number] for number in kept]
    state["model"]["unk_id"] = numbers[state["model"]["unk_id"]]
    for added in state["added_tokens"]:
        added["id"] = numbers[added["id"]]
    for special in state["post_processor"]["special_tokens"].values():
        special["ids"] = [numbers[number] for number in special["ids"]]
    state["padding"] = state["truncation"] = None
    return Tokenizer.from_str(json.dumps(state, ensure_ascii=False))


def _texts(data: Path) -> Iterator[str]:
    for folder in _FOLDERS:
        for path in sorted((data / folder).glob("*.gz")):
            lines = gzip.decompress(path.read_bytes()).decode().splitlines()
            if path.suffixes[-2] == ".txt":
                if path.name.split(".")[1] in _SERVED:
                    yield from (line.split()[0] for line in lines if line.strip())
                continue
            head, *rows = [line.split("\t") for line in lines]
            columns = [place for place, name in enumerate(head) if name in _SERVED]
            yield from (row[at] for row in rows for at in columns if at < len(row) and row[at])


def _first_ordinary(tokenizer: Tokenizer) -> int:
    """Return how many pieces are special; they come first."""
    return max(tokenizer.get_added_tokens_decoder()) + 1


def _is_of_many(letter: str) -> bool:
    return unicodedata.name(letter or " ", "").startswith(_MANY)
