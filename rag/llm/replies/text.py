"""What a model writes, as the reader sees it: tidied, with markers that count citations from 1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import regex

from rag.llm.replies.pointers import PointerParser, Words

_BLANKS = regex.compile(r"[^\S\n]+")
_LINES = regex.compile(r" ?\n ?")
_PARAGRAPHS = regex.compile(r"\n{3,}")
# Every surface takes "[1]" for a marker, so what is none loses its closing bracket.
_FORGED = regex.compile(r"(\[\d+)\]+")
_CLOSES = regex.compile(r"[\p{Po}\p{Pe}\p{Pf}]")


@dataclass(frozen=True, slots=True)
class Mark:
    """Markers side by side at `text[start:end]`, with the numbers of their citations."""

    start: int
    end: int
    citations: tuple[int, ...]


class Draft:
    """The text so far.  White space at its end waits until it is known what follows it.

    Both `add` and `mark` return what they put to the end of `text`.  How words are cut into
    pieces makes no difference to the text.

    >>> draft = Draft()
    >>> [draft.add(" The school"), draft.add(" reopened "), draft.mark([1]), draft.add(".")]
    ['The school', ' reopened', ' [1]', '.']
    >>> draft.marks
    [Mark(start=20, end=23, citations=(1,))]
    >>> draft.add(" See [9") + draft.add("].")
    ' See [9.'
    """

    def __init__(self) -> None:
        self.text = ""
        self.marks: list[Mark] = []
        self._space = ""
        self._removed = False

    def add(self, words: str) -> str:
        """Put words to the end."""
        coming = self._space + words
        body = coming.rstrip()
        self._space = coming[len(body) :]
        if not body:
            return ""
        if not self.text or (self._removed and _CLOSES.match(body.lstrip())):
            body = body.lstrip()
        self._removed = False
        return self._put(self._without_forged(_tidy(body)))

    def mark(self, citations: Iterable[int]) -> str:
        """Put markers to the end, those of one statement side by side and each of them once.

        Without citations the marker was one that points nowhere, and leaves no trace.
        """
        last = self.marks[-1] if self.marks else None
        beside = last is not None and last.end == len(self.text) and "\n" not in self._space
        new = [n for n in dict.fromkeys(citations) if not (beside and last and n in last.citations)]
        if not new:
            self._removed = True
            return ""
        if beside and last:
            self._space = ""
            shown = self._put("".join(f"[{n}]" for n in new))
            numbers = (*last.citations, *new)
            self.marks[-1] = replace(last, end=len(self.text), citations=numbers)
            return shown
        space = ("\n" if "\n" in self._space else " ") if self.text else ""
        self._space, self._removed = "", False
        shown = self._put(space + "".join(f"[{n}]" for n in new))
        start = len(self.text) - len(shown) + len(space)
        self.marks.append(Mark(start, len(self.text), tuple(new)))
        return shown

    def _put(self, text: str) -> str:
        self.text += text
        return text

    def _without_forged(self, body: str) -> str:
        """Return `body` without the brackets that would make a marker of it and what it follows."""
        after = self.marks[-1].end if self.marks else 0
        opening = self.text.rfind("[", after)
        tail = self.text[opening:] if opening >= 0 else ""
        return _FORGED.sub(r"\1", tail + body)[len(tail) :]


def words_of(reply: str) -> str:
    """Return what a reader would see of a whole reply, without what points to sentences.

    >>> words_of("<think>Hm.</think>The **road** is [closed](https://example.org) [3].")
    'The road is closed .'
    """
    parser = PointerParser()
    parts = [*parser.feed(reply), *parser.finish()]
    return "".join(part.text for part in parts if isinstance(part, Words))


def _tidy(text: str) -> str:
    """Return text with one blank between words and at most one empty line between lines."""
    return _PARAGRAPHS.sub("\n\n", _LINES.sub("\n", _BLANKS.sub(" ", text)))
