"""What a folder holds and Dalil does not read is named, and stops nothing."""

from corpus.load import load_articles
from corpus.unread import sentences, unread_files


def test_files_of_other_kinds_are_named_with_what_to_do(tmp_path):
    for name in (
        "a.txt",
        "b.XLSX",
        "in/c.xlsx",
        "in/d.doc",
        "e",
        ".f.xlsx",
        ".g/h.xlsx",
        "i.story",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("The market opens.")
    found = unread_files(tmp_path)
    told = [sentence.replace(f"{tmp_path}/", "") for sentence in sentences(found)]
    assert told == [
        "1 file skipped: a name without a kind is not read; add .txt if it is text (e).",
        "1 file skipped: .doc is not read; save it as .docx (in/d.doc).",
        "1 file skipped: .story is not read; save its text as .txt if it is an article (i.story).",
        "2 files skipped: .xlsx is not read; save each sheet as .csv (b.XLSX, in/c.xlsx).",
    ]
    (loaded,) = load_articles(tmp_path)
    assert loaded.article


def test_a_file_that_is_named_itself_is_read(tmp_path):
    story = tmp_path / "a.story"
    story.write_text("The market opens.")
    assert unread_files(story, tmp_path / "missing") == []


def test_many_files_are_counted(tmp_path):
    for number in range(7):
        (tmp_path / f"{number}.zip").touch()
    (told,) = sentences(unread_files(tmp_path))
    assert told.startswith("7 files skipped: .zip is not read; unpack it")
    assert told.endswith("4.zip, " + f"{tmp_path}/5.zip, {tmp_path}/6.zip).")


def test_what_systems_leave_is_not_counted(tmp_path):
    for name in ("Thumbs.db", "desktop.ini", "a.png"):
        (tmp_path / name).touch()
    assert [one.path for one in unread_files(tmp_path)] == [str(tmp_path / "a.png")]
