"""The encoder's own measurement, against values worked out by hand."""

import csv
import gzip
import json

import numpy as np
import pytest

from eval.studies.encoder import main, measure

# The fake encoder sees only which of these words a text holds.
MARKS = ("alpha", "beta", "gamma")


class MarkEncoder:
    name, dimension, fingerprint = "marks", len(MARKS), "0" * 64

    def encode_queries(self, texts):
        return np.array([[mark in text for mark in MARKS] for text in texts], dtype=np.float32)

    encode_passages = encode_queries


@pytest.fixture
def data(tmp_path):
    for folder in ("xquad-dev", "bitext"):
        (tmp_path / "eval" / folder).mkdir(parents=True)
    (tmp_path / "eval" / "xquad-dev" / "ar.json").write_text(
        json.dumps({"data": [{"paragraphs": [{"context": "ألفا باء", "qas": []}]}]}),
        encoding="utf-8",
    )
    path = tmp_path / "eval" / "bitext" / "flores-devtest.tsv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        rows = [["en", "ar"], ["alpha", "alpha"], ["beta", "gamma"], ["gamma", "beta"]]
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)
    return tmp_path


def test_the_measures_are_those_worked_out_by_hand(data):
    report = measure(MarkEncoder(), data)
    assert (report.flores_en_ar, report.flores_sentences) == (pytest.approx(1 / 3), 3)
    assert report.passages_per_second > 0
    assert report.encoder == "marks"


def test_a_folder_without_the_files_is_told_in_a_sentence(tmp_path, capsys):
    assert main(["--data", str(tmp_path)]) == 1
    assert "--data" in capsys.readouterr().err
