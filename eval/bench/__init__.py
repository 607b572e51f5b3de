"""Speed and memory: the command from a cold start, and search beside a stack of LangChain parts.

`python -m eval.bench` runs both.  `cold` times the command; `stack` has each side served by a
process of its own (`server`), over passages that `collection` makes and `questions` asks about.
"""
