"""One table says which kinds are read, by whom, and which of them may be sent."""

import io

import pytest

from corpus.errors import DalilError
from corpus.load import load_sources
from corpus.readers.formats import FORMATS, KINDS, PLAIN, UPLOADED_KINDS, format_of
from corpus.source import MAX_BYTES, Source, bytes_source
from tests.corpus.readers.pdf.written import actual, drawn, file_of

WRITTEN = {
    ".txt": "فُتح المعبر.",
    ".md": "# فُتح المعبر.",
    ".html": "<html><body><p>فُتح المعبر.</p></body></html>",
    ".jsonl": '{"text": "فُتح المعبر."}',
    ".pdf": file_of(actual(drawn(500, 700, "ربعملا حتف"), "فُتح المعبر.")),
}


def test_no_kind_belongs_to_two_formats():
    kinds = [kind for form in FORMATS for kind in form.kinds]
    assert len(kinds) == len(set(kinds)) == len(KINDS)
    assert all(kind.startswith(".") and kind == kind.lower() for kind in kinds)


def test_uploads_are_of_the_usual_kind_of_each_format():
    assert UPLOADED_KINDS == (".txt", ".md", ".html", ".jsonl", ".pdf")


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.kinds[0])
def test_each_kind_of_a_format_is_read_in_the_same_way(form):
    content = WRITTEN[form.kinds[0]]
    content = content if isinstance(content, bytes) else content.encode()
    for kind in form.kinds:
        (loaded,) = load_sources([bytes_source(f"a{kind}", content)])
        assert loaded.article.text == "فُتح المعبر."


def test_markup_stays_where_a_text_is_not_cleaned():
    (loaded,) = load_sources([bytes_source("a.md", b"# A *market* reopens")], clean=False)
    assert loaded.article.text == "# A *market* reopens"


def test_unknown_kinds_are_text():
    assert format_of(".story") is format_of("") is PLAIN


class Zeros(io.RawIOBase):
    """A file that says nothing of its size and has no end."""

    def readable(self):
        return True

    def readinto(self, buffer):
        return len(buffer)


@pytest.mark.parametrize("form", [*FORMATS[:3], FORMATS[4]], ids=lambda form: form.kinds[0])
def test_no_source_fills_the_memory(form):
    endless = Source("a", "a", form.kinds[0], lambda: io.BufferedReader(Zeros()))
    with pytest.raises(DalilError, match=f"larger than {MAX_BYTES // 2**20} MiB; split it"):
        list(form.read(endless))
