"""What a page states of itself, and what it only shows around the article."""

from datetime import date

import pytest

from corpus import load_articles
from corpus.errors import DalilError
from corpus.readers.html import read as html
from corpus.source import bytes_source


def read(page):
    (entry,) = html.read(bytes_source("a.html", page.encode()))
    return entry.values


def test_short_page():
    page = "<html><body><p>A river flooded two villages.</p></body></html>"
    assert read(page)["text"] == "A river flooded two villages."


def test_the_address_of_a_home_page_names_no_article():
    page = '<link rel="canonical" href="https://example.org{path}"><p>{text}</p>'
    text = "فتحت المدارس في المدينة أبوابها صباح اليوم بعد عطلة طويلة استمرت شهرين."
    assert read(page.format(path="/", text=text))["url"] is None
    assert read(page.format(path="/news/1", text=text))["url"] == "https://example.org/news/1"


def test_the_bytes_say_in_which_encoding_the_page_is():
    page = '<meta charset="windows-1256"><p>فتحت المدارس أبوابها صباح اليوم.</p>'
    (entry,) = html.read(bytes_source("a.html", page.encode("cp1256")))
    assert entry.values["text"] == "فتحت المدارس أبوابها صباح اليوم."


@pytest.mark.parametrize("page", ["", "<html><body></body></html>"])
def test_a_page_without_text_is_refused(page):
    with pytest.raises(DalilError, match="no text; save the article itself"):
        read(page)


# Asked for a guess, libraries read the first as the moment of the call and the second as 4 May:
# findings/dateparser-levantine-august.sh and findings/htmldate-arabic-digits.sh.
@pytest.mark.parametrize("dateline", ["5 آب 2020", "٥/٤/٢٠٢٠", "5 نيسان 2020"])
def test_a_dateline_that_would_be_misread_gives_no_date(dateline):
    page = f'<html lang="ar"><p class="date">{dateline}</p><p>عبرت السيارات الجسر صباحا.</p></html>'
    assert read(page)["published"] is None
    stated = page.replace('"date">', '"date"><time datetime="2020-08-05"></time>')
    assert read(stated)["published"] == "2020-08-05"


BODY = (
    "<p>فتحت المدارس في المدينة أبوابها صباح اليوم بعد عطلة طويلة استمرت شهرين.</p>"
    "<p>وأضاف المدير أن المعلمين عادوا جميعاً إلى الصفوف وأن الكتب وصلت.</p>"
)


@pytest.mark.parametrize(
    "written", ["خانه\u200cها", "خانه&zwnj;ها", "خانه&#8204;ها", "کتێبە\u200dکان"]
)
def test_joiners_stay_in_text_and_title(written):
    page = f"<html><head><title>{written}</title></head><body><article><h1>{written}</h1>"
    values = read(f"{page}<p>مردم به {written} بازگشتند و راه باز است.</p></article></body></html>")
    said = written.replace("&zwnj;", "\u200c").replace("&#8204;", "\u200c")
    assert f"به {said} باز" in values["text"]
    assert values["title"] == said


def test_a_letter_that_stands_in_for_a_joiner_elsewhere_stays_itself():
    said = "\U00010300\U00010301 می\u200cروند"
    assert said in read(f"<html><body><p>{said}</p></body></html>")["text"]


@pytest.mark.parametrize(
    "page",
    [
        "<h1>عنوان</h1><p>20 أيلول 2022</p><p>فتح الجسر.</p>",
        "<article><h1>عنوان</h1><time>20 أيلول 2022</time><p>فتح الجسر.</p></article>",
        "<div><h2>عنوان</h2><div>20 أيلول 2022</div><div>فتح الجسر.</div></div>",
        "<div>عنوان<br>20 أيلول 2022<br/>فتح <b>الجسر</b>.</div>",
        "<dl><dt>عنوان</dt><dd>20 أيلول 2022</dd></dl><p>فتح الجسر.</p>",
        "<ul><li>عنوان</li><li>20 أيلول 2022</li></ul><p>فتح الجسر.</p>",
        "<table><tr><td>عنوان</td></tr><tr><td>20 أيلول 2022</td></tr></table><p>فتح الجسر.</p>",
        "<h1>عنوان</h1><pre>20 أيلول 2022\nفتح الجسر.</pre>",
    ],
)
def test_a_short_page_keeps_its_lines(page):
    found = read(f"<html><body>{page}</body></html>")["text"].split("\n")
    assert found == ["عنوان", "20 أيلول 2022", "فتح الجسر."]


@pytest.mark.parametrize(
    ("stated", "heading", "outlet", "title"),
    [
        ("فتح المدارس - آرتا FM", "", "آرتا FM", "فتح المدارس"),
        ("Bridge open | Example News", "", "Example News", "Bridge open"),
        ("Example News: Bridge open", "", "Example News", "Bridge open"),
        ("Bridge open – Example News", "Bridge open", "", "Bridge open"),
        ("Well-known bridge open", "", "bridge open", "Well-known bridge open"),
        ("Example News", "", "Example News", "Example News"),
        ("Bridge - open again", "Something else", "Example News", "Bridge - open again"),
        *(
            (f"Bridge open {sign} Example News", "", "Example News", "Bridge open")
            for sign in (
                "‒",
                "―",
                "｜",
                "~",
                "¦",
                "−",
                "›",
                "&gt;",
                "⋅",
                "∣",
                "←",
                "_",
                "&amp;#8211;",
            )
        ),
        ("فتح الجسر ـ آرتا FM", "", "آرتا FM", "فتح الجسر"),
        ("فتح الجسر - آرْتا FM", "", "آرتا FM", "فتح الجسر"),
        ("فتح الجسر - ارتا FM", "", "آرتا FM", "فتح الجسر"),
        ("Bridge open (Example News)", "", "Example News", "Bridge open"),
        ("Bridge open - Example News - Example News", "", "Example News", "Bridge open"),
        ("Al-Example News", "", "Example News", "Al-Example News"),
        ("Example News wins prize", "", "Example News", "Example News wins prize"),
    ],
)
def test_the_outlet_is_no_part_of_the_title(stated, heading, outlet, title):
    site = f'<meta property="og:site_name" content="{outlet}">' if outlet else ""
    head = f'<head><meta property="og:title" content="{stated}">{site}</head>'
    top = f"<h1>{heading}</h1>" if heading else ""
    assert read(f"<html>{head}<body>{top}{BODY}</body></html>")["title"] == title


@pytest.mark.parametrize(
    ("stated", "outlet"),
    [
        ("آرتا FM", "آرتا FM"),
        ("iMEdD Lab", "iMEdD Lab"),
        ("kurdistan24", "kurdistan24"),
        ("BBC NEWS عربي", "BBC NEWS عربي"),
        ("Smith &amp;amp; Sons", "Smith & Sons"),
        ("Smith &amp;amp;amp; Sons", "Smith & Sons"),
        ("&amp;#1570;رتا FM", "آرتا FM"),
    ],
)
def test_the_outlet_is_as_the_page_writes_it(stated, outlet):
    page = f'<html><head><meta property="og:site_name" content="{stated}"></head><body>'
    assert read(f"{page}{BODY}</body></html>")["outlet"] == outlet


@pytest.mark.parametrize("name", ["ANHA", "rudaw", "VOA کوردی", "el-Watan", "hawar NEWS agency"])
def test_the_outlet_may_stand_in_the_linked_data_alone(name):
    said = f'{{"@type":"NewsArticle","publisher":{{"@type":"Organization","name":"{name}"}}}}'
    script = f'<script type="application/ld+json">{said}</script>'
    page = f"<html><head><title>Bridge | {name}</title>{script}</head><body>{BODY}</body></html>"
    assert read(page)["outlet"] == name


LIST = (
    '{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","datePublished":"2019-01-01"}]}'
)
OWN = '{"@graph":[{"@type":["NewsArticle"],"datePublished":"2022-09-20T10:00:00+03:00"}]}'
LINKED = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    ("part", "published"),
    [
        ('<script>var day = "2021-01-05", published_time = "2021-01-05";</script>', None),
        ('<div class="cookie-banner">As of <time datetime="2020-02-02">2 Feb</time></div>', None),
        ('<aside><time datetime="2019-01-01">1 Jan</time></aside>', None),
        ('<div class="related"><time datetime="2019-01-01">1 Jan</time></div>', None),
        ('<footer>© <time datetime="2019-01-01">2019</time></footer>', None),
        *(
            (f'<div {box}><time datetime="2019-01-01">1 Jan</time></div>', None)
            for box in (
                'id="cookieConsent"',
                'class="relatedPosts"',
                'class="latestNews"',
                'class="MostRead"',
                'class="see-also"',
                'class="recent-posts"',
                'class="newsTicker"',
                'class="modal"',
                'role="complementary"',
                'role="dialog"',
                'style="display:none"',
            )
        ),
        ('<div class="moreover"><time datetime="2022-09-20">20 Sep</time></div>', "2022-09-20"),
        ('<time itemprop="dateModified" datetime="2023-01-01"></time>', None),
        ('<time class="published updated" datetime="2022-09-20"></time>', "2022-09-20"),
        *(
            (f'<meta {name} content="2022-09-20">', "2022-09-20")
            for name in (
                'name="publication_date"',
                'property="og:published_time"',
                'name="article.published"',
                'name="pub_date"',
                'name="citation_date"',
                'name="date_published"',
            )
        ),
        ('<meta name="expires" content="2022-09-20">', None),
        (
            LINKED.format('{"@type":"http://schema.org/NewsArticle","datePublished":"2022-09-20"}'),
            "2022-09-20",
        ),
        (LINKED.format(LIST), None),
        (LINKED.format("{broken"), None),
        (LINKED.format(LIST) + LINKED.format(OWN), "2022-09-20"),
        ('<meta name="date" content="1444-02-24">', None),
        ('<meta name="date" content="24 صفر 1444 هـ">', "2022-09-20"),
        ('<meta property="article:published_time" content="2022-09-20T23:00:00Z">', "2022-09-20"),
        ('<meta name="pubdate" content="Tue, 20 Sep 2022 10:15:00 GMT">', "2022-09-20"),
        ('<span itemprop="datePublished" content="2022-09-20">Tuesday</span>', "2022-09-20"),
        ('<p><time datetime="2022-09-20T10:00">Tuesday</time></p>', "2022-09-20"),
        ('<link rel="canonical" href="https://example.org/2022/09/20/bridge">', "2022-09-20"),
    ],
)
def test_only_the_page_itself_says_when_it_came_out(part, published):
    head, body = (part, "") if part.startswith("<link") else ("", part)
    page = f"<html><head>{head}</head><body>{body}<article>{BODY}</article></body></html>"
    assert read(page)["published"] == published


def test_a_visible_dateline_is_the_day_of_publication(tmp_path):
    line = "الثلاثاء 20 أيلول / سبتمبر 2022 - 14:30"
    page = f"<html><body><h1>فتح المدارس</h1><div>{line}</div>{BODY}</body></html>"
    path = tmp_path / "a.html"
    path.write_text(page, encoding="utf-8")
    (loaded,) = load_articles(path)
    assert loaded.article.published == date(2022, 9, 20)


def test_what_nobody_sees_is_left_out_and_marks_are_written():
    hidden = "<p hidden>secret words</p><template><p>template words</p></template>"
    said = "<p>He said <q>we <b>go</b></q> and <del>old</del> 25<sup>2</sup> km left the town.</p>"
    text = read(f"<html><body><article>{BODY}{hidden}{said}</article></body></html>")["text"]
    assert "He said “we go” and 25² km left the town." in text
    assert "secret" not in text
    assert "template" not in text
