"""The embedded index in parts, the large ones unchanged while small ones are added."""
