"""Questions to go on with: under the last answer, by mouse and keys, in both directions."""

import pytest

from tests.ui.browser.test_chat import DESKTOP, PHONE, ask, open_chat

MINES = "How many mines were found around Baghuz?"
SUR = "متى وقع تفجير الصور؟"


@pytest.mark.parametrize(
    ("language", "question", "window"), [("en", MINES, DESKTOP), ("ar", SUR, PHONE)]
)
def test_a_question_to_go_on_with_is_asked_when_it_is_pressed(
    visits, demo_site, assert_accessible, language, question, window
):
    page = open_chat(visits.page(viewport=window), demo_site, language)
    ask(page, question)
    follow = page.locator(".follow")
    buttons = follow.get_by_role("button")
    buttons.first.wait_for()
    assert follow.evaluate("e => e === e.parentNode.lastChild")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heading, first = follow.locator("h3").bounding_box(), buttons.first.bounding_box()
    if language == "ar":
        edges = [box["x"] + box["width"] for box in (heading, first)]
    else:
        edges = [box["x"] for box in (heading, first)]
    assert edges[0] == pytest.approx(edges[1], abs=1)
    assert_accessible(page)

    offered = buttons.first.text_content()
    buttons.first.focus()
    page.keyboard.press("Enter")
    page.locator(".turn.done").nth(1).wait_for()
    turn = page.locator(".turn").nth(1)
    assert turn.locator(".question bdi").text_content() == offered
    assert turn.locator(".answer.answered").count() == 1
    # The questions of the answer before are gone, and the keyboard goes on from the new one.
    assert turn.locator(".question").evaluate("e => e === document.activeElement")
    assert offered not in page.locator(".follow button").all_text_contents()
    if language == "en":
        page.get_by_role("button", name="New conversation").click()
        page.locator("button.example").first.wait_for()
        assert page.locator(".follow").count() == 0


def wait_for(page, count, held):
    """Wait until so many requests are held: a page asks a moment after its answer is shown."""
    for _ in range(3_000):
        if len(held) >= count:
            break
        page.wait_for_timeout(10)
    assert len(held) == count


def test_what_comes_too_late_or_not_at_all_is_not_shown(page, demo_site, visits):
    visits.allowed = ["503"]
    held = []
    page.route("**/api/suggestions?*", lambda route: held.append(route))
    open_chat(page, demo_site)
    ask(page, MINES)
    wait_for(page, 1, held)
    ask(page, "Who won the football cup?")
    held[0].fulfill(json={"suggestions": ["Late?"]})
    ask(page, MINES)
    wait_for(page, 2, held)
    held[1].fulfill(status=503, json={"error": "Busy."})
    page.wait_for_timeout(100)
    assert page.locator(".follow").count() == 0
    # What is offered is text, whatever it looks like.
    ask(page, MINES)
    wait_for(page, 3, held)
    held[2].fulfill(json={"suggestions": ["<img src=x onerror=alert(1)>"]})
    page.locator(".follow button").wait_for()
    assert page.locator(".follow img").count() == 0
