"""Where the server is put together from its parts, started and stopped."""
