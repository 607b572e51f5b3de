"""HTML pages: `read` leads; `shown` has what of a page is shown."""
