"""What lies in a folder, and what is surely gone from it."""

from corpus.folder import list_folder
from corpus.load import load_articles
from corpus.unread import unread_files


def test_known_kinds_and_no_hidden_files(tmp_path):
    (tmp_path / ".hidden").mkdir()
    for name in ("b.txt", "a.MD", "c.exe", ".d.txt", ".hidden/e.txt"):
        (tmp_path / name).write_text("نص", encoding="utf-8")
    listing = list_folder(str(tmp_path))
    assert list(listing.files) == [str(tmp_path / "a.MD"), str(tmp_path / "b.txt")]
    assert not listing.gone(str(tmp_path / "c.exe"))
    assert listing.gone(str(tmp_path / "f.txt"))


def test_a_library_among_the_articles_is_none(tmp_path):
    (tmp_path / "derived").mkdir()
    for name in ("a.txt", "derived/manifest.json", "write.lock"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    derived = str(tmp_path / "derived" / "manifest.json")
    assert derived in list_folder(str(tmp_path)).files
    (tmp_path / "library.sqlite").touch()
    assert list(list_folder(str(tmp_path)).files) == [str(tmp_path / "a.txt")]
    assert [loaded.label for loaded in load_articles(tmp_path)] == [str(tmp_path / "a.txt")]
    assert unread_files(tmp_path) == []


def test_a_stamp_changes_with_the_file(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("one", encoding="utf-8")
    before = list_folder(str(tmp_path)).files
    assert list_folder(str(tmp_path)).files == before
    file.write_text("two!", encoding="utf-8")
    assert list_folder(str(tmp_path)).files != before


def test_nothing_is_gone_from_a_folder_that_is_not_there(tmp_path):
    listing = list_folder(str(tmp_path / "missing"))
    assert not listing.files
    assert listing.unread == {str(tmp_path / "missing"): "No such file or directory"}
    assert not listing.gone(str(tmp_path / "missing" / "a.txt"))
