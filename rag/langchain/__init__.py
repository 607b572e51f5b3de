"""Dalil and LangChain: its parts in a user's chain, and its chat models to write answers.

No other package of the product imports langchain.  Install it with `pip install '.[langchain]'`.
"""

from rag.langchain.models import load_chat_model
from rag.langchain.retriever import DalilRetriever
from rag.langchain.runnable import DalilRunnable

__all__ = ["DalilRetriever", "DalilRunnable", "load_chat_model"]
