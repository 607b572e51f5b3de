"""`/library`: the page as a template of words and places, which its script fills by the API."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jinja2
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse

from corpus.readers.formats import UPLOADED_KINDS
from ui.server.access.identity import reader_of
from ui.server.articles.pages import language_of
from ui.server.http.files import FreshFiles
from ui.settings.settings import ServerSettings, Settings
from ui.words.wording import LANGUAGES, library_words, load_wordings

_STATIC = "/static/library"
_HERE = Path(__file__).parent
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_MEGABYTE = 1_000_000


def mount_library(app: FastAPI, settings: Settings | None = None) -> None:
    """Serve the page in `app`, beside the chat, whose styles and modules it shares."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    server = settings.server if settings else ServerSettings()
    most = server.most_upload_mb * _MEGABYTE
    pages = APIRouter(include_in_schema=False)

    @pages.api_route("/library", methods=["GET", "HEAD"])
    async def library(request: Request) -> HTMLResponse:
        language = language_of(request)
        reader = reader_of(request)
        body = templates.get_template("library.html").render(
            words=library_words(language),
            others=[library_words(other) for other in LANGUAGES if other != language],
            keeps=reader.role == "admin",
            connects=bool(settings and settings.connect),
            name=reader.name,
            # Browsers look at the last suffix of `.warc.gz` alone.
            kinds=(*UPLOADED_KINDS, ".gz"),
            handed=_handed(language, most),
        )
        headers = {
            "Cache-Control": "no-store",
            "Content-Language": language,
            "Content-Security-Policy": _POLICY,
        }
        return HTMLResponse(body, 200, headers)

    app.mount(_STATIC, FreshFiles(directory=_HERE / "static"), name="library")
    app.include_router(pages)


def _handed(language: str, most: int) -> Mapping[str, object]:
    """Return what the script is given: its words, names of languages, and what it may send."""
    wording = load_wordings()[language]
    return {
        "language": language,
        "words": library_words(language),
        "languages": wording.languages,
        "kinds": UPLOADED_KINDS,
        "most": most,
    }
