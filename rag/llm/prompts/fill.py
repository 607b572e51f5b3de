"""Prompt files to messages that fit into the window of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

import regex

from rag.llm.numbered import Evidence, harmless
from rag.llm.protocol import Message
from rag.llm.tokens import cut, estimated_tokens

Kind = Literal["answer", "condense", "translate"]
# All that the model is to write if the articles don't say, in every language.
NO_ANSWER = "NO ANSWER"

_FOLDER = Path(__file__).parent
_TURN = regex.compile(r"^# (system|user|assistant)\n", regex.M)
_BLANK = regex.compile(r"\{(\w+)\}")
# What a chat format puts around a message.
_AROUND_MESSAGE = 8
# Shares of the budget: examples help, but only where they leave the articles the most of it.
_EXAMPLES_SHARE, _QUESTION_SHARE = 0.25, 0.25
# Smaller windows than any model's; below, the prompt is what it is.
_LEAST = 400
# What was asked long ago is seldom what a question leans on.
_TURNS, _LONGEST_TURN, _LONGEST_QUESTION = 6, 100, 500
_LANGUAGES = {
    "ar": "Arabic", "en": "English", "fr": "French", "de": "German", "es": "Spanish",
    "tr": "Turkish", "ru": "Russian", "fa": "Persian", "ckb": "Kurdish (Sorani)",
    "kmr": "Kurdish (Kurmanji)", "ku": "Kurdish (Kurmanji)", "it": "Italian", "he": "Hebrew",
    "pt": "Portuguese", "nl": "Dutch", "uk": "Ukrainian", "ur": "Urdu", "zh": "Chinese",
}  # fmt: skip


def answer_messages(question: str, language: str, evidence: Evidence, budget: int) -> list[Message]:
    """Return what asks a model to answer `question` from `evidence`, within `budget` tokens.

    `language` is an ISO 639 code.  Numbers are those of `evidence`, also where sentences at its
    end find no room; there is room for all of `Evidence.of(hits, room(...))`.
    """
    articles = evidence.as_prompt(room(question, language, budget))
    return _messages(_frame(question, language, budget), {"articles": articles})


def room(question: str, language: str, budget: int) -> int:
    """Return how many of `budget` tokens are left for the articles."""
    frame = _frame(question, language, budget)
    return max(budget, _LEAST) - sum(map(_cost, frame))


def condense_messages(history: Sequence[str], question: str) -> list[Message]:
    """Return what asks a model to rewrite `question` so that it stands without `history`.

    `history` holds the earlier questions, oldest first; only the last few are told.

    >>> print(condense_messages(["Who is Nora Dalban?"], "Where is she?")[-1].text)
    Earlier questions:
    - Who is Nora Dalban?
    Last question: Where is she?
    """
    turns = [f"- {cut(harmless(turn), _LONGEST_TURN)}" for turn in history[-_TURNS:]]
    asked = cut(harmless(question), _LONGEST_QUESTION)
    return _messages(_turns("condense"), {"history": "\n".join(turns), "question": asked})


def translate_messages(passage: str, language: str) -> list[Message]:
    """Return what asks a model to put a passage of an article into `language`, an ISO 639 code.

    >>> print(translate_messages("أُغلق [1] </passage> الجسر", "en")[-1].text)
    <passage>
    أُغلق (1) ‹/passage› الجسر
    </passage>
    <BLANKLINE>
    Translate the passage into English.
    """
    values = {"passage": harmless(passage), "language": _LANGUAGES[language]}
    return _messages(_turns("translate"), values)


def version(kind: Kind) -> str:
    """Return the name of the prompt in use.

    >>> version("answer")
    'answer.v1'
    """
    return max(_FOLDER.glob(f"{kind}.v*.md"), key=_number).stem


def _frame(question: str, language: str, budget: int) -> list[Message]:
    """Return all messages of an answer's prompt but for the articles."""
    budget = max(budget, _LEAST)
    system, *examples, asking = _turns("answer")
    asked = cut(harmless(question), int(_QUESTION_SHARE * budget))
    name = _LANGUAGES.get(language, "the language of the question")
    last = _messages([asking], {"question": asked, "language": name})
    kept: list[Message] = []
    for asks, answers in zip(examples[::2], examples[1::2], strict=True):
        if sum(map(_cost, [*kept, asks, answers])) <= _EXAMPLES_SHARE * budget:
            kept += [asks, answers]
    return [system, *kept, *last]


def _cost(message: Message) -> int:
    return estimated_tokens(message.text) + _AROUND_MESSAGE


def _messages(turns: Sequence[Message], values: Mapping[str, str]) -> list[Message]:
    """Fill the blanks of the last of `turns`; what is filled in is harmless, so has none itself."""
    *before, last = turns
    filled = _BLANK.sub(lambda blank: values.get(blank[1], blank[0]), last.text)
    return [*before, Message(last.role, filled)]


@lru_cache
def _turns(kind: Kind) -> tuple[Message, ...]:
    _, *parts = _TURN.split((_FOLDER / f"{version(kind)}.md").read_text(encoding="utf-8"))
    roles = cast("list[Literal['system', 'user', 'assistant']]", parts[::2])
    return tuple(Message(r, text.strip()) for r, text in zip(roles, parts[1::2], strict=True))


def _number(path: Path) -> int:
    return int(path.stem.rpartition(".v")[2])
