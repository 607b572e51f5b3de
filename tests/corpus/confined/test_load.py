"""One bad document never stops a folder."""

import os

from corpus.fields import Entry
from corpus.load import load_articles
from corpus.profiles.profile import Profile, Profiles
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


def test_pages_and_markdown_are_not_read_in_this_process(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus.readers.html.read.read_page", lambda _: 1 / 0)
    monkeypatch.setattr("corpus.readers.markdown.read_front_matter", lambda _: 1 / 0)
    (tmp_path / "a.html").write_text("<html><body><p>فُتح المعبر.</p></body></html>")
    (tmp_path / "b.md").write_text("---\ntitle: عنوان\n---\nفُتح المعبر.")
    # By what it holds it is a page.
    (tmp_path / "c.txt").write_text("<!doctype html><html><body><p>فُتح المعبر.</p></body></html>")
    found = [loaded.article for loaded in load_articles(tmp_path)]
    assert [article.text for article in found] == ["فُتح المعبر."] * 3
    assert found[1].title == "عنوان"


# A reader that a page can make end its process, which finds it by name.
def dies_of_some(source):
    if b"die" in source.content():
        os.kill(os.getpid(), 9)
    yield Entry({"text": source.content().decode()})


def test_a_page_that_ends_its_process_is_named_and_the_rest_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("corpus.load.quick_reader", lambda _: dies_of_some)
    for number in range(8):
        text = "die" if number == 3 else f"The crossing {number} opens."
        (tmp_path / f"{number}.html").write_text(text)
    found = list(load_articles(tmp_path))
    assert [number for number, loaded in enumerate(found) if loaded.article is None] == [3]
    assert "ended the process that read it (signal 9)" in found[3].error
    assert found[4].article.text == "The crossing 4 opens."


def test_profiles_reach_the_process_that_reads(tmp_path):
    page = (
        '<html><head><link rel="canonical" href="https://news.example/a"></head><body><article>'
        "<p>The crossing opens.</p><p class=ad>Buy now.</p></article></body></html>"
    )
    (tmp_path / "a.html").write_text(page)
    profile = Profile("a", ("news.example",), "SANA", article=("article",), furniture=(".ad",))
    (loaded,) = load_articles(tmp_path, profiles=Profiles((profile,)))
    assert (loaded.article.outlet, loaded.article.text) == ("SANA", "The crossing opens.")
