"""The reader: question and passage read together, to tell if and by which words it answers.

Importing this package loads no model; `BUNDLED` opens its own when something is first read.
"""

from __future__ import annotations

from pathlib import Path

from rag.reader.bundled_model import BundledReader
from rag.reader.protocol import Excerpt, Reader, ReadExcerpt

__all__ = ["BUNDLED", "Excerpt", "ReadExcerpt", "Reader", "load_reader"]

# One for the process: its weights are in memory once.
BUNDLED = BundledReader(Path(__file__).parent / "bundled")


def load_reader(name_or_folder: str) -> Reader | None:
    """Return the reader of that name: "bundled", "none", or a question-answering model.

    Such a model is a folder, or a name, of transformers' `AutoModelForQuestionAnswering`.  Raises
    `DalilError` when it cannot be opened.
    """
    if name_or_folder == "none":
        return None
    if name_or_folder == "bundled":
        return BUNDLED
    from rag.reader.question_answering import QuestionAnsweringReader

    return QuestionAnsweringReader(name_or_folder)
