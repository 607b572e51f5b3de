"""What robots.txt allows is asked first, and heeded."""

import pytest

from corpus.errors import DalilError
from corpus.fetch.addresses import Allowed, ForbiddenError
from corpus.fetch.fetch import Fetcher
from tests.fakes.site import Page, Site

HERE = Allowed(hosts=("*",), networks=("127.0.0.1/32",))
PLAIN = {"Content-Type": "text/plain"}


@pytest.fixture
def site():
    made = Site({"/a": Page(b"text"), "/private/a": Page(b"text")})
    yield made
    made.close()


def fetch(site, path, **options):
    return Fetcher(HERE, **{"seconds": 0.0, **options}).fetch(site.url(path))


def test_what_is_kept_from_programs_is_not_asked_for(site):
    site.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /private", headers=PLAIN)
    assert fetch(site, "/a").status == 200
    with pytest.raises(ForbiddenError, match=r"robots\.txt"):
        fetch(site, "/private/a")
    site.pages["/on"] = Page(status=302, headers={"Location": "/private/a"})
    with pytest.raises(ForbiddenError, match=r"robots\.txt"):
        fetch(site, "/on")
    assert site.paths() == ["/a", "/on"]


def test_our_own_name_counts(site):
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: dalil\nAllow: /a\nDisallow: /"
    site.pages["/robots.txt"] = Page(rules, headers=PLAIN)
    assert fetch(site, "/a").status == 200
    with pytest.raises(ForbiddenError):
        fetch(site, "/private/a")


def test_without_the_file_all_is_allowed_and_a_fault_allows_nothing(site):
    site.pages["/robots.txt"] = Page(status=403)
    assert fetch(site, "/a").status == 200
    site.pages["/robots.txt"] = Page(status=500)
    with pytest.raises(DalilError, match="what programs may read"):
        fetch(site, "/a")
    assert site.paths() == ["/a"]
    site.pages["/robots.txt"] = Page(status=301, headers={"Location": "http://10.0.0.7/robots.txt"})
    with pytest.raises(ForbiddenError, match="no public address"):
        fetch(site, "/a")


def test_the_file_is_asked_for_once_and_its_pause_is_kept(site):
    slept = []
    robots = []

    def rules(headers):
        robots.append(headers)
        return Page(b"User-agent: *\nCrawl-delay: 7", headers=PLAIN)

    site.pages["/robots.txt"] = rules
    fetcher = Fetcher(HERE, seconds=0.0, sleep=slept.append)
    for _ in range(3):
        fetcher.fetch(site.url("/a"))
    assert len(robots) == 1
    assert [round(seconds) for seconds in slept] == [7, 7]
