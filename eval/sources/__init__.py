"""Cases from elsewhere: SQuAD's format, a user's own table, what readers said of answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eval.cases.case import Case, read_cases
from eval.files import read_lines
from eval.sources.feedback import feedback_cases
from eval.sources.flat import SUFFIXES, read_flat
from eval.sources.squad import Source, squad_cases

__all__ = ["Source", "feedback_cases", "read_any", "read_flat", "squad_cases"]


def read_any(path: Path) -> list[Case]:
    """Read cases from a folder, or from a file in Dalil's own shape or the flat one.

    A CSV is flat, and so is JSONL whose first record has `lang` or names an article beside the
    question.  Raises `DalilError` for what is no case.
    """
    flat = path.suffix.lower() in SUFFIXES or (not path.is_dir() and _is_flat(path))
    return read_flat(path) if flat else read_cases(path)


def _is_flat(path: Path) -> bool:
    _, first = next(read_lines(path, dict[str, Any]), (0, {}))
    return not first.keys().isdisjoint(("lang", "article")) or isinstance(
        first.get("evidence"), str
    )
