"""The study of whether readers wait: a small one, and what its figures say."""

from contextlib import closing

import pytest

from eval.studies.safety import pauses
from eval.studies.safety.pauses import Phase
from index import Library, load_encoder


def test_changes_are_seen_while_others_search(tmp_path, make_article):
    with closing(Library.open(tmp_path / "home", load_encoder("bundled"), create=True)) as library:
        library.add([make_article(number) for number in range(3)])
    found = pauses.measure(tmp_path / "home", ["المعبر"], [1], 0.1, ways=[pauses.SERVER])
    kinds = ["nothing", "1 added by the server", "1 removed by the server"]
    assert [phase.kind for phase in found] == kinds
    assert all(phase.ms for phase in found)
    assert all(0 <= phase.seen[0] < pauses.LONGEST_SECONDS for phase in found[1:])


QUIET = Phase("nothing", [10.0, 20.0, 30.0])


@pytest.mark.parametrize(("phase", "kept"), [
    (Phase("1 added", [10.0, 110.0], [0.5, 2.0]), True),
    (Phase("1 added", [10.0, 130.0], [0.5]), False),
    (Phase("1 added", [10.0], [2.1]), False),
])  # fmt: skip
def test_a_search_held_up_or_a_change_seen_late_counts(phase, kept):
    assert pauses.kept([QUIET, phase]) == kept


def test_the_figures_are_told():
    found = pauses.report([Phase("nothing", [20.0]), Phase("1 added", [30.0], [0.5, 1.25])])
    assert found.splitlines()[2:] == [
        "| nothing | 1 | 20 / 20 / 20 | 1, 1 |  |",
        "| 1 added | 1 | 30 / 30 / 30 | 1.5, 1.5 | 0.50, 1.25 |",
    ]
