"""Answers that a model writes, in chat and widget: as they come, marked, taken back, given up."""

import pytest

from corpus.article import Article
from tests.fakes.model_server import ModelServer, Reply
from tests.fakes.writing_service import NAME, Said, Script, writing_service

HARBOUR = Article(
    id="harbour",
    text="أعيد فتح ميناء الصيادين يوم الأحد. ودخلت الميناء أربعون سفينة.",
    title="الميناء يعود إلى العمل",
    language="ar",
)
FIRST = (0, HARBOUR.text.index(".") + 1)
SECOND = (FIRST[1] + 1, len(HARBOUR.text))
QUOTES = [("harbour", *FIRST), ("harbour", *SECOND)]
QUESTION = "When was the harbour reopened?"
STEPS = [
    Said("The harbour 🚢 reopened on Sunday.", (1,)),
    None,
    Said("Rami Haddad opened it.", (2,), supported=False, missing=("Rami Haddad",)),
    Said("\nEverybody was glad.", (), supported=False),
    None,
    Said("Forty ships came.", (2,)),
]
# A word each time the test lets it go on.
LONG = [STEPS[0], *[step for _ in range(500) for step in (None, Said("More."))]]
MARKED = ["not found in the sources: Rami Haddad", "without a source"]


@pytest.fixture(scope="module")
def script():
    return Script([], QUOTES)


@pytest.fixture(scope="module")
def site(make_site, script):
    return make_site([HARBOUR], service=writing_service(script), llm=NAME)


@pytest.fixture
def writing(script):
    """Return a function that sets what is written next."""

    def write(*steps):
        script.begin(*steps)
        return script

    yield write
    script.end()


def open_chat(page, site, language="en"):
    page.goto(f"{site.url}/{language}/")
    page.wait_for_selector("body[data-opened]", state="attached")
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    return page.locator(".turn")


def open_widget(page, site, host, language="en"):
    embed = site.embed(host.url)
    script = (
        f'<dalil-chat embed="{embed}"></dalil-chat><script src="{site.url}/widget.js"></script>'
    )
    page.goto(host.put("/", f'<!doctype html><html lang="{language}"><title>Site</title>{script}'))
    page.locator("textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    return page.locator(".turn")


def check_marked(turn):
    """What has no support is marked, with words; what has some is not, to the letter."""
    assert turn.locator(".doubt").all_text_contents() == [
        "Rami Haddad opened it.",
        "Everybody was glad.",
    ]
    assert turn.locator(".flag").all_text_contents() == MARKED
    assert turn.locator("a.marker:not(.source a)").all_text_contents() == ["1", "2", "2"]
    quotes = turn.locator(".source blockquote")
    assert quotes.locator("> bdi").all_text_contents() == [
        HARBOUR.text[slice(*FIRST)],
        HARBOUR.text[slice(*SECOND)],
    ]
    assert quotes.first.get_attribute("lang") == "ar"
    assert quotes.first.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert "language model" in turn.locator(".by").text_content()


def test_a_citation_can_be_opened_while_the_answer_is_being_written(page, site, writing):
    script = writing(*STEPS)
    turn = open_chat(page, site)
    marker = turn.locator("a.marker").first
    marker.hover()
    # Pressed while nothing comes, let go after more has come.
    page.mouse.down()
    script.go()
    page.get_by_text("Everybody was glad.").wait_for()
    page.mouse.up()
    page.frame_locator("dialog.panel iframe").locator("#quote").wait_for()
    assert page.locator(".turn.working").count() == 1
    assert not script.left.is_set()
    assert turn.locator(".status").text_content() == "Writing from the articles…"


def test_statements_without_support_are_marked_in_the_chat(
    page, site, writing, assert_accessible, contrast
):
    script = writing(*STEPS)
    script.go()
    script.go()
    turn = open_chat(page, site)
    page.locator(".turn.done").wait_for()
    check_marked(turn)
    assert NAME in page.locator("#made-by").text_content()
    assert_accessible(page)
    flag = (
        "e => [getComputedStyle(e).color, getComputedStyle(e.closest('.answer')).backgroundColor]"
    )
    assert contrast(*turn.locator(".flag").first.evaluate(flag)) >= 4.5


def test_marks_are_told_in_arabic(page, site, writing):
    script = writing(*STEPS)
    script.go()
    script.go()
    turn = open_chat(page, site, "ar")
    page.locator(".turn.done").wait_for()
    flags = turn.locator(".flag")
    assert flags.all_text_contents() == ["غير موجود في المصادر: Rami Haddad", "بلا مصدر"]
    assert flags.first.evaluate("e => getComputedStyle(e).direction") == "rtl"


def test_what_is_taken_back_is_gone(page, site, writing):
    script = writing(Said("The harbour reopened.", (1,)), None, "restart")
    turn = open_chat(page, site)
    turn.locator("a.marker").wait_for()
    script.go()
    page.locator(".turn.done").wait_for()
    assert turn.locator("a.marker").count() == 0
    assert "The harbour reopened." not in turn.text_content()
    assert "could not be reached" in turn.locator(".notice").text_content()


def check_ended(script):
    """A model that is let go on, word by word, is ended long before its end."""
    for _ in range(240):
        if script.left.wait(timeout=0.1):
            break
        script.go()
    assert script.left.is_set()
    assert script.written < len(LONG) / 2


def leave_by_button(page):
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_function("!document.querySelector('.turn')")


def leave_by_closing(page):
    page.context.close()


@pytest.mark.parametrize("leave", [leave_by_button, leave_by_closing])
def test_a_reader_who_leaves_the_chat_ends_the_writing(page, site, writing, leave):
    script = writing(*LONG)
    open_chat(page, site).locator("a.marker").wait_for()
    leave(page)
    check_ended(script)


@pytest.mark.parametrize("how", ["button", "closing"])
def test_a_reader_who_leaves_the_widget_ends_the_writing(page, site, host, writing, how):
    script = writing(*LONG)
    open_widget(page, site, host).locator("a.marker").wait_for()
    if how == "button":
        page.get_by_role("button", name="New conversation").click()
    else:
        page.context.close()
    check_ended(script)


def test_the_widget_cites_while_it_is_written_and_marks_what_has_no_support(
    page, site, host, writing, assert_accessible
):
    script = writing(*STEPS)
    turn = open_widget(page, site, host)
    turn.locator("a.marker").first.wait_for()
    assert turn.locator("a.marker").first.get_attribute("href").startswith(f"{site.url}/embed/")
    assert page.locator(".turn.working").count() == 1
    assert not script.left.is_set()
    script.go()
    script.go()
    page.locator(".turn.done").wait_for()
    check_marked(turn)
    assert "restates what they say" not in page.locator(".made").text_content()
    assert_accessible(page)


def test_what_is_taken_back_is_gone_from_the_widget(page, site, host, writing):
    script = writing(Said("The harbour reopened.", (1,)), None, "restart")
    turn = open_widget(page, site, host)
    turn.locator("a.marker").wait_for()
    script.go()
    page.locator(".turn.done").wait_for()
    assert turn.locator("a.marker").count() == 0
    assert "The harbour reopened." not in turn.text_content()


@pytest.fixture(scope="module")
def model():
    """A real server of a model that waits in the middle of its reply."""
    pieces = ("The harbour reopened on Sunday [1].", None, " Forty ships came to Basra [2].")
    server = ModelServer(Reply(pieces=pieces))
    yield server
    server.close()


def test_the_words_of_a_real_model_server_reach_the_chat(page, make_site, model):
    site = make_site([HARBOUR], llm=NAME, llm_base_url=model.url("openai"))
    turn = open_chat(page, site)
    turn.locator("a.marker").wait_for()
    assert page.locator(".turn.working").count() == 1
    model.go()
    page.locator(".turn.done").wait_for()
    assert turn.locator(".doubt").all_text_contents() == ["Forty ships came to Basra"]
    assert turn.locator(".flag").all_text_contents() == ["not found in the sources: Basra"]
    shown = turn.locator(".source blockquote > bdi").all_text_contents()
    assert shown == [HARBOUR.text[slice(*FIRST)], HARBOUR.text[slice(*SECOND)]]
    # The answer was saved as it was given.
    page.reload()
    page.locator(".turn.done .flag").wait_for()
    assert page.locator(".turn .line").text_content().startswith("The harbour reopened on Sunday")
