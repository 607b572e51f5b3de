"""A language model that writes what it is told to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.llm import Message, ModelError
from tests.fakes.clock import ScriptedClock


@dataclass
class ScriptedModel:
    """A fake model: each reply is a list of pieces, seconds that pass, and faults.

    A reply may also be a function of the prompt.  It remembers what it was asked, and how many of
    its replies were read to their end or closed before it.
    """

    replies: list
    clock: ScriptedClock = field(default_factory=ScriptedClock)
    name: str = "scripted"
    asked: list = field(default_factory=list)
    ended: int = 0
    closed: int = 0
    _streams: list = field(default_factory=list)

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        self.asked.append(list(messages))
        # Kept, since Python closes what nobody holds any more.
        self._streams.append(self._say(messages, self.replies[len(self.asked) - 1]))
        return self._streams[-1]

    def _say(self, messages, reply):
        try:
            for step in reply(messages) if callable(reply) else reply:
                if isinstance(step, float):
                    self.clock.time += step
                elif isinstance(step, ModelError):
                    raise step
                else:
                    yield step
            self.ended += 1
        except GeneratorExit:
            self.closed += 1
            raise
