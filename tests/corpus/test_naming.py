"""Fields that go by other names: one sentence that proposes how to map them."""

import json

import pytest

from corpus.load import load_sources
from corpus.naming import proposal
from corpus.source import bytes_source

TEXT = "The crossing at Semalka was reopened on Monday, two officials said in the afternoon."
NAMES = [
    ("content", "source", "date"),
    ("body", "publisher", "published_at"),
    ("articleBody", "siteName", "datePublished"),
    ("FULL_TEXT", "Newspaper", "pub-date"),
    ("النص", "المصدر", "التاريخ"),
    ("نص المقال", "الصحيفة", "تاريخ النشر"),
    ("المحتوى", "الجهة", "تاريخ"),
    ("متن", "منبع", "تاریخ"),
    ("دەق", "سەرچاوە", "بەروار"),
    ("metin", "kaynak", "tarih"),
]

MORE_NAMES = [
    ("post_content", "media_name", "post_date"),
    ("bodyText", "publication", "webPublicationDate"),
    ("maintext", "source_domain", "date_publish"),
    ("lead_paragraph", "provider", "pub_date"),
    ("articleText", "publisher_name", "publication_datetime"),
    ("news_content", "news_source", "news_date"),
    ("body_text", "site", "publishedDate"),
    ("content_text", "site", "date_published"),
    ("selftext", "publisher", "created_utc"),
    ("Article", "Newspaper", "Date of Publication"),
    ("full_content", "outlet_name", "release_date"),
    ("story_text", "media_outlet", "publish_date"),
    ("نص_الخبر", "اسم_المصدر", "تاريخ_النشر"),
    ("محتوى الخبر", "اسم الموقع", "تاريخ الخبر"),
    ("نص التقرير", "الجريدة", "اليوم"),
    ("المضمون", "الوسيلة الإعلامية", "تاريخ الإصدار"),
    ("متن المقال", "وسيلة الإعلام", "التوقيت"),
    ("متن کامل", "نام منبع", "تاریخ خبر"),
    ("شرح خبر", "روزنامه", "زمان انتشار"),
    ("دەقی هەواڵ", "دەزگا", "ڕێکەوتی بڵاوبوونەوە"),
    ("ناوەرۆک", "کەناڵ", "کات"),
    ("naverok", "rojname", "roj"),
    ("deq", "ajans", "dîroka weşanê"),
    ("haber metni", "gazete", "yayın tarihi"),
    ("içerik", "kaynak adı", "yayınlanma tarihi"),
    ("texte intégral", "journal", "date de publication"),
    ("corps", "média", "date"),
    ("Volltext", "Zeitung", "Veröffentlichungsdatum"),
    ("Artikeltext", "Medium", "Erscheinungsdatum"),
    ("cuerpo", "periódico", "fecha de publicación"),
    ("texto completo", "diario", "fecha"),
    ("текст", "источник", "дата"),
    ("содержание", "издание", "дата публикации"),
    ("текст статьи", "газета", "опубликовано"),
]


def written(rows):
    names = list(rows[0])
    table = [names, *([f'"{row[name]}"' for name in names] for row in rows)]
    return {
        "a.jsonl": "\n".join(json.dumps(row, ensure_ascii=False) for row in rows),
        "a.json": json.dumps(rows),
        "a.csv": "\n".join(",".join(row) for row in table),
    }


def load(name, content, **options):
    return list(load_sources([bytes_source(name, content.encode())], **options))


@pytest.mark.parametrize(("text", "outlet", "day"), NAMES)
def test_other_names_are_one_error_that_proposes_a_mapping(text, outlet, day):
    rows = [{text: f"{TEXT} {n}", outlet: "SANA", day: "2020-04-18"} for n in range(500)]
    for name, content in written(rows).items():
        (found,) = load(name, content)
        assert found.line is None
        assert found.error.startswith('None of the 500 entries has a field "text"; name the fields')
        for pair in (f"text={text}", f"outlet={outlet}", f"published={day}"):
            assert f"--field {pair}" in found.error or f"--field '{pair}'" in found.error
        # What is proposed works.
        fields = proposal(rows[0])
        every = load(name, content, fields=fields)
        assert len(every) == 500
        assert {(a.article.outlet, str(a.article.published)) for a in every} == {
            ("SANA", "2020-04-18")
        }


@pytest.mark.parametrize(("text", "outlet", "day"), MORE_NAMES)
def test_names_of_many_programs_and_languages(text, outlet, day):
    found = proposal({day: "2020-04-18", outlet: "SANA", text: "It was opened."})
    assert found == {"text": text, "outlet": outlet, "published": day}


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("webTitle", "title"), ("post_title", "title"), ("Haber Başlığı", "title"),
        ("titular", "title"), ("заголовок", "title"), ("Schlagzeile", "title"), ("Title", "title"),
        ("post_url", "url"), ("enlace", "url"), ("ссылка", "url"), ("pageUrl", "url"),
        ("idioma", "language"), ("Sprache", "language"), ("_id", "id"), ("news_id", "id"),
        ("author", None), ("country", None), ("modified", None), ("tags", None), ("image", None),
    ],
)  # fmt: skip
def test_other_fields_go_by_their_names(name, field):
    found = proposal({"body": TEXT, name: "x"})
    assert found == {"text": "body"} | ({field: name} if field else {})


def test_an_outlet_may_be_an_object_with_a_name():
    rows = [
        {
            "source": {"id": None, "name": "SANA"},
            "content": f"{TEXT} {n}",
            "publishedAt": "2020-04-18",
        }
        for n in range(300)
    ]
    value = json.dumps({"status": "ok", "totalResults": 300, "articles": rows})
    (found,) = load("a.json", value)
    assert found.error.startswith('None of the 300 entries has a field "text"')
    every = load("a.json", value, fields=proposal(rows[0]))
    assert {(one.article.outlet, one.error) for one in every} == {("SANA", None)}
    assert "outlet" not in proposal({"body": TEXT, "source": ["SANA"]})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps([f"{TEXT} {n}" for n in range(500)])),
        ("a.jsonl", "\n".join(f"{TEXT} {n}" for n in range(500))),
        ("a.jsonl", "\n".join(str({"text": f"{TEXT} {n}"}) for n in range(500))),
        ("a.jsonl", "\n".join(json.dumps({"text": "", "id": n}) for n in range(500))),
        (
            "a.jsonl",
            "\n".join(
                json.dumps({"text": f"{TEXT} {n}", "published": f"{n % 28 + 1:02}/09/2022"})
                for n in range(500)
            ),
        ),
        ("a.csv", "title,text\n" + "\n".join(f"Open,{TEXT} {n}" for n in range(500))),
    ],
)
def test_a_fault_of_every_line_is_told_of_the_first_and_counted(name, content):
    *first, last = load(name, content)
    assert len(first) == 20
    assert last.line is None
    assert last.error.startswith("480 more entries have the same faults; mend")


def test_a_long_text_is_the_text_whatever_it_is_called():
    assert proposal({"col7": TEXT, "col8": "SANA", "link": "https://a.example/1"}) == {
        "text": "col7",
        "url": "link",
    }


def test_where_no_name_is_known_the_names_are_shown():
    for name, content in written([{"x": "1", "y": "b"}] * 300).items():
        (found,) = load(name, content)
        assert "--field text=NAME" in found.error
        assert '"x", "y"' in found.error


def test_an_address_is_no_outlet():
    assert "outlet" not in proposal({"body": TEXT, "source": "https://news.example/a"})


def test_entries_without_a_text_among_others_are_told_by_their_lines():
    lines = [json.dumps({"text": TEXT, "id": "1"})] + ['{"title": "x"}'] * 50
    found = load("a.jsonl", "\n".join(lines))
    assert [one.line for one in found] == [1, 2, 3, 4, 5, 6, None]
    assert found[-1].error == '45 more entries have no field "text"; give each a text.'
    found = load("a.jsonl", "\n".join(reversed(lines[:3])))
    assert [(one.line, one.article is None) for one in found] == [(1, True), (2, True), (3, False)]


@pytest.mark.parametrize("value", [
    "NaN", "nan", "NULL", "None", "N/A", "#N/A", "NaT", "<NA>", "NA", "-nan", "#NA", "#N/A N/A",
    "1.#IND", "1.#QNAN", "\\N", "-", "—", "nil", "undefined", "#VALUE!", "#REF!", "(null)",
])  # fmt: skip
def test_what_stands_for_nothing_is_nothing(value):
    row = ",".join([f'"{TEXT}"', *[value] * 5])
    table = f"text,title,outlet,published,url,id\n{row}\n"
    (found,) = load("a.csv", table)
    article = found.article
    assert (article.outlet, article.published, article.url, article.id) == (
        None, None, None, "a.csv:2",
    )  # fmt: skip
    assert article.title.startswith("The crossing")
    (found,) = load("a.csv", f"text,title\n{value},x\n")
    assert "text is empty" in found.error


def test_a_number_that_is_none_is_nothing_and_words_like_it_stay():
    (found,) = load("a.jsonl", f'{{"text": "{TEXT}", "outlet": NaN, "title": "Nan bread"}}')
    assert (found.article.outlet, found.article.title) == (None, "Nan bread")
    kept = {"id": "a", "text": "x.", "title": "None", "exported": True}
    (found,) = load("a.jsonl", json.dumps(kept))
    assert found.article.title == "None"


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;"])
def test_the_line_that_names_the_separator(first):
    (found,) = load("a.csv", f"{first}\r\nid;text\r\n1;{TEXT}\r\n")
    assert (found.article.id, found.line) == ("1", 3)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.jsonl", "a.csv"])
def test_an_article_without_a_title_is_known_by_its_first_words(name):
    text = f"{TEXT} It had been closed."
    content = {"a.jsonl": json.dumps({"text": text}), "a.csv": f'text\n"{text}"'}.get(name, text)
    (found,) = load(name, content)
    assert found.article.title == "The crossing at Semalka was reopened on Monday, two officials…"
    (found,) = load("b.txt", "أُعيد فتح المعبر.")
    assert found.article.title == "أُعيد فتح المعبر"


@pytest.mark.parametrize("outlet", ["Nana", "Nil river", "NATO", "None of us", "N/A Press"])
def test_names_that_begin_like_nothing_stay(outlet):
    (found,) = load("a.csv", f'text,outlet\n"{TEXT}",{outlet}\n')
    assert found.article.outlet == outlet


@pytest.mark.parametrize(
    "title",
    [
        "Untitled", "a.txt", "/home/x/a.html", "C:\\x\\a b.txt", "file:///x/a.txt", "-",
        "https://a.example/1", "articles/2020/a.txt", "Microsoft Word - a.docx", "بدون عنوان",
    ],
)  # fmt: skip
def test_a_path_is_no_title(title):
    said = "The crossing at Semalka was reopened on Monday, two officials…"
    (found,) = load("a.jsonl", json.dumps({"text": f"{TEXT} It had been closed.", "title": title}))
    assert found.article.title == said
    page = f"<html><head><title>{title}</title></head><body><p>{TEXT} Closed.</p></body></html>"
    (found,) = load("a.html", page)
    assert found.article.title == said


@pytest.mark.parametrize(
    "title", ["Raqqa/Deir ez-Zor: open", "ASP.NET", "Untitled no more", "10/10"]
)
def test_titles_that_look_like_paths_stay(title):
    (found,) = load("a.jsonl", json.dumps({"text": TEXT, "title": title}))
    assert found.article.title == title
