"""The engine without an index: every text compared with the query, by the definitions alone."""

from contextlib import nullcontext
from math import inf, log1p

import numpy as np
from rank_bm25 import BM25Okapi

from corpus.text.language import script_of
from corpus.text.names import name_terms
from corpus.text.stems import grams, passage_terms, query_terms, stem, terms
from corpus.text.words import words
from index.engine import CONTEXT, SAME_NAME, SAME_STEM, Candidate, Candidates

# Soft lexical search and late interaction as docs/architecture.md states them.
K1, B, NEAREST, MET, LEAST_SHARE = 0.5, 0.75, 0.2, 0.4, 0.05
REMEMBERED, CHANCE = 0.15, 0.1


class BruteForceEngine:
    """Reads every present article of `store` at every search."""

    def __init__(self, store, encoder, table):
        self.store, self.encoder, self.table = store, encoder, table

    def __len__(self):
        return len(self._passages())

    def importing(self):
        return nullcontext(lambda _: None)

    def follow(self, *, writing, more=False):
        """There is nothing to keep up."""

    def rebuild(self):
        """There is nothing to rebuild."""

    def faults(self):
        return []

    def close(self):
        """There is nothing to close."""

    def _passages(self):
        """Articles with their passages, in the order of the library."""
        rows = self.store.passages()
        articles = {
            key: self.store.article(*key) for key in {(r.article_id, r.version) for r in rows}
        }
        return [(articles[r.article_id, r.version], r.start, r.end) for r in rows]

    def search(self, query, depth, filters):
        held = self._passages()
        texts = [searched(article, start, end) for article, start, end in held]
        codes = [article.language for article, _, _ in held]
        scripts = [script_of(code) for code in codes]
        allowed = [filters.allow(article) for article, _, _ in held]
        soft, rarity = self._soft(query, texts)
        vector = self.encoder.encode_queries([query.text])[0]
        parts = [article.text[start:end] for article, start, end in held]
        legs = {
            "dense": (self.encoder.encode_passages(parts) @ vector).tolist(),
            "soft": soft,
            "lexical": bm25([passage_terms(*pair) for pair in zip(texts, codes, strict=True)],
                            query_terms(query.text, set(codes))),
            "names": bm25([name_terms(list(words(text)), text) for text in texts], query.names),
        }  # fmt: skip
        reached = set()
        for leg, scores in legs.items():
            groups = sorted(set(scripts)) if leg in ("dense", "soft") else [None]
            for group in groups:
                rows = [row for row, score in enumerate(scores) if allowed[row] and score > -inf
                        and group in (None, scripts[row])]  # fmt: skip
                reached |= set(sorted(rows, key=lambda row, of=scores: -of[row])[:depth])
        counted = bm25([grams(words(text)) for text in texts], grams(query.found), nothing=0.0)
        met = [self.met(query, *pair, set(codes)) for pair in zip(texts, codes, strict=True)]
        found = [
            Candidate(
                article.id, article.version, start, end, scripts[row],
                *(legs[leg][row] for leg in ("dense", "soft", "lexical", "names")), counted[row],
                met[row], around(met, held, row),
            )
            for row, (article, start, end) in enumerate(held)
            if row in reached
        ]  # fmt: skip
        return Candidates(found, rarity)

    def _soft(self, query, texts):
        """Score every text token by token; return the scores, and the rarity of each word."""
        held = [self.table.token_ids([text])[0] for text in texts]
        mean = max(sum(map(len, held)) / max(len(held), 1), 1.0)
        scores, rarities = [0.0] * len(texts), []
        heaviest = max((w.weight * s for w in query.words for s in w.shares), default=0.0)
        for word in query.words:
            rarities.append(0.0)
            for token, share in zip(word.tokens, word.shares, strict=True):
                near = [self.cosines(token, ids) for ids in held]
                meeting = sum(bool((cosines > MET).any()) for cosines in near)
                rarity = log1p((len(texts) - meeting + 0.5) / (meeting + 0.5))
                if word.weight * share < LEAST_SHARE * heaviest:
                    rarity = 0.0
                rarities[-1] += share * rarity
                for row, cosines in enumerate(near):
                    seen = float((cosines[cosines >= NEAREST] ** 2).sum())
                    damping = K1 * (1 - B + B * len(held[row]) / mean)
                    height = word.weight * share * rarity * (K1 + 1)
                    scores[row] += height * seen / (seen + damping)
        return [score if score > 0 else -inf for score in scores], tuple(rarities)

    def cosines(self, token, ids):
        one = self.table.token_vectors(np.array([token]))[0]
        return self.table.token_vectors(ids) @ one

    def met(self, query, text, language, languages):
        """How well each word of a query is met in one text."""
        ids, held = self.table.token_ids([text])[0], set(passage_terms(text, language))
        names = set(name_terms(list(words(text)), text))
        found = []
        for word in query.words:
            best = 0.0
            for token, share in zip(word.tokens, word.shares, strict=True):
                nearest = max(self.cosines(token, ids).tolist(), default=0.0)
                best += share * (nearest if nearest >= REMEMBERED else CHANCE * bool(len(ids)))
            others = [set(terms(name, "ar")) for name in word.aliases]
            if names & set(word.keys) or any(other and other <= held for other in others):
                best = max(best, SAME_NAME)
            stems = {stem(word.word.folded, code) for code in languages}
            if held & (stems | {"ل" + one for one in stems} | set(word.quantities)):
                best = SAME_STEM
            found.append(best)
        return tuple(found)


def searched(article, start, end):
    """The text of a passage with the title that it is searched with."""
    text, title = article.text[start:end], article.title or ""
    return text if title in text else f"{title}\n{text}"


def bm25(documents, query, nothing=-inf):
    """Stock scores; `nothing` for a document without any of the terms."""
    if not any(documents):
        return [nothing] * len(documents)
    scores = BM25Okapi(documents).get_scores(query)
    holding = [not set(query).isdisjoint(document) for document in documents]
    return [float(s) if h else nothing for s, h in zip(scores, holding, strict=True)]


def around(met, held, row):
    """The best of a passage and those beside it in its article, word by word."""
    beside = range(max(row - CONTEXT, 0), min(row + CONTEXT + 1, len(held)))
    key = held[row][0].id
    return tuple(map(max, zip(*(met[r] for r in beside if held[r][0].id == key), strict=True)))
