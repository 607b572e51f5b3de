"""The script for whoever keeps a cluster, on an imitation of one."""

import shutil
import tempfile
from pathlib import Path

import pytest

from eval.studies.cluster import trials
from eval.studies.cluster.accept import Outcome, accept
from eval.studies.cluster.nodes import Cluster
from eval.studies.cluster.trials import Extent
from tests.fakes import qdrant_cluster

pytest.importorskip("qdrant_edge", reason="Qdrant's core has no wheel for this machine")
SMALL = Extent(articles=5, questions=3, seconds=1.0)


@pytest.fixture
def folder():
    """In memory where there is one: making a shard waits for a disk a lot."""
    held = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    yield held
    shutil.rmtree(held)


def cluster_of(servers, options="?shards=3&replicas=2"):
    down = servers.folder / "down-2"
    index = f"qdrant:{servers.addresses[0]}{options}"
    return Cluster(index, servers.addresses, f"touch {down}", f"rm {down}")


def outcomes(results):
    return {result.step: result.outcome for result in results}


def test_a_cluster_that_keeps_its_rules_passes_every_step(folder):
    # A write takes long enough to be killed in it.
    with qdrant_cluster.Cluster(folder, lag=0.2) as servers:
        results = list(accept(cluster_of(servers), SMALL))
        assert [r for r in results if r.outcome is not Outcome.PASS] == []
        assert len(results) == 10
        assert not servers.there()
    told = {result.step: result.told for result in results}
    assert "3 shards have 2 active copies" in told["Every shard has its copies"]
    assert "100.0% of 3 questions" in told["The same is found there"]


def test_what_does_not_hold_fails_with_a_remedy(folder, monkeypatch):
    """Copies that are not asked for, a write that one member alone has, lost snapshots."""
    monkeypatch.setattr(trials, "killed_move", lambda *_: 0)

    class Careless(qdrant_cluster.Cluster):
        def create(self, body):
            super().create({**body, "write_consistency_factor": 1})

        def snapshot(self, member):
            points, self.points = self.points, {}
            try:
                return super().snapshot(member)
            finally:
                self.points = points

    with Careless(folder) as servers:
        results = list(accept(cluster_of(servers), SMALL))
    found = outcomes(results)
    failed = [step for step, outcome in found.items() if outcome is Outcome.FAIL]
    assert failed == [
        "Every shard has its copies",
        "Meanwhile nothing is taken that one copy alone has",
        "Snapshots of all members bring the collection back",
    ]
    assert all("What to do: " in r.told for r in results if r.outcome is Outcome.FAIL)
    assert found["A collection that is lost is filled anew"] is Outcome.PASS


def test_what_was_not_given_is_skipped_and_what_builds_on_a_failure_not_tried(folder):
    with qdrant_cluster.Cluster(folder, members=1) as servers:
        results = list(accept(cluster_of(servers), SMALL))
    assert [result.outcome for result in results] == [Outcome.FAIL, *[Outcome.SKIP] * 9]
    assert "There are 1 members for 2 replicas" in results[0].told
    assert '"The server is reached" failed' in results[1].told


def test_a_server_that_is_not_there_is_told_of():
    results = list(accept(Cluster("qdrant:http://127.0.0.1:9"), SMALL))
    assert results[0].outcome is Outcome.FAIL
    assert "QDRANT_API_KEY" in results[0].told
