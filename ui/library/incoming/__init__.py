"""The routes for what brings articles by itself or by an address: links, feeds, folders."""
