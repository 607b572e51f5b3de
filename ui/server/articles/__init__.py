"""The article view: a page without a script, the cited span highlighted."""
