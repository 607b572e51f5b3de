"""Measures: `eval.answers` on questions, `eval.dense` on the encoder, `eval.bench` on time."""
