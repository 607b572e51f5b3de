"""Commands of whoever keeps the library and the server: users, embeds, feeds."""
