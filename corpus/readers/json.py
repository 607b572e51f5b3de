"""JSON files: an array of articles, an object that holds one, or a single article."""

from __future__ import annotations

import json
from collections.abc import Iterator

from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.naming import are_fields
from corpus.readers.decode import decode
from corpus.source import Source

# An array of articles lies in so many objects at most: {"response": {"docs": [...]}}.
_DEEPEST = 3


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
    if by_key := _by_key(value):
        return by_key
    held = {name: found for name, member in value.items() if (found := _held(member))}
    articles = {name: found for name, found in held.items() if _is_article(found[0])}
    if len(articles) == 1:
        return next(iter(articles.values()))
    if not held or _is_article(value):
        return [value] if value else []
    if len(held) > 1:
        names = ", ".join(f'"{name[:40]}"' for name in sorted(held)[:5])
        raise DalilError(
            f"The file holds several arrays of objects ({names}); keep the one with the articles."
        )
    return next(iter(held.values()))


def _is_article(value: object) -> bool:
    return isinstance(value, dict) and ("text" in value or are_fields(value))


def _held(member: object, depth: int = 1) -> list[object]:
    """Return the one array of objects in a member, or in one of the objects that it holds."""
    if isinstance(member, list):
        found = member if any(isinstance(one, dict) for one in member) else []
        return [_of_search(one) for one in found]
    if not isinstance(member, dict) or depth > _DEEPEST:
        return []
    inner = [found for each in member.values() if (found := _held(each, depth + 1))]
    return inner[0] if len(inner) == 1 else []


def _of_search(entry: object) -> object:
    """Return what a search engine found without what it says of it (Elasticsearch's `_source`)."""
    source = entry.get("_source") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(source, dict):
        return entry
    return {"id": entry.get("_id"), **source}


def _by_key(value: dict[str, object]) -> list[object]:
    """Return objects that stand under their ids, each of which has the same fields."""
    members = [member for member in value.values() if isinstance(member, dict)]
    alike = len(members) == len(value) > 1 and bool(set.intersection(*map(set, members)))
    if not alike or not all(any(isinstance(v, str) for v in m.values()) for m in members):
        return []
    return [{"id": key, **member} for key, member in zip(value, members, strict=True)]
