"""Language and script of a text: letters first, then frequent words, then py3langid."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

import regex

from corpus.text.characters import RIGHT_TO_LEFT_SCRIPTS

UNKNOWN_LANGUAGE = "und"
UNKNOWN_SCRIPT = "Zyyy"

# A language shows in the first lines; more text costs time and changes nothing.
_SAMPLE_LENGTH = 4000

_SCRIPTS = (
    ("Arab", "Arabic"),
    ("Latn", "Latin"),
    ("Cyrl", "Cyrillic"),
    ("Hebr", "Hebrew"),
    ("Grek", "Greek"),
    ("Armn", "Armenian"),
    ("Geor", "Georgian"),
    ("Syrc", "Syriac"),
    ("Deva", "Devanagari"),
    ("Hani", "Han"),
    ("Kana", "Katakana"),
    ("Hira", "Hiragana"),
    ("Hang", "Hangul"),
)
_SCRIPT = regex.compile("|".join(rf"(?P<{code}>\p{{{name}}})" for code, name in _SCRIPTS))
_ONE_LANGUAGE_SCRIPTS = {
    "Hebr": "he",
    "Grek": "el",
    "Armn": "hy",
    "Geor": "ka",
    "Syrc": "syr",
    "Deva": "hi",
    "Hani": "zh",
    "Kana": "ja",
    "Hira": "ja",
    "Hang": "ko",
}
_ARABIC_SCRIPT = ("ar", "fa", "ckb", "ur", "ps", "ug")
_CYRILLIC = ("ru", "uk", "bg", "sr", "mk", "be", "kk")
_LATIN = ("en", "fr", "de", "es", "it", "pt", "nl", "tr", "ku", "az", "sv", "no", "da", "fi", "pl")

_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_SORANI = regex.compile("[ەێۆڵڕڤ]")
_URDU = regex.compile("[ٹڈڑےںہ]")
_PASHTO = regex.compile("[ښډړځټڼېۍ]")
_UYGHUR = regex.compile("[ۇۈۋې]")
_PERSIAN = regex.compile("[پچژگیک]")
# Keyboards of other languages give Arabic their kaf, ya and ha, but not their other letters, and
# only Arabic has the article or a ta marbuta.
_NEVER_ARABIC = regex.compile("[پچژگێۆڵڕڤەٹڈڑںۇۈۋېښړځډټڼۍ]")
_ARABIC_ALONE = regex.compile(r"ة|(?<!\p{L})(?!البته)[وف]?[بكلک]?ال\p{L}{3}")
_ARABIC = regex.compile("[ةىيكأإؤ]")

# Words a short question can hardly do without; `kmr` is Kurmanji Kurdish in Latin script.
_FREQUENT = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in is was were are what who when where why how which did does do has "
        "have had for with by on from that this many much it be been at an his their not there",
        "fr": "le la les des du de et est sont était qui que quoi quand où pourquoi comment quel "
        "quelle quels quelles combien dans pour avec sur par une un au aux il elle ont été a "
        "en d'une c'est ce cette ne pas",
        "de": "der die das den dem des und ist sind war waren wer was wann wo warum wie welche "
        "welcher welches wurde wurden wird ein eine einen einem für mit auf von zu im am nicht "
        "viele viel hat haben in nach aus über",
        "es": "el la los las de del y es son fue eran quién quien quiénes qué que cuándo cuando "
        "dónde donde cómo cuál cuáles cuántos cuántas cuánto por para con en un una se al su ha "
        "han no",
        "tr": "ve bir bu ne kim kimdir nedir nasıl neden niçin nerede zaman kaç hangi için ile "
        "mi mı mu mü de da olarak olan oldu edildi var yok daha çok göre kadar kimin",
        "kmr": "û li ji bi ku di de da ye ne kî kê çi çawa kengî kengê kîjan çend çima ev ew bo "
        "ser jî hat hatin heye bû bûn yê yên ya wî wê re nav xwe dike dikin kir kirin",
        "it": "il lo la i gli le di del della e è sono chi che cosa quando dove perché come quale "
        "quanti quanto per con in un una nel nella da si non ha hanno stato",
        "nl": "de het een en van is zijn was wie wat wanneer waar waarom hoe welke voor met op in "
        "door niet aan hoeveel er heeft hebben werd",
        "pt": "o a os as de do da dos das e é são foi quem que quando onde como qual quais quanto "
        "quantos para com em um uma no na por não",
    }.items()
}
_WORD = regex.compile(r"[\p{Latin}\p{M}'’]+")


def detect(text: str) -> str:
    """Return the language of a text as an ISO code (639-1, or `ckb`, `kmr`), or `"und"`.

    The script decides first, then letters that only some languages of a script use, then
    frequent words, and only what is left goes to py3langid, which takes a fifth of a second
    to import and is unsure about short questions. Never raises. A text in two languages gets
    the one its majority script points to.

    >>> detect("ما هي المكافأة المعلنة؟"), detect("What bounty was announced?")
    ('ar', 'en')
    >>> detect("پاداش چقدر بود؟"), detect("سەرۆکی ناوەندەکە کێیە؟"), detect("Kî serokê navendê ye?")
    ('fa', 'ckb', 'kmr')
    >>> detect("من یدیر المرکز؟"), detect("رئیس جمهور ایران کیست؟")
    ('ar', 'fa')
    >>> detect("12:30 !")
    'und'
    """
    sample = text[:_SAMPLE_LENGTH]
    writing = script(sample)
    if writing == "Arab":
        return _arabic_script_language(sample)
    if writing == "Hani" and _KANA.search(sample):
        return "ja"
    if writing == "Latn":
        return _by_frequent_words(sample) or _by_model(sample, _LATIN)
    if writing == "Cyrl":
        return _by_model(sample, _CYRILLIC)
    return _ONE_LANGUAGE_SCRIPTS.get(writing, UNKNOWN_LANGUAGE)


def script_of(language: str | None) -> str:
    """Return the ISO 15924 code of the script `language` is written in, `"Zyyy"` if unknown.

    >>> script_of("ckb"), script_of("kmr"), script_of("ru"), script_of(None)
    ('Arab', 'Latn', 'Cyrl', 'Zyyy')
    """
    if language in (None, UNKNOWN_LANGUAGE):
        return UNKNOWN_SCRIPT
    if language in _ARABIC_SCRIPT:
        return "Arab"
    if language in _CYRILLIC:
        return "Cyrl"
    alone = (writing for writing, code in _ONE_LANGUAGE_SCRIPTS.items() if code == language)
    return next(alone, "Latn")


def script(text: str) -> str:
    """Return the ISO 15924 code of the script most letters are in, or `"Zyyy"` without letters.

    Looks at the first 4,000 characters. Scripts outside the list count as none.

    >>> script("قال متحدث باسم SDF"), script("The SDF (قسد)"), script("2020"), script("Ангара")
    ('Arab', 'Latn', 'Zyyy', 'Cyrl')
    """
    counts: Counter[str] = Counter()
    # A text has few different characters, so they are looked up once each.
    for character, count in Counter(text[:_SAMPLE_LENGTH]).items():
        counts[_script_of(character)] += count
    counts.pop(UNKNOWN_SCRIPT, None)
    return max(counts, key=lambda code: counts[code], default=UNKNOWN_SCRIPT)


def direction(text: str) -> str:
    """Return the direction that most letters of a text are written in, `"auto"` without letters.

    >>> direction("قال متحدث باسم SDF"), direction("The SDF (قسد)"), direction("2020")
    ('rtl', 'ltr', 'auto')
    """
    writing = script(text)
    if writing == UNKNOWN_SCRIPT:
        return "auto"
    return "rtl" if writing in RIGHT_TO_LEFT_SCRIPTS else "ltr"


@lru_cache(maxsize=4096)
def _script_of(character: str) -> str:
    match = _SCRIPT.match(character) if character.isalpha() else None
    return str(match.lastgroup) if match else UNKNOWN_SCRIPT


def _arabic_script_language(text: str) -> str:
    if _ARABIC_ALONE.search(text) and not _NEVER_ARABIC.search(text):
        return "ar"
    sorani = len(_SORANI.findall(text))
    others = {
        "ur": len(_URDU.findall(text)),
        "ps": len(_PASHTO.findall(text)),
        "ug": len(_UYGHUR.findall(text)),
    }
    best = max(others, key=lambda name: others[name])
    letters = max(1, sum(1 for character in text if character.isalpha()))
    # One foreign name in an Arabic text must not decide, so the letters need a share of 2 %.
    if max(sorani, others[best]) / letters > 0.02:
        return "ckb" if sorani >= others[best] else best
    persian, arabic = len(_PERSIAN.findall(text)), len(_ARABIC.findall(text))
    return "fa" if persian / letters > 0.02 and persian > arabic else "ar"


def _by_frequent_words(text: str) -> str | None:
    """Return the language with most frequent words, if it leads clearly; else `None`."""
    lowered = unicodedata.normalize("NFC", text).replace("İ", "i").lower().replace("’", "'")
    words = Counter(_WORD.findall(lowered))
    votes = {
        language: sum(count for word, count in words.items() if word in frequent)
        for language, frequent in _FREQUENT.items()
    }
    ranked = sorted(votes, key=lambda name: -votes[name])
    lead = votes[ranked[0]] - votes[ranked[1]]
    enough = votes[ranked[0]] >= 2 or len(_WORD.findall(lowered)) <= 4
    return ranked[0] if lead and enough and votes[ranked[0]] * 6 >= sum(words.values()) else None


def _by_model(text: str, languages: tuple[str, ...]) -> str:
    import py3langid  # Loading its model takes a moment that most questions do not need.

    ranked = [str(code) for code, _ in py3langid.rank(text) if code in languages]
    best = ranked[0] if ranked else UNKNOWN_LANGUAGE
    return "kmr" if best == "ku" else best
