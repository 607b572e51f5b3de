"""What a model may write between brackets to point to sentences, and the numbers it means."""

from __future__ import annotations

from collections.abc import Iterator

import regex

# "[source 3]", "[المصدر ٣]": what models put before the number, whatever they were told.
_LABELS = (
    "s|src|sources?|sentences?|sent|refs?|references?|cit(?:e|ation)s?|no|nos|numbers?|evidence|"
    "(?:ال)?(?:مصدر|مصادر|جملة|جمل|جملتان|رقم|أرقام|مرجع|مراجع)|"
    "quellen?|satz|sätze|phrases?|fuentes?|frases?|kaynak(?:lar)?|cümle|"
    "источники?|предложени[ея]|منبع|منابع|سەرچاوە"
)
_DASH = r"[-\u2010-\u2015\u2212~]|\.{2,3}|…|to|bis|à|إلى|الى|تا"
_AND = r"[,،;؛&+\s]|and|und|et|ve|y|и|و"
_NUMBER = rf"(?:(?:{_LABELS})?[.:\s]*[#^№]?\s*(?P<first>\p{{Nd}}{{1,5}}))"
_ITEM = regex.compile(
    rf"{_NUMBER}(?:\s*(?:{_DASH})\s*(?:(?:{_LABELS})[.:\s]*)?#?(?P<last>\p{{Nd}}{{1,5}})(?!\p{{Nd}}))?(?!\p{{Nd}})",
    regex.I,
)
_BETWEEN = regex.compile(rf"(?:{_AND})+", regex.I)
# "[10,000]" is a number that someone put into a quotation.
_GROUPED = regex.compile(r"\p{Nd}{1,3}(?:[,٬]\p{Nd}{3})+")
_BRACKETS = str.maketrans(dict.fromkeys("[](){}【】［］〔〕（）", " "))
# "【3†source】" of models that were trained to cite web pages so.
_ASIDE = regex.compile(r"†[^†]*\Z")
# A range over more is no pointer to sentences but a gesture at all of them.
_WIDEST = 12


def marker_numbers(inside: str) -> tuple[int, ...] | None:
    """Return the numbers that stand between the brackets of a marker, `None` if it is none.

    Ranges are expanded unless they are too wide to mean each sentence; then their ends count.
    Digits may be of any script; the numbers need not exist.

    >>> marker_numbers("3"), marker_numbers("٣، ٥"), marker_numbers("S3, S5 and 7")
    ((3,), (3, 5), (3, 5, 7))
    >>> marker_numbers("source 3–5"), marker_numbers("1-900"), marker_numbers("the editor, 1987")
    ((3, 4, 5), (1, 900), None)
    """
    text = _ASIDE.sub("", inside).translate(_BRACKETS).strip()
    if _GROUPED.fullmatch(text):
        return None
    numbers: dict[int, None] = {}
    place = 0
    while item := _ITEM.match(text, place):
        numbers.update(dict.fromkeys(_range(item["first"], item["last"])))
        if item.end() == len(text):
            return tuple(numbers)
        gap = _BETWEEN.match(text, item.end())
        place = gap.end() if gap else len(text)
    return None


def _range(first: str, last: str | None) -> Iterator[int]:
    start, end = int(first), int(last or first)
    low, high = min(start, end), max(start, end)
    if high - low > _WIDEST:
        yield from (start, end)
    else:
        yield from range(low, high + 1)
