"""No version that Dalil pins has an advisory that is known here."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from packaging.version import Version

from tests import audit
from tests.audit import Advisory, merged, normal, pins, read, write

PINNED = pins(audit.PINS.read_text(encoding="utf-8"))


def holds(row, version):
    found = Version(version)
    return Version(row.begun) <= found and not (row.fixed and found >= Version(row.fixed))


def affected(rows, pinned):
    """Rows that hold of a pinned version and that nobody has accepted."""
    return [
        row
        for row in rows
        if normal(row.package) in pinned
        and holds(row, pinned[normal(row.package)])
        and not row.accepted
    ]


def test_no_pinned_version_has_a_known_advisory():
    assert len(PINNED) > 150
    assert affected(read(), PINNED) == []


def test_the_list_is_sound():
    rows = read()
    assert [row.package for row in rows if normal(row.package) not in PINNED] == []
    for row in rows:
        assert re.fullmatch(r"(CVE-\d{4}-\d{4,}|GHSA(-\w{4}){3}|PYSEC-\d{4}-\d+)", row.id), row
        assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", row.listed), row
        assert not row.fixed or Version(row.begun) < Version(row.fixed), row
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize(
    ("package", "version", "told"),
    [
        ("jinja2", "3.1.5", ["CVE-2025-27516"]),
        ("jinja2", "3.1.6", []),
        # A name is written in several ways, and a row need not begin with the first version.
        ("lxml-html-clean", "0.3.1", ["CVE-2024-52595"]),
        ("langchain-core", "0.3.81", []),
        ("langchain-core", "1.2.4", ["CVE-2025-68664"]),
        ("pdfminer-six", "20251107", ["GHSA-f83h-ghpp-7wcc"]),
    ],
)
def test_a_version_behind_a_fix_is_told(package, version, told):
    assert [row.id for row in affected(read(), {package: version})] == told


def test_what_has_no_fix_is_told_until_it_is_accepted():
    row = Advisory("Nowhere", "1.0", "", "CVE-2026-0001", "2026-11-29")
    assert affected([row], {"nowhere": "9.9"}) == [row]
    assert affected([row], {"nowhere": "0.9"}) == []
    accepted = Advisory("Nowhere", "1.0", "", "CVE-2026-0001", "2026-11-29", "unused part")
    assert affected([accepted], {"nowhere": "9.9"}) == []


def test_a_list_is_read_as_it_is_written(tmp_path):
    copy = tmp_path / "list.tsv"
    copy.write_text(audit.LISTED.read_text(encoding="utf-8"), encoding="utf-8")
    write(read(), copy)
    assert copy.read_text(encoding="utf-8") == audit.LISTED.read_text(encoding="utf-8")
    copy.write_text(copy.read_text() + "jinja2\t0\t4\n")
    with pytest.raises(ValueError, match="a row is package"):
        read(copy)


class Osv(BaseHTTPRequestHandler):
    """What OSV's own interface answers, of one package."""

    asked: ClassVar[list] = []

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
        self.asked.extend(sent)
        names = [one["package"]["name"] for one in sent]
        self._tell(
            {"results": [{"vulns": [{"id": "CVE-2026-1"}]} if n == "a-b" else {} for n in names]}
        )

    def do_GET(self):
        events = [{"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2.0"}]
        ranges = [{"type": "GIT", "events": []}, {"type": "ECOSYSTEM", "events": events}]
        others = {"package": {"name": "other"}, "ranges": ranges}
        self._tell({"affected": [others, {"package": {"name": "A_b"}, "ranges": ranges}]})

    def _tell(self, body):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


def test_osv_is_asked_about_each_version_and_rows_stay():
    with HTTPServer(("127.0.0.1", 0), Osv) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        found = list(audit.known({"a-b": "1.0", "c": "2"}, "2026-11-30", address))
        server.shutdown()
        thread.join()
    assert [(one["package"], one["version"]) for one in Osv.asked] == [
        ({"name": "a-b", "ecosystem": "PyPI"}, "1.0"),
        ({"name": "c", "ecosystem": "PyPI"}, "2"),
    ]
    rows = [Advisory("a-b", begun, fixed, "CVE-2026-1", "2026-11-30")
            for begun, fixed in (("0", "1.5"), ("2.0", ""))]  # fmt: skip
    assert found == rows
    older = Advisory("A_B", "0", "1.5", "CVE-2026-1", "2026-11-01", "why")
    assert merged([older], iter(found)) == [older, rows[1]]
