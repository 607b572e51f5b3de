"""The server under load: what is counted, and one short run of the real thing."""

import json
from dataclasses import replace

import pytest

from corpus.errors import DalilError
from eval.bench import __main__ as command
from eval.bench import serve
from eval.bench.clients import BUSY, OK, Address, Reply, ask_together

ALONE = [10.0] * 100


def load(together, probes, after=ALONE):
    return serve._load(2, 4.0, ALONE, together, (ALONE, probes, after))


REFUSED = [Reply(0, BUSY, 1.0)] * 10


def test_the_sums():
    mine, yours = [Reply(0, OK, 20.0)] * 30, [Reply(1, OK, 40.0)] * 10
    found = load([*mine, *yours], [*REFUSED, Reply(0, OK, 10.0)], after=[11.0] * 100)
    assert found.requests == 40
    assert found.per_second == 40 / 4
    assert (found.alone_p50_ms, found.p50_ms, found.p95_ms) == (10, 20, 40)
    assert found.p95_multiple == 40 / 10
    assert (found.p99_ms, found.p99_share) == (40, 40 / 20)
    assert (found.memory_mb, found.memory_slope) == (None, None)
    assert found.slowest_share == 10 / ((30 + 10) / 2)
    assert (found.refused, found.not_refused, found.refused_multiple) == (10, 1, 1 / 10)
    assert found.after_multiple == pytest.approx(11 / 10)
    assert found.sound


def test_memory_that_grows_only_at_first_does_not_slope():
    filling = [(float(at), min(200.0 + 10 * at, 500.0)) for at in range(91)]
    assert serve.slope(filling) == pytest.approx(0)
    leaking = [(at, mb + 3 * at / 60) for at, mb in filling]
    assert serve.slope(leaking) == pytest.approx(3)
    found = serve._load(2, 4.0, ALONE, [Reply(0, OK, 20.0)], (ALONE, REFUSED, ALONE), leaking)
    assert (found.memory_mb, found.memory_slope) == (504.5, pytest.approx(3))
    # Too little was seen to tell.
    assert serve.slope(leaking[:1]) is None


def test_one_failure_below_the_limit_is_a_fault():
    answered = [Reply(0, OK, 20.0), Reply(1, OK, 20.0)]
    for status in (BUSY, 500, 0):
        found = load([*answered, Reply(0, status, 1.0)], REFUSED)
        assert found.errors == {str(status): 1}
        assert not found.sound
    # With the queue full a refusal is right, anything else not.
    assert load(answered, REFUSED).sound
    assert not load(answered, [*REFUSED, Reply(0, 0, 1.0)]).sound


def test_a_client_that_is_never_served_shows():
    assert load([Reply(0, OK, 20.0)], REFUSED).slowest_share == 0


def test_a_server_that_refuses_nobody_is_told():
    with pytest.raises(DalilError, match="never"):
        load([Reply(0, OK, 20.0)], [])


def test_no_server_is_a_failure_not_a_crash():
    replies = ask_together(Address("http://127.0.0.1:1"), ["?"], 2, 0.05, pause=0.01)
    assert {reply.status for reply in replies} == {0}


def test_the_command_measures_the_real_server(capsys, monkeypatch):
    # Of the figures of a single client only that there are some is looked at.
    monkeypatch.setattr(serve, "_LEAST_ALONE", 4)
    assert command.main(["serve", "--clients", "4", "--seconds", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["clients"], found["errors"], found["sound"]) == (4, {}, True)
    assert found["requests"] >= 4
    assert found["refused"] > 0
    assert found["p99_share"] >= 1
    assert 50 < found["memory_mb"] < 5_000
    assert isinstance(found["memory_slope"], float)


def test_the_command_fails_with_a_failed_request(monkeypatch):
    sound = load([Reply(0, OK, 20.0), Reply(1, OK, 20.0)], REFUSED)
    monkeypatch.setattr(serve, "measure", lambda *_: replace(sound, errors={"500": 1}))
    assert command.main(["serve"]) == 1
