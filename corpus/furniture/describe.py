"""Title, outlet and date that a plain text states about itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import regex

from corpus.dates.published import find_published, parse_date
from corpus.furniture.labels import is_outlet
from corpus.furniture.lines import content_bounds, stray_outlets

# A headline is short; what follows it is at least one line of a sentence's length.
_MOST_TITLE_WORDS, _MOST_TITLE_LENGTH = 20, 400
_LEAST_BODY_WORDS = 8
# Bylines and datelines stand right below the title, pages put dates and buttons between.
_OPENING_LINES = 3
_LINES_TO_THE_BODY = 8

# As many words as a line of a list shows.
_OPENING_WORDS, _OPENING_LENGTH, _OPENING_CHARACTERS = 10, 100, 1_000
_STOPS = " .,;:!?…،؛؟۔-–—"

_NOT_A_TITLE = regex.compile(r"[.،؛,;:…][\s\"'”’»)]*\Z|\A\s*(?:\p{N}{1,3}\s*[-.)]|[-•*])")
# What programs and names of files put for a title.
_MADE_UP = regex.compile(
    r"(?i)microsoft word\b.*|(?:untitled(?: document| page)?|document|doc|unnamed|unknown"
    r"|(?:page )?title|new page|مستند|بدون عنوان)[ _-]*\(?\d*\)?"
    r"|\S*\.(?:docx?|odt|rtf|pdf|txt|indd|epub|html?|md|jsonl?)|[a-z]:\\.+|(?:file|https?)://\S+|\W*"
)
# "Name - City"; a headline that looks so is given up, since no title beats a wrong one.
_BYLINE = regex.compile(r"\S+(?: \S+){0,3}\s*[-–—ـ|/]\s*\S+(?: \S+)?")
_AGENCY = regex.compile(r"[^()\n]{0,40}\((?P<name>[^()\n]{2,40})\)\s*[-–—:]")
# A run of white space is entered at its beginning alone, or its length would count twice.
_PLACE = regex.compile(r"(?<!\s)\s*+[-–—|/]\s*+")


@dataclass(frozen=True, slots=True)
class Description:
    """What a text says about itself; unknown is `None`."""

    title: str | None = None
    outlet: str | None = None
    published: date | None = None


def describe(text: str) -> Description:
    r"""Return title, outlet and date of a scraped text, each only where it is plain.

    The title is a heading line above the first paragraph, page furniture left aside; the
    outlet is a byline below it (`outlet - city`), the agency in the dateline or the stray name
    below the article; the date is the article's own, never that of the page. Nothing is guessed.

    >>> text = "عنوان الخبر\n\nمثال نيوز - الحسكة\n\nقال متحدث اليوم (18 نيسان 2020) إن السد آمن."
    >>> describe(text)
    Description(title='عنوان الخبر', outlet='مثال نيوز', published=datetime.date(2020, 4, 18))
    >>> describe("A dam broke near the town on Monday and flooded two villages.")
    Description(title=None, outlet=None, published=None)
    """
    lines = text.splitlines()
    start, end = content_bounds(lines)
    content = [line.strip() for line in lines[start:end] if line.strip()]
    title = _title(content)
    body = [line for line in content if line != title][:_OPENING_LINES]
    return Description(title, _outlet(lines, body), find_published(body))


def sane_title(title: str | None) -> str | None:
    """Return a title from a file's properties, unless a program or a file's name made it up.

    >>> sane_title(" فتح المعبر "), sane_title("Microsoft Word - a.doc"), sane_title("Untitled 1")
    ('فتح المعبر', None, None)
    """
    line = " ".join((title or "").split())
    return None if not line or _MADE_UP.fullmatch(line) else line


def opening(text: str) -> str | None:
    """Return the first words of a text, to know it by where it has no title; `None` without any.

    They never are a whole sentence with its stop, which would count as a title said again.

    >>> opening("The bridge was opened."), opening("one " * 30)
    ('The bridge was opened', 'one one one one one one one one one one…')
    >>> opening(" … ")
    """
    first = text.strip()[:_OPENING_CHARACTERS].split()
    shown = " ".join(first[:_OPENING_WORDS])[:_OPENING_LENGTH]
    whole = len(text.strip()) <= _OPENING_CHARACTERS and shown == " ".join(first)
    told = shown.strip(_STOPS)
    return None if not told else told if whole else f"{told}…"


def _title(content: list[str]) -> str | None:
    if len(content) < 2:
        return None
    title = content[0]
    # A page may print its date first, with the place before it.
    if parse_date(title) or (title[-4:].isdecimal() and find_published([title])):
        return None
    body = (line for line in content[1:_LINES_TO_THE_BODY] if line != title)
    longest = max((len(line.split()) for line in body), default=0)
    words = len(title.split())
    if len(title) > _MOST_TITLE_LENGTH or words > _MOST_TITLE_WORDS:
        return None
    if longest < max(_LEAST_BODY_WORDS, words):
        return None
    plain = not (_NOT_A_TITLE.search(title) or _BYLINE.fullmatch(title) or is_outlet(title))
    return title if plain else None


def _outlet(lines: list[str], body: list[str]) -> str | None:
    for line in body:
        name = _PLACE.split(line)[0].strip()
        if len(line.split()) <= 6 and is_outlet(name):
            return name
        agency = _AGENCY.match(line)
        if agency and is_outlet(agency["name"]):
            return str(agency["name"])
    return next((lines[i].strip() for i in stray_outlets(lines) if is_outlet(lines[i])), None)
