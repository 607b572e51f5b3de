"""Pages as HTML: an article with its text, quote and versions, faults, and the log-in.

Everything that came with an article is text to the template, which escapes it; nothing of it is
ever markup, a script or a link, apart from an address on the web.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import jinja2
import regex
from markupsafe import Markup, escape

from corpus.article import Article
from corpus.text.characters import without_bidi_controls
from corpus.text.language import UNKNOWN_LANGUAGE, direction
from corpus.text.line_breaks import Span
from ui.server.articles.highlight import paragraphs
from ui.server.articles.links import article_link, web_link, without_name
from ui.words.sentences import worded
from ui.words.wording import LANGUAGES, Wording, load_wordings

# RFC 5646 in outline; what does not look like it could not be read aloud anyway.
_LANGUAGE_TAG = regex.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of an article that can be read, and the day it was added if that is known."""

    version: int
    added: date | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """That a version was taken out of the collection, on which day, and why if it was retracted."""

    version: int
    day: date
    reason: str | None


@dataclass(frozen=True, slots=True)
class Editions:
    """The versions of an article that can be read, oldest first, and if it is still present."""

    editions: Sequence[Edition]
    present: bool
    taken: Sequence[Withdrawn] = ()

    @property
    def withdrawn(self) -> Withdrawn | None:
        """The newest version that was taken out, `None` if none was."""
        return next(iter(self.taken), None)

    def retracted(self, version: int) -> Withdrawn | None:
        """Return when and why a version, or the next that was, was retracted; else `None`."""
        reasons = [one for one in self.taken if one.reason and version <= one.version]
        return min(reasons, key=lambda one: one.version, default=None)


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asked for; `here` is the address of the server, without a slash at its end.

    `focus` are the words of the `quote` that answer, if they are known.
    `panel` leaves out what a page inside the chat does not need.  `own` is the path and query of
    a page that leads nowhere else on this server; what was asked for on the others is not there.
    """

    here: str
    language: str
    panel: bool = False
    quote: Span | None = None
    focus: Span | None = None
    own: str | None = None

    def link(self, article: Article, version: int | None, ui: str | None, *quote: int) -> str:
        """Return where a version of the article is found, in the language `ui`."""
        if self.own is None:
            focus = self.focus if quote else None
            return article_link(article.id, version, *quote, focus=focus, ui=ui, panel=self.panel)
        return f"{self.own}&ui={ui}" if ui else self.own


@dataclass(frozen=True, slots=True)
class LoginForm:
    """What the log-in page holds: its key against forged forms, and where it leads.

    `fault` is the key of the words for what went wrong; it may tell of `seconds` to wait.
    `provider` is what the provider is called at which readers log in too, or, without `has_form`,
    only.  `leaving` is where somebody who has logged out here does so there.
    """

    key: str
    next: str
    name: str = ""
    fault: str | None = None
    seconds: int = 0
    provider: str | None = None
    has_form: bool = True
    leaving: str | None = None


class ArticlePages:
    """Writes pages; the style sheet's address is in every one of them."""

    def __init__(self, style_sheet: str) -> None:
        self._wordings = load_wordings()
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["exact"] = exact
        self._templates.globals["style_sheet"] = style_sheet

    def article(self, article: Article, known: Editions, request: Request, today: date) -> str:
        """Return the page of one version of an article, read on `today`."""
        wording = self._wordings[request.language]
        text, after = paragraphs(article.text, request.quote, request.focus, article.pages)
        way = direction(article.text) if _tag(article.language) else "auto"
        retracted = known.retracted(article.version)
        newest = max((edition.version for edition in known.editions), default=article.version)

        def link(version: int | None, ui: str = request.language, *quoted: int) -> str:
            return request.link(article, version, ui, *quoted)

        quote = request.quote or ()
        permalink = request.own or article_link(
            article.id, article.version, *quote, focus=request.focus
        )
        return self._templates.get_template("article.html").render(
            self._frame(request, article.title or wording.say("untitled")),
            article=article,
            language=_tag(article.language),
            direction=way,
            paragraph_direction=partial(_paragraph_direction, way),
            title_direction=direction(article.title or wording.name),
            language_name=_language_name(article.language, wording),
            url=web_link(article.url),
            place=without_name(article.url or article.source),
            paragraphs=text,
            after=after,
            known=known,
            newest=newest,
            retracted=retracted,
            reason=retracted and worded(retracted.reason or "", request.language),
            link=link,
            permalink=permalink,
            other_languages=[
                (other, link(article.version, other.language, *quote))
                for other in map(self._wordings.__getitem__, LANGUAGES)
                if other.language != request.language
            ],
            quote=request.quote,
            accessed=wording.say("accessed", day=wording.day(today)),
        )

    def login(self, request: Request, form: LoginForm) -> str:
        """Return the page on which readers log in."""
        wording = self._wordings[request.language]
        frame = self._frame(request, wording.say("log_in"))
        others = [
            (wording, f"/login?{urlencode({'ui': wording.language, 'next': form.next})}")
            for wording in map(self._wordings.__getitem__, LANGUAGES)
            if wording.language != request.language
        ]
        # A name in another direction turns nothing of the sentence around.
        provider = f"\u2068{form.provider}\u2069"
        said = {"seconds": wording.number(form.seconds), "provider": provider}
        return self._templates.get_template("login.html").render(
            frame,
            key=form.key,
            name=form.name,
            next=form.next,
            fault=form.fault and wording.say(form.fault, **said),
            log_in_at=form.provider and wording.say("log_in_at", **said),
            has_form=form.has_form,
            leaving=form.leaving,
            left=form.leaving and wording.say("logged_out"),
            log_out_at=form.leaving and wording.say("log_out_at", **said),
            other_languages=others,
        )

    def error(self, request: Request, heading: str, sentence: str) -> str:
        """Return the page that says what went wrong, in the words under those two keys."""
        wording = self._wordings[request.language]
        frame = self._frame(request, wording.say(heading))
        return self._templates.get_template("error.html").render(
            frame, heading=heading, sentence=sentence, other_languages=()
        )

    def _frame(self, request: Request, title: str) -> dict[str, object]:
        wording = self._wordings[request.language]
        return {
            "wording": wording,
            "say": wording.say,
            # A window's title has no element to end what changes its order.
            "title": without_bidi_controls(title),
            "panel": request.panel,
            "alone": request.own is not None,
            "here": request.here,
        }


def exact(text: str) -> Markup:
    r"""Escape text so that a browser reads every character of it as it is.

    Browsers make a line feed of a carriage return, unless it is written as a reference.  There is
    no way to write a null character in HTML; U+FFFD, as long, stands for it.

    >>> str(exact("<b>\r\n&"))
    '&lt;b&gt;&#13;\n&amp;'
    """
    return Markup(str(escape(text)).replace("\r", "&#13;").replace("\0", "\ufffd"))


def _paragraph_direction(way: str, paragraph: str) -> str:
    """Return the direction of a paragraph in an article of direction `way`.

    A translated paragraph goes its own way; one that only begins with a foreign name does not.
    """
    own = "auto" if way == "auto" else direction(paragraph)
    return way if own == "auto" else own


def _tag(language: str | None) -> str:
    """Return the value of `lang` for a language, empty (unknown, in HTML) for what names none."""
    if language is None or language == UNKNOWN_LANGUAGE or not _LANGUAGE_TAG.fullmatch(language):
        return ""
    return language


def _language_name(language: str | None, wording: Wording) -> str:
    tag = _tag(language)
    return wording.languages.get(tag.partition("-")[0].lower(), tag)
