"""Vectors made beforehand are those that the library would make, whatever stops the making."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import DalilError, InputError
from index import Library
from index.bulk import encoding
from index.bulk.encoding import Encoded, How, encode_library, encode_texts, here
from index.bulk.prepared import PreparedEncoder
from index.bulk.shards import FOLDER, Shards, digests_of
from index.reencoding import reencode
from tests.conftest import HashEncoder

ROOT = Path(__file__).parents[3]
HOW = How(here, 1e-5)
TEXTS = [f"خبر رقم {n}." for n in range(100)]
SAMPLE = 64
KILLED = """
import os, signal, sys
from pathlib import Path
from index.bulk import encoding
from tests.conftest import HashEncoder

class Dying(HashEncoder):
    calls = 0

    def encode_passages(self, texts):
        self.calls += 1
        if self.calls == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode_passages(texts)

encoding.GROUP = 16
texts = [f"خبر رقم {n}." for n in range(100)]
encoding.encode_texts(Path(sys.argv[1]), Dying("other", 16), texts, encoding.How(encoding.here, 0))
"""


@pytest.fixture(autouse=True)
def small_groups(monkeypatch):
    monkeypatch.setattr(encoding, "GROUP", 16)


@pytest.fixture
def other():
    return HashEncoder("other", 16)


def made(home, encoder, texts):
    known = Shards.of(home, encoder).read()
    return known.vectors(known.find(digests_of(texts)))


def silent(_):
    pass


def test_a_library_takes_up_what_was_made(library, make_article, other):
    library.add([make_article(n, text=text) for n, text in enumerate(TEXTS)])
    counts = []
    how = How(here, 1e-5, on_batch=lambda done, of: counts.append((done, of)))
    assert encode_library(library.home, other, how) == Encoded(100, 100, 0, SAMPLE, 0)
    assert counts == [(min(n, 100), 100) for n in range(16, 113, 16)]
    assert other.encoded == 100 + SAMPLE

    other.encoded = 0
    prepared = PreparedEncoder(other, library.home, silent)
    assert reencode(library.home, prepared).passages == 100
    assert other.encoded == 0
    prepared.discard()
    assert not (library.home / FOLDER).exists()
    moved = Library.open(library.home, other).engine.snapshot().vectors.vectors(np.arange(100))
    np.testing.assert_array_equal(moved, other.encode_passages(TEXTS))


def test_what_is_added_takes_up_what_was_made(library, make_article, encoder):
    encode_texts(library.home, encoder, TEXTS[:48], HOW)
    encoder.encoded, said = 0, []
    library.encoder = prepared = PreparedEncoder(encoder, library.home, said.append)
    library.add([make_article(n, text=text) for n, text in enumerate(TEXTS[:40])])
    library.add([make_article(n, text=text) for n, text in enumerate(TEXTS[90:], 90)])
    assert encoder.encoded == 10
    assert said == ["48 vectors are there already, made by dalil encode."]
    prepared.discard_used()
    # The third of 16 was not used up.
    assert len(Shards.of(library.home, encoder).read()) == 16
    rows = library.engine.snapshot().vectors.vectors(np.arange(50))
    np.testing.assert_array_equal(rows, encoder.encode_passages([*TEXTS[:40], *TEXTS[90:]]))


def test_what_another_process_took_up_meanwhile_is_made_again(tmp_path, encoder):
    encode_texts(tmp_path, encoder, TEXTS, HOW)
    prepared = PreparedEncoder(encoder, tmp_path, silent)
    prepared.encode_passages(TEXTS[:1])
    Shards.of(tmp_path, encoder).discard()
    np.testing.assert_array_equal(
        prepared.encode_passages(TEXTS), encoder.encode_passages(TEXTS)
    )  # fmt: skip


def test_goes_on_after_kill_9(tmp_path, other):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL

    said = []
    report = encode_texts(tmp_path, other, TEXTS, How(here, 1e-5, said.append))
    assert report == Encoded(100, 100, 48, SAMPLE, 0)
    assert other.encoded == 52 + SAMPLE
    assert said == ["48 vectors are there already; going on with the rest."]
    np.testing.assert_array_equal(made(tmp_path, other, TEXTS), other.encode_passages(TEXTS))


def test_a_damaged_file_is_made_again(tmp_path, other):
    encode_texts(tmp_path, other, TEXTS, HOW)
    path = next(Shards.of(tmp_path, other).folder.iterdir())
    path.write_bytes(path.read_bytes()[:-4])
    lost = 100 - len(Shards.of(tmp_path, other).read())
    assert lost in (4, 16)
    assert encode_texts(tmp_path, other, TEXTS, HOW).resumed == 100 - lost
    np.testing.assert_array_equal(made(tmp_path, other, TEXTS), other.encode_passages(TEXTS))


def test_a_text_that_comes_twice_is_encoded_once(tmp_path, other):
    texts = [*TEXTS[:20], *TEXTS[10:30], "", TEXTS[0]]
    counts = []
    how = How(here, 1e-5, on_batch=lambda done, _: counts.append(done))
    assert encode_texts(tmp_path, other, texts, how) == Encoded(42, 30, 0, 30, 0)
    assert (other.encoded, counts[-1]) == (60, 42)


@pytest.mark.parametrize(
    "fault",
    [
        lambda vectors: vectors[1:],
        lambda vectors: vectors[:, 1:],
        lambda vectors: vectors * np.float32("nan"),
        lambda vectors: vectors * np.float32(1.1),
    ],
)
def test_what_is_no_vector_of_each_text_is_not_kept(tmp_path, other, fault):
    def faulty(encoder, groups):
        for number, (group, vectors) in enumerate(here(encoder, groups)):
            yield group, fault(vectors) if number == 2 else vectors

    with pytest.raises(DalilError, match="no sound vector for each of 16 passages"):
        encode_texts(tmp_path, other, TEXTS, How(faulty, 1e-5))
    assert len(Shards.of(tmp_path, other).read()) == 32


def test_vectors_that_cannot_be_made_again_are_told(tmp_path, other):
    def swapped(encoder, groups):
        for group, vectors in here(encoder, groups):
            yield group, vectors[::-1]

    with pytest.raises(DalilError, match=r"have other vectors .*--tolerance.*dalil encode --drop"):
        encode_texts(tmp_path, other, TEXTS, How(swapped, 1e-5))


def test_a_tolerance_lets_other_processors_in(tmp_path, other):
    def rough(encoder, groups):
        for group, vectors in here(encoder, groups):
            yield group, vectors + np.float32(5e-5)

    with pytest.raises(DalilError, match="by 5e-05"):
        encode_texts(tmp_path, other, TEXTS, How(rough, 1e-5))
    assert encode_texts(tmp_path, other, TEXTS, How(rough, 1e-4)).largest == pytest.approx(
        5e-5, 0.1
    )


def test_files_that_vanish_meanwhile_are_told(tmp_path, other):
    def losing(encoder, groups):
        yield from here(encoder, groups)
        next(Shards.of(tmp_path, other).folder.iterdir()).unlink()

    with pytest.raises(DalilError, match=r"of 100 vectors cannot be read .*run this again"):
        encode_texts(tmp_path, other, TEXTS, How(losing, 1e-5))


def test_the_encoder_must_be_one_that_the_library_can_take(library, make_article, encoder, other):
    library.add([make_article()])
    with pytest.raises(InputError, match="has the vectors of 'hash' already"):
        encode_library(library.home, encoder, HOW)
    with pytest.raises(DalilError, match="dalil reindex --encoder other"):
        encode_texts(library.home, other, TEXTS, HOW)
    with pytest.raises(DalilError, match="nowhere"):
        encode_library(library.home / "nowhere", other, HOW)
    assert not (library.home / FOLDER).exists()
