"""What counts as met, and what by chance."""

import pytest

from eval.studies.gloss import main, measure, table_of
from rag.gloss.dictionary import Dictionary

ROWS = [
    ("The minister arrived in the city.", "وصل الوزير إلى المدينة"),
    ("She bought bread.", "اشترت الخبز"),
]


def test_met_words_are_those_of_the_reference():
    score = measure("all", ROWS, Dictionary(), None)
    assert score.met > 0.5
    # The words of one sentence are not those of the other.
    assert score.chance == 0
    swapped = [(ROWS[1][0], ROWS[0][1]), (ROWS[0][0], ROWS[1][1])]
    assert measure("swapped", swapped, Dictionary(), None).met == 0


def test_function_words_and_digits_do_not_count():
    score = measure("none", [("In 2019.", "في 2019")], Dictionary(), None)
    assert score.met == score.unknown == 0


def test_the_table_names_its_columns():
    score = measure("all", ROWS, Dictionary(), None)
    assert table_of([score]).splitlines()[0].startswith("| made from | met | by chance |")


def test_missing_sentences_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["gloss", "--data", str(tmp_path)])
    with pytest.raises(SystemExit, match="point --data"):
        main()
