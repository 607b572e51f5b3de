"""On Ray itself, where it is installed: `pip install '.[ray]'`, then this file alone.

Starting it takes longer than a run of tests should, so tests elsewhere have a stand-in.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.bulk.shards import Shards, digests_of
from tests.index.bulk.mortal import load

pytest.importorskip("ray")

ROOT = Path(__file__).parents[3]
TEXTS = [f"خبر رقم {n}." for n in range(640)]
RUN = """
import json, os, signal, sys
from dataclasses import asdict
from pathlib import Path
from index.bulk import encoding
from index.bulk.cluster import Share, on_ray
from tests.index.bulk.mortal import load

def count(done, _):
    if done > int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

encoding.GROUP = 16
texts = [f"خبر رقم {n}." for n in range(640)]
with on_ray("local", Share(0.5), load) as run:
    how = encoding.How(run, 1e-5, on_batch=count)
    done = encoding.encode_texts(Path(sys.argv[1]), load(sys.argv[2]), texts, how)
print(json.dumps(asdict(done)))
"""


def run(home, name, until):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, "-c", RUN, str(home), name, str(until)]
    return subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, check=False, timeout=300
    )


def test_goes_on_after_kill_9_of_a_worker_and_of_itself(tmp_path):
    name, encoder = str(tmp_path / "dead"), load(str(tmp_path / "dead"))
    assert run(tmp_path / "home", name, 200).returncode == -signal.SIGKILL
    # A worker had died before, and others had taken its passages.
    assert Path(name).exists()
    kept = len(Shards.of(tmp_path / "home", encoder).read())
    assert 200 < kept < 640

    done = run(tmp_path / "home", name, len(TEXTS))
    report = json.loads(done.stdout)
    assert report == {
        "passages": 640, "texts": 640, "resumed": kept, "compared": 64, "largest": 0,
    }  # fmt: skip
    known = Shards.of(tmp_path / "home", encoder).read()
    found = known.vectors(known.find(digests_of(TEXTS)))
    np.testing.assert_array_equal(found, encoder.encode_passages(TEXTS))
