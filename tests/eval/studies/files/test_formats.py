"""Files are written and read again, and a paragraph that was lost would be missed."""

from dataclasses import replace

from eval.studies.files.formats import Row, Written, book, measured, paragraphs_of, write_all

ARTICLES = [
    ["عنوان الخبر", "فُتح المعبر في 18 نيسان 2020 (٢٥٪).", "وصلت 10-20 شاحنة."],
    ["A <title> & more", "The market opens on Sunday."],
]


def test_every_paragraph_comes_back(monkeypatch):
    # LibreOffice takes a minute; the command has it.
    monkeypatch.setattr("shutil.which", lambda name: None)
    rows = measured(write_all(ARTICLES))
    assert set(rows) == {
        ".docx python-docx", ".docx own markup, changes tracked", ".odt odfpy", ".epub own markup",
    }  # fmt: skip
    assert set(rows.values()) == {Row(5, 5, 2, 2)}


def test_what_is_lost_or_added_is_missed():
    whole = Written("a", ".epub", book(ARTICLES), ARTICLES)
    more = replace(whole, articles=[[*ARTICLES[0], "Lost."], ARTICLES[1][:1]])
    assert measured([more]) == {".epub a": Row(4, 5, 0, 2)}
    assert measured([replace(whole, data=b"no book")]) == {".epub a": Row(0, 5, 0, 2)}


def test_white_space_is_as_it_would_be_shown():
    assert paragraphs_of("a  b\n\n c ") == ["a b", "c"]
