"""Saved answers keep their citations through updates, removals and new indexes."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from index import Library, load_encoder
from index.store.database import Store
from rag.assistant import Assistant
from rag.choice.select import SelectionSettings

QUESTION = "متى يُفتح سوق الخضار؟"


@pytest.fixture
def library(home, kit, article):
    kit.add(home, article(title="السوق"), article(2, "وصلت قافلة مساعدات إلى المدينة."))
    opened = Library.open(home, load_encoder("bundled"))
    yield opened
    opened.close()


@pytest.fixture
def given(library, client):
    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    assert answer["citations"], answer["text"]
    return answer


def read(client, answer):
    return client.get(f"/api/answers/{answer['answer_id']}")


def without(saved, *names):
    return {name: value for name, value in saved.items() if name not in names}


def test_a_saved_answer_is_the_answer_given(client, given):
    saved = read(client, given).json()
    assert without(saved, "history", "created_at", "feedback") == given
    assert (saved["history"], saved["feedback"]) == ([], None)


def test_the_library_keeps_no_quote_beside_the_article(home, given):
    with closing(sqlite3.connect(home / "library.sqlite")) as connection:
        (body,) = connection.execute("SELECT body FROM answers").fetchone()
    assert given["citations"][0]["quote"] not in body
    assert "السوق" not in json.loads(body)["citations"][0].values()


def test_an_update_leaves_the_citation_with_its_version(client, given, library, article):
    library.add([article(text="فُتح سوق الخضار يوم الأحد كما كان مقرراً.", title="عنوان آخر")])
    assert without(read(client, given).json(), "history", "created_at", "feedback") == given
    assert client.get("/api/articles/article-1").json()["version"] == 2
    old = client.get("/api/articles/article-1", params={"version": 1}).json()
    assert [v["version"] for v in old["versions"]] == [2, 1]
    assert given["citations"][0]["quote"] in old["text"]


def test_a_removed_article_can_still_be_cited(client, given, library):
    library.remove(["article-1"])
    assert read(client, given).json()["citations"] == given["citations"]
    assert client.get("/api/articles").json()["total"] == 1


def test_a_new_index_changes_nothing(client, given, library):
    library.rebuild()
    assert read(client, given).json()["citations"] == given["citations"]


def test_a_purged_citation_is_gone_for_good(client, given, library, article):
    library.remove(["article-1"], purge=True)
    gone = read(client, given)
    assert gone.status_code == 410
    assert "removed for good" in gone.json()["error"]
    assert given["citations"][0]["quote"] not in gone.text
    # Another text under the same id is another version, which no old citation points to.
    library.add([article(text="x" * 200)])
    assert read(client, given).status_code == 410
    assert client.get("/api/articles/article-1").json()["version"] == 2
    # One may still ask on.
    body = {"question": "وماذا بعد؟", "after": given["answer_id"]}
    assert client.post("/api/ask", json=body).status_code == 200


def test_an_abstention_forgets_what_was_purged(client, library):
    answer = client.post("/api/ask", json={"question": "Who won the chess match in Oslo?"}).json()
    assert answer["status"] == "abstained"
    assert {hit["article_id"] for hit in answer["related"]} == {"article-1", "article-2"}
    assert read(client, answer).json()["related"] == answer["related"]
    library.remove(["article-1"], purge=True)
    saved = read(client, answer).json()
    assert {hit["article_id"] for hit in saved["related"]} == {"article-2"}
    assert saved["text"] == answer["text"]


def test_what_may_answer_is_read_again_and_forgotten_with_its_article(client, library):
    unsure = replace(SelectionSettings.read(), threshold=1.1, possible=0.0)
    given = Assistant(library, selection=unsure).ask(QUESTION)
    answer = given.as_json()
    assert len(answer["possible"]) == 1
    saved = read(client, answer).json()
    assert without(saved, "history", "created_at", "feedback") == answer
    library.remove([answer["possible"][0]["article_id"]], purge=True)
    saved = read(client, answer).json()
    assert saved["possible"] == []
    assert saved["text"] == "لا تجيب المقالات عن هذا السؤال."


def test_the_newest_feedback_counts(client, given):
    where = f"/api/answers/{given['answer_id']}/feedback"
    for helpful, note in ((False, "ليس هذا ما سألت عنه"), (True, "")):
        said = client.post(where, json={"helpful": helpful, "note": note})
        assert said.status_code == 200
        assert without(said.json(), "created_at") == {"helpful": helpful, "note": note}
    assert read(client, given).json()["feedback"] == said.json()


def save(home, body):
    store = Store(home / "library.sqlite")
    with closing(store), store.transaction():
        store.execute("UPDATE answers SET body = ?", json.dumps(body))


def test_answers_of_an_older_dalil_are_read(home, client, given):
    """They held quotes and texts, and their library had no table of feedback."""
    full = {**given, "history": ["قبل ذلك؟"]}
    save(home, full)
    with closing(sqlite3.connect(home / "library.sqlite")) as connection, connection:
        connection.execute("DROP TABLE feedback")
        connection.execute("PRAGMA user_version = 2")
    saved = read(client, given).json()
    assert without(saved, "history", "created_at", "feedback") == given
    assert (saved["history"], saved["feedback"]) == (["قبل ذلك؟"], None)


def test_a_quote_is_what_the_article_says_whatever_was_saved(home, client, given):
    forged = {**given, "history": [], "text": "«كذب» [1]"}
    forged["citations"] = [{**c, "quote": "كذب"} for c in given["citations"]]
    save(home, forged)
    saved = read(client, given).json()
    assert (saved["text"], saved["citations"]) == (given["text"], given["citations"])


def test_a_title_is_that_of_the_cited_version(client, given, library, article):
    library.add([replace(article(), title="عنوان جديد")])
    assert read(client, given).json()["citations"][0]["title"] == "السوق"
