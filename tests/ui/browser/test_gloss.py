"""A quote word for word in the chat: on request, under the quote, in the quote's own order."""

import pytest

from corpus.article import Article
from tests.ui.browser.test_chat import PHONE, QUESTION, ask, open_chat

BUTTON = "Word for word"


def test_a_quote_is_put_word_for_word_and_away_again(page, demo_site):
    turn = ask(open_chat(page, demo_site), QUESTION)
    button = turn.get_by_role("button", name=BUTTON)
    assert button.get_attribute("aria-expanded") == "false"
    quote = turn.locator("blockquote bdi").first.text_content()
    button.focus()
    page.keyboard.press("Enter")
    words = turn.locator(".gloss ol li")
    words.first.wait_for()
    assert button.get_attribute("aria-expanded") == "true"
    assert "not a translation" in turn.locator(".gloss p").first.text_content()
    shown = [word.locator("bdi").text_content() for word in words.all()]
    assert " ".join(shown) == quote
    said = {word.locator("bdi").text_content(): word.locator(".meaning") for word in words.all()}
    assert said["عشرة ملايين"].text_content() == "10,000,000"
    assert said["عشرة ملايين"].get_attribute("lang") == "en"
    # The quote itself stays where it is, and the words run as it does.
    assert turn.locator("blockquote bdi").first.text_content() == quote
    first, second = (words.nth(n).bounding_box() for n in (0, 1))
    assert first["x"] > second["x"]
    assert first["y"] == pytest.approx(second["y"], abs=1)
    button.click()
    assert words.count() == 0
    assert button.get_attribute("aria-expanded") == "false"


def test_a_quote_in_the_readers_language_has_no_button(page, demo_site):
    turn = ask(open_chat(page, demo_site, "ar"), "ما المكافأة المعلنة لمن يدل على حجي عبد الله؟")
    assert turn.locator("blockquote").count()
    assert turn.locator(".gloss").count() == 0


def test_what_looks_like_markup_stays_text(page, make_site):
    text = "أعلن المجلس أن الجسر <img src=x onerror=alert(1)> في المدينة سيفتح يوم 3 أيار."
    site = make_site([Article("a", text, title="الجسر", language="ar")])
    turn = ask(open_chat(page, site), "When will the bridge in the city open?")
    turn.get_by_role("button", name=BUTTON).first.click()
    words = turn.locator(".gloss ol li")
    words.first.wait_for()
    assert turn.locator(".gloss img").count() == 0
    assert "3 May" in words.locator(".meaning").all_text_contents()


def test_words_fit_a_phone(page, demo_site):
    page.set_viewport_size(PHONE)
    turn = ask(open_chat(page, demo_site), QUESTION)
    turn.get_by_role("button", name=BUTTON).click()
    turn.locator(".gloss ol li").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_server_that_is_gone_is_told(page, demo_site):
    turn = ask(open_chat(page, demo_site), QUESTION)
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError()); }")
    turn.get_by_role("button", name=BUTTON).click()
    assert turn.locator(".gloss .held").text_content() == "That did not work."
