"""`dalil embed`: let pages of other sites ask, see which may, and stop them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ui.cli.console import console, print_json, read_filters, read_text, say
from ui.cli.options import AsJson, Home, Since, Until
from ui.settings.settings import Settings

if TYPE_CHECKING:
    from rag.answer import Json
    from ui.server.embeds.embeds import Embed, Embeds

app = typer.Typer(help="Let pages of other sites ask, by a script tag.", no_args_is_help=True)

EmbedId = Annotated[str, typer.Argument(metavar="ID", help="As `dalil embed list` shows it.")]


@app.command()
def create(
    context: typer.Context,
    origin: Annotated[
        list[str] | None,
        typer.Option(help="Site whose pages may ask, such as https://intranet.example."),
    ] = None,
    label: Annotated[str, typer.Option(help="What you call it; nobody else sees it.")] = "",
    outlet: Annotated[
        list[str] | None, typer.Option(help="Only articles of this outlet; may be repeated.")
    ] = None,
    since: Since = None,
    until: Until = None,
    per_minute: Annotated[
        int, typer.Option(min=1, max=10_000, help="Questions a minute from one address.")
    ] = 20,
    per_minute_in_all: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="Questions a minute in all; default: ten times that."),
    ] = None,
    greeting: Annotated[str | None, typer.Option(help="What the widget says first.")] = None,
    language: Annotated[
        Literal["en", "ar"] | None, typer.Option(help="Of the widget; default: the page's.")
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Let the pages of a site ask, and print the tag that puts the widget there."""
    from ui.server.embeds.embeds import MOST_A_MINUTE, Plan

    settings = _settings(context, home)
    plan = Plan(
        origins=tuple(map(read_text, origin or [])),
        filters=replace(
            read_filters(since, until, None), outlets=tuple(map(read_text, outlet or []))
        ),
        label=read_text(label),
        per_client=per_minute,
        per_minute=per_minute_in_all or min(10 * per_minute, MOST_A_MINUTE),
        greeting=greeting and read_text(greeting),
        language=language,
    )
    with _embeds(settings) as embeds:
        made = embeds.create(plan)
        missing = embeds.unknown_outlets(made.plan.filters)
    if not made.plan.origins:
        say("No page may use this embed: it has no --origin.")
    for name in missing:
        say(f"No article is from the outlet {name!r} yet.")
    if settings.server.base_url is None:
        say("The tag names this machine; the setting server.base_url is the address readers use.")
    tag = _tag(settings, made)
    if as_json:
        print_json({**_as_json(made), "tag": tag})
    else:
        console().print(made.id, markup=False)
        console().print(tag, markup=False, soft_wrap=True)


@app.command("list")
def list_embeds(context: typer.Context, home: Home = None, as_json: AsJson = False) -> None:
    """List the embeds, revoked ones too."""
    with _embeds(_settings(context, home)) as embeds:
        found = embeds.all()
    if as_json:
        print_json({"embeds": [_as_json(embed) for embed in found]})
        return
    for embed in found:
        _show(embed)


@app.command()
def revoke(
    context: typer.Context, embed_id: EmbedId, home: Home = None, as_json: AsJson = False
) -> None:
    """End an embed at once: questions, answers on their way and links to articles."""
    with _embeds(_settings(context, home)) as embeds:
        ended = embeds.revoke(read_text(embed_id))
    if as_json:
        print_json(_as_json(ended))
    else:
        console().print(f"Revoked {ended.id}.", markup=False)


def _settings(context: typer.Context, home: Home) -> Settings:
    return Settings.read(home or context.obj[0])


@contextmanager
def _embeds(settings: Settings) -> Iterator[Embeds]:
    from ui.server.embeds.embeds import Embeds

    opened = Embeds.open(settings.home)
    try:
        yield opened
    finally:
        opened.close()


def _tag(settings: Settings, embed: Embed) -> str:
    """Return the element to paste into a page; an id is made of digits and letters only."""
    server = settings.server
    here = server.base_url or f"http://127.0.0.1:{server.port}"
    return f'<script src="{here.rstrip("/")}/widget.js" data-embed="{embed.id}" defer></script>'


def _as_json(embed: Embed) -> Json:
    plan, filters = embed.plan, embed.plan.filters
    return {
        "id": embed.id,
        "label": plan.label,
        "origins": list(plan.origins),
        "outlets": list(filters.outlets),
        "since": filters.since.isoformat() if filters.since else None,
        "until": filters.until.isoformat() if filters.until else None,
        "per_minute": plan.per_client,
        "per_minute_in_all": plan.per_minute,
        "greeting": plan.greeting,
        "language": plan.language,
        "created_at": embed.created_at,
        "revoked_at": embed.revoked_at,
    }


def _show(embed: Embed) -> None:
    from rich.text import Text

    from ui.cli.terminal import visible

    plan, filters = embed.plan, embed.plan.filters
    ended = f", revoked {embed.revoked_at}" if embed.revoked_at else ""
    facts = [
        visible(plan.label),
        "pages of " + (", ".join(plan.origins) or "no site"),
        "outlets " + ", ".join(map(visible, filters.outlets)) if filters.outlets else "",
        f"since {filters.since}" if filters.since else "",
        f"until {filters.until}" if filters.until else "",
        f"{plan.per_client} questions a minute from one address, {plan.per_minute} in all",
    ]
    out = console()
    out.print(Text(embed.id + ended, style="dim" if ended else "cyan"), soft_wrap=True)
    out.print(Text("    " + " · ".join(filter(None, facts))), soft_wrap=True)
