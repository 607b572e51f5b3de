"""What Dalil asks of a language model: messages in, pieces of text out, or a reason why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, Self

Reason = Literal["refused", "unreachable", "timeout", "quota", "silent", "broken", "missing"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation with the model; "system" holds what it is told to do."""

    role: Literal["system", "user", "assistant"]
    text: str


class ModelError(Exception):
    """The model gave no answer, or only a part of one.

    Not a `DalilError`: the reader gets the extractive answer instead.  `sentence` says what
    happened and holds no secret.  `reason` is "refused" (nothing listens there), "unreachable" (no
    way to the machine), "timeout" (it wrote, but not to the end in time), "quota" (it takes no more
    questions for now), "silent" (no word in time, or none at all), "broken" (an error instead of a
    reply, or one that broke off or cannot be read) or "missing" (the server has no such model).

    >>> str(ModelError("silent", "The language model said nothing."))
    'The language model said nothing.'
    """

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason: Reason = reason
        self.sentence = sentence


class PromptTooLongError(ModelError):
    """The model's window does not hold what it was sent; a shorter prompt may do.

    Tokens are estimated, and some vocabularies make twice as many of Arabic as others.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__("broken", sentence)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a model may take, in seconds, and how much it may read and write, in tokens.

    `first_token_s` counts from the request to its first word (anew with every sign of life, as
    while a model thinks unseen), `silence_s` between two words, `total_s` to the end.  A request is
    repeated `retries` times at most, and only before the first word.  `window` holds prompt and
    reply, `answer_tokens` of them for the reply.
    """

    first_token_s: float = 30
    total_s: float = 120
    silence_s: float = 20
    retries: int = 2
    window: int = 8192
    answer_tokens: int = 700

    @classmethod
    def within(cls, total_s: float, window: int = 8192) -> Self:
        """Return limits with `total_s` for the whole, and waits as long in proportion.

        >>> Limits.within(120) == Limits(), Limits.within(600).first_token_s
        (True, 150.0)
        """
        usual = cls()
        times = total_s / usual.total_s
        first, silence = usual.first_token_s * times, usual.silence_s * times
        return cls(first_token_s=first, total_s=total_s, silence_s=silence, window=window)


class ChatModel(Protocol):
    """A language model that chats; `name` is what the setting calls it, as "ollama:llama3.2"."""

    @property
    def name(self) -> str:
        """The model as the setting names it."""
        ...

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield pieces of the reply as they come, none of them empty.

        Closing the iterator ends the request.  Raises `ModelError`, also after some pieces.
        """
        ...
