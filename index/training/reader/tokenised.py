"""Questions beside the sentence that answers, kept tokenised and in lower case."""

from __future__ import annotations

import gzip
from pathlib import Path

import regex

SENTENCES = "qa/squad-sentences.en.tsv.gz"

# Brackets and quotation marks as the Penn Treebank writes them.
_WRITTEN = {"-lrb-": "(", "-rrb-": ")", "-lsb-": "[", "-rsb-": "]", "``": '"', "''": '"'}
_BEFORE = regex.compile(r" (?=[.,;:?!%)\]]|(?:'(?:s|re|ve|ll|d|m)|n't|') )")
_AFTER = regex.compile(r"(?<=[(\[$£€]) | (?=-- )|(?<=--) ")
_QUOTED = regex.compile(r'" ([^"]*?) "')


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Return question and sentence of each row of a gzipped file with a header, as one writes."""
    rows = gzip.decompress(path.read_bytes()).decode().splitlines()[1:]
    pairs = [row.split("\t") for row in rows]
    return [(written(question), written(sentence)) for question, sentence in pairs]


def written(tokens: str) -> str:
    r"""Return tokenised text as one writes it; names stay in lower case.

    >>> written("the city 's `` old gate '' -lrb- 12 m -rrb- fell , they say .")
    'The city\'s "old gate" (12 m) fell, they say.'
    """
    text = " ".join(_WRITTEN.get(token, token) for token in tokens.split())
    text = _AFTER.sub("", _BEFORE.sub("", f"{text} ")).strip()
    text = _QUOTED.sub(r'"\1"', text)
    return text[:1].upper() + text[1:]
