"""What the chat shows of each outcome: in one language, each question its own way, sources once."""

from datetime import date

import pytest

from corpus.article import Article
from ui.words.wording import words

OUTLET_PAGE = "https://news.example/bridge"
OTHER_WAY = {"en": "كيف تُطهى البيتزا؟", "ar": "Who won the football cup?"}
MAYBE = {"en": "من يقود المجلس؟", "ar": "How many captured ISIS men are in the hands of the SDF?"}


@pytest.fixture
def asked(visits, demo_site):
    """Return a function that asks in the chat of a language, and returns the turn that is done."""

    def ask(language, question, site=demo_site, **options):
        page = visits.page(**options)
        page.goto(f"{site.url}/{language}/")
        page.wait_for_selector("body[data-opened]", state="attached")
        page.locator("#question textarea").fill(question)
        page.keyboard.press("Enter")
        page.locator(".turn.done").wait_for()
        return page.locator(".turn")

    return ask


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_refusal_is_said_once_in_the_language_of_the_page(asked, language):
    turn = asked(language, OTHER_WAY[language])
    said = words(language)
    shown = turn.locator(".answer").inner_text()
    assert shown.count(said["abstained"].rstrip(".")) == 1
    assert turn.locator(".answer .line").count() == 0
    assert turn.locator("h3.verdict").text_content() == said["abstained"]
    # What the JSON says in the question's language is not said again.
    assert "do not answer this question" not in shown
    assert "لا تجيب المقالات عن هذا السؤال." not in shown


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_may_answer_is_told_from_an_answer(asked, language):
    turn = asked(language, MAYBE[language])
    assert turn.locator("h3.verdict").text_content() == words(language)["possible"]
    assert turn.locator(".maybe blockquote").count() == 1
    assert turn.locator("a.marker, .answer .line").count() == 0
    sign = "e => getComputedStyle(e, '::before').content"
    assert "≈" in turn.locator(".verdict").evaluate(sign)
    look = "e => [getComputedStyle(e).borderTopStyle, getComputedStyle(e).borderTopWidth]"
    assert turn.locator(".answer").evaluate(look) == ["dashed", "1px"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_no_article_mentions_is_listed(asked, language):
    question = "What bounty was announced in Yemen for Hajji Abdullah?"
    turn = asked(language, question)
    assert turn.locator(".lacking").text_content() == f"{words(language)['lacking']} Yemen"
    assert turn.locator(".lacking bdi").text_content() == "Yemen"


@pytest.mark.parametrize(
    ("language", "question", "direction"),
    [("en", OTHER_WAY["en"], "rtl"), ("ar", OTHER_WAY["ar"], "ltr")],
)
def test_a_question_keeps_its_own_direction(asked, language, question, direction):
    turn = asked(language, question)
    bubble = turn.locator(".question bdi")
    way = "e => [getComputedStyle(e).direction, getComputedStyle(e).display]"
    assert bubble.evaluate(way) == [direction, "block"]
    own = turn.locator(".question").evaluate("e => getComputedStyle(e).direction")
    assert own == words(language)["direction"]


TEXT = "The bridge over the river cost nine million dollars. Four masons rebuilt the bridge."


@pytest.fixture(scope="module")
def bridge_site(make_site):
    article = Article(
        "bridge", TEXT, title="Bridge", outlet="Example", url=OUTLET_PAGE, language="en",
        published=date(2021, 5, 2),
    )  # fmt: skip
    return make_site([article])


def shown_twice(page, url):
    """Show an answer that cites an article twice, whatever would be chosen today."""
    first, second = TEXT.split(". ")[0] + ".", TEXT.split(". ")[1]
    at = TEXT.index(second)
    cited = [
        {"n": n, "article_id": "bridge", "version": 1, "title": "Bridge", "outlet": "Example",
         "url": url, "published": "2021-05-02", "language": "en", "start": start,
         "end": start + len(quote), "focus_start": None, "focus_end": None, "quote": quote,
         "matches": [{"question": "bridge", "quote": "bridge", "score": 1}], "supports": []}
        for n, (start, quote) in enumerate([(0, first), (at, second)], 1)
    ]  # fmt: skip
    answer = {
        "status": "answered", "mode": "extractive", "kind": "fact", "citations": cited,
        "text": f"Say: “{first}” [1]\nAlso: “{second}” [2]", "related": [], "possible": [],
        "unmet": [], "notice": None, "answer_id": None, "statements": [], "question": "q",
    }  # fmt: skip
    page.evaluate(
        """async ([words, answer]) => {
          const { conversation } = await import("/static/chat/chat.js");
          const host = document.createElement("div");
          document.querySelector("#turns").append(host);
          const turn = { key: "twice", state: "done", question: "q", language: "en", answer };
          conversation(host, words, "en", () => {})({ turn });
        }""",
        [dict(words("en")), answer],
    )
    return page.locator('[data-key="twice"]')


@pytest.mark.parametrize("url", [OUTLET_PAGE, None, "javascript:alert(1)"])
def test_an_article_cited_twice_is_one_source_with_the_outlets_address(visits, bridge_site, url):
    page = visits.page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{bridge_site.url}/en/")
    page.wait_for_selector("body[data-opened]", state="attached")
    turn = shown_twice(page, url)
    assert turn.locator(".sources li.source").count() == 1
    assert turn.locator(".number").all_text_contents() == ["1", "2"]
    assert turn.locator(".met li").count() == 1
    turn.get_by_role("button", name="Copy with sources").click()
    turn.get_by_role("button", name="Copied").wait_for()
    _text, source = page.evaluate("navigator.clipboard.readText()").split("\n\n")
    about, *links = source.split("\n")
    assert about == "[1] [2] Bridge, Example, 2021-05-02"
    if url == OUTLET_PAGE:
        assert links == [OUTLET_PAGE]
    else:
        assert [link.split("?")[0] for link in links] == [f"{bridge_site.url}/articles/bridge"] * 2


def test_a_copied_refusal_speaks_as_the_page_does(asked):
    turn = asked("en", MAYBE["en"], permissions=["clipboard-read", "clipboard-write"])
    turn.get_by_role("button", name="Copy with sources").click()
    turn.get_by_role("button", name="Copied").wait_for()
    copied = turn.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(words("en")["possible"])
    assert turn.locator("blockquote bdi").first.text_content() in copied


@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_serious_in_what_may_answer(asked, schemes, assert_accessible, language):
    turn = asked(language, MAYBE[language], bypass_csp=True)
    for _ in schemes(turn.page):
        assert_accessible(turn.page)
