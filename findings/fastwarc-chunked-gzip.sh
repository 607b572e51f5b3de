#!/usr/bin/env bash
# fastwarc 2.0.1: decoding all bodies ends an archive at the first that is chunked and packed.
#
# With auto_decode="all" each body comes as the page it was. Behind a response that is both chunked and
# gzip, as most servers send, the iteration ends: no error, and no further record, so an archive of
# thousands of pages looks like one of a few. The page itself is right. Bodies that are only gzip or only
# chunked do no such thing, and with "transfer" or "none" all records come.
#
# Seen:
#   gzip           all       3 of 3 records
#   chunked        all       3 of 3 records
#   chunked gzip   transfer  3 of 3 records
#   chunked gzip   none      3 of 3 records
#   chunked gzip   all       1 of 3 records
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'fastwarc==2.0.1'
"$folder/bin/python" - <<'PYTHON'
import gzip
import io

from fastwarc.warc import ArchiveIterator

packed = gzip.compress(b"<p>page")
body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
record = (
    b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: urn:example:a\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
)


def read(name, headers, body, decode):
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers + b"\r\n" + body
    archive = (record % (len(http), http)) * 3
    records = ArchiveIterator(io.BytesIO(archive), auto_decode=decode)
    pages = [found.reader.read() for found in records]
    print(f"{name:14} {decode:9} {len(pages)} of 3 records")
    return pages


GZIP, CHUNKED = b"Content-Encoding: gzip\r\n", b"Transfer-Encoding: chunked\r\n"
assert read("gzip", GZIP, packed, "all") == [b"<p>page"] * 3
plain = b"7\r\n<p>page\r\n0\r\n\r\n"
assert read("chunked", CHUNKED, plain, "all") == [b"<p>page"] * 3
assert read("chunked gzip", GZIP + CHUNKED, body, "transfer") == [packed] * 3
assert read("chunked gzip", GZIP + CHUNKED, body, "none") == [body] * 3
assert read("chunked gzip", GZIP + CHUNKED, body, "all") == [b"<p>page"]
PYTHON
