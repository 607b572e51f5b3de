#!/usr/bin/env bash
# rank-bm25 0.2.2: in a small collection, the articles without the word that was asked for come first.
#
# BM25Okapi gives a word that most articles hold a negative weight, and repairs that by putting a
# quarter of the mean weight in its place. In a few articles on one subject most words are such words;
# then the mean is negative too, and so is the repair. What is left out scores 0, above every match. And
# a word in exactly half of the articles weighs 0, so a filter "score > 0" drops the only match of two.
#
# Seen:
#   riot: [-0.208, 0.0, -0.208], best: prison opened in Tal Ajil
#   riot, two articles: [0.0, 0.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'rank-bm25==0.2.2' 'numpy==2.4.6'
"$folder/bin/python" - <<'PYTHON'
from rank_bm25 import BM25Okapi

articles = ["prison riot in Tal Ajil", "prison opened in Tal Ajil", "riot in Tal Ajil market"]
ranking = BM25Okapi([article.split() for article in articles])
scores = ranking.get_scores(["riot"]).round(3).tolist()
(best,) = ranking.get_top_n(["riot"], articles, n=1)
print(f"riot: {scores}, best: {best}")
assert max(scores[0], scores[2]) < scores[1] == 0
assert "riot" not in best

two = BM25Okapi([["prison", "riot"], ["school", "opened"]]).get_scores(["riot"]).tolist()
print(f"riot, two articles: {two}")
assert two == [0, 0]
PYTHON
