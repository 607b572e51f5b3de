"""What the page of an embed can do: be greeted, ask, and open the passages it is shown."""

import json
from contextlib import closing
from datetime import date
from html.parser import HTMLParser

import pytest

from corpus.article import Article
from index import Filters
from rag.answer import Citation, Event
from tests.ui.server.embeds.conftest import ORIGIN
from ui.server.embeds.embeds import Embeds, Plan
from ui.server.embeds.links import Linker
from ui.server.http.workers import WorkerPool

KHABUR, EUPHRATES = "صدى الخابور", "دفاتر الفرات"


def links(answer):
    return [one["href"] for one in (*answer["citations"], *answer["related"])]


def outlets(answer):
    return {one["outlet"] for one in (*answer["citations"], *answer["related"])}


def events_of(response):
    blocks = [block.split("\n") for block in response.text.strip().split("\n\n")]
    return [(kind[7:], json.loads(data[6:])) for kind, data in blocks]


def test_a_page_is_greeted_in_the_words_of_its_embed(site, page):
    embed = site.make(greeting="اسأل عن الخابور", language="ar")
    given = site.greet(embed)
    assert given.json() == {"greeting": "اسأل عن الخابور", "language": "ar", "llm": False}
    assert given.headers["access-control-allow-origin"] == page.origin
    assert given.headers["vary"] == "Origin"
    assert given.headers["cache-control"] == "no-store"
    assert site.greet(site.make()).json() == {"greeting": None, "language": None, "llm": False}


def test_each_listed_origin_is_answered_by_its_name(site):
    origins = ("https://a.example", "http://localhost:8000", "http://[::1]:8000")
    embed = site.make(origins=origins)
    for origin in origins:
        given = site.greet(embed, origin)
        assert given.headers["access-control-allow-origin"] == origin


def test_a_preflight_is_answered(site, page):
    given = site.preflight(site.make())
    assert (given.status_code, given.content) == (204, b"")
    assert given.headers["access-control-allow-origin"] == page.origin
    assert given.headers["access-control-allow-methods"] == "POST"
    assert given.headers["access-control-allow-headers"] == "Content-Type"
    assert "Origin" in given.headers["vary"]


def test_an_answer_is_that_of_the_api_with_links(site, hajji):
    embed = site.make()
    given = site.ask(embed, hajji).json()
    usual = site.client.post("/api/ask", json={"question": hajji}).json()
    bare = [{k: v for k, v in c.items() if k != "href"} for c in given["citations"]]
    assert bare == usual["citations"]
    assert bare
    assert given["text"] == usual["text"]
    assert given.keys() == usual.keys()
    assert (given["answer_id"], given["notice"]) == (None, None)


def test_a_name_and_password_before_a_host_are_told_to_no_other_site():
    article = Article("a", "The market opened.", url="https://amal:secret@a.example/x")
    told = Linker("e", b"key").event(
        Event("citation", citation=Citation(1, article, 0, 18, also=(article,)))
    )
    assert told["url"] == told["also"][0]["url"] == "https://a.example/x"
    assert "secret" not in json.dumps(told)


def test_a_stream_has_the_events_of_the_api_with_links(site, hajji):
    embed = site.make()
    streamed = site.ask(embed, hajji, accept="text/event-stream")
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.headers["access-control-allow-origin"]
    events = events_of(streamed)
    kinds = [kind for kind, _ in events]
    assert kinds[0] == "status"
    assert kinds[-1] == "done"
    whole = events[-1][1]
    cited = [fields for kind, fields in events if kind == "citation"]
    assert cited == whole["citations"]
    assert all(fields["href"].startswith(f"/embed/{embed}/articles/") for fields in cited)
    assert "".join(fields["text"] for kind, fields in events if kind == "token") == whole["text"]


class Quote(HTMLParser):
    """Collects what is marked, and where the page leads."""

    def __init__(self, page):
        super().__init__()
        self.marked, self.links, self._marks = "", [], 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self._marks += tag == "mark"
        if tag in ("a", "link", "form", "script", "img", "iframe"):
            self.links.append(dict(attributes).get("href"))

    def handle_endtag(self, tag):
        self._marks -= tag == "mark"

    def handle_data(self, data):
        self.marked += data if self._marks else ""


@pytest.mark.parametrize("asked", ["hajji", "unknown"])
def test_a_link_opens_the_passage_and_leads_nowhere_else(site, hajji, asked):
    embed = site.make()
    answer = site.ask(embed, hajji if asked == "hajji" else "Who won the chess final?").json()
    passages = [(c["href"], c["quote"]) for c in answer["citations"]]
    passages += [(hit["href"], hit["text"]) for hit in answer["related"]]
    assert passages
    for href, words in passages:
        view = site.client.get(href)
        assert view.status_code == 200
        shown = Quote(view.text)
        assert shown.marked == words
        own = href.partition("#")[0]
        for link in shown.links:
            is_own = link.startswith((own, "#", "/static/article.css"))
            assert is_own or link.startswith("https://"), link
        assert not any(link.startswith("/embed/") and own not in link for link in shown.links)


def test_the_article_view_speaks_the_embeds_language_and_others_on_demand(site, hajji):
    embed = site.make(language="ar")
    href = site.ask(embed, hajji).json()["citations"][0]["href"].partition("#")[0]
    headers = {"Accept-Language": "en"}
    assert site.client.get(href, headers=headers).headers["content-language"] == "ar"
    other = site.client.get(href + "&ui=en")
    assert other.status_code == 200
    assert other.headers["content-language"] == "en"
    assert site.client.head(href).status_code == 200


def test_the_article_view_is_kept_by_nobody_and_framed_by_nobody(site, hajji):
    href = site.ask(site.make(), hajji).json()["citations"][0]["href"]
    headers = site.client.get(href).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


QUESTIONS = [
    "What bounty was announced for Hajji Abdullah?",
    "ما هي المكافأة المعلنة عن حجي عبد الله؟",
    "Which countries do the detainees come from?",
    "من فاز بنهائي الشطرنج؟",
]


def test_two_embeds_see_different_articles(site):
    """In citations and in what is only related, whatever is asked."""
    for outlet in (KHABUR, EUPHRATES):
        embed = site.make(outlet)
        seen = [site.ask(embed, question).json() for question in QUESTIONS]
        assert {name for answer in seen for name in outlets(answer)} == {outlet}
    assert site.ask(site.make(KHABUR), QUESTIONS[0]).json()["status"] == "answered"
    both = site.make(KHABUR, EUPHRATES)
    assert outlets(site.ask(both, QUESTIONS[3]).json()) <= {KHABUR, EUPHRATES}


def test_an_embed_tells_nothing_of_what_it_hides(site, hajji):
    """Neither that other articles would answer, nor that there is an outlet of this name."""
    asked = f"{hajji[:-1]} according to صدى الخابور?"
    with closing(Embeds.open(site.home)) as embeds:
        late = embeds.create(Plan((ORIGIN,), Filters(since=date(2021, 1, 1)))).id
    for embed in (site.make(EUPHRATES), late):
        answer = site.ask(embed, hajji).json()
        assert (answer["status"], answer["outside"]) == ("abstained", None)
    assert site.ask(site.make(EUPHRATES), asked).json()["preferences"] == []
    assert len(site.ask(site.make(KHABUR), asked).json()["preferences"]) == 1


def test_a_follow_up_sees_no_more_than_the_question(site, hajji):
    asked = {"question": "Where is he hiding?", "history": [hajji]}
    answer = site.ask(site.make(KHABUR), body=asked).json()
    met = {one["article_id"] for one in (*answer["citations"], *answer["related"])}
    assert "demo-hajji-abdullah-reward" in met
    assert outlets(answer) == {KHABUR}
    assert outlets(site.ask(site.make(EUPHRATES), body=asked).json()) == {EUPHRATES}


def test_dates_limit_what_an_embed_sees(site, hajji, page):
    with closing(Embeds.open(site.home)) as embeds:
        embed = embeds.create(Plan((page.origin,), Filters(since=date(2021, 1, 1)))).id
    answer = site.ask(embed, hajji).json()
    shown = [*answer["citations"], *answer["related"]]
    assert shown
    assert all(one["published"] >= "2021-01-01" for one in shown)


def test_what_a_page_may_read_of_refusals(site, kit):
    """A listed page reads why it was not answered, with CORS headers on each error."""
    embed = site.make()
    origin = "access-control-allow-origin"
    invalid = site.ask(embed, body={"question": " "})
    assert (invalid.status_code, origin in invalid.headers) == (422, True)
    assert "question" in invalid.json()["error"]
    large = site.ask(embed, body={"question": "?", "padding": "x" * 300_000})
    assert (large.status_code, origin in large.headers) == (413, True)
    wrong = site.client.put(f"/embed/{embed}", headers={"Origin": "https://intranet.example"})
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, OPTIONS")
    assert origin in wrong.headers


def test_a_full_queue_says_when_to_come_back(site_of, demo_home, kit):
    pool = WorkerPool(kit.GatedService, workers=1, waiting=-1)
    client, site = site_of(demo_home, pool)
    with client:
        refused = site.ask(site.make())
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["access-control-expose-headers"] == "Retry-After"


def test_an_answer_that_takes_too_long(site_of, demo_home, kit):
    service = kit.GatedService()
    client, site = site_of(demo_home, WorkerPool(lambda: service, workers=1, seconds=0.2))
    with client:
        late = site.ask(site.make(), "wait")
        service.gate.set()
        assert late.status_code == 504
        assert "within 0.2 seconds" in late.json()["error"]


def test_saved_answers_are_the_embeds_and_nobody_elses(site, hajji):
    from contextlib import closing

    from index.store.database import DATABASE, Store

    embed = site.make()
    site.ask(embed, hajji)
    with closing(Store(site.home / DATABASE)) as store:
        rows = store.execute("SELECT id FROM answers WHERE owner = ?", f"embed:{embed}")
    assert len(rows) == 1
    assert site.client.get(f"/api/answers/{rows[0][0]}").status_code == 404
