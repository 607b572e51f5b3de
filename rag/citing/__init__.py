"""Sentences become citations and the text of an answer; saved answers are read again."""
