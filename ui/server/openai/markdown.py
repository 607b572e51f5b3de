"""An answer as the Markdown of a chat message: its text, what is to be told of it, its sources.

Front ends show messages as Markdown, so articles' words are escaped: none becomes a link, an
image that is fetched, or markup.  Only our markers `[1]` stay as they are.  Characters that
nobody sees are left out, for they could turn the words around them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from corpus.text.characters import with_line_feeds, without_unseen
from corpus.text.language import detect
from rag.answer import Answer, Citation, Event, Statement, tell

# One character each, and what stands before it at most: where a stream is cut does not matter.
# CommonMark: code, emphasis, links and images, HTML, entities; GFM: struck words and bare
# addresses; a dollar is mathematics to many front ends.  A marker must not become the text of a
# link ("[1](...") or the name of one ("[1]: ...").
_ACTIVE = regex.compile(
    r"[\\`*_<>&~$|]|\[(?!\d+\])|(?<!\[\d+)\]|(?<=\])[(:]"
    r"|(?<=https?|ftp|mailto|xmpp):|(?<=www)\.|(?<=\S)@",
    regex.IGNORECASE,
)
# What a stream holds until the citation behind it says which words of it answer.
_QUOTING = regex.compile(r"[“«„].*[”»“]\s*\Z", regex.DOTALL)
# Asterisks beside letters and digits begin and end bold words, whatever stands around them
# (CommonMark 0.31, "left-flanking" and "right-flanking").
_PLAIN = regex.compile(r"[\p{L}\p{N}](?:[^*\r\n]*[\p{L}\p{M}\p{N}])?")
_MARKER = regex.compile(r"\[\d+\]")
_UNESCAPED = regex.compile(r"(?<!\\)\[(\d+)\](?!\Z)")
# The longest that must stand before a character is a marker, or "mailto".
_BEFORE = 24
# What the chat says beside such statements, in its languages.
_UNFOUND = {"en": "not found in the sources", "ar": "غير موجود في المصادر"}
_UNCITED = {"en": "without a source", "ar": "بلا مصدر"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the message, and the citation whose marker stands at [`start`, `end`) of it all.

    The span counts code points of the whole message.
    """

    text: str
    citation: Citation | None = None
    start: int = 0
    end: int = 0


def seen(text: str) -> str:
    r"""Return `text` without what nobody sees, its line breaks as line feeds.

    >>> seen("a\u202eb\x1b[31m\nc")
    'ab[31m\nc'
    """
    return without_unseen(with_line_feeds(text))


def escaped(text: str, before: str = "") -> str:
    r"""Return Markdown that shows `text` as it is after the text `before`; markers stay.

    Both are as `seen` returns them.

    >>> print(escaped("![x](http://a.example/x.png) <b> *no* [1](b) [12]"))
    !\[x\]\(http\://a.example/x.png) \<b\> \*no\* [1]\(b) [12]
    >>> escaped("://a.example", before="See http"), escaped("(b)", before="said [1]")
    ('\\://a.example', '\\(b)')
    """
    tail = before[-_BEFORE:]
    # The pattern looks back into what has been sent already.
    found = _ACTIVE.finditer(tail + text, pos=len(tail))
    pieces, last = [], 0
    for match in found:
        at = match.start() - len(tail)
        pieces += [text[last:at], "\\"]
        last = at
    return "".join(pieces) + text[last:]


def emphasised(text: str, span: tuple[int, int], before: str = "") -> str:
    r"""Return `escaped(seen(text), before)` with the words at `span` in bold, if that is safe.

    >>> emphasised("It cost 4 dollars.", (8, 17)), emphasised("It cost $4.", (8, 10))
    ('It cost **4 dollars**.', 'It cost \\$4.')
    """
    first, last = span
    parts = [seen(part) for part in (text[:first], text[first:last], text[last:])]
    if not _PLAIN.fullmatch(parts[1]) or "*" in text:
        return escaped("".join(parts), before)
    opening = escaped(parts[0], before)
    words = escaped(parts[1], before + parts[0])
    return f"{opening}**{words}**{escaped(parts[2], before + parts[0] + parts[1])}"


class Composer:
    """Turns the events of one answer into a message, piece by piece.

    What a stream has sent cannot be taken back: an answer that begins anew ("restart") follows in
    a paragraph of its own, after the notice that says why.
    """

    def __init__(self, link: Callable[[Citation], str], *, sources: bool = True) -> None:
        self._link, self._sources = link, sources
        self._raw = self._sent = self._held = ""
        self._anew = self._written = False

    def pieces(self, event: Event) -> Iterator[Piece]:
        """Yield what an event adds to the message."""
        if event.kind == "status":
            # What a model writes is sent as it comes.
            self._written = event.text == "writing"
        elif event.kind == "restart":
            self._anew = True
        elif event.answer is not None:
            yield from self._end(event.answer)
        elif not self._anew:
            yield from self._told(event)

    def _told(self, event: Event) -> Iterator[Piece]:
        if event.kind == "token":
            if self._held and _MARKER.fullmatch(event.text):
                self._held += event.text
                return
            yield from self._let_go()
            if not self._written and _QUOTING.search(event.text):
                self._held = event.text
            else:
                yield self._show(event.text)
        elif event.citation is not None:
            yield from self._let_go(event.citation)
            marker = f"[{event.citation.n}]"
            # A citation comes right after its first marker.
            start = max(0, self._sent.rfind(marker))
            yield Piece("", event.citation, start, start + len(marker))

    def _let_go(self, citation: Citation | None = None) -> Iterator[Piece]:
        """Send what was held, in bold what the `citation` behind it says that answers."""
        text, self._held = self._held, ""
        if not text:
            return
        if citation is None or citation.focus is None or citation.quote not in text:
            yield self._show(text)
            return
        at = text.index(citation.quote) - citation.start
        first, last = citation.focus
        yield self._show(text, (at + first, at + last))

    def _show(self, text: str, strong: tuple[int, int] = (0, 0)) -> Piece:
        markdown = emphasised(text, strong, self._raw)
        if not self._written:
            # Ours stand at the end; what an article writes so is none.
            markdown = _UNESCAPED.sub(r"\\[\1\\]", markdown)
        self._raw = (self._raw + seen(text))[-_BEFORE:]
        return self._send(markdown)

    def _end(self, answer: Answer) -> Iterator[Piece]:
        yield from self._let_go()
        if self._anew:
            yield self._paragraph(answer.notice or "")
            yield self._send("\n\n")
            self._raw = ""
            for event in tell(answer):
                yield from self._told(event)
            yield from self._let_go()
        elif answer.notice:
            yield self._paragraph(answer.notice)
        doubtful = [one for one in answer.statements if not one.supported]
        if doubtful:
            lines = [_doubt(answer, one) for one in doubtful]
            yield self._send("\n\n" + "\n".join(lines))
        for one in answer.possible:
            yield self._send(f"\n\n> {_quoted(one)}")
        if self._sources and (answer.citations or answer.possible):
            articles: dict[tuple[str, int], list[Citation]] = {}
            for one in answer.citations:
                articles.setdefault((one.article.id, one.article.version), []).append(one)
            lines = [source_line(group, map(self._link, group)) for group in articles.values()]
            # What is only possible has no number to be taken for a citation by.
            lines += [
                source_line([one], [self._link(one)]).replace(f"[{one.n}] ", "", 1)
                for one in answer.possible
            ]
            yield self._send("\n\n" + "\n".join(lines))

    def _paragraph(self, text: str) -> Piece:
        between = "\n\n" if self._sent and text else ""
        return self._send(between + escaped(seen(text)))

    def _send(self, text: str) -> Piece:
        self._sent += text
        return Piece(text)


def source_line(citations: Sequence[Citation], links: Iterable[str]) -> str:
    r"""Return an item of a list: an article's numbers, title, outlet, date, pages, and the links.

    >>> from corpus.article import Article
    >>> article = Article("a", "Text.", "A *title*\n# of ours", "Outlet")
    >>> print(source_line([Citation(1, article, 0, 5)], ["http://127.0.0.1/articles/a"]))
    - [1] A \*title\* # of ours, Outlet: <http://127.0.0.1/articles/a>
    """
    article = citations[0].article
    day = article.published.isoformat() if article.published else ""
    pages = dict.fromkeys(filter(None, (article.page_at(each.start) for each in citations)))
    stated = (_line(article.title or ""), _line(article.outlet or ""), day)
    facts = ", ".join(filter(None, (*stated, *(f"p. {page}" for page in pages))))
    numbers = " ".join(f"[{citation.n}]" for citation in citations)
    places = " ".join(f"<{link}>" for link in links)
    return f"- {numbers} {escaped(facts or _line(article.id))}: {places}"


def _quoted(citation: Citation) -> str:
    """Return a quote in one line, the words that answer in bold."""
    first, last = citation.focus or (citation.start, citation.start)
    text = regex.sub(r"\s", " ", citation.quote)
    markdown = emphasised(text, (first - citation.start, last - citation.start))
    return " ".join(markdown.split())


def _doubt(answer: Answer, statement: Statement) -> str:
    words = _UNFOUND if statement.citations else _UNCITED
    why = words.get(detect(answer.question), words["en"])
    text = escaped(_line(answer.text[statement.start : statement.end]))
    missing = escaped(", ".join(map(_line, statement.missing)))
    return f"- “{text}”: {why}" + (f" ({missing})" if missing else "")


def _line(text: str) -> str:
    return " ".join(seen(text).split())
