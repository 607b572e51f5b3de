"""JSON files: an array of articles, an object that holds one, or a single article."""

from __future__ import annotations

import json
from collections.abc import Iterator

from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.readers.decode import decode
from corpus.source import Source


def read(source: Source) -> Iterator[Entry]:
    """Yield an entry for each object of the array, counted from 1; raises `DalilError`."""
    try:
        value = json.loads(decode(source.content()))
    except json.JSONDecodeError as error:
        raise DalilError(
            f"The file is not valid JSON ({error.msg} at line {error.lineno}, "
            f"column {error.colno}); mend it, or name it .jsonl if each line is an object."
        ) from error
    except (ValueError, RecursionError) as error:
        raise DalilError(
            "The file holds a number too long or objects nested too deeply; simplify it."
        ) from error
    articles = _articles(value)
    if not articles:
        raise DalilError('The file holds no articles; write [{"text": "..."}].')
    for number, article in enumerate(articles, start=1):
        if isinstance(article, dict):
            yield Entry(article, number)
        else:
            yield Entry(None, number, 'The entry is not a JSON object; write [{"text": "..."}].')


def _articles(value: object) -> list[object]:
    """Return the array of a file, or of the one member of its object that holds objects.

    >>> _articles({"status": "ok", "articles": [{"text": "a"}]}), _articles({"text": "b"})
    ([{'text': 'a'}], [{'text': 'b'}])
    """
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise DalilError('The file is not an array of articles; write [{"text": "..."}].')
    held = {
        name: member
        for name, member in value.items()
        if isinstance(member, list) and any(isinstance(one, dict) for one in member)
    }
    if "text" in value or not held:
        return [value] if value else []
    if len(held) > 1:
        names = ", ".join(f'"{name[:40]}"' for name in sorted(held)[:5])
        raise DalilError(
            f"The file holds several arrays of objects ({names}); keep the one with the articles."
        )
    return next(iter(held.values()))
