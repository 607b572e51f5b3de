"""Put newspaper articles and the questions on them where `dalil eval` can ask them.

`python -m eval.studies.newspapers --data DIR --out FOLDER` reads the archives in `DIR/news` and
writes `FOLDER/articles` with `FOLDER/fit.jsonl` and `FOLDER/report.jsonl`, for
`dalil eval --cases FOLDER/report.jsonl --articles FOLDER/articles`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from corpus.errors import DalilError
from eval.studies.newspapers.asked import write


def main() -> None:
    """Write both, or say what is missing."""
    parser = argparse.ArgumentParser(prog="python -m eval.studies.newspapers", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with news/*.zip")
    parser.add_argument("--out", type=Path, required=True, help="a folder, which may be new")
    options = parser.parse_args()
    try:
        counts = write(options.data / "news", options.out)
    except DalilError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{options.out} cannot be written ({error}); name another folder with --out.")
    for half, count in counts.items():
        sys.stdout.write(f"{count} questions in {options.out / half}.jsonl\n")


if __name__ == "__main__":
    main()
