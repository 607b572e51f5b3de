"""The article view over HTTP: what it shows, how it refuses, and that a text stays itself."""

import time
from dataclasses import replace
from datetime import date
from functools import partial
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article, Passage
from corpus.errors import DalilError
from corpus.text.line_breaks import Span
from corpus.text.sentences import sentence_spans
from index import Library
from ui.app.app import create_app
from ui.server.articles.article_page import ArticlePages, Edition, Editions, Request
from ui.server.articles.links import article_link
from ui.server.http.workers import WorkerPool

TEXT = "وصلت القافلة صباحاً إلى البلدة. وغادرت مساءً.\n\nThe road was <closed> & wet."
ARTICLE = Article(
    "news/القافلة 1.md",
    TEXT,
    title="القافلة تصل",
    outlet="Example <b>Press</b>",
    source="inbox/القافلة 1.md",
    url="https://example.org/a?b=1&c=2",
    published=date(2020, 7, 2),
    language="ar",
)


class ReadingService:
    """A service that only reads: a library without an assistant that answers from it."""

    def __init__(self, home, encoder):
        self._home, self._encoder, self._library = home, encoder, None

    def assistant(self):
        self._library = self._library or Library.open(self._home, self._encoder)
        return SimpleNamespace(library=self._library)


@pytest.fixture
def get(library, encoder):
    """Ask the server for a page of the library, as an English reader."""
    pool = WorkerPool(partial(ReadingService, library.home, encoder), workers=1)
    with TestClient(create_app(pool, chat=False), base_url="http://127.0.0.1:7860") as client:

        def get(url, language="en", method="GET"):
            return client.request(method, url, headers={"Accept-Language": language})

        yield get


class Elements(HTMLParser):
    """Collects the elements of a page, each with its attributes and all the text inside it."""

    EMPTY = frozenset({"meta", "link"})

    def __init__(self, page):
        super().__init__()
        self.found, self._open = [], []
        # What the HTML standard does to a page before it is read.
        self.feed(page.replace("\r\n", "\n").replace("\r", "\n"))

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.found.append(element)
        if tag not in self.EMPTY:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag):
        return [element for element in self.found if element["tag"] == tag]

    def by_id(self, name):
        (element,) = (element for element in self.found if element.get("id") == name)
        return element


def test_an_article_is_shown_with_what_is_known_of_it(library, get):
    library.add([ARTICLE])
    answer = get(article_link(ARTICLE.id))
    page = Elements(answer.text)
    assert answer.status_code == 200
    assert page.all("html")[0] == page.all("html")[0] | {"lang": "en", "dir": "ltr"}
    assert page.by_id("text") == page.by_id("text") | {"lang": "ar", "dir": "rtl", "text": TEXT}
    assert page.all("h1")[0] == {"tag": "h1", "text": ARTICLE.title, "lang": "ar", "dir": "rtl"}
    assert page.all("time")[0] == {"tag": "time", "text": "2 July 2020", "datetime": "2020-07-02"}
    assert "Arabic" in [element["text"] for element in page.all("bdi")]
    assert ARTICLE.outlet in [element["text"] for element in page.all("bdi")]
    (out,) = (a for a in page.all("a") if a["href"] == ARTICLE.url)
    assert out["rel"] == "noopener noreferrer"
    assert page.all("mark") == []


def test_the_page_follows_the_reader_and_the_text_its_own_language(library, get):
    library.add([replace(ARTICLE, text="The road was closed.", language="en")])
    link = article_link(ARTICLE.id)
    for page in (get(link, "ar-SY,en;q=0.5"), get(article_link(ARTICLE.id, ui="ar"), "en")):
        found = Elements(page.text)
        assert page.headers["content-language"] == "ar"
        assert (found.all("html")[0]["lang"], found.all("html")[0]["dir"]) == ("ar", "rtl")
        assert (found.by_id("text")["lang"], found.by_id("text")["dir"]) == ("en", "ltr")
        assert found.all("time")[0]["text"] == "٢ يوليو ٢٠٢٠"
        assert found.all("time")[0]["datetime"] == "2020-07-02"
    assert 'lang="en"' in get(article_link(ARTICLE.id, ui="xx"), "en").text


def test_paragraphs_of_an_unknown_language_find_their_own_direction(library, get):
    library.add([replace(ARTICLE, language=None)])
    page = Elements(get(article_link(ARTICLE.id)).text)
    assert page.by_id("text")["lang"] == ""
    assert [p["dir"] for p in page.all("p") if p["text"] in TEXT] == ["auto", "auto"]


def test_a_paragraph_in_another_script_goes_its_own_way(library, get):
    text = "قال المتحدث ذلك.\nSDF: قالت القوات ذلك أيضاً.\nThe statement in English (بيان).\n40 %"
    library.add([replace(ARTICLE, text=text)])
    page = Elements(get(article_link(ARTICLE.id)).text)
    ways = [p.get("dir") for p in page.all("p") if p["text"] in text]
    assert ways == [None, None, "ltr", None]


def test_a_quote_is_marked_across_sentences_and_paragraphs(library, get):
    library.add([ARTICLE])
    start, end = TEXT.index("القافلة"), TEXT.index(" & wet")
    page = Elements(get(article_link(ARTICLE.id, 1, start, end)).text)
    marks = page.all("mark")
    assert "".join(mark["text"] for mark in marks) == TEXT[start:end]
    assert [mark.get("id") for mark in marks] == ["quote"] + [None] * (len(marks) - 1)
    permalink = article_link(ARTICLE.id, 1, start, end)
    (link,) = (a for a in page.all("a") if a["text"] == "Link to this quote")
    assert link["href"] == permalink
    assert f"http://127.0.0.1:7860{permalink}" in page.all("footer")[0]["text"]


def test_the_words_of_a_quote_that_answer_are_bold(library, get):
    library.add([ARTICLE])
    start, end = TEXT.index("القافلة"), TEXT.index(" & wet")
    focus = TEXT.index("صباحاً"), TEXT.index(" إلى")
    address = article_link(ARTICLE.id, 1, start, end, focus=focus)
    page = Elements(get(address).text)
    assert "".join(mark["text"] for mark in page.all("mark")) == TEXT[start:end]
    assert [strong["text"] for strong in page.all("strong")][:1] == ["صباحاً"]
    assert page.by_id("text")["text"] == TEXT
    assert [a["href"] for a in page.all("a") if a["text"] == "Link to this quote"] == [address]
    (other,) = (a for a in page.all("a") if a.get("hreflang") == "ar")
    assert "focus=" in other["href"]
    # Links from before there was a focus are as good.
    assert get(article_link(ARTICLE.id, 1, start, end)).text.count("<strong>") == (
        get(address).text.count("<strong>") - 1
    )


PAGES = ArticlePages("/static/article.css")
WORDS = [
    "كلمة",
    "، ",
    ". ",
    "؟ ",
    "ً",
    "\u202e",
    "😀",
    "A word",
    "<b>",
    "&amp;",
    '"',
    "'",
    "{{ 1 }}",
]
SPACES = ["\n", "\n\n", "\r\n", "\r", "\x0b", "\u2028", "\x85", "\x1c", " ", "\t", "\x00"]
LETTERS = st.sampled_from(WORDS + SPACES) | st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(LETTERS, min_size=1, max_size=40).map("".join)


@settings(deadline=None)
@given(TEXTS, st.data())
def test_a_text_and_its_quote_come_out_of_the_page_as_they_are(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first = data.draw(st.integers(start, end - 1))
    focus = Span(first, data.draw(st.integers(first + 1, end)))
    asked = Request("http://localhost", "en", quote=Span(start, end), focus=focus)
    known = Editions([Edition(1, None)], present=True)
    page = Elements(PAGES.article(replace(ARTICLE, text=text), known, asked, date(2026, 1, 2)))
    # HTML cannot hold a null character.
    text = text.replace("\0", "\ufffd")
    assert page.by_id("text")["text"] == text
    assert "".join(mark["text"] for mark in page.all("mark")) == text[start:end]
    # The last one names the version that is shown; what breaks lines is in no element to be seen.
    bold = "".join(strong["text"] for strong in page.all("strong")[:-1])
    assert "".join(bold.split()) == "".join(text[slice(*focus)].split())
    anchors = [mark for mark in page.all("mark") if "id" in mark]
    assert len(anchors) == (1 if any("hidden" not in mark for mark in page.all("mark")) else 0)
    sentences = [span["text"] for span in page.all("span") if "id" in span]
    assert sentences == [text[a:b] for a, b in sentence_spans(text)]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("version=1&start=0&end=1", 200),
        (f"version=1&start=0&end={len(TEXT)}", 200),
        (f"version=1&start=0&end={len(TEXT) + 1}", 422),
        ("start=0&end=9&focus=2-5", 200),
        ("start=0&end=9&focus=", 200),
        ("start=0&end=9&focus=5-2", 422),
        ("start=0&end=9&focus=2-10", 422),
        ("start=3&end=9&focus=2-5", 422),
        ("start=0&end=9&focus=2", 422),
        ("start=0&end=9&focus=a-b", 422),
        ("focus=2-5", 422),
        ("start=5&end=5", 422),
        ("start=6&end=5", 422),
        ("start=-1&end=5", 422),
        ("start=5", 422),
        ("end=5", 422),
        ("start=&end=", 422),
        ("start=0&end=1.5", 422),
        ("start=0&end=٣", 422),
        ("start=0&end=" + "9" * 400, 422),
        ("version=one", 422),
        ("version=" + "9" * 12, 404),
        ("version=0", 404),
        ("version=2", 404),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_link_that_cannot_be_followed_is_told_in_a_sentence(
    library, get, query, status, language
):
    library.add([ARTICLE])
    answer = get(f"{article_link(ARTICLE.id)}?{query}", language)
    page = Elements(answer.text)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert page.all("html")[0]["lang"] == language
    assert (TEXT in answer.text or "القافلة" in answer.text) == (status == 200)


@pytest.mark.parametrize(
    "name",
    ["a", "خبر عاجل", "a/b/c.md", "/srv/a.md", "../../a.md", "./a", "a//b", "a?b=1#c",
     "https://example.org/x?y=1", "a\\b", "a;b", "a+b", "a&b", "😀", "<b>\"'"],
)  # fmt: skip
def test_an_article_of_any_name_has_a_link(library, get, name):
    library.add([replace(ARTICLE, id=name), replace(ARTICLE, id="other", text="Other.")])
    page = Elements(get(article_link(name, 1, 0, 4)).text)
    assert page.by_id("text")["text"] == TEXT
    assert page.by_id("quote")["text"] == TEXT[:4]


def test_versions_are_listed_and_an_older_one_says_so(library, get):
    library.add([ARTICLE])
    library.add([replace(ARTICLE, text="صُحح الخبر.")])
    older, newest = (get(article_link(ARTICLE.id, version)).text for version in (1, 2))
    assert Elements(older).by_id("text")["text"] == TEXT
    assert "There is a newer version" in older
    assert "There is a newer version" not in newest
    links = [a["href"] for a in Elements(newest).all("a") if a["text"].startswith("Version")]
    assert links == [article_link(ARTICLE.id, 1, ui="en")]
    assert Elements(get(article_link(ARTICLE.id)).text).by_id("text")["text"] == "صُحح الخبر."


def test_a_version_is_shown_with_the_day_it_was_added():
    known = Editions([Edition(1, date(2026, 1, 2)), Edition(2, None)], present=True)
    page = PAGES.article(ARTICLE, known, Request("", "ar"), date(2026, 1, 3))
    assert "أضيفت في ٢ يناير ٢٠٢٦" in page
    assert "تاريخ الاطلاع: ٣ يناير ٢٠٢٦" in page


def test_what_answers_cite_outlives_its_article_until_it_is_purged(library, get):
    library.add([ARTICLE])
    library.save_answer("answer", "{}", [Passage(ARTICLE.id, 1, 0, 4, TEXT[:4])])
    library.remove([ARTICLE.id])
    kept = get(article_link(ARTICLE.id, 1, 0, 4))
    assert kept.status_code == 200
    assert "has been removed from the collection" in kept.text
    assert Elements(kept.text).by_id("quote")["text"] == TEXT[:4]
    library.remove([ARTICLE.id], purge=True)
    assert get(article_link(ARTICLE.id, 1, 0, 4)).status_code == 404


def test_the_panel_is_the_page_without_its_frame(library, get):
    library.add([ARTICLE])
    page = Elements(get(article_link(ARTICLE.id, 1, 0, 4, panel=True)).text)
    assert page.all("nav") == []
    assert page.by_id("text")["text"] == TEXT
    # A link within the panel would otherwise put a whole site into it.
    assert all(a["href"].startswith("#") or a.get("target") == "_blank" for a in page.all("a"))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,<b>", "//example.org/x"])
def test_only_addresses_of_the_web_are_links(library, get, url):
    library.add([replace(ARTICLE, url=url)])
    page = Elements(get(article_link(ARTICLE.id)).text)
    assert url in page.all("dl")[0]["text"]
    assert {a["href"][:1] for a in page.all("a")} <= {"/", "#"}


@pytest.mark.parametrize("field", ["url", "source"])
def test_a_password_in_an_address_that_is_no_link_is_not_shown(library, get, field):
    named = {"url": None, field: "ftp://amal:secret@files.example/a.txt"}
    library.add([replace(ARTICLE, **named)])
    page = get(article_link(ARTICLE.id)).text
    assert "ftp://files.example/a.txt" in Elements(page).all("dl")[0]["text"]
    assert "secret" not in page


def test_pages_allow_nothing_and_are_not_kept(library, get):
    library.add([ARTICLE])
    for link in (article_link(ARTICLE.id), "/articles/none"):
        answer = get(link)
        policy = dict(part.split(maxsplit=1) for part in answer.headers[
            "content-security-policy"
        ].split("; "))  # fmt: skip
        assert policy == {
            "default-src": "'none'",
            "style-src": "'self'",
            "img-src": "'none'",
            "frame-ancestors": "'self'",
            "base-uri": "'none'",
            "form-action": "'none'",
        }
        assert answer.headers["cache-control"] == "no-store"
        assert Elements(answer.text).all("script") == []
        assert not any(
            n.startswith("on") or n == "style" for e in Elements(answer.text).found for n in e
        )


def test_the_style_sheet_is_kept_under_the_name_of_its_content(library, get):
    link = Elements(get("/articles/none").text).all("link")[0]["href"]
    assert "immutable" in get(link).headers["cache-control"]
    assert get("/static/article.css?v=old").headers["cache-control"] == "no-cache"
    assert get(link).headers["content-type"] == "text/css; charset=utf-8"


def test_head_is_answered_like_get(library, get):
    library.add([ARTICLE])
    link = article_link(ARTICLE.id)
    head = get(link, method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get(link).headers["content-length"]


class BrokenService:
    def assistant(self):
        raise DalilError("The library was made with another encoder.")


class SlowService:
    def assistant(self):
        time.sleep(0.2)


class EmptyService:
    def assistant(self):
        return None


@pytest.mark.parametrize(
    ("service", "seconds", "status", "words"),
    [
        (BrokenService, 60, 503, "dalil doctor"),
        (SlowService, 0.1, 503, "again in a moment"),
        (EmptyService, 60, 404, "no such article"),
    ],
)
def test_a_library_that_cannot_be_read_now(service, seconds, status, words):
    pool = WorkerPool(service, workers=1, seconds=seconds)
    with TestClient(create_app(pool, chat=False), base_url="http://localhost") as client:
        answer = client.get("/articles/any")
    assert answer.status_code == status
    assert words in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


def test_pages_of_a_file_are_marked_where_they_begin(get, library):
    paged = replace(ARTICLE, pages=((0, 1), (TEXT.index(" وغادرت"), 2), (TEXT.index("The"), 3)))
    library.add([paged])
    shown = get(article_link(paged.id)).text
    assert shown.index('data-page="Page 2"') < shown.index("وغادرت")
    assert shown.index("وغادرت") < shown.index('data-page="Page 3"') < shown.index("The road")
    assert 'data-page="Page 1"' not in shown
    assert 'data-page="الصفحة ٢"' in get(article_link(paged.id), "ar").text


def test_an_article_without_pages_has_no_marks(get, library):
    library.add([ARTICLE])
    assert "data-page" not in get(article_link(ARTICLE.id)).text
