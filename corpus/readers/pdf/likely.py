"""Which of several texts that look alike on a page was meant: the one with the fewest oddities.

Behind an Arabic word, "12 km" and "km 12" are drawn in the same way (UAX 9, W2 and W7), as are
"[2] De Stijl" and "De Stijl [2]".  Spaces beside signs, pairs of brackets, units, dates and numbers
that grow tell most of them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import regex

# The pairs whose stored characters may be those drawn, or those meant.
PAIRS = ("()", "[]", "{}", "«»", "‹›", "<>")
MIRROR = {pair[a]: pair[1 - a] for pair in PAIRS for a in (0, 1)}
# Brackets that follow what is in them (UAX 9, BD16).
OPENER = {")": "(", "]": "[", "}": "{"}
_OPENING = frozenset(OPENER.values())
# What stands behind a number and joins it (W5), and what stands inside of one (W4).
TERMINATORS = frozenset("%٪‰#$€£¥¢₪°±′″")
INSIDE_NUMBERS = frozenset(".,/:")
# What stands behind a word without a space, and at a line's end belongs to the words below as well.
_OPERATORS = frozenset("=+×&≤≥⊆")
_TRAILING = frozenset(",.;:!?،؛-–%)]}'’”") | _OPERATORS
# A line has no such stretch; what is longer is taken as it comes.
_LONGEST, _FARTHEST = 1000, 60
_LONGEST_BRACKETS, _MOST_OPENERS = 300, 4

# A stray bracket that closes; one that opens may be closed on the next line.
_STRAY_CLOSER, _STRAY_OPENER = 3.0, 1.0
# A number before the run is rarer than one in it.
_NUMBER_FIRST = 0.5
_UNIT = (
    r"(?:[kcmnµμ]?m|[kmµμ]?g|m[lL]|[kMGT]i?B|[kMGT]?Hz|[kMGT]?Wh?|[kMGT]?J|[hkMG]?Pa|[kMG]?bps"
    r"|[kMG]bit/s|km/h|mph|rpm|hp|HP|dB|k?V|m?A|mAh|mol|ppm|°[CF]|BCE?|CE|AM|PM|am|pm"
    r"|atm|m?bar|psi|k?cal|[kMGT]?eV|m?Sv|ft|lbs?|oz|ha|min|million|billion)"
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_ARABIC_MONTH = (
    r"(?:يناير|فبراير|مارس|[أإ]بريل|مايو|يوني[وه]|يولي[وه]|[أا]غسطس|سبتمبر|[أا]كتوبر|نوفمبر|ديسمبر"
    r"|شباط|[آا]ذار|نيسان|[أا]يار|حزيران|تموز|[آا]ب|[أا]يلول|(?:تشرين|كانون) (?:الأول|الثاني))"
)
# Behind these comes a number.
_COUNTED = (
    r"(?:ال)?(?:عام|سنة|ساڵی|سال|رقم)|حوالي|قرابة|زهاء"
    r"|ب(?:نسبة|معدل|قيمة|سعة|قدرة|طول|سرعة|قوة|وزن)"
)
_ODD = tuple(
    (weight, regex.compile(pattern))
    for weight, pattern in (
        # Signs with a space on the wrong side, or with none.
        (2.0, r"(?<=\s)[,.;:!?)\]}،؛؟%](?!\d)|[(\[{]\s"),
        (1.5, r"[,.;:!?)\]}،؛؟%‰″′](?=\p{L})|°(?=\p{L}{2}|\p{Arabic})"),
        (1.0, r"[)\]](?=\p{N})|[\p{L}\p{N}][(\[](?!\p{N}+\])"),
        (0.5, r"(?<=\s)\[\p{N}+\]"),
        (1.0, r"(?<=[\s<(\[\"«])[-–](?=\p{L})"),
        (2.0, r"(?<=[\p{Arabic}\p{M}])(?:\p{Latin}|\d)|(?<=\p{Latin}|\d)\p{Arabic}"),
        # A sign between two Latin words before them, or behind.
        (1.0, r"(?<=\p{Arabic}\s)[=+×&≤≥⊆](?=\s\p{L})|[=×&≤≥⊆]\s*[،,.;:)\]]"),
        # A unit before its number, a coefficient behind its letter, a day behind its year.
        (1.0, rf"(?<![\p{{L}}\p{{M}}]){_UNIT}\s?(?=\d)"),
        (1.0, r"(?<=\p{L})[+×*,](?=\d)"),
        (1.0, r"\p{L}\d+\s(?=\d)|[+=→]\s\p{L}{1,4}\s(?=\d)"),
        (2.0, rf"(?<!\p{{L}}){_MONTH}\.?,?\s\d{{4}},?\s\d\d?(?!\d)"),
        # A symbol of one letter before its measure, signs that part nothing from nothing.
        (1.0, r"(?<![\p{L}\p{M}])[^\P{L}v]\s(?=\d+\.\d)"),
        (1.0, r"\p{L}-\s(?=\d)"),
        (2.0, r"(?<=\s)[-–]\s[-–](?=\s|\p{L})"),
        (1.0, r"\\[)\]}\s]"),
        (1.5, r"(?<=[)\p{L}])°|°\s(?=\d)"),
        (1.0, rf"(?<!\p{{L}})(?:{_COUNTED}|{_ARABIC_MONTH})\s(?=\p{{Latin}})"),
    )
)
_RANGE = regex.compile(r"(?<!\d)(\d{1,9})\s?[-–]\s?(\d{1,9})(?!\d)|\[(\d{1,9})\](?=\[(\d{1,9})\])")
_DESCENDS = 2.0


def ascends(first: str, second: str) -> bool:
    """Tell whether two numbers grow as those of a range do, whose second may be cut short.

    >>> ascends("10", "20"), ascends("1721", "42"), ascends("2014", "2011"), ascends("2015", "10")
    (True, True, False, False)
    """
    if not (first.isdecimal() and second.isdecimal()) or len(second) > len(first) + 1:
        return False
    whole = first[: max(len(first) - len(second), 0)] + second
    return int(first) < int(whole)


def cuts(
    turned: Sequence[str], kinds: Sequence[str], run: tuple[int, int], whole: bool, open_end: bool
) -> list[int]:
    """Return where the Latin run of a turned line may begin, which ends at `run[1]`.

    That is at its last letter, or at a number, sign or bracket between `run[0]` and that; with
    `open_end` the line ends with the run, which may go on below; with `whole` it goes on from
    the line above.
    """
    start, end = run
    first = next(place for place in range(start, end) if kinds[place] == "L")
    found = [first]
    if end - start > _LONGEST:
        return found
    for place in range(first - 1, max(start, first - _FARTHEST) - 1, -1):
        token = turned[place]
        if kinds[place] == "E":
            # Inside a number none begins.
            allowed = not (
                place > start + 1
                and kinds[place - 2] == "E"
                and turned[place - 1] in INSIDE_NUMBERS
            )
        else:
            allowed = (
                (token in OPENER and OPENER[token] in turned[place:end])
                or (token in TERMINATORS and kinds[place + 1] == "E")
                or (open_end and token in _TRAILING)
            )
        if allowed:
            found.append(place)
    if whole and found[-1] != start:
        found.append(start)
    # A number right before the run would be drawn on its left, as one with it.
    return [cut for cut in found if cut == start or kinds[cut - 1] != "E"] or found[-1:]


def opener(
    turned: Sequence[str], kinds: Sequence[str], drawn: frozenset[str], run: tuple[int, int, int]
) -> int:
    """Return where the bracket opens that closes behind a run, -1 where none does.

    The run ends at `run[1]` of a stretch of a turned line from `run[0]` to `run[2]`.
    """
    start, run_end, end = run
    if end - start > _LONGEST_BRACKETS:
        return -1
    for closer in turned[run_end:end]:
        if _as_read(closer, drawn) in OPENER:
            break
    else:
        return -1
    opening, depth, found = MIRROR[closer], 0, -1
    for place in range(run_end - 1, start - 1, -1):
        token = turned[place]
        if closer in drawn:
            depth += (token == closer) - (token == opening)
            if depth < 0:
                found = place
                break
        elif token == opening and not (place > start and turned[place - 1].isalnum()):
            found = place
            break
    # Behind a Latin letter it would be of that direction.
    before = next((p for p in range(found - 1, start - 1, -1) if _is_strong(turned[p])), found)
    if turned[before].isalnum() and "L" in kinds[start:found]:
        return -1
    return found


def openers(
    turned: Sequence[str], kinds: Sequence[str], drawn: frozenset[str], run: tuple[int, int]
) -> list[int]:
    """Return where brackets open between Latin letters, if they are read in a turned line."""
    start, run_end = run
    if run_end - start > _LONGEST_BRACKETS:
        return []
    found = [
        place
        for place in range(start + 1, run_end)
        if _as_read(turned[place], drawn) in _OPENING and "L" in kinds[start:place]
    ]
    return found[:_MOST_OPENERS]


def _as_read(token: str, drawn: frozenset[str]) -> str:
    return MIRROR[token] if token in drawn else token


def _is_strong(token: str) -> bool:
    return token.isalnum() or token in OPENER or token in _OPENING


def begins(turned: Sequence[str], run_end: int, end: int) -> list[int]:
    """Return where the part of a run that goes on from above may begin: at signs or numbers too."""
    found = [run_end]
    for place in range(run_end, min(end, run_end + _FARTHEST)):
        token = turned[place]
        if token in _OPERATORS or token.isdecimal() or token in "\\{":
            found.append(place + 1)
        elif not token.isspace():
            break
    return found


def oddity(above: str, text: str, below: str) -> float:
    """Return how odd a text is between what stands before and behind it; less is likelier.

    >>> oddity("طول ", "12 km", " من") < oddity("طول ", "km 12", " من")
    True
    >>> oddity("طراز ", "F-16", " من") < oddity("طراز ", "16-F", " من")
    True
    """
    whole = above + text + below
    odd = sum(weight * len(pattern.findall(whole)) for weight, pattern in _ODD)
    for found in _RANGE.finditer(text):
        first, second = found[1] or found[3], found[2] or found[4]
        odd += 0 if ascends(first, second) else _DESCENDS
    letter = regex.search(r"\p{L}", text)
    first = text[: letter.start()] if letter else text
    # At the start of a line a bracket may close one of the line above.
    closer = _STRAY_CLOSER if above else _STRAY_OPENER
    numbers = len(regex.findall(r"\d+(?:[.,/:]\d+)*", first))
    return odd + _NUMBER_FIRST * numbers + _strays(text, closer)


def pairs_across(first: str, run: str) -> float:
    """Return how odd it is that a run closes brackets that are opened before it."""
    odd = 0.0
    for closer, opener in OPENER.items():
        closes = -min(accumulate((c == opener) - (c == closer) for c in run), default=0)
        opens = first.count(opener) - first.count(closer)
        odd += _STRAY_CLOSER * max(min(opens, closes), 0)
    return odd


def _strays(text: str, stray_closer: float) -> float:
    odd = 0.0
    for closer, opener in OPENER.items():
        depth = 0
        for character in text:
            if character == opener:
                depth += 1
            elif character == closer:
                depth -= 1
                if depth < 0:
                    depth, odd = 0, odd + stray_closer
        odd += depth * _STRAY_OPENER
    return odd
