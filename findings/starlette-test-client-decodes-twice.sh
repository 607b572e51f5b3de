#!/usr/bin/env bash
# starlette 1.10.0, httpx2 2.16.2: the test client decodes a path twice, so a percent sign in it is lost.
#
# A part of a path that holds an encoded address, such as %25D8 for %D8, reaches an application by a server
# as the address, and by TestClient as what the address stands for. A test of routes whose ids are
# addresses fails where the server is right, or passes where it is wrong. The path that httpx gives is
# decoded already; `raw_path` of the scope is as it was sent.
#
# Seen:
#   sent /feeds/caf%25C3%25A9
#   by httpx2's own ASGITransport the id is caf%C3%A9
#   by TestClient the id is café
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet 'starlette==1.10.0' 'httpx2==2.16.2'
PYTHONUTF8=1 "$folder/bin/python" - <<'PYTHON'
import asyncio

import httpx2
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient


async def named(request):
    return PlainTextResponse(request.path_params["id"])


async def asked():
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="htt" + "p://test") as client:
        return (await client.get(PATH)).text


PATH = "/feeds/caf%25C3%25A9"
app = Starlette(routes=[Route("/feeds/{id}", named)])
plain, test = asyncio.run(asked()), TestClient(app).get(PATH).text
print("sent", PATH)
print("by httpx2's own ASGITransport the id is", plain)
print("by TestClient the id is", test)
assert (plain, test) == ("caf%C3%A9", "café")
PYTHON
