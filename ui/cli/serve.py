"""`dalil serve`: the chat and the HTTP API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from corpus.errors import DalilError
from ui.cli.console import say
from ui.cli.options import CautionName, EncoderName, Home, ModelName, ReaderName, RerankerName
from ui.settings.settings import Settings, all_settings

_SERVER = {one.name: one for one in all_settings() if one.key.startswith("server.")}


def _option(name: str) -> Any:  # noqa: ANN401 - typer's own option has no other type
    """Return the option of a setting, described as in docs/settings.md.

    It has no default of its own, so that what the settings file says is not overruled.
    """
    one = _SERVER[name]
    shown = one.default is not None and str(one.default)
    return typer.Option(help=one.about, show_default=shown)


def serve(
    context: typer.Context,
    host: Annotated[str | None, _option("host")] = None,
    port: Annotated[int | None, _option("port")] = None,
    workers: Annotated[int | None, _option("workers")] = None,
    waiting: Annotated[int | None, _option("waiting")] = None,
    seconds: Annotated[float | None, _option("seconds")] = None,
    base_url: Annotated[str | None, _option("base_url")] = None,
    without_login: Annotated[
        bool | None, typer.Option("--without-login", help=_SERVER["without_login"].about)
    ] = None,
    watch: Annotated[
        list[str] | None,
        typer.Option(metavar="FOLDER", help=_SERVER["watch"].about + " Can be repeated."),
    ] = None,
    example: Annotated[
        list[str] | None, typer.Option(help="A question that the chat offers first.")
    ] = None,
    home: Home = None,
    encoder: EncoderName = None,
    reranker: RerankerName = None,
    reader: ReaderName = None,
    caution: CautionName = None,
    llm: ModelName = None,
) -> None:
    """Serve the chat and the HTTP API; docs/settings.md has all settings."""
    try:
        from ui.app.run import serve as run
    except ImportError as error:
        raise DalilError(
            f"The server needs packages that are not installed ({error.name}). "
            "Install them with: pip install '.[serve]'"
        ) from error
    before_home, before_encoder = context.obj
    settings = Settings.read(
        home or before_home,
        encoder or before_encoder,
        reranker,
        llm,
        reader,
        caution,
        host=host,
        port=port,
        workers=workers,
        waiting=waiting,
        seconds=seconds,
        base_url=base_url,
        without_login=without_login,
        watch=[str(Path(folder).absolute()) for folder in watch or ()] or None,
    )
    run(settings, example or (), say)
