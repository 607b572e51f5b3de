"""`dalil index`: where the passages that are searched are kept."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from corpus.errors import InputError
from ui.cli.console import console, print_json, say
from ui.cli.options import AsJson, EncoderName, Home
from ui.settings.settings import Settings

app = typer.Typer(help="Say where the searched passages are kept.", no_args_is_help=True)


@app.callback()
def _commands() -> None:
    pass


@app.command()
def move(
    context: typer.Context,
    to: Annotated[str, typer.Option(help="qdrant:URL or qdrant-edge:FOLDER.")],
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Fill a collection of Qdrant from the library and compare; a stopped run goes on.

    The library stays as it is; the setting index says afterwards which of the two is searched.
    """
    from index import load_encoder
    from index.moving import move as fill
    from ui.progress import progress
    from ui.settings.values import INDEX

    before_home, before_encoder = context.obj
    settings = Settings.read(home or before_home, encoder or before_encoder)
    try:
        place = str(INDEX.parse(to))
    except ValueError as error:
        raise InputError(f"{to!r} is not qdrant:URL or qdrant-edge:FOLDER.") from error
    if place == "embedded":
        raise InputError("The embedded index follows the library by itself; set index to embedded.")
    model = load_encoder(settings.encoder)
    with progress("Moving", "Moved {done:,} of {total:,} passages.") as show:
        done = fill(settings.home, model, place, say=say, on_batch=show)
    if as_json:
        print_json({"index": place, **asdict(done)})
    else:
        console().print(
            f"{done.passages:,} passages are there, and {done.scores:,} scores of "
            f"{done.questions} questions are equal (to {done.largest:.0e}). "
            f'Search them with: index = "{place}"',
            markup=False,
        )
