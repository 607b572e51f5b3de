"""The tables of a library: how they are made, and what older libraries lack."""
