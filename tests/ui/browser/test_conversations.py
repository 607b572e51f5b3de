"""Conversations in a browser: opened again and asked on, named, found, deleted, by keys."""

import zipfile

import pytest

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
BOUNTY = "What bounty was announced for Hajji Abdullah?"


@pytest.fixture(scope="module")
def own_site(make_site, demo_library):
    return make_site(filled=demo_library)


def open_chat(page, site, language="en"):
    page.goto(f"{site.url}/{language}/")
    page.wait_for_selector("body[data-opened]", state="attached")
    return page


def ask(page, question):
    before = page.locator(".turn").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn.done").nth(before).wait_for()


def listed(page, count):
    page.wait_for_function(
        "n => document.querySelectorAll('.drawer[open] li').length === n", arg=count
    )
    return page.locator(".drawer li")


def test_opened_again_asked_on_named_found_and_deleted(page, own_site):
    open_chat(page, own_site)
    for question in (BOUNTY, "Who offers it?"):
        ask(page, question)
    cited = page.locator("blockquote bdi").first.text_content()
    page.get_by_role("button", name="New conversation").click()
    page.locator("#welcome").wait_for()
    ask(page, "متى فُتح معبر سيمالكا؟")
    page.get_by_role("button", name="Conversations").click()
    rows = listed(page, 2)
    assert rows.nth(1).locator(".open bdi").text_content() == BOUNTY
    assert "Questions: 2" in rows.nth(1).text_content()
    # Found in another spelling, and opened by keys.
    page.keyboard.type("المَعبر")
    listed(page, 1)
    page.get_by_label("Words of a question or a name").fill("bounty")
    page.wait_for_function("() => document.querySelector('.drawer bdi')?.dir === 'auto'")
    page.wait_for_function(
        "q => document.querySelector('.drawer .open bdi')?.textContent === q", arg=BOUNTY
    )
    page.locator(".drawer .open").press("Enter")
    page.locator(".turn").nth(1).wait_for()
    page.locator(".question:focus", has_text="Who offers it?").wait_for()
    assert page.locator(".drawer[open]").count() == 0
    assert page.locator("blockquote bdi").first.text_content() == cited
    page.locator("a.marker").first.click()
    article = page.frame_locator("dialog.panel iframe")
    assert "".join(article.locator("mark").all_text_contents()) == cited
    page.keyboard.press("Escape")
    # A follow-up leans on what was opened, and goes into it.
    ask(page, "And for whom?")
    page.get_by_role("button", name="Conversations").click()
    first = listed(page, 2).first
    assert "Questions: 3" in first.text_content()
    first.get_by_role("button", name="Rename: ").press("Enter")
    page.keyboard.press("Escape")
    first.get_by_role("button", name="Rename: ").press("Enter")
    page.keyboard.type("Desk <b>")
    page.keyboard.press("Enter")
    first.locator(".open bdi", has_text="Desk <b>").wait_for()
    # Deleted, once it is confirmed, it leaves the page behind the list too.
    first.get_by_role("button", name="Delete: ").click()
    page.keyboard.press("Escape")
    first.get_by_role("button", name="Delete: ").press("Enter")
    first.get_by_role("button", name="Yes, delete").click()
    listed(page, 1)
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('.turn')")
    page.reload()
    page.wait_for_selector("body[data-opened]", state="attached")
    assert page.locator(".turn").count() == 0


@pytest.mark.parametrize("order", [["#ask", ".open"], [".open", "#ask"]])
def test_a_question_in_the_instant_of_opening_joins_no_other_conversation(page, own_site, order):
    open_chat(page, own_site)
    ask(page, BOUNTY)
    page.get_by_role("button", name="New conversation").click()
    page.locator("#welcome").wait_for()
    ask(page, "متى فُتح معبر سيمالكا؟")
    page.locator("#question textarea").fill("When was the bridge in Raqqa reopened?")
    page.get_by_role("button", name="Conversations").click()
    page.locator(".drawer .open", has_text=BOUNTY).first.wait_for()
    page.evaluate(
        """([order, name]) => {
          const rows = [...document.querySelectorAll(".drawer .open")];
          const parts = {
            "#ask": document.querySelector("button#ask, #ask button"),
            ".open": rows.find((row) => row.textContent.includes(name)),
          };
          for (const part of order) parts[part].click();
        }""",
        [order, BOUNTY],
    )
    page.locator(".question:focus", has_text=BOUNTY).wait_for()
    page.wait_for_timeout(1500)
    shown = page.locator(".turn .question bdi").all_text_contents()
    assert shown == [BOUNTY]
    # What is asked next goes on from there, and so does a reload.
    ask(page, "Who offers it?")
    page.reload()
    page.locator(".turn").nth(1).wait_for()
    assert page.locator(".turn .question bdi").all_text_contents() == [BOUNTY, "Who offers it?"]


def test_saved_as_a_word_document(page, own_site):
    ask(open_chat(page, own_site), BOUNTY)
    quote = page.locator("blockquote bdi").first.text_content()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a Word document").click()
    assert download.value.suggested_filename.endswith(".docx")
    with zipfile.ZipFile(download.value.path()) as parts:
        text = parts.read("word/document.xml").decode()
    assert quote.split()[-1] in text


@pytest.mark.parametrize(("language", "window", "colours"), [
    ("ar", PHONE, "dark"), ("en", DESKTOP, "light"),
])  # fmt: skip
def test_the_list_is_accessible_and_fits(
    visits, own_site, assert_accessible, schemes, language, window, colours
):
    page = visits.page(viewport=window, color_scheme=colours)
    ask(open_chat(page, own_site, language), "ما المكافأة المعلنة لحجي عبد الله؟")
    page.locator("#kept button").click()
    page.locator(".drawer li").first.wait_for()
    for press in ("Escape", "erase", "rename"):
        if press != "Escape":
            page.locator(".drawer .acts button").nth(int(press == "erase")).click()
        for _ in schemes(page):
            assert_accessible(page)
        box = page.locator(".drawer").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= window["width"]
        if press == "erase":
            page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.locator(".drawer[open]").count() == 1
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('.drawer[open]')")
    page.locator("#kept button:focus").wait_for()
