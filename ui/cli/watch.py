"""`dalil watch`: the library follows folders until it is told to stop."""

from __future__ import annotations

import signal
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from corpus.errors import DalilError
from ui.cli.console import say
from ui.cli.options import EncoderName, Home
from ui.settings.settings import Settings


def watch(
    context: typer.Context,
    folders: Annotated[list[Path], typer.Argument(help="Folders of articles.")],
    home: Home = None,
    encoder: EncoderName = None,
) -> None:
    """Follow folders: what is new or changed is added within seconds, what is gone is taken out.

    Ctrl-C stops it. A file that cannot be read takes nothing out, nor does a folder that is
    missing or empty; `dalil doctor` tells the state of each folder.
    """
    try:
        from ui.folders.watch import watching
    except ImportError as error:
        raise DalilError(
            f"Watching needs a package that is not installed ({error.name}). "
            "Install it with: pip install '.[serve]'; or run dalil add FOLDER --sync now and then."
        ) from error
    before_home, before_encoder = context.obj
    settings = Settings.read(home or before_home, encoder or before_encoder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), watching(settings, folders, say, traceback.print_exception):
        say(f"Following {', '.join(map(str, folders))}; Ctrl-C stops.")
        threading.Event().wait()
