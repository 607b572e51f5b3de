"""What counts as told of a translation."""

import gzip

import pytest

from eval.studies.translated import main, measure

PAIRS = [
    ("قُتل 3 في 2019", "3 were killed in 2019"),
    ("قُتل 5 في المدينة", "6 were killed in the city"),
    ("وصل الوزير", "The minister arrived"),
]


def test_a_reference_counts_as_false_and_a_changed_number_as_found():
    told = measure(PAIRS, "ar", "en", None)
    # Of the second sentence something is told already, and the third has no number.
    assert (told.false, told.changed, told.found) == (1 / 3, 1, 1.0)


def test_the_table_has_a_row_for_each_pair(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["translated", "--data", str(tmp_path)])
    with pytest.raises(SystemExit, match="point --data"):
        main()
    path = tmp_path / "eval" / "bitext" / "flores-devtest.tsv.gz"
    path.parent.mkdir(parents=True)
    codes = ["en", "ar", "ckb", "kmr", "tr", "fa", "fr", "de", "es", "ru"]
    rows = ["\t".join(codes), "\t".join(["10"] * len(codes))]
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    main()
    assert capsys.readouterr().out.count("| 0.000 | 1 | 1.000 |") == 18
