"""The command-line contract: shapes, streams and exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import run_here, run_process

DEMO = Path(__file__).parents[3] / "corpus" / "demo"
BOUNTY = "What bounty was announced for Hajji Abdullah?"
ARTICLE = {"id", "version", "title", "outlet", "source"}
HIT = {
    "passage_id", "article_id", "version", "title", "outlet", "source", "url", "published",
    "start", "end", "page", "text", "score", "also", "language",
}  # fmt: skip
CITATION = {
    "n", "article_id", "version", "title", "outlet", "source", "url", "published", "start",
    "end", "page", "quote", "matches", "language", "supports", "also", "focus_start", "focus_end",
}  # fmt: skip
ANSWER = {
    "question", "status", "mode", "kind", "lead", "text", "confidence", "citations", "related",
    "possible", "unmet", "unanswered", "preferences", "outside",
    "notice", "answer_id", "timings_ms", "statements",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Run `dalil` on one library of the demo collection."""
    home = tmp_path_factory.mktemp("demo")

    def run(*arguments, way=run_here, **options):
        return way("--home", home, *arguments, **options)

    added = run("add", DEMO, "--json")
    assert added.code == 0, added.err
    run.added, run.home = json.loads(added.out), home
    return run


def stored_text(demo, citation):
    shown = demo("show", citation["article_id"], "--version", citation["version"], "--json")
    return json.loads(shown.out)["text"]


def test_add_and_list(demo):
    assert set(demo.added) == {"added", "updated", "unchanged", "failed", "skipped", "notices"}
    assert len(demo.added["added"]) == len(list(DEMO.glob("*.md")))
    assert all(set(article) == ARTICLE for article in demo.added["added"])
    listed = json.loads(demo("list", "--json").out)["articles"]
    assert sorted(a["id"] for a in listed) == sorted(a["id"] for a in demo.added["added"])
    assert len(json.loads(demo("add", DEMO, "--json").out)["unchanged"]) == len(listed)


@pytest.mark.parametrize("question", [BOUNTY, "ما المكافأة المعلنة عن حجي عبد الله؟"])
def test_the_bounty_is_answered_with_a_verbatim_citation(demo, question):
    done = demo("ask", question, "--json")
    answer = json.loads(done.out)
    assert done.code == 0
    assert set(answer) == ANSWER
    assert (answer["status"], answer["mode"], answer["question"]) == (
        "answered", "extractive", question
    )  # fmt: skip
    first = answer["citations"][0]
    assert set(first) == CITATION
    assert first["article_id"] == "demo-hajji-abdullah-reward"
    assert "عشرة ملايين دولار" in first["quote"]
    for n, citation in enumerate(answer["citations"], start=1):
        assert citation["n"] == n
        assert f"{citation['quote']}" in answer["text"]
        assert f"[{n}]" in answer["text"]
        text = stored_text(demo, citation)
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert all(set(m) == {"question", "quote", "score"} for m in citation["matches"])
    assert 0 <= answer["confidence"] <= 1


def test_what_the_articles_do_not_say_is_not_answered(demo):
    answer = json.loads(demo("ask", "كيف تُطهى البيتزا؟", "--json").out)
    assert (answer["status"], answer["citations"]) == ("abstained", [])
    assert answer["text"] == "لا تجيب المقالات عن هذا السؤال."
    assert all(set(hit) == HIT for hit in answer["related"])
    assert answer["related"]


def test_search_hits(demo):
    hits = json.loads(demo("search", BOUNTY, "-k", 4, "--json").out)["hits"]
    assert len(hits) == 4
    assert all(set(hit) == HIT for hit in hits)
    assert [hit["score"] for hit in hits] == sorted((h["score"] for h in hits), reverse=True)
    assert hits[0]["article_id"] == "demo-hajji-abdullah-reward"
    assert hits[0]["text"] == stored_text(demo, hits[0])[hits[0]["start"] : hits[0]["end"]]


def test_filters(demo):
    only = demo("search", "المخيم", "--outlet", "صدى الخابور", "--since", "2020-07-02", "--json")
    hits = json.loads(only.out)["hits"]
    assert hits
    assert all(h["outlet"] == "صدى الخابور" and h["published"] >= "2020-07-02" for h in hits)


def test_an_outlet_is_found_in_another_script_and_a_wrong_one_is_told(demo):
    heard = json.loads(demo("search", BOUNTY, "--outlet", "Sada al-Khabour", "--json").out)["hits"]
    assert {hit["outlet"] for hit in heard} == {"صدى الخابور"}
    for command in ("search", "ask"):
        wrong = demo(command, BOUNTY, "--outlet", "Levant Currier", "--json")
        assert wrong.code == 1
        assert "no outlet 'Levant Currier'" in wrong.err
        assert "the nearest: The Levant Courier, " in json.loads(wrong.out)["error"]


def test_what_a_question_prefers_is_told_and_can_be_left_out(demo):
    question = f"{BOUNTY[:-1]} in 2020?"
    told = demo("ask", question, "--json")
    (since, until) = json.loads(told.out)["preferences"]
    assert (since["kind"], since["value"]) == ("since", "2020-01-01")
    assert (until["kind"], until["value"]) == ("until", "2020-12-31")
    assert question[since["start"] : since["end"]] == "2020"
    assert json.loads(demo("ask", question, "--no-preferences", "--json").out)["preferences"] == []
    shown = demo("ask", question).out
    assert "Preferred: \u20682020\u2069" in shown
    assert "Preferred" not in demo("ask", BOUNTY).out


def test_a_batch_may_go_without_preferences(demo, tmp_path):
    lines = tmp_path / "asked.jsonl"
    lines.write_text(json.dumps({"id": 1, "question": "Who died in Sur in July 2020?"}))
    asked = [demo("ask", "--batch", lines, *more) for more in ((), ("--no-preferences",))]
    assert [len(json.loads(done.out)["preferences"]) for done in asked] == [2, 0]


def test_a_refusal_says_what_the_filter_hides(demo):
    hidden = json.loads(demo("ask", BOUNTY, "--outlet", "Dicle Postası", "--json").out)
    assert (hidden["status"], hidden["outside"]) == ("abstained", {"articles": 1})
    assert hidden["text"].endswith("It is answered outside your filter (articles: 1).")
    nowhere = demo("ask", "من فاز بكأس العالم؟", "--outlet", "Dicle Postası", "--json")
    assert json.loads(nowhere.out)["outside"] is None


def test_home_may_stand_on_either_side(demo):
    before = demo("list", "--json")
    after = run_here("list", "--json", "--home", demo.home)
    by_environment = run_process("list", "--json", env={**os.environ, "DALIL_HOME": str(demo.home)})
    assert {before.code, after.code, by_environment.code} == {0}
    assert before.out == after.out == by_environment.out


def test_json_is_utf8_in_any_locale(demo):
    question = "ما المكافأة المعلنة عن حجي عبد الله؟"
    for locale in ("C", "POSIX", "en_US.ISO-8859-1"):
        env = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"}
        done = demo("ask", question, "--json", env=env, way=run_process)
        assert json.loads(done.out)["question"] == question


def test_batch_keeps_order_and_survives_bad_lines(demo, tmp_path):
    lines = [
        {"id": 7, "question": BOUNTY},
        "not json",
        {"id": "x"},
        {"id": None, "question": "Where is he hiding?", "history": [BOUNTY]},
        {"id": "lone", "question": "\ud800 ما المكافأة؟"},
        {"id": "h", "question": "Where?", "history": 5},
    ]
    path = tmp_path / "batch.jsonl"
    path.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    )
    for command in ("ask", "search"):
        done = demo(command, "--batch", path, "--json")
        results = [json.loads(line) for line in done.out.splitlines()]
        assert done.code == 3
        assert [r["id"] for r in results] == [7, None, "x", None, "lone", "h"]
        assert [set(r) == {"id", "error"} for r in results] == [
            False, True, True, False, False, True
        ]  # fmt: skip
    assert results[0]["hits"][0]["article_id"] == "demo-hajji-abdullah-reward"


def test_follow_up_on_a_saved_answer(demo):
    first = json.loads(demo("ask", BOUNTY, "--json").out)
    again = demo("ask", "How much was it the year before?", "--after", first["answer_id"], "--json")
    assert json.loads(again.out)["question"] == "How much was it the year before?"
    missing = demo("ask", "And then?", "--after", "no-such", "--json")
    assert missing.code == 1


def test_readable_answer_isolates_right_to_left_text(demo):
    shown = demo("ask", BOUNTY).out
    assert "\u2068" in shown
    assert shown.count("\u2068") == shown.count("\u2069")
    assert "عشرة ملايين دولار" in shown
    assert "صدى الخابور" in shown
    assert "2020-07-02" in shown


def test_asking_imports_no_heavy_library(demo):
    code = (
        "import sys, ui.cli.main\n"
        f"sys.argv = ['dalil', '--home', {str(demo.home)!r}, 'ask', {BOUNTY!r}, '--json']\n"
        "try:\n    ui.cli.main.main()\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "heavy = {'torch', 'langchain', 'langchain_core', 'gradio', 'sentence_transformers',\n"
        "         'transformers', 'trafilatura', 'rank_bm25', 'corpus.load', 'rag.llm'}\n"
        "loaded = sorted(heavy & set(sys.modules))\nsys.exit(str(loaded) if loaded else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert json.loads(done.stdout)["status"] == "answered"


def test_quotes_in_another_language_come_word_for_word(dalil, demo_home, hajji):
    shown = dalil("ask", hajji, "--gloss", home=demo_home)
    assert "Word for word, by dictionary: not a translation" in shown.out
    assert "10,000,000" in shown.out
    told = json.loads(dalil("ask", hajji, "--gloss", "--json", home=demo_home).out)
    [cited, *_] = told["citations"]
    [glossed, *_] = told["glosses"]
    assert (glossed["start"], glossed["end"]) == (cited["start"], cited["end"])
    assert ["10,000,000"] in [word["words"] for word in glossed["words"]]
    assert "glosses" not in json.loads(dalil("ask", hajji, "--json", home=demo_home).out)
