"""How well a passage is read: the sentence that answers, its words, and whether any does."""
