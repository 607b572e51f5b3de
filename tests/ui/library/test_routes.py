"""The library by HTTP: its figures, what is taken out and put back, and who may do it."""

from urllib.parse import quote

import pytest

from corpus.article import Article


def test_figures_of_a_library(demo):
    found = demo.get("/api/library").json()
    assert (found["articles"], found["dated"]) == (41, 41)
    assert (found["first"], found["last"]) == ("2019-12-09", "2021-06-14")
    assert sum(one["articles"] for one in found["outlets"]) == 41
    assert found["languages"][0] == {"language": "ar", "articles": 27}


def test_figures_of_no_library(client):
    found = client.get("/api/library").json()
    assert (found["articles"], found["first"], found["outlets"]) == (0, None, [])


def test_articles_are_listed_by_their_labels(demo):
    def ids(**query):
        return [a["id"] for a in demo.get("/api/articles", params=query).json()["articles"]]

    assert ids(words="tell halwan") == ["demo-tell-halwan-excavation"]
    assert "demo-semalka-bridge-flood-ar" in ids(words="سيمالكا", language="ar")
    assert ids(words="سيمالكا", language="tr") == []
    assert ids(source="HALWAN-excavation.md") == ["demo-tell-halwan-excavation"]
    assert len(ids(words="الفرات", outlet="دفاتر الفرات", since="2020-06-01")) >= 1
    assert demo.get("/api/articles", params={"words": "x" * 1_001}).status_code == 422


CHANGES = (
    ("GET", "/api/library/withdrawn", None),
    ("PUT", "/api/library/withdrawn/article-1", {"reason": None}),
    ("DELETE", "/api/library/withdrawn/article-1", None),
)


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
def test_only_administrators_keep_the_library(open_office, demo, kit, method, path, body):
    headers = kit.log_in(open_office, "leila")
    for refused, status in (
        (open_office.request(method, path, json=body, headers=headers), 403),
        (open_office.request(method, path, json=body), 401),
        (demo.request(method, path, json=body), 403),
    ):
        assert (refused.status_code, bool(refused.json()["error"])) == (status, True)
    assert open_office.get("/api/library", headers=headers).json()["articles"] == 1


def path_of(article_id):
    return f"/api/library/withdrawn/{quote(article_id, safe='')}"


def test_taken_out_and_undone(home, article, kit):
    odd = "https://news.example/a b?c=د#../e"
    kit.add(home, article(), article(2, "افتُتح سوق آخر."), Article(odd, "نص المقال."))
    with kit.client_of(home) as client:
        question = {"question": "متى يُفتح سوق الخضار؟"}
        cited = client.post("/api/ask", json=question).json()
        assert cited["citations"][0]["article_id"] == "article-1"
        out = client.put(path_of("article-1"), json={})
        assert (out.status_code, out.json()["reason"]) == (200, None)
        after = client.post("/api/ask", json=question).json()
        assert "article-1" not in {c["article_id"] for c in after["citations"] + after["related"]}
        assert client.get("/api/library").json()["articles"] == 2
        # The answer that was given still shows its quote, and the article can be read.
        saved = client.get(f"/api/answers/{cited['answer_id']}").json()
        assert saved["citations"][0]["quote"] == cited["citations"][0]["quote"]
        assert client.get("/articles/article-1?version=1").status_code == 200
        assert client.put(path_of(odd), json={}).json()["id"] == odd
        listed = client.get("/api/library/withdrawn").json()["articles"]
        assert {one["id"] for one in listed} == {"article-1", odd}
        assert client.delete(path_of("article-1")).json()["id"] == "article-1"
        assert client.delete(path_of(odd)).status_code == 200
        again = client.post("/api/ask", json=question).json()
        assert again["citations"] == cited["citations"]


def test_a_retraction_says_why_and_when_to_who_follows_an_old_answer(home, article, kit):
    kit.add(home, article(source="a.txt"))
    with kit.client_of(home) as client:
        question = {"question": "متى يُفتح سوق الخضار؟"}
        cited = client.post("/api/ask", json=question).json()
        reason = "  The <b>market</b>\nnever closed. "
        out = client.put(path_of("article-1"), json={"reason": reason}).json()
        assert out["reason"] == "The <b>market</b> never closed."
        assert client.post("/api/ask", json=question).json()["status"] == "abstained"
        saved = client.get(f"/api/answers/{cited['answer_id']}").json()
        assert saved["citations"] == cited["citations"]
        page = client.get("/articles/article-1?version=1&ui=en").text
        assert "This article was retracted on " in page
        assert "The &lt;b&gt;market&lt;/b&gt; never closed." in page
        assert "saved answers cite it" not in page
        assert "سُحب هذا المقال في " in client.get("/articles/article-1?ui=ar").text
        told = client.get("/api/articles/article-1").json()["withdrawn"]
        assert (told["version"], told["reason"]) == (1, out["reason"])
        # It does not come back by being sent again, a corrected one does, and says nothing of it.
        again = {"id": "article-1", "text": article().text, "language": "ar"}
        sent = client.post("/api/articles", json={"articles": [again]}).json()
        assert [one["id"] for one in sent["unchanged"]] == ["article-1"]
        assert client.get("/api/library").json()["articles"] == 0
        again["text"] += " صُحّح الخبر."
        assert client.post("/api/articles", json={"articles": [again]}).json()["updated"]
        assert "retracted" not in client.get("/articles/article-1?ui=en").text
        assert "retracted" in client.get("/articles/article-1?version=1&ui=en").text
        client.delete("/api/articles/article-1")
        assert "retracted" in client.get("/articles/article-1?version=1&ui=en").text


def test_what_was_only_taken_out_says_so(home, article, kit):
    kit.add(home, article())
    with kit.client_of(home) as client:
        assert client.put(path_of("article-1"), json={"reason": " "}).json()["reason"] is None
        page = client.get("/articles/article-1?ui=en").text
        assert "This article was taken out of the collection on " in page
        client.delete(path_of("article-1"))
        assert "taken out" not in client.get("/articles/article-1?ui=en").text


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", path_of("none"), {}, 404),
        ("DELETE", path_of("article-1"), None, 404),
        ("PUT", path_of("article-1"), {"reason": "x" * 1_001}, 422),
        ("PUT", path_of("article-1"), {"reason": 7}, 422),
        ("PUT", path_of("article-1"), None, 422),
        ("POST", path_of("article-1"), {}, 405),
    ],
)
def test_what_cannot_be_done(home, article, kit, method, path, body, status):
    kit.add(home, article())
    with kit.client_of(home) as client:
        given = client.request(method, path, json=body)
        assert (given.status_code, bool(given.json()["error"])) == (status, True)
        assert client.get("/api/library").json()["articles"] == 1


def test_the_first_file_makes_the_library(client):
    assert client.get("/api/library/withdrawn").json() == {"articles": []}
    sent = {"files": ("خبر.txt", "فُتح المعبر أمام المسافرين.".encode())}
    assert len(client.post("/api/articles", files=sent).json()["added"]) == 1
    assert client.get("/api/library").json()["articles"] == 1
