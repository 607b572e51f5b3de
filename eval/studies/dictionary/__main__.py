"""Make `rag/gloss/bundled`, in a minute: `python -m eval.studies.dictionary --data DIR`."""

from __future__ import annotations

import argparse
import gzip
import sys
from collections.abc import Mapping
from pathlib import Path

from corpus.errors import DalilError
from eval.studies.dictionary.entries import Meanings, cased, learnt, listed, named
from eval.studies.dictionary.sources import read_sources
from index.training.data import read_word_lists
from rag.gloss.dictionary import BUNDLED, DICTIONARY, LEARNT, NAMES


def main() -> None:
    """Write the files of the dictionary, and say how large they are."""
    parser = argparse.ArgumentParser(prog="python -m eval.studies.dictionary", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="The data folder.")
    parser.add_argument("--out", type=Path, default=BUNDLED, help="The folder to write to.")
    given = parser.parse_args()
    try:
        build(given.data, given.out)
    except DalilError as error:
        sys.exit(str(error))


def build(data: Path, out: Path) -> None:
    """Write the dictionary that the sources below `data` make into the folder `out`."""
    sources = read_sources(data)
    lists = [each for each in read_word_lists(data) if each.language == "en"]
    frequency = dict(lists[0].counts) if lists else {}
    out.mkdir(parents=True, exist_ok=True)
    written = cased(sources.sentences, sources.names)
    meanings, counts = learnt(sources.sentences, written)
    _write(out / LEARNT, meanings, counts)
    _write(out / DICTIONARY, listed(sources.entries, frequency, written), {})
    _write(out / NAMES, named(sources.names), {})


def _write(path: Path, entries: Mapping[str, Meanings], counts: Mapping[str, float]) -> None:
    """Write a line for each key: the key, how often it was linked, meanings with weights."""
    lines = [
        "\t".join(
            (key, f"{counts.get(key, 0):.0f}", *(f"{m}:{w:.2g}" for m, w in entries[key].items()))
        )
        for key in sorted(entries)
    ]
    packed = gzip.compress("\n".join(lines).encode("utf-8"), mtime=0)
    path.write_bytes(packed)
    sys.stdout.write(f"{path.name}: {len(lines):,} entries, {len(packed):,} bytes\n")


if __name__ == "__main__":
    main()
