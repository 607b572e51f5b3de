"""Bytes of a source to text, or a sentence that says what is wrong and what to do."""

from __future__ import annotations

import codecs

import regex

from corpus.errors import DalilError

_ARABIC = regex.compile(r"\p{Arabic}")

# What users drop in a folder of articles most often, by its first bytes.
_DOCUMENTS = {
    b"PK\x03\x04": "a zipped document such as DOCX or EPUB",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}


def decode(data: bytes) -> str:
    r"""Return bytes as text, byte order mark dropped, line breaks untouched.

    Takes UTF-8, and UTF-16 with a byte order mark. Raises `DalilError` otherwise.

    >>> decode("\ufeffنص".encode()), decode("نص".encode("utf-16"))
    ('نص', 'نص')
    >>> decode("نص عربي".encode("cp1256"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    corpus.errors.DalilError: The text is not UTF-8 (byte offset 0); it looks like windows-1256...
    """
    # A small PDF can be valid UTF-8, and would be added as if its source were an article.
    if data.startswith(b"%PDF"):
        raise DalilError("The file is a PDF, not text; end its name in .pdf and add it again.")
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
