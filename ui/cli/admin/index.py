"""`dalil encode`, `dalil reindex`, `dalil index`: vectors made anew, and where they are kept."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import InputError
from ui.cli.console import DONE, PARTLY, console, print_json, read_fields, say
from ui.cli.options import AsJson, EncoderName, Home
from ui.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from corpus.load import Loaded
    from index.bulk.encoding import Encoded, How
    from index.encoder import Encoder

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

    settings = _settings(context, home, encoder)
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


def reindex(
    context: typer.Context,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Encode every passage anew with the encoder that --encoder names; can be interrupted.

    Searches keep the old encoder until the end, and a run that was stopped goes on when it is
    run again. What dalil encode has made is taken, and its files are deleted at the end.
    """
    from index import Library, load_encoder
    from index.bulk.prepared import PreparedEncoder
    from index.reencoding import reencode
    from ui.progress import progress

    settings = _settings(context, home, encoder)
    model = load_encoder(settings.encoder)
    prepared = PreparedEncoder(model, settings.home, say)
    with progress("Encoding", "Encoded {done:,} of {total:,} passages.") as show:
        done = reencode(settings.home, prepared, say=say, on_batch=show)
    prepared.discard()
    Library.open(settings.home, model, say=say, index=settings.index).rebuild()
    if as_json:
        print_json({"encoder": model.name, "passages": done.passages, "resumed": done.resumed})
    else:
        console().print(f"Encoded {done.passages:,} passages with {model.name}.", markup=False)


def encode(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files and folders that are to be added. Default: the library's own."),
    ] = None,
    home: Home = None,
    encoder: EncoderName = None,
    ray: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A Ray cluster, HOST:PORT; local starts one here."),
    ] = None,
    cpus: Annotated[float, typer.Option(min=0.1, help="Cores for each worker of Ray.")] = 1,
    gpus: Annotated[float, typer.Option(min=0, help="GPUs for each worker of Ray.")] = 0,
    tolerance: Annotated[
        float, typer.Option(min=0, help="How far vectors made again may be from the first.")
    ] = 1e-5,
    no_clean: Annotated[
        bool, typer.Option("--no-clean", help="As the same option of dalil add.")
    ] = False,
    field: Annotated[
        list[str] | None, typer.Option(help="As the same option of dalil add.")
    ] = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Delete what was made and not taken up, and end.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make vectors that dalil reindex or dalil add then takes up, here or on many machines.

    The library stays as it is. A run that was stopped goes on when it is run again; at the end all
    vectors are read again, and some made again and compared.
    """
    from index import load_encoder
    from index.bulk.cluster import Share, on_ray
    from index.bulk.encoding import How, here
    from ui.progress import progress

    settings = _settings(context, home, encoder)
    if drop:
        _drop(settings, as_json=as_json)
    model = load_encoder(settings.encoder)
    line = "Encoded {done:,} passages." if paths else "Encoded {done:,} of {total:,} passages."
    with ExitStack() as stack:
        run = stack.enter_context(on_ray(ray, Share(cpus, gpus))) if ray else here
        show = stack.enter_context(progress("Encoding", line))
        how = How(run, tolerance, say, show)
        done, failed = _encode(settings, model, paths or (), read_fields(field), not no_clean, how)
    for failure in failed:
        say(f"{failure.place}: {failure.error}")
    if as_json:
        print_json({"encoder": model.name, **asdict(done), "failed": len(failed)})
    else:
        then = "the same dalil add" if paths else "dalil reindex"
        console().print(
            f"{done.texts:,} passages have vectors of {model.name} ({done.resumed:,} had them "
            f"before); {done.compared:,} that were made again are equal (to {done.largest:.0e}). "
            f"Take them up with: {then} --encoder {model.name}",
            markup=False,
            soft_wrap=True,
        )
    raise typer.Exit(PARTLY if failed else DONE)


def _encode(
    settings: Settings,
    encoder: Encoder,
    paths: Sequence[Path],
    fields: Mapping[str, str],
    clean: bool,
    how: How,
) -> tuple[Encoded, list[Loaded]]:
    """Encode the passages of files, or of the library; return what could not be read, too."""
    from index.bulk.encoding import encode_library, encode_texts
    from ui.ingest import passages_of

    if not paths:
        return encode_library(settings.home, encoder, how), []
    failed: list[Loaded] = []
    texts = passages_of(settings, paths, clean=clean, fields=fields, failed=failed.append)
    return encode_texts(settings.home, encoder, texts, how), failed


def _drop(settings: Settings, *, as_json: bool) -> None:
    """Delete the files of vectors of every encoder, and end the command."""
    from index.bulk.shards import drop

    files = drop(settings.home)
    if as_json:
        print_json({"files": files})
    else:
        console().print(f"Deleted {files:,} files of vectors.")
    raise typer.Exit(DONE)


def _settings(context: typer.Context, home: Path | None, encoder: str | None) -> Settings:
    before_home, before_encoder = context.obj
    return Settings.read(home or before_home, encoder or before_encoder)
