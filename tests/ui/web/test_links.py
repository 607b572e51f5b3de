"""Links become articles, each known by its page's own address; failures are named for each."""

import json
import time

import pytest

from corpus.errors import DalilError
from corpus.fetch.addresses import Allowed
from corpus.fetch.fetch import Fetcher
from tests.fakes.site import Page, Site, article_page
from ui.web.links import read_links, read_list

TEXT = (
    "فُتح معبر القرية صباح الأحد أمام الشاحنات بعد إغلاق دام أربعة أشهر.\n"
    "وعبرت عشر شاحنات من القمح إلى المدينة في الساعة الأولى، كما قال رئيس البلدية."
)
HERE = Allowed(hosts=("*",), networks=("127.0.0.1/32",))


@pytest.fixture
def site():
    made = Site()
    canonical = f"<link rel='canonical' href='{made.url('/ar/1')}'>"
    made.pages |= {
        "/ar/1": article_page("فتح المعبر", TEXT, canonical),
        "/amp/1": article_page("فتح المعبر", TEXT, canonical),
        "/2": article_page("سوق القمح", TEXT.replace("القمح", "الشعير")),
        "/empty": Page(b"<html></html>"),
        "/1256": Page(
            f"<html><head><title>خبر</title></head><body><article><p>{TEXT}</p></article>".encode(
                "cp1256", "xmlcharrefreplace"
            ),
            headers={"Content-Type": "text/html; charset=windows-1256"},
        ),
    }
    yield made
    made.close()


def fetcher(**options):
    return Fetcher(HERE, **{"seconds": 0.0, "resolver": lambda *_: ["127.0.0.1"], **options})


def test_a_page_is_known_by_its_own_address_and_once(site):
    links = [site.url("/amp/1"), site.url("/ar/1"), site.url("/2?utm_source=x"), site.url("/2")]
    site.pages["/2?utm_source=x"] = site.pages["/2"]
    found = list(read_links(links, fetcher()))
    assert [loaded.error for loaded in found] == [None, None]
    first, second = (loaded.article for loaded in found)
    assert (first.id, first.url, first.source) == (
        site.url("/ar/1"), site.url("/ar/1"), links[0],
    )  # fmt: skip
    assert (second.id, second.title) == (site.url("/2"), "سوق القمح")
    assert "عشر شاحنات من القمح" in first.text


def test_a_page_in_another_encoding(site):
    (found,) = read_links([site.url("/1256")], fetcher())
    assert "بعد إغلاق دام أربعة أشهر" in found.article.text


def test_every_failure_has_its_link(site):
    links = [site.url("/empty"), "http://", site.url("/none"), site.url("/2"), "ftp://a.example/"]
    found = list(read_links(links, fetcher()))
    assert [loaded.label for loaded in found] == links
    assert [loaded.article is None for loaded in found] == [True, True, True, False, True]
    assert "holds no text" in found[0].error
    assert "404" in found[2].error


def test_one_host_is_asked_once_at_a_time_and_others_meanwhile(site):
    def slow(headers):
        # Long enough for others to come meanwhile, if they may; no longer than until they do.
        for _ in range(looks):
            if site.most_at_once > 1:
                break
            time.sleep(0.05)
        return site.pages["/2"]

    for number in range(3):
        site.pages[f"/slow/{number}"] = slow
    looks = 1
    list(read_links([site.url(f"/slow/{n}") for n in range(3)], fetcher()))
    assert site.most_at_once == 1
    looks = 200
    hosts = ["a.example", "b.example", "c.example"]
    list(read_links([site.url(f"/slow/{n}", host=h) for n in range(2) for h in hosts], fetcher()))
    assert 1 < site.most_at_once <= 3


def test_a_list_of_links(tmp_path):
    file = tmp_path / "links.txt"
    file.write_text("\ufeff# outlets\n\nhttps://a.example/1\r\n  https://a.example/2 \n")
    assert read_list(file) == ["https://a.example/1", "https://a.example/2"]
    file.write_text("# none\n")
    with pytest.raises(DalilError, match="no links"):
        read_list(file)
    with pytest.raises(DalilError, match="cannot be read"):
        read_list(tmp_path / "nowhere")


def test_the_command_adds_links_where_it_is_allowed(site, dalil, tmp_path, monkeypatch):
    refused = dalil("add", site.url("/2"), "--json")
    (failure,) = json.loads(refused.out)["failed"]
    assert (refused.code, failure["path"]) == (1, site.url("/2"))
    assert "DALIL_CONNECT" in failure["error"]
    assert site.requests == []
    monkeypatch.setenv("DALIL_CONNECT", "*")
    monkeypatch.setenv("DALIL_CONNECT_PRIVATE", "127.0.0.1")
    monkeypatch.setenv("DALIL_CONNECT_PAUSE", "0")
    (tmp_path / "links.txt").write_text(f"{site.url('/ar/1')}\n{site.url('/none')}\n")
    done = dalil("add", site.url("/2"), "--links", "links.txt", "--json")
    assert (done.code, json.loads(done.out)["added"]) == (1, [])
    done = dalil("add", site.url("/2"), "--links", "links.txt", "--json", "--keep-going")
    report = json.loads(done.out)
    assert done.code == 3
    assert [article["id"] for article in report["added"]] == [site.url("/2"), site.url("/ar/1")]
    assert [failure["path"] for failure in report["failed"]] == [site.url("/none")]
    again = dalil("add", site.url("/2"), "--json")
    assert len(json.loads(again.out)["unchanged"]) == 1
    answer = json.loads(dalil("ask", "كم شاحنة عبرت إلى المدينة؟", "--json").out)
    assert {cited["article_id"] for cited in answer["citations"]} <= {
        site.url("/2"), site.url("/ar/1"),
    }  # fmt: skip
    assert answer["citations"]
    assert dalil("add").code == 2
