"""One bad document never stops a folder."""

from corpus.load import load_articles
from eval.studies.files.formats import book, docx_with_changes


def test_a_bad_document_is_named_and_the_folder_is_read(tmp_path):
    (tmp_path / "a.docx").write_bytes(docx_with_changes(["عنوان", "فُتح المعبر."])[:-40])
    (tmp_path / "b.docx").write_bytes(docx_with_changes(["عنوان", "فُتح المعبر."]))
    (tmp_path / "c.epub").write_bytes(book([["One", "It opens."], ["Two", "It closes."]]))
    (tmp_path / "d.txt").write_text("The market opens.")
    bad, word, first, second, text = load_articles(tmp_path)
    assert (bad.label, bad.article) == (str(tmp_path / "a.docx"), None)
    assert "not a whole zipped document; save it anew" in bad.error
    assert word.article.text == "عنوان\n\nفُتح المعبر."
    assert (first.article.id, second.line) == (f"{tmp_path / 'c.epub'}:1", 2)
    assert (second.article.title, text.article.text) == ("Two", "The market opens.")
