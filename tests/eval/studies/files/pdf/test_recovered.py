"""Paragraphs are counted as exact only where every letter is; what a file lacks is kept apart."""

import pytest

from eval.studies.files.pdf.recovered import compare


@pytest.mark.parametrize(
    ("wanted", "got", "joiners", "expected"),
    [
        ("فُتح الجسر.", "فُتح  الجسر.", False, (1, 0, 0)),
        ("فُتح الجسر.", "فتح الجسر.", False, (0, 0, 1)),
        ("٢٠٢٠", "٠٢٠٢", False, (0, 0, 1)),
        ("(SDF) قسد", ")SDF( قسد", False, (0, 0, 1)),
        ("گەڕانەوە", "گهڕانهوه", False, (0, 1, 0)),
        ("می‌رود", "میرود", False, (0, 1, 0)),
        ("می‌رود", "میرود", True, (0, 0, 1)),
        # One shape hides on which of its letters a mark stands, in any order of several marks.
        ("طويلًا می‌رود", "طويلاً می‌رود", True, (0, 1, 0)),
        ("اَلْأَمر", "اَلأَْمر", False, (0, 1, 0)),
    ],
)
def test_one_paragraph(wanted, got, joiners, expected):
    counts = compare([wanted], got, joiners=joiners)
    assert (counts.exact, counts.unheld, len(counts.broken)) == expected


def test_characters_that_a_font_lacks_are_kept_apart():
    wanted, got = "بوتان (भूटान) بلد", "بوتان () بلد"
    assert compare([wanted], got, joiners=False).unheld == 0
    assert compare([wanted], got, joiners=False, lacking=frozenset("भूटान")).unheld == 1
    assert compare([wanted], "بوتان () بل", joiners=False, lacking=frozenset("भूटान")).unheld == 0


def test_a_paragraph_that_comes_once_is_counted_once():
    counts = compare(["أ ب", "أ ب", "ج"], "أ ب\n\nج", joiners=False)
    # The second finds only what the first has taken, and no file lacks that.
    assert counts.exact == 2
    assert counts.share == pytest.approx(2 / 3)
