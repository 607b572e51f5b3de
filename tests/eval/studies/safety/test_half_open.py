"""The study of half-open connections, a small one: they are there, and no question fails."""

import pytest

from corpus.errors import DalilError
from eval.bench.clients import BUSY, OK, Reply
from eval.studies.safety import half_open
from eval.studies.safety.half_open import Outcome


def test_no_question_fails_beside_half_open_connections():
    found = half_open.measure(held=150, clients=2, seconds=0.2, files=256, addresses=3)
    assert found.opened >= 150
    assert len(found.beside) >= 2
    assert found.failed == 0, half_open.report(found)
    assert found.log_bytes < 20_000


def test_a_refusal_counts_as_failed_and_is_told():
    found = Outcome(9, [Reply(0, OK, 20.0)] * 2, [Reply(0, OK, 30.0), Reply(0, BUSY, 1.0)], 70)
    assert found.failed == 1
    assert half_open.report(found) == (
        "9 half-open connections, 70 bytes of log\n"
        "without them: 2 questions, 0 failed, 20 ms p50, 20 ms p95\n"
        "beside them: 2 questions, 1 failed, 30 ms p50, 30 ms p95\n"
    )


def test_a_server_that_does_not_start_is_told(monkeypatch):
    monkeypatch.setattr(half_open, "_START", "raise SystemExit('no {files}')")
    with pytest.raises(DalilError, match="did not start: no 24"):
        half_open.measure(held=1, clients=1, seconds=0.1, files=24, addresses=1)
