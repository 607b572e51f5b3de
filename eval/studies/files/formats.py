"""Paragraphs got back exactly from files: `python -m eval.studies.files.formats PATH...`.

The articles of the paths are written as files by several programs and read again. A paragraph
counts where it comes back, in order, as it was. LibreOffice writes where it is installed.
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from xml.sax.saxutils import escape

import regex

from corpus.load import load_articles, load_sources
from corpus.source import bytes_source

Paragraphs = Sequence[str]
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PER_BOOK = 3


@dataclass(frozen=True, slots=True)
class Written:
    """A file by one program, and the paragraphs of each article in it."""

    program: str
    kind: str
    data: bytes
    articles: Sequence[Paragraphs]


@dataclass(frozen=True, slots=True)
class Row:
    """Of a program and format: paragraphs got back of all, and articles that hold nothing else."""

    got: int
    paragraphs: int
    whole: int
    articles: int


def paragraphs_of(text: str) -> Paragraphs:
    r"""Return the lines of a text that hold something, their white space as it would be shown.

    >>> paragraphs_of("فُتح  المعبر. \n\n One")
    ['فُتح المعبر.', 'One']
    """
    lines = (regex.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in text.split("\n"))
    return [line for line in lines if line]


def measured(files: Sequence[Written]) -> dict[str, Row]:
    """Read files and return a row for each program and format."""
    rows: dict[str, Row] = {}
    for file in files:
        source = bytes_source(f"a{file.kind}", file.data)
        found = [one.article for one in load_sources([source], clean=False)]
        texts = [article.text.split("\n") if article else [] for article in found]
        read = [[line for line in text if line] for text in texts]
        if len(file.articles) == 1:
            # Programs cut a book where they like.
            read = [[line for lines in read for line in lines]]
        read += [[] for _ in file.articles[len(read) :]]
        old = rows.get(f"{file.kind} {file.program}", Row(0, 0, 0, 0))
        rows[f"{file.kind} {file.program}"] = Row(
            old.got + sum(map(_same, file.articles, read)),
            old.paragraphs + sum(map(len, file.articles)),
            old.whole + sum(list(a) == b for a, b in zip(file.articles, read, strict=False)),
            old.articles + len(file.articles),
        )
    return rows


def _same(expected: Paragraphs, read: Paragraphs) -> int:
    matcher = SequenceMatcher(None, expected, read, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


def docx_by_library(paragraphs: Paragraphs) -> bytes:
    """Return a Word file by python-docx, some letters bold, the first paragraph as the title."""
    import docx

    document = docx.Document()
    document.add_heading(paragraphs[0], 0)
    for paragraph in paragraphs[1:]:
        added = document.add_paragraph()
        for place, word in enumerate(regex.split(r"(?<= )", paragraph)):
            added.add_run(word).bold = place % 3 == 0
    document.core_properties.title = "Document1"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def docx_with_changes(paragraphs: Paragraphs) -> bytes:
    """Return a Word file of own markup: changes, fields, controls, boxes of two versions."""
    choice = random.Random(7)
    parts = []
    for paragraph in paragraphs:
        words = regex.split(r"(?<= )", paragraph)
        parts.append(f"<w:p>{''.join(_marked(word, choice) for word in words)}</w:p>")
    body = (
        f'<w:document xmlns:w="{_WORD}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{''.join(parts)}<w:sectPr/></w:body></w:document>"
    )
    return zipped({"word/document.xml": body})


def _marked(word: str, choice: random.Random) -> str:
    """Return a word within one of the marks that Word writes, gone words beside it."""
    run = f'<w:r><w:t xml:space="preserve">{escape(word)}</w:t></w:r>'
    gone = "<w:r><w:delText>gone</w:delText></w:r>"
    moved = '<w:r><w:t xml:space="preserve">moved</w:t></w:r>'
    code = "<w:r><w:instrText> PAGE </w:instrText></w:r>"
    field = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    marks = (
        run,
        f"<w:del>{gone}</w:del><w:ins>{run}</w:ins>",
        f"<w:moveFrom>{moved}</w:moveFrom><w:moveTo>{run}</w:moveTo>",
        f'<w:fldSimple w:instr="DATE">{run}</w:fldSimple>',
        f"{field.format('begin')}{code}{field.format('separate')}{run}{field.format('end')}",
        f"<w:sdt><w:sdtPr/><w:sdtContent>{run}</w:sdtContent></w:sdt>",
        f'<w:smartTag w:element="place">{run}</w:smartTag>',
        f'<w:bdo w:val="rtl">{run}</w:bdo>',
        f"<w:hyperlink>{run}</w:hyperlink>",
        f"<mc:AlternateContent><mc:Choice>{run}</mc:Choice>"
        f"<mc:Fallback>{moved}</mc:Fallback></mc:AlternateContent>",
        f"{run}<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>",
    )
    return choice.choice(marks)


def odt_by_library(paragraphs: Paragraphs) -> bytes:
    """Return an OpenDocument text by odfpy, words in spans."""
    from odf.opendocument import OpenDocumentText
    from odf.text import H, P, Span

    document = OpenDocumentText()
    document.text.addElement(H(outlinelevel=1, text=paragraphs[0]))
    for paragraph in paragraphs[1:]:
        added = P()
        for word in regex.split(r"(?<= )", paragraph):
            added.addElement(Span(text=word))
        document.text.addElement(added)
    stream = io.BytesIO()
    document.write(stream)
    return stream.getvalue()


def book(chapters: Sequence[Paragraphs]) -> bytes:
    """Return a book of own markup, its spine in another order than its parts."""
    parts: dict[str, str] = {}
    items: list[str] = []
    spine: list[str] = []
    for number, chapter in enumerate(chapters):
        lines = [f"<h1>{escape(chapter[0])}</h1>"]
        for paragraph in chapter[1:]:
            words = [f"<i>{escape(word)}</i> \n" for word in paragraph.split(" ")]
            lines.append(f"<p>\n{''.join(words)}</p>")
        parts[f"text/{number} a.xhtml"] = (
            '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
            f'xml:lang="ar" dir="rtl"><head/><body>{"".join(lines)}</body></html>'
        )
        items.insert(
            0,
            f'<item id="c{number}" href="{number}%20a.xhtml" media-type="application/xhtml+xml"/>',
        )
        spine.append(f'<itemref idref="c{number}"/>')
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/>'
        f"<manifest>{''.join(items)}</manifest><spine>{''.join(spine)}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="text/a.opf"/></rootfiles></container>'
    return zipped({"META-INF/container.xml": container, "text/a.opf": package} | parts)


def zipped(parts: Mapping[str, str]) -> bytes:
    """Return an archive of texts by their names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def by_office(kind: str, documents: Sequence[bytes], suffix: str) -> list[bytes]:
    """Return documents converted by LibreOffice, none if it is not installed."""
    office = shutil.which("soffice")
    if not office:
        return []
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}{suffix}") for number in range(len(documents))]
        for file, document in zip(files, documents, strict=True):
            file.write_bytes(document)
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        convert = [office, profile, "--headless", "--convert-to", kind, "--outdir", f"{folder}/out"]
        subprocess.run([*convert, *files], check=True, capture_output=True)
        return [Path(folder, "out", f"{file.stem}.{kind}").read_bytes() for file in files]


def write_all(articles: Sequence[Paragraphs]) -> list[Written]:
    """Return the files of all programs for the articles."""
    files = []
    alone: dict[str, tuple[str, Callable[[Paragraphs], bytes]]] = {
        "python-docx": (".docx", docx_by_library),
        "own markup, changes tracked": (".docx", docx_with_changes),
        "odfpy": (".odt", odt_by_library),
    }
    for program, (kind, write) in alone.items():
        files += [Written(program, kind, write(one), [one]) for one in articles]
    for begin in range(0, len(articles), _PER_BOOK):
        some = articles[begin : begin + _PER_BOOK]
        files.append(Written("own markup", ".epub", book(some), some))
    by_library = [docx_by_library(one) for one in articles]
    for kind, documents, suffix in (
        ("odt", by_library, ".docx"),
        ("docx", [odt_by_library(one) for one in articles], ".odt"),
        ("epub", by_library, ".docx"),
    ):
        converted = by_office(kind, documents, suffix)
        for data, one in zip(converted, articles, strict=False):
            files.append(Written("LibreOffice", f".{kind}", data, [one]))
    return files


def main() -> None:
    """Print a row of Markdown for each program and format."""
    found = (loaded.article for loaded in load_articles(*sys.argv[1:], clean=False))
    articles = [paragraphs for one in found if one and (paragraphs := paragraphs_of(one.text))]
    sys.stdout.write(
        "| written by | paragraphs got back | articles with nothing else |\n|---|---|---|\n"
    )
    for name, row in measured(write_all(articles)).items():
        sys.stdout.write(
            f"| {name} | {row.got} of {row.paragraphs} | {row.whole} of {row.articles} |\n"
        )


if __name__ == "__main__":
    main()
