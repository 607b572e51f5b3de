"""An export names no path of this machine, and the same file is always named alike."""

from corpus.load import load_articles
from ui.portable import portable


def test_no_path_is_in_an_export(tmp_path, monkeypatch, home, kit):
    news = tmp_path / "news"
    news.mkdir()
    (news / "خبر.txt").write_text("The bridge was opened.", encoding="utf-8")
    (news / "many.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    given = [str(news), "./news/../news"]
    by_both = [[one.article for one in load_articles(path)] for path in given]
    first, second = ([portable(article).id for article in some] for some in by_both)
    assert first == second
    assert len(set(first)) == 3
    kit.add(home, *by_both[0])
    with kit.client_of(home) as client:
        file = client.get("/api/library/articles.jsonl").text
    assert str(tmp_path) not in file
    assert all(f'"id": "{each}"' in file for each in first)


def test_an_export_that_comes_back_is_nothing_new(tmp_path, home, kit):
    news = tmp_path / "news"
    news.mkdir()
    (news / "خبر.txt").write_text("The bridge was opened.", encoding="utf-8")
    (news / "many.jsonl").write_text('{"text": "One."}\n{"text": "Two.", "id": "b~0123456789"}\n')
    kit.add(home, *(one.article for one in load_articles(news)))
    with kit.client_of(home) as client:
        export = client.get("/api/library/articles.jsonl").content
        before = {one["id"] for one in client.get("/api/articles").json()["articles"]}
        parts = [("files", ("export.jsonl", export))]
        same = client.post("/api/articles", files=parts).json()
        assert (same["added"], same["updated"]) == ([], [])
        assert {one["id"] for one in client.get("/api/articles").json()["articles"]} == before
        # What the export says otherwise is a new version of the article it came from.
        changed = export.replace(b"The bridge was opened.", b"The bridge was closed.")
        new = client.post("/api/articles", files=[("files", ("export.jsonl", changed))]).json()
        assert [one["id"] for one in new["updated"]] == [str(news / "خبر.txt")]
        # Another library has no such articles, and takes them by their names.
    with kit.client_of(tmp_path / "other") as client:
        other = client.post("/api/articles", files=parts).json()
        assert len(other["added"]) == 3
        again = client.post("/api/articles", files=parts).json()
        assert (again["added"], again["updated"]) == ([], [])
