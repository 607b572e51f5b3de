"""The `dalil` command.  Each subcommand imports what it needs, so that starting stays quick."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from corpus.errors import DISK_FAULTS, DalilError
from ui.cli.add import add, watch
from ui.cli.admin.embeds import app as embeds
from ui.cli.admin.feeds import app as feeds
from ui.cli.admin.index import app as index
from ui.cli.admin.index import encode, reindex
from ui.cli.admin.profiles import app as profiles
from ui.cli.admin.users import app as users
from ui.cli.console import (
    DONE,
    FAULT,
    console,
    fail,
    open_library,
    print_json,
    read_filters,
    read_question,
    read_text,
    run_batch,
    say,
)
from ui.cli.doctor import doctor
from ui.cli.edit import edit
from ui.cli.eval import app as evaluating
from ui.cli.options import (
    After,
    AsJson,
    AskText,
    Batch,
    CautionName,
    EncoderName,
    Explained,
    Glossed,
    Home,
    IndexPlace,
    ModelName,
    Outlet,
    Preferring,
    ReaderName,
    RerankerName,
    Since,
    Until,
    set_index,
)
from ui.cli.safekeeping import backup, restore
from ui.cli.serve import serve
from ui.settings.settings import Settings

app = typer.Typer(
    help="Answers from news articles, every statement cited to the exact passage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(add)
app.add_typer(evaluating, name="eval")
app.command()(backup)
app.command()(restore)
app.command()(doctor)
app.command()(edit)
app.command()(encode)
app.command()(reindex)
app.add_typer(embeds, name="embed")
app.add_typer(feeds, name="feed")
app.add_typer(index, name="index")
app.add_typer(profiles, name="profile")
app.add_typer(users, name="user")
app.command()(serve)
app.command()(watch)


@app.callback()
def _common(
    context: typer.Context, home: Home = None, encoder: EncoderName = None, place: IndexPlace = None
) -> None:
    context.obj = (home, encoder)
    if place:
        set_index(place)


@app.command("list")
def list_articles(
    context: typer.Context, home: Home = None, encoder: EncoderName = None, as_json: AsJson = False
) -> None:
    """List the articles of the library."""
    from ui.cli.terminal import show_articles
    from ui.shapes import article_json

    articles = list(open_library(_settings(context, home, encoder)).articles())
    if as_json:
        print_json({"articles": [article_json(article) for article in articles]})
    else:
        show_articles(console(), articles)


@app.command()
def remove(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(help="Ids of articles, as `dalil list` shows them.")],
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
    purge: Annotated[
        bool, typer.Option("--purge", help="Also drop versions that saved answers cite.")
    ] = False,
) -> None:
    """Remove articles; versions that saved answers cite stay readable."""
    removed = open_library(_settings(context, home, encoder)).remove(
        [read_text(i) for i in ids], purge=purge
    )
    if as_json:
        print_json({"removed": removed})
    else:
        console().print(f"Removed {len(removed)} article(s).")


@app.command()
def show(
    context: typer.Context,
    article_id: Annotated[str, typer.Argument(metavar="ID", help="Id of an article.")],
    version: Annotated[int | None, typer.Option(min=1, help="Default: the newest.")] = None,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Show the stored text of an article."""
    from ui.cli.terminal import show_article
    from ui.shapes import whole_json

    article = open_library(_settings(context, home, encoder)).article(
        read_text(article_id), version
    )
    if as_json:
        print_json(whole_json(article))
    else:
        show_article(console(), article)


@app.command()
def search(
    context: typer.Context,
    question: AskText = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="Number of passages.")] = 10,
    since: Since = None,
    until: Until = None,
    outlet: Outlet = None,
    batch: Batch = None,
    home: Home = None,
    encoder: EncoderName = None,
    reranker: RerankerName = None,
    as_json: AsJson = False,
) -> None:
    """Find the passages nearest to a question, in any language."""
    from ui.cli.terminal import show_hits
    from ui.service import Question, Service

    filters = read_filters(since, until, outlet)
    # A language model only writes answers.
    settings = replace(_settings(context, home, encoder, reranker), llm=None)
    service = Service(settings, say)
    if batch:
        run_batch(question, batch, lambda asked: service.search(asked, k, filters).as_json())
    result = service.search(Question(read_question(question)), k, filters)
    if as_json:
        print_json(result.as_json())
    else:
        show_hits(console(), result.hits)
        if result.notice:
            say(result.notice)


@app.command()
def ask(
    context: typer.Context,
    question: AskText = None,
    since: Since = None,
    until: Until = None,
    outlet: Outlet = None,
    preferences: Preferring = True,
    batch: Batch = None,
    after: After = None,
    home: Home = None,
    encoder: EncoderName = None,
    reranker: RerankerName = None,
    reader: ReaderName = None,
    caution: CautionName = None,
    llm: ModelName = None,
    explain: Explained = False,
    gloss: Glossed = False,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the articles, every statement cited."""
    from ui.cli.stream import show_events
    from ui.cli.terminal import show_answer, show_considered, show_other_words
    from ui.service import Question, Service, Shared

    filters = read_filters(since, until, outlet)
    settings = _settings(context, home, encoder, reranker, llm, reader, caution)
    shared = Shared(settings)
    # A model that cannot be had is told before anything else is done.
    shared.model()
    service = Service(settings, say, shared)
    if batch:
        run_batch(question, batch, lambda q: service.ask(q, filters).as_json(), preferences)
    history = service.history(after) if after else ()
    asked = Question(read_question(question), history, preferences)
    if as_json:
        answer = service.ask(asked, filters)
        more = {"considered": [each.as_json() for each in answer.considered]} if explain else {}
        more |= service.in_other_words(answer).as_json() if gloss else {}
        print_json(answer.as_json() | more)
        return
    if settings.llm:
        answer = show_events(console(), service.stream(asked, filters))
    else:
        answer = service.ask(asked, filters)
        show_answer(console(), answer)
    if gloss:
        show_other_words(console(), service.in_other_words(answer))
    if explain:
        show_considered(console(), answer)


def main() -> NoReturn:
    """Run the command; mistakes become a sentence on standard error and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        # Arabic must come out whole under any locale; a lone surrogate must not stop it.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except DalilError as error:
        sys.exit(fail(str(error)))
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAULT)
    except OSError as error:
        if error.errno not in DISK_FAULTS:
            raise
        sys.exit(fail(f"The disk failed ({error.strerror}). Make room or mend it, and try again."))
    sys.exit(DONE)


def _settings(
    context: typer.Context, home: Path | None, encoder: str | None, *models: str | None
) -> Settings:
    """Read the settings; options before the subcommand count too, `models` as `read` takes them."""
    before_home, before_encoder = context.obj
    return Settings.read(home or before_home, encoder or before_encoder, *models)
