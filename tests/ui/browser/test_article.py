"""The article view in a browser: the quote in sight, directions, colours, keys, hostile text."""

from datetime import date

import pytest
from playwright.sync_api import Error

from corpus.article import Article
from index import Library, load_encoder
from rag.assistant import Assistant
from ui.server.articles.links import article_link

QUESTION = "What bounty was announced for Hajji Abdullah?"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
OVERRIDE = "\u202e"


@pytest.fixture(scope="module")
def citation(demo_site):
    """Return the citation of the demo question's answer."""
    library = Library.open(demo_site.home, load_encoder("bundled"))
    answer = Assistant(library).ask(QUESTION)
    library.close()
    return answer.citations[0]


@pytest.fixture
def link(demo_site, citation):
    """Return the address that a citation opens."""

    def to(**options):
        where = (citation.article.id, citation.article.version, citation.start, citation.end)
        return demo_site.url + article_link(*where, **options)

    return to


def in_sight(page, selector):
    """Tell whether an element is wholly inside the window."""
    box = page.locator(selector).bounding_box()
    bottom = page.evaluate("innerHeight")
    return box["y"] >= 0 and box["y"] + box["height"] <= bottom


def marked(page):
    return "".join(page.locator("mark").all_text_contents())


@pytest.mark.parametrize("panel", [False, True])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, {"width": 320, "height": 400}])
def test_a_citation_opens_at_its_quote(visits, link, citation, viewport, panel):
    page = visits.page(viewport=viewport)
    page.goto(link(panel=panel))
    assert "حجي عبد الله" in citation.quote
    assert marked(page) == citation.quote
    assert in_sight(page, "#quote")
    assert page.locator("#text").get_attribute("lang") == "ar"
    assert page.locator("#quote").evaluate("e => getComputedStyle(e).direction") == "rtl"
    # Nothing sticks out at the side.
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_panel_opens_at_its_quote_inside_a_page_of_ours(page, demo_site, link, citation):
    frame = f'<iframe src="{link(panel=True)}" width="400" height="500"></iframe>'.replace(
        "&", "&amp;"
    )
    page.route(
        f"{demo_site.url}/frame", lambda route: route.fulfill(body=frame, content_type="text/html")
    )
    page.goto(f"{demo_site.url}/frame")
    inner = page.frames[1]
    assert "".join(inner.locator("mark").all_text_contents()) == citation.quote
    top = inner.locator("#quote").evaluate("e => e.getBoundingClientRect().top")
    assert 0 < top < 400
    with page.expect_popup() as popup:
        inner.get_by_role("link", name="Link to this quote").click()
    assert marked(popup.value) == citation.quote


def test_the_page_is_two_requests(visits, page, link):
    page.goto(link())
    assert len(visits.requests) == 2


@pytest.mark.parametrize(("locale", "direction"), [("en-GB", "ltr"), ("ar-SY", "rtl")])
def test_the_frame_is_mirrored_for_arabic_readers(visits, link, locale, direction):
    page = visits.page(locale=locale, viewport=DESKTOP)
    page.goto(link())
    assert page.evaluate("getComputedStyle(document.body).direction") == direction
    assert page.locator("#text").evaluate("e => getComputedStyle(e).direction") == "rtl"
    brand, menu = (page.locator(name).bounding_box()["x"] for name in (".brand", "nav"))
    assert (brand < menu) == (direction == "ltr")


def test_the_language_can_be_switched_and_the_quote_stays(page, link, citation):
    page.goto(link())
    page.get_by_role("link", name="العربية").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert marked(page) == citation.quote
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("dir") == "ltr"


@pytest.mark.parametrize(("locale", "loaded"), [("en", "light"), ("ar", "dark")])
def test_axe_finds_nothing_serious(visits, link, assert_accessible, schemes, locale, loaded):
    page = visits.page(locale=locale, color_scheme=loaded, viewport=PHONE)
    for panel in (False, True):
        page.goto(link(panel=panel))
        for _ in schemes(page):
            assert_accessible(page)


def test_axe_finds_nothing_serious_on_a_page_that_says_what_is_wrong(
    visits, demo_site, assert_accessible
):
    visits.allowed = ["404"]
    page = visits.page()
    page.goto(demo_site.url + article_link("none"))
    assert_accessible(page)


def test_arabic_text_stands_out_from_its_ground(page, link, contrast, schemes):
    """Axe passes over the contrast of Arabic text, so it is computed here (WCAG 2.2, 1.4.6)."""
    page.goto(link())
    papers = []
    for _ in schemes(page):
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        ink, mark = (
            page.locator(name).evaluate(
                "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
            )
            for name in ("#s1", "#quote")
        )
        assert contrast(ink[0], paper) >= 7
        assert contrast(*mark) >= 7
        quiet = page.locator(".outlet").evaluate("e => getComputedStyle(e).color")
        assert contrast(quiet, paper) >= 4.5
        papers.append(paper)
    # Both schemes were seen.
    assert papers[0] != papers[1]


def test_the_checks_can_fail(visits, page, demo_site, assert_accessible):
    page.goto(demo_site.url + article_link("demo-tal-ajil-prison-riot-en"))
    assert_accessible(page)
    page.locator("#text").evaluate("e => { e.style.color = '#bbbbbb' }")
    with pytest.raises(AssertionError, match="color-contrast"):
        assert_accessible(page)
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    with page.expect_event("dialog"):
        page.evaluate("setTimeout(() => alert('said'))")
    # Another host is seen whatever the page itself would forbid.
    other = visits.page()
    with other.expect_event("requestfailed"), pytest.raises(Error):
        other.goto("http://example.org/")
    told = "\n".join(visits.unexpected())
    for fault in ("page error: thrown", "dialog: said", "another host: http://example.org/"):
        assert fault in told
    visits.allowed = ["thrown", "said", "example.org"]


def test_the_keyboard_reaches_the_quote_first(page, link):
    page.goto(link().removesuffix("#quote"))
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "Skip to the quote"
    assert in_sight(page, ":focus")
    page.keyboard.press("Enter")
    assert in_sight(page, "#quote")
    # Every link is reached in the order of the page.
    page.goto(link(ui="en").removesuffix("#quote"))
    expected = page.locator("a").all_inner_texts()
    reached = []
    for _ in expected:
        page.keyboard.press("Tab")
        reached.append(page.locator(":focus").inner_text())
    assert reached == expected


def test_print_shows_the_text_the_quote_and_the_address(page, link, citation):
    page.goto(link())
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".bar").is_visible()
    assert not page.locator(".tools").is_visible()
    assert page.locator(".printed").inner_text().startswith(link())
    style = page.locator("#quote").evaluate(
        "e => [getComputedStyle(e).borderBottomStyle, getComputedStyle(e).color]"
    )
    assert style == ["solid", "rgb(0, 0, 0)"]
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    assert page.pdf(format="A4").startswith(b"%PDF")


MARKUP = (
    '<script>alert("script")</script>',
    '<img src="https://example.org/i.png" onerror="alert(1)">',
    "![a picture](https://example.org/picture.png)",
    '"><svg onload=alert(2)>',
    "' onmouseover='alert(3)' style='position:fixed;inset:0' x='",
    '</title></style><link rel="stylesheet" href="https://example.org/a.css">',
    '<meta http-equiv="refresh" content="0;url=https://example.org/">',
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
    "&lt;b&gt;&#x202e;",
)
HOSTILE = [
    Article(
        id=f"folder {number}/{text}.md",
        text=f"{text}\n\nBefore {text} it. {text}",
        title=f"{text} title",
        outlet=f"{text} outlet",
        source=f"folder/{text}.md",
        url=["javascript:alert(4)", text, f"https://example.org/{text}", None][number % 4],
        published=date(2020, 1, 1),
        language=["en", '"><script>alert(5)</script>', None][number % 3],
    )
    for number, text in enumerate(MARKUP)
]
ORDERED = Article(
    id=f"a{OVERRIDE}b%2Fc",
    text=f"One {OVERRIDE}two. \u2067three.\n\nخبر {OVERRIDE}أربعة.\r\nfive\rsix\v seven\x85eight",
    title=f"{OVERRIDE}Reversed\u2069\u2069{OVERRIDE} title",
    outlet=f"{OVERRIDE}Outlet\u2069{OVERRIDE}",
    source=f"{OVERRIDE}file\u2069{OVERRIDE}.md",
    language="en",
)


@pytest.fixture(scope="module")
def hostile_site(make_site):
    return make_site([*HOSTILE, ORDERED])


@pytest.mark.parametrize("article", HOSTILE, ids=lambda article: article.id[:8])
def test_markup_of_an_article_is_text(visits, page, hostile_site, article):
    end = len(article.text) - 1
    for panel in (False, True):
        page.goto(hostile_site.url + article_link(article.id, 1, 1, end, panel=panel))
        assert page.locator("#text").text_content() == article.text
        assert marked(page) == article.text[1:end]
        assert page.locator("h1").text_content() == article.title
        assert page.locator(".outlet bdi").text_content() == article.outlet
        assert page.locator("#text").locator("*").evaluate_all(
            "all => [...new Set(all.map(e => e.tagName))].sort()"
        ) == ["MARK", "P", "SPAN"]
        assert page.locator("script, img, svg, style, iframe, meta[http-equiv]").count() == 0
        links = page.locator("a").evaluate_all("all => all.map(a => a.protocol)")
        assert set(links) <= {"http:", "https:"}
        page.mouse.move(200, 200)
    asked = [url for url in visits.requests if "/articles/" not in url and "/static/" not in url]
    assert asked == []


def test_order_marks_of_an_article_turn_nothing_but_themselves(visits, hostile_site):
    """Boxes of the frame lie where they lie for a harmless article, and texts come out whole."""
    page = visits.page(viewport=DESKTOP)
    page.goto(hostile_site.url + article_link(ORDERED.id, 1, 0, len(ORDERED.text)))
    assert page.locator("#text").text_content() == ORDERED.text
    assert marked(page) == ORDERED.text
    assert OVERRIDE not in page.title()
    assert page.title().endswith("title · Dalil")
    label, name = (page.locator(f".source {tag}").bounding_box() for tag in ("dt", "dd"))
    assert label["x"] < name["x"]
    for text in ("Source:", "Version 1", "Link to this quote"):
        box = page.get_by_text(text, exact=True).first
        # The first letter of a word that nothing has turned is its leftmost.
        assert box.evaluate(
            """e => { const r = document.createRange(); const t = e.firstChild; const x = n => {
                r.setStart(t, n); r.setEnd(t, n + 1); return r.getBoundingClientRect().x; };
                return x(0) < x(t.length - 1); }"""
        )
