"""A hostile file of each sort is named, and the good one after it is read."""

from corpus.confined.process import ReadingProcess
from eval.studies.files import archives, hostile


def test_each_sort_is_named_and_a_good_file_is_read_after_it(monkeypatch):
    monkeypatch.setattr(hostile, "_CUTS", 1)
    monkeypatch.setattr(archives, "_CUTS", 1)
    process = ReadingProcess()
    outcomes = list(hostile.read_all(process))
    process.close()
    names = [one.name for one in outcomes]
    assert len(names) == len(set(names)) >= 50
    # Where a flipped bit falls where nothing is read, the file is as good as before.
    assert [one.name for one in outcomes if not one.told and "torn" not in one.name] == []
    told = {one.name: one.told for one in outcomes}
    assert "10,0" in told["many parts.docx"]
    assert "leads out of it" in told["upwards.odt"]
    assert "entities of its own" in told["entity of a file.epub"]
    assert "more than 16 MiB" in told["bomb in a bomb.warc"]
    assert "200 times its size" in told["promise of much.warc"]
    assert "cut short" in told["cut 0 gzip.warc"]
