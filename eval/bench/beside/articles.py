"""Collections of any size: newspaper articles, then articles recombined of their sentences.

One article is in memory at a time, and a pool of sentences.  Recombined articles have no subject
and bring no new words, so what is asked for stands in real ones alone (`known`).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path
from zlib import crc32

import regex

from corpus.errors import DalilError
from eval.bench import generated
from eval.bench.collection import WORDS_A_PASSAGE, from_archives, limited

_PREFIX = "recombined-"
_SENTENCE = regex.compile(r"[^.!؟?\n]+[.!؟?]?")
# Sentences to draw from: some 40 MB.
_POOL = 100_000
_WORDS_OF_A_SENTENCE = range(6, 60)
# As many sentences as newspaper articles of these archives have, three a paragraph.
_LEAST, _MOST, _A_PARAGRAPH = 5, 15, 3
_WORDS_OF_A_TITLE = 7
Fields = dict[str, str] | dict[str, str | None]


def write(target: Path, news: Path | None, passages: int, pool: int = _POOL) -> str:
    """Write articles of about `passages` passages to `target`, and return what they are.

    They come from the archives in the folder `news`, are recombined of every second one's sentences
    once those are used up, or are generated if `news` is `None`.  Raises `DalilError` for a folder
    without archives.
    """
    found: Iterator[Fields]
    if news is None:
        found = iter(generated.articles())
    else:
        found = chain(from_archives(news), recombined(news, pool))
    last = ""
    with target.open("w", encoding="utf-8") as file:
        for article in limited(found, passages * WORDS_A_PASSAGE):
            last = str(article["id"])
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
    if news is None:
        return "generated articles"
    more = ", and others recombined of their sentences" if last.startswith(_PREFIX) else ""
    return f"newspaper articles{more}"


def is_lender(article_id: str) -> bool:
    """Tell if sentences of an article may come again in recombined ones, or if it is one itself.

    >>> sum(is_lender(f"day.json:{number}") for number in range(1_000)) in range(400, 600)
    True
    >>> is_lender("recombined-0")
    True
    """
    return article_id.startswith(_PREFIX) or crc32(article_id.encode()) % 2 == 1


def recombined(news: Path, pool: int = _POOL, seed: int = 0) -> Iterator[dict[str, str]]:
    """Yield articles without end, of sentences that every second article of `news` has lent.

    Raises `DalilError` if they have lent none.
    """
    source = random.Random(seed)
    lent = _drawn(news, pool, source)
    if not lent:
        raise DalilError(f"The archives in {news} hold too few sentences. Name more with --news.")
    for number in count():
        drawn = source.choices(lent, k=source.randint(_LEAST, _MOST))
        paragraphs = [drawn[at : at + _A_PARAGRAPH] for at in range(0, len(drawn), _A_PARAGRAPH)]
        yield {
            "id": f"{_PREFIX}{number}",
            "title": " ".join(source.choice(lent).split()[:_WORDS_OF_A_TITLE]),
            "outlet": f"Outlet {number % 20}",
            "published": f"2016-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "language": "ar",
            "text": "\n\n".join(" ".join(paragraph) for paragraph in paragraphs),
        }


def _drawn(news: Path, pool: int, source: random.Random) -> list[str]:
    """Return at most `pool` sentences of those that are lent, each as likely as another."""
    lent: list[str] = []
    seen = 0
    for article in from_archives(news):
        if not is_lender(str(article["id"])):
            continue
        for sentence in _SENTENCE.findall(article["text"] or ""):
            if len(sentence.split()) not in _WORDS_OF_A_SENTENCE:
                continue
            seen += 1
            # Vitter's algorithm R.
            place = len(lent) if len(lent) < pool else source.randrange(seen)
            lent[place : place + 1] = [sentence.strip()] if place < pool else []
    return lent
