"""Articles that are added: what an older Dalil kept without a title is the same article."""

import pytest

from corpus.article import Article


@pytest.mark.parametrize("title", [None, "The bridge was closed on Monday"])
def test_a_title_of_first_words_makes_no_new_version(library, title):
    text = "The bridge was closed on Monday."
    library.add([Article("a", text)])
    assert library.add([Article("a", text, title=title)]).unchanged
    assert library.add([Article("a", text, title="Another")]).updated
