"""The comparison of speed and memory: its collections, its fairness, its sums."""

import importlib
import json
import random
import subprocess
import sys
from dataclasses import replace
from itertools import islice
from zipfile import ZipFile

import numpy as np
import pytest

from corpus.article import Article
from corpus.errors import DalilError
from corpus.load import load_articles
from corpus.split import split
from eval.bench import __main__ as command
from eval.bench import collection, generated, report, stack
from eval.bench.files import ARTICLES, LIBRARY
from eval.bench.processes import step
from eval.bench.questions import question_sets
from eval.bench.sides import dalil
from eval.bench.sides.legs import FUSED
from index import Library, load_encoder

BOUNDS = report.Bounds(times_faster=20, share_of_memory=0.5, passages=50_000)
PUBLISHED = {"content": "فاض النهر مساء أمس.", "title": "فيضان النهر مساء أمس", "source": "outlet"}
REST = {"url": "http://example.org/1", "date_extracted": "2015-07-21 02:51:32", "author": ""}


def few(seed, count=40):
    return list(islice(generated.articles(seed, vocabulary=5_000), count))


def test_generated_articles_are_those_of_their_seed():
    assert few(1) == few(1)
    assert few(1) != few(2)


def test_generated_articles_have_the_shape_of_news():
    passages = [p for a in few(3) for p in split(Article(a["id"], a["text"]))]
    words = [word for p in passages for word in p.text.split()]
    assert 45 < len(words) / len(passages) < 75
    share = max(words.count(word) for word in set(words)) / len(words)
    assert 0.01 < share < 0.1
    assert {a["language"] for a in few(3)} == {"ar", "en"}


@pytest.fixture
def archive(tmp_path):
    def make(content):
        with ZipFile(tmp_path / "day.zip", "w") as file:
            file.writestr("day.json", json.dumps(content))
        return tmp_path

    return make


def test_archives_are_read_without_empty_articles(archive, tmp_path):
    folder = archive([PUBLISHED | REST, PUBLISHED | REST | {"content": " "}])
    assert collection.write(tmp_path / "a.jsonl", folder, 100) == "newspaper articles"
    (loaded,) = load_articles(tmp_path / "a.jsonl")
    assert (loaded.article.id, loaded.article.title) == ("day.json:0", PUBLISHED["title"])
    assert str(loaded.article.published) == "2015-07-21"
    assert collection.titles(tmp_path / "a.jsonl") == [PUBLISHED["title"]]


def test_the_same_address_twice_is_two_articles(archive, tmp_path):
    folder = archive([PUBLISHED | REST, PUBLISHED | REST | {"content": "عاد الهدوء اليوم."}])
    collection.write(tmp_path / "a.jsonl", folder, 100)
    assert [a.error for a in load_articles(tmp_path / "a.jsonl")] == [None, None]


@pytest.mark.parametrize("content", [{"content": "x"}, [{"content": "x"}], [3]])
def test_other_archives_are_a_sentence(archive, content):
    with pytest.raises(DalilError, match=r"day\.zip holds no JSON array"):
        list(collection.from_archives(archive(content)))


def test_a_folder_without_archives_is_a_sentence(tmp_path):
    with pytest.raises(DalilError, match="no zip files"):
        list(collection.from_archives(tmp_path))


def test_a_collection_has_about_the_passages_asked_for(tmp_path):
    collection.write(tmp_path / "a.jsonl", None, 300)
    loaded = list(load_articles(tmp_path / "a.jsonl"))
    assert not [a.error for a in loaded if a.error]
    assert sum(len(split(a.article)) for a in loaded) == pytest.approx(300, rel=0.15)


def test_titles_stand_in_for_english_questions():
    titles = [f"title number {n}" for n in range(3_000)]
    (asked,) = question_sets(titles, sets=1, size=3_000)
    assert sum(not q.startswith("title") for q in asked) < 300
    assert len(set(asked)) == 3_000


def test_no_question_is_asked_twice():
    titles = [f"title number {n}" for n in range(100)]
    sets = question_sets([*titles, "short"], sets=4, size=22)
    asked = [question for found in sets for question in found]
    assert len(set(asked)) == len(asked) == 4 * 22
    assert [sum(q.startswith("title") for q in found) for found in sets] == [22 - 3] * 4
    assert sets == question_sets([*titles, "short"], sets=4, size=22)
    with pytest.raises(DalilError, match="--questions"):
        question_sets(titles, sets=6, size=22)


@pytest.mark.parametrize("percent", [50, 95])
@pytest.mark.parametrize("size", [1, 2, 101])
def test_percentiles_are_numpys(size, percent):
    times = [random.Random(size).expovariate(1) for _ in range(size)]
    assert stack.percentile(times, percent) == pytest.approx(np.percentile(times, percent))


class FakeServer:
    """Answers with how often any server was asked before; all share one history."""

    def __init__(self, name, history):
        self.name, self.history = name, history

    def ask(self, leg, question):
        self.history.append((self.name, leg, question))
        return float(len(self.history))


def test_both_sides_are_asked_in_turns():
    history = []
    servers = {name: FakeServer(name, history) for name in "ab"}
    asked = {"a": {"fast": ["q0", "q1", "q2"]}, "b": {"slow": ["q0", "q1", "q2"]}}
    times = stack.ask_in_turns(servers, asked, warm_up=1)
    assert [name for name, _, _ in history] == ["b", "a", "a", "b", "b", "a"]
    assert [question for name, _, question in history if name == "a"] == ["q0", "q1", "q2"]
    assert times == {"a": {"fast": [3.0, 6.0]}, "b": {"slow": [4.0, 5.0]}}


def result(other_ms=300.0, passages=100_000, other_mb=1_000.0):
    figures = {"import_s": 2.0, "build_s": 1.0, "open_s": 0.5, "serving_peak_mb": 400.0}
    dalil = stack.Side(figures, {"dense": [9.0, 9.0, 9.0], FUSED: [9.0, 10.0, 30.0]})
    ensemble = {"FAISS store": [8.0] * 3, stack.ENSEMBLE: [other_ms] * 3}
    other = stack.Side({"open_s": 7.0, "serving_peak_mb": other_mb}, ensemble)
    run = stack.Result(50, passages, "articles", 3, "cpu", 2, "abc", "2026-01-02", {})
    return replace(run, sides={stack.DALIL: dalil, stack.LANGCHAIN: other})


@pytest.mark.parametrize(
    ("changed", "met"),
    [
        ({}, True),
        ({"other_ms": 199.0}, False),
        ({"other_mb": 799.0}, False),
        ({"other_ms": 1.0, "passages": 49_999}, None),
    ],
)
def test_bounds_hold_for_large_collections(changed, met, monkeypatch, capsys):
    found = result(**changed)
    assert report.met(found, BOUNDS) is met
    monkeypatch.setattr(stack, "compare", lambda *_: found)
    assert command.main(["stack", "--json"]) == (1 if met is False else 0)
    printed = json.loads(capsys.readouterr().out)
    assert printed["met"] is met
    assert printed["ratios"]["speed"] == found.sides["langchain"].legs["ensemble"][0] / 10.0


def test_what_is_not_installed_is_said_first(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "langchain_classic", None)
    assert command.main(["stack", "--generated"]) == 1
    assert "pip install '.[bench]'" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--passages", "--questions", "--rounds"])
@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_counts_are_positive(option, value, capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(["stack", option, value])
    assert option in capsys.readouterr().err


def test_the_table_sets_side_by_side_what_is_comparable():
    lines = report.table(result(), BOUNDS).splitlines()
    assert lines[0].startswith("100,000 passages of 50 articles, 3 questions a leg; cpu, 2 cores")
    assert "| open (s) | 7 | 0.5 |" in lines
    assert "| articles imported a second |  | 25 |" in lines
    assert "| FAISS store / dense, p50 / p95 (ms) | 8 / 8 | 9 / 9 |" in lines
    assert "| ensemble / fused and reranked, p50 / p95 (ms) | 300 / 300 | 10 / 28 |" in lines
    assert "| ensemble p50 over fused and reranked p50, at least 20 |  | 30.0 |" in lines
    assert "| serving memory, Dalil over LangChain, at most 0.5 |  | 0.40 |" in lines


def test_one_side_alone_has_no_ratios():
    alone = replace(result(), sides={stack.DALIL: result().sides[stack.DALIL]})
    assert report.ratios(alone) == {}
    assert report.met(alone, BOUNDS) is None
    assert "at least" not in report.table(alone, BOUNDS)


def test_peak_memory_is_the_process_own():
    held = bytearray(b"x") * 200_000_000
    code = "from eval.bench.sides.memory import peak; print(peak())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert 1 < float(done.stdout) < len(held) / 1e6 / 2


def test_memory_of_a_process_that_was_started_counts_while_it_is_there():
    code = """if True:
        import json, subprocess, sys
        from eval.bench.sides.memory import Watch
        held = bytearray(b'x') * 60_000_000
        watch = Watch()
        other = "import time; held = bytearray(b'x') * 90_000_000; time.sleep(1)"
        subprocess.run([sys.executable, "-c", other])
        del held
        more = bytearray(b'x') * 80_000_000
        print(json.dumps(watch.peaks()))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    peaks = json.loads(done.stdout)
    # Neither what this process had when it started the other counts twice, nor what came later.
    assert 150 < peaks["own_peak_mb"] < peaks["peak_mb"] < 215


def test_a_step_that_fails_is_a_sentence(tmp_path):
    with pytest.raises(DalilError, match="'build' of dalil failed: There is no library"):
        step("dalil", "build", tmp_path)


def test_dalil_is_measured_alone():
    found = stack.compare(None, 260, 4, lambda _: None, sides=[stack.DALIL])
    side = found.sides[stack.DALIL]
    assert found.passages == pytest.approx(260, rel=0.25)
    assert {len(times) for times in side.legs.values()} == {4}
    assert FUSED in side.legs
    assert all(value > 0 for value in side.figures.values())


@pytest.fixture
def other():
    reason = "pip install '.[bench]' brings LangChain's parts"
    pytest.importorskip("langchain_community", reason=reason)
    pytest.importorskip("langchain_classic", reason=reason)
    return importlib.import_module("eval.bench.sides.langchain")


def test_both_sides_hold_the_same_passages_and_vectors(other, tmp_path):
    collection.write(tmp_path / ARTICLES, None, 150)
    dalil.add(tmp_path)
    passages = dalil.export(tmp_path)["passages"]
    assert other.build(tmp_path)["passages"] == passages
    library = Library.open(tmp_path / LIBRARY, load_encoder("bundled"))
    legs, current = other.serve(tmp_path), library.engine.snapshot()
    assert list(legs) == list(stack.COUNTERPARTS)
    assert set(stack.COUNTERPARTS.values()) <= set(dalil.serve(tmp_path))
    for question in collection.titles(tmp_path / ARTICLES)[:5]:
        (row,) = current.vectors.search(library.encoder.encode_queries([question])[0], 1)
        article, _ = current.passages.versions[current.passages.articles[row]]
        (first, *_) = legs["FAISS store"](question)
        start = int(current.passages.starts[row])
        assert first.metadata == {"article": article, "start": start}
        assert all(len(found(question)) >= 50 for found in legs.values())
