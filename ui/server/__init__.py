"""The HTTP server: `app` puts it together, `guard` stands before it, `pool` does its work.

`api` holds the routes under `/api`, `completions` those under `/v1`, `pages`
the article view; the chat is in `ui.chat`.
"""
