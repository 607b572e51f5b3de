"""A question as it was typed becomes the same question as others write it."""

from rag.spelling.typed import plain

__all__ = ["plain"]
