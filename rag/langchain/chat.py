"""A LangChain chat model as a `ChatModel`: requests run in one event loop beside the program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, closing
from functools import cache
from threading import Thread

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langsmith import tracing_context

from corpus.text.characters import replace_surrogates
from rag.langchain.failures import is_passing, model_error, wait_asked
from rag.llm.deadline import Clock, Fed, SystemClock, shortened, too_late, watched
from rag.llm.protocol import Limits, Message, ModelError
from rag.llm.replies.thoughts import without_thoughts

_CLASSES = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
# How the servers of Ollama, OpenAI's protocol and Anthropic say that a reply ended by intent.
_ENDS = ("done_reason", "finish_reason", "stop_reason")
# A consumer that neither reads on nor leaves must not keep the model writing.  Later than the
# deadline proper, because a request that is cancelled twice does not close its connection.
_GRACE_S = 10.0


class LangChainModel:
    """Streams the replies of any LangChain chat model within limits, retried where that helps.

    `server` is its host and port, for errors.  With `says_end`, a reply without a stated end counts
    as broken off.  `pause` waits between attempts.
    """

    def __init__(
        self,
        name: str,
        model: BaseChatModel,
        server: str,
        limits: Limits,
        *,
        says_end: bool = True,
        clock: Clock | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = name
        self._model = model
        self._server = server
        self._limits = limits
        self._says_end = says_end
        self._clock = clock or SystemClock()
        self._pause = pause

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the reply in pieces, without what the model thinks aloud; raises `ModelError`."""
        turns = [_CLASSES[message.role](message.text) for message in messages]
        said = False

        def source(feed: Callable[[Fed], None]) -> Callable[[], object]:
            return asyncio.run_coroutine_threadsafe(self._feed(turns, feed), _loop()).cancel

        with closing(watched(source, self._limits, self._clock)) as pieces:
            for piece in shortened(without_thoughts(pieces), self._limits):
                said = said or bool(piece.strip())
                yield replace_surrogates(piece)
        if not said:
            raise ModelError("silent", f"The language model at {self._server} said nothing.")

    async def _feed(self, turns: Sequence[BaseMessage], feed: Callable[[Fed], None]) -> None:
        limit = asyncio.timeout(self._limits.total_s + _GRACE_S)
        try:
            # Whatever the environment says of LangSmith, questions go to the model only.
            with tracing_context(enabled=False):
                async with limit, aclosing(self._attempts(turns)) as pieces:
                    async for piece in pieces:
                        feed(piece)
        except Exception as error:  # Each provider's client has errors of its own.
            if limit.expired():
                feed(too_late())
            else:
                feed(model_error(error, self._server))
        else:
            feed(None)

    async def _attempts(self, turns: Sequence[BaseMessage]) -> AsyncGenerator[str, None]:
        """Yield pieces; a request is repeated only as long as nothing came of it."""
        for attempt in range(self._limits.retries + 1):
            began = False
            try:
                async with aclosing(self._pieces(turns)) as pieces:
                    async for piece in pieces:
                        began = True
                        yield piece
                return
            except Exception as error:
                delay = max(0.5 * 2**attempt, wait_asked(error))
                is_last = attempt == self._limits.retries or delay >= self._limits.first_token_s
                if began or is_last or not is_passing(error):
                    raise
            await self._pause(delay)

    async def _pieces(self, turns: Sequence[BaseMessage]) -> AsyncGenerator[str, None]:
        ended = False
        async for chunk in self._model.astream(list(turns)):
            ended = ended or any(chunk.response_metadata.get(key) for key in _ENDS)
            yield str(chunk.text)
        if self._says_end and not ended:
            raise ModelError(
                "broken", f"The reply of the language model at {self._server} broke off."
            )


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Return the event loop of all requests.

    One for all, because LangChain's clients share their connections, which belong to a loop.
    """
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="language models", daemon=True).start()
    return loop
