"""The chat in a browser: asked, cited, opened, refused, reloaded, in both languages, by keys."""

import json
from datetime import date
from urllib.request import urlopen

import pytest

from corpus.article import Article

QUESTION = "What bounty was announced for Hajji Abdullah?"
UNANSWERED = "Who won the football cup?"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
OVERRIDE = "\u202e"


def open_chat(page, site, language="en"):
    page.goto(f"{site.url}/{language}/")
    # The page's events work once the first of them, its opening, has been answered.
    page.wait_for_selector("body[data-opened]", state="attached")
    return page


def ask(page, question):
    """Ask by the field and Enter, and return the turn once it is done."""
    turns = page.locator(".turn")
    before = turns.count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn.done").nth(before).wait_for()
    return turns.nth(before)


@pytest.fixture
def new_chat(page, demo_site):
    """The chat in a page of its own, for what a new conversation does not put back."""
    return open_chat(page, demo_site)


@pytest.fixture(scope="module")
def lasting_chat(lasting_visits, demo_site):
    return open_chat(lasting_visits.page(viewport=DESKTOP), demo_site)


@pytest.fixture
def chat(lasting_visits, lasting_chat):
    """The chat without a conversation, in a page that tests share, since loading one takes long."""
    lasting_chat.wait_for_selector("body[data-opened]", state="attached")
    if lasting_chat.locator("dialog.panel").count():
        lasting_chat.keyboard.press("Escape")
    if lasting_chat.locator(".turn").count():
        start_anew(lasting_chat)
    yield lasting_chat
    assert lasting_visits.unexpected() == []


def start_anew(page):
    page.get_by_role("button", name="New conversation").click()
    page.locator("button.example").first.wait_for()


def test_the_demo_question_is_answered_and_its_citation_opens_the_article(chat):
    turn = ask(chat, QUESTION)
    quote = turn.locator("blockquote bdi").first.text_content()
    assert "حجي عبد الله" in quote
    turn.locator("a.marker").first.click()
    article = chat.frame_locator("dialog.panel iframe")
    article.locator("#quote").wait_for()
    assert "".join(article.locator("mark").all_text_contents()) == quote
    box, frame = article.locator("#quote").bounding_box(), chat.locator("iframe").bounding_box()
    assert frame["y"] <= box["y"] < frame["y"] + frame["height"]
    panel = chat.locator("dialog.panel")
    assert panel.get_by_role("heading").text_content()
    assert panel.locator("time").get_attribute("datetime") == "2020-07-02"
    pairs = panel.locator(".met li").all_text_contents()
    assert "Hajji ↔ حجي" in pairs
    # What is left of the bar beside the article is one line high.
    assert chat.locator("#top").bounding_box()["height"] < 80


def test_quotes_keep_the_articles_language_and_direction(chat):
    turn = ask(chat, QUESTION)
    quote = turn.locator("blockquote").first
    assert (quote.get_attribute("lang"), quote.get_attribute("dir")) == ("ar", "rtl")
    assert turn.locator(".line").first.text_content().rstrip() == "10,000,000 dollars"
    line = turn.locator(".line").nth(1)
    assert line.get_attribute("lang") == "en"
    assert line.evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert line.text_content().rstrip() == "The articles say:"
    title = turn.locator("a.title bdi").first
    assert title.get_attribute("dir") == "rtl"


@pytest.mark.parametrize(
    ("language", "direction", "locale"), [("ar", "rtl", "ar-SY"), ("en", "ltr", "en-GB")]
)
def test_the_interface_follows_the_browser_and_is_mirrored(
    visits, demo_site, language, direction, locale
):
    page = visits.page(locale=locale, viewport=DESKTOP)
    page.goto(demo_site.url)
    page.wait_for_selector("button.example")
    assert page.url == f"{demo_site.url}/{language}/"
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (language, direction)
    ask(page, QUESTION).locator("a.marker").first.click()
    page.frame_locator("iframe").locator("#quote").wait_for()
    middle = page.evaluate("innerWidth") / 2
    button = page.locator("#ask").bounding_box()["x"]
    field = page.locator("#question").bounding_box()["x"]
    panel = page.locator("dialog.panel").bounding_box()
    centre = panel["x"] + panel["width"] / 2
    assert (button < field, centre < middle) == (direction == "rtl", direction == "rtl")


def test_the_language_can_be_switched_and_the_conversation_stays(new_chat, demo_site):
    ask(new_chat, QUESTION)
    new_chat.get_by_role("link", name="العربية").click()
    new_chat.wait_for_selector(".turn.done")
    root = new_chat.locator("html")
    # The browser prefers English all the while.
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == ("ar", "rtl")
    assert new_chat.locator(".turn time").first.text_content() == "٢ يوليو ٢٠٢٠"
    assert new_chat.get_by_role("heading", name="المصادر").count() == 1
    # What was chosen counts for more than what the browser prefers.
    new_chat.goto(demo_site.url)
    new_chat.wait_for_selector(".turn.done")
    assert new_chat.url.endswith("/ar/")


def test_a_question_sent_while_another_is_answered_is_asked_next(chat):
    field = chat.locator("#question textarea")
    field.fill(QUESTION)
    chat.keyboard.press("Enter")
    # As soon as the field is empty the next question is written into it, and stays there.
    chat.wait_for_function("!document.querySelector('#question textarea').value")
    field.fill(UNANSWERED)
    chat.keyboard.press("Enter")
    chat.locator(".turn.done").nth(1).wait_for()
    asked = chat.locator(".turn .question").all_text_contents()
    assert [text.split(": ", 1)[1] for text in asked] == [QUESTION, UNANSWERED]
    assert not field.input_value()


def test_a_reload_keeps_conversation_and_citations(chat):
    ask(chat, QUESTION)
    before = ask(chat, UNANSWERED)
    texts = chat.locator(".turn").all_text_contents()
    assert before.locator("a.marker").count() == 0
    chat.reload()
    chat.locator(".turn.done").nth(1).wait_for()
    assert chat.locator(".turn").all_text_contents() == texts
    chat.locator("a.marker").first.click()
    assert chat.frame_locator("iframe").locator("#quote").text_content()


def test_a_new_conversation_starts_empty_and_stays_so(chat):
    ask(chat, QUESTION)
    start_anew(chat)
    assert chat.locator(".turn").count() == 0
    chat.reload()
    chat.locator("button.example").first.wait_for()
    assert chat.locator(".turn").count() == 0


def test_an_abstention_looks_different_and_offers_the_nearest_passages(chat):
    refused = ask(chat, UNANSWERED)
    assert refused.get_by_role("heading", name="Not answered by the articles").is_visible()
    assert refused.locator("blockquote, a.marker, ol").count() == 0
    assert refused.locator(".nearest li").count() == 3
    answered = ask(chat, QUESTION)
    looks = "e => { const s = getComputedStyle(e); return [s.backgroundColor, s.borderStyle]; }"
    one, other = (turn.locator(".answer").evaluate(looks) for turn in (refused, answered))
    assert one[0] != other[0]
    assert one[1] != other[1]
    refused.locator(".nearest a").first.click()
    assert chat.frame_locator("iframe").locator("mark").first.text_content()


def test_a_follow_up_leans_on_the_question_before_it(chat):
    ask(chat, "Who is Hajji Abdullah?")
    turn = ask(chat, "And what is the reward for him?")
    assert "عشرة ملايين دولار" in turn.locator("blockquote").first.text_content()


def test_examples_come_from_the_collection_and_are_asked_by_a_click(chat):
    examples = chat.locator("button.example:visible")
    # Each is tried before it is shown, and how many there is time for is the machine's to say.
    examples.first.wait_for()
    chat.wait_for_timeout(1_000)
    asked = examples.last.text_content().strip()
    examples.last.click()
    chat.locator(".turn.done").wait_for()
    assert chat.locator(".question bdi").text_content() == asked
    assert chat.locator(".answer.answered .sources li").count()
    assert chat.locator("#welcome").is_hidden()


def test_filters_act_on_the_answer(new_chat):
    new_chat.get_by_role("button", name="Filter by outlet and date").click()
    # Gradio draws the fields a moment after they are opened, and carries what is filled in into its
    # state a moment later; no reader is as fast as a test.
    new_chat.wait_for_timeout(1_000)
    new_chat.get_by_label("Published from").fill("2021-01-01")
    new_chat.wait_for_timeout(500)
    turn = ask(new_chat, QUESTION)
    dates = [t.get_attribute("datetime") for t in turn.locator("time").all()]
    assert dates
    assert all(day >= "2021" for day in dates)
    new_chat.get_by_label("Published from").fill("")
    new_chat.get_by_label("Outlet").click()
    new_chat.get_by_role("option", name="صدى الخابور").click()
    new_chat.wait_for_timeout(500)
    turn = ask(new_chat, QUESTION)
    assert turn.locator("blockquote").count() >= 1
    assert {o.partition(" · ")[0] for o in turn.locator(".origin").all_text_contents()} == {
        "صدى الخابور"
    }


def test_what_was_preferred_is_shown_and_can_be_pressed_away(new_chat):
    turn = ask(new_chat, f"{QUESTION[:-1]} in 2020?")
    chip = turn.locator(".preferred")
    assert chip.locator("bdi").all_text_contents() == ["2020"]
    away = chip.get_by_role("button", name="Ask again without putting these first")
    box = away.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    away.click()
    again = new_chat.locator(".turn.done").nth(1)
    again.wait_for()
    asked = [t.text_content() for t in (turn.locator(".question"), again.locator(".question"))]
    assert asked[0] == asked[1]
    assert again.locator(".preferred").count() == 0
    assert again.get_by_role("button", name="Copy with sources").is_visible()


def test_a_refusal_says_what_the_filter_hides(new_chat):
    new_chat.get_by_role("button", name="Filter by outlet and date").click()
    new_chat.wait_for_timeout(1_000)
    new_chat.get_by_label("Published until").fill("2020-01-01")
    new_chat.wait_for_timeout(500)
    turn = ask(new_chat, QUESTION)
    assert "It is answered outside your filter (articles: 1)." in turn.text_content()


def test_feedback_with_a_note_is_stored(chat, demo_site):
    turn = ask(chat, QUESTION)
    turn.get_by_role("button", name="Not helpful", exact=True).click()
    turn.get_by_label("What was right or wrong?").fill("المبلغ صحيح & <b>bold</b>")
    turn.get_by_role("button", name="Send").click()
    turn.locator("form.note").wait_for(state="hidden")
    turn.get_by_text("Thank you, noted.").wait_for()
    answer_id = turn.locator(".source").first.get_attribute("id").split("-")[1]
    with urlopen(f"{demo_site.url}/api/answers/{answer_id}") as response:
        saved = json.load(response)
    assert saved["feedback"]["helpful"] is False
    assert saved["feedback"]["note"] == "المبلغ صحيح & <b>bold</b>"
    chat.reload()
    pressed = chat.get_by_role("button", name="Not helpful", exact=True)
    pressed.wait_for()
    assert pressed.get_attribute("aria-pressed") == "true"


def test_an_answer_is_copied_with_its_sources(visits, demo_site):
    page = visits.page(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(open_chat(page, demo_site), QUESTION)
    turn.get_by_role("button", name="Copy with sources").click()
    turn.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    quote = turn.locator("blockquote bdi").first.text_content()
    assert quote in copied
    assert "[1] عشرة ملايين دولار" in copied
    words = turn.locator("blockquote strong").first.text_content()
    page.goto(copied.split()[-1])
    assert "".join(page.locator("mark").all_text_contents()) == quote
    assert page.locator("mark strong").text_content() == words


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_usable_on_a_phone(visits, demo_site, language):
    page = open_chat(visits.page(viewport=PHONE, has_touch=True), demo_site, language)
    assert page.locator("#ask").is_visible()
    ask(page, QUESTION).locator("a.marker").first.tap()
    page.frame_locator("iframe").locator("#quote").wait_for()
    panel = page.locator("dialog.panel").bounding_box()
    assert (panel["x"], panel["width"]) == (0, PHONE["width"])
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator("dialog.panel button").tap()
    assert page.locator("dialog.panel").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def focused(page):
    return page.evaluate(
        "(e => e.getAttribute('aria-label') || e.textContent.trim())(document.activeElement)"
    )


def tab_to(page, label):
    """Press Tab until the element with a label has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused(page).startswith(label):
            return
    pytest.fail(f"Tab does not reach {label!r}.")


def test_everything_is_reached_by_keyboard(new_chat):
    offered = new_chat.locator("button.example").first
    offered.wait_for()
    tab_to(new_chat, offered.text_content().strip())
    new_chat.keyboard.press("Enter")
    new_chat.locator(".turn.done").wait_for()
    new_chat.locator("#question textarea").focus()
    new_chat.keyboard.type(QUESTION)
    new_chat.keyboard.press("Enter")
    new_chat.locator(".turn.done").nth(1).wait_for()
    new_chat.locator(".turn").last.locator("a.marker").first.focus()
    link = focused(new_chat)
    assert link.startswith("Source 1: عشرة ملايين")
    new_chat.keyboard.press("Enter")
    new_chat.frame_locator("iframe").locator("#quote").wait_for()
    assert focused(new_chat) == "Close the source"
    new_chat.keyboard.press("Escape")
    assert new_chat.locator("dialog.panel").count() == 0
    assert focused(new_chat) == link
    tab_to(new_chat, "Matching words")
    new_chat.keyboard.press("Enter")
    assert new_chat.locator(".turn").last.locator(".met[open]").count() == 1
    for label in ("Copy with sources", "Helpful", "Not helpful", "Filter by outlet", "Ask"):
        tab_to(new_chat, label)


@pytest.mark.parametrize(("language", "loaded"), [("en", "light"), ("ar", "dark")])
def test_axe_finds_nothing_serious(visits, demo_site, assert_accessible, schemes, language, loaded):
    page = visits.page(bypass_csp=True, color_scheme=loaded, viewport=DESKTOP)
    open_chat(page, demo_site, language)
    for _ in schemes(page):
        assert_accessible(page)
    page.locator(".gr-accordion button").click()
    ask(page, UNANSWERED)
    turn = ask(page, QUESTION)
    turn.locator(".thumb").last.click()
    turn.locator(".note textarea").wait_for()
    turn.locator("summary").click()
    for _ in schemes(page):
        assert_accessible(page)
    turn.locator("a.marker").first.click()
    page.frame_locator("iframe").locator("#quote").wait_for()
    for _ in schemes(page):
        assert_accessible(page)


def test_arabic_text_stands_out_from_its_ground(visits, demo_site, contrast, schemes):
    page = open_chat(visits.page(viewport=DESKTOP), demo_site, "ar")
    refused, turn = ask(page, "كيف تُطهى البيتزا؟"), ask(page, QUESTION)

    def colours(locator):
        return locator.first.evaluate(
            "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
        )

    cards = []
    for _ in schemes(page):
        card, caution = colours(turn.locator(".answer"))[1], colours(refused.locator(".answer"))[1]
        assert contrast(*colours(turn.locator("blockquote bdi"))) >= 7
        assert contrast(*colours(turn.locator(".question"))) >= 7
        assert contrast(*colours(turn.locator("a.marker"))) >= 4.5
        assert contrast(colours(turn.locator("a.title"))[0], card) >= 7
        assert contrast(colours(turn.locator(".origin"))[0], card) >= 4.5
        assert contrast(colours(refused.locator(".verdict"))[0], caution) >= 4.5
        assert contrast(colours(refused.locator(".excerpt"))[0], caution) >= 7
        assert contrast(colours(refused.locator(".origin"))[0], caution) >= 4.5
        cards.append(card)
    # Both schemes were seen.
    assert cards[0] != cards[1]


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
MARKDOWN = "![pixel](https://example.org/pixel.png) [link](javascript:alert(3))"


@pytest.fixture(scope="module")
def hostile_site(make_site):
    text = f"{SCRIPT} The mayor of Qamishli opened {MARKDOWN} the new bridge on Sunday. {OVERRIDE}"
    return make_site(
        [
            Article(
                id='"><svg onload=alert(4)>/../../etc',
                text=f"{text}\n\nThe bridge cost nine million dollars. onclick=alert(5)",
                title=f"{OVERRIDE}Bridge {SCRIPT} {MARKDOWN}",
                outlet=f'" onmouseover="alert(6) {OVERRIDE}',
                source=f"{SCRIPT}.md",
                url="javascript:alert(7)",
                published=date(2021, 5, 2),
                language="en",
            )
        ]
    )


def test_hostile_text_stays_text_and_fetches_nothing(visits, hostile_site):
    # `visits` fails the test for any request to another host, any dialog and any script error.
    page = open_chat(visits.page(), hostile_site)
    turn = ask(page, f"What did the mayor of Qamishli open? {SCRIPT} {MARKDOWN}")
    assert SCRIPT in turn.locator(".question").text_content()
    assert turn.locator("a.title").first.text_content().endswith(f"{SCRIPT} {MARKDOWN}")
    assert page.locator("#turns img, #turns script, #turns svg").count() == 0
    addresses = [a.get_attribute("href") for a in turn.locator("a").all()]
    assert addresses
    assert all(address.startswith("/articles/") for address in addresses)
    turn.locator("a.title").first.click()
    article = page.frame_locator("iframe")
    article.locator("mark").first.wait_for()
    assert article.locator("img, script").count() == 0
    assert "![pixel]" in article.locator("body").text_content()


def test_an_override_in_a_title_cannot_turn_the_page_around(visits, hostile_site):
    turn = ask(open_chat(visits.page(), hostile_site), "What did the mayor of Qamishli open?")
    origin = turn.locator(".origin").first
    date_box = origin.locator("time").bounding_box()
    outlet_box = origin.locator("bdi").bounding_box()
    assert outlet_box["x"] < date_box["x"]


def test_an_empty_library_says_what_to_do(visits, make_site):
    page = open_chat(visits.page(), make_site([]))
    assert "dalil add" in page.locator("#welcome").text_content()
    turn = ask(page, QUESTION)
    assert "dalil add PATH" in turn.locator(".notice").text_content()


def test_what_a_browser_kept_may_be_broken(visits, demo_site):
    visits.allowed.append("console")
    page = visits.page()
    page.goto(f"{demo_site.url}/api/openapi.json")
    page.evaluate("localStorage.setItem('dalil.conversation', 'not what Gradio wrote')")
    turn = ask(open_chat(page, demo_site), QUESTION)
    assert turn.locator("blockquote").count() >= 1
