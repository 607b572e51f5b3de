"""Copies are told from other reports on the same event, by sketches and by words."""

import numpy as np

from corpus.copies import PERMUTATIONS, Fingerprint, groups_of, near

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
