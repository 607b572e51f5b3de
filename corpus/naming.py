"""Names that other programs give to the fields of articles, so that a mapping can be proposed."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import regex

from corpus.fields import Entry
from corpus.text.words import words

# Likelier names first; compared by their folded words.
_KNOWN = {
    "text": (
        "text", "content", "contents", "body", "full text", "article text", "text body",
        "body text", "article body", "article content", "news text", "main text", "maintext",
        "fulltext", "plain text", "raw text", "clean text", "content text", "story", "article",
        "paragraphs", "message", "post", "post content", "news content", "news body",
        "content html", "body html", "body plain", "full content", "story text", "lead paragraph",
        "self text", "transcript", "texto", "texto completo", "cuerpo", "contenido", "texte",
        "texte intégral", "corps", "contenu", "volltext", "artikeltext", "inhalt", "artikel",
        "metin", "haber metni", "içerik", "haber", "текст", "текст статьи", "содержание",
        "naverok", "deq", "nivîs", "النص", "نص المقال", "نص الخبر", "نص", "المحتوى", "محتوى",
        "المقال", "الخبر", "التفاصيل", "المتن", "متن", "متن خبر", "متن کامل", "شرح خبر",
        "محتوى الخبر", "محتوى المقال", "نص التقرير", "التقرير", "متن المقال", "المضمون", "دەق",
        "دەقی هەواڵ", "ناوەڕۆک", "ناوەرۆک", "description", "summary",
    ),
    "title": (
        "title", "headline", "heading", "subject", "article title", "news title", "web title",
        "post title", "title page", "name", "titre", "titulo", "titular", "titel", "überschrift",
        "schlagzeile", "başlık", "haber başlığı", "заголовок", "sernav", "عنوان المادة",
        "العنوان", "عنوان", "عنوان المقال", "عنوان الخبر", "تیتر", "سەردێڕ", "ناونیشان",
    ),
    "outlet": (
        "outlet", "publisher", "outlet name", "source name", "site name", "sitename", "newspaper",
        "agency", "media", "media name", "media outlet", "news source", "source domain",
        "publisher name", "provider", "paper", "press", "journal", "periódico", "diario",
        "zeitung", "medium", "gazete", "kaynak adı", "rojname", "ajans", "источник", "издание",
        "газета", "publication", "site", "website", "domain", "channel", "média", "medio",
        "fuente", "quelle", "kaynak", "çavkanî", "source", "المصدر", "مصدر", "الصحيفة", "الجهة",
        "جهة النشر", "اسم المصدر", "اسم الموقع", "الجريدة", "وسيلة الإعلام", "الوسيلة الإعلامية",
        "الوسيلة", "نام منبع", "روزنامه", "دەزگا", "کەناڵ", "الناشر", "الوكالة", "الموقع", "منبع",
        "خبرگزاری", "سەرچاوە",
    ),
    "published": (
        "published", "date", "date publish", "post date", "news date", "issue date",
        "release date", "web publication date", "publication datetime", "publication time",
        "date of publication", "posted at", "published on", "published at", "published date",
        "publish date", "publication date", "pub date", "pubdate", "date published",
        "publishedat", "date time", "created at", "date created", "created utc", "timestamp",
        "time", "datetime", "day", "fecha", "fecha de publicación", "date de publication",
        "datum", "veröffentlichungsdatum", "erscheinungsdatum", "tarih", "yayın tarihi",
        "yayınlanma tarihi", "дата", "дата публикации", "опубликовано", "dîrok", "dîroka weşanê",
        "roj", "التاريخ", "تاريخ", "تاريخ النشر", "تاريخ الخبر", "تاريخ الإصدار", "اليوم",
        "التوقيت", "تاریخ", "تاریخ خبر", "زمان انتشار", "کات", "ڕێکەوتی بڵاوبوونەوە",
        "تاریخ انتشار", "بەروار", "ڕێکەوت",
    ),
    "url": (
        "url", "link", "href", "uri", "web url", "article url", "source url", "post url",
        "news url", "page url", "canonical url", "permalink", "address", "enlace", "lien",
        "bağlantı", "ссылка", "الرابط", "رابط", "رابط المقال", "لینک", "بەستەر",
    ),
    "language": (
        "language", "lang", "language code", "language iso", "locale", "idioma", "langue",
        "sprache", "язык", "اللغة", "لغة", "زبان", "زمان", "dil",
    ),
    "id": (
        "id", "article id", "news id", "post id", "uuid", "guid", "doc id", "document id",
        "identifier", "المعرف", "رقم المقال",
    ),
}  # fmt: skip
# So many of the names of a file are shown where none is known.
_SHOWN = 8
# So many entries without a text are told one by one, where others have one.
_TOLD = 5
# So many faults of a kind are told one by one, and what of them may differ.
_MANY = 20
_VALUES = regex.compile(r'(?<=holds )".*?"|\d+')
# A field of a text holds at least so many words, where no name tells which it is.
_LEAST_WORDS = 12


def proposal(values: Mapping[str, object]) -> dict[str, str]:
    """Return what fields of ours may be called in an entry, where they do not go by our names.

    The text is found by its name, else it is the one field that holds a text. Nothing is proposed
    without a text.

    >>> proposal({"body": "The bridge was opened.", "source": "SANA", "date": "2020-04-18"})
    {'text': 'body', 'outlet': 'source', 'published': 'date'}
    >>> proposal({"النص": "فُتح الجسر.", "المصدر": "سانا"}), proposal({"x": 1})
    ({'text': 'النص', 'outlet': 'المصدر'}, {})
    """
    given = {_key(name): name for name in reversed(list(values))}
    found: dict[str, str] = {}
    for field, known in _KNOWN.items():
        if field in values:
            continue
        for name in known:
            other = given.get(_key(name))
            if other and other not in found.values() and _fits(field, values[other]):
                found[field] = other
                break
    if "text" not in found and (longest := _longest(values)):
        found = {"text": longest} | {f: name for f, name in found.items() if name != longest}
    return found if "text" in found else {}


def are_fields(names: Iterable[str]) -> bool:
    """Tell if names are those of fields of articles, the text and another one among them.

    >>> are_fields(["headline", "body", "x"]), are_fields(["He came", "article"])
    (True, False)
    """
    keys = {_key(name) for name in names}
    known = {f for f, others in _KNOWN.items() if not keys.isdisjoint(map(_key, (f, *others)))}
    return "text" in known and len(known) > 1


def no_text(count: int, values: Mapping[str, object]) -> str:
    """Return the sentence for `count` entries without the field "text", of which one is given.

    >>> no_text(2, {"body": "A.", "x": 1})
    'None of the 2 entries has a field "text"; name the fields with --field text=body.'
    >>> no_text(1, {"x": 1})  # doctest: +ELLIPSIS
    'There is no field "text"; name the field that holds it with --field text=NAME (... "x").'
    >>> no_text(1, {"id": 3, "text": "NaN"})
    'The text is empty; remove the entry, or give it a text.'
    """
    begin = 'There is no field "text"'
    if count > 1:
        begin = f'None of the {count:,} entries has a field "text"'
    if found := proposal(values):
        options = " ".join(f"--field {shlex.quote(f'{f}={name}')}" for f, name in found.items())
        # The shell's quotation marks are for names with spaces, not for other scripts.
        return f"{begin}; name the fields with {_plain(options, found)}."
    if count == 1 and "text" in values:
        return "The text is empty; remove the entry, or give it a text."
    names = ", ".join(f'"{str(name)[:40]}"' for name in list(values)[:_SHOWN])
    held = f" (there are {names})" if names else ""
    return f"{begin}; name the field that holds it with --field text=NAME{held}."


class Fault(NamedTuple):
    """Why entries of a source are no articles; `line` is that of the one, `None` of many."""

    label: str
    line: int | None
    error: str


class Alike:
    """The faults of one source, of which those that are the same line after line are counted."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._counts = Counter[str]()

    def told(self, error: str) -> bool:
        """Note a fault, and tell if it is to be told of its line: the first of a kind are."""
        kind = _VALUES.sub("", error)
        self._counts[kind] += 1
        return self._counts[kind] <= _MANY

    def rest(self) -> Iterator[Fault]:
        """Yield what is left to be told at the end of the source."""
        more = sum(max(count - _MANY, 0) for count in self._counts.values())
        if more:
            told = (
                f"{more:,} more entries have the same faults; mend all like those that are named."
            )
            yield Fault(self._label, None, told)


class Lacking:
    """The entries of one source that have no field "text", told together where they are many."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._count, self._found = 0, False
        self._waiting: list[Entry] = []

    def enter(self, entry: Entry) -> Iterator[Fault]:
        """Note an entry without a text, and yield what is to be told of it now."""
        self._count += 1
        if self._found and self._count <= _TOLD:
            yield self._one(entry)
        elif len(self._waiting) < _TOLD:
            self._waiting.append(entry)

    def text_found(self) -> Iterator[Fault]:
        """Note that an entry has a text, so that those without are to be told line by line."""
        if not self._found:
            self._found = True
            waiting, self._waiting = self._waiting, []
            yield from map(self._one, waiting)

    def rest(self) -> Iterator[Fault]:
        """Yield what is left to be told at the end of the source."""
        if not self._count:
            return
        if self._found:
            if (more := self._count - _TOLD) > 0:
                told = f'{more:,} more entries have no field "text"; give each a text.'
                yield Fault(self._label, None, told)
        elif self._count == 1:
            yield self._one(self._waiting[0])
        else:
            yield Fault(self._label, None, no_text(self._count, self._values(self._waiting[0])))
        self._count, self._waiting = 0, []

    def _one(self, entry: Entry) -> Fault:
        return Fault(self._label, entry.line, no_text(1, self._values(entry)))

    def _values(self, entry: Entry) -> Mapping[str, object]:
        return entry.values or {}


def _plain(options: str, found: Mapping[str, str]) -> str:
    for field, name in found.items():
        if name.replace("_", "").replace("-", "").isalnum():
            options = options.replace(shlex.quote(f"{field}={name}"), f"{field}={name}")
    return options


def _key(name: str) -> str:
    spaced = "".join(f" {c}" if c.isupper() else " " if c in "_-." else c for c in str(name))
    joined = str(name) if str(name).isupper() else spaced
    return "".join(word.folded for word in words(joined))


def _fits(field: str, value: object) -> bool:
    """Tell whether a value can be what its name says: a path or address is no outlet."""
    if field == "text":
        return isinstance(value, str)
    if isinstance(value, dict):
        return isinstance(value.get("name"), str)
    if isinstance(value, list):
        return False
    return not (field == "outlet" and isinstance(value, str) and "/" in value)


def _longest(values: Mapping[str, object]) -> str | None:
    texts: Sequence[tuple[int, str]] = sorted(
        (len(value.split()), name) for name, value in values.items() if isinstance(value, str)
    )
    if not texts or texts[-1][0] < _LEAST_WORDS:
        return None
    return texts[-1][1]
