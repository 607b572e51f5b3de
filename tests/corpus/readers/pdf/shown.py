"""The order in which programs draw a text: the Unicode Bidirectional Algorithm (UAX 9), implicit.

It is what the reader's inverse is tested against, so it follows the rules and not the reader.
"""

from unicodedata import bidirectional

CLOSERS = {"(": ")", "[": "]", "{": "}"}
OPENERS = {closer: opener for opener, closer in CLOSERS.items()}
MIRRORED = {**CLOSERS, **OPENERS, "«": "»", "»": "«", "<": ">", ">": "<"}


def shown(text, rtl=True):
    """Return a line's characters from left to right, in a paragraph that is that line."""
    return shown_lines([text], rtl)[0]


def shown_lines(lines, rtl=True):
    """Return the characters of each line of a paragraph, joined by spaces, from left to right."""
    levels = levels_of(" ".join(lines), rtl)
    found, start = [], 0
    for line in lines:
        found.append(reordered(line, levels[start : start + len(line)]))
        start += len(line) + 1
    return found


def levels_of(text, rtl):
    side = "R" if rtl else "L"
    types = numbers(weak(text, side), side)
    original = [bidirectional(c) for c in text]
    for start, end in pairs(text, types):
        inside = {strong(t) for t in types[start + 1 : end]} - {None}
        if not inside:
            continue
        before = next((s for t in reversed(types[:start]) if (s := strong(t))), side)
        taken = side if side in inside or before == side else inside.pop()
        for place in (start, end):
            types[place] = taken
            while place + 1 < len(text) and original[place + 1] == "NSM":
                place += 1
                types[place] = taken
    neutrals(types, side)
    level = {"L": 2, "R": 1} if rtl else {"L": 0, "R": 1}
    return [level.get(t, 2) for t in types]


def weak(text, side):
    types, before = [], side
    for character in text:
        found = bidirectional(character)
        before = before if found == "NSM" else "ON" if found == "BN" else found
        types.append(before)
    letter = side
    for place, found in enumerate(types):
        letter = found if found in ("L", "R", "AL") else letter
        if found == "EN" and letter == "AL":
            types[place] = "AN"
    return ["R" if t == "AL" else t for t in types]


def numbers(types, side):
    for place in range(1, len(types) - 1):
        left, here, right = types[place - 1 : place + 2]
        if left == right and (here, left) in (("ES", "EN"), ("CS", "EN"), ("CS", "AN")):
            types[place] = left
    for places in (range(1, len(types)), range(len(types) - 2, -1, -1)):
        for place in places:
            if types[place] == "ET" and types[place - places.step] == "EN":
                types[place] = "EN"
    letter = side
    for place, found in enumerate(types):
        letter = found if found in ("L", "R") else letter
        if found in ("ES", "ET", "CS"):
            types[place] = "ON"
        elif found == "EN" and letter == "L":
            types[place] = "L"
    return types


def pairs(text, types):
    waiting, found = [], []
    for place, character in enumerate(text):
        if types[place] != "ON":
            continue
        if character in CLOSERS:
            waiting.append(place)
        elif character in OPENERS:
            for depth in range(len(waiting) - 1, -1, -1):
                if text[waiting[depth]] == OPENERS[character]:
                    found.append((waiting[depth], place))
                    del waiting[depth:]
                    break
    return sorted(found)


def strong(found):
    return "L" if found == "L" else "R" if found in ("R", "EN", "AN") else None


def neutrals(types, side):
    place = 0
    while place < len(types):
        end = place
        while end < len(types) and strong(types[end]) is None:
            end += 1
        left = strong(types[place - 1]) if place else side
        right = strong(types[end]) if end < len(types) else side
        types[place:end] = [left if left == right else side] * (end - place)
        place = max(end, place + 1)


def reordered(text, levels):
    places = list(range(len(text)))
    for level in range(max(levels, default=0), 0, -1):
        place = 0
        while place < len(places):
            end = place
            while end < len(places) and levels[places[end]] >= level:
                end += 1
            places[place:end] = places[place:end][::-1]
            place = max(end, place + 1)
    return "".join(MIRRORED.get(text[p], text[p]) if levels[p] % 2 else text[p] for p in places)
