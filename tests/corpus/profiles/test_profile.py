"""Profiles are read from TOML, and what is wrong with one is said with its file and line."""

import re
from pathlib import Path

import pytest

from corpus.errors import DalilError
from corpus.profiles.profile import (
    KEYS,
    Profile,
    profile_for,
    read_profile,
    read_profiles,
    start_of,
)

WHOLE = """
hosts = ["www.News.example", "*.local.example"]
outlet = "مثال نيوز"
language = "ar"
article = ".entry"
furniture = [".related", "//aside"]
title = "h1"
date = ["time", "(//span)[1]"]
author = ".by"
date_format = "%d/%m/%Y"
"""


def test_a_profile_is_read_whole(tmp_path):
    file = tmp_path / "news.toml"
    file.write_text(WHOLE)
    assert read_profile(file) == Profile(
        "news", ("news.example", "*.local.example"), "مثال نيوز", "ar", (".entry",),
        (".related", "//aside"), ("h1",), ("time", "(//span)[1]"), (".by",), "%d/%m/%Y",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('hosts = ["a.example"]\n\noutlt = "A"', 'line 3: there is no key "outlt"'),
        ('hosts = ["a.example"]\nxyz = 1', 'line 2: there is no key "xyz". The keys are'),
        ('hosts = ["a.example"]\n[article]\nx = 1', 'line 2: "article" is a text, or a list'),
        ("hosts = [", "this is no TOML: "),
        ('hosts = "a.example"\nhosts = "b"', "this is no TOML: "),
        ('title = "h1"', 'name the site, as in hosts = ["news.example"]'),
        ('hosts = ["https://a.example/x"]', 'line 1: "https://a.example/x" is no host'),
        ('hosts = "a.example"\ntitle = 3', 'line 2: "title" is a text'),
        ('hosts = "a.example"\ntitle = ""', 'line 2: "title" is a text'),
        ('hosts = "a.example"\noutlet = ["a", "b"]', 'line 2: "outlet" is one text, not several'),
        ('hosts = "a.example"\ntitle = "h1["', 'line 2: "title": "h1[" is no CSS selector'),
        ('hosts = "a.example"\nfurniture = ["p", "//p["]', '"furniture": "//p[" is no XPath'),
        ('hosts = "a.example"\ntitle = "p:nope"', 'line 2: "title": "p:nope" is no CSS selector'),
        ('hosts = "a.example"\ndate_format = "%d %B"', 'line 2: "%d %B" is no format of a date'),
        ('hosts = "a.example"\ndate_format = "D/M/Y"', 'line 2: "D/M/Y" is no format of a date'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_and_line(tmp_path, text, why):
    file = tmp_path / "a.toml"
    file.write_text(text)
    with pytest.raises(DalilError) as raised:
        read_profile(file)
    assert str(raised.value).startswith(f"{file}: ")
    assert why in str(raised.value)


def test_a_key_that_is_nearly_one_is_told_which(tmp_path):
    (tmp_path / "a.toml").write_text('hosts = ["a.example"]\noutlt = "A"')
    with pytest.raises(DalilError, match='Did you mean "outlet"'):
        read_profile(tmp_path / "a.toml")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"#" * 2**19, "hosts = 'خ'".encode("utf-16")])
def test_files_of_another_kind_are_refused(tmp_path, data):
    (tmp_path / "a.toml").write_bytes(data)
    with pytest.raises(DalilError, match=r"a\.toml: "):
        read_profile(tmp_path / "a.toml")


def test_a_bad_file_leaves_the_others(tmp_path):
    (tmp_path / "a.toml").write_text('hosts = ["a.example"]')
    (tmp_path / "b.toml").write_text("hosts =")
    (tmp_path / "c.toml").write_text('hosts = ["c.example", "www.a.example"]')
    (tmp_path / "d.toml").write_text('hosts = ["d.example"]')
    (tmp_path / "e.txt").write_text("no profile")
    found = read_profiles(tmp_path)
    assert [one.name for one in found.every] == ["a", "d"]
    assert ["b.toml: this is no TOML" in found.faults[0], len(found.faults)] == [True, 2]
    assert "line 1: a.example has a profile already, a.toml" in found.faults[1]
    assert read_profiles(tmp_path / "none").every == ()


def test_sites_are_told_by_host_in_all_their_editions():
    profiles = (Profile("a", ("news.example",)), Profile("b", ("*.local.example",)))
    named = {
        "https://news.example/1": "a", "http://m.news.example:8080/1": "a",
        "https://WWW.News.Example/": "a", "https://x.local.example/": "b",
        "https://local.example/": None, "https://news.example.evil.example/": None,
        "https://evilnews.example/": None, "http://[": None, "": None,
    }  # fmt: skip
    for url, name in named.items():
        found = profile_for(profiles, url)
        assert (found.name if found else None) == name, url


def test_the_start_of_a_profile_is_one_and_names_all_keys(tmp_path):
    text = start_of("news.example")
    (tmp_path / "a.toml").write_text(text)
    assert read_profile(tmp_path / "a.toml") == Profile("a", ("news.example",))
    for key in KEYS:
        assert f"\n{key} = " in text or f"\n#{key} = " in text
    (tmp_path / "b.toml").write_text(text.replace("\n#", "\n").replace("\n ", "\n# "))
    assert read_profile(tmp_path / "b.toml").article == ("div.entry-content",)


def test_the_example_of_the_docs_is_a_profile(tmp_path):
    page = Path(__file__).parents[3] / "docs" / "formats.md"
    (example,) = re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    (tmp_path / "news.toml").write_text(example, "utf-8")
    assert read_profile(tmp_path / "news.toml").outlet == "مثال نيوز"
