"""Articles from the web: links, and feeds that are fetched again and again."""
