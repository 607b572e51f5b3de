"""What is known of human writing: words, stems, numbers, dates, names, languages, sentences.

Texts in, words with their spans and terms out; nothing here knows where a text comes from.
"""
