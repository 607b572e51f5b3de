"""The site of deploy/nginx.conf in a real nginx, before a real server: what the documents promise.

Only addresses, ports and the certificate are others than in the file that is shipped.
"""

import datetime
import os
import re
import shutil
import socket
import subprocess
import threading
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rag.answer import Event
from ui.app.app import create_app
from ui.app.run import listen, server_of
from ui.server.embeds.embeds import Embeds, Plan
from ui.server.http.workers import WorkerPool
from ui.service import Service, Shared
from ui.settings.settings import ServerSettings, Settings

# Debian keeps it where only root looks for programs.
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
SITE = (Path(__file__).parents[3] / "deploy" / "nginx.conf").read_text(encoding="utf-8")
ORIGIN = "https://intranet.example"
EVENTS = {"accept": "text/event-stream"}
MAIN = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{}}
http {{
    {temporary}
    # What servers without a log of their own write to, whole requests.
    access_log {folder}/others.log;
    # As Debian's own file has it; answers are no HTML.
    gzip {gzip}; gzip_min_length 1;
    include {folder}/site.conf;
}}
"""


class Gated(Service):
    """A service that stops behind its first step until the gate opens, if the question says so."""

    gate = threading.Event()

    def stream(self, question, filters, owner=""):
        if "wait" in question.text:
            yield Event("status", "searching")
            assert self.gate.wait(60)
        yield from super().stream(question, filters, owner)


def certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "dalil.example")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - day, now + day)
    (folder / "cert.pem").write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    pem = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *pem))


def free_ports(count):
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def configure(folder, upstream, gzip):
    """Write nginx's files; return the ports of TLS and of plain HTTP."""
    tls, plain = free_ports(2)
    site = re.sub(r"\n\s*listen \[::\].*", "", SITE)
    for before, after in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ": f"listen 127.0.0.1:{tls} ",
        "http://127.0.0.1:7860": f"http://127.0.0.1:{upstream}",
        "/etc/ssl/dalil/fullchain.pem": f"{folder}/cert.pem",
        "/etc/ssl/dalil/privkey.pem": f"{folder}/key.pem",
        "/var/log/nginx/": f"{folder}/",
    }.items():
        assert before in site
        site = site.replace(before, after)
    (folder / "site.conf").write_text(site)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    main = MAIN.format(
        folder=folder,
        gzip=gzip,
        # Its workers are others than root, who may not enter the tests' folder.
        user="user root;" if os.geteuid() == 0 else "",
        temporary=" ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds),
    )
    (folder / "nginx.conf").write_text(main)
    certificate(folder)
    return tls, plain


@pytest.fixture(scope="module", params=["on", "off"])
def site(request, kit, tmp_path_factory, password_hash):
    """Ports and folder of an nginx before a server with users; both end with the module."""
    home, folder = tmp_path_factory.mktemp("office"), tmp_path_factory.mktemp("nginx")
    settings = Settings(
        kit.furnish(home, password_hash),
        server=ServerSettings(
            base_url="https://dalil.example",
            trusted_proxies=("127.0.0.1",),
            identity_header="X-Remote-User",
        ),
    )
    Gated.gate = threading.Event()
    pool = WorkerPool(partial(Gated, settings, lambda _: None, Shared(settings)))
    with listen(ServerSettings(port=0)) as listening:
        server = server_of(create_app(pool, settings=settings), pool, settings.server)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        tls, plain = configure(folder, listening.getsockname()[1], request.param)
        command = [NGINX, "-c", folder / "nginx.conf", "-p", folder, "-e", "stderr"]
        process = subprocess.Popen(command)
        try:
            kit.until(lambda: process.poll() is not None or answers(plain))
            assert process.poll() is None
            yield home, folder, tls, plain
        finally:
            process.terminate()
            process.wait(60)
            Gated.gate.set()
            server.should_exit = True
            thread.join(60)


def answers(port):
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def client(site):
    with browser(site[2]) as client:
        yield client


def browser(port, scheme="https"):
    return httpx.Client(
        base_url=f"{scheme}://127.0.0.1:{port}",
        headers={"host": "dalil.example", "accept-encoding": "gzip"},
        verify=False,
        trust_env=False,
        timeout=20,
    )


def log_in(client, kit, name="leila"):
    given = client.post("/api/login", json={"name": name, "password": kit.password})
    assert given.status_code == 200, given.text


def comes_word_by_word(client, path, **headers):
    """Whether the first event of an answer comes before there is another."""
    Gated.gate.clear()
    body = {"question": "wait: when will the market open?"}
    try:
        with client.stream("POST", path, json=body, headers={**EVENTS, **headers}) as answer:
            assert answer.status_code == 200
            lines = answer.iter_lines()
            first = next(lines)
            Gated.gate.set()
            return first, [line for line in lines if line.startswith("event:")]
    finally:
        Gated.gate.set()


def test_plain_http_leads_to_tls(site):
    with browser(site[3], "http") as client:
        led = client.get("/articles/a?version=1")
    assert (led.status_code, led.headers["location"]) == (
        301,
        "https://dalil.example/articles/a?version=1",
    )


def test_readers_log_in_by_the_page_and_are_kept_out_before(client, kit):
    assert client.get("/api/articles").status_code == 401
    asked = client.get("/")
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=/")
    page = client.get("/login")
    assert page.headers["strict-transport-security"].startswith("max-age=")
    key = re.search(r'name="key" value="([^"]+)"', page.text)[1]
    form = {"name": "leila", "password": kit.password, "next": "/en/", "key": key}
    entered = client.post("/login", data=form, headers={"origin": "https://dalil.example"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/en/")
    assert client.cookies["__Host-dalil-session"]
    assert client.get("/api/articles").status_code == 200
    assert "gradio" in client.get("/en/").text
    # The session of TLS is none of a page that came without it.
    assert (
        client.get("/api/articles", headers={"origin": "http://dalil.example"}).status_code == 403
    )


def test_nobody_names_themselves(client):
    for headers in ({"x-remote-user": "amal"}, {"x-forwarded-for": "127.0.0.1"}):
        assert client.get("/api/articles", headers=headers).status_code == 401


def test_answers_come_word_by_word(client, kit):
    log_in(client, kit)
    first, rest = comes_word_by_word(client, "/api/ask")
    assert first == "event: status"
    assert rest[-1] == "event: done"


def test_the_chat_hears_its_queue_word_by_word(client, kit):
    log_in(client, kit)
    with client.stream("GET", "/en/gradio_api/heartbeat/abc") as beating:
        assert beating.status_code == 200
        assert next(beating.iter_text())


def test_the_widget_asks_from_another_site(client, site):
    script = client.get("/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    with closing(Embeds.open(site[0])) as embeds:
        embed = embeds.create(Plan((ORIGIN,))).id
    greeted = client.get(f"/embed/{embed}", headers={"origin": ORIGIN})
    assert greeted.headers["access-control-allow-origin"] == ORIGIN
    first, rest = comes_word_by_word(client, f"/embed/{embed}/ask", origin=ORIGIN)
    assert (first, rest[-1]) == ("event: status", "event: done")
    assert client.get(f"/embed/{embed}", headers={"origin": "https://x.example"}).status_code == 403


def test_uploads_pass_up_to_their_limit(client, kit):
    log_in(client, kit, "amal")
    text = "وصلت القافلة إلى المدينة يوم الأحد."
    small = {"files": ("small.txt", text.encode(), "text/plain")}
    assert client.post("/api/articles", files=small).status_code == 200
    # Larger than other bodies may be: that it is none of an article is Dalil's to say.
    large = {"files": ("large.bin", b"x" * 12_000_000, "application/octet-stream")}
    refused = client.post("/api/articles", files=large)
    assert (refused.status_code, list(refused.json())) == (415, ["error"])
    more = {"files": ("larger.txt", b"x" * 22_000_000, "text/plain")}
    assert client.post("/api/articles", files=more, timeout=60).status_code == 413
    assert client.post("/api/ask", content=b"x" * 4_000_000).status_code == 413


def test_no_log_of_it_holds_a_question(client, kit, site):
    log_in(client, kit)
    assert client.get("/api/search", params={"question": "zanzibar"}).status_code == 200
    client.get("/nothing", params={"q": "zanzibar"})
    with browser(site[3], "http") as plain:
        plain.get("/", params={"q": "zanzibar"})
    written = "".join(path.read_text() for path in site[1].glob("*.log"))
    assert "/api/search 200" in written
    assert "zanzibar" not in written
