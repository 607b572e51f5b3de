"""What selectors find on a page, and what its article is then."""

from dataclasses import replace
from datetime import date

import pytest
from lxml import html

from corpus.load import load_sources
from corpus.profiles.profile import Profile, Profiles
from corpus.profiles.select import select
from corpus.readers.html.read import own_address, read_using, read_with
from corpus.source import bytes_source

PAGE = """<html lang=ar><head><meta charset=utf-8><title>فتح المعبر | مثال</title>
<link rel=canonical href="https://www.news.example/a/1"></head><body>
<nav>الرئيسية</nav><h1>فتح المعبر أمام المسافرين</h1><span class=d>نشر: ٠٥/٠٤/٢٠٢٠ - 10:30</span>
<div class=entry><p>قال الوزير إن المعبر فتح <b>صباح</b> اليوم.</p>
<div class=related><p>اشترك في نشرتنا البريدية لتصلك أهم الأخبار.</p></div>ذيل النص باق.
<p>25<sup>2</sup> سيارة عبرت، قال <q>نعم</q>.</p></div>
<p class=by>أحمد مثال</p></body></html>"""
PROFILE = Profile(
    "news", ("news.example",), outlet="مثال نيوز", language="ckb", article=(".none", ".entry"),
    furniture=(".related", "nav"), title=("h1",), date=("span.d",), author=("//p[@class='by']",),
    date_format="%d/%m/%Y",
)  # fmt: skip


def test_an_article_is_exactly_what_the_profile_selects():
    page = read_using(PAGE.encode(), PROFILE)
    assert page.values["text"].split("\n\n") == [
        "أحمد مثال",
        "قال الوزير إن المعبر فتح صباح اليوم.",
        "ذيل النص باق.",
        "25² سيارة عبرت، قال “نعم”.",
    ]
    assert page.values["title"] == "فتح المعبر أمام المسافرين"
    assert (page.values["outlet"], page.values["language"]) == ("مثال نيوز", "ckb")
    assert page.values["published"] == date(2020, 4, 5)
    assert [one.selector for one in page.dropped] == [".related"]
    assert page.notices == ()


def test_a_byline_within_the_article_stays_where_it_is():
    page = read_using(PAGE.encode(), replace(PROFILE, author=(".entry b",)))
    assert page.values["text"].startswith("قال الوزير")


@pytest.mark.parametrize(
    ("shown", "written", "day"),
    [
        ('<time datetime="2020-04-18T23:30:00+03:00">أمس</time>', None, date(2020, 4, 18)),
        ("<time>نشر في الأحد 5 نيسان 2020 مساءً</time>", None, date(2020, 4, 5)),
        ("<time>5/4/2020</time>", None, None),
        ("<time>5/4/2020</time>", "%d/%m/%Y", date(2020, 4, 5)),
        ("<time>5/4/2020</time>", "%m/%d/%Y", date(2020, 5, 4)),
        ("<time>10:20 05.04.20</time>", "%d.%m.%y", date(2020, 4, 5)),
        ("<time>15/4/2020</time>", "%m/%d/%Y", None),
        # A year of another calendar is none of ours.
        ("<time>12/8/1441</time>", "%d/%m/%Y", None),
        ('<meta name=d content="2020-04-18">', None, date(2020, 4, 18)),
    ],
)
def test_dates_stand_in_attributes_or_words(shown, written, day):
    profile = replace(PROFILE, date=("time", "meta[name=d]"), date_format=written)
    found = select(html.fromstring(f"<div>{shown}</div>"), profile)
    assert found.published == day
    assert ("date" in found.missing) == (day is None)


def test_xpath_may_find_an_attribute_and_what_it_cannot_do_finds_nothing():
    root = html.fromstring("<div><p data-t=' a  b '>x</p></div>")
    assert select(root, Profile("a", ("b",), title=("//p/@data-t",))).title == "a b"
    for way in ("//p[nope()]", "//x:p", "(count(//p))", "//p/@data-t"):
        assert select(root, Profile("a", ("b",), article=(way,))).missing == ["article"]


def test_without_an_article_the_page_is_read_as_any_and_that_is_said():
    page = read_using(PAGE.encode(), replace(PROFILE, article=(".none",)))
    assert "قال الوزير" in page.values["text"]
    assert page.values["title"] == "فتح المعبر أمام المسافرين"
    assert page.dropped == ()
    assert 'news.toml finds nothing for "article"; it was read as any' in page.notices[0]


def test_a_profile_of_furniture_alone_leaves_the_rest_to_be_found():
    profile = Profile("news", ("news.example",), furniture=(".related",))
    page = read_using(PAGE.encode(), profile)
    assert "قال الوزير" in page.values["text"]
    assert "اشترك" not in page.values["text"]


def test_the_profile_is_that_of_where_the_page_was_found_else_of_what_it_says():
    other = Profile("o", ("else.example",), outlet="O")
    data = PAGE.encode()
    assert own_address(data) == "https://www.news.example/a/1"
    assert read_with(data, (other, PROFILE)).profile == PROFILE
    assert read_with(data, (other, PROFILE), "https://else.example/x").profile == other
    assert read_with(data, (other,)).profile is None
    assert read_with(PAGE.replace("canonical", "x").encode(), (PROFILE,)).profile is None


def test_furniture_cannot_take_the_article_itself():
    page = read_using(PAGE.encode(), replace(PROFILE, furniture=("div", "body")))
    assert "قال الوزير" in page.values["text"]
    assert "ذيل" in page.values["text"]


def test_files_are_read_with_profiles_and_notes_come_back():
    told = []
    profiles = Profiles((replace(PROFILE, title=("h6",)),))
    (loaded,) = load_sources(
        [bytes_source("a.html", PAGE.encode())], profiles=profiles, tell=told.append
    )
    assert loaded.article.outlet == "مثال نيوز"
    assert loaded.article.published == date(2020, 4, 5)
    assert [(one.path, '"title"' in one.notice) for one in told] == [("a.html", True)]


@pytest.mark.parametrize("data", [b"<div>" * 5000, b"<p>" + b"x" * 10**6, b"<p " + b"a=b " * 10**5])
def test_pages_that_do_harm_are_no_worse_with_a_profile(data):
    profile = replace(PROFILE, article=("div", "p"))
    (loaded,) = load_sources(
        [bytes_source("a.html", data + b'<link rel=canonical href="https://news.example/1">')],
        profiles=Profiles((profile,)),
    )
    assert loaded.article or loaded.error
