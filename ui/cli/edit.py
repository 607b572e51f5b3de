"""`dalil edit`: outlet, date, title, language and address of many articles, set by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import MissingError
from ui.cli.console import console, open_library, print_json, read_filters, read_text
from ui.cli.options import AsJson, EncoderName, Home, Outlet, Since, Until
from ui.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.article import Article
    from index import Filters, Library
    from index.edits import Edited

_FIELDS = "outlet, published, title, language, url"


def edit(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of articles, as `dalil list` shows them.")
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help=f"Set {_FIELDS}; no value: unknown."),
    ] = None,
    clear: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Make outlet, published ... unknown, of all chosen."),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Say again what the articles' sources say.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
    outlet: Outlet = None,
    since: Since = None,
    until: Until = None,
    source: Annotated[
        str | None, typer.Option(help="Only articles with this in their file or address.")
    ] = None,
    words: Annotated[
        str | None, typer.Option(help="Only articles with these words in title or outlet.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only articles whose outlet, published ... is unknown."),
    ] = None,
    edited: Annotated[
        bool, typer.Option("--edited", help="Only articles that were edited.")
    ] = False,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Set outlet, date, title, language or address of articles by hand, of many at a time.

    What is set wins over what the articles' files say, until --undo. It makes new versions, so
    that answers which cite an article keep what they show.
    """
    from index.edits import EDITABLE, read_values

    filters = read_filters(since, until, outlet)
    for option, names in (("--without", without), ("--clear", clear)):
        if unknown := [name for name in names or () if name not in EDITABLE]:
            raise typer.BadParameter(f"{option} wants one of {_FIELDS}, not {unknown[0]!r}.")
    narrowed = bool(outlet or since or until or source or words or without or edited)
    if not (ids or narrowed):
        raise typer.BadParameter(
            "Name articles by their ids, or choose them with --outlet, --source, --words, --since, "
            "--until, --without NAME or --edited."
        )
    if undo == bool(values or clear):
        raise typer.BadParameter("Give --set NAME=VALUE or --clear NAME, or --undo without them.")
    given = read_values(_pairs(values or [], clear or []))
    before_home, before_encoder = context.obj
    library = open_library(Settings.read(home or before_home, encoder or before_encoder))
    picked = _picked(library, filters, [read_text(i) for i in ids or ()], source, words)
    if without or edited:
        picked = _missing(library, picked, without or (), edited)
    planned = _run(library, picked, given, undo=undo, dry_run=True)
    if gone := [one.article_id for one in planned if one.before is None]:
        raise MissingError(
            f"There is no article {gone[0]!r} in the library; nothing was changed. List the "
            "articles with: dalil list"
        )
    done = planned if dry_run else _run(library, picked, given, undo=undo, dry_run=False)
    if as_json:
        print_json({"articles": [edited_json(one) for one in done], "dry_run": dry_run})
    else:
        _show(done, dry_run=dry_run)


def edited_json(one: Edited) -> dict[str, object]:
    """Return what came of an article: its id and version, and each field that changed."""
    return {
        "id": one.article_id,
        "version": one.after and one.after.version,
        "changes": {
            name: {"from": before, "to": after} for name, (before, after) in one.changes.items()
        },
    }


def _pairs(options: Sequence[str], clear: Sequence[str]) -> dict[str, str | None]:
    """Return what --set gives, and what --clear makes unknown."""
    pairs = [read_text(option).partition("=") for option in options]
    for name, equals, _ in pairs:
        if not (name and equals):
            raise typer.BadParameter("--set wants NAME=VALUE, such as --set outlet=SANA.")
        if name in clear:
            raise typer.BadParameter(f"--set and --clear both name {name}; give one of them.")
    return {name: value for name, _, value in pairs} | dict.fromkeys(clear)


def _picked(
    library: Library, filters: Filters, ids: list[str], source: str | None, words: str | None
) -> list[str]:
    """Return the ids of the articles that are named, or those of all that fit."""
    if ids:
        return ids
    found = library.catalogue.find(
        read_text(words) if words else None, source=read_text(source) if source else None
    )
    page = library.catalogue.page(
        library.spelled(filters), limit=max(len(library), 1), article_ids=found
    )
    return [article.id for article in page.articles]


def _missing(
    library: Library, ids: Sequence[str], without: Sequence[str], edited: bool
) -> list[str]:
    known = {article.id: article for article in library.articles()}
    marked = set(library.edits.edited()) if edited else known.keys()

    def lacks(article: Article) -> bool:
        return all(getattr(article, name) is None for name in without)

    return [i for i in ids if i in marked and i in known and lacks(known[i])]


def _run(
    library: Library,
    ids: Sequence[str],
    values: dict[str, str | None],
    *,
    undo: bool,
    dry_run: bool,
) -> list[Edited]:
    if undo:
        return library.edits.undo(ids, dry_run=dry_run)
    return library.edits.edit(ids, values, dry_run=dry_run)


def _show(done: Sequence[Edited], *, dry_run: bool) -> None:
    from ui.cli.terminal import visible

    changed = [one for one in done if one.changes]
    for one in changed:
        fields = "; ".join(
            f"{name}: {visible(before or '-')} -> {visible(after or '-')}"
            for name, (before, after) in one.changes.items()
        )
        console().print(f"{visible(one.article_id)}  {fields}", markup=False, soft_wrap=True)
    would = "would be changed" if dry_run else "changed"
    console().print(f"{len(changed)} {would}, {len(done) - len(changed)} as they were")
