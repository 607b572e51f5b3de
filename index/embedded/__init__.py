"""The engine that ships: FAISS and postings over one revision's passages, in files that can go."""
