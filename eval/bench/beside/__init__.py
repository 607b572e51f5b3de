"""Dalil beside the other searches that people put together, at growing sizes.

`articles` makes a collection of any size, `known` asks for what is known to be in it, `run` has
each side build, open and answer in a process of its own, `table` and `plot` show what came of it.
"""
