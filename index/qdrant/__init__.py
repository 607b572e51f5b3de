"""Qdrant behind a library: candidates from its vectors, exact scores and fusion in Dalil."""
