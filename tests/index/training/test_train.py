"""Training on a small planted data folder: what it refuses, drops, writes and learns."""

import csv
import gzip
import json
import random

import numpy as np
import pytest

from corpus.errors import DalilError
from index.encoder import StaticEncoder
from index.training.bundle import quantise, write_bundle
from index.training.data import ALLOWED, PairSet, read_pairs
from index.training.evaluation import read_evaluation_texts, screen
from index.training.overlap import THRESHOLD, NearDuplicates, normalise

QUESTION = "How many Arab fighters were held in the prison of Hasakah in 2019?"
ARABIC_QUESTION = "كم عدد المقاتلين العرب المحتجزين في سجن الحسكة عام 2019؟"
SENTENCE = "The castle above the river was built by a merchant from Genoa in the year 1348."
PARAGRAPH = f"{SENTENCE} Nobody lived there after the great flood. Its stones became a bridge."

WORDS = {
    "house": "بيت",
    "river": "نهر",
    "school": "مدرسة",
    "bread": "خبز",
    "moon": "قمر",
    "horse": "حصان",
    "doctor": "طبيب",
    "window": "نافذة",
    "mountain": "جبل",
    "newspaper": "صحيفة",
    "garden": "حديقة",
    "war": "حرب",
}


def write_tsv(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n")
        writer.writerows([header, *rows])


def pairs_of_words():
    chosen = random.Random(0)
    rows = []
    for _ in range(300):
        some = chosen.sample(list(WORDS), 3)
        rows.append([" ".join(some), " ".join(WORDS[word] for word in some)])
    return rows


@pytest.fixture
def data(tmp_path):
    write_tsv(tmp_path / "pairs" / "tatoeba.en-ar.tsv.gz", ["en", "ar"], pairs_of_words())
    write_tsv(tmp_path / "lexicon" / "wiktionary.en-ar.tsv.gz", ["en", "ar"], WORDS.items())
    squad = {
        "data": [
            {"paragraphs": [{"context": PARAGRAPH, "qas": [{"question": QUESTION, "id": "1"}]}]}
        ]
    }
    folder = tmp_path / "eval"
    folder.mkdir()
    (folder / "xquad.json").write_text(json.dumps(squad), encoding="utf-8")
    write_tsv(folder / "bitext" / "f.tsv.gz", ["en", "ar"], [[QUESTION, ARABIC_QUESTION]])
    return tmp_path


def jaccard(one, other):
    def trigrams(text):
        padded = f" {normalise(text)} "
        return {padded[i : i + 3] for i in range(len(padded) - 2)}

    a, b = trigrams(one), trigrams(other)
    return len(a & b) / len(a | b)


def test_the_search_finds_exactly_what_comparing_all_pairs_finds():
    chosen = random.Random(7)
    words = [*WORDS, *WORDS.values(), "a", "in", "of", "Genoa", "١٩٤٨", "naïve"]
    collection = [" ".join(chosen.choices(words, k=chosen.randint(1, 12))) for _ in range(300)]
    asked = [*collection[:20], "", "?", "zz"]
    for text in collection:
        parts = text.split()
        parts[chosen.randrange(len(parts))] = chosen.choice(words)
        asked.append(" ".join(parts))
    found = NearDuplicates(collection).matches(asked) >= 0
    expected = [any(jaccard(text, c) >= THRESHOLD for c in collection) for text in asked]
    assert found.tolist() == expected
    assert 20 < sum(expected) < len(asked) - 20


def test_nothing_matches_an_empty_collection():
    assert NearDuplicates([]).matches(["anything"]).tolist() == [-1]
    assert NearDuplicates(["anything"]).matches([]).tolist() == []


@pytest.mark.parametrize(
    "planted",
    [
        QUESTION,
        QUESTION.upper().replace("?", " !"),
        "How many Arab fighters were held in a prison of Hasakah in 2018?",
        SENTENCE,
        "Its story is long. " * 8 + SENTENCE,
        PARAGRAPH,
        "كَم عدد المقاتلين العرب المحتجزين في سجن الحسكه عام 2019",
    ],
)
def test_rows_that_nearly_equal_evaluation_texts_are_dropped(data, planted, capsys):
    rows = tuple((left, right) for left, right in pairs_of_words())
    for row in [(planted, "شيء آخر تماما"), ("something else entirely", planted)]:
        pairs = PairSet("pairs/x.tsv.gz", "sentences", "en", "ar", (*rows, row))
        kept = screen([pairs], read_evaluation_texts(data / "eval"))
        assert kept[0].rows == rows
        assert "1 of 301 rows dropped" in capsys.readouterr().out


def test_texts_on_the_same_topic_are_kept(data):
    rows = (
        ("How many prisoners share a room in Hasakah?", "كم سجينا في الغرفة الواحدة؟"),
        ("The castle was sold.", "بيعت القلعة."),
    )
    pairs = PairSet("pairs/x.tsv.gz", "sentences", "en", "ar", rows)
    assert screen([pairs], read_evaluation_texts(data / "eval"))[0].rows == rows


def test_an_evaluation_file_in_disguise_is_refused_by_name(data, tmp_path, capsys):
    from index.training.train import main

    rows = [[QUESTION, ARABIC_QUESTION], [SENTENCE, "قلعة"], ["house", "بيت"]]
    write_tsv(data / "pairs" / "mmlu.en-ar.tsv.gz", ["en", "ar"], rows)
    out = tmp_path / "weights"
    assert main(["--data", str(data), "--out", str(out)]) == 1
    assert "pairs/mmlu.en-ar.tsv.gz is refused" in capsys.readouterr().err
    assert not out.exists()


def test_without_evaluation_files_nothing_is_trained(data, tmp_path, capsys):
    from index.training.train import main

    arguments = ["--data", str(data), "--out", str(tmp_path / "w"), "--eval", str(data / "pairs0")]
    assert main(arguments) == 1
    assert "--eval" in capsys.readouterr().err


def test_only_allowed_files_are_read(data, tmp_path):
    write_tsv(data / "lexicon" / "gpl-freedict.en-ar.tsv.gz", ["en", "ar"], [["stolen", "مسروق"]])
    write_tsv(data / "pairs" / "other.en-ar.tsv.gz", ["en", "ar"], [["stolen", "مسروق"]])
    found = read_pairs(data)
    assert [pairs.name for pairs in found] == [
        "pairs/tatoeba.en-ar.tsv.gz",
        "lexicon/wiktionary.en-ar.tsv.gz",
    ]
    assert not any("stolen" in row for pairs in found for row in pairs.rows)
    assert not any(part in source.path for source in ALLOWED for part in ("gpl", "nc-", "eval"))
    assert all("NC" not in source.licence and source.licence for source in ALLOWED)
    with pytest.raises(DalilError, match="--data"):
        read_pairs(tmp_path / "empty")


def test_one_command_trains_an_encoder_that_crosses_languages(data, tmp_path):
    pytest.importorskip("sentence_transformers")
    from index.training.train import main

    def run(out):
        arguments = ["--data", data, "--out", out, "--cache", tmp_path / "cache"]
        assert main([*map(str, arguments), "--epochs", "30", "--pieces", "1500"]) == 0
        return StaticEncoder(out)

    encoder = run(tmp_path / "one")
    similarity = (
        encoder.encode_queries(list(WORDS)) @ encoder.encode_passages(list(WORDS.values())).T
    )
    assert (similarity.argmax(axis=1) == np.arange(len(WORDS))).mean() >= 0.75
    assert len(list((tmp_path / "cache").glob("*.npz"))) == 1
    again = run(tmp_path / "two")
    assert again.fingerprint == encoder.fingerprint
    assert (
        json.loads((tmp_path / "one" / "config.json").read_text())["recipe"]["stages"][0]["epochs"]
        == 30
    )


def test_quantised_rows_keep_their_direction():
    table = np.random.default_rng(0).normal(0, 1, (50, 256)).astype(np.float32)
    table[7] = 0
    table[8] *= 1e-3
    rows, scales = quantise(table)
    assert rows.dtype == np.int8
    restored = rows * scales.astype(np.float32)[:, None]
    error = np.linalg.norm(restored - table, axis=1)
    assert (error <= 0.01 * np.linalg.norm(table, axis=1)).all()
    assert (restored[7] == 0).all()


def test_a_bundle_that_is_too_large_is_refused_and_the_old_one_stays(tmp_path, monkeypatch):
    from index.training import bundle
    from index.training.tokenizer import train_tokenizer

    pairs = PairSet("x", "sentences", "en", "ar", tuple(WORDS.items()) * 5)
    tokenizer = train_tokenizer([pairs], [], 1000)
    table = np.ones((tokenizer.get_vocab_size(), 8), dtype=np.float32)
    write_bundle(tmp_path / "e", table, tokenizer, {})
    before = StaticEncoder(tmp_path / "e").fingerprint
    monkeypatch.setattr(bundle, "LARGEST", 5000)
    with pytest.raises(DalilError, match="5,000"):
        write_bundle(tmp_path / "e", 2 * table, tokenizer, {})
    assert StaticEncoder(tmp_path / "e").fingerprint == before
    assert [path.name for path in tmp_path.iterdir()] == ["e"]
