"""The server process asks nobody: no address is looked up and nothing is connected to."""

import os

# Told to every process of the test as sitecustomize: notes whom it means to reach, a line each.
WATCHED = """
import os, socket, sys
noted = os.open(os.environ["NOTED"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def note(event, given):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr",
                 "socket.getnameinfo", "socket.connect", "socket.sendto"):
        os.write(noted, (repr(given[0] if event.startswith("socket.get") else given[1]) + "\\n")
                 .encode())
sys.addaudithook(note)
try:
    socket.getaddrinfo("probe.invalid", 80)
except OSError:
    pass
"""


def test_nothing_leaves_the_machine(demo_home, kit, tmp_path, hajji):
    (tmp_path / "sitecustomize.py").write_text(WATCHED)
    noted = tmp_path / "noted"
    told = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{kit.root}", "NOTED": str(noted)}
    with kit.serving(demo_home, env=told) as (_, address), kit.web(address) as client:
        assert client.get("/readyz").status_code == 200
        assert client.post("/api/ask", json={"question": hajji}).json()["status"] == "answered"
        streamed = {"accept": "text/event-stream"}
        assert client.post("/api/ask", json={"question": hajji}, headers=streamed).is_success
        for page in ("/en/", "/ar/", "/articles/demo-isis-finances", "/api/articles"):
            assert client.get(page).status_code == 200
        body = {"data": [hajji], "fn_index": 0, "session_hash": "abc"}
        assert client.post("/en/gradio_api/queue/join", json=body).status_code == 200
    # The probe shows that the watch works.
    assert noted.read_text().splitlines() == ["'probe.invalid'"]
