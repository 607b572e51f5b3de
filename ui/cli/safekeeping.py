"""`dalil backup` and `dalil restore`: a library copied whole, and put back, while it is in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.errors import DalilError
from ui.cli.console import console, print_json, say
from ui.cli.options import AsJson, EncoderName, Home
from ui.settings.settings import Settings


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="File to write; an older backup is replaced.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Copy the library to one file, checked; others may ask and add meanwhile."""
    from index.store.safety.backup import back_up
    from ui.progress import progress

    settings = Settings.read(home or context.obj[0], context.obj[1])
    with progress("Copying", None) as show:
        made = back_up(settings.home, file, show)
    if as_json:
        print_json({"file": str(file), "made_at": made.made_at, "articles": made.articles})
    else:
        console().print(f"Copied {made.articles:,} articles to {file}.", markup=False)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that dalil backup wrote.")],
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of the library, once it is found sound; a server may go on.

    Articles, saved answers, users and sessions are then those of the backup.
    """
    from index import Library, load_encoder
    from index.store.safety import backup

    settings = Settings.read(home or context.obj[0], encoder or context.obj[1])
    done = backup.restore(settings.home, file, say)
    try:
        model, index = load_encoder(settings.encoder), settings.index
        library = Library.open(settings.home, model, say=say, index=index)
        library.rebuild()
        library.close()
    except DalilError as error:
        # The library is back; what it still needs before it is asked is another command.
        say(str(error))
    if done.aside:
        say(f"The library that could not be opened was put aside as {done.aside}.")
    if as_json:
        about = {"file": str(file), "made_at": done.made_at, "articles": done.articles}
        print_json({**about, "aside": done.aside and str(done.aside)})
    else:
        console().print(f"Put back {done.articles:,} articles from {file}.", markup=False)
