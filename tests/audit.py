"""Advisories of the versions that constraints.txt pins: `make audit`, on a machine with a network.

OSV (https://osv.dev) is asked about each package and version, and told nothing else.  What it knows
is added to `advisories.tsv`; rows that stand there stay, as no version may go back behind them.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[1]
PINS, LISTED = ROOT / "constraints.txt", ROOT / "tests" / "advisories.tsv"
OSV = "https://api.osv.dev"
_SECONDS = 60


@dataclass(frozen=True, order=True)
class Advisory:
    """A row: versions `begun <= version < fixed` are affected, all later ones if `fixed` is empty.

    `accepted` says why a version that is affected is used all the same.
    """

    package: str
    begun: str
    fixed: str
    id: str
    listed: str
    accepted: str = ""


def normal(name: str) -> str:
    """Return a package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str) -> dict[str, str]:
    """Return the version of each package of a constraints file."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;#]+)", text, re.MULTILINE)
    return {normal(name): version for name, version in found}


def read(path: Path = LISTED) -> list[Advisory]:
    """Return the rows of the list; raise `ValueError` where one has too few or too many columns."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader((one for one in lines if one[:1] != "#"), delimiter="\t"))
    if any(len(row) != len(fields(Advisory)) for row in rows):
        raise ValueError(f"{path}: a row is package, from, fixed, advisory, listed, accepted.")
    return [Advisory(*row) for row in rows[1:]]


def write(rows: list[Advisory], path: Path = LISTED) -> None:
    """Write the list anew below its head."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = lines[: next(n for n, one in enumerate(lines) if one[:1] != "#") + 1]
    kept = ["\t".join(astuple(row)) for row in sorted(rows, key=lambda row: row.package.lower())]
    path.write_text("\n".join([*head, *kept]) + "\n", encoding="utf-8")


def known(pinned: Mapping[str, str], day: str, server: str = OSV) -> Iterator[Advisory]:
    """Yield what OSV knows of these versions."""
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
        for name, version in pinned.items()
    ]
    results = _asked(f"{server}/v1/querybatch", {"queries": queries})["results"]
    for name, result in zip(pinned, results, strict=True):
        for found in result.get("vulns", ()):
            whole = _asked(f"{server}/v1/vulns/{found['id']}")
            for begun, fixed in _ranges(whole, name):
                yield Advisory(name, begun, fixed, found["id"], day)


def merged(rows: list[Advisory], found: Iterator[Advisory]) -> list[Advisory]:
    """Return the rows and those found that are not among them."""
    kept = {(normal(row.package), row.begun, row.fixed, row.id): row for row in rows}
    for row in found:
        kept.setdefault((row.package, row.begun, row.fixed, row.id), row)
    return list(kept.values())


def _ranges(advisory: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    for affected in advisory.get("affected", ()):
        if normal(affected.get("package", {}).get("name", "")) != name:
            continue
        for span in affected.get("ranges", ()):
            begun = None
            for event in span["events"] if span["type"] == "ECOSYSTEM" else ():
                if "fixed" in event:
                    yield begun or "0", event["fixed"]
                    begun = None
                begun = event.get("introduced", begun)
            if begun is not None:
                yield begun, ""


def _asked(address: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(address, data, {"Content-Type": "application/json"})
    with urlopen(request, timeout=_SECONDS) as reply:
        return json.load(reply)


def main() -> int:
    """Refresh the list, and say what was added."""
    before = read()
    try:
        found = known(pins(PINS.read_text(encoding="utf-8")), f"{datetime.now(UTC):%Y-%m-%d}")
        after = merged(before, found)
    except OSError as error:
        sys.stderr.write(f"OSV cannot be asked ({error}). The list is as it was.\n")
        return 1
    write(after)
    sys.stdout.write(
        f"{len(after) - len(before)} added; now run: pytest tests/test_advisories.py\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
