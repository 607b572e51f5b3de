"""One request to a host at a time, and a pause between two."""

import threading
import time

from corpus.fetch.pace import Pace


def test_a_pause_lies_between_requests_to_one_host_only():
    slept = []
    pace = Pace(2.0, slept.append)
    began = time.monotonic()
    for host in ("a.example", "b.example", "a.example"):
        with pace.turn(host):
            pace.wait(host)
            pace.ended(host)
    (seconds,) = slept
    # What has passed since the request before is a part of the pause.
    assert 2.0 - (time.monotonic() - began) <= seconds <= 2.0


def test_requests_to_one_host_follow_each_other():
    pace = Pace(0.0)
    lock, now, most = threading.Lock(), [0], [0]

    def ask(host):
        with pace.turn(host):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.02)
            with lock:
                now[0] -= 1

    for hosts, allowed in ((["a"] * 4, 1), (["a", "b", "c"], 3)):
        most[0] = 0
        threads = [threading.Thread(target=ask, args=(host,)) for host in hosts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert most[0] <= allowed
