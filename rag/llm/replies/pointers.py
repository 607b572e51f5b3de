"""The reply of a language model as it comes: words to show, and pointers to sentences.

A reply is hostile: the articles it was made from may have told the model what to write.  So what
would be more than words in some surface (links, images, HTML, hidden characters) is reduced to
words here, once for all of them.  What is yielded does not depend on where the reply was cut.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import regex

from rag.llm.characters import visible, without_addresses
from rag.llm.replies.markers import marker_numbers


@dataclass(frozen=True, slots=True)
class Words:
    """Text to show."""

    text: str


@dataclass(frozen=True, slots=True)
class Pointers:
    """The sentence numbers of one marker in the order written, numbers nobody gave included."""

    numbers: tuple[int, ...]


Part = Words | Pointers
_ROUND, _ROUND_END = "(（", ")）"
_SQUARE, _SQUARE_END = "[【［〔{", "]】］〕}"
# Longer text between brackets is no marker and no label worth waiting for.
_LONGEST_BRACKET, _LONGEST_ROUND, _LONGEST_ADDRESS, _LONGEST_TAG = 300, 60, 1000, 500
_DEEPEST = 3
# Words without brackets; an ASCII word is shown when it is whole, since it may be an address.
_ASCII = regex.compile(r"[!-~--[\[\](){}<>!]]+", regex.V1)
_OTHER = regex.compile(r"[^!-~【［〔】］〕（）]+")
_LONGEST_WORD = 200
_TAG = regex.compile(r"<[A-Za-z/!?]")
_DIGIT_IN_ANGLE = regex.compile(r"<\p{Nd}")
_THOUGHTS = regex.compile(r"<\s*(?:think|thinking|reasoning)\s*>", regex.I)
_END_OF_THOUGHTS = regex.compile(r"<\s?/\s?(?:think|thinking|reasoning)\s?>", regex.I)
_LONGEST_END_OF_THOUGHTS = 24
# What follows a bare "(3)" that points: the end of a clause, or the next bracket.
_CLAUSE_ENDS = ".,;:!?…،؛؟。\n" + _ROUND + _SQUARE
_LIKE_ADDRESS = regex.compile(r"\s*(?:\S*[/:#.@]\S*)?(?:\s+[\"'].*)?\s*", regex.S)
# "[3)": closed with the wrong sign.
_MIXED = regex.compile(r"[\[【［〔{]([^\n\[\](){}【】［］〔〕（）]{1,60})[)）]")
# Escapes and code signs of Markdown, which hide markers and split addresses.
_DROPPED = str.maketrans(dict.fromkeys("\\`"))


class _Step(NamedTuple):
    """What was read up to `end`; `linked` says that a bracket ended there, and which."""

    end: int
    parts: Sequence[Part] = ()
    linked: Literal["", "marker", "label"] = ""


class PointerParser:
    """Reads a reply piece by piece.

    A marker is any bracket (`[3]`, `【3】`, `{3}`, `<3>`, `[3)`) around sentence numbers.  Round
    brackets hold much else in prose, so `(3)` is one only if all its numbers are `known`, no
    other kind of bracket has pointed before, and a clause ends behind it or a label ("source 3")
    stands in it.  A bracket that is no marker stays text.  Thoughts between `<think>` tags are
    not shown.

    >>> parser = PointerParser()
    >>> [*parser.feed("The road is closed [2"), *parser.feed(", ٥]."), *parser.finish()]
    [Words(text='The road is closed '), Pointers(numbers=(2, 5)), Words(text='.')]
    """

    def __init__(self, known: Container[int] = ()) -> None:
        self._known = known
        self._buffer = ""
        self._linked: Literal["", "marker", "label"] = ""
        self._pointed = False
        self._too_long = False
        self._thinking = False
        self._in_line = False

    def feed(self, piece: str) -> Iterator[Part]:
        """Read the next piece and return what is now sure."""
        self._buffer += visible(piece).translate(_DROPPED)
        return iter(self._read(final=False))

    def finish(self) -> Iterator[Part]:
        """Return what was held back for want of the characters that follow it."""
        return iter(self._read(final=True))

    def _read(self, *, final: bool) -> list[Part]:
        parts: list[Part] = []
        place = 0
        while place < len(self._buffer):
            step = self._step(place, final)
            if step is None:
                break
            # What is left out keeps nothing apart: "[label]<b>(address)" would become a link.
            kept = "" if step.parts else self._linked
            place, self._linked = step.end, step.linked or kept
            for part in step.parts:
                parts.append(part)
                self._note(part)
        self._buffer = self._buffer[place:]
        return _joined(parts)

    def _note(self, part: Part) -> None:
        """Remember whether anything stands in the line yet."""
        text = part.text if isinstance(part, Words) else "."
        line = text.rpartition("\n")[2]
        self._in_line = bool(line.strip()) or (self._in_line and "\n" not in text)

    def _step(self, place: int, final: bool) -> _Step | None:
        """Read on from `place`; `None` asks for more characters, never if they are `final`."""
        sign = self._buffer[place]
        if self._thinking:
            return self._thought(place, final)
        if sign == "(" and self._linked:
            return self._address(place, final)
        if "!" <= sign <= "~" and sign not in "[](){}<>!":
            return self._word(place, final)
        self._too_long = False
        if sign in _SQUARE:
            return self._square(place, final)
        if sign in _ROUND:
            return self._round(place, final)
        if sign == "<":
            return self._angle(place, final)
        if sign == "!":
            return self._shout(place, final)
        if sign in _ROUND_END or sign == ">":
            return _Step(place + 1, (Words(sign),))
        if sign in _SQUARE_END:
            return _Step(place + 1, (Words(sign),), "label")
        end = _matched(_OTHER, self._buffer, place)
        return _Step(end, (Words(self._buffer[place:end]),))

    def _word(self, place: int, final: bool) -> _Step | None:
        end = _matched(_ASCII, self._buffer, place)
        if self._too_long:
            return _Step(end)
        if end - place >= _LONGEST_WORD:
            end, self._too_long = place + _LONGEST_WORD, True
        elif end == len(self._buffer) and not final:
            return None
        shown = without_addresses(self._buffer[place:end])
        return _Step(end, (Words(shown),) if shown else ())

    def _square(self, place: int, final: bool) -> _Step | None:
        """Read a marker, the label of a link, or a bracket."""
        buffer = self._buffer
        end = _closing(buffer, place, (_SQUARE, _SQUARE_END), _LONGEST_BRACKET)
        mixed = _MIXED.match(buffer, place)
        if mixed and (numbers := marker_numbers(mixed[1])):
            return self._pointing(mixed.end(), numbers)
        if end < 0 and not final:
            return None
        if end <= place:
            return _Step(place + 1, (Words(buffer[place]),))
        inside = buffer[place + 1 : end - 1]
        if numbers := marker_numbers(inside):
            return self._pointing(end, numbers)
        if end == len(buffer) and not final:
            return None
        label = self._inside(inside)
        # A link shows its label; "[label]: address" would make one of every other "[label]".
        if buffer[end : end + 1] not in ("(", ":"):
            label = [Words(buffer[place]), *label, Words(buffer[end - 1])]
        return _Step(end, label, "label")

    def _pointing(self, end: int, numbers: tuple[int, ...]) -> _Step:
        self._pointed = True
        return _Step(end, (Pointers(numbers),), "marker")

    def _inside(self, text: str) -> list[Part]:
        inner = PointerParser()
        parts = [*inner.feed(text), *inner.finish()]
        self._pointed |= any(isinstance(part, Pointers) for part in parts)
        return parts

    def _address(self, place: int, final: bool) -> _Step | None:
        """Leave out what stands in round brackets right behind square ones: where a link leads."""
        end = _closing(self._buffer, place, (_ROUND, _ROUND_END), _LONGEST_ADDRESS)
        if end < 0 and not final:
            return None
        address = self._buffer[place + 1 : end - 1]
        if end <= place or (self._linked == "marker" and not _LIKE_ADDRESS.fullmatch(address)):
            # The space keeps the brackets apart, so that no link comes of them after all.
            return _Step(place + 1, (Words(" ("),))
        return _Step(end, (), "label")

    def _round(self, place: int, final: bool) -> _Step | None:
        buffer = self._buffer
        text = _Step(place + 1, (Words(buffer[place]),))
        end = _closing(buffer, place, (_ROUND, _ROUND_END), _LONGEST_ROUND)
        if end < 0 and not final:
            return None
        inside = buffer[place + 1 : end - 1] if end > place else ""
        numbers = marker_numbers(inside)
        if numbers is None:
            return text
        if any(sign in _SQUARE for sign in inside):
            return self._pointing(end, numbers)
        if self._pointed or not (self._in_line and all(n in self._known for n in numbers)):
            return text
        if inside.strip()[0].isdecimal():
            if end == len(buffer) and not final:
                return None
            if buffer[end : end + 1] not in _CLAUSE_ENDS:
                return text
        return _Step(end, (Pointers(numbers),))

    def _angle(self, place: int, final: bool) -> _Step | None:
        """Read a marker or a tag; what is neither stays, but never a sign that opens a tag."""
        buffer = self._buffer
        if place + 1 == len(buffer) and not final:
            return None
        tag = _TAG.match(buffer, place)
        if not tag and not _DIGIT_IN_ANGLE.match(buffer, place):
            return _Step(place + 1, (Words("<"),))
        longest = _LONGEST_TAG if tag else _LONGEST_ROUND
        end = buffer.find(">", place, place + longest) + 1
        if not end and not final and len(buffer) - place < longest:
            return None
        if end and (numbers := marker_numbers(buffer[place + 1 : end - 1])):
            return self._pointing(end, numbers)
        if not tag or not end:
            return _Step(place + 1, () if tag else (Words("<"),))
        self._thinking = bool(_THOUGHTS.fullmatch(buffer, place, end))
        return _Step(end)

    def _thought(self, place: int, final: bool) -> _Step | None:
        """Leave out what a model thinks before it answers."""
        ended = _END_OF_THOUGHTS.search(self._buffer, place)
        self._thinking = not ended
        if ended:
            return _Step(ended.end())
        # The end may have begun.
        kept = 0 if final else _LONGEST_END_OF_THOUGHTS
        end = len(self._buffer) - kept
        return _Step(end) if end > place else None

    def _shout(self, place: int, final: bool) -> _Step | None:
        """Read an exclamation mark, and leave it out where it makes an image of a link."""
        following = self._buffer[place + 1 : place + 2]
        if not following and not final:
            return None
        if not following or following not in _SQUARE:
            return _Step(place + 1, (Words("!"),))
        step = self._square(place + 1, final)
        if step and any(isinstance(part, Pointers) for part in step.parts[:1]):
            return step._replace(parts=(Words("!"), *step.parts))
        return step


def _closing(buffer: str, place: int, signs: tuple[str, str], longest: int) -> int:
    """Return the place after the bracket that closes the one at `place`.

    It is `place` itself if none does, -1 if none does yet.
    """
    opens, closes = signs
    depth = 0
    for at in range(place, min(place + longest, len(buffer))):
        sign = buffer[at]
        depth += (sign in opens) - (sign in closes)
        if not depth:
            return at + 1
        if depth > _DEEPEST or sign == "\n":
            return place
    return -1 if len(buffer) < place + longest else place


def _matched(pattern: regex.Pattern[str], buffer: str, place: int) -> int:
    """Return the place after what `pattern` matches, one character further at least."""
    found = pattern.match(buffer, place)
    return found.end() if found else place + 1


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Return `parts` with neighbouring words as one.

    >>> _joined([Words("a"), Words("b"), Pointers((1,))])
    [Words(text='ab'), Pointers(numbers=(1,))]
    """
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Words) and isinstance(last, Words):
            joined[-1] = Words(last.text + part.text)
        else:
            joined.append(part)
    return joined
