"""The process that reads reaches nothing, not even this machine."""

import socket
import subprocess
import sys

import pytest

from corpus.confined.process import ReadingProcess
from corpus.fields import Entry
from corpus.source import bytes_source

TRY = "from corpus.confined.network import leave_network as leave; print(leave())"


def connects(source):
    try:
        with socket.create_connection(("127.0.0.1", int(source.label)), timeout=5):
            yield Entry({"text": "reached"})
    except OSError as error:
        yield Entry({"text": type(error).__name__})


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_reader_reaches_no_port_of_this_machine(port):
    (here,) = connects(bytes_source(str(port), b""))
    assert here.values["text"] == "reached"
    done = subprocess.run([sys.executable, "-c", TRY], capture_output=True, text=True, check=True)
    if done.stdout.strip() != "True":
        pytest.skip("this system lets no process leave its network")
    process = ReadingProcess()
    (entry,) = process.read(connects, bytes_source(str(port), b""))
    process.close()
    assert entry.values["text"] == "OSError"
