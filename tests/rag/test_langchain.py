"""The retriever works inside a LangChain chain and keeps what a citation needs."""

from pathlib import Path

from langchain_core.runnables import RunnableLambda

from corpus.load import load_articles
from index import Library, load_encoder
from rag import Assistant
from rag.langchain import DalilRetriever

DEMO = Path(__file__).parents[2] / "corpus" / "demo"


def test_retriever_in_a_chain(tmp_path):
    library = Library.open(tmp_path, load_encoder("bundled"), create=True)
    library.add([item.article for item in load_articles(DEMO)])
    retriever = DalilRetriever(assistant=Assistant(library), k=3)
    chain = retriever | RunnableLambda(lambda documents: documents)
    documents = chain.invoke("What bounty was announced for Hajji Abdullah?")
    assert len(documents) == 3
    for document in documents:
        fields = document.metadata
        text = library.article(fields["article_id"], fields["version"]).text
        assert text[fields["start"] : fields["end"]] == document.page_content
