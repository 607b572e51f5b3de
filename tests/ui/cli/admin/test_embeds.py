"""`dalil embed`: made, listed and revoked; mistakes are sentences."""

import json
import os
from functools import partial

import pytest


@pytest.fixture
def embed(dalil, tmp_path):
    """Run `dalil embed` on a library of one article."""
    (tmp_path / "a.md").write_text("---\noutlet: صدى الخابور\n---\nأُغلق الجسر صباح الأحد.")
    assert dalil("add", tmp_path / "a.md").code == 0
    return partial(dalil, "embed")


def test_an_embed_is_made_listed_and_revoked(embed, dalil_process):
    made = dalil_process(
        "embed", "create", "--origin", "https://Intranet.example", "--origin", "http://localhost:8000",
        "--outlet", "صدى الخابور", "--outlet", "Nobody", "--since", "2020-01-01",
        "--until", "2021-01-01", "--per-minute", "7", "--label", "غرفة الأخبار",
        "--greeting", "<b>اسأل</b>", "--language", "ar", "--json",
        env={**os.environ, "DALIL_SERVER_BASE_URL": "https://dalil.example", "LC_ALL": "C"},
    )  # fmt: skip
    assert made.code == 0, made.err
    given = json.loads(made.out)
    tag = given.pop("tag")
    assert tag == (
        f'<script src="https://dalil.example/widget.js" data-embed="{given["id"]}" defer></script>'
    )
    assert given == {
        "id": given["id"],
        "label": "غرفة الأخبار",
        "origins": ["https://intranet.example", "http://localhost:8000"],
        "outlets": ["صدى الخابور", "Nobody"],
        "since": "2020-01-01",
        "until": "2021-01-01",
        "per_minute": 7,
        "per_minute_in_all": 70,
        "greeting": "<b>اسأل</b>",
        "language": "ar",
        "created_at": given["created_at"],
        "revoked_at": None,
    }
    assert "'Nobody'" in made.err
    assert "الخابور" not in made.err
    assert json.loads(embed("list", "--json").out) == {"embeds": [given]}
    assert embed("revoke", given["id"]).code == 0
    revoked = json.loads(embed("revoke", given["id"], "--json").out)
    assert revoked["revoked_at"]
    assert json.loads(embed("list", "--json").out) == {"embeds": [revoked]}
    shown = embed("list").out
    assert f"{given['id']}, revoked {revoked['revoked_at']}" in shown
    assert "غرفة الأخبار" in shown


def test_what_to_paste_is_printed(embed):
    made = embed("create", "--origin", "https://intranet.example")
    embed_id, tag = made.out.splitlines()
    assert f'data-embed="{embed_id}"' in tag
    assert tag.startswith('<script src="http://127.0.0.1:7860/widget.js" ')
    assert "server.base_url" in made.err


def test_an_embed_without_origins_says_that_it_is_closed(embed):
    made = embed("create")
    assert made.code == 0
    assert "No page may use this embed" in made.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("create", "--origin", "*"), "no origin"),
        (("create", "--origin", "null"), "no origin"),
        (("create", "--origin", "https://a.example/x"), "no origin"),
        (("create", "--outlet", "!"), "no letter"),
        (("create", "--label", "a\x1b[2Jb"), "one line"),
        (("revoke", "nothing"), "dalil embed list"),
    ],
)
def test_mistakes_are_sentences(embed, arguments, words):
    failed = embed(*arguments)
    assert failed.code == 1
    assert words in failed.err
    assert "\x1b" not in failed.err
    assert failed.out == ""


def test_a_missing_library_is_a_mistake(dalil):
    failed = dalil("embed", "list")
    assert failed.code == 1
    assert "dalil add PATH" in failed.err
