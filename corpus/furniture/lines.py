"""Which whole lines are page furniture, and in which place of a text."""

from __future__ import annotations

import regex

from corpus.furniture.labels import EDGE, PLAIN, fold, is_outlet, is_row_of

_LABELS = PLAIN | EDGE
_FLAGS = regex.IGNORECASE

# Whole lines that only pages have, wherever they stand.
_ANYWHERE = (
    regex.compile(
        r"\s*this (?:post|article|page|entry|story) is (?:also )?available in\b[^.]{0,80}", _FLAGS
    ),
    regex.compile(
        r"\s*هذ[اه] (?:المقالة?|الخبر|المنشور|الصفحة|المادة) (?:متاحة?|متوفرة?) أيض[اً]{1,2} "
        r"[^.]{0,60}"
    ),
    regex.compile(
        r"\s*(?:[اإ]قرأ [أا]يض[اً]{1,2}|طالع [أا]يض[اً]{1,2}|شاهد [أا]يض[اً]{1,2}|اقرأ المزيد"
        r"|read also"
        r"|also read|read more|see also|related|lire aussi|à lire aussi|ilgili haber|بیشتر بخوانید"
        r"|زیاتر بخوێنەوە|bêtir bixwîne)\s*:[^.]{0,160}",
        _FLAGS,
    ),
)
# Whole lines that go at the edges only, since an article may well hold such a line inside.
_AT_EDGE = (
    regex.compile(
        r"\W*(?:mon|tues|wednes|thurs|fri|satur|sun)day,? (?:\d{1,2} \p{L}+|\p{L}+ \d{1,2}),? "
        r"\d{4}(?:,? [-–|]? ?\d{1,2}:\d{2}(?: ?[ap]m)?)?\W*",
        _FLAGS,
    ),
    regex.compile(
        r"\s*(?:©|\(c\)|copyright\b|all rights reserved|(?:جميع|كل|كافة) الحقوق محفوظة|حقوق النشر"
        r"|tous droits réservés|tüm hakları saklıdır|alle rechte vorbehalten)[^\n]{0,100}",
        _FLAGS,
    ),
    regex.compile(
        r"\s*(?:we use cookies|(?:this|our) (?:web)?site uses cookies"
        r"|by continuing to use this site"
        r"|نستخدم ملفات تعريف الارتباط|يستخدم (?:هذا الموقع|موقعنا) ملفات)[^\n]{0,300}",
        _FLAGS,
    ),
    regex.compile(
        r"\s*(?:tags?|keywords?|الوسوم|وسوم|كلمات (?:مفتاحية|دلالية)|الكلمات المفتاحية|برچسب‌?ها"
        r"|etiketler|mots-clés|schlagwörter)\s*:[^\n.]{0,200}",
        _FLAGS,
    ),
    regex.compile(
        r"\W*(?:\d[\d,.]*k?\s*(?:shares?|views?|comments?|likes?|min(?:ute)?s? read|مشاهدة|مشاهدات"
        r"|تعليق|تعليقات|مشاركة|مشاركات|إعجاب)|(?:shares?|views|المشاهدات|مشاهدات|تعليقات|شارك)"
        r"\s*:?\s*\d[\d,.]*k?|دقيقة واحدة|أقل من دقيقة)\W*",
        _FLAGS,
    ),
)


def is_plain_furniture(line: str) -> bool:
    """Tell whether a line is furniture wherever it stands.

    >>> is_plain_furniture("اظهر المزيد"), is_plain_furniture("اقرأ أيضاً: عنوان آخر")
    (True, True)
    >>> is_plain_furniture("إغلاق"), is_plain_furniture("Read more books, he said.")
    (False, False)
    """
    return fold(line) in PLAIN or any(pattern.fullmatch(line) for pattern in _ANYWHERE)


def is_label(line: str) -> bool:
    """Tell whether a line is nothing but labels of buttons and menus.

    >>> is_label("إغلاق"), is_label("Home | News"), is_label("إغلاق المعابر"), is_label("Top.")
    (True, True, False, False)
    """
    name = fold(line)
    return bool(name) and (name in _LABELS or is_row_of(_LABELS, name))


def is_edge_furniture(line: str) -> bool:
    """Tell whether a line is furniture when it stands above or below the whole article.

    >>> is_edge_furniture("• Monday, 16 February 2026"), is_edge_furniture("logo")
    (True, True)
    >>> is_edge_furniture("16 February 2026"), is_edge_furniture("تقارير عن المعارك")
    (False, False)
    """
    if is_plain_furniture(line) or is_label(line):
        return True
    return any(pattern.fullmatch(line) for pattern in _AT_EDGE)


def content_bounds(lines: list[str]) -> tuple[int, int]:
    """Return the half-open range of lines left when furniture at both edges is set aside."""
    start, end = 0, len(lines)
    while start < end and (not lines[start].strip() or is_edge_furniture(lines[start])):
        start += 1
    while end > start and (not lines[end - 1].strip() or is_edge_furniture(lines[end - 1])):
        end -= 1
    return start, end


def stray_outlets(lines: list[str]) -> list[int]:
    """Return the indices of outlet names left alone below the article, the last line first.

    Such a line is short, without sentence punctuation, below some real paragraph, and either
    an outlet's name after a blank line or above furniture, or any one or two words that two
    blank lines part from the article and furniture follows.

    >>> paragraph = "وصل الوفد إلى المدينة صباح اليوم وبدأ على الفور محادثاته."
    >>> stray_outlets([paragraph, "", "مثال نيوز"]), stray_outlets([paragraph, "", "النهاية"])
    ([2], [])
    """
    long_lines = (index for index, line in enumerate(lines) if len(line.split()) >= 8)
    first = next(long_lines, len(lines))
    found: list[int] = []
    followed = False
    for index in range(len(lines) - 1, first, -1):
        line = lines[index]
        if line.strip() and not is_edge_furniture(line):
            if not _is_stray(fold(line), _blank_lines_before(lines, index), followed):
                break
            found.append(index)
        followed = followed or bool(line.strip())
    return found


def _is_stray(name: str, blanks: int, followed: bool) -> bool:
    if is_outlet(name):
        return blanks > 0 or followed
    return 0 < len(name.split()) <= 2 <= blanks and followed


def _blank_lines_before(lines: list[str], index: int) -> int:
    """Count up to two blank lines right above a line."""
    above = [line.strip() for line in lines[max(0, index - 2) : index]]
    return 0 if not above or above[-1] else 1 if above[0] else len(above)
