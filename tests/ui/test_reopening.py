"""What is open on a file follows the file, thread by thread."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus.errors import DalilError
from ui.reopening import Reopening


class Text:
    """A file's text, read when it was opened."""

    def __init__(self, path):
        self.text, self.closed = path.read_text(encoding="utf-8"), False

    def close(self):
        assert not self.closed
        self.closed = True


@pytest.fixture
def path(tmp_path):
    return tmp_path / "library"


@pytest.fixture
def texts(path):
    return Reopening(path, lambda _: Text(path))


def replace(path, text):
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def test_one_opening_a_file(texts, path):
    assert texts.current() is None
    replace(path, "one")
    first = texts.current()
    assert texts.current() is first
    # A file that is changed where it lies stays the same file.
    path.write_text("changed", encoding="utf-8")
    assert texts.current() is first


def test_a_file_that_is_replaced_or_goes(texts, path):
    replace(path, "one")
    first = texts.current()
    replace(path, "two")
    second = texts.current()
    assert (first.closed, second.text, second.closed) == (True, "two", False)
    path.unlink()
    assert texts.current() is None
    assert second.closed
    replace(path, "three")
    assert texts.current().text == "three"


def test_what_cannot_be_opened_is_tried_again(texts, path):
    replace(path, "one")
    first = texts.current()
    replace(path, "two")
    path.write_bytes(b"\xff")
    for _ in range(2):
        with pytest.raises(UnicodeDecodeError):
            texts.current()
    assert first.closed
    path.write_text("mended", encoding="utf-8")
    assert texts.current().text == "mended"


def test_each_thread_has_its_own(texts, path):
    replace(path, "one")
    here = texts.current()
    with ThreadPoolExecutor(1) as thread:
        there = thread.submit(texts.current).result()
        assert there is not here
        texts.close()
        assert (here.closed, there.closed) == (True, False)
        thread.submit(texts.close).result()
        assert there.closed
    texts.close()


def test_a_file_that_cannot_be_looked_at_is_told(tmp_path):
    name = "x" * 1_000
    texts = Reopening(tmp_path / name, lambda _: Text(tmp_path / name))
    with pytest.raises(DalilError, match="cannot be opened"):
        texts.current()
