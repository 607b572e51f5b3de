"""What trains the reading model: weights to start from, and examples to learn from."""
