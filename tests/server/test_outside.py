"""The server process asks nobody: no address is looked up and nothing is connected to."""

import json

# Run before the command: notes whom the process means to reach, one name a line.
WATCHED = """
import os, socket, sys
noted = os.open(os.environ["NOTED"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def note(event, given):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto"):
        os.write(noted, (repr(given[0] if event.startswith("socket.get") else given[1]) + "\\n")
                 .encode())
sys.addaudithook(note)
try:
    socket.getaddrinfo("probe.invalid", 80)
except OSError:
    pass
from ui.cli import main
main()
"""


def test_nothing_leaves_the_machine(demo_home, kit, tmp_path, hajji):
    noted = tmp_path / "noted"
    with (
        kit.serving(demo_home, before=("-c", WATCHED), env={"NOTED": str(noted)}) as (_, address),
        kit.web(address) as client,
    ):
        assert client.get("/readyz").status_code == 200
        assert client.post("/api/ask", json={"question": hajji}).json()["status"] == "answered"
        assert client.get("/en/").status_code == 200
        body = {"data": [hajji], "fn_index": 0, "session_hash": "abc"}
        client.post("/en/gradio_api/queue/join", content=json.dumps(body))
        assert client.get("/articles/demo-isis-finances").status_code == 200
    # The probe shows that the watch works.
    assert noted.read_text().splitlines() == ["'probe.invalid'"]
