"""How well PDFs are read that Chromium, WeasyPrint, LibreOffice and reportlab make anew.

`python -m eval.studies.files.pdf [FILE_OR_FOLDER ...]` makes a PDF of the paragraphs of articles
with each program that is installed (`pip install playwright weasyprint reportlab arabic-reshaper
python-bidi`, `apt install chromium libreoffice-writer fonts-noto-core fonts-dejavu-core`), reads
it, and prints a table: paragraphs that came back exactly, those for which the file lacks a letter,
and pages a second of one core. Without names it takes the right-to-left articles of the demo
collection and paragraphs that mix numbers, brackets and Latin words with Arabic, Sorani and
Persian.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time

from corpus.load import load_articles
from corpus.readers.pdf.document import read_text
from eval.running.evaluate import DEMO
from eval.studies.files.pdf.makers import MAKERS, lacking
from eval.studies.files.pdf.recovered import Recovered, compare

_MIXED = Path(__file__).with_name("mixed.txt")
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "ur", "he"})
_ROUNDS = 3


def main(names: Sequence[str]) -> None:
    """Make, read, compare and print."""
    sets = {name: _paragraphs([name]) for name in names} or {
        "demo": _paragraphs([str(DEMO)]),
        "mixed": _MIXED.read_text(encoding="utf-8").splitlines(),
    }
    _say("| program | texts | paragraphs | exact | letters not in the file | share | pages/s |")
    _say("|---|---|---|---|---|---|---|")
    for program, make in MAKERS.items():
        for name, wanted in sets.items():
            try:
                data = make(wanted)
            except (ImportError, OSError) as error:
                sys.stderr.write(f"{program} is left out: {error}\n")
                break
            counts, speed = _read(wanted, data, lacking(program, wanted))
            _say(
                f"| {program} | {name} | {counts.total} | {counts.exact} | {counts.unheld} "
                f"| {counts.share:.1%} | {speed:.0f} |"
            )
            for paragraph in counts.broken:
                sys.stderr.write(f"{program}: {paragraph}\n")


def _read(wanted: Sequence[str], data: bytes, lacks: frozenset[str]) -> tuple[Recovered, float]:
    """Return the counts, and the pages a second of the fastest of a few rounds."""
    seconds = []
    for _ in range(_ROUNDS):
        began = process_time()
        found = read_text(data)
        seconds.append(process_time() - began)
    pages = max((page for _, page in found.pages), default=0)
    joiners = "\u200c" in found.text
    counts = compare(wanted, found.text, joiners=joiners, lacking=lacks)
    return counts, pages / min(seconds)


def _paragraphs(names: Sequence[str]) -> list[str]:
    return list(_lines(names))


def _lines(names: Sequence[str]) -> Iterator[str]:
    for loaded in load_articles(*names):
        article = loaded.article
        if article is None or article.language not in _RIGHT_TO_LEFT:
            continue
        for line in (article.title or "", *article.text.split("\n")):
            if line.strip() and not (line == article.title and article.text.startswith(line)):
                yield " ".join(line.split())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
