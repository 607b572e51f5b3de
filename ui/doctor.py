"""`dalil doctor`: what is broken in the library, and what is unsafe around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.edge import DONE, FAULT, console, open_library, print_json
from ui.options import AsJson, EncoderName, Home
from ui.settings import Settings, settings_file

if TYPE_CHECKING:
    from index import Library


def doctor(
    context: typer.Context,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build the search index anew first.")
    ] = False,
) -> None:
    """Check the library, and say what is unsafe in files and settings.

    The exit code tells of faults; what is unsafe may be meant so.
    """
    from ui.safety import unsafe_files, unsafe_settings

    before_home, before_encoder = context.obj
    settings = Settings.read(home or before_home, encoder or before_encoder)
    library = open_library(settings)
    if rebuild:
        library.rebuild()
    faults = library.faults()
    unsafe = [
        *unsafe_settings(settings.server),
        *unsafe_files(settings.home, settings_file()),
    ]
    if as_json:
        print_json({**_about(library), "rebuilt": rebuild, "faults": faults, "unsafe": unsafe})
    else:
        _show(library, faults, unsafe)
    raise typer.Exit(FAULT if faults else DONE)


def _about(library: Library) -> dict[str, str | int]:
    return {
        "home": str(library.home),
        "encoder": library.encoder.name,
        "articles": len(library),
        "passages": library.count_passages(),
    }


def _show(library: Library, faults: list[str], unsafe: list[str]) -> None:
    size = f"{len(library)} articles, {library.count_passages()} passages"
    lines = [f"{library.home}: {size}, encoder {library.encoder.name}"]
    lines += faults or ["No fault found."]
    lines += [f"Unsafe: {sentence}" for sentence in unsafe] or ["Nothing unsafe found."]
    for line in lines:
        console().print(line, markup=False, soft_wrap=True)
