"""One table says which kinds are read, by whom, and which of them may be sent."""

import io
import zipfile

import pytest

from corpus.errors import DalilError
from corpus.load import load_sources
from corpus.readers.formats import FORMATS, KINDS, PLAIN, UPLOADED_KINDS, format_of
from corpus.source import MAX_BYTES, Source, bytes_source
from eval.studies.files.archives import packed, page, response
from tests.corpus.readers.pdf.written import actual, drawn, file_of

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OPEN = "urn:oasis:names:tc:opendocument:xmlns:"


def zipped(**parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return data.getvalue()


def book():
    item = '<item id="a" href="a.xml" media-type="application/xhtml+xml"/>'
    return zipped(
        **{"META-INF__container": '<c><rootfile full-path="b.xml"/></c>'},
        b=f'<p>{item}<itemref idref="a"/></p>',
        a="<html><body><p>فُتح المعبر.</p></body></html>",
    )


WRITTEN = {
    ".txt": "فُتح المعبر.",
    ".md": "# فُتح المعبر.",
    ".html": "<html><body><p>فُتح المعبر.</p></body></html>",
    ".jsonl": '{"text": "فُتح المعبر."}',
    ".json": '[{"text": "فُتح المعبر."}]',
    ".csv": "text,id\nفُتح المعبر.,1",
    ".docx": zipped(
        word__document=f'<w:a xmlns:w="{WORD}"><w:p><w:r><w:t>فُتح المعبر.</w:t></w:r></w:p></w:a>'
    ),
    ".odt": zipped(
        content=f'<a xmlns:o="{OPEN}office:1.0" xmlns:text="{OPEN}text:1.0"><o:text>'
        "<text:p>فُتح المعبر.</text:p></o:text></a>"
    ),
    ".epub": book(),
    ".warc": packed(response("https://news.example/1", page("خبر", "فُتح المعبر."))),
    ".pdf": file_of(actual(drawn(500, 700, "ربعملا حتف"), "فُتح المعبر.")),
}


def test_no_kind_belongs_to_two_formats():
    kinds = [kind for form in FORMATS for kind in form.kinds]
    assert len(kinds) == len(set(kinds)) == len(KINDS)
    assert all(kind.startswith(".") and kind == kind.lower() for kind in kinds)


def test_uploads_are_of_the_usual_kind_of_each_format():
    assert set(UPLOADED_KINDS) == set(WRITTEN)
    assert UPLOADED_KINDS[:4] == (".txt", ".md", ".html", ".jsonl")


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.kinds[0])
def test_each_kind_of_a_format_is_read_in_the_same_way(form):
    written = WRITTEN[form.kinds[0]]
    content = written if isinstance(written, bytes) else written.encode()
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
