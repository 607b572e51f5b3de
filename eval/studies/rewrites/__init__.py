"""Whether the way a question is written decides its answer."""
