"""The dense measurement, against values worked out by hand."""

import csv
import gzip
import json
from dataclasses import asdict

import numpy as np
import pytest

from eval.dense import PARAGRAPH_PAIRS, SENTENCE_PAIRS, main, measure, ranks

# The fake encoder sees only which of these words a text holds.
MARKS = ("alpha", "beta", "gamma", "delta")


class MarkEncoder:
    name, dimension, fingerprint = "marks", len(MARKS), "0" * 64

    def encode_queries(self, texts):
        rows = np.array([[mark in text for mark in MARKS] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    encode_passages = encode_queries


def paragraph(sentences, question, answer):
    context = " ".join(sentences)
    starts = [context.index(sentence) for sentence in sentences]
    return {
        "context": context,
        "sentences": sentences,
        "sentence_breaks": [[a, a + len(s)] for a, s in zip(starts, sentences, strict=True)],
        "qas": [
            {
                "id": question,
                "question": question,
                "answers": [{"text": answer, "answer_start": context.index(answer)}],
            }
        ],
    }


@pytest.fixture
def data(tmp_path):
    paragraphs = [
        # Found first; its sentence too.
        paragraph(["alpha one.", "beta two."], "alpha beta?", "two"),
        # The question looks like the first paragraph and stands second; its sentence is third.
        paragraph(["gamma alpha.", "alpha gamma delta three."], "alpha alpha?", "three"),
    ]
    for folder in ("xquad-dev", "xquad-r-dev"):
        (tmp_path / "eval" / folder).mkdir(parents=True)
        for language in ("ar", "en", "de", "es", "tr", "ru"):
            (tmp_path / "eval" / folder / f"{language}.json").write_text(
                json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8"
            )
    (tmp_path / "eval" / "bitext").mkdir()
    path = tmp_path / "eval" / "bitext" / "flores-devtest.tsv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        rows = [["en", "ar"], ["alpha", "alpha"], ["beta", "gamma"], ["gamma", "beta"]]
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)
    return tmp_path


def test_ties_count_as_the_worst_rank():
    similarity = np.array([[0.5, 0.5, 0.1], [0.2, 0.9, 0.3]], dtype=np.float32)
    assert ranks(similarity, np.array([0, 2])).tolist() == [2, 2]


def test_the_measures_are_those_worked_out_by_hand(data):
    report = measure(MarkEncoder(), data)
    by_unit = {(s.unit, f"{s.questions}-{s.passages}"): s for s in report.scores}
    assert list(by_unit) == [
        *(("paragraph", pair) for pair in PARAGRAPH_PAIRS),
        *(("sentence", pair) for pair in SENTENCE_PAIRS),
    ]
    paragraphs, sentences = by_unit["paragraph", "en-ar"], by_unit["sentence", "en-ar"]
    assert paragraphs.count == 2
    assert paragraphs.mrr == pytest.approx((1 / 1 + 1 / 2) / 2)
    assert (paragraphs.r_at_1, paragraphs.r_at_5) == (1 / 2, 1)
    # "alpha beta" is as near to "alpha one." as to "beta two."; "alpha" is nearest to "alpha one.".
    assert sentences.mrr == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert report.flores_en_ar == pytest.approx(1 / 3)
    assert asdict(report)["encoder"] == "marks"


def test_a_folder_without_the_files_is_told_in_a_sentence(tmp_path, capsys):
    assert main(["--data", str(tmp_path)]) == 1
    assert "--data" in capsys.readouterr().err
