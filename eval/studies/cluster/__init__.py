"""Qdrant beside the embedded engine: the same answers, what a passage weighs, clusters of any size.

`python -m eval.studies.cluster` names the studies; `accept` is for whoever keeps a real cluster.
"""
