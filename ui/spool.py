"""Articles that were read, on the disk until all of them were and the first may be added."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from corpus.article import Article


class Spool:
    """Articles in the order in which they were put in, in a file without a name; may be read often.

    >>> spool = Spool()
    >>> spool.put(Article("a", "نص", published=date(2020, 4, 18)))
    >>> len(spool), [article.published for article in spool]
    (1, [datetime.date(2020, 4, 18)])
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - kept open
        self._count = 0

    def put(self, article: Article) -> None:
        """Put one more in."""
        json.dump(asdict(article), self._file, default=date.isoformat)
        self._file.write("\n")
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Article]:
        """Yield all articles; one reads at a time."""
        self._file.seek(0)
        for line in self._file:
            fields = json.loads(line)
            day, pages = fields.pop("published"), fields.pop("pages")
            yield Article(
                **fields,
                published=date.fromisoformat(day) if day else None,
                pages=tuple((start, page) for start, page in pages),
            )

    def __contains__(self, article: object) -> bool:
        return any(article == one for one in self)
