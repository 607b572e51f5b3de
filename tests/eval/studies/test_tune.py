"""Fitting takes minutes, and what it found must be kept."""

import json
from types import SimpleNamespace

import pytest

from eval.studies import tune
from eval.studies.questions import QuestionSet


@pytest.fixture
def quick(monkeypatch):
    """Fitting without questions; yields what is called, in order."""
    called, nothing = [], QuestionSet((), ())
    monkeypatch.setattr(tune, "from_cases", lambda *_: called.append("asked") or nothing)
    monkeypatch.setattr(tune, "_encyclopedias", lambda *_, **__: [])
    monkeypatch.setattr(tune, "_newspapers", lambda *_: nothing)
    monkeypatch.setattr(tune, "examples", lambda *_, **__: [])
    monkeypatch.setattr(tune, "in_small_libraries", lambda *_: [])
    monkeypatch.setattr(tune, "fit_choice", lambda *_, **__: called.append("ranked"))
    monkeypatch.setattr(tune, "fit_judgement", lambda *_: SimpleNamespace(threshold=0.5))
    return called


def test_the_weights_are_written_into_a_folder_that_is_not_there_yet(quick, tmp_path, capsys):
    out = tmp_path / "new" / "fitted"
    tune.main(["--data", str(tmp_path), "--out", str(out), "--reader", "none"])
    assert json.loads((out / "weights-without-reader.json").read_text()) == {"threshold": 0.5}
    assert json.loads(capsys.readouterr().out) == {"threshold": 0.5}


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_asked(quick, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        tune.main(["--data", str(tmp_path), "--out", str(tmp_path / "file"), "--reader", "none"])
    assert quick == []


@pytest.mark.parametrize(("options", "ranked"), [([], True), (["--confidence"], False)])
def test_the_ranking_stays_as_it_is_where_only_the_confidence_is_fitted(
    quick, tmp_path, options, ranked
):
    tune.main(["--data", str(tmp_path), "--out", str(tmp_path), "--reader", "none", *options])
    assert ("ranked" in quick) is ranked
