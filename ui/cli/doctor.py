"""`dalil doctor`: what is broken, and what is unsafe around the library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import DalilError
from ui.cli.console import DONE, FAULT, console, open_library, print_json, say
from ui.cli.options import AsJson, EncoderName, Home, ModelName, ReaderName
from ui.settings.settings import Settings
from ui.settings.values import settings_file

if TYPE_CHECKING:
    from index import Library
    from rag.answer import Json


def doctor(
    context: typer.Context,
    home: Home = None,
    encoder: EncoderName = None,
    reader: ReaderName = None,
    llm: ModelName = None,
    as_json: AsJson = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build the search index anew first.")
    ] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Save what is sound first; list what is lost."),
    ] = False,
) -> None:
    """Check the library, and say what leaves the machine and what is unsafe around it.

    The exit code tells of faults; what is unsafe may be meant so.
    """
    from ui.settings.oidc import unsafe_provider
    from ui.settings.privacy import destination, told, unsafe_links, unsafe_model
    from ui.settings.safety import unsafe_files, unsafe_settings

    before_home, before_encoder = context.obj
    settings = Settings.read(home or before_home, encoder or before_encoder, llm=llm, reader=reader)
    from ui.progress import progress

    if repair:
        _repair(settings)
    library = open_library(settings)
    if rebuild:
        library.rebuild()
    with progress("Checking", None) as show:
        faults = library.faults(show)
    faults += [*_model_faults(settings), *_reader_faults(settings)]
    unsafe = [
        *unsafe_settings(settings.server),
        *unsafe_model(settings),
        *unsafe_provider(settings.oidc),
        *unsafe_links(settings),
        *unsafe_files(settings.home, settings_file()),
    ]
    if as_json:
        models = {"reader": settings.reader, "llm": settings.llm}
        about: Json = {**_about(library), **models, "sent_to": destination(settings)}
        about["folders"] = [asdict(folder) for folder in library.origins.folders()]
        print_json({**about, "rebuilt": rebuild, "faults": faults, "unsafe": unsafe})
    else:
        around = [told(settings), *_folders(library), *_named(unsafe)]
        _show(library, settings.reader, faults, around)
    raise typer.Exit(FAULT if faults else DONE)


def _repair(settings: Settings) -> None:
    """Make the library's file anew of what is sound in it, and say what is lost."""
    from index import Library, load_encoder
    from index.store.safety.repair import repair
    from ui.progress import progress

    encoder = load_encoder(settings.encoder)
    with progress("Saving", None) as show:
        done = repair(settings.home, encoder, say, show)
    for sentence in done.lost:
        say(f"Lost: {sentence}")
    for sentence in done.unchecked:
        say(f"Not checked: {sentence}")
    say(f"Saved {done.articles:,} articles. The file as it was is kept as {done.aside}.")
    library = Library.open(settings.home, encoder, say=say, index=settings.index)
    library.rebuild()
    library.close()


def _about(library: Library) -> dict[str, str | int]:
    articles, passages = _size(library)
    return {
        "home": str(library.home),
        "encoder": library.encoder.name,
        "articles": articles,
        "passages": passages,
    }


def _size(library: Library) -> tuple[int, int]:
    """Return the numbers of articles and passages, 0 where they cannot be counted."""
    try:
        return len(library), library.count_passages()
    except DalilError:
        return 0, 0


def _model_faults(settings: Settings) -> Iterator[str]:
    """Yield why the language model cannot be had here; whether it answers is not tried."""
    from ui.service import Shared

    try:
        Shared(settings).model()
    except DalilError as error:
        yield str(error)


def _reader_faults(settings: Settings) -> Iterator[str]:
    """Yield why the reader cannot be had, and which of its files are not as they were shipped."""
    from rag.reader import BUNDLED
    from ui.service import Shared

    try:
        if Shared(settings).reader() is BUNDLED:
            yield from BUNDLED.faults()
    except DalilError as error:
        yield str(error)


def _folders(library: Library) -> Iterator[str]:
    """Yield the state of each followed folder, and what of it could not be read last."""
    for each in library.origins.folders():
        yield f"Folder {each.path}: {each.articles} articles, followed at {each.checked_at}"
        if each.error:
            yield each.error
        for place, why in each.failed:
            yield f"{place}: {why}"


def _named(unsafe: list[str]) -> list[str]:
    return [f"Unsafe: {sentence}" for sentence in unsafe] or ["Nothing unsafe found."]


def _show(library: Library, reader: str, faults: list[str], around: list[str]) -> None:
    articles, passages = _size(library)
    size = f"{articles} articles, {passages} passages"
    lines = [f"{library.home}: {size}, encoder {library.encoder.name}, reader {reader}"]
    lines += faults or ["No fault found."]
    for line in [*lines, *around]:
        console().print(line, markup=False, soft_wrap=True)
