"""Dalil's retriever inside a LangChain program."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index import Filters
from rag.answer import Hit
from rag.assistant import Assistant


class DalilRetriever(BaseRetriever):
    """Returns passages as LangChain documents, best first, with what a citation needs.

    The metadata of a document are the fields of a search hit without its text.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    k: int = 10
    filters: Filters | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        hits, _ = self.assistant.search(query, k=self.k, filters=self.filters)
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    fields = hit.as_json()
    text = fields.pop("text")
    return Document(page_content=text, metadata=fields, id=fields["passage_id"])
