"""Cases from a table that a person keeps: CSV, or JSONL of the same flat shape.

A row has one evidence, as a text with the name of its article.  Columns of a CSV: question
(required), id, language, answerable, article, evidence, answers and history (parted by `|`), tags
(by `|` or spaces), note.  JSONL has lists in their place, `lang` for `language` if one likes, and
in `more_evidence` what says the same elsewhere.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from io import StringIO
from pathlib import Path

import msgspec
from msgspec import Struct

from corpus.errors import DalilError
from corpus.text.language import detect
from eval.cases.case import Case, Evidence
from eval.files import read_lines

SUFFIXES = (".csv", ".tsv")
# What spreadsheets write for their own true and false in English, German, French, and people.
_TRUE = frozenset(["true", "yes", "1", "wahr", "ja", "vrai", "oui", "نعم"])
_FALSE = frozenset(["false", "no", "0", "falsch", "nein", "faux", "non", "لا"])
_DELIMITERS = ",;\t"
_FACT = "answer"


class _Elsewhere(Struct, frozen=True, forbid_unknown_fields=True):
    article: str
    evidence: str


class _Row(Struct, frozen=True, forbid_unknown_fields=True):
    """A row as it stands in the file; `None` and empty texts are the same."""

    question: str
    id: str | None = None
    language: str | None = None
    lang: str | None = None
    answerable: bool | None = None
    article: str | None = None
    evidence: str | None = None
    answers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    note: str | None = None
    more_evidence: tuple[_Elsewhere, ...] = ()


_COLUMNS = tuple(name for name in _Row.__struct_fields__ if name not in ("lang", "more_evidence"))


def read_flat(path: Path) -> list[Case]:
    """Read a table: CSV (parted by comma, semicolon or tab) or TSV in UTF-8, else JSONL.

    Without an id a case gets one from the file's name and what is asked, so that rows may move.
    A missing language is detected; a missing `answerable` is true if there is evidence or an
    answer, else nobody has judged it.  An article without evidence, and evidence of what is not
    answerable, are mistakes.  Raises `DalilError` that names file and line.
    """
    rows = _csv(path) if path.suffix.lower() in SUFFIXES else read_lines(path, _Row)
    cases: dict[str, Case] = {}
    for line, row in rows:
        case = _case(row, path.stem)
        problem = _problem(row, case)
        if case.id in cases:
            problem = f"the id {case.id!r} is used twice; give each case its own."
            if not row.id:
                problem = "the question is asked twice; drop one, or give each an id of its own."
        if problem:
            raise DalilError(f"{path}, line {line}: {problem}")
        cases[case.id] = case
    return list(cases.values())


def _case(row: _Row, stem: str) -> Case:
    question, history = row.question.strip(), _filled(row.history)
    asked = sha256("\n".join((*history, question)).encode("utf-8", "replace")).hexdigest()[:8]
    evidence, answers = tuple(_evidence(row)), _filled(row.answers)
    given = row.answerable
    return Case(
        id=row.id or f"{stem}-{asked}",
        question=question,
        language=row.language or row.lang or detect(question),
        answerable=True if given is None and (evidence or answers) else given,
        history=history,
        evidence=evidence,
        answers=answers,
        tags=_filled(row.tags),
        note=row.note or None,
    )


def _filled(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts if text.strip())


def _evidence(row: _Row) -> Iterator[Evidence]:
    fact = _FACT if row.more_evidence else None
    if row.article and row.evidence:
        yield Evidence(article=row.article, quote=row.evidence, fact=fact)
    for other in row.more_evidence:
        yield Evidence(article=other.article, quote=other.evidence, fact=fact)


def _problem(row: _Row, case: Case) -> str | None:
    """Return what is wrong with a row as a sentence, `None` if nothing is."""
    if not case.question:
        return "the question is empty; write one."
    if row.language and row.lang:
        return "language and lang are both given; keep language."
    if row.evidence and not row.article:
        return "the evidence has no article; name the one that it stands in."
    if row.article and not row.evidence:
        return "the article has no evidence; add the words of it that answer."
    if case.answerable and not (case.evidence or case.answers):
        return "the case is answerable but has neither evidence nor answers; add what is right."
    if case.answerable is False and (case.evidence or case.answers):
        return "the case has evidence or answers although answerable is false; mend one of them."
    return None


def _csv(path: Path) -> Iterator[tuple[int, _Row]]:
    """Yield the line on which each row begins, from 1, and the row; blank ones are left out."""
    text = _text(path)
    head = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=head.count)
    # Rows may span lines, so that the next begins behind the last one that was read.
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for fields in reader:
            if not any(field.strip() for field in fields):
                pass
            elif header is None:
                header = _header(fields, f"{path}, line {line}")
            else:
                yield line, _row(header, fields, f"{path}, line {line}")
            line = reader.line_num + 1
    except csv.Error as error:
        raise DalilError(f"{path}, line {line}: {error}; mend the quotes there.") from error
    if header is None:
        raise DalilError(f"{path} is empty; its first line names the columns.")


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DalilError(f"{path} cannot be read ({error.strerror}); name another file.") from error
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DalilError(f"{path}, line {line}: not in UTF-8; save it as CSV in UTF-8.") from error


def _header(fields: Sequence[str], where: str) -> list[str]:
    names = [field.strip().lower() for field in fields]
    while names and not names[-1]:
        names.pop()
    unknown = [name for name in names if name not in _COLUMNS]
    if unknown or "question" not in names:
        fault = f"no column can be called {unknown[0]!r}" if unknown else "no column is «question»"
        raise DalilError(f"{where}: {fault}; the columns are {', '.join(_COLUMNS)}.")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise DalilError(f"{where}: two columns are called {twice!r}; drop one.")
    return names


def _row(header: Sequence[str], fields: Sequence[str], where: str) -> _Row:
    if any(field.strip() for field in fields[len(header) :]):
        raise DalilError(
            f"{where}: there are {len(fields)} fields for {len(header)} columns; put a field that "
            "holds the separator in quotes."
        )
    found = {name: field.strip() for name, field in zip(header, fields, strict=False)}
    parted = {
        "answers": found.get("answers", "").split("|"),
        "history": found.get("history", "").split("|"),
        "tags": re.split(r"[|\s]+", found.get("tags", "")),
    }
    answerable = _answerable(found.get("answerable", ""), where)
    return msgspec.convert({**found, **parted, "answerable": answerable}, _Row)


def _answerable(written: str, where: str) -> bool | None:
    word = written.casefold()
    if word and word not in _TRUE | _FALSE:
        raise DalilError(f"{where}: answerable is {written!r}; write true or false, or nothing.")
    return word in _TRUE if word else None
