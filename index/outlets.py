"""Names of outlets, as people write them: in another case or script, or not quite right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus.errors import InputError
from corpus.text.language import script
from corpus.text.names import strict_name_keys, without_article
from corpus.text.words import words
from index.filters import Filters

# So many names are offered in place of one that is not there.
_OFFERED = 3
# Articles that stand apart and mean nothing alone.
_ARTICLES = frozenset(("the", "al", "el"))
# One word with a key of fewer consonants meets too many others.
_SHORTEST_KEY = 3


def name_words(name: str) -> list[str]:
    """Return the folded words of an outlet's name without articles.

    >>> name_words("The Levant Courier"), name_words("صدى الخابور")
    (['levant', 'courier'], ['صدي', 'خابور'])
    """
    folded = [without_article(word.folded.partition("'")[0]) for word in words(name)]
    return [word for word in folded if word not in _ARTICLES] or folded


def same_name(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell if two names, as `name_words` gives them, are one or sound alike in two scripts.

    Within a script a name that only sounds like another is a slip, or another outlet.

    >>> same_name(name_words("Sada al-Khabour"), name_words("صدى الخابور"))
    True
    >>> same_name(name_words("Sada al-Furat"), name_words("صدى الخابور"))
    False
    >>> same_name(["anah"], ["anha"])
    False
    """
    if not one or len(one) != len(other):
        return False
    if list(one) == list(other):
        return True
    alone = len(one) == 1
    for word, second in zip(one, other, strict=True):
        if word == second:
            continue
        if script(word) == script(second):
            return False
        shared = set(strict_name_keys(word)) & set(strict_name_keys(second))
        if not any(len(key) >= _SHORTEST_KEY or not alone for key in shared):
            return False
    return True


def spelled(filters: Filters, outlets: Sequence[str]) -> Filters:
    """Return filters whose outlet is spelled as one of the `outlets` of a library.

    Raises `InputError` with the nearest names for one that is not there, as far as the filters let
    its names be seen; in a library without outlets there is nothing to mistake.
    """
    may = replace(filters, outlet=None).allow_outlets(outlets)
    seen = [outlet for outlet, allowed in zip(outlets, may, strict=True) if allowed]
    if filters.outlet is None or not seen or any(filters.allow_outlets(seen)):
        return filters
    return replace(filters, outlet=known_outlet(filters.outlet, seen))


def known_outlet(name: str, outlets: Sequence[str]) -> str:
    """Return the outlet that `name` means among the `outlets` of a library.

    Raises `InputError` with the nearest names where there is none.

    >>> known_outlet("sada al khabour", ["ANHA", "صدى الخابور"])
    'صدى الخابور'
    """
    written = name_words(name)
    for outlet in outlets:
        if written == name_words(outlet):
            return outlet
    heard = [outlet for outlet in outlets if same_name(written, name_words(outlet))]
    if len(heard) == 1:
        return heard[0]
    offered = ", ".join(nearest(name, outlets))
    raise InputError(f"There is no outlet {name!r} in the library; the nearest: {offered}.")


def nearest(name: str, outlets: Sequence[str]) -> list[str]:
    """Return the names of outlets most like `name`, by letters or by sound, best first.

    >>> nearest("ANAH", ["Rojava News", "ANHA"])
    ['ANHA', 'Rojava News']
    """
    from difflib import SequenceMatcher

    def likeness(one: str, other: str) -> float:
        return SequenceMatcher(None, one, other, autojunk=False).ratio()

    def key(outlet: str) -> float:
        spelled, given = name_words(outlet), name_words(name)
        letters = likeness(" ".join(given), " ".join(spelled))
        return max(letters, likeness(_sound(given), _sound(spelled)) if given else 0.0)

    # Sorting keeps the order of equals: outlets come with most articles first.
    return sorted(outlets, key=key, reverse=True)[:_OFFERED]


def _sound(name: Sequence[str]) -> str:
    return " ".join((strict_name_keys(word) or ("",))[0] for word in name)
