"""Copies are told from other reports on the same event, by sketches and by words."""

import numpy as np
import pytest

from corpus.copies import PERMUTATIONS, Fingerprint, Sketches, groups_of, near

REPORT = (
    "Engineers reopened the old bridge over the river at Dara on Monday after five months of work, "
    "the governor said, and forty lorries with wheat crossed it before noon."
)


def test_tiny_texts_are_copies_only_where_they_are_equal():
    def copies(one, other):
        return Fingerprint.of(one).copies(Fingerprint.of(other))

    assert copies("The school opened.", "The school opened!")
    assert not copies("The school opened.", "The school opened again.")
    assert copies("", "...")


def test_candidates_are_those_that_are_alike():
    texts = ["Rain fell on the plain of Nar for two days and two nights.", REPORT, REPORT[:100]]
    sketches = np.stack([Fingerprint.of(text).sketch() for text in texts])
    assert sketches.shape == (3, PERMUTATIONS)
    assert near(sketches[1], sketches).tolist() == [1, 2]
    assert near(sketches[0], sketches[1:]).tolist() == []
    assert near(sketches[0], sketches[:0]).tolist() == []


def test_groups_in_any_script():
    arabic = "أعادت البلدية فتح الجسر القديم فوق النهر يوم الاثنين بعد خمسة أشهر من العمل المتواصل."
    texts = [arabic, REPORT, "وكالات - " + arabic.replace("القديم", "القديمَ"), "AFP " + REPORT]
    assert groups_of(texts) == [[0, 2], [1, 3]]


@pytest.mark.parametrize("before", [0, 8, 9])
@pytest.mark.parametrize("again", [(), (3, 7, 3)])
def test_sketches_find_what_comparing_with_all_of_them_finds(before, again):
    # A third of each row is that of the first, so that some are just near enough, and some not.
    draw = np.random.default_rng(5)
    rows = draw.integers(0, 256, (400, PERMUTATIONS), np.uint8)
    same = draw.random(rows.shape) < draw.random((len(rows), 1)) / 3
    rows = np.where(same, rows[0], rows)
    table = Sketches(rows[:250].copy())
    for row in rows[:before]:
        # Whether rows are listed already when others are put.
        assert table.near(row).tolist() == near(row, rows[:250]).tolist()
    for place in (*range(250, 400), *again):
        # A row that is set again has other bytes from then on.
        rows[place] = rows[place] if place >= 250 else draw.integers(0, 256, PERMUTATIONS)
        table.put(place, rows[place])
    assert len(table) == 400
    found = [table.near(row).tolist() for row in rows]
    assert found == [near(row, rows).tolist() for row in rows]
    assert 50 < len(found[0]) < 350
    assert not Sketches(rows[:0].copy()).near(rows[0]).tolist()
