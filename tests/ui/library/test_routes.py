"""The library by HTTP: its figures."""


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
