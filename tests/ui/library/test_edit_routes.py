"""Outlet and date set over HTTP: a result for each article, seen by the next question."""

import pytest

from corpus.article import Article

PATH = "/api/library/edits"
SET = {"articles": ["article-1"], "set": {"outlet": "SANA"}}


def test_only_administrators_edit(open_office, demo, kit):
    headers = kit.log_in(open_office, "leila")
    for refused, status in (
        (open_office.post(PATH, json=SET, headers=headers), 403),
        (open_office.post(PATH, json=SET), 401),
        (demo.post(PATH, json=SET), 403),
    ):
        assert (refused.status_code, bool(refused.json()["error"])) == (status, True)


def test_each_article_has_a_result_and_a_running_server_sees_it(home, article, kit):
    kit.add(home, article(), Article("a/b #1", "افتُتح سوق آخر.", outlet="Old"))
    question = {"question": "متى يُفتح سوق الخضار؟"}
    with kit.client_of(home) as client:
        cited = client.post("/api/ask", json=question).json()
        assert cited["status"] == "answered"
        body = {
            "articles": ["article-1", "none", "a/b #1"],
            "set": {"outlet": "SANA", "published": "18 نيسان 2020"},
        }
        planned = client.post(PATH, json={**body, "dry_run": True}).json()
        done = client.post(PATH, json=body).json()
        assert [one["changes"] for one in planned["articles"]] == [
            one["changes"] for one in done["articles"]
        ]
        first, missing, second = done["articles"]
        assert first["changes"]["published"] == {"from": None, "to": "2020-04-18"}
        assert (missing["article"], "'none'" in missing["error"]) == (None, True)
        assert (second["article"]["outlet"], second["article"]["version"]) == ("SANA", 2)
        again = client.post("/api/ask", json={**question, "outlet": "sana"}).json()
        assert again["citations"][0]["outlet"] == "SANA"
        assert again["citations"][0]["published"] == "2020-04-18"
        late = client.post("/api/ask", json={**question, "since": "2020-04-19"}).json()
        assert late["citations"] == []
        # The answer that was given shows what it showed.
        saved = client.get(f"/api/answers/{cited['answer_id']}").json()
        assert saved["citations"] == cited["citations"]
        # Sent again as it was, the article keeps what was set.
        sent = {"id": "a/b #1", "text": "افتُتح سوق آخر.", "outlet": "Old"}
        client.post("/api/articles", json={"articles": [sent]})
        listed = client.get("/api/articles", params={"outlet": "SANA"}).json()
        assert listed["total"] == 2
        undone = client.post(PATH, json={"articles": ["a/b #1"], "undo": True}).json()
        assert undone["articles"][0]["changes"]["outlet"] == {"from": "SANA", "to": "Old"}


def test_null_makes_a_field_unknown(home, article, kit):
    kit.add(home, Article("article-1", "افتُتح سوق الخضار.", outlet="Old"))
    with kit.client_of(home) as client:
        cleared = {"outlet": None, "published": None}
        done = client.post(PATH, json={"articles": ["article-1"], "set": cleared}).json()
        shown = client.get("/api/articles/article-1").json()
        assert (shown["outlet"], shown["published"]) == (None, None)
        assert all(change["to"] is None for change in done["articles"][0]["changes"].values())
        assert "outlet" in done["articles"][0]["changes"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"articles": ["article-1"]}, 422),
        ({**SET, "undo": True}, 422),
        ({**SET, "set": {"published": "03/04/2020"}}, 422),
        ({**SET, "set": {"text": "another"}}, 422),
        ({**SET, "articles": []}, 422),
        ({**SET, "articles": ["a"] * 1_001}, 422),
    ],
)
def test_what_cannot_be_done(home, article, kit, body, status):
    kit.add(home, article())
    with kit.client_of(home) as client:
        given = client.post(PATH, json=body)
        assert (given.status_code, bool(given.json()["error"])) == (status, True)
        assert client.get("/api/articles/article-1").json()["version"] == 1


def test_a_pdf_with_a_picture_page_is_added_with_a_notice(home, article, kit):
    from tests.corpus.readers.pdf.written import file_of, latin

    page = latin(50, 700, "The council met on Monday and spoke of the bridge.")
    kit.add(home, article())
    with kit.client_of(home) as client:
        sent = {"files": ("report.pdf", file_of(page, "", images=[2]))}
        found = client.post("/api/articles", files=sent).json()
    assert len(found["added"]) == 1
    assert found["notices"][0]["path"] == "report.pdf"
    assert found["notices"][0]["notice"].startswith("Page 2 has no text")
