"""Fetching from a site on loopback that is allowed, and from places that are not."""

import gzip
import time
import zlib

import pytest

from corpus.errors import DalilError
from corpus.fetch.addresses import Allowed, ForbiddenError
from corpus.fetch.connections import Limits
from corpus.fetch.fetch import Fetcher, StatusError, read_url
from tests.fakes.site import HTML, Page, Site, article_page

HERE = Allowed(hosts=("*",), networks=("127.0.0.1/32",))
TEXT = "فُتح المعبر صباح الأحد أمام الشاحنات. وعبرت عشر منها إلى المدينة."


@pytest.fixture
def site():
    made = Site({"/a": article_page("المعبر", TEXT)})
    yield made
    made.close()


def fetcher(allowed=HERE, **options):
    return Fetcher(allowed, **{"seconds": 0.0, "version": "1", **options})


def test_a_page_is_fetched(site):
    site.pages["/a?utm_source=x"] = site.pages["/a"]
    found = fetcher().fetch(site.url("/a?utm_source=x#top"))
    assert (found.status, found.media_type, found.content) == (
        200, "text/html", site.pages["/a"].body,
    )  # fmt: skip
    assert found.final_url == site.url("/a?utm_source=x")
    assert found.canonical == site.url("/a")
    asked = site.requests[-1].headers
    assert (asked["User-Agent"], asked["Accept-Encoding"]) == ("Dalil/1", "gzip, deflate")
    assert "Cookie" not in asked
    assert asked["Host"] == f"127.0.0.1:{site.port}"


def test_nothing_is_asked_where_nothing_is_allowed(site):
    for allowed, said in (
        (Allowed(), "DALIL_CONNECT"),
        (Allowed(hosts=("*",)), "no public address"),
        (Allowed(hosts=("news.example",), networks=("127.0.0.1/32",)), "does not name"),
        (Allowed(hosts=("*",), networks=("10.0.0.0/8",)), "no public address"),
    ):
        with pytest.raises(ForbiddenError, match=said):
            fetcher(allowed).fetch(site.url("/a"))
    assert site.requests == []


@pytest.mark.parametrize(
    "link",
    ["ftp://a.example/x", "file:///etc/hosts", "//a.example", "news", "http:///x", "http://",
     "http://me:pw@a.example/", "http://a.example:0/", "http://a.example:99999/", "http://[::1/",
     "javascript:alert(1)", "http://a.example/" + "x" * 3000],
)  # fmt: skip
def test_what_is_no_address_of_the_web(link):
    with pytest.raises(DalilError, match=r"link|address"):
        read_url(link)


def test_the_address_that_was_checked_is_the_one_connected_to(site):
    """A name that means another address at a second look-up is looked up once."""
    answers = iter([["127.0.0.1"], ["127.0.0.1"], ["10.0.0.7"]])
    asked = []

    def resolver(host, port):
        asked.append((host, port))
        return next(answers)

    found = fetcher(resolver=resolver).fetch(site.url("/a", host="news.example"))
    assert found.content == site.pages["/a"].body
    # For robots.txt and for the page.
    assert asked == [("news.example", site.port)] * 2
    assert site.requests[0].headers["Host"] == f"news.example:{site.port}"
    with pytest.raises(ForbiddenError, match=r"10\.0\.0\.7"):
        fetcher(resolver=resolver).fetch(site.url("/a", host="news.example"))


def test_each_step_of_a_redirect_is_checked(site):
    site.pages["/on"] = Page(status=302, headers={"Location": "/a"})
    site.pages["/private"] = Page(status=301, headers={"Location": "http://inside.example/x"})
    site.pages["/file"] = Page(status=302, headers={"Location": "file:///etc/hosts"})
    site.pages["/round"] = Page(status=302, headers={"Location": "/round"})
    names = {"inside.example": ["10.0.0.7"]}
    get = fetcher(resolver=lambda host, port: names.get(host, ["127.0.0.1"])).fetch
    found = get(site.url("/on"))
    assert (found.url, found.final_url) == (site.url("/on"), site.url("/a"))
    with pytest.raises(ForbiddenError, match=r"inside\.example is 10\.0\.0\.7"):
        get(site.url("/private"))
    with pytest.raises(DalilError, match="http:// or https://"):
        get(site.url("/file"))
    with pytest.raises(DalilError, match="more than 5 times"):
        get(site.url("/round"))
    only = Allowed(hosts=("127.0.0.1",), networks=("127.0.0.1/32",))
    with pytest.raises(ForbiddenError, match="does not name inside"):
        fetcher(only).fetch(site.url("/private"))


def test_proxies_of_the_environment_are_not_asked(site, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetcher().fetch(site.url("/a")).status == 200


def test_a_page_that_is_too_large(site):
    small = Limits(bytes=2**20)
    site.pages["/large"] = Page(b"x" * (2**20 + 1))
    # A megabyte of nothing is a thousand bytes packed.
    for packing, packed in {
        "gzip": gzip.compress(bytes(2**24)), "deflate": zlib.compress(bytes(2**24)),
    }.items():  # fmt: skip
        headers = {"Content-Type": HTML, "Content-Encoding": packing}
        site.pages[f"/{packing}"] = Page(packed, headers=headers)
    for path in ("/large", "/gzip", "/deflate"):
        with pytest.raises(DalilError, match="larger than 1 MiB"):
            fetcher(limits=small).fetch(site.url(path))


def test_packed_pages(site):
    page = site.pages["/a"].body
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = {
        "gzip": gzip.compress(page[:99]) + gzip.compress(page[99:]),
        "deflate": zlib.compress(page),
        "Deflate": raw.compress(page) + raw.flush(),
        "identity": page,
    }
    for name, body in packed.items():
        headers = {"Content-Type": HTML, "Content-Encoding": name}
        site.pages["/packed"] = Page(body, headers=headers)
        assert fetcher().fetch(site.url("/packed")).content == page
    for name, body in (("br", b"x"), ("gzip", b"no gzip"), ("gzip", gzip.compress(page)[:-9])):
        headers = {"Content-Type": HTML, "Content-Encoding": name}
        site.pages["/packed"] = Page(body, headers=headers)
        with pytest.raises(DalilError, match=r"packed as br|damaged"):
            fetcher().fetch(site.url("/packed"))


def test_a_page_that_drips(site):
    site.pages["/slow"] = Page(b"x" * 1_000, drip=0.1)
    began = time.monotonic()
    with pytest.raises(DalilError, match=r"within 0\.5 seconds"):
        fetcher(limits=Limits(seconds=0.5)).fetch(site.url("/slow"))
    # A small part of the time that the whole page takes.
    assert time.monotonic() - began < 1_000 * 0.1 / 4


def test_other_kinds_and_refusals(site):
    site.pages["/pdf"] = Page(b"%PDF", headers={"Content-Type": "image/png"})
    with pytest.raises(DalilError, match="leads to image/png"):
        fetcher().fetch(site.url("/pdf"))
    site.pages["/busy"] = Page(status=503, headers={"Retry-After": "120"})
    with pytest.raises(StatusError, match=r"503 \(Service Unavailable\)") as refused:
        fetcher().fetch(site.url("/busy"))
    assert refused.value.retry_after == 120
    far = "Fri, 01 Jan 99999999999999999999 00:00:00 GMT"
    site.pages["/far"] = Page(status=503, headers={"Retry-After": far})
    with pytest.raises(StatusError, match="503") as refused:
        fetcher().fetch(site.url("/far"))
    assert refused.value.retry_after is None
    with pytest.raises(StatusError, match="404") as refused:
        fetcher().fetch(site.url("/none"))
    assert refused.value.retry_after is None
    # Without a condition "not modified" is no answer.
    site.pages["/same"] = Page(status=304)
    with pytest.raises(StatusError, match="304"):
        fetcher().fetch(site.url("/same"))
    same = fetcher().fetch(site.url("/same"), headers={"If-None-Match": '"1"'})
    assert (same.status, same.content) == (304, b"")
    # A tag is bytes, and goes back as it came.
    site.requests.clear()
    fetcher().fetch(site.url("/same"), headers={"If-None-Match": '"\xe9"'})
    assert site.requests[-1].headers["If-None-Match"] == '"\xe9"'
    site.pages["/unsaid"] = Page(b"text", headers={})
    assert fetcher().fetch(site.url("/unsaid")).media_type == "text/plain"


def test_what_cannot_be_reached_is_told():
    gone = Site()
    gone.close()
    with pytest.raises(DalilError, match=r"127\.0\.0\.1 cannot be read"):
        fetcher().fetch(gone.url("/a"))
