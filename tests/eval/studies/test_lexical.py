"""The measurements of stems, n-grams and name keys, on files small enough to count by hand."""

import gzip
import json

import pytest

from eval.studies import lexical, names
from index.training.data import NAMES_HELD_OUT_EVERY


@pytest.fixture
def data(tmp_path):
    (tmp_path / "lexicon").mkdir()
    rows = [("kirkuk", "كركوك"), ("karkuk", "قرية"), ("mustafa", "مصطفى")]
    # Between two held-out rows stand rows that may have taught the letters.
    lines = ["en\tar"]
    for english, arabic in rows:
        lines += [f"{english}\t{arabic}", *["x\tx"] * (NAMES_HELD_OUT_EVERY - 1)]
    with gzip.open(tmp_path / "lexicon/names.en-ar.tsv.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines))
    paragraphs = [
        {"context": text, "qas": [{"id": q, "question": q, "answers": [{"answer_start": 0}]}]}
        for text, q in [("زار كركوك أمس", "من زار كركوك؟"), ("هطلت أمطار", "متى هطل المطر؟")]
    ]
    (tmp_path / "eval/xquad-dev").mkdir(parents=True)
    content = {"data": [{"paragraphs": paragraphs}]}
    (tmp_path / "eval/xquad-dev/ar.json").write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def test_held_out_names_are_every_tenth(data):
    assert [english for english, _ in names.held_out(data)] == ["kirkuk", "karkuk", "mustafa"]


def test_name_keys_are_counted(data):
    pairs, running = names.held_out(data), names.running_words(data)
    score = names.measure("strict", pairs, running)
    # "karkuk" has the key of "kirkuk" and not that of its own row.
    assert score.met == pytest.approx(2 / 3)
    assert score.others == pytest.approx(1 / 3)
    assert score.mrr == pytest.approx((1 + 0 + 1) / 3)
    # Both spellings meet the one word of running text.
    assert score.words == pytest.approx(2 / 3)


def test_bm25_is_measured_for_every_way(data, capsys):
    assert lexical.main(["--data", str(data)]) == 0
    rows = [line.split(" | ") for line in capsys.readouterr().out.splitlines()]
    found = {row[1]: row for row in rows if row[0] == "| ar paragraphs"}
    assert len(found) == 16
    # Three words and two words in two passages.
    assert float(found["words as written"][4]) == 5 / 2


@pytest.mark.parametrize("command", [lexical, names])
def test_missing_data_is_told(command, tmp_path, capsys):
    assert command.main(["--data", str(tmp_path)]) == 1
    assert "--data" in capsys.readouterr().err
