"""Measures: `eval.retrieval` on search, `eval.answers` on answers, each on questions of a file.

`eval.encoder` and `eval.bench` measure the encoder and time, `eval.questions` reads questions with
known answers and `eval.tune` fits weights on them.
"""
