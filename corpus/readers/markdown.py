"""Markdown files: YAML front matter by python-frontmatter, and text without markup."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from corpus.errors import DalilError
from corpus.fields import Entry
from corpus.readers.decode import decode
from corpus.source import Source

_OPENING = regex.compile(r"\s*---[ \t]*\r?\n")
_HEADING = regex.compile(r"(?m)^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$")
_IMAGE = regex.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)")
_LINK = regex.compile(r"\[([^\]\[\n]{1,300})\]\([^)\n]{0,2000}\)")
_STRONG = regex.compile(r"(\*\*|__)(?=\S)([^\n*_]{1,1000})(?<=\S)\1")


def read(source: Source) -> Iterator[Entry]:
    """Yield the article of a Markdown file, marks and all; raises `DalilError`."""
    yield Entry(read_front_matter(decode(source.content())))


def read_front_matter(text: str) -> dict[str, object]:
    r"""Return the body of a Markdown file as `text`, with the fields of its front matter.

    Names are compared without case; `date` and `lang` are other names of `published` and
    `language`. Rules (`---`) around something else than fields belong to the text. Raises
    `DalilError` for front matter that is not YAML.

    >>> read_front_matter("---\ntitle: عنوان\ndate: 2020-04-18\n---\nنص")
    {'text': 'نص', 'title': 'عنوان', 'published': datetime.date(2020, 4, 18)}
    >>> read_front_matter("---\nA text between rules\n---\nmore")["text"].split()[0]
    '---'
    """
    if not _OPENING.match(text):
        return {"text": text}
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    handler = YAMLHandler()
    try:
        fields, body = handler.split(text)
    except ValueError:
        return {"text": text}
    try:
        values = handler.load(fields)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = " ".join(str(error).split())[:200]
        raise DalilError(
            f"The front matter is not valid YAML ({problem}); mend it or remove it."
        ) from error
    if not isinstance(values, dict):
        return {"text": text}
    names = {"date": "published", "lang": "language"}
    renamed = {str(name).casefold(): value for name, value in values.items()}
    told = {names.get(n, n): _told(v) for n, v in renamed.items() if n != "text"}
    return {"text": body.strip()} | told


def _told(value: object) -> object:
    """Return a value as it is, a list or mapping as an empty one: no field of ours takes either.

    By YAML's references one of a few lines can be of any size once it is written out.
    """
    return type(value)() if isinstance(value, list | dict) else value


def without_markup(text: str) -> str:
    r"""Return Markdown text without the marks of headings, links, images and strong words.

    Lists and quotations keep their marks, which read well as they are.

    >>> without_markup("# عنوان\n\nA **strong** [link](https://example.org) ![x](y.png)")
    'عنوان\n\nA strong link '
    """
    text = _LINK.sub(r"\1", _IMAGE.sub("", _HEADING.sub(r"\1", text)))
    return _STRONG.sub(r"\2", text)
