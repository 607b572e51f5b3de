"""The study of how soon changes are found: a small one, and what it tells of faults."""

import pytest

from eval.bench.clients import BUSY, OK, Reply
from eval.studies.safety import freshness
from eval.studies.safety.changing import ChangingFolder, ChangingSite
from eval.studies.safety.freshness import Outcome


def test_everything_that_changes_is_seen_and_there_once(monkeypatch):
    monkeypatch.setattr(freshness, "_LOOK_SECONDS", 0.05)
    found = freshness.measure(clients=2, rounds=3, pause=0.0)
    seen = {kind: len(times) for kind, times in found.seconds.items()}
    assert seen == {"feed": 9, "link": 3, "file": 3, "changed file": 2, "removed file": 1}
    assert (found.unseen, found.lost, found.twice) == ([], [], [])
    assert len(found.replies) >= 2
    assert found.failed == 0


SEEN = {"feed": [1.0, 2.0], "file": [5.0]}


@pytest.mark.parametrize(("found", "kept"), [
    (Outcome([Reply(0, OK, 20.0)], SEEN), True),
    (Outcome([Reply(0, OK, 20.0), Reply(0, BUSY, 1.0)], SEEN), False),
    (Outcome([], SEEN | {"link": [5.1]}), False),
    (Outcome([], SEEN, unseen=["file a"]), False),
    (Outcome([], SEEN, lost=["a"]), False),
    (Outcome([], SEEN, twice=["a"]), False),
])  # fmt: skip
def test_any_fault_counts(found, kept):
    assert found.kept == kept


def test_the_figures_are_told():
    found = Outcome([Reply(0, OK, 400.0), Reply(1, BUSY, 1.0)], SEEN, lost=["a", "b"])
    assert freshness.report(found, 2) == (
        "2 clients asked 2 questions, 1 failed, 0.4 s p50\n"
        "feed: 2 seen, 1.5 s p50, 1.9 s p95, 2.0 s max\n"
        "file: 1 seen, 5.0 s p50, 5.0 s p95, 5.0 s max\n"
        "unseen: nothing\nlost: a, b\ntwice: nothing\n"
    )


class WrongApi:
    """An API that takes everything, finds nothing, and lists what was not added."""

    def send(self, method, path, body=None):
        return {"hits": []}

    def article_ids(self):
        # As before the changes.
        yield from getattr(self, "ids", ())


def test_what_is_never_seen_lost_and_there_unasked_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(freshness, "_LONGEST_SECONDS", 0.0)
    api = WrongApi()
    with ChangingSite() as site:
        changes = freshness._Changes(api, site, ChangingFolder(tmp_path / "news"))
        changes.make(1)
        api.ids = ["unasked"]
        found = changes.outcome([])
    assert len(found.unseen) == len(found.lost) == 5
    assert found.twice == ["unasked"]
    assert not found.kept
