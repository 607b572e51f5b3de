"""Links, feeds and folders on the library's page, in both languages, by keys and by ear."""

import pytest

from tests.fakes.feeds import item, rss_page
from tests.fakes.site import Page, Site, article_page
from tests.ui.browser.test_library import DESKTOP, HOLD, LET_GO, PHONE
from ui.app.feeds import feeds_behind
from ui.folders.following import following
from ui.service import Shared
from ui.settings.settings import Settings

TEXT = "فُتح معبر القرية رقم {0} صباح الأحد.\nوعبرت {0} شاحنات من القمح إلى المدينة."

# "/العالم", as it is asked for.
WORLD = "/%D8%A7%D9%84%D8%B9%D8%A7%D9%84%D9%85"


@pytest.fixture(scope="module")
def outlet():
    made = Site({f"/{n}": article_page(f"خبر {n}", TEXT.format(n)) for n in range(1, 4)})
    made.pages[WORLD] = made.pages["/feed"] = rss_page(item("/1"), item("/none"))
    made.pages["/broken"] = Page(b"<html><p>no feed")
    yield made
    made.close()


@pytest.fixture(scope="module")
def open_site(make_site):
    """A server that may reach this machine, fetches and follows, and does not wait long."""
    reach = {"connect": ("*",), "connect_private": ("127.0.0.1/32",), "connect_pause": 0.0}
    site = make_site(**reach)
    settings = Settings(site.home, "bundled", **reach)
    shared = Shared(settings)
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr("ui.app.feeds._LOOK_SECONDS", 0.1)
        quick.setattr("ui.folders.following._LOOK_SECONDS", 0.1)
        with (
            feeds_behind(settings, shared),
            following(settings, [], lambda _: None, pytest.fail, shared),
        ):
            yield site


@pytest.fixture
def opened(visits, open_site):
    """Return a function that opens a part of the page."""

    def show(part, language="en", **options):
        page = visits.page(**{"viewport": DESKTOP} | options)
        page.goto(f"{open_site.url}/library?ui={language}#{part}")
        page.locator(f"#{part}").wait_for()
        return page

    visits.allowed += ["status of 422"]
    return show


def test_links_are_added_by_keys_and_what_failed_stays(opened, outlet):
    page = opened("add")
    page.get_by_label("Addresses of articles, one a line").focus()
    for path in ("/2", "/none", "/2"):
        page.keyboard.type(outlet.url(path))
        page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Done. Pages added: 1. Pages not added: 1.").wait_for()
    good, bad = page.locator("#link-results > li").all_text_contents()
    assert good == f"{outlet.url('/2')}Added: 1خبر 2"
    assert "404" in bad
    assert page.locator("#link-form textarea").input_value() == outlet.url("/none")
    assert page.locator("#link-results .headline bdi[dir=auto]").text_content() == "خبر 2"


def test_a_feed_is_followed_paused_changed_and_removed(opened, outlet):
    page = opened("feeds")
    page.get_by_text("No feed is followed.").wait_for()
    page.get_by_label("Address of the feed").fill("ftp://news.example/")
    page.get_by_role("button", name="Follow the feed").click()
    page.locator("#said.wrong").wait_for()
    # What was refused stays, to be mended.
    assert page.get_by_label("Address of the feed").input_value() == "ftp://news.example/"
    page.get_by_label("Address of the feed").fill(outlet.url(WORLD))
    page.locator("#feed-form select").select_option("1800")
    page.get_by_role("button", name="Follow the feed").press("Enter")
    row = page.locator("#feed-list > li")
    said = page.locator("#said[role=status]")
    # What came of it is told once it is there, to who hears the page as well.
    said.filter(has_text="Added: 1").wait_for()
    assert said.text_content().endswith(". Added: 1 · Not read: 1")
    assert "404" in row.locator(".why.wrong").text_content()
    often = row.get_by_label("How often it is fetched: ")
    assert often.locator("option:checked").text_content() == "every 30 minutes"
    often.select_option("86400")
    said.filter(has_text="every 1 day from now on").wait_for()
    row.get_by_role("button", name="Pause: ").press("Enter")
    row.locator("button:focus", has_text="Go on").wait_for()
    assert row.locator(".state").text_content() == "paused"
    assert row.get_by_role("button", name="Fetch now").count() == 0
    page.keyboard.press("Enter")
    said.filter(has_text="Not read: 1").wait_for()
    outlet.pages[WORLD] = Page(status=500)
    row.get_by_role("button", name="Fetch now: ").press("Enter")
    page.locator("#said.wrong").filter(has_text="The feed could not be read").wait_for()
    row.locator("button:focus", has_text="Fetch now").wait_for()
    row.get_by_role("button", name="Remove the feed: ").press("Enter")
    row.locator("button:focus", has_text="Cancel").wait_for()
    row.get_by_role("button", name="Yes, remove").click()
    page.get_by_text("No feed is followed.").wait_for()


def test_a_folder_is_followed_and_its_unread_files_are_named(opened, tmp_path):
    (tmp_path / "rain.txt").write_text("Rain fell on the plain of Dara for two days.")
    (tmp_path / "empty.md").write_text("")
    page = opened("folders")
    page.get_by_text("No folder is followed.").wait_for()
    page.get_by_label("Path of the folder").fill("news")
    page.keyboard.press("Enter")
    page.locator("#said.wrong", has_text="news is no whole path").wait_for()
    page.get_by_label("Path of the folder").fill(str(tmp_path))
    page.keyboard.press("Enter")
    row = page.locator("#folder-list > li")
    row.get_by_text("1 article", exact=True).wait_for()
    row.locator("summary").press("Enter")
    assert row.locator("details li").text_content().startswith("empty.mdThe text is empty")
    # What is open stays open while the state changes.
    (tmp_path / "snow.txt").write_text("Snow fell on the hills.")
    row.get_by_text("2 articles").wait_for()
    assert row.locator("details").get_attribute("open") is not None
    row.get_by_role("button", name="Stop following: ").press("Enter")
    row.locator("button:focus", has_text="Follow again").wait_for()
    assert row.locator(".state").text_content() == "not followed"


def test_folders_of_before_that_come_late_hide_none(opened, tmp_path):
    page = opened("folders")
    page.evaluate(HOLD, "/api/library/folders")
    for part in ("add", "folders"):
        page.locator(f".sections a[href='#{part}']").click()
    page.wait_for_function("() => window.letGo")
    page.get_by_label("Path of the folder").fill(str(tmp_path))
    page.keyboard.press("Enter")
    row = page.locator("#folder-list > li").filter(has_text=str(tmp_path))
    row.wait_for()
    page.evaluate(LET_GO)
    assert row.count() == 1
    # One that was never looked at is not listed any more when it is not followed.
    row.locator("time").wait_for()
    row.get_by_role("button", name="Stop following: ").click()
    row.get_by_role("button", name="Follow again: ").wait_for()


@pytest.mark.parametrize(("language", "window", "colours"), [
    ("en", PHONE, "dark"), ("ar", DESKTOP, "light"),
])  # fmt: skip
def test_filled_parts_are_accessible_and_fit(
    opened, outlet, assert_accessible, language, window, colours
):
    """Empty ones are looked at by `test_library.py`."""
    page = opened("feeds", language, viewport=window, color_scheme=colours)
    page.locator("#feed-form input").fill(outlet.url("/broken?" + "long" * 40))
    page.locator("#feed-form button").click()
    page.locator("#feed-list .why.wrong").wait_for()
    for part in ("feeds", "add"):
        page.locator(f".sections a[href='#{part}']").click()
        page.locator(f"#{part} form").wait_for()
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, part


def test_where_nothing_may_be_fetched_the_page_says_how_to_allow_it(visits, demo_site):
    page = visits.page(viewport=PHONE)
    page.goto(f"{demo_site.url}/library?ui=ar#feeds")
    for part in ("feeds", "add"):
        page.locator(f".sections a[href='#{part}']").click()
        notice = page.locator(f"#{part} .off")
        notice.wait_for()
        assert "ثم أعد تشغيل الخادم" in notice.text_content()
        assert 'connect = ["news.example"' in notice.text_content()
    assert page.locator("#feed-form, #link-form").count() == 0
