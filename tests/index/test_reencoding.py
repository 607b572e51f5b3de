"""A library moves to another encoder without closing, and goes on after any interruption."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import DalilError
from index import Filters, Library, reencoding
from index.reencoding import Reencoded, reencode
from index.store.lock import write_lock
from tests.conftest import HashEncoder
from tests.index.queries import query_of

ROOT = Path(__file__).parents[2]
ARTICLES = 300
# The first two batches, of 64 and twice as many passages.
COMMITTED = 192
KILLED = """
import os, signal, sys
from pathlib import Path
from index.reencoding import reencode
from tests.conftest import HashEncoder
from tests.index.queries import query_of

class Dying(HashEncoder):
    calls = 0

    def encode_passages(self, texts):
        self.calls += 1
        if self.calls == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode_passages(texts)

reencode(Path(sys.argv[1]), Dying("other", 16))
"""


class Eventful(HashEncoder):
    """An encoder beside which something happens when it is called for the `n`th time."""

    def __init__(self, n, event):
        super().__init__("other", 16)
        self.left, self.event = n, event

    def encode_passages(self, texts):
        self.left -= 1
        if not self.left:
            self.event()
        return super().encode_passages(texts)


def stop():
    raise KeyboardInterrupt


@pytest.fixture
def full(library, make_article):
    library.add([make_article(n, text=f"خبر رقم {n}.") for n in range(ARTICLES)])
    return library


def search(library, question, depth=1):
    return library.search(query_of(question, library.words), depth, Filters())


def found(library, question):
    """The passage nearest to a question in the library's own vectors."""
    best = max(search(library, question).found, key=lambda candidate: candidate.dense)
    _, passage = library.passage(best)
    return passage.text


def drafts(home):
    connection = sqlite3.connect(home / "library.sqlite")
    count = connection.execute("SELECT count(*) FROM drafts").fetchone()[0]
    connection.close()
    return count


def test_goes_on_after_kill_9(full):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", KILLED, str(full.home)]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert drafts(full.home) == COMMITTED

    assert found(Library.open(full.home, full.encoder), "خبر رقم 7") == "خبر رقم 7."
    other, said, counts = HashEncoder("other", 16), [], []
    report = reencode(
        full.home, other, say=said.append, on_batch=lambda done, of: counts.append((done, of))
    )
    assert report == Reencoded(passages=ARTICLES, resumed=COMMITTED)
    assert other.encoded == ARTICLES - COMMITTED
    assert said == ["192 of 300 passages were already encoded; going on with the rest."]
    assert counts[-1] == (ARTICLES, ARTICLES)
    assert min(counts)[0] > COMMITTED
    assert drafts(full.home) == 0
    assert found(Library.open(full.home, other), "خبر رقم 250") == "خبر رقم 250."


def test_catches_up_with_what_others_write_meanwhile(full, make_article):
    changed = make_article(5, text="هذا الخبر جديد.")
    added = [make_article(n, text=f"نبأ رقم {n}.") for n in range(1000, 1080)]

    def write():
        with write_lock(full.home) as free:
            assert free
        writer = Library.open(full.home, full.encoder)
        writer.add([changed, *added])
        writer.remove(["article-7", "article-290"])
        assert found(writer, "نبأ رقم 1003") == "نبأ رقم 1003."

    encoder = Eventful(2, write)
    passages = ARTICLES + len(added) - 2
    assert reencode(full.home, encoder) == Reencoded(passages, resumed=0)

    moved = Library.open(full.home, encoder)
    current = moved.engine.snapshot()
    # Each of these articles is one passage.
    held = [current.passages.versions[place] for place in current.passages.articles]
    texts = [moved.article(*key).text for key in held]
    assert {"هذا الخبر جديد.", "نبأ رقم 1003."} < set(texts)
    assert not {"خبر رقم 5.", "خبر رقم 7.", "خبر رقم 290."} & set(texts)
    vectors = current.vectors.vectors(np.arange(passages))
    np.testing.assert_allclose(vectors, encoder.encode_passages(texts), atol=1e-6)


def test_another_encoder_discards_what_the_first_left(full):
    with pytest.raises(KeyboardInterrupt):
        reencode(full.home, Eventful(2, stop))
    assert drafts(full.home) == 64
    third = Eventful(1, stop)
    third.fingerprint = "third"
    with pytest.raises(KeyboardInterrupt):
        reencode(full.home, third)
    assert drafts(full.home) == 0
    other = HashEncoder("other", 16)
    assert reencode(full.home, other) == Reencoded(ARTICLES, resumed=0)


def test_the_switch_is_whole_or_not_at_all(full, monkeypatch):
    def fail(store, encoder):
        raise OSError("disk full")

    before = search(full, "خبر رقم 3", 5)
    other = HashEncoder("other", 16)
    with monkeypatch.context() as patch:
        patch.setattr(reencoding, "name_encoder", fail)
        with pytest.raises(OSError, match="disk full"):
            reencode(full.home, other)
    reopened = Library.open(full.home, full.encoder)
    reopened.rebuild()
    assert search(reopened, "خبر رقم 3", 5) == before

    other.encoded = 0
    assert reencode(full.home, other) == Reencoded(ARTICLES, resumed=ARTICLES)
    assert other.encoded == 0


def test_a_reader_that_was_open_is_told_of_the_switch(full):
    search(full, "خبر")
    reencode(full.home, HashEncoder("other", 16))
    with pytest.raises(DalilError, match="--encoder other"):
        search(full, "خبر")
    with pytest.raises(DalilError, match="--encoder other"):
        full.add([full.article("article-1"), *full.articles()])


def test_a_second_run_waits_for_the_first(full):
    said = []

    def look():
        with write_lock(full.home, name="reindex.lock") as free:
            said.append(free)

    reencode(full.home, Eventful(1, look))
    look()
    assert said == [False, True]


def test_a_library_of_the_first_schema_gains_the_table(full):
    connection = sqlite3.connect(full.home / "library.sqlite")
    connection.executescript("DROP TABLE drafts; PRAGMA user_version = 1;")
    connection.close()
    reopened = Library.open(full.home, full.encoder)
    assert found(reopened, "خبر رقم 3") == "خبر رقم 3."
    assert drafts(full.home) == 0
    other = HashEncoder("other", 16)
    assert reencode(full.home, other).passages == ARTICLES
    assert len(Library.open(full.home, other)) == ARTICLES


def test_passages_are_encoded_as_they_would_be_if_added_anew(library, tmp_path, make_article):
    articles = [make_article(n, text=f"خبر رقم {n}.", title=f"عنوان {n}") for n in range(5)]
    library.add(articles)
    other = HashEncoder("other", 16)
    reencode(library.home, other)
    added = Library.open(tmp_path / "anew", other, create=True)
    added.add(articles)
    moved = Library.open(library.home, other)
    rows = np.arange(len(articles))
    ours, theirs = (each.engine.snapshot().vectors.vectors(rows) for each in (moved, added))
    np.testing.assert_array_equal(ours, theirs)
