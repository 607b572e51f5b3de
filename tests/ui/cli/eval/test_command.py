"""`dalil eval` as a user runs it: own cases, a table, a SQuAD file; compared, gated, reported."""

import json
import os

import pytest

from tests.command import run_here
from tests.fakes.model_server import Reply

ARTICLES = {
    "flood.md": "---\nid: flood\ntitle: فيضان في القرية\nlanguage: ar\n---\n"
    "غمرت مياه النهر أربعين منزلاً في قرية تل السمن. وقُدّرت الخسائر بمليوني ليرة.\n",
    "museum.md": "---\nid: museum\ntitle: Museum reopens\nlanguage: en\n---\n"
    "The museum of Raqqa reopened on Sunday. Layla Haddad, director of the museum of Raqqa, "
    "thanked the donors.\n",
}
CASES = [
    {
        "id": "houses",
        "language": "en",
        "question": "How many houses did the river flood in Tell al-Samn?",
        "answerable": True,
        "evidence": [{"article": "flood", "quote": "غمرت مياه النهر أربعين منزلاً"}],
        "answers": ["أربعين منزلاً", "40"],
        "tags": ["number"],
    },
    {
        "id": "director",
        "language": "en",
        "question": "Who is the director of the museum of Raqqa?",
        "answerable": True,
        "evidence": [{"article": "museum.md", "quote": "Layla Haddad"}],
        "answers": ["Layla Haddad"],
        "tags": ["name"],
    },
    {
        "id": "tickets",
        "language": "en",
        "question": "How much does a ticket of the museum cost?",
        "answerable": False,
    },
]


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A folder with articles and cases, and a function that runs `dalil` there."""
    folder = tmp_path_factory.mktemp("eval")
    (folder / "articles").mkdir()
    for name, text in ARTICLES.items():
        (folder / "articles" / name).write_text(text, encoding="utf-8")
    lines = [json.dumps(case, ensure_ascii=False) for case in CASES]
    (folder / "mine.jsonl").write_text("\n".join(lines), encoding="utf-8")

    def run(*arguments, code=0, **variables):
        env = {**os.environ, **variables}
        done = run_here("--home", folder / "home", *arguments, cwd=folder, env=env)
        assert done.code == code, done.err
        return done

    run.folder = folder
    return run


@pytest.fixture(scope="module")
def kept(service):
    """The JSON of a run of the cases on the articles."""
    return json.loads(service(
        "eval", "--cases", "mine.jsonl", "--articles", "articles", "--out", "before", "--json"
    ).out)  # fmt: skip


def value(kept, measure, group="all"):
    (row,) = [r for r in kept["rows"] if (r["group"], r["measure"]) == (group, measure)]
    return row["interval"]["value"], row["n"]


def test_a_run_is_measured_and_kept(service, kept):
    assert value(kept, "quote exactness")[0] == 1.0
    assert value(kept, "evidence cited") == (1.0, 2)
    assert value(kept, "answer containment", "tag name") == (1.0, 1)
    assert value(kept, "RR", "pair en-ar")[1] == 1
    assert kept["manifest"]["collection"]["articles"] == 2
    assert kept["manifest"]["settings"]["fusion.late"] == 1.0
    page = (service.folder / kept["report"]).read_text(encoding="utf-8")
    assert "Layla Haddad" in page
    lines = (service.folder / "before" / "outcomes.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["case"]["id"] for line in lines] == ["houses", "director", "tickets"]


def test_two_runs_are_compared(service, kept):
    changed = ("--set", "selection.threshold=1", "--out", "after")
    service("eval", "--cases", "mine.jsonl", "--articles", "articles", *changed)
    text = service("eval", "compare", "before", "after").out
    assert "selection.threshold" in text
    assert CASES[0]["question"] in text
    assert "wrongly refused" in text
    compared = json.loads(service("eval", "compare", "before", "after", "--json").out)
    assert {flip["id"] for flip in compared["flips"] if flip["direction"] == "worse"} == {
        "houses",
        "director",
    }


def test_the_gate_compares_with_what_was_kept(service, kept):
    service("eval", "gate", "before", "--baseline", "kept.json", "--update")
    assert "passes" in service("eval", "gate", "before", "--baseline", "kept.json").out
    # Two lost cases are no more than chance, and so few cases say so.
    service("eval", "gate", "before", "--baseline", "none.json", code=1)


def test_a_report_is_written_again(service, kept):
    (service.folder / "before" / "report.html").unlink()
    assert "evidence cited" in service("eval", "report", "before").out
    assert (service.folder / "before" / "report.html").is_file()


def test_cases_are_asked_of_ones_own_library_which_stays_as_it_is(service):
    service("add", "articles")
    service("eval", "--cases", "mine.jsonl", "--out", "own")
    assert json.loads(service("eval", "cases", "--from-feedback", "--json").out or "[]") == []
    manifest = json.loads((service.folder / "own" / "run.json").read_text(encoding="utf-8"))
    assert manifest["collection"]["name"] == "home"


def test_a_table_is_asked_and_made_into_cases(service):
    (service.folder / "mine.csv").write_text(
        "question;article;evidence;answers\n"
        "Who is the director of the museum of Raqqa?;museum;Layla Haddad;Layla Haddad|Haddad\n",
        encoding="utf-8-sig",
    )
    made = json.loads(service("eval", "cases", "--from-csv", "mine.csv").out)
    assert made["answers"] == ["Layla Haddad", "Haddad"]
    asked = service(
        "eval", "--cases", "mine.csv", "--articles", "articles", "--out", "csv", "--json"
    )  # fmt: skip
    assert value(json.loads(asked.out), "evidence cited") == (1.0, 1)


def test_a_squad_file_is_asked_in_another_language(service, pair):
    asked = service(
        "eval", "--squad", str(pair.arabic), "--questions", str(pair.english), "--out", "squad",
        "--json",
    )  # fmt: skip
    rows = json.loads(asked.out)
    assert value(rows, "RR", "pair en-ar")[1] == len(pair.questions)


def test_answers_that_a_language_model_writes_are_measured(service, model_server):
    # One statement with a citation and nothing that it could lack, and one without any.
    server = model_server(lambda messages: Reply("The articles speak of it [1]. Since 1870."))
    asked = service(
        "eval", "--cases", "mine.jsonl", "--articles", "articles", "--out", "llm", "--json",
        "--llm", "openai:scripted",
        DALIL_LLM_BASE_URL=server.url("openai"),
    )  # fmt: skip
    kept = json.loads(asked.out)
    assert kept["manifest"]["settings"]["llm"] == "openai:scripted"
    assert value(kept, "supported statements") == (1 / 2, 3)
    assert value(kept, "fallback") == (0.0, 3)
    assert value(kept, "first token p50")[0] > 0
    assert value(kept, "quote exactness")[0] == 1.0


def test_cases_are_checked_and_counted(service):
    text = service("eval", "cases", "mine.jsonl", "--articles", "articles").out
    assert "unanswerable: 1" in text
    assert "number 1" in text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--cases", "none.jsonl"), 1, "cannot be read"),
        (("--cases", "mine.jsonl", "--articles", "mine.jsonl"), 1, 'has a field "text"'),
        (("--set", "fusion.lat=0"), 1, "There is no parameter 'fusion.lat'"),
        (("--set", "fusion.late=much"), 1, "takes a number"),
        (("--set", "fusion.late"), 2, "NAME=VALUE"),
        (("--sample", "3"), 2, "belong to --squad"),
        (("compare", "before", "nowhere"), 1, "is no run"),
        (("gate", "--update", "--quick"), 2, "without --quick"),
        (("cases",), 2, "Give a file of cases"),
    ],
)
def test_mistakes_are_told(service, kept, arguments, code, said):
    done = service("eval", *arguments, code=code)
    assert said in " ".join(done.err.replace("│", " ").split())
