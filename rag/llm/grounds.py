"""What sentences hold that a statement may rest on: their numbers, dates, words and names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise

import numpy as np
import regex
from numpy.typing import NDArray

from corpus.text.language import script
from corpus.text.names import name_key, name_terms
from corpus.text.quantities import as_percent, ordinals, quantities
from corpus.text.stems import terms
from corpus.text.words import Word, fold, words
from index import WordTable
from rag.choice.evidence import Sentence

# A year may come from the title or the article's date, other numbers from the sentence alone.
_DATE = regex.compile(r"@.*|(?:19|20)\d\d")
# "سيارتان" is two cars.
_DUAL = regex.compile(r"\p{Arabic}{3,}(?:ان|ين|تا|تي)")
# "وقسد", "لقسد": what Arabic writes together with a name that has no article.
_PREFIXED = regex.compile(r"\A[وفبلك](?=\p{Arabic}{3})")
_POSSESSIVE = regex.compile(r"['’]s?\Z")
# Consonants make a name only if they are many, where vowels or the space between two words could
# tell it from others: Hassan and Hussein, "غازي عنتاب" and "Gaziantep".
_LONG_KEY = 4
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# What tells loose keys from those that are index terms.
_LOOSE = "~"


class Grounds:
    """The sentences that a statement cites, with title, outlet and date of their articles.

    `counted` are the terms of numbers and dates in the sentences, `texts` all that names may
    stand in, each with its language, `encoder` tells of two words how alike they are.
    """

    def __init__(
        self,
        counted: frozenset[str],
        texts: Sequence[tuple[str, str | None]],
        encoder: WordTable | None,
    ) -> None:
        self._counted, self._texts, self._encoder = counted, texts, encoder

    @property
    def understands(self) -> bool:
        """Whether words can be compared by meaning."""
        return self._encoder is not None

    def counts(self, term: str) -> bool:
        """Tell if a number or date is there, by its term in `corpus.text.quantities`."""
        return not self._counted.isdisjoint((term, *as_percent(term)))

    def has_name(self, name: str) -> bool:
        """Tell if all words of a name are there, in their script and some form."""
        return all(word.folded in self._forms or self._has_stem(word) for word in words(name))

    def has(self, written: str, likeness: float, aliases: Mapping[str, Sequence[str]]) -> bool:
        """Tell if a word is there: as it stands, as a name in another script, or as a word alike.

        `likeness` is the least cosine of words alike, above 1 where only the word itself or one
        of its `aliases`, by its folded form, will do.
        """
        name = _POSSESSIVE.sub("", written)
        if self.has_name(name) or any(map(self.has_name, aliases.get(fold(name), ()))):
            return True
        return likeness <= 1 and (self._is_spelled(name) or self._is_meant(name, likeness))

    def _has_stem(self, word: Word) -> bool:
        return any(stem in self._stems for stem in _stems(word.folded, self._languages))

    def _is_spelled(self, name: str) -> bool:
        """Tell if a name is there by its keys, which say less of two names in one script."""
        own = script(name)
        keys = _keys(name)
        sure = {key for key in keys if key.startswith("=") or len(key) >= _LONG_KEY}
        sure -= {key for key in sure if key.startswith(_LOOSE)}
        for other, found in self._names.items():
            # A name of one consonant ("Emma") has no key: in another script it can't be missed.
            if other != own and (not keys or not keys.isdisjoint(found)):
                return True
            if other == own and not sure.isdisjoint(found):
                return True
        return False

    def _is_meant(self, name: str, likeness: float) -> bool:
        if self._encoder is None or not len(self._vectors):
            return False
        alike = self._encoder.encode_queries([name]) @ self._vectors.T
        return bool(alike.max() >= likeness)

    @cached_property
    def _languages(self) -> set[str | None]:
        return {language for _, language in self._texts}

    @cached_property
    def _forms(self) -> set[str]:
        found = (word.folded for text, _ in self._texts for word in words(text))
        return {form for folded in found for form in (folded, folded.removesuffix("'s"))}

    @cached_property
    def _stems(self) -> set[str]:
        plain = {_PREFIXED.sub("", form) for form in self._forms}
        return {stem for form in self._forms | plain for stem in _stems(form, self._languages)}

    @cached_property
    def _names(self) -> dict[str, set[str]]:
        """The keys of all words that may be names, by script."""
        keys: dict[str, set[str]] = {}
        for text, _ in self._texts:
            found = [text[word.start : word.end] for word in words(text)]
            for name in found:
                own = keys.setdefault(script(name), set())
                own.update(_keys(name), _keys(_PREFIXED.sub("", name)))
            for first, second in pairwise(found):
                joined = _keys(first + second)
                own = keys.setdefault(script(second), set())
                own.update(key for key in joined if len(key) >= _LONG_KEY)
        return keys

    @cached_property
    def _vectors(self) -> NDArray[np.float32]:
        """Vectors of the distinct words, float32 (n, dimension)."""
        written = {text[word.start : word.end] for text, _ in self._texts for word in words(text)}
        if self._encoder is None or not written:
            return np.zeros((0, 0), np.float32)
        return self._encoder.encode_passages(sorted(written))


def grounds_of(cited: Sequence[Sentence], encoder: WordTable | None) -> Grounds:
    """Read the sentences that a statement cites."""
    counted: set[str] = set()
    texts: list[tuple[str, str | None]] = []
    for sentence in cited:
        article = sentence.article
        counted.update(_counted(sentence.text))
        counted.update(term for term in _counted(article.title or "") if _DATE.fullmatch(term))
        if article.published:
            counted.update(_day(article.published))
            texts.append((_DAYS[article.published.weekday()], "en"))
        found = [word.folded for word in words(sentence.text)]
        counted.update(ordinals(found))
        if any(_DUAL.fullmatch(folded) for folded in found):
            counted.add("2")
        texts += [
            (text, article.language)
            for text in (sentence.text, article.title, article.outlet)
            if text
        ]
    return Grounds(frozenset(counted), texts, encoder)


def _counted(text: str) -> Iterator[str]:
    return (quantity.term for quantity in quantities(list(words(text)), text))


def _keys(name: str) -> set[str]:
    """Return all that a name may be met by; two of them meet if they share one."""
    keys = set(name_terms([Word(0, len(name), fold(name))], name))
    loose = name_key(name) or ""
    return keys | {_LOOSE + loose} if len(loose) >= _LONG_KEY else keys


def _day(published: date) -> tuple[str, str, str]:
    return (
        f"@{published.month}",
        f"@{published.month}-{published.day}",
        str(published.year),
    )


def _stems(folded: str, languages: set[str | None]) -> Iterator[str]:
    for language in languages:
        yield from terms(folded, language)
