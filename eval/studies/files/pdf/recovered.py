"""How much of the paragraphs that a PDF was made of is read back exactly, and what is not in it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import regex

# Letters that fonts draw alike, for which a file may name one shape: those of the first string
# become those of the second; and what programs drop, as it has no shape of its own.
_ALIKE = str.maketrans("ەةیىکﮐ", "ههييكك")
# One shape for two letters hides on which of them a mark stands.
_LAM_ALEF = regex.compile(r"(ل)(\p{M}+)([اأإآ])")
_SHAPELESS = frozenset("\u200c\u200d\u0640")


@dataclass(frozen=True, slots=True)
class Recovered:
    """Counts of paragraphs: `exact` of `total`, and `unheld`, which lack only what the file lacks.

    `broken` are those that are neither.
    """

    total: int
    exact: int
    unheld: int
    broken: Sequence[str]

    @property
    def share(self) -> float:
        """The share of exact ones among those whose letters the file holds."""
        return self.exact / max(self.total - self.unheld, 1)


def compare(
    wanted: Sequence[str], text: str, *, joiners: bool, lacking: frozenset[str] = frozenset()
) -> Recovered:
    r"""Count the paragraphs of `wanted` among those of a text that was read.

    `joiners` says that joiners were read somewhere in the file, which then holds them. Spaces of
    any kind and number are one, and letters are composed; everything else has to be the same.
    `lacking` are the characters for which the font has no glyph, so that the file holds none.

    >>> counts = compare(["قسد ٢٠٢٠", "ئەو"], "قسد ٢٠٢٠\n\nئهو", joiners=False)
    >>> counts.exact, counts.unheld, counts.broken, counts.share
    (1, 1, (), 1.0)
    """
    found = Counter(map(_plain, text.split("\n\n")))
    dropped = lacking if joiners else lacking | _SHAPELESS
    loosely = Counter(_loose(paragraph, dropped) for paragraph in text.split("\n\n"))
    exact = unheld = 0
    broken = []
    for paragraph in map(_plain, wanted):
        loose = _loose(paragraph, dropped)
        if found[paragraph]:
            found[paragraph] -= 1
            loosely[loose] -= 1
            exact += 1
        elif loosely[loose]:
            loosely[loose] -= 1
            unheld += 1
        else:
            broken.append(paragraph)
    return Recovered(len(wanted), exact, unheld, tuple(broken))


def _plain(paragraph: str) -> str:
    return " ".join(unicodedata.normalize("NFC", paragraph).split())


def _loose(paragraph: str, dropped: frozenset[str]) -> str:
    """Return a paragraph without what a file may lack, which are the `dropped` characters too.

    >>> _loose("ئەوەی می‌رود", _SHAPELESS) == _loose("ئهوهی میرود", _SHAPELESS)
    True
    """
    shaped = paragraph.translate(dict.fromkeys(map(ord, dropped))).translate(_ALIKE)
    return _plain(_LAM_ALEF.sub(r"\1\3\2", _plain(shaped)))
