"""Conversations that are kept: listed, named, looked for, written down and deleted.

`kept` does what the chat and `routes` need of the library; `word` writes one as a Word document.
"""
