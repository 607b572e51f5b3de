"""Files made to do harm, each read within the limits: `python -m eval.studies.files.hostile`.

They are made of broken, over-large and misleading parts, and read with a good file after each. What
counts: every bad one is named, every good one is read, and none takes longer or more memory than
the limits allow.
"""

from __future__ import annotations

import io
import random
import resource
import sys
import time
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpus.confined.limits import LIMITS
from corpus.confined.process import ReadingProcess
from corpus.errors import DalilError
from corpus.fields import draft, finish
from corpus.load import load_sources
from corpus.readers.formats import format_of
from corpus.source import Source, bytes_source
from corpus.unread import Notice
from eval.studies.files.archives import hostile_archives
from eval.studies.files.formats import book, docx_with_changes, odt_by_library

_PARAGRAPHS = ["A title", "The market opens on Sunday.", "فُتح المعبر صباح اليوم."]
_CUTS = 25


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: the sentence that names it, if one does, and the seconds it took."""

    name: str
    told: str | None
    seconds: float


def hostile_files() -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes of files, a kind of harm after another, by formats."""
    whole = {
        ".docx": (docx_with_changes(_PARAGRAPHS), "word/document.xml"),
        ".odt": (odt_by_library(_PARAGRAPHS), "content.xml"),
        ".epub": (book([_PARAGRAPHS]), "text/0 a.xhtml"),
    }
    for kind, (data, main) in whole.items():
        choice = random.Random(kind)
        for number in range(_CUTS):
            yield f"cut {number}{kind}", data[: choice.randrange(4, len(data) - 22)]
            torn = bytearray(data)
            for _ in range(9):
                torn[choice.randrange(len(torn))] ^= 0xFF
            yield f"torn {number}{kind}", bytes(torn)
        parts = _parts(data)
        for harm, changed in _changed(main, parts[main].decode(), parts).items():
            yield f"{harm}{kind}", changed
    yield from hostile_archives(*_PARAGRAPHS)


def _changed(main: str, text: str, parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return archives with one thing changed, by the harm it could do."""
    declared = '<!DOCTYPE a [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'
    outside = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    bare = text.partition("?>")[2] if text.startswith("<?xml") else text
    bare = bare.replace("<!DOCTYPE html>", "")
    mains = {
        "entities": declared + bare,
        "entity of a file": outside + bare,
        "deep": "<a>" * 5000 + "</a>" * 5000,
        "rather deep": "<a>" * 250 + "</a>" * 250,
        "open": "<a>" * 5000,
        "nothing": "",
        "no XML": "\0\1\2" * 99,
        "large": f"<a>{' ' * 2**23}</a>",
    }
    made = {
        harm: _zipped(dict(parts) | {main: content.encode()}) for harm, content in mains.items()
    }
    names = {"upwards": "../../up.xml", "absolute": "/etc/up.xml", "drive": "C:\\up.xml"}
    made |= {harm: _zipped({**parts, name: b"up"}) for harm, name in names.items()}
    made["many parts"] = _zipped({**parts, **{f"x{n}": b"" for n in range(LIMITS.members)}})
    made["twice"] = _zipped(parts, again=main)
    made["without its main part"] = _zipped({n: p for n, p in parts.items() if n != main})
    made["another packing"] = _zipped(parts, method=zipfile.ZIP_LZMA)
    made["empty"] = b""
    made["no archive"] = b"PK\x03\x04" + bytes(range(256)) * 9
    return made


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(
    parts: Mapping[str, bytes], again: str | None = None, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, content in parts.items():
            archive.writestr(name, content)
        if again:
            archive.writestr(again, "<a/>")
    return stream.getvalue()


def read_all(process: ReadingProcess) -> Iterator[Outcome]:
    """Read each file and a good one after it; raises `DalilError` where the good one is not."""
    good = bytes_source("good.docx", docx_with_changes(_PARAGRAPHS))
    for name, data in hostile_files():
        source = bytes_source(name, data)
        begun = time.monotonic()
        told = _told(process, source)
        yield Outcome(name, told, time.monotonic() - begun)
        list(process.read(format_of(".docx").read, good))


def _told(process: ReadingProcess, source: Source) -> str | None:
    """Read a file and return the sentence that names it, `None` if it is as good as any."""
    form = format_of(source.kind)
    if form.archive:
        told: list[Notice] = []
        faults = [one.error for one in load_sources([source], tell=told.append) if one.error]
        bad = [one.notice for one in told if one.path != source.label]
        return next(iter([*bad, *faults]), None)
    try:
        for entry in process.read(form.read, source):
            if entry.values is None:
                raise DalilError(entry.error)
            finish(draft(entry.values, where=source.label, source=source.label), cleaned=False)
    except DalilError as error:
        return str(error)
    return None


def main() -> None:
    """Print the counts, the slowest file, and the memory that reading took at most."""
    process = ReadingProcess(LIMITS)
    outcomes = list(read_all(process))
    process.close()
    told = [one for one in outcomes if one.told]
    slowest = max(outcomes, key=lambda one: one.seconds)
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 2**20
    sys.stdout.write(
        f"{len(outcomes)} files: {len(told)} named, "
        f"{len(outcomes) - len(told)} read in spite of it; a good file was read after each.\n"
        f"Slowest {slowest.seconds:.1f} s ({slowest.name}) of {LIMITS.seconds:g}; "
        f"most memory {most:.0f} of {LIMITS.memory // 2**20} MiB.\n"
    )
    for sentence in sorted({one.told for one in told if one.told}):
        sys.stdout.write(f"  {sentence}\n")
    for one in outcomes:
        if not one.told:
            sys.stdout.write(f"  read: {one.name}\n")


if __name__ == "__main__":
    main()
