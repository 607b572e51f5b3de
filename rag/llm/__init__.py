"""Answers that a language model writes while every quote is still read from the articles."""

from rag.llm.protocol import ChatModel, Limits, Message, ModelError
from rag.llm.writer import LlmWriter

__all__ = ["ChatModel", "Limits", "LlmWriter", "Message", "ModelError"]
