"""What tests of several packages share."""

import re
from functools import lru_cache

import numpy as np
import pytest

from corpus.article import Article
from corpus.text.words import words
from index import Library
from rag.reader import BUNDLED
from tests.command import run_here, run_process
from tests.fakes.model_server import ModelServer, replies_of

# A step of ours in the traceback of a fault, within a test or in the log of a server.
_STEP = re.compile(
    r'File "[^"]*?/((?<!tests/)(?:corpus|index|rag|eval|ui)/[^"]+", line \d+, in \S+)'
)


def pytest_terminal_summary(terminalreporter):
    """Tell last where a fault lies: the end is what is kept of a long run's output."""
    for report in terminalreporter.getreports("failed"):
        told = [report.longreprtext, *(text for _, text in report.sections)]
        if steps := [step for text in told for step in _STEP.findall(text)]:
            terminalreporter.write_line(f"{report.nodeid}: {steps[-1]}")


class HashEncoder:
    """A fake encoder: each word has a fixed random direction, a text is their mean.

    It remembers how many passages it encoded, so that tests can tell work saved from work done.
    """

    def __init__(self, name="hash", dimension=32):
        self.name, self.dimension = name, dimension
        self.fingerprint = f"{name}-{dimension}"
        self.encoded = 0

    def encode_queries(self, texts):
        return self._encode(texts)

    def encode_passages(self, texts):
        self.encoded += len(texts)
        return self._encode(texts)

    def _encode(self, texts):
        rows = [sum((self._word(w.folded) for w in words(t)), self._word("")) for t in texts]
        vectors = np.array(rows, np.float32).reshape(len(rows), self.dimension)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _word(self, word):
        seed = int.from_bytes(word.encode("utf-8", "replace")[:8].ljust(8, b"\1"), "little")
        return np.random.default_rng(seed).normal(size=self.dimension)


@pytest.fixture(scope="session", autouse=True)
def read_once():
    """Let the bundled reader forget nothing that it read, as it else does after some hundred texts.

    Reading is most of what a question takes, and many tests ask the same of the demo collection.
    """
    BUNDLED._read = lru_cache(maxsize=None)(BUNDLED._read_excerpt)


@pytest.fixture
def encoder():
    return HashEncoder()


@pytest.fixture
def library(tmp_path, encoder):
    opened = Library.open(tmp_path / "library", encoder, create=True)
    yield opened
    opened.close()


@pytest.fixture
def make_article():
    def make(number=1, text="نزحت سبعون عائلة من المخيم. عادت عشر عائلات إلى القرية.", **fields):
        return Article(id=f"article-{number}", text=text, language="ar", **fields)

    return make


@pytest.fixture
def dalil(tmp_path):
    """Run the command in this process, on a library in `tmp_path`."""
    return command_on(tmp_path, run_here)


@pytest.fixture
def dalil_process(tmp_path):
    """Run the real command in a process of its own, on a library in `tmp_path`."""
    return command_on(tmp_path, run_process)


def command_on(folder, way):
    """Return a function that runs the command in `folder`, in one of the two ways."""

    def run(*arguments, home=folder / "home", env=None, cwd=folder):
        return way("--home", home, *arguments, env=env, cwd=cwd)

    return run


@pytest.fixture
def model_server():
    """Start model servers: `model_server(script)` with a file of replies by name, or replies."""
    started = []

    def start(script):
        script = replies_of(script) if isinstance(script, str) else script
        started.append(ModelServer(script))
        return started[-1]

    yield start
    for server in started:
        server.close()
