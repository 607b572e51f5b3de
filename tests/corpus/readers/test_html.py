"""What a page states of itself, and what it only shows around the article."""

import pytest

from corpus.errors import DalilError
from corpus.readers import html
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
