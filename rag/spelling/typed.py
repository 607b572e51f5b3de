"""The same question, however it was typed: letters, signs, marks, capitals, courtesies.

Everything that follows sees a question as `plain` returns it, so that two ways to write it have one
answer.  What is shown of a question is what was typed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex

from corpus.text.characters import VARIATION_SELECTORS, with_plain_shapes, without_unseen
from corpus.text.language import script
from index import WordTable
from rag.reading.reading import misspelt
from rag.spelling.casing import corrected, true_case

_FILE = Path(__file__).with_name("typed.toml")
_VOWEL_SIGNS = regex.compile(
    "[\u0610-\u061a\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06ed]"
)
_UNSEEN = regex.compile(f"[\u034f\u200d\u0640{VARIATION_SELECTORS}]")
_DIGITS = regex.compile(r"\p{Nd}")
_SEPARATORS = (
    (regex.compile(r"(?<=[0-9])٫(?=[0-9])"), "."),
    (regex.compile(r"(?<=[0-9])٬(?=[0-9]{3}(?![0-9]))"), ","),
)
# Letters of Persian, Urdu and Kurdish keyboards, and the Arabic ones that they stand for.
_ARABIC_LETTERS = str.maketrans("کڪیےېہھەۃٱ", "ككيييهههةا")
_PERSIAN_LETTERS = str.maketrans("كڪيىہھ", "ککییهه")
_ALIF_MAQSURA = regex.compile(r"(?<=(?<!\p{L})(?:عل|مت|حت|[إا]ل|لد))ی(?!\p{L})")
_WHAT_BEFORE_NOUN = regex.compile(
    r"\Aماذا(?= (?:ال\p{L}+|هو|هي|اسم|سبب|عدد|أكبر|أصغر|أهم|أبرز|أقدم|أطول|أكثر|أول|آخر)(?!\p{L}))"
)
_URDU, _SORANI = regex.compile("[ٹڈڑں]"), regex.compile("[ەێۆڵڕ]")
_FOREIGN = regex.compile("[پچژگڤێۆڵڕٹڈڑںەۇۈۋښځڅټڼ]")
_ARABIC_SIGN = regex.compile(r"(?<!\p{L})[وف]?[بكل]?ال\p{L}{2,}|[ةأإ]")
_WORDS = regex.compile(r"[\p{L}\p{M}]+")
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "＇": "'", "“": '"', "”": '"'}
)
# A mark of a sentence with the next word written to it.
_TIGHT = regex.compile(
    r"(?<=[\p{L}\p{N}»”\")])([؟،؛!?;])(?=\p{L})"
    r"|(?<=(?:(?=\p{L})\p{Arabic}){3})(\.)(?=(?:(?=\p{L})\p{Arabic}){3})"
    r"|(?<=(?=\p{L})\p{Arabic}|\p{Latin}{2})(,)(?=\p{L})"
)
_LOOSE = regex.compile(r"(?<=\p{Arabic})\s+(?=[،؛])")
# A question in quotation marks, or with the number or bullet that it had in a list.
_QUOTED = regex.compile(r"\A[\"“«„]([^\"“”«»„]+)[\"”»“]([?؟.]?)\Z")
_LISTED = regex.compile(
    r"\A(?:[-–—•*·]|[(\[]?\p{Nd}{1,3}\s?[.)\]\-]|[Qس]\s?[.:)])\s+(?=\p{L})", regex.I
)
_END = regex.compile(r"(?<![?؟⸮.!…。\s])[?؟⸮.!…。\s]*+\Z")
_MARKS = {"Arab": {"?": "؟", ",": "،", ";": "؛"}, "Latn": {"؟": "?", "،": ",", "؛": ";"}}
_INNER_MARK = regex.compile(r"[?؟⸮,،;؛](?=\s|\Z)")
_QUESTION_MARKS = {"Arab": "؟", "Grek": ";", "Hani": "？", "Hira": "？", "Kana": "？", "Armn": ""}


@lru_cache(maxsize=256)
def plain(question: str, table: WordTable) -> str:
    """Return a question as it would be written with care; the same for what is written so.

    Words that `table` knows whole are not misspelt.

    >>> from index import load_encoder
    >>> table = load_encoder("bundled")
    >>> plain("WHAT BOUNTY WAS ANNUONCED FOR THE ISIS LEADER", table)
    'What bounty was announced for the ISIS leader?'
    >>> plain("بالله قول لي قديش عــائلة عادت الى بيوتها", table)
    'كم عائلة عادت إلى بيوتها؟'
    >>> plain("ڪم عائلة عادت إلی بیوتها؟", table)
    'كم عائلة عادت إلى بيوتها؟'
    """
    text = _UNSEEN.sub("", without_unseen(with_plain_shapes(question)))
    text = _LISTED.sub("", _QUOTED.sub(r"\1\2", " ".join(text.split()))).lstrip("¿¡ ")
    text = _DIGITS.sub(lambda match: str(int(match.group())), text)
    for separator, written in _SEPARATORS:
        text = separator.sub(written, text)
    writing = script(text)
    text = _LOOSE.sub("", _TIGHT.sub(lambda match: f"{match.group()} ", text)).translate(_QUOTES)
    marks = _MARKS.get(writing, {})
    text = _INNER_MARK.sub(lambda match: marks.get(match.group(), match.group()), text)
    if writing == "Arab":
        text = _arabic(_VOWEL_SIGNS.sub("", text))
    if writing == "Latn":
        text = _english(true_case(text))
        text = corrected(text) if misspelt(text, table) else text
    text = _without_courtesies(text)
    text = text[:1].upper() + text[1:]
    return _asked(text, writing)


def _arabic(text: str) -> str:
    """Return a question in the letters of its language, and Arabic words as they are written."""
    if not _is_arabic(text):
        return text if _URDU.search(text) else _kurdish(text.translate(_PERSIAN_LETTERS))
    for first, typed in _table()["arabic_first"].items():
        text = regex.sub(rf"\A(?:{typed})(?!\p{{L}})", first, text)
    text = _ALIF_MAQSURA.sub("ى", text.replace("\u200c", "")).translate(_ARABIC_LETTERS)
    written = _arabic_words()
    text = _WORDS.sub(lambda match: written(match.group()), text)
    # What dialects ask with one word is written in two: before a noun, and before a verb.
    return str(_WHAT_BEFORE_NOUN.sub("ما", text))


def _kurdish(text: str) -> str:
    """Return a Sorani question without joiners, by which some keyboards write a vowel."""
    return text.replace("ه\u200c", "ە").replace("\u200c", "") if _SORANI.search(text) else text


@lru_cache(maxsize=1)
def _arabic_words() -> Callable[[str], str]:
    options = [(regex.compile(typed), str(word)) for word, typed in _table()["arabic"].items()]
    # Most words are none of these, which one expression tells in less time.
    any_of_them = regex.compile(
        "[وف]?(?:" + "|".join(f"(?:{typed})" for typed in _table()["arabic"].values()) + ")"
    )

    @lru_cache(maxsize=4096)
    def written(word: str) -> str:
        if not any_of_them.fullmatch(word):
            return word
        for typed, other in options:
            for particle in ("", "و", "ف"):
                bare = word.removeprefix(particle)
                if word.startswith(particle) and typed.fullmatch(bare):
                    return particle + other
        return word

    return written


def _is_arabic(text: str) -> bool:
    """Tell Arabic from other languages in its letters, whichever keyboard it was typed on."""
    found = _WORDS.findall(text)
    signs = len(_ARABIC_SIGN.findall(text))
    others = frozenset(_table()["not_arabic"]["words"].split())
    foreign = sum(word in others for word in found) + len(_FOREIGN.findall(text))
    return foreign <= signs and foreign * 4 <= len(found)


def _english(text: str) -> str:
    for typed, written in _table()["english"].items():
        text = regex.sub(typed, written, text, flags=regex.I)
    return text


def _without_courtesies(text: str) -> str:
    greeting, before, behind, asks = _courtesies()
    rest = behind.sub("", before.sub("", greeting.sub("", text)))
    # "Please help" is no courtesy around a question.
    return rest if len(_WORDS.findall(rest)) > 1 or asks.match(rest) else text


@lru_cache(maxsize=1)
def _courtesies() -> tuple[regex.Pattern[str], ...]:
    table: Mapping[str, list[str]] = _table()["polite"]
    said = {key: "|".join(f"(?:{each})" for each in table[key]) for key in table}
    asks = rf"(?:{said['asking']})(?!\p{{L}})"
    first = rf"(?:{said['before']}|{said['before_asking']}|{said['asking']})(?!\p{{L}})"
    marked = rf"\s?[,،!.:]+[\s¿]*(?=\p{{L}}+\s)|\s+(?={first})"
    greeting = rf"\A(?:{said['greeting']})(?!\p{{L}})(?:{marked})"
    before = (
        rf"\A\W*(?:(?:{said['before']})(?!\p{{L}})[\s,،:]+(?=\p{{L}})|(?:{said['before_asking']})(?!\p{{L}})"
        rf"[\s,،:¿]+(?=(?:(?:{said['before']})[\s,،]+)?{asks}))+"
    )
    behind = rf"(?<![\s,،])[\s,،]++(?:{said['behind']})(?=\W*\Z)"
    return tuple(regex.compile(each, regex.I) for each in (greeting, before, behind, asks))


def _asked(text: str, writing: str) -> str:
    """Return a question with the one mark of questions behind it."""
    mark = _QUESTION_MARKS.get(writing, "?")
    return _END.sub("", text) + mark if any(map(str.isalnum, text)) else text


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
