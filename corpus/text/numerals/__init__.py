"""Words for numbers: their tables, what languages write as one word, and ordinals."""
