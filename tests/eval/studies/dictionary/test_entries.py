"""Sources become entries that the gloss finds, and what is measured never becomes one."""

import gzip
from dataclasses import replace

import pytest

from corpus.errors import DalilError
from eval.studies.dictionary.__main__ import build
from eval.studies.dictionary.entries import learnt, listed, named
from eval.studies.dictionary.sources import read_sources
from rag.gloss import gloss
from rag.gloss.dictionary import Dictionary

SENTENCES = [
    ("the camel sleeps", "الجمل نائم"),
    ("the camel eats", "الجمل يأكل"),
    ("a camel", "جمل"),
    ("a boy", "ولد"),
    ("the boy eats", "الولد يأكل"),
    ("the boy sleeps", "الولد نائم"),
]


def write(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("".join("\t".join(row) + "\n" for row in [("en", "ar"), *rows]))


@pytest.fixture
def data(tmp_path):
    write(tmp_path / "pairs/tatoeba.en-ar.tsv.gz", *SENTENCES * 4, ("Only measured.", "يقاس فقط."))
    write(
        tmp_path / "lexicon/wiktionary.en-ar.tsv.gz",
        ("minister", "وزير"),
        ("cold war", "حرب باردة"),
    )
    write(tmp_path / "lexicon/gpl-freedict.en-ar.tsv.gz", ("forbidden", "ممنوع"))
    write(tmp_path / "lexicon/nc-muse.en-ar.tsv.gz", ("forbidden", "ممنوع"))
    write(tmp_path / "lexicon/names.en-ar.tsv.gz", ("aaron", "هارون"), ("caggins", "كاغينز"))
    write(tmp_path / "eval/bitext/flores-devtest.tsv.gz", ("only measured", "غير ذلك"))
    return tmp_path


def test_meanings_are_learnt_without_what_is_written_before_a_word():
    meanings, counts = learnt(SENTENCES * 4, {"camel": "camel"})
    assert next(iter(meanings["جمل"])) == "camel"
    assert next(iter(meanings["ولد"])) == "boy"
    assert counts["جمل"] > 4
    assert "الجمل" not in meanings


def test_listed_meanings_are_ordered_by_sources_then_frequency():
    rows = [("rare", "كلمة"), ("word", "كلمة"), ("speech", "كلمة")]
    found = listed([rows, [("speech", "كلمة")]], {"word": 9, "rare": 1}, {})
    assert list(found["كلمه"]) == ["speech", "word", "rare"]


def test_names_get_a_capital():
    assert named([("caggins", "كاغينز"), ("two words", "كلمة")]) == {"كاغينز": {"Caggins": 1}}


def test_what_forbids_it_and_what_is_measured_is_not_read(data):
    sources = read_sources(data)
    assert sources.sentences == SENTENCES * 4
    assert [list(rows) for rows in sources.entries] == [
        [("minister", "وزير"), ("cold war", "حرب باردة")]
    ]


def test_what_is_built_is_what_the_gloss_reads(data, tmp_path, capsys):
    build(data, tmp_path / "out")
    dictionary = Dictionary(tmp_path / "out", news=False)
    found = gloss("والجمل والوزير وكاغينز في حرب باردة", "ar", "en", None, dictionary)
    shown = [str(replace(each, words=each.words[:1])) for each in found]
    assert shown[:3] == ["and+the camel", "and+the minister", "and Caggins"]
    assert shown[-1] == "cold war"
    assert "names.tsv.gz: 1 entries" in capsys.readouterr().out


def test_a_folder_without_any_of_it_is_told(tmp_path):
    with pytest.raises(DalilError, match="--data"):
        build(tmp_path, tmp_path / "out")
