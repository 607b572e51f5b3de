#!/usr/bin/env bash
# bm25s 0.3.16, faiss-cpu 1.15.1: without a known word the last articles are found, on a par with the nearest.
#
# retrieve(k) always returns k articles: those that hold none of the words follow with a score of 0, the last
# of the collection first. Reciprocal rank fusion looks at ranks alone, so in a hybrid search every other
# result is one of them, and one that the vectors list anywhere near the end stands above the article that
# they find. English questions on Arabic articles are all of this kind, and so are words that are rarely
# written: where one article holds the word, 49 places are filled. A filter "score > 0" ends it.
#
# Seen:
#   vectors alone:       [0, 100, 1, 101]
#   bm25s, score 0 all:  [199, 198, 197, 196]
#   fused:               [199, 0, 198, 100]
#   fused, score > 0:    [0, 100, 1, 101]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'bm25s==0.3.16' 'faiss-cpu==1.15.1' 'numpy==2.4.6'
"$folder/bin/python" - <<'PYTHON'
import bm25s
import faiss
import numpy as np

articles = [f"افتتاح الميناء رقم {number} بعد توسعته" for number in range(200)]
words = bm25s.BM25()
words.index(bm25s.tokenize(articles, stopwords=None, show_progress=False), show_progress=False)

# Vectors that put article 0 first, then 100, 1, 101 and so on to 49 and 149.
nearness = np.empty(200)
nearness[[n + half for n in range(100) for half in (0, 100)]] = 1 - np.arange(200) / 200
vectors = np.stack([nearness, np.sqrt(1 - nearness**2)], axis=1).astype("float32")
nearest = faiss.IndexFlatIP(2)
nearest.add(vectors)
_, dense = nearest.search(np.array([[1, 0]], dtype="float32"), 50)

question = bm25s.tokenize(["Who opened the harbour?"], stopwords=None, show_progress=False)
found, scores = words.retrieve(question, k=50, show_progress=False)


def fused(*legs):
    score = {}
    for leg in legs:
        for rank, article in enumerate(leg, 1):
            score[int(article)] = score.get(int(article), 0) + 1 / (60 + rank)
    return sorted(score, key=score.get, reverse=True)[:4]


met = found[0][scores[0] > 0]
print("vectors alone:      ", dense[0][:4].tolist())
print("bm25s, score 0 all: ", found[0][:4].tolist())
print("fused:              ", fused(found[0], dense[0]))
print("fused, score > 0:   ", fused(met, dense[0]))
assert not scores.any() and found[0].tolist() == list(range(199, 149, -1))
assert fused(found[0], dense[0])[0] == 199
assert fused(met, dense[0]) == dense[0][:4].tolist()
PYTHON
