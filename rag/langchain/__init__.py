"""Dalil and LangChain: its parts in a user's chain, and its chat models to write answers.

No other package of the product imports langchain.  Install it with `pip install '.[langchain]'`.
"""

from corpus.errors import DalilError

try:
    from rag.langchain.models import load_chat_model
    from rag.langchain.retriever import DalilRetriever
    from rag.langchain.runnable import DalilRunnable
except ImportError as error:
    raise DalilError(
        f"Language models and LangChain need packages that are not installed ({error.name}). "
        "Install them with: pip install '.[ollama]', or '.[openai]', '.[anthropic]', '.[langchain]'"
    ) from error

__all__ = ["DalilRetriever", "DalilRunnable", "load_chat_model"]
