#!/usr/bin/env bash
# faiss-cpu 1.15.1: an HNSW search finds none of 2,000 vectors that its filter admits.
#
# An IDSelector keeps vectors out of the result, not out of the walk: the search goes from neighbour to
# neighbour towards the question and lists what is admitted among those it meets. Where admitted vectors
# lie together and away from the question (the articles of one language, asked in another), it meets
# none, and returns -1 in every place, though any of them would do. With an efSearch 32 times as large,
# half of the questions still get nothing. A filter that admits a tenth chosen at random shows nothing of
# this, and the exact index fills every list.
#
# Seen:
#   exact, one group        0% of questions without a result
#   a tenth at random       0%
#   one group, by default  94%
#   one group, ef 512      52%
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'faiss-cpu==1.15.1' 'numpy==2.4.6'
"$folder/bin/python" - <<'PYTHON'
import faiss
import numpy as np

faiss.omp_set_num_threads(1)
random = np.random.default_rng(0)
centres = random.normal(size=(10, 64))


def unit(groups):
    rows = centres[groups] + 0.6 * random.normal(size=(len(groups), 64))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("float32")


groups = np.arange(20_000) % 10
vectors, questions = unit(groups), unit(1 + np.arange(180) % 9)
hnsw = faiss.IndexHNSWFlat(64, 32, faiss.METRIC_INNER_PRODUCT)
exact = faiss.IndexFlatIP(64)
for index in (hnsw, exact):
    index.add(vectors)
group = faiss.IDSelectorBatch(np.flatnonzero(groups == 0))
tenth = faiss.IDSelectorBatch(random.choice(20_000, 2_000, replace=False))


def without_result(name, index, params):
    _, found = index.search(questions, 10, params=params)
    share = np.mean((found < 0).all(axis=1))
    print(f"{name:22} {share:4.0%} of questions without a result")
    return share


hnsw_params = faiss.SearchParametersHNSW
assert without_result("exact, one group", exact, faiss.SearchParameters(sel=group)) == 0
assert without_result("a tenth at random", hnsw, hnsw_params(sel=tenth)) == 0
assert without_result("one group, by default", hnsw, hnsw_params(sel=group)) > 0.5
assert without_result("one group, ef 512", hnsw, hnsw_params(sel=group, efSearch=512)) > 0.1
PYTHON
