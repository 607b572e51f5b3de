"""Bad input: a sentence with a remedy, the right exit code, the library as it was."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from index.store.database import Store

GOOD = {"id": "good", "text": "افتتحت المدرسة أبوابها أمام سبعين طالباً."}


def jsonl(path, *lines):
    path.write_text(
        "\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines), encoding="utf-8"
    )
    return path


@pytest.fixture
def filled(tmp_path, dalil):
    assert dalil("add", jsonl(tmp_path / "good.jsonl", GOOD)).code == 0
    return tmp_path


BAD = {
    "missing file": (lambda d: d / "nowhere.txt", None, "nowhere.txt"),
    "binary file": (lambda d: _bytes(d / "x.txt", b"\x7fELF\x00\x01\x02\x00\xff"), None, "x.txt"),
    "document": (lambda d: _bytes(d / "x.txt", b"%PDF-1.7 text"), None, "PDF"),
    "wrong encoding": (
        lambda d: _bytes(d / "x.txt", "نص عربي قصير".encode("cp1256")),
        None,
        "UTF-8",
    ),
    "broken line": (lambda d: jsonl(d / "x.jsonl", {"text": "خبر."}, '{"text": '), 2, "x.jsonl"),
    "not an object": (lambda d: jsonl(d / "x.jsonl", "[1]"), 1, "object"),
    "empty article": (lambda d: _bytes(d / "x.txt", b" \n "), None, "x.txt"),
    "no text field": (lambda d: jsonl(d / "x.jsonl", {"body": "خبر."}), 1, "text"),
    "empty folder": (lambda d: _folder(d / "empty"), None, "empty"),
}


def _bytes(path, data):
    path.write_bytes(data)
    return path


def _folder(path):
    path.mkdir()
    return path


@pytest.mark.parametrize("name", BAD)
def test_bad_article_changes_nothing(filled, dalil, name):
    make, line, named = BAD[name]
    path = make(filled)
    before = dalil("list", "--json").out
    done = dalil("add", path, "--json")
    report = json.loads(done.out)
    assert done.code == 1
    assert (report["added"], len(report["failed"])) == ([], 1)
    failure = report["failed"][0]
    assert set(failure) == {"path", "line", "error"}
    assert failure["line"] == line
    assert str(path) in failure["path"] or str(path) in failure["error"]
    assert named in failure["path"] + failure["error"]
    assert failure["error"].rstrip().endswith((".", "PATH"))
    assert "Traceback" not in done.err
    assert dalil("list", "--json").out == before


def test_keep_going_adds_the_rest(tmp_path, dalil):
    path = jsonl(tmp_path / "mixed.jsonl", GOOD, "{", {"id": "more", "text": "خبر آخر."})
    refused = dalil("add", path, "--json")
    assert refused.code == 1
    assert not (tmp_path / "home" / "library.sqlite").exists()
    done = dalil("add", path, "--keep-going", "--json")
    report = json.loads(done.out)
    assert done.code == 3
    assert [a["id"] for a in report["added"]] == ["good", "more"]
    assert [f["line"] for f in report["failed"]] == [2]


@pytest.mark.parametrize("command", [["search", "سؤال؟"], ["ask", "سؤال؟"]])
def test_no_library_yet_is_no_fault(dalil, command):
    done = dalil(*command, "--json")
    result = json.loads(done.out)
    assert done.code == 0
    assert "dalil add" in result["notice"]
    assert result.get("hits", result.get("citations")) == []


def test_library_emptied_again(filled, dalil):
    assert json.loads(dalil("remove", "good", "--json").out) == {"removed": ["good"]}
    answer = json.loads(dalil("ask", "كم طالباً؟", "--json").out)
    assert (answer["status"], answer["related"]) == ("abstained", [])
    assert "empty" in answer["notice"]
    assert json.loads(dalil("search", "كم طالباً؟", "--json").out)["hits"] == []


def change(home, statement):
    store = Store(home / "home" / "library.sqlite")
    with closing(store), store.transaction():
        store.execute(statement)


def dump(home):
    with sqlite3.connect(home / "home" / "library.sqlite") as connection:
        pragmas = [
            connection.execute(f"PRAGMA {p}").fetchone() for p in ("user_version", "application_id")
        ]
        return [*connection.iterdump(), *pragmas]


@pytest.mark.parametrize(
    ("statement", "remedy"),
    [
        ("PRAGMA user_version = 99", "newer"),
        ("UPDATE meta SET value = 'other' WHERE key = 'fingerprint'", "dalil reindex"),
        ("PRAGMA application_id = 1", "--home"),
    ],
)
def test_a_library_that_cannot_be_opened(filled, dalil, statement, remedy):
    change(filled, statement)
    content = dump(filled)
    for command in (["list"], ["ask", "سؤال؟"], ["add", filled / "good.jsonl"], ["doctor"]):
        done = dalil(*command, "--json")
        assert done.code == 1
        assert remedy in done.err
        assert remedy in json.loads(done.out)["error"]
        assert "Traceback" not in done.err
    assert dump(filled) == content


def test_a_file_that_is_no_database(tmp_path, dalil):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "library.sqlite").write_text("hello" * 1000)
    done = dalil("ask", "سؤال؟")
    assert done.code == 1
    assert "--home" in done.err


def test_reindex_mends_a_library_of_another_encoder(filled, dalil):
    change(filled, "UPDATE meta SET value = 'other' WHERE key = 'fingerprint'")
    assert dalil("reindex", "--json").code == 0
    assert json.loads(dalil("ask", "كم طالباً في المدرسة؟", "--json").out)["status"] == "answered"


def test_usage_errors(filled, dalil):
    for arguments in (
        ["ask"], ["search", "q", "-k", "0"], ["show"], ["nonsense"], ["add"],
        ["search", "q", "--since", "last week"], ["add", filled, "--field", "text"],
        ["ask", "q", "--batch", filled / "good.jsonl"],
    ):  # fmt: skip
        assert dalil(*arguments).code == 2, arguments


def test_show_and_remove_what_is_not_there(filled, dalil):
    for arguments in (["show", "nope"], ["show", "good", "--version", 7], ["remove", "nope"]):
        done = dalil(*arguments)
        assert done.code == 1
        assert "dalil list" in done.err


def test_doctor_reports_and_rebuilds(filled, dalil):
    shutil.rmtree(filled / "home" / "derived")
    broken = dalil("doctor", "--json")
    assert (broken.code, len(json.loads(broken.out)["faults"])) == (1, 1)
    mended = dalil("doctor", "--rebuild", "--json")
    assert (mended.code, json.loads(mended.out)["faults"]) == (0, [])


def test_no_clean_stores_the_text_as_it_is(tmp_path, dalil):
    text = "الشريط الإخباري\r\nوصلت القافلة.  \r\n\r\n\r\n\r\nإغلاق\r\n"
    _bytes(tmp_path / "a.txt", text.encode())
    added = json.loads(dalil("add", tmp_path / "a.txt", "--no-clean", "--json").out)["added"][0]
    assert added["source"] == str(tmp_path / "a.txt")
    assert json.loads(dalil("show", added["id"], "--json").out)["text"] == text


def test_fields_of_another_name(tmp_path, dalil):
    path = jsonl(tmp_path / "x.jsonl", {"key": 5, "body": "خبر قصير.", "paper": "صحيفة"})
    options = ["--field", "text=body", "--field", "id=key", "--field", "outlet=paper"]
    added = json.loads(dalil("add", path, *options, "--json").out)["added"][0]
    assert (added["id"], added["outlet"]) == ("5", "صحيفة")


def test_an_index_that_cannot_be_meant_is_blamed_on_the_option_that_named_it(
    filled, dalil, monkeypatch
):
    monkeypatch.delenv("DALIL_INDEX", raising=False)
    done = dalil("--index", "elastic:9200", "list")
    assert done.code == 1
    assert "The option --index: 'elastic:9200' is not embedded, qdrant:URL" in done.err
    assert "DALIL_INDEX" not in done.err
