"""A question becomes one `Reading`, once; everything later takes it from there."""

from rag.reading.reading import Reading, read

__all__ = ["Reading", "read"]
