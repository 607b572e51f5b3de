#!/usr/bin/env bash
# pytest-xdist 3.8.0, pytest 9.2.0: `--dist loadgroup` keeps no group together, and says nothing.
#
# A worker tells the group by adding "@group" to a test's id, in the private attribute that pytest 9.1
# read the id from. pytest 9.2 reads it from another, so that the addition is lost and every test is a
# group of its own: what a module or session fixture makes is then made in every worker. The same tests
# under pytest 9.1.1 stay together.
#
# Seen:
#   pytest 9.1.1: 1 worker ran the group, id ends in @browser: True
#   pytest 9.2.0: 2 workers ran the group, id ends in @browser: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
cat >"$folder/test_group.py" <<'PYTHON'
import os
import time
from pathlib import Path

import pytest


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("n", range(12))
def test_one(n, request):
    time.sleep(0.1)
    with Path(os.environ["RAN"]).open("a") as file:
        file.write(f"{os.environ['PYTEST_XDIST_WORKER']} {request.node.nodeid}\n")
PYTHON
for pytest in 'pytest==9.1.1' 'pytest==9.2.0'; do
    version=${pytest#*==}
    "$folder/bin/pip" install --quiet "$pytest" 'pytest-xdist==3.8.0' 'pluggy==1.6.0'
    RAN=$folder/$version "$folder/bin/pytest" -q -n 2 --dist loadgroup "$folder/test_group.py" >/dev/null
    "$folder/bin/python" - "$version" "$folder/$version" <<'PYTHON'
import sys
from pathlib import Path

version, ran = sys.argv[1], Path(sys.argv[2]).read_text().splitlines()
workers = {line.split()[0] for line in ran}
kept = all(line.endswith("@browser") for line in ran)
noun = "worker" if len(workers) == 1 else "workers"
print(f"pytest {version}: {len(workers)} {noun} ran the group, id ends in @browser: {kept}")
assert (len(workers), kept) == ((1, True) if version == "9.1.1" else (2, False))
PYTHON
done
