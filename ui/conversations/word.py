"""A conversation as a Word document: questions as headings, quotes as quotes, links that work.

Word keeps directions by paragraph (`w:bidi`) and by run (`w:rtl`, ECMA-376 part 1, 17.3.1.6 and
17.3.2.30), and guesses neither; each text gets that of its own words.  A quote stands alone in
its paragraph, so that what it holds can turn nothing around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import regex
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from corpus.article import Article
from corpus.text.characters import with_line_feeds, without_unseen
from corpus.text.language import detect, direction
from rag.answer import Answer, Citation, Statement
from rag.citing.cite import is_quotes
from rag.citing.saved import SavedAnswer
from ui.server.articles.links import web_link
from ui.words.wording import Wording, load_wordings, words

# XML 1.0 has no place for these.
_NO_XML = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What `compose` writes around a quote.
_OPENING = regex.compile(r"(?<!\s)\s*+[“«„]\s*+\Z")
_CLOSING = regex.compile(r"\A\s*[”»“]?\s*(?:\[\d+\])?")
_LINK_COLOUR, _SOFT = RGBColor(0x0B, 0x6B, 0x62), RGBColor(0x55, 0x63, 0x6F)
# Word wants a whole tag beside right-to-left text, whatever country it is from.
_TAGS = {"ar": "ar-SA", "fa": "fa-IR", "he": "he-IL", "ckb": "ku-Arab-IQ", "ur": "ur-PK"}


def document(
    answers: Sequence[SavedAnswer], url: Callable[[Citation], str], language: str, now: datetime
) -> bytes:
    """Return a conversation as a file of Word; `language` is that of its own words.

    `url` gives the address of a citation on this server, for articles without a page of their own.
    """
    writer = _Writer(language, url)
    writer.title(now.date())
    for saved in answers:
        writer.answer(saved.answer)
    return writer.file(now)


class _Writer:
    """Writes into one document."""

    def __init__(self, language: str, url: Callable[[Citation], str]) -> None:
        self._document = Document()
        self._words, self._wording = words(language), load_wordings()[language]
        self._language, self._url = language, url
        styles = self._document.styles
        # Arabic knows no italics, looks smaller at one size, and tracking tears its letters apart.
        styles["Quote"].font.italic = styles["Quote"].font.cs_italic = False
        styles["Quote"].paragraph_format.left_indent = Pt(18)
        _size(styles["Normal"], 11)
        title = styles["Title"].element.rPr
        title.remove(title.find(qn("w:spacing")))

    def title(self, today: date) -> None:
        day = self._wording.day(today)
        named = f"{self._words['title']} · {self._words['conversation']} · {day}"
        self._run(self._paragraph("Title", named), named)

    def answer(self, answer: Answer) -> None:
        question = " ".join(_shown(answer.question).split())
        asked = detect(answer.question)
        self._run(self._paragraph("Heading 1", question), question, asked)
        if is_quotes(answer):
            self._told(answer, asked)
        else:
            self._lines(answer.text, asked)
            if answer.citations:
                self._lines(self._words["written"], self._language)
            for doubt in (one for one in answer.statements if not one.supported):
                self._lines(self._doubt(answer, doubt), self._language)
            for citation in answer.citations:
                self._quote(citation, f"[{citation.n}] ")
            # What is only possible has no number to be taken for a citation by.
            for citation in answer.possible:
                self._quote(citation)
        if answer.notice:
            self._lines(answer.notice, self._language)

    def file(self, now: datetime) -> bytes:
        facts = self._document.core_properties
        facts.title, facts.author = self._words["conversation"], self._words["title"]
        facts.comments, facts.language = "", self._language
        facts.created = facts.modified = now.replace(tzinfo=None)
        content = BytesIO()
        self._document.save(content)
        return content.getvalue()

    def _told(self, answer: Answer, language: str) -> None:
        """Write a text with its quotes as paragraphs of their own."""
        for piece, citation in _pieces(answer.text, answer.citations):
            self._lines(piece, language)
            if citation is not None:
                self._quote(citation, f"[{citation.n}] ")

    def _lines(self, text: str, language: str) -> None:
        for line in filter(str.strip, with_line_feeds(text).split("\n")):
            shown = _shown(line)
            self._run(self._paragraph("Normal", shown), shown, language)

    def _quote(self, citation: Citation, number: str = "") -> None:
        article = citation.article
        paragraph = self._paragraph("Quote", citation.quote)
        first, last = citation.focus or (citation.start, citation.start)
        for start, end in ((citation.start, first), (first, last), (last, citation.end)):
            if start < end:
                run = self._run(paragraph, article.text[start:end], article.language)
                run.font.bold = run.font.cs_bold = (start, end) == citation.focus
        self._source(citation, number, paragraph)

    def _source(self, citation: Citation, number: str, quote: Any) -> None:  # noqa: ANN401 - python-docx's
        """Write which article a quote is from, and where it stands, below it."""
        article = citation.article
        quote.paragraph_format.keep_with_next = True
        quote.paragraph_format.space_after = Pt(0)
        facts = list(_facts(article, citation, self._wording))
        # A line of ours, with words of others in it.
        paragraph = self._paragraph("Normal", "")
        paragraph.paragraph_format.left_indent = Pt(18)
        for n, fact in enumerate(facts or [article.id]):
            run = self._run(paragraph, (" · " if n else number) + fact)
            _size(run, 9.5)
            run.font.color.rgb = _SOFT
        own, outer = self._url(citation), web_link(article.url)
        for address, shown in ((outer, outer), (own, self._words["open"])):
            if address and shown:
                _size(self._run(paragraph, " · "), 9.5)
                self._link(paragraph, address, shown)

    def _doubt(self, answer: Answer, statement: Statement) -> str:
        why = self._words["unfound" if statement.citations else "uncited"]
        missing = f" ({', '.join(statement.missing)})" if statement.missing else ""
        return f"“{answer.text[statement.start : statement.end]}”: {why}{missing}"

    def _paragraph(self, style: str, text: str) -> Any:  # noqa: ANN401
        paragraph = self._document.add_paragraph(style=style)
        if self._from_right(text):
            properties = paragraph._p.get_or_add_pPr()
            # Word wants the parts of a paragraph's properties in the order of its schema.
            properties.insert_element_before(
                OxmlElement("w:bidi"), "w:adjustRightInd", "w:spacing", "w:ind", "w:jc", "w:rPr"
            )
        return paragraph

    def _run(self, paragraph: Any, text: str, language: str | None = None) -> Any:  # noqa: ANN401
        run = paragraph.add_run(_sound(text))
        if self._from_right(text):
            run.font.rtl = True
            tag = OxmlElement("w:lang")
            tag.set(qn("w:bidi"), _TAGS.get(language or "ar", "ar-SA"))
            run._r.get_or_add_rPr().append(tag)
        return run

    def _from_right(self, text: str) -> bool:
        """Return if a text goes from right to left; one without letters goes as the document."""
        own = direction(text)
        return (self._words["direction"] if own == "auto" else own) == "rtl"

    def _link(self, paragraph: Any, address: str, shown: str) -> None:  # noqa: ANN401
        related = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), related)
        run = self._run(paragraph, shown)
        _size(run, 9.5)
        run.font.underline, run.font.color.rgb = True, _LINK_COLOUR
        link.append(run._r)
        paragraph._p.append(link)


def _size(styled: Any, points: float) -> None:  # noqa: ANN401 - a run or a style of python-docx
    """Set the size of letters, those of right-to-left scripts a tenth larger."""
    styled.font.size = Pt(points)
    properties = styled.element.get_or_add_rPr()
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    size = OxmlElement("w:szCs")
    size.set(qn("w:val"), str(round(points * 2.2)))
    properties.find(qn("w:sz")).addnext(size)


def _pieces(text: str, cited: Sequence[Citation]) -> Iterator[tuple[str, Citation | None]]:
    """Yield what stands before each quote, and the quote; then what is left.

    >>> from corpus.article import Article
    >>> quote = Citation(1, Article("a", "He left."), 0, 8)
    >>> [(said, one and one.n) for said, one in _pieces("They say: “He left.” [1]", [quote])]
    [('They say:', 1), ('', None)]
    """
    for citation in cited:
        before, found, behind = text.partition(citation.quote)
        yield (_OPENING.sub("", before) if found else ""), citation
        if found:
            text = _CLOSING.sub("", behind)
    yield text, None


def _facts(article: Article, citation: Citation, wording: Wording) -> Iterator[str]:
    for stated in (article.title, article.outlet):
        if line := " ".join(_shown(stated or "").split()):
            yield line
    if article.published:
        yield wording.day(article.published)
    if page := article.page_at(citation.start):
        yield wording.say("page", number=wording.number(page))


def _shown(text: str) -> str:
    """Return what can be seen of a text that is no quote."""
    return _sound(without_unseen(text))


def _sound(text: str) -> str:
    return _NO_XML.sub("\ufffd", with_line_feeds(text))
