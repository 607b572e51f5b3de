"""The library's page in a browser: listed, filtered, filled and emptied, in both languages."""

from pathlib import Path

import pytest

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def own_site(make_site, demo_library):
    """The demo collection, to be changed."""
    return make_site(filled=demo_library)


@pytest.fixture(scope="module")
def lasting_page(lasting_visits, own_site):
    return lasting_visits.page(viewport=DESKTOP)


@pytest.fixture
def library(lasting_visits, lasting_page, own_site):
    """Return a function that opens a part of the page, which the tests share."""

    def opened(part="articles", language="en"):
        lasting_page.goto("about:blank")
        lasting_page.goto(f"{own_site.url}/library?ui={language}#{part}")
        lasting_page.locator(f"#{part}").wait_for()
        return lasting_page

    # A refusal that a page tells its reader is told on the console as well.
    lasting_visits.allowed += ["status of 415", "status of 422"]
    yield opened
    assert lasting_visits.unexpected() == []


def listed(page, count):
    page.wait_for_function("n => document.querySelectorAll('#list > li').length === n", arg=count)
    return page.locator("#list > li")


def test_articles_are_searched_filtered_and_opened(library):
    page = library()
    listed(page, 41)
    page.locator("#figures div").first.wait_for()
    assert page.locator("#figures").text_content().startswith("Articles41Outlets10")
    page.get_by_label("Words of title or outlet").fill("سيمالكا")
    page.get_by_role("combobox", name="Language", exact=True).select_option("ar")
    row = listed(page, 1)
    assert page.locator("#count").text_content() == "1 of 41 articles"
    assert row.locator("bdi").first.get_attribute("dir") == "rtl"
    page.get_by_label("Published from").fill("2030-01-01")
    listed(page, 0)
    assert page.locator("#count").text_content() == "No article fits these filters."
    page.get_by_role("button", name="Clear filters").click()
    listed(page, 41).locator("a").first.click()
    assert page.locator("h1").text_content() == "Storeroom of clay tablets found at Tell Halwan"


def test_the_count_is_right_whichever_comes_first(visits, own_site):
    page, held = visits.page(), []
    page.route("**/api/library", lambda route: held.append(route))
    page.goto(f"{own_site.url}/library?ui=en")
    listed(page, 41)
    page.get_by_label("Words of title or outlet").fill("سيمالكا")
    listed(page, 1)
    assert page.locator("#count").text_content() == ""
    held[0].continue_()
    page.locator("#count", has_text="1 of 41 articles").wait_for()


# Keeps the answer of what a page asks next of a path, until it is let go.
HOLD = """(path) => {
  const real = window.fetch;
  window.fetch = async (asked, options) => {
    if (asked !== path || options.method) return real(asked, options);
    window.fetch = real;
    const answer = await real(asked, options);
    await new Promise((go) => { window.letGo = go; });
    return answer;
  };
}"""
SHOWS = "(count) => document.querySelector('#figures dd').textContent === count"
LET_GO = "() => { letGo(); return new Promise((done) => setTimeout(done, 100)); }"


def test_figures_of_before_that_come_late_show_nothing(library):
    page = library()
    listed(page, 41)
    shown = page.locator("#figures dd").first
    shown.wait_for()
    page.evaluate(HOLD, "/api/library")
    outs = page.locator("#list").get_by_role("button", name="Take out: ")
    outs.first.click()
    page.wait_for_function("() => window.letGo")
    outs.first.click()
    page.wait_for_function(SHOWS, arg="39")
    page.evaluate(LET_GO)
    assert shown.text_content() == "39"
    for _ in range(2):
        page.locator("#list").get_by_role("button", name="Put back: ").first.click()
    page.wait_for_function(SHOWS, arg="41")


def test_a_title_stands_in_a_sentence_as_it_is(library):
    told = "({ say }) => say('removed_one', { title: '$& $$' })"
    said = library().evaluate(f"import('/static/library/api.js').then({told})")
    assert "$& $$" in said
    assert "{title}" not in said


def test_every_file_has_a_result(library):
    page = library("add")
    files = [
        {"name": "<b>خبر.txt", "mimeType": "text/plain", "buffer": "فُتح المعبر.".encode()},
        {"name": "empty.md", "mimeType": "text/markdown", "buffer": b""},
        {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG"},
    ]
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Choose files").press("Enter")
    chooser.value.set_files(files)
    page.locator("#said:not(:empty)").wait_for()
    assert page.locator("#said").text_content() == "Done. Files added: 1. Files not added: 2."
    good, empty, photo = page.locator("#results > li").all_text_contents()
    assert good == "<b>خبر.txtAdded: 1فُتح المعبر"
    assert "The text is empty" in empty
    assert "photo.png is none of .txt" in photo
    # Dropped again it is the same article; what is too large is not even sent.
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.items.add(new File(["فُتح المعبر."], "<b>خبر.txt"));
      data.items.add(new File([new Uint8Array(20_000_001)], "large.txt"));
      const event = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
      document.getElementById("drop").dispatchEvent(event);
    }""")
    page.get_by_text("Already there: 1").wait_for()
    page.get_by_text("The file is larger than 20 MB.").wait_for()


def test_taken_out_by_keys_undone_and_deleted(library):
    page = library()
    page.get_by_label("Words of title or outlet").fill("halwan")
    listed(page, 1)
    page.get_by_role("button", name="Take out: ").press("Enter")
    page.locator("#list li.out button:focus").wait_for()
    assert "Taken out: " in page.locator("#said[role=status]").text_content()
    page.keyboard.press("Enter")
    page.locator("#list li:not(.out) button:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator("#list li.out").wait_for()
    page.get_by_role("link", name="Taken out").click()
    assert "Tell Halwan" in page.locator("#withdrawn .headline").text_content()
    page.get_by_role("button", name="Delete for good: ").click()
    page.locator(".acts button:focus", has_text="Cancel").wait_for()
    page.get_by_role("button", name="Yes, delete").click()
    page.get_by_text("Nothing has been taken out.").wait_for()


def test_retracted_with_a_reason_that_its_page_shows(library):
    page = library()
    page.get_by_label("Words of title or outlet").fill("Tishreen")
    listed(page, 1)
    page.get_by_role("button", name="Retract: ").click()
    page.keyboard.press("Escape")
    page.locator("#list button:focus", has_text="Retract").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("The figures were wrong.")
    page.get_by_role("button", name="Retract", exact=True).click()
    page.locator("#list li.out button:focus").wait_for()
    page.locator("#list li.out a").click()
    assert page.locator(".retracted bdi").text_content() == "The figures were wrong."
    page.go_back()
    page.get_by_role("link", name="Taken out").click()
    assert "The figures were wrong." in page.locator("#withdrawn .why").text_content()
    page.get_by_role("button", name="Put back: ").click()
    page.get_by_text("Nothing has been taken out.").wait_for()


def test_an_unanswered_question_is_listed_and_a_conversation_saved(library, own_site):
    page = library()
    page.goto(f"{own_site.url}/en/")
    page.wait_for_selector("body[data-opened]", state="attached")
    page.locator("#question textarea").fill("Who won the football cup?")
    page.keyboard.press("Enter")
    page.locator(".turn.done").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as Markdown").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "## Who won the football cup?" in text
    page.get_by_role("link", name="Library").click()
    page.get_by_role("link", name="Unanswered").click()
    page.locator("#asked .headline", has_text="Who won the football cup?").wait_for()


@pytest.mark.parametrize(("language", "window", "colours"), [
    ("en", PHONE, "dark"), ("ar", DESKTOP, "light"),
])  # fmt: skip
def test_every_part_is_accessible_and_fits(
    visits, own_site, assert_accessible, schemes, language, window, colours
):
    page = visits.page(viewport=window, color_scheme=colours)
    page.goto(f"{own_site.url}/library?ui={language}")
    page.wait_for_selector("body[data-opened]", state="attached")
    for link in page.locator(".sections a").all():
        link.click()
        page.locator(f"main > section{link.get_attribute('href')}").wait_for()
        for _ in schemes(page):
            assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, link.text_content()


def test_chosen_articles_get_an_outlet_and_a_date_together(library):
    page = library()
    page.get_by_label("Words of title or outlet").fill("Stêrka")
    rows = listed(page, 2)
    assert page.locator("#edit").is_hidden()
    rows.nth(0).get_by_role("checkbox").press("Space")
    page.get_by_role("button", name="Choose all shown").click()
    assert page.locator("#edit-count").text_content() == "Articles chosen: 2"
    page.get_by_role("button", name="Change the chosen").click()
    page.get_by_text("Write a new outlet or date first.").wait_for()
    page.get_by_label("New outlet").fill("<b>Bridge News")
    page.get_by_label("New date of publication").fill("2021-01-02")
    page.get_by_role("button", name="Change the chosen").click()
    page.get_by_text("Changed: 2. As they were: 0. Not changed: 0.").wait_for()
    told = page.locator("#list .result").all_text_contents()
    assert all("→ <b>Bridge News" in one and "→ 2 January 2021" in one for one in told)
    page.get_by_label("Words of title or outlet").fill("bridge news")
    page.locator("#list .result").first.wait_for(state="detached")
    listed(page, 2)
    for row in page.locator("#list > li").all():
        row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Undo all edits").click()
    page.locator("#list .result", has_text="Outlet: <b>Bridge News →").nth(1).wait_for()
    assert "Bridge News" not in page.locator("#list .facts").first.text_content()


def test_a_field_that_was_set_wrongly_is_emptied(library):
    page = library()
    page.get_by_label("Words of title or outlet").fill("Stêrka")
    rows = listed(page, 2)
    rows.nth(0).get_by_role("checkbox").check()
    page.get_by_label("Leave without an outlet").check()
    assert page.get_by_label("New outlet").is_disabled()
    page.get_by_label("Leave without a date").press("Space")
    page.get_by_role("button", name="Change the chosen").click()
    page.get_by_text("Changed: 1. As they were: 0. Not changed: 0.").wait_for()
    told = rows.nth(0).locator(".result").text_content()
    assert (told.count("→ unknown"), "Stêrka" in told) == (2, True)
    page.wait_for_function("() => !document.querySelector('#edit [name=outlet]').disabled")
    assert not page.get_by_label("Leave without a date").is_checked()
    page.get_by_role("button", name="Undo all edits").click()
    page.locator("#list .result", has_text="Outlet: unknown →").wait_for()


def test_what_is_taken_out_is_chosen_no_longer(library):
    page = library()
    page.get_by_label("Words of title or outlet").fill("Stêrka")
    rows = listed(page, 2)
    for row in rows.all():
        row.get_by_role("checkbox").check()
    rows.nth(0).get_by_role("button", name="Take out").press("Enter")
    page.locator("#edit-count", has_text="Articles chosen: 1").wait_for()
    assert rows.nth(0).get_by_role("checkbox").is_disabled()
    page.get_by_label("New outlet").fill("Bridge News")
    page.get_by_label("New date of publication").fill("2021-01-02")
    page.get_by_role("button", name="Change the chosen").click()
    page.get_by_text("Changed: 1. As they were: 0. Not changed: 0.").wait_for()
    told = rows.nth(1).locator(".result").text_content()
    assert "→ Bridge News · Published: " in told
    page.get_by_role("button", name="Undo all edits").click()
    rows.nth(0).get_by_role("button", name="Put back").press("Enter")
    rows.nth(0).get_by_role("checkbox").check()
    assert page.locator("#edit-count").text_content() == "Articles chosen: 2"


def test_another_language_shows_the_same_part(library):
    page = library()
    page.locator(".sections a[href='#folders']").click()
    page.get_by_role("link", name="العربية").click()
    page.locator("html[dir=rtl] #folders").wait_for()
    assert page.url.endswith("ui=ar#folders")


def test_focus_stays_where_taking_out_failed(library, lasting_visits):
    lasting_visits.allowed += ["status of 500"]
    page = library()
    rows = page.locator("#list > li")
    rows.first.wait_for()
    failed = {"status": 500, "json": {"error": "The disk is full."}}
    page.route("**/api/library/withdrawn/*", lambda route: route.fulfill(**failed))
    rows.first.get_by_role("button", name="Take out").press("Enter")
    page.get_by_text("The disk is full.").wait_for()
    page.wait_for_function("() => !document.querySelector('#list .acts :disabled')")
    assert page.evaluate("document.activeElement.textContent") == "Take out"
    page.unroute_all()
