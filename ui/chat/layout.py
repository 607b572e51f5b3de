"""What stands on the chat page: Gradio's components, and what they load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import gradio as gr

from ui.chat import markup
from ui.chat.examples import MOST
from ui.chat.frame import STATIC
from ui.words.wording import words

# One conversation for both languages, so that switching keeps it; nothing in it is secret.
_STORAGE_KEY, _STORAGE_SECRET = "dalil.conversation", "dalil"
LONGEST_QUESTION = 2_000

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
_SHOW_KEPT = """
import(props.script).then(({ keptConversations }) => {
  const open = (id) => trigger("select", { id });
  const show = keptConversations(element, props.words, props.language, open);
  watch("value", () => show(props.value));
  show(props.value);
});
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that events read and write."""

    who: gr.HTML
    turns: gr.HTML
    kept: gr.BrowserState
    drawer: gr.HTML
    welcome: gr.Column
    empty: gr.HTML
    buttons: Sequence[gr.Button]
    outlet: gr.Dropdown
    since: gr.HTML
    until: gr.HTML
    question: gr.Textbox
    ask: gr.Button
    again: gr.Button


def laid_out(language: str, llm: str | None) -> Parts:
    """Lay the page of an interface language out, within a `gr.Blocks`; `llm` writes there."""
    texts = words(language)
    kept = gr.BrowserState([], storage_key=_STORAGE_KEY, secret=_STORAGE_SECRET)
    with gr.Row(elem_id="top"):
        gr.HTML(markup.header(language), elem_id="brand", js_on_load=None)
        who = gr.HTML(elem_id="who", visible=False, js_on_load=_FORGET)
        drawer = gr.HTML(
            elem_id="kept",
            html_template="",
            js_on_load=_SHOW_KEPT,
            apply_default_css=False,
            script=f"{STATIC}/kept.js",
            words=dict(texts),
            language=language,
        )
        again = gr.Button(texts["again"], elem_id="again", size="sm")
    with gr.Column(elem_id="welcome") as welcome:
        gr.HTML(f"<h2>{escape(texts['try'])}</h2>", js_on_load=None)
        buttons = [gr.Button(visible=False, elem_classes="example") for _ in range(MOST)]
        empty = gr.HTML(markup.paragraph(texts["empty_collection"]), visible=False, js_on_load=None)
    turns = gr.HTML(
        elem_id="turns",
        html_template="",
        js_on_load=_SHOW_TURNS,
        apply_default_css=False,
        script=f"{STATIC}/chat.js",
        words=dict(texts),
        language=language,
        model=llm or "",
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
            since, until = _date(texts, "since"), _date(texts, "until")
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                label=texts["question"], show_label=False, placeholder=texts["placeholder"],
                max_lines=6, max_length=LONGEST_QUESTION, autofocus=True, scale=8,
                container=False, elem_id="question",
                html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
            )  # fmt: skip
            ask = gr.Button(texts["ask"], variant="primary", scale=1, min_width=90, elem_id="ask")
        made_by = markup.made_by(language, llm)
        gr.HTML(made_by, elem_id="made-by", js_on_load=None)
    return Parts(
        who, turns, kept, drawer, welcome, empty, buttons, outlet, since, until, question, ask,
        again,
    )  # fmt: skip


def _date(texts: Mapping[str, str], name: str) -> gr.HTML:
    return gr.HTML(
        "",
        html_template=markup.date_field(texts[name]),
        js_on_load=_KEEP_DATE,
        elem_classes="date",
        min_width=150,
    )


def theme() -> gr.themes.Base:
    """Return the look that Gradio gives its components."""
    # Every face is one of the reader's system: a theme's own would come from another host.
    faces = ["system-ui", "Segoe UI", "Noto Sans", "Noto Naskh Arabic", "sans-serif"]
    return gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=faces, font_mono=faces)
