"""Word for word: what the words of a quote mean, by dictionary.  No translation, and no quote."""

from rag.gloss.word_by_word import DIRECTIONS, Gloss, gloss

__all__ = ["DIRECTIONS", "Gloss", "gloss"]
