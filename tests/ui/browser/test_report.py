"""The report in a browser: it asks for nothing, filters, and shows Arabic as it is read."""

import numpy as np
import pytest

from eval.cases.case import Case, Span
from eval.comparing.intervals import Interval
from eval.comparing.summary import Curve, Row
from eval.judging.outcome import Cited, Expected, Outcome
from eval.report.page import page as render
from eval.running.runs import Collection, Manifest, Run

QUOTE = "عادت العبّارة إلى أرواد بعد أسبوع من الانقطاع، وعلى متنها أربعون راكبًا."
HOSTILE = "<img src='https://a.example/x.png' onerror='alert(1)'><script>alert(2)</script>"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
MANIFEST = Manifest(
    name="ferry, wider", started="2026-03-01T07:30:12+00:00", seconds=12.5, version="0.1.0",
    commit="0123456789abcdef", machine="x86_64", encoder="bundled", fingerprint="feed01",
    settings={"passages": 12}, cases="ferry.jsonl", collection=Collection("ferries", 3, 17, "be"),
)  # fmt: skip


def outcome(key, question, language, *, answerable=True, answered=True, tags=(), quote=QUOTE):
    """An outcome that cites the one piece of evidence there is."""
    case = Case(id=key, question=question, language=language, answerable=answerable, tags=tags)
    return Outcome(
        case=case, pairs=(f"{language}-ar",) if answerable else (),
        expected=(Expected(0, Span("a", 0, 9), quote, "أرواد", "ar"),) if answerable else (),
        status="answered" if answered else "abstained", mode="extractive",
        text=f"“{quote}” [1]" if answered else "-", confidence=0.5,
        citations=(Cited("a", 1, 0, 9, quote, "أرواد", "ar", answerable),) if answered else (),
        attempt=None, scores={"citation recall": 1.0, "citation precision": 1.0},
        milliseconds=20.0,
    )  # fmt: skip


OUTCOMES = [
    outcome("one", "When did the ferry return?", "en", tags=("date",)),
    outcome("two", "متى عادت العبّارة إلى أرواد؟", "ar", tags=("date", "name")),
    outcome("three", "Who owns the ferry?", "en", answerable=False, tags=("name",)),
    outcome("four", HOSTILE, "en", answered=False, tags=(HOSTILE,), quote=HOSTILE),
]
GROUPS = ("all", "language en", "language ar", "pair en-ar", "pair ar-ar", "tag date", "tag name")
MEASURES = ("nDCG@10", "R@1", "R@5", "R@10", "evidence cited", "false answers", "latency p50")
ROWS = [Row(group, name, 2, Interval(0.5, 0.25, 0.75)) for group in GROUPS for name in MEASURES]
CURVE = Curve(np.array([0.5, 1.0]), np.array([0.0, 0.25]), (0.75, 0.1))


@pytest.fixture(scope="module")
def report():
    return render(Run(MANIFEST, OUTCOMES), ROWS, CURVE)


@pytest.fixture
def opened(visits, host, report):
    """Return a function that opens the report; nothing but the report itself may be asked for."""
    address = host.put("/report.html", report)

    def open_report(**options):
        page = visits.page(**{"viewport": DESKTOP} | options)
        page.goto(address)
        return page

    yield open_report
    assert set(visits.requests) <= {address, "data:,"}


def shown(page):
    return page.locator("details.case:visible .id").all_text_contents()


def test_the_cases_can_be_filtered(opened):
    page = opened()
    assert shown(page) == ["three", "four", "one", "two"]
    page.get_by_role("combobox", name="Outcome").select_option(label="right")
    assert shown(page) == ["one", "two"]
    page.get_by_role("combobox", name="Tag").select_option("name")
    assert shown(page) == ["two"]
    assert page.get_by_role("status").inner_text() == "1 of 4 shown"
    page.get_by_role("combobox", name="Outcome").select_option("")
    page.get_by_role("combobox", name="Tag").select_option(HOSTILE)
    assert shown(page) == ["four"]
    page.get_by_role("combobox", name="Tag").select_option("")
    page.get_by_role("combobox", name="Language pair").select_option("ar-ar")
    assert shown(page) == ["two"]


def test_words_are_found_without_their_vowel_marks(opened):
    page = opened()
    page.get_by_role("searchbox", name="Text").fill("متى عادت العبارة")
    assert shown(page) == ["two"]
    page.get_by_role("searchbox", name="Text").fill("OWNS the")
    assert shown(page) == ["three"]
    # A heading without cases would say that there are none.
    assert page.locator("section.verdict:visible").count() == 1


def test_all_cases_are_there_without_a_script(opened):
    page = opened(java_script_enabled=False)
    assert len(shown(page)) == len(OUTCOMES)
    assert page.locator("#filters").is_hidden()
    page.locator("summary", has_text="Who owns").click()
    assert page.locator("details[open] blockquote").is_visible()


def test_arabic_is_laid_out_from_right_to_left(opened):
    page = opened()
    page.get_by_role("button", name="Open all shown").click()
    for place in ("blockquote:lang(ar)", ".question:lang(ar)", ".answer bdi:lang(ar)"):
        style = page.locator(place).first.evaluate(
            "e => [getComputedStyle(e).direction, getComputedStyle(e).unicodeBidi]"
        )
        assert style[0] == "rtl"
        assert style[1].startswith("isolate")
    text = page.locator("blockquote:lang(ar)").first.inner_text()
    assert text == QUOTE


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, {"width": 320, "height": 600}])
def test_nothing_sticks_out_at_the_side(opened, viewport):
    page = opened(viewport=viewport)
    page.get_by_role("button", name="Open all shown").click()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_printed_page_is_not_cut_off(opened):
    # The width of A4 within the usual margins, in CSS pixels.
    page = opened(viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print")
    assert page.locator("#filters").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_axe_finds_nothing_serious(opened, assert_accessible, schemes):
    page = opened(color_scheme="dark")
    page.get_by_role("button", name="Open all shown").click()
    page.locator(".settings summary").click()
    for _ in schemes(page):
        assert_accessible(page)


def test_colours_are_told_apart_from_their_ground(opened, contrast, schemes):
    page = opened()
    page.get_by_role("button", name="Open all shown").click()
    seen = []
    for _ in schemes(page):
        seen.append(colours(page))
        for place, pairs in seen[-1].items():
            assert min(contrast(text, back) for text, back in pairs) >= 4.5, place
    # Both schemes were seen.
    assert seen[0] != seen[1]


def colours(page):
    """Return the pairs of a text's colour and that of its ground, by the kind of place."""
    found = {}
    grounds = {"blockquote": "blockquote", ".badge": ".badge", ".plot text": "html"}
    for place, ground in grounds.items():
        paint = "fill" if place == ".plot text" else "color"
        script = (
            f"e => [getComputedStyle(e).{paint},"
            f" getComputedStyle(e.closest('{ground}')).backgroundColor]"
        )
        pairs = page.locator(place).evaluate_all(f"all => all.map({script})")
        assert pairs
        found[place] = pairs
    return found
