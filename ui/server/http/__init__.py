"""Requests and replies whatever they are about: the queue, streams, errors, the log, proxies."""
