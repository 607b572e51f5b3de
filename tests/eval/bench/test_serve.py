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


def of_ten_minutes(**figures):
    return replace(
        load([Reply(0, OK, 20.0), Reply(1, OK, 20.0)], REFUSED), seconds=600.0, **figures
    )


@pytest.mark.parametrize(
    ("figures", "flat", "bounded"),
    [
        ({"memory_slope": 1.0, "p99_share": 3.0}, True, True),
        ({"memory_slope": -4.0, "p99_share": 1.5}, True, True),
        ({"memory_slope": 1.01, "p99_share": 3.0}, False, True),
        ({"memory_slope": 0.0, "p99_share": 3.01}, True, False),
        # Without /proc nothing is known of the memory.
        ({"memory_slope": None, "p99_share": 2.0}, None, True),
        ({"memory_slope": None, "p99_share": 4.0}, None, False),
    ],
)
def test_bounds_are_told_of_a_run_of_ten_minutes(figures, flat, bounded):
    found = of_ten_minutes(**figures)
    told = found.as_json()
    assert (told["memory_flat"], told["p99_bounded"]) == (flat, bounded)
    assert found.sound
    assert found.met is (False not in (flat, bounded))
    # Nothing holds a server to less of it.
    shorter = replace(found, seconds=599.0)
    assert set(shorter.bounds.values()) == {None}
    assert shorter.met
    assert not replace(found, errors={"500": 1}).met


def test_the_table_says_which_bounds_are_met():
    said = serve.table(of_ten_minutes(memory_slope=2.0, p99_share=2.0))
    assert "memory grows by at most 1 MB a minute: no" in said
    assert "p99 is at most 3 times p50: yes" in said
    assert "sound: True" in said
    short = serve.table(load([Reply(0, OK, 20.0), Reply(1, OK, 20.0)], REFUSED))
    assert short.count("cannot be told") == 2


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
    # Two seconds tell neither.
    assert (found["memory_flat"], found["p99_bounded"]) == (None, None)


@pytest.mark.parametrize(
    ("figures", "code"),
    [({}, 0), ({"errors": {"500": 1}}, 1), ({"p99_share": 9.0}, 1), ({"memory_slope": 9.0}, 1)],
)
def test_the_command_fails_with_a_failed_request_or_a_bound_that_is_missed(
    monkeypatch, capsys, figures, code
):
    found = of_ten_minutes(**{"memory_slope": 0.5, "p99_share": 2.0, **figures})
    monkeypatch.setattr(serve, "measure", lambda *_: found)
    assert command.main(["serve"]) == code
    assert "p99 is at most" in capsys.readouterr().out
