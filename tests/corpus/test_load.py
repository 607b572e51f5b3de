import codecs
import json
import os
from datetime import date
from pathlib import Path

import pytest

from corpus import clean, load_articles
from corpus.errors import DalilError

PARAGRAPH = "فتحت المدارس في المدينة أبوابها صباح اليوم بعد عطلة طويلة استمرت شهرين."


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            content = "".join(json.dumps(line) + "\n" for line in content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def one(*paths, **options):
    (loaded,) = load_articles(*paths, **options)
    assert (loaded.article is None) != (loaded.error is None)
    return loaded


def error(*paths, **options):
    loaded = one(*paths, **options)
    assert loaded.label == str(paths[-1])
    # A sentence with a remedy: the fault, then what to do.
    assert loaded.error[0].isupper()
    assert loaded.error.endswith((".", '".'))
    assert ";" in loaded.error
    return loaded


def test_text_file_states_title_outlet_and_date(write):
    text = "الشريط الإخباري\n\nعنوان الخبر\n\nمثال نيوز- الحسكة\n\n"
    text += f"اليوم السبت (18 نيسان 2020): {PARAGRAPH}\n\nTop"
    path = write("a.txt", text)
    article = one(path).article
    assert article.text == clean(text)
    assert (article.title, article.outlet) == ("عنوان الخبر", "مثال نيوز")
    assert (article.published, article.language) == (date(2020, 4, 18), "ar")
    assert (article.id, article.source, article.url, article.version) == (path, path, None, 1)


def test_page_date_is_not_the_date_of_the_article(write):
    article = one(write("a.txt", f"• Monday, 16 February 2026\n\nعنوان الخبر\n{PARAGRAPH}")).article
    assert article.published is None
    assert "2026" not in article.text


def test_without_cleaning_the_text_is_what_the_file_holds(write):
    text = f"logo\r\n\r\n{PARAGRAPH} \r\n\r\n\r\n\r\nTop"
    assert one(write("a.txt", codecs.BOM_UTF8 + text.encode()), clean=False).article.text == text


def test_relative_paths(write, tmp_path, monkeypatch):
    path = write("folder/a.txt", PARAGRAPH)
    monkeypatch.chdir(tmp_path)
    article = one("./folder/../folder/a.txt").article
    assert article.source == "./folder/../folder/a.txt"
    assert article.id == path
    assert one("./folder").article.source == "./folder/a.txt"
    assert one("folder/").article.source == "folder/a.txt"


def test_utf_16_with_its_mark(write):
    assert one(write("a.txt", PARAGRAPH.encode("utf-16"))).article.text == PARAGRAPH
    line = json.dumps({"text": PARAGRAPH}, ensure_ascii=False) + "\n"
    assert one(write("a.jsonl", line.encode("utf-16"))).article.text == PARAGRAPH


def test_markdown_front_matter(write):
    path = write(
        "a.md",
        "---\ntitle: عنوان\nOutlet: مثال\ndate: 2020-04-18\nlang: ar\nid: 7\n"
        f"url: https://example.org/a\n---\n\n## قسم\n\n{PARAGRAPH} [رابط](https://example.org)\n",
    )
    article = one(path).article
    assert (article.id, article.title, article.outlet) == ("7", "عنوان", "مثال")
    assert (article.published, article.language) == (date(2020, 4, 18), "ar")
    assert article.url == "https://example.org/a"
    assert article.text == f"قسم\n\n{PARAGRAPH} رابط"
    assert "## قسم" in one(path, clean=False).article.text


PAGE = """<!doctype html><html lang="ar"><head><meta charset="utf-8">
<title>عنوان - مثال نيوز</title>
<meta property="og:title" content="عنوان الخبر"><meta property="og:site_name" content="مثال نيوز">
<meta property="article:published_time" content="2020-04-18T10:00:00+03:00">
<link rel="canonical" href="{url}"></head><body><nav>الرئيسية</nav><article><h1>عنوان الخبر</h1>
<p>{text}</p><p>{text} ثم عاد الجميع.</p><script>alert(1)</script></article></body></html>"""


def test_html_page(write):
    page = PAGE.format(url="https://example.org/news/1", text=PARAGRAPH)
    article = one(write("a.html", page)).article
    assert article.id == article.url == "https://example.org/news/1"
    assert (article.title, article.outlet) == ("عنوان الخبر", "مثال نيوز")
    assert article.published == date(2020, 4, 18)
    assert PARAGRAPH in article.text
    assert "alert" not in article.text
    assert "الرئيسية" not in article.text


def test_home_page_address_does_not_identify(write):
    path = write("a.html", PAGE.format(url="https://example.org/", text=PARAGRAPH))
    assert one(path).article.id == path


def test_jsonl_fields(write):
    line = {
        "text": "جملة واحدة.",
        "id": "x1",
        "title": "عنوان",
        "outlet": "مثال",
        "source": "archive",
        "published": "2020-04-18",
        "language": "ar",
        "url": "https://example.org/1",
    }
    loaded = one(write("a.jsonl", [line]))
    article = loaded.article
    assert loaded.line == 1
    for name, value in (line | {"published": date(2020, 4, 18)}).items():
        assert getattr(article, name) == value


def test_jsonl_identity(write):
    path = write("a.jsonl", [{"text": "نص أول", "url": "u"}, {"text": "نص ثان", "id": None}])
    first, second = (loaded.article for loaded in load_articles(path))
    assert (first.id, second.id) == ("u", f"{path}:2")
    assert second.source == path


def test_jsonl_field_mapping(write):
    path = write("a.jsonl", [{"body": "نص", "nr": 12, "when": "2020-04-18T01:00:00Z"}])
    article = one(path, fields={"text": "body", "id": "nr", "published": "when"}).article
    assert (article.text, article.id, article.published) == ("نص", "12", date(2020, 4, 18))
    with pytest.raises(DalilError, match="no field"):
        list(load_articles(path, fields={"txt": "body"}))


def test_surrogates_and_nul(write):
    content = b'{"text": "a\\ud800b\\u0000c", "title": "t\\udfff", "id": "i\\ud83d"}\n'
    path = write("a.jsonl", content)
    article = one(path).article
    assert (article.text, article.title, article.id) == ("a\ufffdbc", "t\ufffd", "i\ufffd")
    assert one(path, clean=False).article.text == "a\ufffdb\0c"


def test_folder_is_walked_in_order(write, tmp_path):
    for name in ("b/2.txt", "b/1.md", "a.jsonl", ".hidden/x.txt", ".x.txt", "c.doc", "z.HTML"):
        content = {".jsonl": '{"text": "نص"}', ".HTML": "<p>A short page text.</p>"}
        write(name, content.get(Path(name).suffix, f"نص {name}"))
    found = [loaded.label for loaded in load_articles(tmp_path)]
    assert [os.path.relpath(path, tmp_path) for path in found] == [
        "a.jsonl",
        "z.HTML",
        "b/1.md",
        "b/2.txt",
    ]


def test_unknown_kind_named_itself(write):
    assert one(write("a.story", PARAGRAPH)).article.text == PARAGRAPH
    assert "NUL" in error(write("a.bin", b"\x7fELF\0\0")).error


def test_same_identity_twice(write):
    same, other = {"id": "x", "text": "نص"}, {"id": "x", "text": "غيره"}
    first = write("a.jsonl", [same, same])
    second = write("b.jsonl", [same, other])
    loaded = list(load_articles(first, second))
    assert [item.line for item in loaded] == [1, 2]
    assert loaded[1].label == second
    assert f"{first}:1" in loaded[1].error


def test_same_file_twice_is_one_article(write, tmp_path):
    path = write("a.txt", PARAGRAPH)
    assert one(path, tmp_path, path).article.source == path


# Ten names, each ten times the one before: printed, they would fill the memory.
YAML_BOMB = (
    "---\na0: &a0 [x]\n"
    + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    + "date: *a9\n---\ntext"
)

BAD_FILES = {
    "binary.txt": (b"\x89PNG\r\n\0\0", "NUL byte at offset 6"),
    "arabic.txt": (PARAGRAPH.encode("cp1256"), "byte offset 0); it looks like windows-1256"),
    "latin.txt": ("The café is open".encode("latin-1"), "byte offset 7"),
    "empty.txt": ("", "empty"),
    "blank.txt": (" \n\u200b\u00a0\n", "empty"),
    "furniture.txt": ("Menu\nHome\nClose\n", "furniture"),
    "yaml.md": ("---\ntitle: [a\n---\ntext", "front matter"),
    "day.md": ("---\ndate: 2020-02-30\n---\ntext", "front matter"),
    "bomb.md": (YAML_BOMB, '"published" holds a list'),
    "deep.md": ("---\na: " + "[" * 5000 + "\n---\ntext", "front matter"),
    "date.md": ("---\ndate: soon\n---\ntext", '"published"'),
    "title.md": ("---\ntitle: [a, b]\n---\ntext", '"title" holds a list'),
    "only.md": ("---\ntitle: a\n---\n", "empty"),
    "none.html": ("<html><body></body></html>", "no text"),
    "nothing.html": ("", "no text"),
    "nothing.jsonl": ("\n \n", "no articles"),
    "half.txt": (codecs.BOM_UTF16_LE + b"a", "UTF-16"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file(write, name):
    content, expected = BAD_FILES[name]
    loaded = error(write(name, content))
    assert expected in loaded.error
    assert loaded.line is None


BAD_LINES = {
    '{"text": "a"': "not valid JSON",
    "[1]": "not a JSON object",
    '"text"': "not a JSON object",
    "{}": 'no field "text"',
    '{"text": null}': "text is empty",
    '{"text": 3}': '"text" holds a number',
    '{"text": ["a"]}': '"text" holds a list',
    '{"text": "  "}': "empty",
    '{"text": "\\u0000"}': "empty",
    '{"text": "a", "title": {}}': '"title" holds an object',
    '{"text": "a", "id": true}': '"id" holds true or false',
    '{"text": "a", "published": "18/04/2020"}': '"published"',
    '{"text": "a", "published": "2020-02-30"}': '"published"',
    '{"text": "a", "published": 1587168000}': '"published"',
    "[" * 100_000: "nested",
    '{"text": "a", "n": ' + "9" * 5000 + "}": "number too long",
}


@pytest.mark.parametrize("line", BAD_LINES, ids=lambda line: line[:40])
def test_bad_line(write, line):
    path = write("a.jsonl", '{"text": "نص أول"}\n' + line + '\n{"text": "نص أخير"}\n')
    first, bad, last = load_articles(path)
    assert first.article
    assert last.article
    assert (bad.label, bad.line, bad.article) == (path, 2, None)
    assert BAD_LINES[line] in bad.error
    assert ";" in bad.error


def test_missing_and_unusable_paths(tmp_path):
    assert "No such file" in error(str(tmp_path / "none.txt")).error
    assert "No such file" in error(str(tmp_path / "none.jsonl")).error
    assert "cannot be read" in error("a\0b.txt").error
    assert "holds no articles" in error(str(tmp_path)).error
    surrogate = next(iter(load_articles("a\udcff.txt")))
    assert surrogate.label == "a\ufffd.txt"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(write):
    path = write("a.txt", PARAGRAPH)
    Path(path).chmod(0)
    assert "Permission denied" in error(path).error
