"""Bytes of a file to text, or a sentence that says what is wrong and what to do."""

from __future__ import annotations

import codecs
from pathlib import Path

import regex

from corpus.errors import DalilError

# No news article comes near; what is larger is a mistake that would fill the memory.
MAX_FILE_BYTES = 64 * 2**20

_ARABIC = regex.compile(r"\p{Arabic}")


# What users drop in a folder of articles most often, by its first bytes; a small PDF can be
# valid UTF-8 and would be added as if its source were an article.
_DOCUMENTS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zipped document such as DOCX or EPUB",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}


def read_text(path: Path) -> str:
    """Return the text of a file, byte order mark dropped, line breaks untouched.

    Takes UTF-8, and UTF-16 with a byte order mark. Raises `DalilError` otherwise.
    """
    return decode(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Return the content of a file of at most `MAX_FILE_BYTES`; raises `DalilError`."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DalilError(
                f"The file is larger than {MAX_FILE_BYTES // 2**20} MiB; "
                "split it, or put its articles into a .jsonl file, one on a line."
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise DalilError(cannot_read(error)) from error


def cannot_read(error: OSError | ValueError) -> str:
    """Return the sentence for a file the system does not let us read, or name (a NUL in it)."""
    reason = str(getattr(error, "strerror", None) or error)
    return f"The file cannot be read ({reason}); check its name and its permissions."


def decode(data: bytes) -> str:
    r"""Return bytes as text; raises `DalilError` for binary data and other encodings.

    >>> decode("\ufeffنص".encode()), decode("نص".encode("utf-16"))
    ('نص', 'نص')
    >>> decode("نص عربي".encode("cp1256"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    corpus.errors.DalilError: The text is not UTF-8 (byte offset 0); it looks like windows-1256...
    """
    for beginning, kind in _DOCUMENTS.items():
        if data.startswith(beginning):
            raise DalilError(f"The file is {kind}, not text; save it as UTF-8 text and add that.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_as(data, "utf-16")
    if b"\0" in data:
        offset = data.index(b"\0")
        raise DalilError(
            f"The file is not text (a NUL byte at offset {offset}); "
            "if it is a document, save it as UTF-8 text and add that."
        )
    return _decode_as(data, "utf-8-sig")


def decode_line(data: bytes) -> str:
    """Return one line of a JSONL file as text; raises `DalilError` as `decode` does."""
    return _decode_as(data, "utf-8")


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = "UTF-16" if encoding == "utf-16" else "UTF-8"
        raise DalilError(
            f"The text is not {name} (byte offset {error.start}); {_remedy(data, name)}"
        ) from error


def _remedy(data: bytes, name: str) -> str:
    if name == "UTF-8":
        guess = data[:4000].decode("cp1256", errors="ignore")
        if len(_ARABIC.findall(guess)) * 2 > len(guess.replace(" ", "")):
            return 'it looks like windows-1256: convert it with "iconv -f WINDOWS-1256 -t UTF-8".'
    return 'convert it to UTF-8, for example with "iconv -f ENCODING -t UTF-8".'
