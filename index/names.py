"""A key by which a name meets itself in another script: its consonants, coarsely.

Transliteration keeps consonants better than vowels, and confuses voiced with voiceless and
emphatic with plain ones, so each group of such letters is one class here.  Weak letters (vowels,
w, y, ayn, hamza) are dropped.  A key says that two spellings may be one name, never that they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import regex

from index.analysis import Word, fold

# Latin digraphs stand for one Arabic letter; they are replaced before single letters are read.
_DIGRAPHS = (
    ("sch", "X"), ("tch", "X"), ("sh", "X"), ("ch", "X"), ("kh", "K"), ("gh", "K"),
    ("th", "T"), ("dh", "T"), ("ph", "F"), ("ck", "K"), ("ts", "S"),
)  # fmt: skip
_CLASSES = {
    "T": "tdتدطضثذظ" + "тд", "K": "kgjqcكقغخجگ" + "кгх", "S": "szسصزژ" + "сз",
    "X": "شچ" + "шчщж", "B": "bpبپ" + "бп", "F": "fvفڤ" + "фв", "M": "mم" + "м", "N": "nن" + "н",
    "L": "lلڵ" + "л", "R": "rرڕ" + "р", "H": "hحه",
}  # fmt: skip
_CLASS_OF = {letter: key for key, letters in _CLASSES.items() for letter in letters}
_SOFT_C = regex.compile("c(?=[eiy])")
_ARTICLE = regex.compile(r"^[وف]?[بك]?ال(?=\p{L}{3})|^و?لل(?=\p{L}{3})")
_MINIMUM = 2
# Written apart in one script and as one word in another: "عبد الله", "Abdullah".
_JOINED_TO_NEXT = frozenset({"عبد", "abd", "abdul"})


@lru_cache(maxsize=100_000)
def name_key(word: str) -> str | None:
    """Return the consonant key of `word` in any script, or `None` if it has too few consonants.

    >>> name_key("Caggins") == name_key("كاغينز") == name_key("كاكينز")
    True
    >>> name_key("Qamishli") == name_key("قامشلو"), name_key("Raqqa") == name_key("الرقة")
    (True, True)
    >>> name_key("Ali") is None
    True
    """
    folded = _ARTICLE.sub("", fold(word))
    folded = _SOFT_C.sub("s", folded)
    for digraph, letter in _DIGRAPHS:
        folded = folded.replace(digraph, letter)
    key: list[str] = []
    previous = ""
    for letter in folded:
        consonant = letter if letter.isupper() else _CLASS_OF.get(letter, "")
        # A letter written twice is one long consonant; a vowel between keeps two apart.
        if consonant and letter != previous:
            key.append(consonant)
        previous = letter
    # Final h is ta marbuta or a vowel sign in one script and nothing in the other.
    if key and key[-1] == "H":
        key.pop()
    return "".join(key) if len(key) >= _MINIMUM else None


def name_keys(found: Sequence[Word]) -> set[str]:
    """Return the keys of all words of a text, those of names of two words included.

    >>> from index.analysis import words
    >>> name_key("Abdullah") in name_keys(list(words("حجي عبد الله")))
    True
    """
    return {key for word in (*found, *joined_names(found)) if (key := name_key(word.folded))}


def joined_names(found: Sequence[Word]) -> list[Word]:
    """Return the names of two words of a text, each as one word.

    >>> from index.analysis import words
    >>> [name.folded for name in joined_names(list(words("حجي عبد الله")))]
    ['عبدالله']
    """
    return [
        Word(word.start, following.end, word.folded + following.folded)
        for word, following in pairwise(found)
        if word.folded in _JOINED_TO_NEXT
    ]
