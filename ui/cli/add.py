"""`dalil add` and `dalil watch`: articles from files, and from folders that are followed."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from corpus.errors import DalilError
from ui.cli.console import DONE, console, open_library, print_json, read_fields, say
from ui.cli.options import AsJson, EncoderName, Home
from ui.settings.settings import Settings

FieldNames = Annotated[
    list[str] | None,
    typer.Option(help="Name of a field of tables and JSON, such as text=body."),
]


def add(
    context: typer.Context,
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files and folders of articles, and links to pages.")
    ] = None,
    links: Annotated[
        Path | None, typer.Option(help="File of links to pages of articles, one a line.")
    ] = None,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Add what can be read, even if some can't.")
    ] = False,
    no_clean: Annotated[
        bool, typer.Option("--no-clean", help="Store texts exactly as they are.")
    ] = False,
    field: FieldNames = None,
    sync: Annotated[
        bool,
        typer.Option("--sync", help="Also take out what came from these folders and is gone."),
    ] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="With --sync, also where a folder is empty now.")
    ] = False,
) -> None:
    """Add articles: text, HTML, Word, EPUB, tables, JSON, folders of these, pages of the web."""
    from ui.cli.terminal import show_import
    from ui.ingest import run_import
    from ui.web.links import sorted_out

    if not paths and links is None:
        raise typer.BadParameter("Give files, folders or links, or a list with --links FILE.")

    before_home, before_encoder = context.obj
    settings = Settings.read(home or before_home, encoder or before_encoder)
    fields = read_fields(field)
    if allow_empty and not sync:
        raise typer.BadParameter("--allow-empty goes with --sync.")
    files, pages = sorted_out(paths or (), links)
    if sync and pages:
        raise typer.BadParameter("--sync follows folders; add links without it.")
    if sync:
        _sync(settings, files, fields, clean=not no_clean, empty=allow_empty, as_json=as_json)
    report = run_import(
        settings,
        files,
        links=pages,
        clean=not no_clean,
        fields=fields,
        keep_going=keep_going,
        say=say,
    )
    if as_json:
        print_json(report.as_json())
    else:
        show_import(console(), report)
    raise typer.Exit(report.exit_code(keep_going=keep_going))


def _sync(
    settings: Settings,
    folders: list[Path],
    fields: Mapping[str, str],
    *,
    clean: bool,
    empty: bool,
    as_json: bool,
) -> None:
    """Follow folders once, and end the command."""
    from corpus.folder import check_folders
    from corpus.unread import unread_files
    from index.bulk.prepared import PreparedEncoder
    from ui.cli.terminal import show_import
    from ui.folders.sync import follow_once

    check_folders(folders)
    library = open_library(settings, create=True)
    library.encoder = prepared = PreparedEncoder(library.encoder, settings.home, say)
    report = follow_once(library, folders, clean=clean, fields=fields, allow_empty=empty)
    prepared.discard_used()
    skipped = [*report.imported.skipped, *unread_files(*folders)]
    imported = replace(report.imported, skipped=skipped)
    report = replace(report, imported=imported)
    for error in report.errors:
        say(error)
    if as_json:
        print_json(report.as_json())
    else:
        show_import(console(), report.imported, len(report.removed))
    raise typer.Exit(report.exit_code())


def watch(
    context: typer.Context,
    folders: Annotated[list[Path], typer.Argument(help="Folders of articles.")],
    home: Home = None,
    encoder: EncoderName = None,
    field: FieldNames = None,
) -> None:
    """Follow folders: what is new or changed is added within seconds, what is gone is taken out.

    Ctrl-C stops it. A file that cannot be read takes nothing out, nor does a folder that is
    missing or empty; `dalil doctor` tells the state of each folder.
    """
    try:
        from corpus.confined.process import abandon
        from ui.folders.watch import is_reading, watching
    except ImportError as error:
        raise DalilError(
            f"Watching needs a package that is not installed ({error.name}). "
            "Install it with: pip install '.[serve]'; or run dalil add FOLDER --sync now and then."
        ) from error
    before_home, before_encoder = context.obj
    settings = Settings.read(home or before_home, encoder or before_encoder)
    fields = read_fields(field)
    fault = traceback.print_exception
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), watching(settings, folders, say, fault, fields=fields):
        say(f"Following {', '.join(map(str, folders))}; Ctrl-C stops.")
        threading.Event().wait()
    if is_reading():
        # Python would wait for a file that takes minutes.
        abandon()
        os._exit(DONE)
