"""OpenAI's protocol in front of the same answers."""
