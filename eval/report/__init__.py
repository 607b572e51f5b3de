"""A run as something to read: one HTML file that needs nothing else, or Markdown.

The page needs jinja2 and matplotlib, from the extra `eval`; Markdown needs neither.
"""

from __future__ import annotations

from pathlib import Path

from corpus.errors import DalilError
from eval.comparing.summary import curve, summarise
from eval.report.pull_request import markdown
from eval.running.runs import Run

__all__ = ["markdown", "write_report"]

_NAME = "report.html"


def write_report(run: Run, folder: Path) -> Path:
    """Write the report of a run into a folder, made where it is missing; return the file's path.

    Raises `DalilError` where a package is missing or the file cannot be written.
    """
    try:
        from eval.report.page import page
    except ImportError as error:
        raise DalilError(
            f"The report needs {error.name}, which is not installed; install it with: "
            "pip install '.[eval]'"
        ) from error
    content = page(run, summarise(run.outcomes), curve(run.outcomes))
    path = folder / _NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Half of a surrogate pair can stand in a case, but in no file.
        path.write_text(content, encoding="utf-8", errors="replace")
    except OSError as error:
        raise DalilError(
            f"The report cannot be written to {folder} ({error.strerror}); name another folder."
        ) from error
    return path
