"""The library's page: what is in it, what came of files, what was taken out, what nobody answered.

`page` serves the page and `static/` fills it from the HTTP API, of which `routes` are those that
only this page and whoever keeps a library need.
"""
