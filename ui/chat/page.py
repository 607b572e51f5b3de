"""The chat page, one Gradio application for each interface language.

`static/chat.js` shows the conversation; what is filled in and pressed are Gradio's components.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from html import escape
from pathlib import Path
from threading import Event
from typing import Any

import gradio as gr
from fastapi import FastAPI

from corpus.errors import DalilError
from rag.answer import Json
from ui.chat import conversation, markup
from ui.chat.conversation import MOST_TURNS, Turn, answer, outlets_of, read_filters, read_turns
from ui.chat.examples import MOST, Examples
from ui.chat.frame import STATIC, ChatFrame
from ui.server.access.identity import Reader, reader_of
from ui.server.http.files import FreshFiles
from ui.server.http.workers import WorkerPool
from ui.service import Service
from ui.words.wording import LANGUAGES, words

# One conversation for both languages, so that switching keeps it; nothing in it is secret.
_STORAGE_KEY, _STORAGE_SECRET = "dalil.conversation", "dalil"
_LONGEST_QUESTION = 2_000

_SHOW_TURNS = """
import(props.script).then(({ conversation }) => {
  const retry = (question, preferences = true) => trigger("retry", { question, preferences });
  const show = conversation(element, props.words, props.language, retry, props.model);
  watch("value", () => show(props.value));
  show(props.value);
});
"""
# The server asks the browser to forget it too, which only browsers that came by TLS do.
_FORGET = f"""
element.addEventListener("submit", () => localStorage.removeItem("{_STORAGE_KEY}"));
"""
_KEEP_DATE = """
element.addEventListener("change", ({ target }) => { props.value = target.value; });
"""


def mount_chat(
    app: FastAPI, pool: WorkerPool, examples: Sequence[str], llm: str | None = None
) -> None:
    """Mount the chat of each language in `app`, and what its pages load; `llm` writes there."""
    app.mount(STATIC, FreshFiles(directory=Path(__file__).with_name("static")), name="chat")
    for language in LANGUAGES:
        gr.mount_gradio_app(
            app,
            _Page(pool, language, examples, llm).blocks(),
            f"/{language}",
            theme=_theme(),
            footer_links=[],
            run_history=False,
            show_error=False,
            max_file_size="1b",
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            enable_monitoring=False,
        )
    app.add_middleware(ChatFrame)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that events read and write."""

    who: gr.HTML
    turns: gr.HTML
    kept: gr.BrowserState
    welcome: gr.Column
    empty: gr.HTML
    buttons: Sequence[gr.Button]
    outlet: gr.Dropdown
    since: gr.HTML
    until: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    again: gr.Button


class _Page:
    """The page of one interface language."""

    def __init__(
        self, pool: WorkerPool, language: str, examples: Sequence[str], llm: str | None
    ) -> None:
        self._pool = pool
        self._language = language
        self._words = words(language)
        self._examples = Examples(pool, language, examples)
        self._llm = llm
        self._asking: set[tuple[str, Event]] = set()

    def blocks(self) -> gr.Blocks:
        """Lay the page out and connect its events."""
        blocks = gr.Blocks(title=self._words["title"], analytics_enabled=False, fill_width=True)
        with blocks:
            parts = self._layout()
            self._connect(blocks, parts)
        # The pool bounds what is done at once.
        blocks.queue(default_concurrency_limit=None, api_open=False)
        return blocks

    def _layout(self) -> _Parts:
        texts = self._words
        kept = gr.BrowserState([], storage_key=_STORAGE_KEY, secret=_STORAGE_SECRET)
        with gr.Row(elem_id="top"):
            gr.HTML(markup.header(self._language), elem_id="brand", js_on_load=None)
            who = gr.HTML(elem_id="who", visible=False, js_on_load=_FORGET)
            again = gr.Button(texts["again"], elem_id="again", size="sm")
        with gr.Column(elem_id="welcome") as welcome:
            gr.HTML(f"<h2>{escape(texts['try'])}</h2>", js_on_load=None)
            buttons = [gr.Button(visible=False, elem_classes="example") for _ in range(MOST)]
            empty = gr.HTML(
                markup.paragraph(texts["empty_collection"]), visible=False, js_on_load=None
            )
        turns = gr.HTML(
            elem_id="turns",
            html_template="",
            js_on_load=_SHOW_TURNS,
            apply_default_css=False,
            script=f"{STATIC}/chat.js",
            words=dict(texts),
            language=self._language,
            model=self._llm or "",
        )
        with gr.Column(elem_id="composer"):
            with gr.Accordion(texts["filters"], open=False), gr.Row():
                outlet = gr.Dropdown(
                    [(texts["any_outlet"], "")],
                    value="",
                    label=texts["outlet"],
                    min_width=180,
                    elem_id="outlet",
                )
                since, until = self._date("since"), self._date("until")
            with gr.Row(elem_id="ask-row"):
                question = gr.Textbox(
                    label=texts["question"], show_label=False, placeholder=texts["placeholder"],
                    max_lines=6, max_length=_LONGEST_QUESTION, autofocus=True, scale=8,
                    container=False, elem_id="question",
                    html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
                )  # fmt: skip
                ask = gr.Button(
                    texts["ask"], variant="primary", scale=1, min_width=90, elem_id="ask"
                )
            made_by = markup.made_by(self._language, self._llm)
            gr.HTML(made_by, elem_id="made-by", js_on_load=None)
        return _Parts(
            who, turns, kept, welcome, empty, buttons, outlet, since, until, question, ask, again
        )

    def _date(self, name: str) -> gr.HTML:
        return gr.HTML(
            "",
            html_template=markup.date_field(self._words[name]),
            js_on_load=_KEEP_DATE,
            elem_classes="date",
            min_width=150,
        )

    def _connect(self, blocks: gr.Blocks, parts: _Parts) -> None:
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
        opened = [parts.turns, parts.who, parts.welcome, parts.outlet, parts.empty, *parts.buttons]
        # What is offered has to be tried first, and the page waits for nothing.
        blocks.load(self._open, [parts.kept], opened, **quiet).then(
            self._offer, None, list(parts.buttons), **quiet
        )

    async def _ask(
        self, question: str, kept: object, outlet: str, since: str, until: str,
        request: gr.Request, preferences: bool = True,
    ) -> AsyncGenerator[tuple[Any, ...]]:  # fmt: skip
        if not question.strip():
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        owner = _reader(request).owner
        turns = read_turns(kept, owner)
        filters = read_filters(outlet, since, until)
        field: Any = ""  # Emptied once: a reader may be writing the next question meanwhile.
        question = question[:_LONGEST_QUESTION]
        # A reader who leaves gives the question up, and a language model with it.
        here = (str(request.session_hash), Event())
        self._asking.add(here)
        pool = self._pool
        states = answer(pool, question, turns, filters, owner, here[1], preferences=preferences)
        try:
            async with aclosing(states):
                async for state in states:
                    if here not in self._asking:
                        return
                    stored = gr.skip()
                    if found := state.get("answer"):
                        turn = Turn(state["question"], found["answer_id"], owner)
                        stored = [turn.as_json() for turn in [*turns, turn][-MOST_TURNS:]]
                    yield {"turn": state}, stored, gr.update(visible=False), field
                    field = gr.skip()
        finally:
            self._asking.discard(here)

    async def _retry(
        self, kept: object, outlet: str, since: str, until: str, event: gr.EventData,
        request: gr.Request,
    ) -> AsyncGenerator[tuple[Any, ...]]:  # fmt: skip
        asked = str(event.question), kept, outlet, since, until, request
        again = self._ask(*asked, preferences=bool(event.preferences))
        async with aclosing(again):
            async for shown in again:
                yield shown

    def _forget(self, request: gr.Request) -> tuple[Any, ...]:
        # What is still being written belongs to the conversation that is left.
        for here in [one for one in self._asking if one[0] == request.session_hash]:
            self._asking.discard(here)
            here[1].set()
        return {}, [], gr.update(visible=True), ""

    async def _open(self, kept: object, request: gr.Request) -> list[Any]:
        reader = _reader(request)
        turns = read_turns(kept, reader.owner)
        who = gr.update(value=markup.who(self._language, reader), visible=reader.name is not None)

        def look(service: Service) -> tuple[list[Json], Sequence[str], bool]:
            restored = conversation.restore(service, turns, self._words["gone"])
            return restored, outlets_of(service), conversation.is_empty(service)

        try:
            restored, outlets, empty = await self._pool.run(look)
        except DalilError as error:
            message = gr.update(value=markup.paragraph(str(error)), visible=True)
            return [gr.skip(), who, gr.skip(), gr.skip(), message, *[gr.skip()] * MOST]
        choices = [(self._words["any_outlet"], ""), *zip(outlets, outlets, strict=True)]
        return [
            {"restored": restored},
            who,
            gr.update(visible=not turns),
            gr.update(choices=choices, value=""),
            gr.update(visible=empty),
            *_buttons(self._examples.given),
        ]

    async def _offer(self) -> list[Any]:
        return _buttons(await self._examples.all())


def _buttons(questions: Sequence[str]) -> list[Any]:
    shown = [gr.update(value=text, visible=True) for text in questions]
    return [*shown, *[gr.update(visible=False)] * (MOST - len(shown))]


def _reader(request: gr.Request) -> Reader:
    """Return who sent an event; Gradio hands on the request that put it into its queue."""
    if request.request is None:
        raise TypeError("Gradio gave an event without its request.")
    return reader_of(request.request)


def _theme() -> gr.themes.Base:
    # Every face is one of the reader's system: a theme's own would come from another host.
    faces = ["system-ui", "Segoe UI", "Noto Sans", "Noto Naskh Arabic", "sans-serif"]
    return gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=faces, font_mono=faces)
