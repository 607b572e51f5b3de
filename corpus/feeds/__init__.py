"""Feeds and news sitemaps: which articles they name, and what they say of each."""
