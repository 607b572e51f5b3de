"""Sources to entries: what a word may mean, with how sure that is, best first.

An entry's key is a folded word without what Arabic writes before it, a phrase of such words, or,
after "=", a stem.  The weights of learnt meanings are shares of a word's links; those of the
dictionaries say in how many of them a meaning stands, and commoner words come first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from corpus.text.stems import stem
from corpus.text.words import fold, words
from eval.studies.dictionary.align import align
from eval.studies.dictionary.sources import Row
from rag.gloss.clitics import bare_phrase, without_article

# A meaning has to be linked to a word this often, and make up this share of its links.
_LEAST_LINKS, _LEAST_SHARE = 0.9, 0.08
# Of a stem more, since it stands for several words.
_LEAST_STEM_LINKS, _LEAST_STEM_SHARE = 2.0, 0.12
_MOST_MEANINGS = 5
# Phrases of more words are explanations.
_LONGEST_PHRASE = 3
# A clitic is one where the word without it is so many times as frequent as with it.
_TIMES = {"و": 1.0, "ف": 5.0, "ب": 3.0, "ل": 3.0, "ك": 3.0, "س": 1.0}
_ARTICLES = ("ال", "لل")
_ARTICLE_TIMES = 0.02
_SHORTEST = {"و": 2, "س": 4}

Meanings = dict[str, float]


def learnt(
    sentences: Sequence[Row], written: Mapping[str, str]
) -> tuple[dict[str, Meanings], dict[str, float]]:
    """Return the meanings of Arabic words and stems as sentences show them, and their counts.

    `written` are English words as they are mostly written (`cased`).
    """
    english = [list(words(left)) for left, _ in sentences]
    arabic = [list(words(right)) for _, right in sentences]
    pairs = [
        ([stem(w.folded, "ar") for w in right], [stem(w.folded, "en") for w in left])
        for left, right in zip(english, arabic, strict=True)
    ]
    links = align(pairs)
    frequency = Counter(word.folded for sentence in arabic for word in sentence)
    left = [word.folded for sentence in arabic for word in sentence]
    right = [word.folded for sentence in english for word in sentence]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    rows = zip(links.left.tolist(), links.right.tolist(), links.weights.tolist(), strict=True)
    for a, e, weight in rows:
        counts[core(left[a], frequency)][right[e]] += weight
        counts["=" + stem(left[a], "ar")][right[e]] += weight
    kept = {key: _shares(key, found, written) for key, found in counts.items()}
    total = {key: float(sum(found.values())) for key, found in counts.items()}
    return {key: found for key, found in kept.items() if found}, total


def core(word: str, frequency: Mapping[str, int]) -> str:
    """Return a folded word without conjunction, preposition and article, if it has any.

    It has one if the word without it is frequent enough beside it.

    >>> frequency = {"وقال": 4, "قال": 90, "وزير": 20, "بالمدينه": 3, "المدينه": 20, "مدينه": 9}
    >>> [core(word, frequency) for word in ("وقال", "وزير", "بالمدينه")]
    ['قال', 'وزير', 'مدينه']
    """
    for letter, times in _TIMES.items():
        shorter = word[1:]
        if word.startswith(letter) and len(shorter) >= _SHORTEST.get(letter, 3):
            known = frequency.get(shorter, 0)
            if known and known >= times * frequency.get(word, 0):
                word = shorter
    if word.startswith(_ARTICLES) and len(word) > 4:
        shorter = word[2:]
        if frequency.get(shorter, 0) >= max(1, _ARTICLE_TIMES * frequency.get(word, 0)):
            return shorter
    return word


def _shares(key: str, found: Counter[str], written: Mapping[str, str]) -> Meanings:
    """Return the share of each English word, its forms of one stem together."""
    total = sum(found.values())
    forms: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for word, count in found.most_common():
        forms[stem(word, "en")].append((word, count))
    links, share = (
        (_LEAST_STEM_LINKS, _LEAST_STEM_SHARE)
        if key.startswith("=")
        else (_LEAST_LINKS, _LEAST_SHARE)
    )
    shares = {
        written.get(each[0][0], each[0][0]): sum(count for _, count in each) / total
        for each in forms.values()
        if sum(count for _, count in each) >= max(links, share * total)
        and not each[0][0][0].isdigit()
    }
    return dict(Counter(shares).most_common(_MOST_MEANINGS))


def cased(sentences: Iterable[Row], names: Iterable[Row]) -> dict[str, str]:
    """Return how each English word is mostly written within sentences, and names alone.

    >>> written = cased([("In Syria, the UN met", "")], [("abdullah", "")])
    >>> written["syria"], written["un"], written["met"], written["abdullah"]
    ('Syria', 'UN', 'met', 'Abdullah')
    """
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for text, _ in sentences:
        for word in [*words(text)][1:]:
            seen[word.folded][text[word.start : word.end]] += 1
    mostly = {folded: forms.most_common(1)[0][0] for folded, forms in seen.items()}
    return {fold(name): name.title() for name, _ in names} | mostly


def listed(
    sources: Iterable[Sequence[Row]], frequency: Mapping[str, int], written: Mapping[str, str]
) -> dict[str, Meanings]:
    """Return the meanings that dictionaries list for words, phrases and stems.

    `frequency` of English words orders meanings that equally many of them list; `written` are
    English words as they are mostly written, since the lists know no capitals.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for rows in sources:
        for english, arabic in dict.fromkeys(rows):
            spelled = english.replace("_", " ").split()
            meaning = " ".join(written.get(word, word) for word in spelled)
            key = bare_phrase([word.folded for word in words(arabic)])
            length = len(key.split())
            if not key or length > _LONGEST_PHRASE or len(meaning.split()) > _LONGEST_PHRASE:
                continue
            counts[key][meaning] += 1
            if length == 1:
                counts["=" + stem(key, "ar")][meaning] += 1
    return {key: _ordered(found, frequency) for key, found in counts.items()}


def _ordered(found: Counter[str], frequency: Mapping[str, int]) -> Meanings:
    def common(meaning: str) -> int:
        return min((frequency.get(word.folded, 0) for word in words(meaning)), default=0)

    best = sorted(found, key=lambda meaning: (-found[meaning], -common(meaning), meaning))
    return {meaning: float(found[meaning]) for meaning in best[:_MOST_MEANINGS]}


def named(rows: Iterable[Row]) -> dict[str, Meanings]:
    """Return the Latin spellings of Arabic names, each beginning with a capital."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for english, arabic in rows:
        spelled = [word.folded for word in words(arabic)]
        latin = [word.folded for word in words(english)]
        if len(spelled) == len(latin) == 1 and len(latin[0]) > 1:
            counts[without_article(spelled[0])][english.strip(" .,،").title()] += 1
    return {key: dict(found.most_common(2)) for key, found in counts.items()}
