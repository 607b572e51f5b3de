"""A query as it stands: every word counts, and may be a name."""

from corpus.text.names import name_query_terms
from corpus.text.quantities import quantities
from corpus.text.words import words
from index import Query
from index.engine import QueryWord


def query_of(text, table):
    """Read `text` with the tokens of `table`, each with its own weight."""
    found = tuple(words(text))
    counted = quantities(found, text)
    return Query(text, found, tuple(_word(w, text, counted, table) for w in found),
                 tuple(name_query_terms(found, text)))  # fmt: skip


def _word(word, text, counted, table):
    written = text[word.start : word.end]
    ids, _ = table.token_ids([written])
    norms = table.token_norms(ids)
    total = float(norms.sum())
    return QueryWord(
        word, written, total, tuple(ids.tolist()), tuple((norms / (total or 1.0)).tolist()),
        keys=tuple(name_query_terms([word], text)),
        quantities=tuple(q.term for q in counted if q.start <= word.start and word.end <= q.end),
    )  # fmt: skip
