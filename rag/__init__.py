"""A question to an answer: retrieve passages, choose sentences, cite them, or abstain.

`Assistant.ask` is the whole way; `rag.langchain` offers the retriever to LangChain programs.
"""

from rag.answer import Answer, Citation, Event, Hit, Match
from rag.assistant import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Event", "Hit", "Match"]
