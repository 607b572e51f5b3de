"""From files to passages: articles are loaded, cleaned, and split into whole sentences.

Everything that reads the outside world or knows about human writing lives here, and nothing
here knows about the index. Spans are half-open and count code points of `Article.text`.
"""

from corpus.article import Article, Passage
from corpus.furniture.clean import clean
from corpus.load import load_articles
from corpus.split import split
from corpus.text.sentences import sentence_spans

# In pipeline order.
__all__ = ["Article", "load_articles", "clean", "sentence_spans", "split", "Passage"]  # noqa: RUF022
