"""What every side is given: passages under their titles, and their vectors.

Made from the articles alone, so that the sides can be compared even where Dalil fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from corpus.load import load_articles
from corpus.split import split
from eval.bench.files import ARTICLES, PASSAGES, VECTORS, Figures
from index import load_encoder

_TEXTS_AT_ONCE = 1_000


def hand_over(folder: Path) -> Figures:
    """Write the passages as JSONL, and the vectors of their texts, float32 (n, dimension).

    Titles stand in a line of their own before the text, since Dalil reads the two together; the
    vectors are of the text alone.  Neither passages nor vectors are ever held whole.
    """
    count = _write(folder)
    encoder = load_encoder("bundled")
    shape = count, encoder.dimension
    rows = np.lib.format.open_memmap(folder / VECTORS, "w+", np.float32, shape)
    done, waiting = 0, _texts(folder)
    while texts := list(islice(waiting, _TEXTS_AT_ONCE)):
        rows[done : done + len(texts)] = encoder.encode_passages(texts)
        done += len(texts)
    rows.flush()
    return {"passages": count}


def _write(folder: Path) -> int:
    count = 0
    with (folder / PASSAGES).open("w", encoding="utf-8") as file:
        for loaded in load_articles(folder / ARTICLES):
            if (article := loaded.article) is None:
                continue
            title = " ".join((article.title or "").split())
            for passage in split(article):
                text = f"{title}\n{passage.text}"
                fields = {"article": article.id, "start": passage.start, "text": text}
                file.write(json.dumps(fields, ensure_ascii=False) + "\n")
                count += 1
    return count


def _texts(folder: Path) -> Iterator[str]:
    with (folder / PASSAGES).open(encoding="utf-8") as file:
        for line in file:
            yield str(json.loads(line)["text"]).partition("\n")[2]
