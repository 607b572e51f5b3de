"""What tests of several packages share."""

import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from corpus.article import Article
from index import Library
from index.analysis import words


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


@dataclass
class Run:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


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
    """Run the real command in a process of its own, on a library in `tmp_path`."""

    def run(*arguments, home=tmp_path / "home", env=None, cwd=tmp_path):
        command = [sys.executable, "-m", "ui.cli", "--home", str(home), *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, cwd=cwd, env=env, timeout=120, check=False
        )
        return Run(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return run
