"""Which sentences tell nothing by themselves: tags, captions, bylines, links, the title again."""

from __future__ import annotations

import regex

from corpus.article import Article
from corpus.furniture.describe import opening
from corpus.furniture.lines import is_edge_furniture
from corpus.text.words import words

_QUESTION = regex.compile(r"[?؟]\W*\Z")
_STOP = regex.compile(r"[.!…۔]\W*\Z")
_SEPARATOR = regex.compile(r"[,،|#/•·؛;]")
_LINK = regex.compile(r"https?://|www\.|\S@\S")
# Shorter sentences name something and tell nothing; a line without a stop is a heading or caption.
_FEWEST, _FEWEST_WITHOUT_STOP = 5, 12
# So few words between the commas are a list of tags, not a sentence with commas in it.
_WORDS_OF_A_TAG, _TAGS = 3, 4
# As much of a sentence stands in the title where it says the title again.
_REPEATED = 0.9


def tells(article: Article, start: int, end: int) -> bool:
    r"""Return if a sentence of an article could stand alone as what happened.

    >>> article = Article("a", "Tags: Raqqa, Syria, bridge, news\nThe bridge was reopened today.")
    >>> tells(article, 0, 32), tells(article, 33, 63)
    (False, True)
    """
    text = article.text[start:end]
    found = [word.folded for word in words(text)]
    stopped = bool(_STOP.search(text))
    if len(found) < (_FEWEST if stopped else _FEWEST_WITHOUT_STOP):
        return False
    if _QUESTION.search(text) or _LINK.search(text) or is_edge_furniture(text):
        return False
    tags = len(_SEPARATOR.findall(text))
    if tags >= _TAGS - 1 and not stopped and len(found) / (tags + 1) <= _WORDS_OF_A_TAG:
        return False
    # A title that was made of the first words is not said again by the first sentence.
    stated = article.title or ""
    made = stated.endswith("…") and stated == opening(article.text)
    title = {word.folded for word in words("" if made else stated)}
    return not title or sum(word in title for word in found) / len(found) < _REPEATED
