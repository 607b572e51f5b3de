"""A PDF is put into the library's page, and the chat answers from it, cited to its page."""

import pytest

FIRST = "فُتح معبر سيمالكا صباح الاثنين أمام الشاحنات."
SECOND = "وبلغت كلفة ترميم جسر الخابور أربعة ملايين دولار."
PAGES = f"""<html lang="ar" dir="rtl"><title>تقرير الجسر</title>
<p>{FIRST}</p><p style="break-before: page">{SECOND}</p>"""
QUESTION = "How much did the repair of the Khabur bridge cost?"


@pytest.fixture
def pdf(page):
    """A PDF of two pages, as browsers write them."""
    page.set_content(PAGES)
    return {"name": "bridge.pdf", "mimeType": "application/pdf", "buffer": page.pdf()}


def answered(page, address):
    page.goto(address)
    page.wait_for_selector("body[data-opened]", state="attached")
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    turn = page.locator(".turn.done")
    turn.wait_for()
    return turn


def test_a_pdf_is_added_and_its_page_cited(page, pdf, make_site):
    site = make_site()
    page.goto(f"{site.url}/library?ui=en#add")
    page.locator("#add input[type=file]").set_input_files(pdf)
    page.locator("#results > li").wait_for()
    page.locator("#said:not(:empty)").wait_for()
    assert page.locator("#results > li").count() == 1
    turn = answered(page, f"{site.url}/en/")
    assert turn.locator("blockquote bdi").text_content() == SECOND
    assert turn.locator(".sources a.title").text_content().endswith(", page 2")
    turn.locator("a.marker").first.click()
    article = page.frame_locator("dialog.panel iframe")
    assert "".join(article.locator("mark").all_text_contents()) == SECOND
    breaks = article.locator(".page").evaluate_all("all => all.map((one) => one.dataset.page)")
    assert breaks == ["Page 2"]
    # The break stands before the quote, and is read to who does not see it.
    shown = "one => getComputedStyle(one, '::before').content"
    assert breaks[0] in article.locator(".page").evaluate(shown)


def test_arabic_has_its_own_comma_before_the_page(page, pdf, make_site):
    site = make_site()
    page.goto(f"{site.url}/library?ui=ar#add")
    page.locator("#add input[type=file]").set_input_files(pdf)
    page.locator("#said:not(:empty)").wait_for()
    turn = answered(page, f"{site.url}/ar/")
    assert turn.locator(".sources a.title").text_content().endswith("، الصفحة 2")
