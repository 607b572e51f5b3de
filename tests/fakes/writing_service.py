"""A service whose answers a script writes, a step each time the test lets it go on."""

import threading
from dataclasses import dataclass, replace

from rag.answer import Answer, Citation, Event, Statement, tell
from rag.citing.refusal import abstention
from ui.service import Service

NAME = "openai:scripted"


@dataclass(frozen=True)
class Said:
    """A statement of the script, and the numbers of the citations behind it."""

    text: str
    citations: tuple = ()
    supported: bool = True
    missing: tuple = ()


class Script:
    """What is written: statements, and `None` where the writing waits for `go`.

    `quotes` are (article id, start, end) by the number of the citation, from 1.  After "restart"
    nothing is left but to say that the articles do not say.  `left` is set when the writing ends,
    however it does.
    """

    def __init__(self, steps, quotes):
        self.quotes = quotes
        self.begin(*steps)

    def begin(self, *steps):
        """Write `steps` from now on."""
        self.steps, self.written = steps, 0
        self.left, self._go = threading.Event(), threading.Semaphore(0)

    def go(self):
        """Let the writing go on after a pause."""
        self._go.release()

    def end(self):
        """Let nobody wait any longer."""
        self._go.release(100)

    def events(self, question, library):
        citations, statements, text = {}, [], ""
        left, go = self.left, self._go
        try:
            yield Event("status", "searching")
            yield Event("status", "writing")
            for step in self.steps:
                if step is None:
                    assert go.acquire(timeout=60)
                    continue
                if step == "restart":
                    yield Event("restart")
                    notice = "The language model could not be reached."
                    yield from tell(replace(abstention(question, ()), notice=notice))
                    return
                self.written += 1
                numbers = step.citations
                start = len(text) + len(step.text) - len(step.text.lstrip())
                end = len(text) + len(step.text.rstrip())
                statements.append(Statement(start, end, numbers, step.supported, step.missing))
                for word in step.text.split(" "):
                    yield Event("token", word + " ")
                text += step.text + " "
                for n in numbers:
                    article, *span = self.quotes[n - 1]
                    text += f"[{n}] "
                    yield Event("token", f"[{n}] ")
                    if n not in citations:
                        supports = ((start, end),)
                        citations[n] = Citation(n, library.article(article), *span, (), supports)
                        yield Event("citation", citation=citations[n])
            yield Event("done", answer=Answer(
                question, "answered", text, 0.7, tuple(citations.values()), mode="llm",
                statements=statements,
            ))  # fmt: skip
        finally:
            left.set()


class WritingService(Service):
    """A service at which a script takes the place of retrieval and language model."""

    script: Script

    def __init__(self, settings, say, _shared=None):
        super().__init__(replace(settings, llm=None), say)

    def stream(self, question, filters, owner=""):
        yield from self.script.events(question.text, self.assistant().library)


def writing_service(script):
    """Return a class of services that write by `script`."""
    return type("ScriptedService", (WritingService,), {"script": script})
