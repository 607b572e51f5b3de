"""Ways to write one question that leave its meaning alone, each a pure function.

A form returns the question as it is where it has nothing to change.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

import regex

Form = Callable[[str], str]

_ARABIC_WORD = regex.compile(r"[\u0621-\u064a]+")
_SORANI = regex.compile("[ەێۆڵڕ]")
_TURKISH = regex.compile("[ığş]")
_LONG_ENGLISH = regex.compile(r"(?<![\p{L}'’-])[a-z]{6,}(?![\p{L}'’-])")
_END = regex.compile(r"\s*[?؟.]\s*\Z")
_SIGNS = {"كم": "كَم", "من": "مَن", "متى": "مَتَى", "أين": "أَيْنَ", "كيف": "كَيْفَ", "ما": "مَا", "هل": "هَل",
          "لماذا": "لِماذا", "أي": "أَيّ", "ماذا": "مَاذا"}  # fmt: skip
_ASKED = ("كم", "من", "أين", "ما", "ماذا", "لماذا", "متى", "كيف")
_DIALECTS = (
    dict(zip(_ASKED, ["قديش", "مين", "وين", "شو", "شو", "ليش", "إيمتى", "كيف"], strict=True)),
    dict(zip(_ASKED, ["كام", "مين", "فين", "إيه", "إيه", "ليه", "امتى", "إزاي"], strict=True)),
    dict(zip(_ASKED, ["شكد", "منو", "وين", "شنو", "شنو", "ليش", "شوكت", "شلون"], strict=True)),
)
_CONTRACTIONS = (
    (r"\b(What|Who|Where|When|How|Why) is\b", r"\1's"),
    (r"\b([Dd]id|[Dd]oes|[Dd]o|[Ww]as|[Ww]ere|[Hh]as|[Hh]ave|[Ii]s|[Aa]re) not\b", r"\1n't"),
)
_KINDS = ("isolated", "final", "initial", "medial")


def _words(change: Mapping[str, str]) -> Form:
    """Return the form that puts other words for whole Arabic words."""
    listed = regex.compile(rf"(?<![\p{{L}}\p{{M}}])(?:{'|'.join(change)})(?![\p{{L}}\p{{M}}])")
    return lambda text: listed.sub(lambda match: change[match.group()], text)


def _first_word(change: Mapping[str, str]) -> Form:
    """Return the form that puts another word for the first, which asks."""
    return lambda text: regex.sub(
        r"\A\p{Arabic}+", lambda match: change.get(match.group(), match.group()), text
    )


def _letters(letters: Mapping[str, str]) -> Form:
    table = {ord(letter): other for letter, other in letters.items()}
    return lambda text: text.translate(table)


def _pattern(pattern: str, new: str) -> Form:
    compiled = regex.compile(pattern)
    return lambda text: compiled.sub(new, text)


def _in_longest(text: str, change: Callable[[str], str]) -> str:
    """Return a text with its longest word changed."""
    found = max(regex.finditer(r"\p{L}+", text), key=lambda match: len(match.group()), default=None)
    if found is None:
        return text
    return text[: found.start()] + change(found.group()) + text[found.end() :]


def _within(mark: str) -> Form:
    """Return the form that puts a mark into the middle of the longest word."""
    return lambda text: _in_longest(
        text, lambda word: word[: len(word) // 2] + mark + word[len(word) // 2 :]
    )


def _tatweel(text: str) -> str:
    def stretched(word: str) -> str:
        return regex.sub(r"(?<=[بتثجحخسشصضطظعغفقكلمنهيئ])(?=[\u0621-\u064a])", "ـ", word, count=1)

    return _in_longest(text, stretched) if _ARABIC_WORD.search(text) else text


def _vowels(text: str) -> str:
    """Return a text with a sign on each letter of its longest word that bears one."""
    if not _ARABIC_WORD.search(text):
        return text
    return _in_longest(
        text,
        lambda word: regex.sub(
            r"([بتثجحخدذرزسشصضطظعغفقكلمنه])(?=[\u0621-\u064a])", "\\1\u064e", word
        ),
    )


@lru_cache
def _shapes() -> dict[tuple[str, str], str]:
    """Return the presentation form of each letter in each place."""
    found: dict[tuple[str, str], str] = {}
    for point in range(0xFE80, 0xFEF5):
        kind, _, letter = unicodedata.decomposition(chr(point)).partition(" ")
        if letter and " " not in letter:
            found[chr(int(letter, 16)), kind.strip("<>")] = chr(point)
    return found


def _presentation(text: str) -> str:
    shapes = _shapes()

    def shaped(match: regex.Match[str]) -> str:
        word, said = match.group(), []
        for place, letter in enumerate(word):
            joins = place > 0 and (word[place - 1], "initial") in shapes
            goes_on = place + 1 < len(word) and (letter, "initial") in shapes
            kind = _KINDS[joins + 2 * goes_on]
            said.append(shapes.get((letter, kind), letter))
        return "".join(said)

    return str(_ARABIC_WORD.sub(shaped, text))


def _digits(others: str) -> Form:
    table = str.maketrans("0123456789", others)
    return lambda text: text.translate(table) if _ARABIC_WORD.search(text) else text


def _ending(old: str, new: str) -> Form:
    return _pattern(rf"(?<=[\u0621-\u064a]{{2}}){old}(?![\p{{L}}\p{{M}}])", new)


def _polite(text: str) -> str:
    if _SORANI.search(text):
        return f"تکایە {text}"
    if _ARABIC_WORD.match(text):
        return f"بالله قول لي {text}"
    english = regex.match(r"(?:What|Who|Where|When|How|Why|Which)\b", text)
    return f"Please tell me, {text[0].lower()}{text[1:]}" if english else text


def _thanks(text: str) -> str:
    if _ARABIC_WORD.match(text) and not _SORANI.search(text):
        return _END.sub("", text) + " لو سمحت؟"
    return (
        _END.sub("", text) + ", please?" if regex.match(r"(?:What|Who|Where|How)\b", text) else text
    )


def _misspelt(change: Callable[[str], str]) -> Form:
    """Return the form that changes the longest English word that is no name."""

    def form(text: str) -> str:
        found = max(_LONG_ENGLISH.finditer(text), key=lambda m: len(m.group()), default=None)
        if found is None or not regex.match(
            r"(?:In |And |For |To |On )?(?:wh|how|did|does|is|was|were)", text, regex.I
        ):
            return text
        return text[: found.start()] + change(found.group()) + text[found.end() :]

    return form


def _swapped(word: str) -> str:
    middle = len(word) // 2
    return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]


FORMS: Mapping[str, Form] = {
    "capitals": lambda text: text.upper() if text.isascii() else text,
    "title case": lambda text: regex.sub(
        r"(?<![\p{L}'’])\p{Ll}",
        lambda m: "İ" if m.group() == "i" and _TURKISH.search(text) else m.group().upper(),
        text,
    ),
    "lower case": str.lower,
    "no question mark": _pattern(r"\s*[?؟]\s*\Z", ""),
    "two question marks": _pattern(r"([?؟])\Z", r"\1\1"),
    "the other question mark": _letters({"?": "؟", "؟": "?"}),
    "the other comma": _letters({"،": ","}),
    "right-to-left mark": lambda text: f"\u200f{text}",
    "isolates": lambda text: f"\u2067{text}\u2069",
    "byte order mark": lambda text: f"\ufeff{text}",
    "soft hyphen": _within("\u00ad"),
    "zero-width space": _within("\u200b"),
    "joiners": lambda text: _within("\u200d")(text) if _ARABIC_WORD.search(text) else text,
    "non-joiners": lambda text: _within("\u200c")(text) if _ARABIC_WORD.search(text) else text,
    "presentation forms": _presentation,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "tatweel": _tatweel,
    "vowel signs": _vowels,
    "vowel signs on question words": _words(_SIGNS),
    "Persian letters": _letters({"ك": "ک", "ي": "ی", "ى": "ی"}),
    "Urdu letters": _letters({"ك": "ک", "ي": "ی", "ه": "ہ"}),
    "Kurdish letters": _letters({"ك": "ڪ", "ي": "ی", "ه": "ھ"}),
    "no hamza": _letters({"أ": "ا", "إ": "ا", "آ": "ا"}),
    "other hamza": _pattern(r"(?<![\p{L}\p{M}])(ال)?أ", r"\1إ"),
    "haa for taa marbuta": _ending("ة", "ه"),
    "yaa for alif maqsura": _ending("ى", "ي"),
    "alif maqsura for yaa": _ending("ي", "ى"),
    "Arabic digits": _digits("٠١٢٣٤٥٦٧٨٩"),
    "Persian digits": _digits("۰۱۲۳۴۵۶۷۸۹"),
    "no space behind marks": _pattern(r"(?<=\p{Arabic}[،؛]) (?=\p{Arabic})", ""),
    "contractions": lambda text: _contracted(text, "'"),
    "curly contractions": lambda text: _contracted(text, "’"),
    "curly quotes": _letters({"'": "’"}),
    "Levantine": _first_word(_DIALECTS[0]),
    "Egyptian": _first_word(_DIALECTS[1]),
    "Iraqi": _first_word(_DIALECTS[2]),
    "spaces": lambda text: f" {text.replace(' ', '  ')} ",
    "line breaks": lambda text: text.replace(" ", "\n", 2),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "please": _polite,
    "please behind": _thanks,
}  # fmt: skip

MISSPELT: Mapping[str, Form] = {
    "swapped letters": _misspelt(_swapped),
    "dropped letter": _misspelt(lambda word: word[: len(word) // 2] + word[len(word) // 2 + 1 :]),
    "doubled letter": _misspelt(lambda word: word[: len(word) // 2] + word[len(word) // 2 - 1 :]),
}


def _contracted(text: str, mark: str) -> str:
    for pattern, new in _CONTRACTIONS:
        text = regex.sub(pattern, new.replace("'", mark), text)
    return text
