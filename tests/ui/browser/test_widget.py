"""The widget on pages of another origin: strict policies, hostile styles, refusals, keyboards."""

import json
from urllib.parse import urlsplit

import pytest

from index import Filters
from ui.widget.bundle import widget_words

QUESTION = "What bounty was announced for Hajji Abdullah?"
ARABIC = "كم سجيناً في الغرفة الواحدة؟"
UNANSWERED = "Who won the football cup?"
DESKTOP, PHONE = {"width": 1100, "height": 760}, {"width": 390, "height": 760}
# What a page does not see of a refusal is the browser's to complain of.
REFUSED = "CORS policy|Failed to load resource"
WORDS = widget_words()
HOSTILE = """
* { all: unset; direction: rtl; color: transparent !important }
*, *::before, *::after {
  font: 3px/0 fantasy !important; letter-spacing: 1em !important; text-transform: uppercase;
  visibility: hidden !important; pointer-events: none !important; user-select: none !important;
  text-align: center !important; white-space: pre !important; word-break: break-all;
  opacity: 0.1 !important; cursor: none !important; text-indent: -999px; content: "x" !important;
  writing-mode: vertical-rl !important; unicode-bidi: bidi-override !important; zoom: 0.5;
}
html { font-size: 2px !important }
html, body { visibility: visible !important; opacity: 1 !important; writing-mode: unset !important;
  zoom: 1 }
body { transform: translateX(40px); contain: layout }
dalil-chat { display: none !important; position: absolute; z-index: -1 }
div, section, button, textarea, a, p, bdi, dialog { display: none !important; background: red }
"""


def policy(site):
    return f"default-src 'none'; script-src {site.url}; connect-src {site.url}"


def tag(site, embed, more=""):
    return f'<script src="{site.url}/widget.js" data-embed="{embed}" {more} defer></script>'


def document(body, lang="en", head=""):
    direction = "rtl" if lang == "ar" else "ltr"
    return (
        f'<!doctype html><html lang="{lang}" dir="{direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Intranet</title>{head}</head>'
        f"<body><h1>Intranet</h1>{body}</body></html>"
    )


@pytest.fixture
def origins(demo_site, host):
    """The two origins that a page and its widget may ask for anything."""
    return {demo_site.url, host.url}


@pytest.fixture
def visit(visits, demo_site, host, origins):
    """Return a function that opens a page of the other site under a strict policy."""

    def open_page(body, path="/", lang="en", head="", more_policy="", **options):
        rules = f"{policy(demo_site)}; {more_policy}"
        page = visits.page(**{"viewport": DESKTOP} | options)
        page.goto(host.put(path, document(body, lang, head), policy=rules))
        return page

    yield open_page
    asked = {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in visits.requests}
    assert asked <= origins


@pytest.fixture
def embed(demo_site, host):
    return demo_site.embed(host.url)


def ask(panel, question, state="done"):
    """Ask by the field and Enter, and return the turn once it is done."""
    turns = panel.locator(f".turn.{state}")
    before = turns.count()
    panel.locator("textarea").fill(question)
    panel.locator("textarea").press("Enter")
    turns.nth(before).wait_for()
    return turns.nth(before)


def test_a_button_opens_a_panel_that_answers_and_cites(visit, demo_site, embed):
    page = visit(tag(demo_site, embed))
    page.get_by_role("button", name="Ask Dalil").click()
    dialog = page.get_by_role("dialog", name="Dalil")
    turn = ask(dialog, QUESTION)
    quote = turn.locator("blockquote bdi").first
    assert "حجي عبد الله" in quote.text_content()
    assert turn.locator("blockquote").first.get_attribute("dir") == "rtl"
    assert turn.locator(".line").first.evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert turn.locator("time").first.get_attribute("datetime") == "2020-07-02"
    with page.context.expect_page() as opened:
        turn.locator("a.marker").first.click()
    article = opened.value
    article.locator("#quote").wait_for()
    assert "".join(article.locator("mark").all_text_contents()) == quote.text_content()
    assert article.evaluate("opener") is None
    dialog.get_by_role("button", name="Close").click()
    assert dialog.count() == 0


def test_arabic_pages_get_an_arabic_widget(visit, demo_site, embed):
    page = visit(tag(demo_site, embed), lang="ar")
    page.get_by_role("button", name="اسأل دليل").click()
    dialog = page.get_by_role("dialog", name="دليل")
    turn = ask(dialog, ARABIC)
    assert "سجين" in turn.locator("blockquote bdi").first.text_content()
    assert turn.get_by_role("heading", name="المصادر").is_visible()
    box = dialog.bounding_box()
    assert box["x"] + box["width"] / 2 < DESKTOP["width"] / 2
    assert "ديسمبر" in turn.locator("time").first.text_content()


def test_the_embeds_language_counts_more_than_the_pages(visit, demo_site, host):
    arabic = demo_site.embed(host.url, language="ar", greeting="<b>أهلاً</b>")
    plain = demo_site.embed(host.url)
    body = f'<dalil-chat embed="{arabic}"></dalil-chat><dalil-chat embed="{plain}"></dalil-chat>'
    page = visit(f'{body}<script src="{demo_site.url}/widget.js"></script>', locale="fr")
    page.locator(".log").nth(1).wait_for()
    assert page.locator("section").nth(0).get_attribute("dir") == "rtl"
    assert page.locator(".greeting").nth(0).text_content() == "<b>أهلاً</b>"
    assert page.locator("section").nth(1).get_attribute("lang") == "en"
    page.locator("dalil-chat").nth(1).evaluate("e => { e.lang = 'ar'; }")
    page.locator("section[lang=ar]").nth(1).wait_for()


def test_everything_is_done_by_keyboard_and_the_page_hears_none_of_it(visit, demo_site, embed):
    page = visit(tag(demo_site, embed))
    page.get_by_role("button", name="Ask Dalil").wait_for()
    page.evaluate("heard = 0; addEventListener('keydown', () => { heard += 1; });")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    heard = page.evaluate("heard")
    page.keyboard.type(f"/{QUESTION}")
    page.keyboard.press("Enter")
    page.locator(".turn.done").wait_for()
    assert page.evaluate("heard") == heard
    for label in ("Ask", "Source 1", "عشرة ملايين", "Matching words"):
        reach(page, label)
    page.keyboard.press("Enter")
    assert "Hajji ↔ حجي" in page.locator(".met[open] li").all_text_contents()
    reach(page, "Source 1")
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.locator("mark").first.wait_for()
    page.bring_to_front()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert focused(page) == "Ask Dalil"


def focused(page):
    return page.evaluate(
        """(e => e && (e.getAttribute("aria-label") || e.textContent.trim()))(
        (function inner(root) {
          const e = root.activeElement;
          return e?.shadowRoot ? inner(e.shadowRoot) : e;
        })(document))"""
    )


def reach(page, label):
    """Press Tab, then Shift+Tab, until the element with a label has the focus."""
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 24:
        if (focused(page) or "").startswith(label):
            return
        page.keyboard.press(key)
    pytest.fail(f"Tab does not reach {label!r}.")


def test_an_abstention_is_no_answer_and_a_follow_up_leans_on_the_question_before(
    visit, demo_site, embed
):
    page = visit(tag(demo_site, embed))
    page.get_by_role("button", name="Ask Dalil").click()
    refused = ask(page, UNANSWERED)
    assert refused.get_by_role("heading", name="Not answered by the articles").is_visible()
    assert refused.locator("blockquote, a.marker").count() == 0
    hits = refused.locator(".nearest a")
    assert hits.count() == 3
    with page.context.expect_page() as opened:
        hits.first.click()
    opened.value.locator("mark").first.wait_for()
    answered = ask(page, "What bounty was announced for Hajji Abdullah?")
    look = "e => getComputedStyle(e).borderStyle"
    assert refused.locator(".answer").evaluate(look) == "dashed"
    assert answered.locator(".answer").evaluate(look) == "solid"
    turn = ask(page, "And what is the reward for him?")
    assert "عشرة ملايين دولار" in turn.locator("blockquote").first.text_content()


def test_the_conversation_stays_until_the_tab_is_closed_or_another_begins(visit, demo_site, embed):
    page = visit(tag(demo_site, embed))
    page.get_by_role("button", name="Ask Dalil").click()
    ask(page, QUESTION)
    before = ask(page, UNANSWERED).text_content()
    page.reload()
    page.get_by_role("button", name="Ask Dalil").click()
    assert page.locator(".turn.done").count() == 2
    assert page.locator(".turn").last.text_content() == before
    with page.context.expect_page() as opened:
        page.locator("a.marker").first.click()
    opened.value.locator("mark").first.wait_for()
    page.get_by_role("button", name="New conversation").click()
    page.reload()
    page.get_by_role("button", name="Ask Dalil").click()
    assert page.locator(".turn").count() == 0


@pytest.mark.parametrize(
    "storage",
    [
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException(); } })",
        'Storage.prototype.getItem = () => \'[{"question": 1, "answer": {"text": 2}}]\'',
    ],
    ids=["denied", "broken"],
)
def test_what_the_browser_keeps_may_be_denied_or_broken(visits, demo_site, host, embed, storage):
    page = visits.page()
    page.add_init_script(storage)
    page.goto(host.put("/", document(tag(demo_site, embed)), policy=policy(demo_site)))
    page.get_by_role("button", name="Ask Dalil").click()
    assert page.locator(".turn").count() == 0
    assert ask(page, QUESTION).locator("blockquote").count() >= 1


def test_two_embeds_on_one_page_see_different_articles(visit, demo_site, host):
    outlets = ["صدى الخابور", "مرآة الشرق"]
    ids = [demo_site.embed(host.url, filters=Filters(outlets=(name,))) for name in outlets]
    panels = "".join(f'<dalil-chat embed="{name}"></dalil-chat>' for name in ids)
    page = visit(f'{panels}<script src="{demo_site.url}/widget.js" defer></script>')
    for place, outlet in enumerate(outlets):
        panel = page.locator("dalil-chat").nth(place)
        origins = ask(panel, QUESTION).locator(".origin").all_text_contents()
        assert {text.partition(" · ")[0] for text in origins} == {outlet}
    assert page.evaluate("Object.keys(sessionStorage).length") == 2


def test_pages_that_are_not_listed_are_refused(visits, demo_site, host):
    visits.allowed.append(REFUSED)
    embeds = {"/unlisted": demo_site.embed(host.url), "/empty": demo_site.embed()}
    for path, embed_id in embeds.items():
        chat = f'<dalil-chat embed="{embed_id}"></dalil-chat>'
        host.put(path, document(chat + tag(demo_site, embed_id)), policy=policy(demo_site))
        page = visits.page()
        page.goto(f"{host.other_url if path == '/unlisted' else host.url}{path}")
        alert = page.get_by_role("alert")
        alert.wait_for()
        assert WORDS["en"]["refused"] in alert.text_content()
        assert page.locator("textarea").count() == 0
        assert page.locator("dalil-chat").count() == 2
        assert page.get_by_role("button", name="Ask Dalil").count() == 0


def test_a_revoked_embed_ends_in_open_pages_and_open_articles(visits, visit, demo_site, embed):
    visits.allowed.append(f"{REFUSED}|403")
    page = visit(f'<dalil-chat embed="{embed}"></dalil-chat>{tag(demo_site, "")}')
    turn = ask(page, QUESTION)
    with page.context.expect_page() as opened:
        turn.locator("a.title").first.click()
    opened.value.locator("mark").first.wait_for()
    demo_site.revoke(embed)
    failed = ask(page, QUESTION, "failed")
    assert WORDS["en"]["refused"] in failed.text_content()
    opened.value.reload()
    assert opened.value.locator("mark").count() == 0
    page.reload()
    page.get_by_role("alert").wait_for()


def test_too_many_questions_are_told_with_the_time_to_wait(visits, visit, demo_site, host):
    visits.allowed.append("429")
    page = visit(tag(demo_site, demo_site.embed(host.url, per_client=1)))
    page.get_by_role("button", name="Ask Dalil").click()
    ask(page, QUESTION)
    failed = ask(page, UNANSWERED, "failed")
    said = failed.get_by_role("alert").text_content()
    assert f"{WORDS['en']['limited']} Ask again in" in said
    failed.get_by_role("button", name="Ask again").click()
    page.locator(".turn.failed").wait_for()
    assert page.locator(".turn").count() == 2
    assert focused(page) == "Your question"


PLACE = """
body { transform: none !important; contain: none !important }
main { display: block !important; position: fixed !important; inset: 40px auto auto 30px;
  width: 600px !important; opacity: 1 !important; text-indent: 0; zoom: 1 !important;
  writing-mode: horizontal-tb !important; line-height: 0 !important }
main::before { display: none !important }
"""


# As text, since the browser's connection takes seconds over so many values.
STYLES = """() => {
  const shadow = document.querySelector("dalil-chat").shadowRoot;
  const styles = [...shadow.querySelectorAll("*")].map((e) => {
    const { x, y, width, height } = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    // A browser lists custom properties in any order.
    const names = [...style].filter((name) => !name.startsWith("--"));
    const values = names.map((name) => [name, style[name]]);
    return [e.localName, e.className, x, y, width, height, ...values];
  });
  return JSON.stringify(styles);
}"""


@pytest.mark.parametrize("place", ["button", "panel"])
def test_hostile_styles_of_the_page_change_nothing_inside(visit, demo_site, host, embed, place):
    found = {}
    if place == "button":
        body = tag(demo_site, embed)
    else:
        body = f'<main><dalil-chat embed="{embed}"></dalil-chat></main>{tag(demo_site, "")}'
    # The page decides where an element in place stands, and how wide it is.
    place_rules = PLACE if place == "panel" else ""
    for name, rules in [("plain", ""), ("hostile", HOSTILE)]:
        host.put(f"/{name}.css", rules + place_rules, "text/css")
        page = visit(
            body,
            path=f"/{name}",
            head=f'<link rel="stylesheet" href="/{name}.css">',
            more_policy=f"style-src {host.url}; require-trusted-types-for 'script'",
            reduced_motion="reduce",
        )
        if place == "button":
            page.locator(".launcher").click()
        turn = ask(page, QUESTION)
        turn.locator("a.marker").first.focus()
        found[name] = json.loads(page.evaluate(STYLES))
        with page.context.expect_page() as opened:
            turn.locator("a.marker").first.click()
        opened.value.locator("mark").first.wait_for()
    assert len(found["plain"]) == len(found["hostile"]) > 40
    differences = [
        (one[:2], [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]])
        for one, other in zip(found["plain"], found["hostile"], strict=True)
        if one != other
    ]
    assert differences == []


PAGE_STATE = """() => JSON.stringify([
  Object.getOwnPropertyNames(window).sort(),
  document.styleSheets.length, document.adoptedStyleSheets.length,
  [...document.querySelectorAll("html, body, h1")].map((e) => {
    const style = getComputedStyle(e);
    return [e.getAttributeNames(), ...[...style].map((name) => style[name])];
  }),
  [...document.body.children].map((e) => e.localName),
])"""


def test_the_page_is_left_as_it_was(visit, demo_site, embed):
    script = tag(demo_site, embed)
    page = visit(script)
    page.get_by_role("button", name="Ask Dalil").click()
    ask(page, QUESTION)
    with_widget = json.loads(page.evaluate(PAGE_STATE))
    without = json.loads(visit(script.replace("defer", 'type="text/plain"')).evaluate(PAGE_STATE))
    added = with_widget[-1].pop()
    assert (added, with_widget) == ("dalil-chat", without)


def buttons(page):
    return page.locator("dalil-chat").count()


def test_the_script_twice_is_one_widget(visit, demo_site, embed):
    page = visit(tag(demo_site, embed) * 2)
    page.get_by_role("button", name="Ask Dalil").wait_for()
    page.wait_for_function("document.readyState === 'complete'")
    assert buttons(page) == 1


REPLACED = {
    "another body": "document.body.replaceWith(document.createElement('body'))",
    "all in it": "document.body.innerHTML = '<main>New page</main>'",
    "one by one": "while (document.body.firstChild) document.body.firstChild.remove()",
}


@pytest.mark.parametrize("how", REPLACED)
def test_the_button_survives_another_body(visit, demo_site, embed, how):
    page = visit(tag(demo_site, embed))
    page.get_by_role("button", name="Ask Dalil").wait_for()
    page.evaluate(REPLACED[how])
    page.get_by_role("button", name="Ask Dalil").click()
    assert "10,000,000 dollars" in ask(page, QUESTION).inner_text()
    assert buttons(page) == 1


def test_who_takes_out_the_button_alone_is_rid_of_it(visit, demo_site, embed):
    page = visit(tag(demo_site, embed))
    page.get_by_role("button", name="Ask Dalil").wait_for()
    page.evaluate("document.querySelector('dalil-chat').remove()")
    page.evaluate("document.body.append('more')")
    assert buttons(page) == 0


def test_a_missing_id_is_told_on_the_console(visits, demo_site, host):
    visits.allowed.append(REFUSED)
    script = f'<script src="{demo_site.url}/widget.js" defer></script>'
    for path, body in (("/none", script), ("/blank", f"{script}<dalil-chat></dalil-chat>")):
        page = visits.page(viewport=DESKTOP)
        with page.expect_console_message(lambda said: "data-embed" in said.text) as told:
            page.goto(host.put(path, document(body), policy=policy(demo_site)))
        assert told.value.type == "warning"
        page.close()


def test_colours_follow_the_reader_the_page_and_its_properties(visit, demo_site, embed):
    ink = "e => getComputedStyle(e).backgroundColor"
    chat = '<dalil-chat embed="{}" {}></dalil-chat>'
    body = chat.format(embed, "") + chat.format(embed, 'theme="light"')
    page = visit(
        f'{body}<script src="{demo_site.url}/widget.js" defer></script>', color_scheme="dark"
    )
    panels = page.locator("section.dalil")
    panels.nth(1).wait_for()
    dark, light = (panels.nth(n).evaluate(ink) for n in range(2))
    assert (dark, light) == ("rgb(27, 35, 41)", "rgb(255, 255, 255)")
    page.evaluate("document.body.style.setProperty('--dalil-accent', 'rgb(1, 2, 3)')")
    assert panels.nth(0).locator(".ask").evaluate(ink) == "rgb(1, 2, 3)"


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_on_a_phone_it_fills_the_window_and_keeps_the_focus(visit, demo_site, embed, lang):
    phone = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
    page = visit(tag(demo_site, embed), lang=lang, **phone)
    page.locator(".launcher").tap()
    dialog = page.locator("dialog")
    box = dialog.bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, *PHONE.values())
    turn = ask(page, QUESTION)
    assert turn.locator("blockquote").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("document.scrollingElement.scrollTop") == 0
    boxes = [control.bounding_box() for control in dialog.locator("button, textarea").all()]
    assert min(size for b in boxes for size in (b["width"], b["height"])) >= 40
    page.locator(".close").tap()
    assert dialog.is_hidden()


def test_axe_finds_nothing_serious(visit, demo_site, embed, assert_accessible, schemes):
    page = visit(tag(demo_site, embed), bypass_csp=True, reduced_motion="reduce")
    page.get_by_role("button", name="Ask Dalil").wait_for()
    page.evaluate("document.body.style.background = 'Canvas'")
    for _ in schemes(page):
        assert_accessible(page)
    page.get_by_role("button", name="Ask Dalil").click()
    ask(page, UNANSWERED)
    ask(page, QUESTION).locator("summary").click()
    for _ in schemes(page):
        assert_accessible(page)
