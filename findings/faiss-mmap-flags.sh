#!/usr/bin/env bash
# faiss-cpu 1.15.1: read_index with IO_FLAG_MMAP copies codes into memory; what maps them leaves some out.
#
# The flag that is called after memory maps is for inverted lists alone: an index of codes in a row
# (scalar quantiser, flat) is read into memory with it as without it, and nothing says so. IO_FLAG_MMAP_IFC
# maps these. But an index for the fast scan of 4-bit codes, whose codes lie in a row in its file too, is
# read into memory with either.  Below, memory of the process's own beside the size of the file.
#
# Seen:
#   scalar quantiser, no flag            100%
#   scalar quantiser, IO_FLAG_MMAP       100%
#   scalar quantiser, IO_FLAG_MMAP_IFC     0%
#   fast scan, IO_FLAG_MMAP_IFC          100%
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'faiss-cpu==1.15.1' 'numpy==2.4.6'
cd "$folder"
"$folder/bin/python" - <<'PYTHON'
import subprocess
import sys
from pathlib import Path

import faiss
import numpy as np

rows = np.random.default_rng(0).normal(size=(400_000, 128)).astype("float32")
codes = faiss.IndexScalarQuantizer(128, faiss.ScalarQuantizer.QT_8bit)
pairs = faiss.IndexPQFastScan(128, 64, 4)
for name, index in (("codes", codes), ("pairs", pairs)):
    index.train(rows[:5_000])
    index.add(rows)
    faiss.write_index(index, name)

OPEN = """
import sys, faiss
from pathlib import Path


def own():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) * 1024


before = own()
index = faiss.read_index(sys.argv[1], int(sys.argv[2]))
print(own() - before)
"""


def share(said, name, flags):
    grown = subprocess.check_output([sys.executable, "-c", OPEN, name, str(flags)])
    found = int(grown) / Path(name).stat().st_size
    print(f"{said:34} {found:5.0%}")
    return found


assert share("scalar quantiser, no flag", "codes", 0) > 0.9
assert share("scalar quantiser, IO_FLAG_MMAP", "codes", faiss.IO_FLAG_MMAP) > 0.9
assert share("scalar quantiser, IO_FLAG_MMAP_IFC", "codes", faiss.IO_FLAG_MMAP_IFC) < 0.1
assert share("fast scan, IO_FLAG_MMAP_IFC", "pairs", faiss.IO_FLAG_MMAP_IFC) > 0.9
PYTHON
