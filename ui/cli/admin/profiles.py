"""`dalil profile`: how the pages of a site are read, and what that does to one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.profiles.profile import FOLDER, read_profiles
from ui.cli.console import DONE, FAULT, console, print_json, read_text, say
from ui.cli.options import AsJson, Home
from ui.settings.settings import Settings

if TYPE_CHECKING:
    from corpus.article import Article
    from ui.profiles import Trial

app = typer.Typer(help="Say how the pages of a site are read.", no_args_is_help=True)
_SHOWN, _LONGEST = 5, 300


@app.command("list")
def list_profiles(context: typer.Context, home: Home = None, as_json: AsJson = False) -> None:
    """List the profiles in the library's folder, and what is wrong with any."""
    folder = _settings(context, home).home / FOLDER
    found = read_profiles(folder)
    if as_json:
        profiles = [{"name": one.name, "hosts": list(one.hosts), "outlet": one.outlet}
                    for one in found.every]  # fmt: skip
        print_json({"folder": str(folder), "profiles": profiles, "faults": list(found.faults)})
    else:
        for one in found.every:
            outlet = f" · {one.outlet}" if one.outlet else ""
            _print(f"{one.name}.toml: {', '.join(one.hosts)}{outlet}")
        if not (found.every or found.faults):
            _print(f"No profiles in {folder}. Begin one with: dalil profile new HOST")
    for fault in found.faults:
        say(fault)
    raise typer.Exit(FAULT if found.faults else DONE)


@app.command()
def new(
    context: typer.Context,
    host: Annotated[str, typer.Argument(metavar="HOST", help="The site, such as news.example.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Write a profile to begin with, in the library's folder."""
    from ui.profiles import new_profile

    file = new_profile(_settings(context, home), read_text(host))
    if as_json:
        print_json({"file": str(file)})
    else:
        _print(f"Wrote {file}. Fill it in, and look with: dalil profile test URL-or-FILE")


@app.command("test")
def show_trial(
    context: typer.Context,
    page: Annotated[str, typer.Argument(metavar="URL-or-FILE", help="A page of an article.")],
    profile: Annotated[
        Path | None, typer.Option(help="A profile; default: the one in the library's folder.")
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show how a page is read with its profile and without."""
    from ui.profiles import try_profile

    trial = try_profile(_settings(context, home), read_text(page), profile)
    if as_json:
        print_json(trial.as_json())
    else:
        _show(trial)
    for fault in trial.faults:
        say(fault)


def _show(trial: Trial) -> None:
    from ui.profiles import paragraphs

    _print("Without a profile")
    _show_article(trial.without)
    if trial.profile is None:
        _print("There is no profile for this page. Begin one with: dalil profile new HOST")
        return
    _print(f"With {trial.profile.name}.toml")
    _show_article(trial.using)
    before = paragraphs(trial.without) if trial.without else []
    after = paragraphs(trial.using) if trial.using else []
    _show_lines(
        "Dropped as furniture", [f"{text}  ({selector})" for selector, text in trial.dropped]
    )
    _show_lines("Only without it", [line for line in before if line not in after])
    _show_lines("Only with it", [line for line in after if line not in before])
    if trial.note:
        say(trial.note)


def _show_article(article: Article | None) -> None:
    from ui.profiles import paragraphs

    if article is None:
        _print("  no text")
        return
    lines = paragraphs(article)
    rows = {
        "title": article.title, "outlet": article.outlet, "date": article.published,
        "language": article.language, "paragraphs": len(lines), "first": lines[0],
        "last": lines[-1],
    }  # fmt: skip
    for name, value in rows.items():
        _print(_cut(str(value)) if value else "unknown", f"  {name:10} ")


def _show_lines(heading: str, lines: list[str]) -> None:
    if lines:
        _print(f"{heading} ({len(lines)})")
    for line in lines[:_SHOWN]:
        _print(_cut(line), "  - ")


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _print(line: str, before: str = "") -> None:
    from rich.text import Text

    from ui.cli.terminal import visible

    console().print(Text(before + visible(line)), soft_wrap=True)


def _settings(context: typer.Context, home: Path | None) -> Settings:
    before_home, before_encoder = context.obj
    return Settings.read(home or before_home, before_encoder)
