"""Measures: `eval.answers` on questions, `eval.dense` on the encoder, `eval.bench` on time.

`eval.questions` reads questions with known answers and `eval.tune` fits weights on them.
"""
