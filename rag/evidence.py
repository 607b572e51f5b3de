"""Which sentences of the retrieved passages answer the question, and how surely.

Every sentence is described by a handful of features; a weighted sum ranks the sentences, and a
logistic of other features of the best one is the confidence that it answers at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import regex
from numpy.typing import NDArray

from corpus.article import Article
from corpus.sentences import sentence_spans
from index import Library, StaticEncoder
from index.analysis import terms, words
from index.names import name_key
from rag.answer import Hit
from rag.late import QuestionTokens, best_similarities
from rag.question import Asked, Expected

Floats = NDArray[np.float64]

_DIGIT = regex.compile(r"\p{Nd}")
_NUMBER_WORD = regex.compile(
    r"(?<!\p{L})(?:و|ب|ال|لل)*(?:واحدة?|اثن(?:ان|ين|تان|تين)|ثلاثة?|ثلاث(?:ون|ين)|[أا]ربعة?|[أا]ربع(?:ون|ين)"
    r"|خمسة?|خمس(?:ون|ين)|ستة?|ست(?:ون|ين)|سبعة?|سبع(?:ون|ين)|ثمان(?:ية|ي)?|ثمان(?:ون|ين)|تسعة?|تسع(?:ون|ين)"
    r"|عشرة?|عشر(?:ون|ين|ات)|مئ(?:ة|تا|تي|ات)\p{L}*|مائ\p{L}+|[أا]لف\p{L}*|آلاف|الاف|مليون\p{L}*|ملايين|مليار\p{L}*"
    r"|نصف|ثلث|ربع|عشرات|سنوياً|دولار\p{L}*)(?!\p{L})"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half|third|quarter"
    r"|dozens?)\b|هەزار|ملیۆن|\b(?:hezar|milyon|sed)\b",
    regex.IGNORECASE,
)
_TIME_WORD = regex.compile(
    r"\b(?:19|20)\d\d\b|(?<!\p{L})(?:وال|بال|لل|ال|و)?(?:يوم|عام|سنة|شهر|[أا]سبوع|ساعة|صباح|مساء|فجر|ليلة?|[أا]مس"
    r"|سبت|[أا]حد|اثنين|ثلاثاء|[أا]ربعاء|خميس|جمعة|ماضي|مقبل|منذ|كانون|شباط|[آاأ]ذار|نيسان|[أا]يار|حزيران"
    r"|تموز|[آا]ب|[أا]يلول|تشرين|يناير|فبراير|مارس|[أا]بريل|مايو|يونيو|يوليو|[أا]غسطس|سبتمبر|[أا]كتوبر|نوفمبر"
    r"|ديسمبر)(?!\p{L})|\b(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|today"
    r"|week|month|year|morning|evening|night|since)\b",
    regex.IGNORECASE,
)
_ENDS_AS_QUESTION = regex.compile(r"[?؟]\W*\Z")
# Half of what neighbours match counts: enough to pick the sentence that the topic leads to,
# too little for the topic alone to win.
_CONTEXT_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Sentence:
    """A candidate for citation: `article.text[start:end]`, with the passage that holds it."""

    article: Article
    start: int
    end: int
    hit: Hit

    @property
    def text(self) -> str:
        """The words of the sentence."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Described:
    """Sentences with their features.

    `similarities` float32 (n, q): each question token's best cosine in the sentence; `context`
    the same with the sentences around it and the title; the others float64 (n,).
    """

    sentences: Sequence[Sentence]
    similarities: NDArray[np.float32]
    context: NDArray[np.float32]
    features: dict[str, Floats]


def sentences_of(hits: Sequence[Hit]) -> list[Sentence]:
    """Return the sentences of the passages, in the order of the hits."""
    return [
        Sentence(hit.article, start, end, hit)
        for hit in hits
        for start, end in _spans(hit.article.text)
        if hit.passage.start <= start and end <= hit.passage.end
    ]


@lru_cache(maxsize=512)
def _spans(text: str) -> list[tuple[int, int]]:
    return [(span[0], span[1]) for span in sentence_spans(text)]


def describe(
    asked: Asked,
    question: QuestionTokens,
    sentences: Sequence[Sentence],
    library: Library,
    encoder: StaticEncoder,
) -> Described:
    """Compute the features of every sentence."""
    texts = [sentence.text for sentence in sentences]
    own = best_similarities(encoder, question, texts)
    around = best_similarities(encoder, question, [_around(s) for s in sentences])
    weights = question.weights
    features: dict[str, Floats] = {
        "own": own @ weights,
        "context": np.maximum(own, _CONTEXT_SHARE * around) @ weights,
        "passage": np.array([s.hit.score for s in sentences]),
        "lexical": _lexical(asked, sentences, library),
        "expected": np.array([_has_expected(asked, text) for text in texts], np.float64),
        "names": _names(asked, texts),
        "aside": np.array([_is_aside(s) for s in sentences], np.float64),
        "length": np.log1p([len(text.split()) for text in texts]),
    }
    return Described(sentences, own, around, features)


def _around(sentence: Sentence) -> str:
    """Return the title, the sentence and its two neighbours."""
    text = sentence.article.text
    spans = _spans(text)
    place = next(i for i, span in enumerate(spans) if span[0] == sentence.start)
    first, last = spans[max(place - 1, 0)], spans[min(place + 1, len(spans) - 1)]
    return f"{sentence.article.title or ''}\n{text[first[0] : last[1]]}"


def _lexical(asked: Asked, sentences: Sequence[Sentence], library: Library) -> Floats:
    """Return the share of the question's idf that each sentence has as the same stem."""
    share = np.zeros(len(sentences))
    by_language: dict[str | None, dict[str, float]] = {}
    for place, sentence in enumerate(sentences):
        language = sentence.article.language
        if language not in by_language:
            stems = dict.fromkeys(terms(asked.text, language))
            by_language[language] = {stem: max(library.idf(stem) or 0.0, 0.0) for stem in stems}
        idf = by_language[language]
        found = set(terms(sentence.text, language))
        total = sum(idf.values())
        share[place] = sum(v for stem, v in idf.items() if stem in found) / total if total else 0
    return share


def _has_expected(asked: Asked, text: str) -> bool:
    if asked.expected is Expected.NUMBER:
        return bool(_DIGIT.search(text) or _NUMBER_WORD.search(text))
    if asked.expected is Expected.TIME:
        return bool(_TIME_WORD.search(text))
    return False


def _names(asked: Asked, texts: Sequence[str]) -> Floats:
    """Return the share of the question's names that each text has, by consonant key."""
    keys = [key for name in asked.names if (key := name_key(name))]
    if not keys:
        return np.zeros(len(texts))
    found = [{name_key(word.folded) for word in words(text)} for text in texts]
    return np.array([sum(key in of for key in keys) / len(keys) for of in found])


def _is_aside(sentence: Sentence) -> bool:
    """Tell if the sentence is a question or the title: it asks or announces, and rarely says."""
    text = sentence.text
    return bool(_ENDS_AS_QUESTION.search(text)) or text.strip() == (sentence.article.title or "")
