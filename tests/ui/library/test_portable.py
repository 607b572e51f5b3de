"""An export names no path of this machine, and the same file is always named alike."""

from corpus.load import load_articles
from ui.library.portable import portable


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
