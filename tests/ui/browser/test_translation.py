"""A quote translated by the language model: on request, marked as such, under the quote."""

import pytest

from tests.fakes.model_server import ModelServer, Reply
from tests.fakes.writing_service import NAME
from tests.ui.browser.test_chat import PHONE
from tests.ui.browser.test_written import FIRST, HARBOUR, open_chat

QUOTE = HARBOUR.text[slice(*FIRST)]
WRITTEN = "It reopened on Sunday [1]."
SAID = "The fishermen’s <img src=x onerror=alert(1)> harbour reopened on 3 May."


@pytest.fixture(scope="module")
def model():
    """A server whose model answers questions, and translates when it is told to."""

    def reply(messages):
        return Reply(SAID if "translate" in messages[0]["content"] else WRITTEN)

    server = ModelServer(reply)
    yield server
    server.close()


@pytest.fixture(scope="module")
def site(make_site, model):
    return make_site([HARBOUR], llm=NAME, llm_base_url=model.url("openai"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_translation_is_marked_and_leaves_the_quote(page, site, language, assert_accessible):
    turn = open_chat(page, site, language)
    page.locator(".turn.done").wait_for()
    name = {"en": "Translate", "ar": "ترجمة"}[language]
    button = turn.get_by_role("button", name=name, exact=True).first
    button.focus()
    page.keyboard.press("Enter")
    turn.locator(".translation .said").wait_for()
    assert turn.locator(".source blockquote > bdi").first.text_content() == QUOTE
    note, lacks = turn.locator(".translation p:not(.said)").all_text_contents()
    assert NAME in note
    # The question's language, whatever the page's; what it has too much is told.
    said = turn.locator(".translation .said bdi")
    assert (said.get_attribute("lang"), said.get_attribute("dir")) == ("en", "ltr")
    assert said.text_content() == "The fishermen’s harbour reopened on 3 May."
    assert turn.locator(".translation img").count() == 0
    assert "3 May" in lacks
    assert_accessible(page)
    button.click()
    assert turn.locator(".translation .said").count() == 0
    assert button.get_attribute("aria-expanded") == "false"


def test_word_for_word_stays_beside_it(page, site):
    page.set_viewport_size(PHONE)
    turn = open_chat(page, site)
    page.locator(".turn.done").wait_for()
    turn.get_by_role("button", name="Translate", exact=True).first.click()
    turn.get_by_role("button", name="Word for word").first.click()
    turn.locator(".gloss ol li").first.wait_for()
    turn.locator(".translation .said").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_model_that_fails_is_told(page, site):
    turn = open_chat(page, site)
    page.locator(".turn.done").wait_for()
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()); }")
    turn.get_by_role("button", name="Translate", exact=True).first.click()
    turn.get_by_text("That did not work.").wait_for()


def test_without_a_model_nothing_is_offered(page, make_site):
    turn = open_chat(page, make_site([HARBOUR]))
    page.locator(".turn.done").wait_for()
    assert turn.get_by_role("button", name="Word for word").count()
    assert turn.locator(".translation").count() == 0
