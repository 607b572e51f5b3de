"""`dalil profile`: begun, listed, tried on a page, and used by whatever adds pages."""

import json

import pytest

from eval.studies.files.archives import page, response
from tests.fakes.feeds import item, rss_page
from tests.fakes.site import Site, article_page
from ui.folders.sync import follow_once

OPENED = "قال الوزير إن المعبر فتح صباح اليوم أمام المسافرين والبضائع كلها."
AGAIN = "وأضاف أن العمل يستمر حتى المساء في كل أيام الأسبوع بلا انقطاع."
LETTER = "اشترك في نشرتنا البريدية لتصلك أهم الأخبار كل صباح مجانا."
URL = "https://news.example/1"
PAGE = page("فتح المعبر", OPENED, f"<span class=s>{LETTER}</span>", AGAIN).replace(
    b"<title>", f"<link rel=canonical href='{URL}'><title>".encode()
)
PROFILE = 'hosts = ["{host}"]\noutlet = "مثال نيوز"\narticle = "article"\nfurniture = [".s"]\n'


@pytest.fixture
def profile(tmp_path):
    """Writes a profile into the library's folder."""

    def write(text=PROFILE, name="news.toml", host="news.example"):
        folder = tmp_path / "home" / "profiles"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("{host}", host), encoding="utf-8")
        return folder / name

    return write


@pytest.fixture
def saved(tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE)
    return tmp_path / "a.html"


def test_a_profile_is_begun_filled_in_and_listed(dalil, profile, tmp_path):
    assert "Begin one with: dalil profile new HOST" in dalil("profile", "list").out
    done = dalil("profile", "new", "https://www.news.example/ar/1", "--json")
    file = tmp_path / "home" / "profiles" / "news.example.toml"
    assert (done.code, json.loads(done.out)) == (0, {"file": str(file)})
    assert 'hosts = ["news.example"]' in file.read_text()
    again = dalil("profile", "new", "m.news.example")
    assert again.code == 1
    assert f"news.example has a profile: {file}" in again.err
    assert dalil("profile", "new", "no host").code == 1
    profile("hosts =", "bad.toml")
    listed = dalil("profile", "list", "--json")
    assert listed.code == 1
    told = json.loads(listed.out)
    assert [(one["name"], one["hosts"]) for one in told["profiles"]] == [
        ("news.example", ["news.example"])
    ]
    assert "bad.toml: this is no TOML" in told["faults"][0]
    assert "bad.toml: this is no TOML" in listed.err


def test_a_page_is_shown_with_and_without(dalil, profile, saved):
    file = profile()
    done = dalil("profile", "test", str(saved), "--json")
    trial = json.loads(done.out)
    assert (done.code, trial["profile"], trial["note"]) == (0, "news", None)
    assert (trial["with"]["outlet"], trial["without"]["outlet"]) == ("مثال نيوز", "news.example")
    assert LETTER in trial["without"]["text"]
    assert LETTER not in trial["with"]["text"]
    assert (trial["with"]["first"], trial["with"]["last"]) == ("فتح المعبر", AGAIN)
    assert trial["dropped"] == [{"selector": ".s", "text": LETTER}]
    shown = dalil("profile", "test", str(saved), "--profile", str(file)).out
    for words in ("Without a profile", "With news.toml", "Dropped as furniture (1)", LETTER, AGAIN):
        assert words in shown


def test_a_page_without_a_profile_and_a_profile_with_a_fault(dalil, profile, saved):
    assert "There is no profile for this page" in dalil("profile", "test", str(saved)).out
    bad = profile('hosts = "a.example"\ntitel = "h1"', "bad.toml")
    done = dalil("profile", "test", str(saved), "--profile", str(bad))
    assert (done.code, 'line 2: there is no key "titel". Did you mean "title"?' in done.err) == (
        1,
        True,
    )
    told = dalil("profile", "test", str(saved))
    assert (told.code, "bad.toml: line 2" in told.err) == (0, True)
    assert dalil("profile", "test", "missing.html").code == 1


def test_pages_of_files_folders_and_archives_are_added_by_it(dalil, profile, saved, library):
    profile()
    profile("outlet = 3", "bad.toml")
    (saved.parent / "in").mkdir()
    (saved.parent / "in" / "b.warc").write_bytes(response("https://www.news.example/2", PAGE))
    done = dalil("add", str(saved), str(saved.parent / "in"), "--json")
    report = json.loads(done.out)
    assert (done.code, report["failed"]) == (0, [])
    # The archive holds the same page, which says its address.
    assert [(one["id"], one["outlet"]) for one in report["added"]] == [(URL, "مثال نيوز")]
    assert [one["path"].rpartition("/")[2] for one in report["notices"]] == ["bad.toml", "b.warc"]
    assert LETTER not in json.loads(dalil("show", URL, "--json").out)["text"]
    (library.home / "profiles").mkdir()
    (library.home / "profiles" / "n.toml").write_text(PROFILE.replace("{host}", "news.example"))
    synced = follow_once(library, [saved.parent / "in"]).imported
    assert [article.outlet for article in synced.added] == ["مثال نيوز"]
    assert [one.notice for one in synced.notices] == ["1 page read."]


def test_links_and_feeds_are_added_by_it(dalil, profile, monkeypatch):
    for name, value in {"": "*", "_PRIVATE": "127.0.0.0/8", "_PAUSE": "0"}.items():
        monkeypatch.setenv(f"DALIL_CONNECT{name}", value)
    text = f"{OPENED}\n{AGAIN}"
    site = Site({f"/{n}": article_page("خبر", f"{text} {n}.") for n in (1, 2)})
    site.pages["/feed"] = rss_page(item("/2"))
    try:
        profile(host="127.0.0.1")
        report = json.loads(dalil("add", site.url("/1"), "--json").out)
        dalil("feed", "add", site.url("/feed"))
        dalil("feed", "fetch")
        trial = json.loads(dalil("profile", "test", site.url("/1"), "--json").out)
    finally:
        site.close()
    assert [one["outlet"] for one in report["added"]] == ["مثال نيوز"]
    listed = json.loads(dalil("list", "--json").out)["articles"]
    assert [one["outlet"] for one in listed] == ["مثال نيوز"] * 2
    assert (trial["profile"], trial["with"]["outlet"]) == ("news", "مثال نيوز")
