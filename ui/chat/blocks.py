"""Gradio's page with its faults in our log: Gradio prints them, and with them what was asked."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.server.http.errors import sentence_of
from ui.server.http.log import log_fault
from ui.words.sentences import worded


class LoggedBlocks(gr.Blocks):
    """A page in `language`, which says there what goes wrong in an event of it."""

    def __init__(self, language: str, **named: Any) -> None:  # noqa: ANN401 - Gradio's own
        super().__init__(**named)
        self._language = language

    async def process_api(self, *given: Any, **named: Any) -> dict[str, Any]:  # noqa: ANN401
        """Do an event's work, as Gradio does; a fault of it is logged like any other."""
        try:
            return await super().process_api(*given, **named)
        except Exception as error:
            log_fault(error)
            said = worded(sentence_of(error), self._language)
            # Gradio would print this one, too.
            raise gr.Error(said, print_exception=False) from None
