"""`dalil edit`: which articles it chooses, what it shows, and what it refuses."""

import json

import pytest

ARTICLES = [
    {"id": "a", "text": "The bridge was opened.", "title": "Bridge", "outlet": "Sana.sy"},
    {"id": "b", "text": "The well was dug.", "title": "Well", "published": "2020-04-18"},
    {"id": "c", "text": "The school was closed.", "title": "School", "outlet": "Sana.sy"},
]


@pytest.fixture
def edit(dalil, tmp_path):
    file = tmp_path / "news.jsonl"
    file.write_text("\n".join(map(json.dumps, ARTICLES)), encoding="utf-8")
    assert dalil("add", file).code == 0

    def run(*arguments):
        done = dalil("edit", *arguments, "--json")
        return done.code, json.loads(done.out) if done.out else done.err

    return run


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        (["a", "b"], "ab"),
        (["--outlet", "sana.sy"], "ac"),
        (["--source", "NEWS.jsonl"], "abc"),
        (["--words", "brid"], "a"),
        (["--without", "published"], "ac"),
        (["--without", "outlet"], "b"),
        (["--without", "published", "--words", "school"], "c"),
        (["--since", "2020-04-01"], "b"),
        (["--edited"], ""),
    ],
)
def test_which_articles_are_chosen(edit, chosen, ids):
    code, planned = edit(*chosen, "--set", "outlet=SANA", "--dry-run")
    assert (code, planned["dry_run"]) == (0, True)
    assert sorted(one["id"] for one in planned["articles"]) == sorted(ids)


def test_fields_are_cleared_and_come_back(edit, dalil):
    _, done = edit("a", "b", "--clear", "published", "--clear", "outlet")
    assert [one["changes"] for one in done["articles"]] == [
        {"outlet": {"from": "Sana.sy", "to": None}},
        {"published": {"from": "2020-04-18", "to": None}},
    ]
    assert json.loads(dalil("show", "b", "--json").out)["published"] is None
    edit("a", "b", "--undo")
    assert json.loads(dalil("show", "b", "--json").out)["published"] == "2020-04-18"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--clear", "text"], "--clear wants one of"),
        (["--clear", "outlet", "--set", "outlet=SANA"], "both name outlet"),
        (["--clear", "outlet", "--undo"], "--undo without them"),
        (["--set", "published=2999-01-01"], "lies in the future"),
    ],
)
def test_what_cannot_be_cleared_or_set_is_told(edit, dalil, options, said):
    code, told = edit("a", *options)
    sentence = told if isinstance(told, str) else told["error"]
    assert (code > 0, said in " ".join(sentence.split())) == (True, True)
    assert json.loads(dalil("show", "a", "--json").out)["outlet"] == "Sana.sy"


def test_set_shown_and_undone(edit, dalil):
    _, done = edit("--without", "published", "--set", "published=18 April 2020", "--set", "outlet=")
    assert [one["changes"] for one in done["articles"]] == [
        {"outlet": {"from": "Sana.sy", "to": None}, "published": {"from": None, "to": "2020-04-18"}}
    ] * 2
    assert json.loads(dalil("show", "a", "--json").out)["published"] == "2020-04-18"
    shown = dalil("edit", "--edited", "--undo", "--dry-run").out
    assert "2 would be changed, 0 as they were" in shown
    assert "outlet: \u2068-\u2069 -> \u2068Sana.sy\u2069" in shown
    edit("--edited", "--undo")
    assert edit("--edited", "--undo")[1]["articles"] == []
    assert json.loads(dalil("show", "a", "--json").out)["outlet"] == "Sana.sy"


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--set", "outlet=SANA"], 2, "--without NAME"),
        (["a"], 2, "--undo"),
        (["a", "--set", "outlet"], 2, "--set wants NAME=VALUE"),
        (["a", "--set", "outlet=x", "--undo"], 2, "--undo without them"),
        (["--without", "text", "--undo"], 2, "--without wants"),
        (["a", "--set", "text=x"], 1, "There is no field"),
        (["a", "--set", "published=soon"], 1, "is no date"),
        (["a", "none", "--set", "outlet=x"], 1, "nothing was changed"),
        (["--outlet", "BBC", "--set", "outlet=x"], 1, "There is no outlet"),
    ],
)
def test_what_is_refused_changes_nothing(edit, dalil, arguments, code, told):
    done = dalil("edit", *arguments)
    assert (done.code, told in " ".join(done.err.split())) == (code, True), done.err
    assert json.loads(dalil("show", "a", "--json").out)["version"] == 1
