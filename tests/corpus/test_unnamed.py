"""Files whose names tell nothing: pages are read as pages, other markup is refused."""

import json

import pytest

from corpus.load import load_articles

TEXT = "The crossing at Semalka was reopened on Monday, two officials said in the afternoon."
BODY = f"<article><h1>Crossing open</h1><p>{TEXT}</p><p>{TEXT} It had been closed.</p></article>"
PAGE = f"<!DOCTYPE html><html><head><title>t</title></head><body>{BODY}</body></html>"


@pytest.fixture
def load(tmp_path):
    def read(name, content):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return list(load_articles(str(path)))

    return read


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.php", PAGE),
        ("page", "\ufeff\n" + PAGE),
        ("page.aspx", "<!-- saved -->" + PAGE.removeprefix("<!DOCTYPE html>")),
        ("page.jsp", PAGE.replace("html", "HTML")),
        ("page.xml", '<?xml version="1.0"?>' + PAGE),
        ("page.txt", PAGE),
        ("page.md", PAGE),
        ("part.txt", f'<div class="post"><p>{TEXT}</p></div>'),
        ("part.txt", f"<p>{TEXT}</p>\n<p>It had been closed.</p>"),
        ("part.txt", f"<!-- wp:paragraph --><p>{TEXT}</p><!-- /wp:paragraph -->"),
    ],
)
def test_a_page_is_read_as_one(load, name, content):
    (found,) = load(name, content)
    assert TEXT in found.article.text
    assert "<" not in found.article.text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("feed", f"<rss><channel><item><description>{TEXT}</description></item></channel></rss>"),
        ("feed.xml", f'<?xml version="1.0"?><rss><channel>{TEXT}</channel></rss>'),
        ("a.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><text>{TEXT}</text></svg>'),
        ("a.nitf", f"<nitf><body>{TEXT}</body></nitf>"),
        ("feed.txt", f'<?xml version="1.0"?><rss><channel>{TEXT}</channel></rss>'),
        ("feed.text", f'<rss version="2.0"><channel><title>{TEXT}</title></channel></rss>'),
        ("atom.txt", f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{TEXT}</title></feed>'),
    ],
)
def test_other_markup_is_refused(load, name, content):
    (found,) = load(name, content)
    assert found.error.startswith("The file holds markup that is no page; save")


PRETTY = json.dumps({"text": TEXT}, indent=1)
MAIL = (
    "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
    f'\tboundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n{PAGE}\r\n--b--\r\n'
)
ITEMS = f"<item>{TEXT}</item>\n" * 900


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.mht", MAIL, "as a mail (MHTML); save"),
        ("a.txt", MAIL, "as a mail (MHTML); save"),
        ("a.txt", f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{PAGE}", "server sent first"),
        ("a.php", f'<?php include "head.php"; ?>\n{PAGE}', "a program that makes pages"),
        ("a.asp", f'<%@ Page Language="C#" %>\n{PAGE}', "a program that makes pages"),
        ("a.arc", f"filedesc://a.arc 0.0.0.0 20200418 text/plain 76\n{TEXT}", "old form (ARC)"),
        ("a.html", f'<rss version="2.0"><channel><title>{TEXT}</title></channel></rss>', "no page"),
        ("a.md", f'<rss version="2.0"><channel><title>{TEXT}</title></channel></rss>', "no page"),
        ("a.html", f"WARC/1.0\r\n\r\n{TEXT}", "ends with .warc"),
        ("a.txt", f"<articles><item>{TEXT}</item></articles>", "no page"),
        ("a.txt", f'<TEI xmlns="http://www.tei-c.org/ns/1.0"><text>{TEXT}</text></TEI>', "no page"),
        ("a.dat", f"<articles>\n{ITEMS}</articles>", "no page"),
        ("a.txt", f'[{{"text": "{TEXT}"}},]', "begins as JSON and is not valid"),
        ("a.txt", f'[{{"text": "{TEXT}"}}, {{"text": "cut', "begins as JSON and is not valid"),
        ("a.txt", f"{PRETTY}\n{PRETTY}", "begins as JSON and is not valid"),
        ("a.txt", f'callback([{{"text": "{TEXT}"}}]);', "begins as JSON and is not valid"),
    ],
)
def test_what_programs_save_is_no_article(load, name, content, told):
    (found,) = load(name, content)
    assert told in found.error


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.htm"])
def test_objects_and_tables_are_read_under_the_name_of_a_page(load, name):
    for content in (json.dumps([{"text": TEXT}]), PRETTY, f'title,text\nOpen,"{TEXT}"\n'):
        (found,) = load(name, content)
        assert found.article.text == TEXT


def test_objects_are_read_as_such(load):
    lines = "\n".join(json.dumps({"text": f"{TEXT} {n}"}) for n in range(3))
    assert [one.line for one in load("a.out", lines)] == [1, 2, 3]
    for name in ("a.data", "a.txt"):
        (found,) = load(name, json.dumps([{"text": TEXT}], indent=1))
        assert found.article.text == TEXT


@pytest.mark.parametrize("name", ["a.txt", "a.dat", "a"])
@pytest.mark.parametrize(
    "head", ["title,text", "\ufefftitle;text", '"title"\t"text"', "sep=;\ntitle;text", "title|text"]
)
def test_a_table_is_read_as_one(load, name, head):
    sign = next(sign for sign in (";", "\t", "|", ",") if sign in head)
    (found,) = load(name, f'{head}\nOpen{sign}"{TEXT}"\n')
    assert (found.article.title, found.article.text) == ("Open", TEXT)


@pytest.mark.parametrize("name", ["a.txt", "a.dat"])
def test_an_archive_by_another_name_is_refused(load, name):
    (found,) = load(name, f"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n{TEXT}")
    assert "ends with .warc" in found.error


@pytest.mark.parametrize(
    "content",
    [
        f"<3 is how readers ended letters. {TEXT}",
        f"<Urgent> {TEXT}",
        f"[Raqqa] {TEXT}",
        f"{{Editor's note}} {TEXT}",
        f"a < b and c > d. {TEXT}",
        f"Story, article, post: {TEXT}\nOne, two, three.",
        f"Sent by mail, on the day it happened\n{TEXT}",
        f"<Urgent>{TEXT}",
        f'{{"text"}} is a field. {TEXT}',
        f'["quoted"] {TEXT}',
        f"<<Breaking>> {TEXT}",
        f"HTTP is a protocol. {TEXT}",
        f"MIME-Version is a header. {TEXT}",
        f"<?> asked readers. {TEXT}",
        f"callback(later), he wrote. {TEXT}",
        "أُعيد فتح معبر سيمالكا يوم الاثنين.",
    ],
)
def test_a_text_stays_a_text(load, content):
    for name in ("a.story", "a.txt", "a"):
        (found,) = load(name, content)
        assert found.article.text == content
    assert load("a.md", content)[0].error is None
