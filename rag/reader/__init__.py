"""The reader: question and passage read together, to tell if and by which words it answers.

Importing this package loads no model; `BUNDLED` opens its own when something is first read.
"""

from __future__ import annotations

from rag.reader.bundled_model import BUNDLED, load_reader
from rag.reader.protocol import Excerpt, Reader, ReadExcerpt, asked, worded

__all__ = ["BUNDLED", "Excerpt", "ReadExcerpt", "Reader", "asked", "load_reader", "worded"]
