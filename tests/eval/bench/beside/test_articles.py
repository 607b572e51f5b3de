"""Collections that grow past what the archives hold."""

import json
from itertools import islice
from zipfile import ZipFile

import pytest

from corpus.errors import DalilError
from eval.bench.beside import articles
from eval.bench.collection import WORDS_A_PASSAGE

SENTENCE = "أعلنت البلدية رقم {} أن الطريق القديم سيفتح قريبا أمام السكان."


@pytest.fixture
def news(tmp_path):
    """Twenty articles of three sentences, each sentence with the number of its article."""
    rest = {"source": "outlet", "url": "http://example.org/1", "date_extracted": "2015-07-21"}
    found = [
        {"title": f"عنوان {n}", "content": " ".join([SENTENCE.format(n)] * 3) + " قصيرة.", **rest}
        for n in range(20)
    ]
    with ZipFile(tmp_path / "day.zip", "w") as file:
        file.writestr("day.json", json.dumps(found))
    return tmp_path


def written(target):
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def test_what_the_archives_hold_comes_first(news, tmp_path):
    assert articles.write(tmp_path / "few.jsonl", news, 3) == "newspaper articles"
    said = articles.write(tmp_path / "many.jsonl", news, 100)
    assert said == "newspaper articles, and others recombined of their sentences"
    many = written(tmp_path / "many.jsonl")
    assert [a["id"] for a in many[:20]] == [f"day.json:{n}" for n in range(20)]
    assert [a["id"] for a in many[20:22]] == ["recombined-0", "recombined-1"]
    words = sum(len(a["text"].split()) for a in many)
    assert words == pytest.approx(100 * WORDS_A_PASSAGE, rel=0.05)


def test_only_lenders_sentences_come_again(news):
    lenders = {SENTENCE.format(n) for n in range(20) if articles.is_lender(f"day.json:{n}")}
    assert 4 < len(lenders) < 16
    found = list(islice(articles.recombined(news), 50))
    sentences = {part + "." for a in found for part in a["text"].replace("\n\n", " ").split(". ")}
    assert {sentence.replace("..", ".") for sentence in sentences} == lenders
    assert found == list(islice(articles.recombined(news), 50))
    assert found != list(islice(articles.recombined(news, seed=1), 50))


def test_the_pool_is_bounded_and_drawn_from_everywhere(news):
    held = {a["title"] for a in islice(articles.recombined(news, pool=2), 50)}
    assert len(held) <= 2
    first = {next(articles.recombined(news, pool=1, seed=seed))["title"] for seed in range(30)}
    assert len(first) > 3


def test_archives_without_sentences_are_told(tmp_path):
    with ZipFile(tmp_path / "day.zip", "w") as file:
        file.writestr("day.json", "[]")
    with pytest.raises(DalilError, match="too few sentences"):
        next(articles.recombined(tmp_path))


def test_without_archives_articles_are_generated(tmp_path):
    assert articles.write(tmp_path / "a.jsonl", None, 20) == "generated articles"
    assert written(tmp_path / "a.jsonl")[0]["id"] == "generated-0"
