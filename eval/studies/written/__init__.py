"""Answers that a real language model writes, small enough to run anywhere, and what must hold."""
