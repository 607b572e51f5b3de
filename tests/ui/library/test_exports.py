"""A library as JSONL comes back exactly; a conversation is one's own, and shows what it quotes."""

import json
import sqlite3
from contextlib import closing
from datetime import date

import pytest

from corpus.article import Article
from corpus.load import load_articles
from index.store.database import DATABASE
from ui.library import exports
from ui.portable import portable

TEXT = "The market opened again."
ODD = [
    Article("https://news.example/a b", "سطر\r\nآخر\u2028\x00\ttab", title="«عنوان»"),
    Article(
        " 7", "Share this\nSubscribe to our newsletter\n\nA text with furniture.", language="en"
    ),
    # A text from whose first lines a title and a date would be found.
    Article(
        "z",
        "عنوان الخبر\n\nمثال نيوز - الحسكة\n\nقال متحدث (18 نيسان 2020) إن السد آمن.",
        source="x",
    ),
    Article("dated", "xyz", published=date(2020, 2, 29), outlet="A, “B”", url="https://a.example"),
]


def test_a_library_comes_back_exactly(home, tmp_path, kit, monkeypatch):
    # Smaller parts than the library, so that it takes several.
    monkeypatch.setattr(exports, "_AT_ONCE", 3)
    articles = [*ODD, *(found.article for found in load_articles(kit.root / "corpus" / "demo"))]
    kit.add(home, *articles)
    with kit.client_of(home) as client:
        client.put("/api/library/withdrawn/dated", json={})
        file = client.get("/api/library/articles.jsonl")
    assert file.headers["content-disposition"].endswith('.jsonl"')
    assert file.headers["cache-control"] == "no-store"
    path = tmp_path / "export.jsonl"
    path.write_bytes(file.content)
    back = [found.article for found in load_articles(path)]
    kept = [portable(article) for article in articles if article.id != "dated"]
    assert back == sorted(kept, key=lambda a: a.id)


def test_what_was_damaged_is_named_and_the_rest_taken_along(home, tmp_path, kit, monkeypatch):
    monkeypatch.setattr(exports, "_AT_ONCE", 2)
    files = [f"/home/amal/news/{n}.txt" for n in range(5)]
    kit.add(home, *(Article(file, TEXT, source=file) for file in files))
    with closing(sqlite3.connect(home / DATABASE)) as connection, connection:
        changed = "UPDATE versions SET text = 'No.' WHERE article_id IN (?, ?)"
        connection.execute(changed, (files[1], files[4]))
    with kit.client_of(home) as client:
        file = client.get("/api/library/articles.jsonl")
    assert file.status_code == 200
    assert "amal" not in file.text
    path = tmp_path / "export.jsonl"
    path.write_bytes(file.content)
    back = list(load_articles(path))
    assert [found.article is not None for found in back] == [True, False, True, True, False]
    whole = [portable(Article(file, TEXT, source=file)).id for file in files]
    lines = [json.loads(line) for line in file.text.splitlines()]
    assert [line["id"] for line in lines] == whole
    assert [line["id"] for line in lines if "damaged" in line.get("error", "")] == whole[1::3]
    assert whole[1] in lines[1]["error"]


def test_only_what_was_exported_is_left_as_it_is(tmp_path):
    path = tmp_path / "a.jsonl"
    line = {"id": "a", "text": ODD[2].text, "exported": "yes"}
    path.write_text(json.dumps(line), encoding="utf-8")
    (found,) = load_articles(path)
    assert (found.article.title, found.article.language) == ("عنوان الخبر", "ar")


def test_a_library_that_is_not_there_is_an_empty_file(client):
    file = client.get("/api/library/articles.jsonl")
    assert (file.status_code, file.text) == (200, "")


@pytest.mark.parametrize("path", ["/api/library/articles.jsonl", "/api/library/unanswered"])
def test_only_administrators_take_the_library_away_and_see_what_others_asked(
    open_office, demo, kit, path
):
    amal, leila = (kit.log_in(open_office, name) for name in ("amal", "leila"))
    assert open_office.get(path, headers=amal).status_code == 200
    assert open_office.get(path, headers=leila).status_code == 403
    assert open_office.get(path).status_code == 401
    assert demo.get(path).status_code == 403


def test_unanswered_questions_name_nobody(open_office, kit):
    amal, leila = (kit.log_in(open_office, name) for name in ("amal", "leila"))
    question = "Who built the lighthouse of Alexandria?"
    open_office.post("/api/ask", json={"question": question}, headers=leila)
    found = open_office.get("/api/library/unanswered", headers=amal)
    assert question in [one["questions"][0]["question"] for one in found.json()["groups"]]
    assert "leila" not in found.text


def test_a_conversation_is_ones_own(open_office, kit):
    leila, omar = (kit.log_in(open_office, name) for name in ("leila", "omar"))
    asked = {"question": "متى يُفتح سوق *الخضار*؟ <b>"}
    answer = open_office.post("/api/ask", json=asked, headers=leila).json()
    body = {"answers": [answer["answer_id"]] * 2, "language": "ar"}
    file = open_office.post("/api/conversation.md", json=body, headers=leila)
    assert file.headers["content-type"] == "text/markdown; charset=utf-8"
    assert file.text.startswith("# دليل · المحادثة · ")
    assert file.text.count("## متى يُفتح سوق \\*الخضار\\*؟ \\<b\\>\n") == 2
    assert "«وسيُفتح **الأحد** المقبل.» [1]" in file.text
    assert "<http://127.0.0.1/articles/article-1?version=1&start=" in file.text
    assert open_office.post("/api/conversation.md", json=body, headers=omar).status_code == 404
    for wrong in ({"answers": []}, {"answers": ["a"] * 51}, {"answers": ["a"], "language": "fr"}):
        refused = open_office.post("/api/conversation.md", json=wrong, headers=leila)
        assert refused.status_code == 422
