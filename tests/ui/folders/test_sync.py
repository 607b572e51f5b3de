"""A library follows a folder: what is added, what leaves, and what never leaves by mistake."""

import json
import os
from contextlib import closing
from itertools import chain, repeat

import pytest

from corpus.article import Passage
from corpus.errors import DalilError, InputError
from corpus.load import load_articles, load_sources
from index import Library
from index.store.lock import write_lock
from index.store.safety.backup import back_up, restore
from tests.command import run_here
from tests.corpus.readers.pdf.written import file_of, latin
from ui.folders import reading
from ui.folders import sync as following
from ui.folders.sync import Follower, follow_once

BRIDGE, SCHOOL = "The bridge at Dara was closed on Monday.", "The school in Tell Nar opened."


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "أخبار news"
    (folder / "deep").mkdir(parents=True)
    write(folder / "bridge.txt", BRIDGE)
    write(folder / "deep" / "school.txt", SCHOOL)
    return folder


def write(file, text):
    file.write_text(text, encoding="utf-8")


def lines(file, *articles):
    write(file, "".join(json.dumps(article) + "\n" for article in articles))


def texts(library):
    return {library.article(article.id).text for article in library.articles()}


def sync(library, folder, **options):
    report = follow_once(library, [folder], **options)
    done = report.imported
    return tuple(map(len, (done.added, done.updated, done.unchanged, report.removed)))


def test_files_come_change_and_go(library, folder):
    assert sync(library, folder) == (2, 0, 0, 0)
    assert sync(library, folder) == (0, 0, 2, 0)
    write(folder / "bridge.txt", BRIDGE + " It is open again.")
    write(folder / "new.md", "# News\n\nA well was dug.")
    (folder / "deep" / "school.txt").unlink()
    assert sync(library, folder) == (1, 1, 0, 1)
    assert not any("school" in text for text in texts(library))
    # What comes back is a new version: a number never means another text.
    write(folder / "deep" / "school.txt", SCHOOL)
    assert sync(library, folder) == (1, 0, 2, 0)
    assert library.article(str(folder / "deep" / "school.txt")).version == 2


@pytest.mark.parametrize("reason", [None, "The bridge was never closed."])
def test_what_was_taken_out_stays_out_until_its_file_is_another(library, folder, reason):
    sync(library, folder)
    name = str(folder / "bridge.txt")
    library.withdrawals.take_out(name, reason)
    assert sync(library, folder) == (0, 0, 1, 0)
    assert texts(library) == {SCHOOL}
    library.withdrawals.put_back(name)
    assert sync(library, folder) == (0, 0, 2, 0)
    library.withdrawals.take_out(name, reason)
    write(folder / "bridge.txt", "The bridge at Dara is open.")
    sync(library, folder)
    assert texts(library) == {SCHOOL, "The bridge at Dara is open."}


def test_a_saved_answer_keeps_what_it_cites(library, folder):
    sync(library, folder)
    name = str(folder / "bridge.txt")
    library.save_answer("answer", "{}", [Passage(name, 1, 0, len(BRIDGE), BRIDGE)])
    (folder / "bridge.txt").unlink()
    assert sync(library, folder) == (0, 0, 1, 1)
    assert texts(library) == {SCHOOL}
    assert library.article(name, 1).text == BRIDGE


def test_articles_of_a_file_of_many(library, folder):
    many = folder / "many.jsonl"
    lines(many, {"id": "a", "text": BRIDGE}, {"text": "No id."}, {"id": "c", "text": "Third."})
    assert sync(library, folder)[0] == 5
    lines(many, {"id": "a", "text": BRIDGE}, {"text": "No id."})
    assert sync(library, folder) == (0, 0, 4, 1)
    # A line that is half written may be the article's own, so all of the file's stay.
    write(many, many.read_text(encoding="utf-8")[:-5])
    report = follow_once(library, [folder])
    assert ([f.line for f in report.imported.failed], report.removed) == ([2], [])
    assert report.exit_code() == 3
    many.unlink()
    assert sync(library, folder) == (0, 0, 2, 2)
    assert texts(library) == {BRIDGE, SCHOOL}


def test_only_what_came_from_the_folder_is_touched(library, folder, tmp_path, make_article):
    other = tmp_path / "أخبار news 2"
    other.mkdir()
    write(other / "well.txt", "A well was dug.")
    library.add([make_article()])
    sync(library, folder)
    sync(library, other)
    (other / "well.txt").unlink()
    write(other / "rain.txt", "It rained.")
    (folder / "bridge.txt").unlink()
    assert sync(library, folder) == (0, 0, 1, 1)
    assert "A well was dug." in texts(library)
    assert sync(library, other) == (1, 0, 0, 1)
    assert library.catalogue.holds("article-1")


def test_what_was_added_before_is_followed_too(library, folder):
    from corpus.load import load_articles

    lines(folder / "many.jsonl", {"text": "First."}, {"text": "Second."})
    write(folder / "story.log", "A file of another kind, named itself.")
    library.add([loaded.article for loaded in load_articles(folder, folder / "story.log")])
    assert len(library) == 5
    lines(folder / "many.jsonl", {"text": "First."})
    (folder / "bridge.txt").unlink()
    assert sync(library, folder) == (0, 0, 2, 2)
    assert any("another kind" in text for text in texts(library))


def test_another_file_or_another_hand_keeps_an_article(library, folder, make_article):
    same = {"id": "same", "text": BRIDGE}
    lines(folder / "a.jsonl", same, {"id": "mended", "text": "Wrong."})
    lines(folder / "b.jsonl", same)
    sync(library, folder)
    library.add([make_article(text="Mended.", title="By hand")])
    (mended,) = [each for each in library.articles() if each.id == "article-1"]
    assert mended
    (folder / "a.jsonl").unlink()
    assert sync(library, folder)[3] == 1
    assert library.catalogue.holds("same")
    (folder / "b.jsonl").unlink()
    assert sync(library, folder)[3] == 1
    assert not library.catalogue.holds("same")


def test_an_article_that_was_changed_since_stays(library, folder):
    from dataclasses import replace

    lines(folder / "a.jsonl", {"id": "mended", "text": "Wrong."})
    sync(library, folder)
    library.add([replace(library.article("mended"), text="Right.")])
    (folder / "a.jsonl").unlink()
    assert sync(library, folder)[3] == 0
    assert library.article("mended").text == "Right."


def test_one_identity_with_two_texts_is_named(library, folder):
    lines(folder / "a.jsonl", {"id": "x", "text": BRIDGE})
    follower = Follower(folder)
    follower.look(library)
    lines(folder / "b.jsonl", {"id": "x", "text": SCHOOL})
    (failed,) = follower.look(library).imported.failed
    assert "stands for another article at" in failed.error
    assert library.article("x").text == BRIDGE
    # When the first is gone, the other takes its place.
    (folder / "a.jsonl").unlink()
    follower.look(library)
    follower.look(library)
    assert library.article("x").text == SCHOOL


@pytest.mark.parametrize("gone", [False, True])
def test_an_empty_or_missing_folder_removes_nothing(library, folder, tmp_path, gone):
    sync(library, folder)
    folder.rename(tmp_path / "elsewhere")
    if not gone:
        folder.mkdir()
    report = follow_once(library, [folder])
    assert (len(library), report.removed, report.exit_code()) == (2, [], 1)
    assert "nothing was removed" in report.errors[0]
    (state,) = library.origins.folders()
    assert (state.path, state.error) == (str(folder), report.errors[0])
    assert sync(library, folder, allow_empty=True) == (0, 0, 0, 2)
    assert len(library) == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read all")
def test_what_cannot_be_read_stays(library, folder):
    sync(library, folder)
    (folder / "bridge.txt").chmod(0)
    (folder / "deep").chmod(0)
    report = follow_once(library, [folder])
    (folder / "deep").chmod(0o700)
    assert (len(report.imported.failed), report.removed) == (2, [])


def test_a_link_to_what_is_not_mounted_stays(library, folder, tmp_path):
    drive = tmp_path / "drive.txt"
    write(drive, "From a drive.")
    (folder / "link.txt").symlink_to(drive)
    assert sync(library, folder)[0] == 3
    drive.unlink()
    report = follow_once(library, [folder])
    assert (len(report.imported.failed), report.removed, len(library)) == (1, [], 3)


def test_a_name_that_is_no_text(library, folder):
    (folder / os.fsdecode(b"\xff.txt")).write_text("A name of bytes.", encoding="utf-8")
    assert sync(library, folder) == (3, 0, 0, 0)
    (folder / os.fsdecode(b"\xff.txt")).unlink()
    assert sync(library, folder) == (0, 0, 2, 0)


def test_a_file_is_read_when_it_has_settled(library, folder):
    follower = Follower(folder, settle=1.0)
    report = follower.look(library, 0.0)
    assert (report.did, report.waiting) == (False, 2)
    assert len(follower.look(library, 1.0).imported.added) == 2
    write(folder / "bridge.txt", "Half of")
    assert follower.look(library, 2.0).waiting == 1
    write(folder / "bridge.txt", "Half of a file that is written.")
    assert not follower.look(library, 3.0).did
    assert len(follower.look(library, 4.0).imported.updated) == 1
    # One that goes for a moment, as editors save, does not go.
    (folder / "bridge.txt").rename(folder / "bridge.txt~")
    assert not follower.look(library, 5.0).did
    (folder / "bridge.txt~").rename(folder / "bridge.txt")
    assert not follower.look(library, 6.5).removed
    assert len(library) == 2


def test_who_is_stopped_within_a_long_file_takes_nothing_out(library, folder):
    all_of_them = [{"id": f"a{n}", "text": f"Report {n} came from Dara."} for n in range(4)]
    lines(folder / "all.jsonl", *all_of_them)
    assert sync(library, folder) == (6, 0, 0, 0)
    changed = [{**one, "text": one["text"] + " It was long."} for one in all_of_them]
    lines(folder / "all.jsonl", *changed)
    # It is asked before the file, and before each article of it.
    stopped = chain([False, False], repeat(True)).__next__
    report = Follower(folder, stopped=stopped).look(library)
    assert [article.id for article in report.imported.updated] == ["a0"]
    assert (list(report.removed), list(report.imported.failed)) == ([], [])
    assert len(list(library.articles())) == 6
    # The next that follows it reads the rest.
    assert sync(library, folder) == (0, 3, 3, 0)


def test_a_look_that_could_not_be_kept_is_taken_again(library, folder, monkeypatch):
    def full(*_):
        raise DalilError("The disk is full.")

    file = folder / "many.jsonl"
    lines(file, {"id": "1", "text": BRIDGE}, {"id": "2", "text": SCHOOL + " Today."})
    follower = Follower(folder)
    follower.look(library)
    lines(file, {"id": "1", "text": BRIDGE})
    with monkeypatch.context() as patched:
        patched.setattr(library.origins, "keep", full)
        with pytest.raises(DalilError, match="full"):
            follower.look(library)
    assert follower.look(library).removed == ["2"]


@pytest.fixture
def before_reading(monkeypatch):
    """Let something be done before each file is read, which is told the file."""

    def let(do):
        def read(sources, **how):
            do(sources[0].label)
            return load_sources(sources, **how)

        monkeypatch.setattr(following, "load_sources", read)

    return let


def test_who_writes_does_not_wait_while_files_are_read(
    library, folder, monkeypatch, before_reading
):
    seen = []

    def look(_):
        with write_lock(library.home) as free:
            seen.append((free, len(library)))

    before_reading(look)
    # As if each file took that long.
    monkeypatch.setattr(reading, "_SHORTEST_SECONDS", 0.0)
    monkeypatch.setattr(reading, "_LONGEST_SECONDS", 0.0)
    assert sync(library, folder) == (2, 0, 0, 0)
    # What was read is there before the next file is read.
    assert seen == [(True, 0), (True, 1)]


def test_what_is_removed_after_it_was_read_stays_out(library, folder, before_reading):
    sync(library, folder)
    bridge = str(folder / "bridge.txt")
    before_reading(lambda file: file.endswith("school.txt") and library.remove([bridge]))
    follower = Follower(folder)
    assert not follower.look(library).did
    assert [article.id for article in library.articles()] == [str(folder / "deep" / "school.txt")]
    assert not follower.look(library).did


def test_only_folders_are_followed(library, folder):
    with pytest.raises(InputError, match="is no folder"):
        follow_once(library, [folder / "bridge.txt"])


def test_the_command(dalil, folder):
    given = json.loads(dalil("add", folder, "--sync", "--json").out)
    assert (len(given["added"]), given["removed"], given["errors"]) == (2, [], [])
    (folder / "bridge.txt").unlink()
    assert dalil("add", folder, "--sync").out == "1 unchanged, 1 removed\n"
    (state,) = json.loads(dalil("doctor", "--json").out)["folders"]
    assert (state["articles"], state["error"]) == (1, None)
    (folder / "deep" / "school.txt").unlink()
    done = dalil("add", folder, "--sync")
    assert (done.code, "nothing was removed" in done.err) == (1, True)
    assert "nothing was removed" in dalil("doctor").out
    assert dalil("add", folder, "--sync", "--allow-empty").out == "1 removed\n"
    assert dalil("add", folder, "--allow-empty").code == 2


def test_the_command_names_the_files_that_it_passes_over(folder, tmp_path):
    write(folder / "table.xlsx", "")
    done = run_here("--home", tmp_path / "library", "add", folder, "--sync")
    assert (done.code, done.out.strip()) == (3, "2 added, 1 not read")
    assert "1 file skipped: .xlsx is not read" in done.err


def test_what_was_added_from_another_file_stays_when_its_copy_goes(library, folder, tmp_path):
    other = tmp_path / "other.jsonl"
    article = {"id": "bridge", "text": BRIDGE}
    lines(other, article)
    library.add([loaded.article for loaded in load_articles(other)])
    lines(folder / "copy.jsonl", article)
    sync(library, folder)
    (folder / "copy.jsonl").unlink()
    assert sync(library, folder)[3] == 0
    assert library.article("bridge").text == BRIDGE
    other.unlink()
    assert "bridge" in {each.id for each in library.articles()}


@pytest.mark.parametrize("purge", [False, True])
def test_what_was_removed_by_hand_stays_out_until_its_file_says_another_thing(
    library, folder, purge
):
    sync(library, folder)
    name = str(folder / "bridge.txt")
    library.remove([name], purge=purge)
    os.utime(folder / "bridge.txt")
    assert sync(library, folder) == (0, 0, 1, 0)
    assert texts(library) == {SCHOOL}
    # Named without --sync it comes back, and stays.
    library.add([loaded.article for loaded in load_articles(folder / "bridge.txt")])
    assert sync(library, folder) == (0, 0, 2, 0)
    library.remove([name], purge=purge)
    write(folder / "bridge.txt", "The bridge at Dara is open.")
    assert sync(library, folder) == (1, 0, 1, 0)


def test_an_edit_outlasts_following_and_its_article_goes_with_its_file(library, folder):
    sync(library, folder)
    name = str(folder / "bridge.txt")
    library.edits.edit([name], {"outlet": "SANA"})
    os.utime(folder / "bridge.txt")
    assert sync(library, folder) == (0, 0, 2, 0)
    write(folder / "bridge.txt", BRIDGE + " It is open again.")
    assert sync(library, folder) == (0, 1, 1, 0)
    assert library.article(name).outlet == "SANA"
    library.withdrawals.take_out(name)
    assert sync(library, folder) == (0, 0, 1, 0)
    library.withdrawals.put_back(name)
    (folder / "bridge.txt").unlink()
    assert sync(library, folder) == (0, 0, 1, 1)
    # What was removed, and edited before, stays out as well.
    school = str(folder / "deep" / "school.txt")
    library.edits.edit([school], {"outlet": "SANA"})
    write(folder / "rain.txt", "It rained.")
    library.remove([school])
    assert sync(library, folder) == (1, 0, 0, 0)


def test_pages_without_text_fail_no_folder(library, folder):
    page = latin(50, 700, "The council met on Monday and spoke of the bridge, which was damaged.")
    (folder / "report.pdf").write_bytes(file_of(page, "", images=[2]))
    report = follow_once(library, [folder])
    assert (len(report.imported.added), report.imported.failed, report.exit_code()) == (3, [], 0)
    assert [one.notice[:18] for one in report.imported.notices] == ["Page 2 has no text"]
    done = run_here("--home", library.home.parent / "other", "add", folder)
    assert (done.code, "Page 2 has no text" in done.err) == (0, True)


def test_what_came_after_a_backup_is_read_again_when_it_is_put_back(library, folder, tmp_path):
    follower, backup = Follower(folder), tmp_path / "backup.sqlite"
    follower.look(library)
    back_up(library.home, backup)
    write(folder / "well.txt", "The well of Amuda gave water again on Friday.")
    write(folder / "bridge.txt", "The bridge at Dara was opened again on Sunday.")
    follower.look(library)
    now = texts(library)
    restore(library.home, backup, lambda _: None)
    assert texts(library) == {BRIDGE, SCHOOL}
    report = follower.look(library)
    assert [len(report.imported.added), len(report.imported.updated)] == [1, 1]
    assert texts(library) == now
    assert not follower.look(library).did


def test_another_library_in_the_place_of_one_gets_what_the_folder_holds(
    library, folder, tmp_path, encoder
):
    follower = Follower(folder)
    follower.look(library)
    with closing(Library.open(tmp_path / "other", encoder, create=True)) as other:
        follower.look(other)
        assert texts(other) == {BRIDGE, SCHOOL}
