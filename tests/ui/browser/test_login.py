"""Logging in and out in a browser: by form, in both languages, with nothing left behind."""

from itertools import combinations

import pytest

PASSWORD = "five words nobody would guess"
QUESTION = "What bounty was announced for Hajji Abdullah?"


def log_in(page, password=PASSWORD):
    page.locator("#name").fill("Leila")
    page.locator("#password").fill(password)
    page.keyboard.press("Enter")


def overlap(one, other):
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


def opened(page):
    page.wait_for_selector("body[data-opened]", state="attached")


def test_asked_logged_out_and_nothing_is_left(visits, page, closed_site):
    # Who leaves while questions are still being tried breaks that off, and Gradio's script says so.
    visits.allowed.append("AbortError|errored out")
    page.goto(closed_site.url)
    assert "/login?next=" in page.url
    log_in(page)
    opened(page)
    assert page.locator("#who bdi").text_content() == "leila"
    page.set_viewport_size({"width": 390, "height": 844})
    ways = page.locator("#brand a, #who bdi, #who button, #again").all()
    boxes = [way.bounding_box() for way in ways]
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator(".turn.done").wait_for()
    page.reload()
    page.locator(".turn.done").wait_for()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    assert page.evaluate("Object.keys(localStorage)") == []
    page.go_back()
    page.wait_for_url("**/login**")
    assert "Hajji" not in page.content()
    assert page.locator("#password").count() == 1


def test_a_link_leads_to_its_article_after_the_log_in(visits, page, closed_site):
    visits.allowed.append("404")
    href = "/articles/nowhere%2Fat%20all?version=2&ui=en"
    page.goto(f"{closed_site.url}{href}")
    log_in(page)
    page.wait_for_url(f"**{href}")


@pytest.mark.parametrize(("locale", "heading", "direction", "loaded"), [
    ("en-GB", "Log in", "ltr", "light"), ("ar-SY", "تسجيل الدخول", "rtl", "dark"),
])  # fmt: skip
def test_the_log_in_page_is_accessible(
    visits, closed_site, assert_accessible, schemes, locale, heading, direction, loaded
):
    visits.allowed.append("401")
    page = visits.page(locale=locale, color_scheme=loaded)
    page.goto(closed_site.url)
    assert page.locator("h1").text_content() == heading
    assert page.locator("html").get_attribute("dir") == direction
    page.locator("#name:focus").wait_for()
    for _ in schemes(page):
        assert_accessible(page)
    log_in(page, "wrong wrong wrong")
    page.locator("[role=alert]").wait_for()
    page.locator("#password:focus").wait_for()
    assert page.locator("#name").input_value() == "Leila"
    for _ in schemes(page):
        assert_accessible(page)
