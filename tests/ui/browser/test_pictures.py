"""The pictures of the documents, made from the pages as they are.

`make pictures` puts them into `docs/images`; a usual run only makes sure that they can be made.
"""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from tests.sentences import ROOT
from tests.ui.browser.conftest import SETTLED
from ui.chat import examples
from ui.server.suggestions import following

QUESTION = "What bounty was announced for Hajji Abdullah?"
WIDE, PHONE = {"width": 1280, "height": 760}, {"width": 390, "height": 760}
# A reader waits for a picture of more bytes.
LARGEST = 150_000
# Screens have flat colours: nobody sees that there are no more.
COLOURS = 256
SUR = "متى وقع تفجير الصور؟"
ABSENT = "How many schools reopened in Kobani?"
# name, language, colours, window, question, what it shows besides, until which it waits
SCENES = [
    ("chat", "en", "light", WIDE, QUESTION, "source"),
    ("chat-arabic", "ar", "light", WIDE, "كم سجيناً تضم الغرفة الواحدة؟", "source"),
    ("chat-phone", "en", "dark", PHONE, QUESTION, ".turn blockquote"),
    ("chat-abstained", "en", "light", WIDE, ABSENT, ".turn .nearest"),
    ("chat-examples", "en", "light", WIDE, "", "button.example"),
    ("chat-examples-arabic", "ar", "light", WIDE, "", "button.example"),
    (
        "chat-next",
        "en",
        "light",
        WIDE,
        "How many mines were found around Baghuz?",
        ".follow button",
    ),
    ("chat-next-arabic", "ar", "light", PHONE, SUR, ".follow button"),
]


def save(page, path):
    """Save what a page shows with few colours, which Pillow packs to a third of the bytes."""
    page.evaluate(SETTLED)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    assert 5_000 < path.stat().st_size <= LARGEST


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch):
    """Show what is offered where the machine has time."""
    monkeypatch.setattr(examples, "_SECONDS", 25.0)
    monkeypatch.setattr(following, "_SECONDS", 25.0)


@pytest.fixture
def folder(tmp_path):
    return Path(os.environ.get("DALIL_PICTURES") or tmp_path)


@pytest.mark.parametrize(("name", "language", "colours", "window", "question", "shown"), SCENES)
def test_a_picture_of_the_chat(
    visits, demo_site, folder, name, language, colours, window, question, shown
):
    page = visits.page(viewport=window, color_scheme=colours, reduced_motion="reduce")
    page.goto(f"{demo_site.url}/{language}/")
    page.wait_for_selector("body[data-opened]", state="attached")
    if question:
        page.locator("#question textarea").fill(question)
        page.keyboard.press("Enter")
        page.locator(".turn.done").wait_for()
    if shown == "source":
        page.locator("a.marker").first.click()
        page.frame_locator("iframe").locator("#quote").wait_for()
    else:
        page.locator(shown).first.wait_for()
        if shown == ".follow button":
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
    save(page, folder / f"{name}.png")


# name, language, colours, window
LIBRARIES = [
    ("library", "en", "light", WIDE),
    ("library-arabic", "ar", "light", WIDE),
    ("library-phone", "en", "dark", PHONE),
    ("library-phone-arabic", "ar", "light", PHONE),
]


@pytest.mark.parametrize(("name", "language", "colours", "window"), LIBRARIES)
def test_a_picture_of_the_library(visits, demo_site, folder, name, language, colours, window):
    page = visits.page(viewport=window, color_scheme=colours, reduced_motion="reduce")
    page.goto(f"{demo_site.url}/library?ui={language}")
    page.locator("#list > li").first.wait_for()
    # Where the checkout lies is no matter of the document's.
    page.evaluate(
        """folder => document.querySelectorAll("#list bdi").forEach(
        (place) => { place.textContent = place.textContent.replace(folder, ""); })""",
        f"{ROOT}/",
    )
    save(page, folder / f"{name}.png")


# name, language, question, and what stands on the page around the widget
PAGES = [
    (
        "widget",
        "en",
        "What bounty was announced for Hajji Abdullah?",
        "News service",
        ["Today", "Planning", "Archive", "Contacts"],
        "Monday's schedule",
        "The morning conference moves to half past nine. Translations are due by noon.",
    ),
    (
        "widget-arabic",
        "ar",
        "كم سجيناً تضم الغرفة الواحدة؟",
        "قسم الأخبار",
        ["اليوم", "التخطيط", "الأرشيف", "جهات الاتصال"],
        "جدول يوم الاثنين",
        "ينتقل اجتماع الصباح إلى التاسعة والنصف. يُرجى إرسال قائمة الترجمات قبل الظهر.",
    ),
]
LOOK = """
body { margin: 0; font: 17px/1.7 "Noto Sans", sans-serif; color: #222; background: #eef1f4 }
header { display: flex; gap: 2rem; align-items: center; padding: 1rem 3rem; color: #fff;
  background: #23395b }
header b { margin-inline-end: auto; font-size: 1.3em }
main { width: 34rem; margin: 2.5rem 3rem; padding: 1rem 2rem; background: #fff }
"""


@pytest.mark.parametrize(("name", "lang", "question", "site", "menu", "title", "text"), PAGES)
def test_a_picture_of_the_widget(
    visits, demo_site, host, folder, name, lang, question, site, menu, title, text
):
    embed = demo_site.embed(host.url)
    page = visits.page(viewport=WIDE, color_scheme="light", reduced_motion="reduce")
    address = host.put(
        "/",
        f'<!doctype html><html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">'
        f"<meta charset=utf-8><title>{site}</title><style>{LOOK}</style>"
        f"<header><b>{site}</b>{''.join(f'<span>{item}</span>' for item in menu)}</header>"
        f"<main><h2>{title}</h2><p>{text}</p></main>"
        f'<script src="{demo_site.url}/widget.js" data-embed="{embed}" defer></script>',
    )
    page.goto(address)
    page.locator(".launcher").click()
    page.locator("textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(".turn.done blockquote").first.wait_for()
    save(page, folder / f"{name}.png")
