"""Fields of requests that any route may take."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from corpus.text.characters import replace_surrogates


def _whole(value: object) -> object:
    """Replace halves of surrogate pairs, which JSON can hold and UTF-8 cannot."""
    return replace_surrogates(value) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_whole)]
