"""The chat page, one Gradio application for each interface language.

`static/chat.js` shows the conversation; what is filled in and pressed are Gradio's components.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any
from uuid import uuid4

import gradio as gr
from fastapi import FastAPI

from corpus.errors import DalilError, MissingError
from rag.answer import Json
from ui.chat import conversation, markup
from ui.chat.blocks import LoggedBlocks
from ui.chat.conversation import MOST_TURNS, Turn, answer, outlets_of, read_filters, read_turns
from ui.chat.examples import MOST, Examples
from ui.chat.frame import STATIC, ChatFrame
from ui.chat.layout import LONGEST_QUESTION, Parts, laid_out, theme
from ui.chat.visits import Visits
from ui.conversations.kept import are_kept, forget
from ui.server.access.identity import Reader, reader_of
from ui.server.http.files import FreshFiles
from ui.server.http.workers import WorkerPool
from ui.service import Service
from ui.words.sentences import worded
from ui.words.wording import LANGUAGES, words


def mount_chat(
    app: FastAPI,
    pool: WorkerPool,
    examples: Sequence[str],
    llm: str | None = None,
    days: int = 0,
) -> None:
    """Mount the chat of each language in `app`, and what its pages load.

    `llm` writes there, and conversations are kept for `days`.
    """
    app.mount(STATIC, FreshFiles(directory=Path(__file__).with_name("static")), name="chat")
    functions: dict[str, Collection[int]] = {}
    for language in LANGUAGES:
        blocks = _Page(pool, language, examples, llm, days).blocks()
        functions[language] = frozenset(blocks.fns)
        gr.mount_gradio_app(
            app,
            blocks,
            f"/{language}",
            theme=theme(),
            footer_links=[],
            run_history=False,
            show_error=False,
            max_file_size="1b",
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            enable_monitoring=False,
        )
    app.add_middleware(ChatFrame, functions=functions)


class _Page:
    """The page of one interface language."""

    def __init__(
        self,
        pool: WorkerPool,
        language: str,
        examples: Sequence[str],
        llm: str | None,
        days: int,
    ) -> None:
        self._pool = pool
        self._language = language
        self._words = words(language)
        self._examples = Examples(pool, language, examples)
        self._llm = llm
        self._days = days
        self._visits = Visits()

    def blocks(self) -> gr.Blocks:
        """Lay the page out and connect its events."""
        blocks = LoggedBlocks(
            self._language, title=self._words["title"], analytics_enabled=False, fill_width=True
        )
        with blocks:
            parts = laid_out(self._language, self._llm)
            self._connect(blocks, parts)
        # The pool bounds what is done at once.
        blocks.queue(default_concurrency_limit=None, api_open=False)
        return blocks

    def _connect(self, blocks: gr.Blocks, parts: Parts) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asked = [parts.kept, parts.outlet, parts.since, parts.until]
        shown = [parts.turns, parts.kept, parts.welcome, parts.question]
        gr.on(
            [parts.question.submit, parts.ask.click],
            self._ask,
            [parts.question, *asked],
            shown,
            # A question sent while the last one is being answered waits for its turn.
            trigger_mode="always_last",
            **quiet,
        )
        parts.turns.retry(self._retry, asked, shown, **quiet)
        for button in parts.buttons:
            button.click(self._ask, [button, *asked], shown, **quiet)
        parts.again.click(self._forget, None, shown, **quiet)
        parts.drawer.select(self._resume, None, [*shown, parts.drawer], **quiet)
        opened = [
            parts.turns, parts.drawer, parts.who, parts.welcome, parts.outlet, parts.empty,
            *parts.buttons,
        ]  # fmt: skip
        # What is offered has to be tried first, and the page waits for nothing.
        blocks.load(self._open, [parts.kept], opened, **quiet).then(
            self._offer, None, list(parts.buttons), **quiet
        )

    async def _ask(
        self, question: str | None, kept: object, outlet: str, since: str, until: str,
        request: gr.Request, preferences: bool = True,
    ) -> AsyncGenerator[tuple[Any, ...]]:  # fmt: skip
        if not question or not question.strip():
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        reader = _reader(request)
        owner, days = reader.owner, self._days if are_kept(reader, self._days) else 0
        turns = read_turns(kept, owner)
        filters = read_filters(outlet, since, until)
        field: Any = ""  # Emptied once: a reader may be writing the next question meanwhile.
        question = question[:LONGEST_QUESTION]
        # A reader who leaves gives the question up, and a language model with it.
        here = self._visits.begin(str(request.session_hash), _ids(turns))
        if here is None:
            # It leans on another conversation than is shown by now: the reader may send it anew.
            yield gr.skip(), gr.skip(), gr.skip(), question
            return
        pool = self._pool
        states = answer(
            pool, question, turns, filters, owner, here.gone, preferences=preferences, days=days
        )
        try:
            async with aclosing(states):
                async for state in states:
                    if here.gone.is_set():
                        return
                    if error := state.get("error"):
                        state["error"] = worded(error, self._language)
                    stored = gr.skip()
                    if found := state.get("answer"):
                        turn = Turn(state["question"], found["answer_id"], owner)
                        stored = [turn.as_json() for turn in [*turns, turn][-MOST_TURNS:]]
                    yield {"turn": state}, stored, gr.update(visible=False), field
                    field = gr.skip()
        finally:
            self._visits.end(here)

    async def _retry(
        self, kept: object, outlet: str, since: str, until: str, event: gr.EventData,
        request: gr.Request,
    ) -> AsyncGenerator[tuple[Any, ...]]:  # fmt: skip
        asked = str(event.question), kept, outlet, since, until, request
        again = self._ask(*asked, preferences=bool(event.preferences))
        async with aclosing(again):
            async for shown in again:
                yield shown

    async def _forget(self, request: gr.Request) -> tuple[Any, ...]:
        await self._visits.leave(str(request.session_hash), ())
        return {}, [], gr.update(visible=True), ""

    async def _resume(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Show a kept conversation in place of the present one; tell the drawer how that went."""
        reader, chosen = _reader(request), str(event.id)
        try:
            if not are_kept(reader, self._days):
                raise MissingError(self._words["gone"])

            def look(service: Service) -> tuple[list[Turn], list[Json]]:
                turns = conversation.resume(service, chosen, reader.owner)
                return turns, self._restored(service, turns)

            turns, restored = await self._pool.run(look)
        except DalilError as error:
            return *[gr.skip()] * 4, {"trouble": self._said(error), "key": uuid4().hex}
        # What is still being written belongs to the conversation that is left.
        await self._visits.leave(str(request.session_hash), _ids(turns))
        stored = [turn.as_json() for turn in turns]
        done = {"opened": chosen, "key": uuid4().hex}
        return {"opened": restored}, stored, gr.update(visible=False), gr.skip(), done

    async def _open(self, kept: object, request: gr.Request) -> list[Any]:
        reader = _reader(request)
        turns = read_turns(kept, reader.owner)
        who = gr.update(value=markup.who(self._language, reader), visible=reader.name is not None)

        def look(service: Service) -> tuple[list[Json], Sequence[str], bool]:
            forget(service, self._days)
            restored = self._restored(service, turns)
            return restored, outlets_of(service), conversation.is_empty(service)

        try:
            restored, outlets, empty = await self._pool.run(look)
        except DalilError as error:
            message = gr.update(value=markup.paragraph(self._said(error)), visible=True)
            return [gr.skip(), gr.skip(), who, gr.skip(), gr.skip(), message, *[gr.skip()] * MOST]
        choices = [(self._words["any_outlet"], ""), *zip(outlets, outlets, strict=True)]
        return [
            {"restored": restored},
            {"kept": are_kept(reader, self._days)},
            who,
            gr.update(visible=not turns),
            gr.update(choices=choices, value=""),
            gr.update(visible=empty),
            *_buttons(self._examples.given),
        ]

    def _restored(self, service: Service, turns: Sequence[Turn]) -> list[Json]:
        states = conversation.restore(service, turns, self._words["gone"])
        for state in states:
            if error := state.get("error"):
                state["error"] = worded(error, self._language)
        return states

    def _said(self, error: DalilError) -> str:
        return worded(str(error), self._language)

    async def _offer(self) -> list[Any]:
        return _buttons(await self._examples.all())


def _ids(turns: Sequence[Turn]) -> list[str]:
    return [turn.answer_id for turn in turns if turn.answer_id]


def _buttons(questions: Sequence[str]) -> list[Any]:
    shown = [gr.update(value=text, visible=True) for text in questions]
    return [*shown, *[gr.update(visible=False)] * (MOST - len(shown))]


def _reader(request: gr.Request) -> Reader:
    """Return who sent an event; Gradio hands on the request that put it into its queue."""
    if request.request is None:
        raise TypeError("Gradio gave an event without its request.")
    return reader_of(request.request)
