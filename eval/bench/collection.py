"""The articles that both sides search, as one JSONL file that `dalil add` would read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from corpus.errors import DalilError
from eval.bench import generated

# Measured on newspaper articles, whose page furniture counts here and not in passages.
WORDS_A_PASSAGE = 62


def write(target: Path, news: Path | None, passages: int) -> str:
    """Write articles of about `passages` passages to `target`, and return what they are.

    They come from the archives in the folder `news`, or are generated if it is `None`.  Raises
    `DalilError` for a folder without archives.
    """
    found = generated.articles() if news is None else from_archives(news)
    with target.open("w", encoding="utf-8") as file:
        for article in limited(found, passages * WORDS_A_PASSAGE):
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
    return "generated articles" if news is None else "newspaper articles"


def titles(source: Path) -> list[str]:
    """Return the titles in a file that `write` wrote, those that come again once."""
    with source.open(encoding="utf-8") as file:
        found = (" ".join(str(json.loads(line)["title"] or "").split()) for line in file)
        return list(dict.fromkeys(found))


def from_archives(folder: Path) -> Iterator[dict[str, str | None]]:
    """Yield the articles of zip files that hold JSON arrays, as the fields of JSONL lines.

    The arrays' keys are `content`, `title`, `source`, `url` and `date_extracted`.  Articles
    without content are left out.  Raises `DalilError` for other files.
    """
    archives = sorted(folder.glob("*.zip"))
    if not archives:
        raise DalilError(f"There are no zip files in {folder}. Name another folder with --news.")
    for archive in archives:
        try:
            yield from _articles(archive)
        except (BadZipFile, ValueError, KeyError, TypeError) as error:
            raise DalilError(
                f"The archive {archive} holds no JSON array of articles ({error}). "
                "Take it out of the folder, or name another with --news."
            ) from error


def _articles(archive: Path) -> Iterator[dict[str, str | None]]:
    with ZipFile(archive) as file:
        for name in sorted(file.namelist()):
            for number, found in enumerate(json.loads(file.read(name))):
                if (found["content"] or "").strip():
                    yield {
                        # The same address comes again with other words, so it identifies nothing.
                        "id": f"{name}:{number}",
                        "text": found["content"],
                        "title": found["title"],
                        "outlet": found["source"],
                        "url": found["url"],
                        "published": (found["date_extracted"] or "")[:10],
                    }


def limited(
    articles: Iterable[dict[str, str] | dict[str, str | None]], words: int
) -> Iterator[dict[str, str] | dict[str, str | None]]:
    """Yield articles until they hold `words` words."""
    for article in articles:
        if words <= 0:
            return
        yield article
        words -= len(str(article["text"]).split())
