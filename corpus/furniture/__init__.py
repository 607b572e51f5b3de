"""What pages carry beside the article: whole lines, removed or read as title, outlet and date."""
