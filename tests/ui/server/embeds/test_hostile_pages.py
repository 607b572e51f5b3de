"""Pages and scripts that want more of an embed than it allows; each threat has its test."""

from contextlib import closing
from dataclasses import replace

import pytest

from corpus.article import Article
from corpus.errors import DalilError
from index import Library, load_encoder
from index.store.database import DATABASE, Store
from ui.server.access.accounts import open_accounts
from ui.server.embeds.embeds import Embeds
from ui.server.embeds.links import EmbedLink
from ui.server.http.workers import WorkerPool

UNKNOWN = "0123456789abcdef" * 2


def same(*responses):
    """All are the same refusal, byte for byte, with the same headers and none of CORS."""
    first = responses[0]
    assert first.status_code == 403
    assert first.json().keys() == {"error"}
    for given in responses:
        assert (given.status_code, given.content) == (403, first.content)
        assert given.headers.items() == first.headers.items()
        assert not [name for name in given.headers if name.startswith("access-control-")]
    return True


def every(site, embed, origin):
    """What a page can send, from `origin`."""
    return [
        site.greet(embed, origin),
        site.ask(embed, "What?", origin=origin),
        site.ask(embed, "What?", origin=origin, accept="text/event-stream"),
        site.preflight(embed, origin),
        site.greet(embed, origin, "DELETE"),
    ]


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "*",
        "https://evil.example",
        "http://intranet.example",
        "https://intranet.example:8443",
        "https://intranet.example:443",
        "https://intranet.example.",
        "https://intranet.example/",
        "https://INTRANET.example",
        "HTTPS://intranet.example",
        "https://user@intranet.example",
        "https://intranet.example@evil.example",
        "https://intranet.example.evil.example",
        "https://evil-intranet.example",
        "https://sub.intranet.example",
        "https://intranet.example https://evil.example",
        "https://intranet.example, https://evil.example",
        "http://127.0.0.1",
    ],
)
def test_an_origin_that_is_not_listed_is_refused(site, origin):
    assert same(*every(site, site.make(), origin))


def test_two_origins_are_none(site, page):
    embed = site.make()
    both = [("Origin", page.origin), ("Origin", "https://evil.example")]
    for headers in (both, both[::-1], [both[0], both[0]]):
        assert same(site.client.get(f"/embed/{embed}", headers=headers), site.greet(UNKNOWN))


def test_an_empty_list_of_origins_lets_nobody_in(site, page):
    embed = site.make(origins=())
    assert same(*every(site, embed, page.origin), *every(site, embed, None))


def test_guessing_ids_tells_nothing(site, page):
    """Unknown, revoked, without origins, of another's origin: one answer, byte for byte."""
    revoked, empty = site.make(), site.make(origins=())
    site.revoke(revoked)
    mine = site.make()
    odd = ("", "x", mine.upper(), mine[:-1], mine + "0", "%00", "a" * 10_000)
    assert same(
        *every(site, UNKNOWN, page.origin),
        *every(site, revoked, page.origin),
        *every(site, empty, page.origin),
        *every(site, mine, "https://evil.example"),
        *(site.ask(one, origin=page.origin) for one in odd),
        *(site.greet(one, page.origin) for one in odd),
    )


def test_a_wrong_body_tells_nothing_of_the_id(site):
    """A refusal comes before the question is read."""
    assert same(
        *(
            site.ask(embed, body=body, origin="https://evil.example")
            for embed in (site.make(), UNKNOWN)
            for body in ({"question": ""}, {"question": "x" * 3_000}, {"padding": "x" * 300_000})
        )
    )


def test_a_foreign_preflight_allows_nothing(site):
    assert same(site.preflight(site.make(), "https://evil.example"), site.preflight(UNKNOWN))


def test_credentials_are_never_allowed(site, page):
    for given in every(site, site.make(), page.origin):
        assert "access-control-allow-credentials" not in given.headers
        assert given.headers["access-control-allow-origin"] == page.origin
        assert "set-cookie" not in given.headers


def test_a_revoked_embed_ends_at_the_next_request(site, page, hajji):
    embed = site.make()
    href = site.ask(embed, hajji).json()["citations"][0]["href"]
    assert site.client.get(href).status_code == 200
    site.revoke(embed)
    assert same(*every(site, embed, page.origin))
    refused = site.client.get(href)
    assert refused.status_code == 403
    assert "عبد الله" not in refused.text


@pytest.mark.parametrize(
    "path",
    [
        "/answers/x", "/feedback", "/articles", "/search", "/ask/", "/ask/x", "/", "//ask",
        "/../api/articles", "/%2e%2e/api/articles", "/..%2f..%2fapi%2farticles",
        "/articles/../../../api/articles",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_else_is_under_an_embed(site, page, path, method):
    embed = site.make()
    # As sent: httpx would resolve the dots.
    raw = f"/embed/{embed}{path}".encode()
    url = site.client.base_url.copy_with(raw_path=raw)
    given = site.client.request(method, url, headers={"Origin": page.origin})
    assert given.status_code == 403
    assert "demo-" not in given.text
    assert "access-control-allow-origin" not in given.headers


def test_an_embed_opens_no_other_route_to_its_page(site, page, hajji):
    site.make()
    headers = {"Origin": page.origin}
    for method, path in (
        ("GET", "/api/articles"),
        ("GET", "/api/search?question=a"),
        ("POST", "/api/ask"),
        ("GET", "/api/articles/demo-hajji-abdullah-reward"),
        ("GET", "/articles/demo-hajji-abdullah-reward"),
        ("POST", "/api/answers/x/feedback"),
        ("DELETE", "/api/articles/demo-hajji-abdullah-reward"),
    ):
        given = site.client.request(method, path, headers=headers)
        assert given.status_code == 403, path
        assert "access-control-allow-origin" not in given.headers


def test_a_page_cannot_widen_its_filter(site):
    embed = site.make("دفاتر الفرات")
    body = {
        "question": "What bounty was announced for Hajji Abdullah?",
        "outlet": "صدى الخابور",
        "outlets": ["صدى الخابور"],
        "since": "2000-01-01",
        "filters": {},
    }
    answer = site.ask(embed, body=body).json()
    shown = [*answer["citations"], *answer["related"]]
    assert {one["outlet"] for one in shown} == {"دفاتر الفرات"}


def test_a_page_cannot_follow_up_on_an_answer_of_somebody_else(site, hajji):
    """`after` would bring the questions of another reader."""
    answer = site.client.post("/api/ask", json={"question": hajji}).json()
    embed = site.make()
    asked = {"question": "Where is he hiding?"}
    with_after = site.ask(embed, body={**asked, "after": answer["answer_id"]}).json()
    without = site.ask(embed, body=asked).json()
    assert with_after["related"] == without["related"]
    assert with_after["citations"] == without["citations"]


@pytest.fixture
def link(site, hajji):
    """A link that works, in parts."""
    embed = site.make()
    cited = site.ask(embed, hajji).json()["citations"][0]
    address, _, query = cited["href"].partition("#")[0].partition("?")
    return address, dict(part.split("=") for part in query.split("&"))


def shown(site, address, query):
    return site.client.get(f"{address}?{'&'.join(f'{k}={v}' for k, v in query.items())}")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version", "2"),
        ("version", "01"),
        ("version", ""),
        ("start", "0"),
        ("start", "-1"),
        ("end", "9999"),
        ("end", "%D9%A3"),
        ("focus", "0-1"),
        ("focus", ""),
        ("key", ""),
        ("key", "0" * 64),
        ("key", "%D9%A3" * 64),
        ("key", "a" * 100_00),
    ],
)
def test_a_link_altered_in_any_field_is_refused(site, link, field, value):
    address, query = link
    assert shown(site, address, query).status_code == 200
    assert shown(site, address, {**query, field: value}).status_code == 403
    without = {name: value for name, value in query.items() if name != field}
    assert shown(site, address, without).status_code == 403


def test_a_link_marks_the_words_that_answer_and_older_ones_still_work(site, link, hajji):
    address, query = link
    embed = site.make()
    cited = site.ask(embed, hajji).json()["citations"][0]
    first, last = (cited[name] - cited["start"] for name in ("focus_start", "focus_end"))
    bold = f"<strong>{cited['quote'][first:last]}</strong>"
    assert bold in shown(site, address, query).text
    old = EmbedLink(embed, cited["article_id"], "1", str(cited["start"]), str(cited["end"]))
    with closing(Embeds.open(site.home)) as embeds:
        older = old.address(embeds.key())
    assert "focus" not in older
    given = site.client.get(older)
    assert given.status_code == 200
    assert bold not in given.text


def test_a_link_to_another_article_is_refused(site, link):
    address, query = link
    other = address.rpartition("/")[0] + "/demo-iraqi-families-return"
    assert shown(site, other, query).status_code == 403
    assert shown(site, address.upper(), query).status_code in (403, 404)
    for end in ("", "x", "%00", "/", "/x"):
        assert (shown(site, address + end, query).status_code == 200) == (end == "")


def test_a_link_of_one_embed_does_not_work_in_another(site, link):
    address, query = link
    elsewhere = f"/embed/{site.make()}/articles/{address.rpartition('/')[2]}"
    assert shown(site, elsewhere, query).status_code == 403


def test_refused_links_all_look_the_same(site, link):
    address, query = link
    article = address.rpartition("/")[2]
    revoked = site.make(language="ar")
    site.revoke(revoked)
    pages = [
        shown(site, address, {**query, "key": "0" * 64}),
        shown(site, f"/embed/{UNKNOWN}/articles/{article}", query),
        shown(site, f"/embed/{revoked}/articles/{article}", query),
        shown(site, f"/embed/{site.make(language='ar')}/articles/{article}", query),
        shown(site, address.replace(article, "no-such-article"), query),
        site.client.get(f"/embed/{UNKNOWN}/articles/"),
    ]
    assert {page.status_code for page in pages} == {403}
    assert len({page.content for page in pages}) == 1
    assert 'href="/"' not in pages[0].text


def test_no_page_can_read_the_article_view(site, link, page):
    """A script of the page that may ask gets quotes, not whole articles."""
    address, query = link
    headers = {"Origin": page.origin, "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "cross-site"}
    given = site.client.get(address, params=query, headers=headers)
    assert "access-control-allow-origin" not in given.headers
    assert given.headers["cross-origin-resource-policy"] == "same-origin"
    for method in ("POST", "OPTIONS", "PUT"):
        assert site.client.request(method, address, params=query).status_code == 403


@pytest.fixture
def moving(site_of, tmp_path):
    """A library of one article, which may be changed while the server runs."""
    article = Article(
        "a", "أُغلق الجسر صباح الأحد. وسيُفتح مساء الثلاثاء.", outlet="A", language="ar"
    )
    with closing(Library.open(tmp_path, load_encoder("bundled"), create=True)) as library:
        library.add([article])
        client, site = site_of(tmp_path)
        with client:
            yield site, library, article


def test_an_article_that_leaves_the_filter_takes_its_links_with_it(moving):
    site, library, article = moving
    embed = site.make("A")
    with closing(Embeds.open(site.home)) as embeds:
        href = EmbedLink(embed, "a", "1", "0", "5").address(embeds.key())
    assert site.client.get(href).status_code == 200
    library.add([replace(article, outlet="B")])
    assert site.client.get(href).status_code == 403


def test_even_a_signed_link_shows_nothing_outside_the_filter(moving):
    site, *_ = moving
    embed = site.make("B")
    with closing(Embeds.open(site.home)) as embeds:
        key = embeds.key()
    for version, start, end, status in (
        ("1", "0", "5", 403), ("7", "0", "5", 404), ("1", "0", "99999", 403), ("x", "0", "5", 422),
    ):  # fmt: skip
        given = site.client.get(EmbedLink(embed, "a", version, start, end).address(key))
        assert given.status_code == status
        assert "الجسر" not in given.text


def test_a_purged_article_is_gone_from_its_links(moving):
    site, library, _ = moving
    embed = site.make()
    with closing(Embeds.open(site.home)) as embeds:
        href = EmbedLink(embed, "a", "1", "0", "5").address(embeds.key())
    library.remove(["a"], purge=True)
    gone = site.client.get(href)
    assert gone.status_code == 404
    assert 'href="/"' not in gone.text


def test_where_readers_log_in_an_embed_opens_nothing_but_itself(moving):
    site, *_ = moving
    accounts = open_accounts(site.home)
    accounts.add("keeper", "a long enough passphrase", "admin")
    accounts.close()
    embed = site.make()
    answer = site.ask(embed, "متى يُفتح الجسر؟").json()
    passage = [*answer["citations"], *answer["related"]][0]
    assert site.client.get(passage["href"]).status_code == 200
    for path in ("/api/articles", "/api/search?question=a", "/articles/a"):
        assert site.client.get(path, follow_redirects=False).status_code in (303, 401)


def test_the_limit_is_told_with_when_to_come_back(site, page):
    embed = site.make(per_client=2)
    assert [site.ask(embed).status_code for _ in range(3)] == [200, 200, 429]
    refused = site.ask(embed, accept="text/event-stream")
    assert refused.status_code == 429
    assert 50 < int(refused.headers["retry-after"]) <= 60
    assert refused.headers["access-control-allow-origin"] == page.origin
    assert "seconds" in refused.json()["error"]
    # Only questions count.
    assert site.greet(embed).status_code == 200


def test_the_limit_is_not_evaded_by_forged_headers(site):
    embed = site.make(per_client=2)
    names = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP")
    statuses = [
        site.ask(embed, **{name: f"192.0.2.{n}"}).status_code for n, name in enumerate(names)
    ]
    assert statuses == [200, 200, 429, 429, 429]


def test_the_limit_is_not_evaded_by_writing_the_id_otherwise(site):
    embed = site.make(per_client=2)
    written = [embed, "%" + f"{ord(embed[0]):x}" + embed[1:], embed, embed.upper() + "x"]
    assert [site.ask(one).status_code for one in written] == [200, 200, 429, 403]


def test_the_limit_is_not_evaded_by_a_wrong_origin_or_body(site):
    embed = site.make(per_client=1)
    assert site.ask(embed).status_code == 200
    assert site.ask(embed).status_code == 429
    assert site.ask(embed, origin="https://evil.example").status_code == 403
    assert site.ask(embed, "  ").status_code == 422


def test_html_in_greeting_and_label_comes_back_as_data(site):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    embed = site.make(greeting=hostile, label=hostile)
    given = site.greet(embed)
    assert given.headers["content-type"] == "application/json"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert given.json() == {"greeting": hostile, "language": None, "llm": False}


@pytest.mark.parametrize("size", [2_001, 100_000])
def test_an_oversized_question_is_refused(site, size):
    assert site.ask(site.make(), "x" * size).status_code == 422
    history = ["x"] * 21
    assert site.ask(site.make(), "x", history).status_code == 422


def test_nothing_of_an_embed_reaches_the_log(site, capfd, caplog, hajji):
    """Neither a question nor an origin nor a label, which could forge lines of it."""
    forged = "https://evil.example%0aINFO:forged"
    embed = site.make(label="harmless INFO:forged")
    for given in [*every(site, embed, forged), site.ask(embed, hajji)]:
        assert given.status_code in (200, 403)
    site.ask(embed, body={"question": "INFO:forged\nINFO:forged", "history": 7})
    out, err = capfd.readouterr()
    assert "forged" not in out + err + caplog.text
    assert "Hajji" not in out + err


def test_an_unreadable_library_is_not_described_to_strangers(site_of, tmp_path, page):
    """Paths and remedies are for who runs the server."""
    client, site = site_of(tmp_path)
    with client:
        Store(tmp_path / DATABASE, create=True).close()
        embed = site.make()
        assert site.greet(embed).status_code == 200
        (tmp_path / DATABASE).unlink()
        assert same(site.greet(embed), site.ask(embed))
        (tmp_path / DATABASE).write_text("not a library")
        for given in (site.greet(embed), site.ask(embed)):
            assert given.status_code == 503
            assert str(tmp_path) not in given.text


class BrokenService:
    """A fake service whose library cannot be read."""

    def stream(self, question, filters, owner=""):
        raise DalilError("The library /srv/secret/place cannot be opened.")


def test_what_is_wrong_with_the_library_is_not_told_to_strangers(site_of, demo_home):
    client, site = site_of(demo_home, WorkerPool(BrokenService))
    with client:
        for accept in ("application/json", "text/event-stream"):
            given = site.ask(site.make(), accept=accept)
            assert given.status_code == 503
            assert "secret" not in given.text
            assert given.json()["error"].endswith(".")
