"""Articles over HTTP: what an administrator may send, and what a file's name can not do."""

import json
import sys
import tempfile
import threading
from contextlib import contextmanager

import pytest

from corpus.readers.formats import FORMATS
from eval.studies.files.archives import packed, page, response
from ui.server.access.guard import MOST_BYTES
from ui.server.api.uploads import label_of, read_uploads, upload_of, upload_of_objects


@pytest.fixture
def admin(office, kit):
    """A client whose every request is an administrator's."""
    with kit.client_with(office, most_upload_mb=1) as client:
        client.headers.update(kit.log_in(client, "amal"))
        yield client


@pytest.fixture
def refusing(open_office, kit):
    """The same, of a library that others share, for requests that change nothing in it."""
    open_office.headers.update(kit.log_in(open_office, "amal"))
    yield open_office
    del open_office.headers["cookie"]


def send(client, *files):
    return client.post("/api/articles", files=[("files", file) for file in files])


def ids(client):
    return [article["id"] for article in client.get("/api/articles").json()["articles"]]


def test_articles_are_added_changed_and_removed(admin):
    body = {"articles": [{"id": "a/b", "text": "وصلت القافلة.", "title": "قافلة", "outlet": "صدى"}]}
    added = admin.post("/api/articles", json=body)
    assert added.status_code == 200
    assert [(a["id"], a["version"]) for a in added.json()["added"]] == [("a/b", 1)]
    assert len(admin.post("/api/articles", json=body).json()["unchanged"]) == 1
    body["articles"][0]["text"] = "عادت القافلة."
    assert [a["version"] for a in admin.post("/api/articles", json=body).json()["updated"]] == [2]
    assert admin.delete("/api/articles/a%2Fb").json() == {"removed": ["a/b"]}
    assert admin.delete("/api/articles/a%2Fb").status_code == 404
    assert admin.get("/api/articles/a%2Fb").status_code == 404


def test_files_of_each_kind_are_added_under_their_names(admin):
    line = {"text": "A line of news that is short.", "id": "line"}
    sent = send(
        admin,
        ("one.txt", "The market opens on Sunday."),
        ("two.MD", "---\ntitle: Two\n---\nThe school is open again."),
        ("three.html", "<html><body><article><p>" + "The road is closed. " * 20 + "</p></article>"),
        ("four.jsonl", json.dumps(line) + "\n" + json.dumps({"text": "Another line of news."})),
    )
    assert sent.status_code == 200, sent.text
    assert [a["id"] for a in sent.json()["added"]] == [
        "one.txt", "two.MD", "three.html", "line", "four.jsonl:2",
    ]  # fmt: skip
    assert {a["source"] for a in sent.json()["added"]} == {
        "one.txt", "two.MD", "three.html", "four.jsonl",
    }  # fmt: skip
    assert len(send(admin, ("one.txt", "The market opens on Monday.")).json()["updated"]) == 1


NAMES = (
    ("../../../etc/passwd.txt", "passwd.txt"), ("/etc/cron.d/evil.txt", "evil.txt"),
    ("..\\..\\windows\\win.txt", "win.txt"), ("C:\\boot.txt", "boot.txt"),
    ("a\0.txt", "a_.txt"), ("a\r\nX: y.txt", "a__X: y.txt"), ("....//x.txt", "x.txt"),
    ("~/x.txt", "x.txt"), ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt"),
    ("x" * 1000 + ".txt", "x" * 196 + ".txt"), ("\u202etxt.exe.txt", "_txt.exe.txt"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "label"), NAMES)
def test_the_name_of_a_file_is_a_label_and_no_path(name, label):
    assert label_of(name) == label


def test_a_file_that_is_sent_is_written_nowhere(admin, tmp_path, monkeypatch):
    # Whoever makes a temporary file or folder fails.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    before = set(tmp_path.rglob("*"))
    target = tmp_path / "home" / "evil.txt"
    for name in (str(target), "../home/evil.txt", "../../evil.txt"):
        assert send(admin, (name, "The market opens on Sunday.")).status_code == 200
        assert send(admin, (name, "")).status_code == 422
    home = {path.name for path in (tmp_path / "home").rglob("*")} - {"evil.txt"}
    made = {path.name for path in set(tmp_path.rglob("*")) - before}
    assert made <= {"write.lock", "derived"} | home
    assert not target.exists()
    assert "evil.txt" in ids(admin)
    assert str(tmp_path) not in admin.get("/api/articles/evil.txt").text


@pytest.fixture(scope="module")
def audited():
    """Turn on a record of the system's files and folders that this thread touches."""
    record = []
    recording = threading.local()

    def hook(event, arguments):
        if getattr(recording, "on", False) and event.startswith(("open", "os.", "tempfile.")):
            record.append((event, *arguments))

    # A hook cannot be taken off again, so it does nothing unless it is told.
    sys.addaudithook(hook)

    @contextmanager
    def on():
        record.clear()
        recording.on = True
        try:
            yield record
        finally:
            recording.on = False

    return on


def test_reading_what_was_sent_touches_no_file(audited):
    line = json.dumps({"text": "A line of news.", "id": "line"})
    kinds = {".txt": "News.", ".jsonl": line, ".json": line.replace("line", "one")}
    kinds |= {".csv": "id,text\ntwo,Other news.\n"}
    # The rest is read in a process of its own, which may write no file.
    assert set(kinds) == {form.kinds[0] for form in FORMATS if not form.confined}
    uploads = [upload_of(f"sent{kind}", text.encode()) for kind, text in kinds.items()]
    uploads.append(upload_of_objects([{"id": "a", "text": "Other news."}]))
    # What the readers import is loaded from files, once.
    read_uploads(uploads)
    with audited() as record:
        assert len(read_uploads(uploads)) == 5
    assert record == []


def test_the_record_of_files_sees_a_temporary_one(audited):
    with audited() as record, tempfile.TemporaryDirectory():
        pass
    assert record[0][0] == "tempfile.mkdtemp"


def test_a_name_of_one_file_and_an_id_in_another_cannot_both_stand(admin):
    line = json.dumps({"id": "one.txt", "text": "The market opens on Monday."})
    refused = send(admin, ("one.txt", "The market opens on Sunday."), ("two.jsonl", line))
    assert refused.status_code == 422
    assert 'two.jsonl:1: The identity "one.txt"' in refused.json()["error"]


def test_one_bad_article_keeps_all_out_and_is_named_with_its_line(admin):
    before = ids(admin)
    good, bad = json.dumps({"id": "good", "text": "Good news."}), '{"id": "bad"}'
    refused = send(admin, ("news.jsonl", f"{good}\n{bad}\nno json"), ("fine.txt", "Fine news."))
    assert refused.status_code == 422
    told = refused.json()["error"]
    assert "news.jsonl:2: " in told
    assert "news.jsonl:3: " in told
    assert "/tmp" not in told
    articles = [{"id": "good", "text": "Good news."}, {"id": "bad", "text": " "}]
    refused = admin.post("/api/articles", json={"articles": articles})
    assert "articles:2: " in refused.json()["error"]
    twice = send(admin, ("a/x.txt", "Good news."), ("b/x.txt", "Other news."))
    assert (twice.status_code, "same name" in twice.text) == (422, True)
    assert ids(admin) == before


@pytest.mark.parametrize(
    "name", ["evil.exe", "evil", ".txt", "evil.txt.zip", "evil.rtf", "..", "/", "x.txt/"]
)
def test_other_kinds_of_files_are_refused(refusing, name):
    refused = send(refusing, (name, b"MZ"))
    assert refused.status_code == 415
    assert ".jsonl" in refused.json()["error"]


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "application/jsonx"])
def test_other_kinds_of_bodies_are_refused(refusing, kind):
    refused = refusing.post("/api/articles", content=b"{}", headers={"content-type": kind})
    assert refused.status_code == 415


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"articles": []}', '{"articles": [1]}', '{"articles": [{"id": "a"}]}',
     '{"articles": [{"id": 1, "text": "x"}]}', '{"articles": [{"text": "x"}]}', "{" * 1000,
     '{"articles": [{"id": "a", "text": "x", "published": "yesterday"}]}'],
)  # fmt: skip
def test_bodies_of_another_form_are_refused(refusing, body):
    kind = {"content-type": "application/json"}
    refused = refusing.post("/api/articles", content=body, headers=kind)
    assert (refused.status_code, bool(refused.json()["error"])) == (422, True)


def test_an_upload_of_the_largest_size_passes_and_a_larger_one_does_not(admin, kit, open_office):
    text = "The market opens on Sunday. " * 28
    some = "\n".join(json.dumps({"id": f"n{n}", "text": f"{n}. {text}"}) for n in range(7))
    # The form around the file has some bytes too.
    lines = some.ljust(999_000)
    assert len(lines) > MOST_BYTES
    added = send(admin, ("many.jsonl", lines))
    assert (added.status_code, len(added.json()["added"])) == (200, 7)
    refused = send(admin, ("many.jsonl", some.ljust(1_000_001)))
    assert refused.status_code == 413
    # Only there, and only an administrator.
    for path in ("/api/ask", "/api/articles/", "/login"):
        assert admin.post(path, content=lines).status_code == 413
    reader = kit.log_in(open_office, "leila")
    assert open_office.post("/api/articles", content=lines, headers=reader).status_code == 413
    assert open_office.post("/api/articles", content=lines).status_code == 401


def test_a_stranger_is_refused_before_a_body_is_read(open_office):
    given = open_office.app
    sent = []

    async def call():
        async def receive():
            raise AssertionError("the body was read")

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http", "method": "POST", "path": "/api/articles", "query_string": b"",
            "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "scheme": "http",
            "raw_path": b"/api/articles", "http_version": "1.1", "root_path": "",
        }  # fmt: skip
        await given(scope, receive, send)

    open_office.portal.call(call)
    assert sent[0]["status"] == 401


@pytest.mark.parametrize(
    "article_id", ["..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "a%00b", "..\\x", "%2e%2e/x"]
)
def test_no_id_is_a_path(refusing, article_id):
    assert refusing.delete(f"/api/articles/{article_id}").status_code == 404
    assert refusing.get(f"/api/articles/{article_id}").status_code == 404
    assert ids(refusing) == ["article-1"]


def test_markup_in_a_label_stays_text(admin):
    name = "<img src=x onerror=alert(1)>.txt"
    assert send(admin, (name, "The market opens on Sunday.")).status_code == 200
    page = admin.get("/articles/%3Cimg%20src=x%20onerror=alert(1)%3E.txt")
    assert page.status_code == 200
    assert "<img" not in page.text


def test_purging_forgets_what_answers_cite(admin):
    asked = admin.post("/api/ask", json={"question": "متى يُفتح سوق الخضار؟"}).json()
    assert admin.delete("/api/articles/article-1", params={"purge": "true"}).status_code == 200
    status = admin.get(f"/api/answers/{asked['answer_id']}").status_code
    assert status == (410 if asked["citations"] else 200)
    assert admin.delete("/api/articles/x", params={"purge": "what?"}).status_code == 422


def test_archives_are_taken_and_what_was_passed_over_is_told(admin):
    site = "https://news.example/"
    text = "The market by the river opens again on Sunday, said the mayor of the town."
    whole = packed(
        response(site + "1", page("Market", text)),
        response(site + "i", b"x", media="image/png"),
        response(site + "b", page("Market", text), WARC_Truncated="length"),
    )
    sent = send(admin, ("news.warc.gz", whole))
    assert sent.status_code == 200
    assert [one["id"] for one in sent.json()["added"]] == [site + "1"]
    assert sent.json()["notices"] == [
        {"path": "news.warc.gz:3", "notice": f"{site}b: The crawler kept only a part of the page."},
        {
            "path": "news.warc.gz",
            "notice": "1 page read, 2 skipped: 1 image, 1 unreadable record.",
        },
    ]
    refused = send(admin, ("a.warc", b"no archive"))
    assert (refused.status_code, "no web archive" in refused.text) == (422, True)
    assert send(admin, ("a.txt.gz", b"x")).status_code == 415
