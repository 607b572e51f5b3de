"""Small talk and questions about the library itself: one honest sentence, which cites nothing."""

from rag.about.about import about

__all__ = ["about"]
