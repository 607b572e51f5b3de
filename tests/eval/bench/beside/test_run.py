"""The run: sides in turns, what fails becomes a row, and limits that are kept."""

import importlib
import json
import subprocess
import sys
import time

import numpy as np
import pytest

from corpus.errors import DalilError
from eval.bench import __main__ as bench
from eval.bench.beside import articles, command, known, run
from eval.bench.beside.known import Item
from eval.bench.files import ARTICLES, PASSAGES, VECTORS
from eval.bench.processes import Limits, Reply, step
from eval.bench.sides import dalil, passages
from eval.bench.sides.clock import Clock

SMALL = 60


class FakeServer:
    """Answers with its questions as what it found; gone after `lives` of them."""

    def __init__(self, name, history, legs=("fused", "lexical", "dense"), lives=1_000):
        self.name, self.history, self.legs, self.lives = name, history, legs, lives
        self.open_s, self.start_s, self.peak_mb = 0.5, 1.5, 64.0

    def find(self, leg, question):
        self.history.append((self.name, leg, question))
        self.lives -= 1
        if self.lives < 0:
            raise DalilError(f"The step 'search' of {self.name} failed: it was killed.")
        return Reply(float(len(self.history)), [[question]])

    def ask(self, leg, question):
        return self.find(leg, question).ms

    def close(self):
        return self.peak_mb

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        pass


def asked(count=10):
    kinds = ("title", "words")
    return [Item(f"q{n}", kinds[n % 2], frozenset({f"q{n}"})) for n in range(count)]


def test_each_leg_replies_in_the_order_of_the_questions():
    history, notes = [], {}
    servers = {name: FakeServer(name, history) for name in "ab"}
    replies = run.ask_in_turns(servers, asked(7), notes)
    assert notes == {}
    wanted = [[[f"q{n}"]] for n in range(7)]
    assert all(
        [r.found for r in found] == wanted for legs in replies.values() for found in legs.values()
    )
    rounds = [history[at : at + 6] for at in range(0, len(history), 6)]
    assert [found[0][0] for found in rounds] == ["b", "a", "b", "a", "b", "a", "b"]
    # No leg gets what another of its side has just been asked.
    assert all(len({question for name, _, question in r if name == "a"}) == 3 for r in rounds)


def test_a_side_that_dies_leaves_the_others_alone():
    history, notes = [], {}
    servers = {"a": FakeServer("a", history, lives=4), "b": FakeServer("b", history)}
    replies = run.ask_in_turns(servers, asked(), notes)
    assert list(replies) == ["b"]
    assert notes == {"a": "The step 'search' of a failed: it was killed."}
    assert len(replies["b"]["fused"]) == 10


def test_the_first_questions_warm_up_but_are_judged():
    found = [[["x"], [f"q{n}"]] for n in range(10)]
    replies = {"fused": [Reply(1e3 if n < 5 else 2.0, found[n], 1.5) for n in range(10)]}
    figures = run.figures_of(replies, asked())
    assert (figures["fused_p50_ms"], figures["fused_p95_ms"]) == (2.0, 2.0)
    assert figures["fused_cpu_ms"] == 1.5
    assert (figures["title_mrr"], figures["words_mrr"], figures["words_recall"]) == (0.5, 0.5, 1.0)


@pytest.fixture
def faked(monkeypatch, tmp_path):
    """A run without processes: tantivy fails to build, bm25s is killed, txtai is not installed."""
    history = []

    def fake_step(side, name, folder, limits=None):
        if side == "tantivy_faiss":
            raise DalilError("The step 'build' of tantivy_faiss failed: MemoryError")
        figures = {"build_s": 2.0, "disk_mb": 3.0, "peak_mb": 4.0, "passages": 99.0}
        return {**figures, "read_s": 1.0} if name == "gather" else figures

    def fake_server(side, folder, name, limits):
        lives = 5 if side == "bm25s_faiss" else 1_000
        return FakeServer(side, history, ("answer",) if "answers" in name else ("fused",), lives)

    monkeypatch.setattr(run, "step", fake_step)
    monkeypatch.setattr(run, "Server", fake_server)
    monkeypatch.setattr(run.articles, "write", lambda *_: "articles")
    monkeypatch.setattr(run.known, "items", lambda *_: asked())
    monkeypatch.setattr(run, "find_spec", lambda name: None if name == "txtai" else object())
    return history


def test_what_fails_is_a_row_that_says_so(faked):
    kept = []
    plan = run.Plan(news=None, sizes=[100, 1_000], most={"langchain": 100})
    done = run.measure(plan, lambda _: None, kept.append)
    assert [len(each.rows) for each in kept] == [5, 10]
    assert done == kept[-1]
    assert done.collections == {100: "articles", 1_000: "articles"}
    small, large = ({row.side: row for row in rows} for rows in (done.rows[:5], done.rows[5:]))
    assert small["txtai"].note == "not installed: txtai"
    assert small["tantivy"].note.endswith("MemoryError")
    assert small["bm25s"].note.endswith("it was killed.")
    assert "fused_p50_ms" not in small["bm25s"].figures
    assert small["bm25s"].figures["build_s"] == 2.0
    assert (small["langchain"].note, large["langchain"].note) == ("", "left out above 100")
    assert large["langchain"].figures == {}
    ours = small["dalil"]
    assert (ours.note, ours.passages, ours.figures["read_s"]) == ("", 99, 1.0)
    assert {"answer_p95_ms", "unread_p50_ms", "title_mrr", "open_s"} <= set(ours.figures)


@pytest.mark.parametrize(("together", "first"), [(100, "dalil"), (99, "langchain")])
def test_above_a_size_sides_are_asked_one_after_another(faked, together, first):
    plan = run.Plan(None, [100], sides=["langchain", "dalil"], together=together)
    run.measure(plan, lambda _: None)
    assert next(side for side, leg, _ in faked if leg == "fused") == first
    if first == "langchain":
        assert [side for side, leg, _ in faked if leg == "fused"][:10] == ["langchain"] * 10


def test_an_answer_that_fails_leaves_the_search(faked, monkeypatch):
    def dying(side, folder, name, limits):
        lives = 3 if name == "answers" else 1_000
        return FakeServer(side, [], ("answer",) if "answers" in name else ("fused",), lives)

    monkeypatch.setattr(run, "Server", dying)
    (row,) = run.measure(run.Plan(None, [100], sides=["dalil"]), lambda _: None).rows
    assert "killed" in row.note
    assert "fused_p95_ms" in row.figures
    assert "answer_p50_ms" not in row.figures


def test_the_command_writes_after_each_size(faked, monkeypatch, tmp_path, capsys):
    written = []
    monkeypatch.setattr(command, "_write", lambda done, folder, _: written.append(len(done.rows)))
    arguments = ["beside", "--generated", "--sizes", "100", "1,000", "--sides", "dalil"]
    assert bench.main([*arguments, "--out", str(tmp_path)]) == 0
    assert written == [1, 2]
    assert "| 99 | dalil | 2 |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--sizes", "0"], "--sizes"),
        (["--most", "lucene=10"], "no side is called 'lucene'; there are langchain, bm25s"),
        (["--most", "txtai"], "--most"),
        (["--sides", "lucene"], "--sides"),
    ],
)
def test_wrong_options_are_told(wrong, said, capsys):
    with pytest.raises(SystemExit, match="2"):
        bench.main(["beside", *wrong])
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(memory_mb=5), "it took more than 5 MB and was ended"),
        (Limits(seconds=0), "it took more than 0 s and was ended"),
    ],
)
def test_a_process_beyond_its_limits_is_ended(tmp_path, limits, said):
    with pytest.raises(DalilError, match=f"'gather' of dalil failed: {said}"):
        step("dalil", "gather", tmp_path, limits)


def test_the_clock_counts_from_its_making_on():
    clock, began = Clock(), time.process_time()
    time.sleep(0.1)
    while time.process_time() - began < 0.05:
        pass
    figures = clock.build()
    assert 0.05 <= figures["build_cpu_s"] < 0.1
    assert figures["build_s"] >= 0.1 + figures["build_cpu_s"] - 0.02


def test_the_clock_counts_processes_that_were_started():
    clock = Clock()
    works = "import time\nwhile time.process_time() < 0.1: pass"
    subprocess.run([sys.executable, "-S", "-c", works], check=True)
    assert clock.build()["build_cpu_s"] >= 0.1


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Some sixty generated passages, imported and handed over."""
    folder = tmp_path_factory.mktemp("beside")
    articles.write(folder / ARTICLES, None, SMALL)
    figures = dalil.gather(folder)
    assert figures["passages"] == passages.hand_over(folder)["passages"]
    assert figures["passages"] == pytest.approx(SMALL, rel=0.3)
    assert all(value > 0 for value in figures.values())
    return folder


def test_vectors_are_those_of_the_passages_alone(folder):
    lines = [json.loads(line) for line in (folder / PASSAGES).read_text("utf-8").splitlines()]
    texts = [line["text"].partition("\n")[2] for line in lines]
    vectors = dalil.load_encoder("bundled").encode_passages(texts)
    assert np.array_equal(np.load(folder / VECTORS), vectors)
    titles = [line["text"].partition("\n")[0] for line in lines]
    assert len(set(titles)) > 1
    assert all(titles)


def test_dalil_finds_what_is_known_to_be_there(folder):
    legs = dalil.search(folder)
    assert list(legs) == ["fused", "lexical", "dense"]
    items = known.items(folder, 6)
    ranks = [known.rank(legs["fused"](item.question).keys, item) for item in items]
    assert known.quality(ranks)["mrr"] > 0.8


@pytest.mark.parametrize("side", ["langchain", "bm25s", "tantivy", "txtai"])
def test_other_sides_find_it_too_by_the_same_vectors(folder, side):
    for package in {"langchain": ("langchain_classic", "langchain_community")}.get(side, (side,)):
        pytest.importorskip(package, reason="pip install '.[bench]' brings the other sides")
    module = importlib.import_module(f"eval.bench.sides.{run.SIDES[side].module}")
    assert module.build(folder)["disk_mb"] > 0
    legs = module.search(folder)
    assert list(legs) == ["fused", "lexical", "dense"]
    items = known.items(folder, 6)
    ranks = [known.rank(legs["fused"](item.question).keys, item) for item in items]
    assert known.quality(ranks)["mrr"] > 0.8
    if side != "langchain":
        vectors = np.load(folder / VECTORS)
        question = dalil.load_encoder("bundled").encode_queries([items[0].question])[0]
        nearest = np.argsort(-(vectors @ question), kind="stable")[:5].tolist()
        assert rows(legs["dense"](items[0].question))[:5] == nearest


def rows(found):
    """Rows of a dense leg, which txtai gives with scores in a list of lists."""
    return [row for row, _ in found[0]] if isinstance(found[0], list) else found


def test_a_question_without_a_known_word_finds_by_vectors_alone(folder):
    pytest.importorskip("bm25s", reason="pip install '.[bench]' brings the other sides")
    module = importlib.import_module("eval.bench.sides.bm25s_faiss")
    module.build(folder)
    legs = module.search(folder)
    assert legs["lexical"]("zzzz yyyy") == []
    assert legs["fused"]("zzzz yyyy").keys == [[str(r)] for r in legs["dense"]("zzzz yyyy")[:10]]
