"""A question that leans on earlier ones, rewritten by the model so that it stands alone.

Only questions are shown to the model, never articles: nothing hostile can steer the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import regex

from rag.llm.deadline import Clock, bounded
from rag.llm.prompts import condense_messages
from rag.llm.protocol import ChatModel, Limits, ModelError
from rag.llm.replies.text import words_of

# What was asked longer ago is rarely meant, and small models lose the thread.
_TURNS, _LONGEST_TURN = 6, 400
# A reader waits for this before anything is searched.
_SECONDS = 10.0
_TOKENS = 100
_LONGEST = 300
_SLOW = ("silent", "timeout", "broken")
_ASKS = regex.compile(r"[?؟？;;⁇][\s\"'”»)]*\Z")
# "Question: ..." and quotation marks around it, as small models like to put them.
_AROUND = regex.compile(
    r"""\A(?:[\s"'“«*]|(?:standalone )?question:|السؤال(?: المستقل)?:)+"""
    r"""|(?<![\s"'”»*])[\s"'”»*]++\Z""",
    regex.I,
)


@dataclass(frozen=True, slots=True)
class Condensed:
    """A question to read, with those before it that it still leans on.

    `fault` is what the model failed with, if it did.
    """

    text: str
    history: Sequence[str] = ()
    fault: ModelError | None = None


def condense(
    model: ChatModel,
    question: str,
    history: Sequence[str],
    limits: Limits,
    clock: Clock,
) -> Condensed:
    """Return `question` as it is to be read, rewritten where others came before it.

    What the model writes counts only if it is one line that asks something; else, and where the
    model fails or is slow, the rules resolve the question.
    """
    if not history:
        return Condensed(question)
    turns = [turn[:_LONGEST_TURN] for turn in history[-_TURNS:]]
    hasty = replace(limits, total_s=min(limits.total_s, _SECONDS), answer_tokens=_TOKENS)
    began = clock.now()
    try:
        pieces = model.stream(condense_messages(turns, question))
        with closing(bounded(pieces, hasty, clock)) as reply:
            standalone = _question(words_of("".join(reply)), question)
    except ModelError as error:
        # A model that was only slow for this may well answer in the time it has for that.
        slow = error.reason in _SLOW and clock.now() - began < limits.first_token_s
        return Condensed(question, history, None if slow else error)
    if standalone is None:
        return Condensed(question, history)
    return Condensed(standalone)


def _question(reply: str, question: str) -> str | None:
    """Return the question that a reply consists of, `None` if it is anything else.

    >>> _question('"Where is Hajji Abdullah hiding?"', "Where is he hiding?")
    'Where is Hajji Abdullah hiding?'
    >>> _question("He is in Idlib.", "Where is he hiding?") is None
    True
    """
    text = _AROUND.sub("", reply)
    asks = _ASKS.search(text) or not _ASKS.search(question)
    return text if text and asks and len(text) <= _LONGEST and "\n" not in text else None
