"""The server follows what other processes do to the library."""

import json
import shutil

from index import Library
from index.reencoding import reencode
from ui import reopening

CONVOY = "وصلت قافلة مساعدات إلى المدينة."
QUESTION = "متى يُفتح سوق الخضار؟"


def ask(client):
    return client.post("/api/ask", json={"question": QUESTION}).json()


def test_articles_of_another_process_appear(home, client, dalil_process, tmp_path):
    assert client.get("/api/articles").json() == {
        "articles": [], "next": None, "total": 0, "outlets": []
    }  # fmt: skip
    assert ask(client)["notice"].endswith("dalil add PATH")
    assert client.get("/readyz").status_code == 503
    assert client.get("/api/answers/x").status_code == 404
    assert client.get("/api/articles/x").status_code == 404
    news = tmp_path / "news.jsonl"
    for number, text in enumerate((CONVOY, "سيُفتح سوق الخضار الأحد المقبل.")):
        news.write_text(json.dumps({"id": f"n{number}", "text": text}), encoding="utf-8")
        assert dalil_process("add", news, home=home).code == 0
        assert client.get("/api/articles").json()["total"] == number + 1
    assert client.get("/readyz").status_code == 200
    assert {c["article_id"] for c in ask(client)["citations"]} >= {"n1"}


def test_another_library_in_the_same_place(home, client, kit, article):
    kit.add(home, article(1), article(2, CONVOY))
    old = ask(client)
    assert old["citations"]
    shutil.rmtree(home)
    assert client.get("/api/articles").json()["total"] == 0
    assert client.get("/readyz").status_code == 503
    # Of as many revisions as the first: only the file tells them apart.
    kit.add(home, article(3), article(4, CONVOY))
    assert {c["article_id"] for c in ask(client)["citations"]} == {"article-3"}
    assert client.get(f"/api/answers/{old['answer_id']}").status_code == 404


def test_a_new_library_may_get_the_inode_of_the_old(home, kit, article, monkeypatch):
    monkeypatch.setattr(reopening, "file_id", lambda path: (1, 1) if path.exists() else None)
    with kit.client_of(home, workers=1) as client:
        kit.add(home, article(1), article(2, CONVOY))
        assert ask(client)["citations"]
        shutil.rmtree(home)
        # As long as somebody has the old one open, no other gets its inode.
        assert ask(client)["notice"].endswith("dalil add PATH")
        assert client.get("/readyz").status_code == 503
        kit.add(home, article(3), article(4, CONVOY))
        assert {c["article_id"] for c in ask(client)["citations"]} == {"article-3"}


def test_another_encoder_is_told(home, client, kit, article, encoder):
    kit.add(home, article(), article(2, CONVOY))
    assert ask(client)["citations"]
    assert client.get("/api/articles").json()["total"] == 2
    reencode(home, encoder)
    refused = client.post("/api/ask", json={"question": QUESTION})
    assert refused.status_code == 503
    assert "hash" in refused.json()["error"]
    assert "dalil reindex" in refused.json()["error"]
    assert client.get("/readyz").json() == refused.json()
    assert client.get("/healthz").status_code == 200
    # What needs no search still works.
    assert client.get("/api/articles").json()["total"] == 2


def test_services_share_one_snapshot(home, kit, article, encoder):
    from index.engine import IndexCache

    cache = IndexCache()
    first = Library.open(home, encoder, create=True, cache=cache)
    first.add([article(number) for number in range(5)])
    second = Library.open(home, encoder, cache=cache)
    assert second.engine.snapshot() is first.engine.snapshot()
    first.add([article(9, "خبر آخر.")])
    assert second.engine.snapshot() is first.engine.snapshot()
    assert len(second.engine.snapshot().passages) == 6
    # Who still reads the state before does not get what came after.
    with second.reading():
        before = second.engine.snapshot()
        first.add([article(10, "خبر أخير.")])
        assert second.engine.snapshot() is before
    assert second.engine.snapshot() is first.engine.snapshot()
