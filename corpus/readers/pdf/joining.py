"""Lines of a paragraph to its text, in the manner of the program that broke and turned them.

Some programs turn each line by itself and break only at spaces, as scripts do that draw line by
line; others turn the paragraph as a whole and break behind hyphens too.  Where that makes a
difference, a file's other lines tell which it is.  They tell too whether a space stands between two
signs where a line may end with or without one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import regex

from corpus.readers.pdf.bidi import UNSURE, kind, logical, strong_at_end
from corpus.readers.pdf.likely import MIRROR, PAIRS, ascends, oddity
from corpus.readers.pdf.lines import Line, first_word, line_text

# Words part behind these with no space, if a program breaks lines there; what a hyphen joins stays
# joined.
_OPEN_END = regex.compile(r"\S[-\u2010\u2011/–—]\Z")
# LibreOffice breaks before numbers and Latin words, whatever stands before them; no program breaks
# between an opening bracket and an Arabic word unless a space is there (UAX 14, LB14).
_OPENER, _ARABIC = regex.compile(r"[(\[{]\Z"), regex.compile(r"\p{Arabic}")
_BEFORE_NUMBER = regex.compile(r"[(\[{«]\Z")
_NUMBER = regex.compile(r"[\p{N}\p{Latin}\p{Greek}\p{Cyrillic}]")
# Words between two dashes are apart from those behind.
_DASHED = regex.compile(r"(?<!\S)[-–—]\w[^-–—]*[-–—]\Z")
# Lines may break between a sentence and the number of its note, where there is no space.
_REFERENCE, _BEFORE_REFERENCE = regex.compile(r"\[\p{N}+\]"), regex.compile(r"[\].!?؟؛,،]\Z")
# Lines may break before a bracket behind these (UAX 14, LB13), mostly where a space is.
_BEFORE_BRACKET, _BRACKET = regex.compile(r"[,.:;!?،؛؟)\]}]\Z"), regex.compile(r"[(\[{]")
# LibreOffice breaks before numbers and Latin words behind these as well.
_AND = regex.compile(r"(?<![\p{L}\p{M}\p{N}])و\Z")
_PREFIX = regex.compile(r"(?<![\p{L}\p{M}\p{N}])(?:[وفبكل]?ال|و?لل|[فبكل])ـ*\Z|(?<=\s)[\"“‘']\Z")
_WRITER = regex.compile("LibreOffice|OpenOffice")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_SIGNS = regex.compile(r"\p{N}\s*[-+%٪$€£#°‰]|[-+%٪$€£#°‰]\s*\p{N}")
_HYPHENATED = regex.compile(r"\p{L}{2,}-(?=\p{L}{2})")
_HYPHENS = frozenset("-\u2010\u2011/–—")
# The spacing of a file's other lines counts as much as so many signs of a paragraph.
_FILE = 2
# A part of a word fits where that much is left besides, in the size of the text.
_CLEARLY_FITS = 0.2
_RANGE, _PERCENT = regex.compile(r"(\d{1,9})-(\d{1,9})"), regex.compile(r"\d[%٪]|([%٪])\d")


class Spacing:
    """How often lines have a space behind a sign, and how often none, by what stands beside it."""

    # "And" counts as a sign before a number or a Latin word.
    _SIGN = regex.compile(
        r"([-\u2010\u2011/–—(\[{«,.:;!?،؛؟)\]}]"
        r"|(?<![\p{L}\p{M}\p{N}])و(?=\s?[\p{N}\p{Latin}]))(\s?)(?=(\S.?))"
    )

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts
        self._counted: Counter[tuple[str, bool]] | None = None

    def of(self, ended: str, text: str) -> tuple[int, int]:
        """Return how often no space, and a space, stands as between these pieces of a text."""
        if self._counted is None:
            self._counted = Counter(self._signs())
        place = _place(ended[-2:-1], ended[-1], text[:2])
        return self._counted[place, False], self._counted[place, True]

    def _signs(self) -> Iterator[tuple[str, bool]]:
        for text in self._texts:
            for found in self._SIGN.finditer(text):
                start = found.start()
                yield _place(text[start - 1 : start], found[1], found[3]), bool(found[2])


def _place(before: str, sign: str, behind: str) -> str:
    """Return what is the same for signs that are spaced alike.

    >>> _place("5", "-", "20"), _place("a", ".", "[1"), _place("", "و", "20")
    ('E-E', '.[E', 'و')
    """
    if sign == "و":
        return sign
    ahead = kind(before) if sign in _HYPHENS else ""
    first = kind(behind[0])
    if first == "O":
        first = behind[0] + (kind(behind[1:]) if behind[0] == "[" else "")
    return ahead + sign + first


@dataclass(frozen=True, slots=True)
class Manner:
    """How a program writes lines, as far as it shows.

    `drawn` are the brackets that are stored as drawn, `alone` tells whether each line is turned by
    itself (`None` where nothing tells), `at_spaces` whether lines break at spaces only, and
    `anywhere` whether before Latin words and numbers too. `spacing` is that of all lines.
    """

    drawn: frozenset[str]
    alone: bool | None = None
    at_spaces: bool = False
    anywhere: bool = False
    spacing: Spacing = field(default_factory=lambda: Spacing(()))

    def below(self, strong: str) -> str:
        """Return the class that counts at the start of a line whose last letter above is this.

        >>> Manner(frozenset(), alone=True).below("AL"), Manner(frozenset()).below("AL")
        ('R', 'unsure')
        """
        if self.alone:
            return "R"
        return UNSURE if strong == "AL" and self.alone is None else strong


def manner(paragraphs: Sequence[Sequence[Line]], drawn: frozenset[str], writer: str) -> Manner:
    """Return the manner of a file whose lines are known by paragraph; `writer` is its program."""
    turned_alone = at_spaces = behind_hyphens = 0
    for lines in paragraphs:
        for upper, line in pairwise(lines):
            at_spaces += _breaks_at_spaces(upper, line, lines, drawn)
            behind_hyphens += bool(_OPEN_END.search(upper.text.rstrip()))
            if line.rtl and strong_at_end(upper.text) == "AL":
                turned_alone += _turned_alone(line)
    alone = None if not turned_alone else turned_alone > 0
    spacing = Spacing([line.text for lines in paragraphs for line in lines])
    spaces_only = at_spaces > 0 and at_spaces >= behind_hyphens
    return Manner(drawn, alone, spaces_only, bool(_WRITER.match(writer)), spacing)


def _turned_alone(line: Line) -> int:
    """Return 1 if a number at the start of a line is as in a line by itself, -1 if not, else 0.

    Numbers with a sign between or behind them are drawn from the left at the start of a text,
    and from the right behind an Arabic letter.
    """
    edge = "".join(line.tokens).split()[-1:]
    if not edge:
        return 0
    numbers = _RANGE.search(edge[0])
    if numbers and len(numbers[1]) == len(numbers[2]) and numbers[1] != numbers[2]:
        return 1 if ascends(numbers[1], numbers[2]) else -1
    percent = _PERCENT.search(edge[0])
    return 0 if percent is None else -1 if percent[1] else 1


def _breaks_at_spaces(
    upper: Line, line: Line, lines: Sequence[Line], drawn: frozenset[str]
) -> bool:
    """Tell whether a line was not broken where other programs break it."""
    if _OPENER.search(upper.text.rstrip()) and _ARABIC.match(line.text.lstrip()):
        return True
    if not _HYPHENATED.match(line.text.lstrip()):
        return False
    word = first_word(line, drawn)
    end = next((n for n, (text, _) in enumerate(word) if text == "-"), -1)
    beside = [other for other in lines if other.page == upper.page and _same_start(upper, other)]
    reached = min(x.x0 for x in beside) if upper.rtl else -max(x.x1 for x in beside)
    room = (upper.x0 if upper.rtl else -upper.x1) - reached
    part = sum(width for _, width in word[: end + 1])
    return part + upper.space + _CLEARLY_FITS * upper.size < room


def _same_start(one: Line, other: Line) -> bool:
    return abs(one.x1 - other.x1 if one.rtl else one.x0 - other.x0) < one.size


def brackets_as_drawn(lines: Iterable[Line]) -> frozenset[str]:
    """Return the brackets that a file stores as drawn: where fewer then lack their partner.

    Others are stored as meant, or a font names each of them as its mirror image, since it first
    drew it in right-to-left text; these are put right in the tokens of the lines.
    """
    kept = [line for line in lines if line.rtl or any(kind(token) == "R" for token in line.tokens)]
    found = undecided = ""
    as_meant_pairs = 0
    for pair in PAIRS:
        mine = [line for line in kept if pair[0] in line.tokens or pair[1] in line.tokens]
        drawn = frozenset(pair)
        as_drawn = sum(_strays(line.tokens, line.rtl, drawn, pair) for line in mine)
        as_meant = sum(_strays(line.tokens, line.rtl, frozenset(), pair) for line in mine)
        if as_drawn < as_meant:
            found += pair
        elif as_drawn == as_meant:
            undecided += pair
        else:
            as_meant_pairs += 1
            turned = [[MIRROR[t] if t in drawn else t for t in line.tokens] for line in mine]
            # Either way has few strays, so that the letters beside brackets tell.
            meant = sum(_oddity(line.tokens, line.rtl, frozenset()) for line in mine)
            pairs = zip(mine, turned, strict=True)
            if sum(_oddity(tokens, line.rtl, drawn) for line, tokens in pairs) < meant:
                found += pair
                for line, tokens in zip(mine, turned, strict=True):
                    line.tokens = tokens
    # Pairs that tell nothing are as the others of the file.
    return frozenset(found + ("" if as_meant_pairs > len(found) / 2 else undecided))


def _oddity(tokens: Sequence[str], rtl: bool, drawn: frozenset[str]) -> float:
    return oddity("", logical(tokens, rtl, drawn), "")


def _strays(tokens: Sequence[str], rtl: bool, drawn: frozenset[str], pair: str) -> int:
    """Return how many brackets of a line lack their partner in it."""
    depth = strays = 0
    for character in logical(tokens, rtl, drawn):
        depth += (character == pair[0]) - (character == pair[1])
        if depth < 0:
            depth, strays = 0, strays + 1
    return strays + depth


def joined(lines: Sequence[Line], manner: Manner) -> list[tuple[int, str]]:
    """Return the text of a paragraph in pieces, each with the page it stands on."""
    pieces: list[tuple[int, str]] = []
    spacing = Spacing([line.text for line in lines])
    before = ""
    for place, line in enumerate(lines):
        text = line.text
        if _SIGNS.search(text) or before == "L":
            # What signs join depends on the letter before them, which may stand on the line above.
            above = manner.below(before) if place else ""
            text = line_text(line, manner.drawn, above)
        before = strong_at_end(text, before)
        text, ended = text.strip(), pieces[-1][1] if pieces else ""
        if not ended or not text:
            space = ""
        elif ended.endswith("\u00ad"):
            pieces[-1], space = (pieces[-1][0], ended[:-1]), ""
        else:
            space = "" if _has_no_space(ended, text, manner, spacing) else " "
        pieces.append((line.page, space + text))
    return pieces


def _has_no_space(ended: str, text: str, manner: Manner, spacing: Spacing) -> bool:
    """Tell whether no space stands where a line ends; `spacing` is that of the paragraph."""
    if _UNSPACED.match(text) and _UNSPACED.match(ended[-1]):
        return True
    if manner.at_spaces or _DASHED.search(ended):
        return False
    note = _REFERENCE.match(text) and _BEFORE_REFERENCE.search(ended)
    number = _NUMBER.match(text) and _BEFORE_NUMBER.search(ended)
    other = manner.anywhere and _NUMBER.match(text)
    hyphen = _OPEN_END.search(ended)
    mostly_none = note or number or hyphen or (other and _PREFIX.search(ended))
    bracket = _BRACKET.match(text) and _BEFORE_BRACKET.search(ended)
    if not mostly_none and not bracket and not (other and _AND.search(ended)):
        return False
    # Of other paragraphs, hyphens tell little: with a space behind them they may be dashes.
    without, spaced = (0, 0) if hyphen else manner.spacing.of(ended, text)
    share = (without + bool(mostly_none)) / (without + spaced + 1)
    without, spaced = spacing.of(ended, text)
    return without + _FILE * share > spaced + _FILE * (1 - share)
