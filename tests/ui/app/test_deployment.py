"""The files of deploy/ name what exists, and agree with the settings and with each other."""

import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ui.app.app import create_app
from ui.app.connections import room_for
from ui.server.access.guard import MOST_CHAT_BYTES
from ui.settings.oidc import SECRET_VARIABLE
from ui.settings.settings import ServerSettings, all_settings

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
DEFAULT = ServerSettings()
PAGES = [*sorted(DEPLOY.iterdir()), *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def unit():
    # Keys may come twice, and their case matters.
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    parser.optionxform = str
    parser.read(DEPLOY / "dalil.service", encoding="utf-8")
    return parser["Service"]


def options_of(dalil, name):
    done = dalil(name, "--help", home="nowhere")
    assert done.code == 0
    return set(re.findall(r"--[a-z-]+", done.out))


def test_commands_and_options_exist(unit, dalil):
    shown = [unit["ExecStart"].partition("bin/dalil")[2]]
    for page in (*PAGES, ROOT / "README.md"):
        text = page.read_text(encoding="utf-8")
        shown += re.findall(
            r"(?<![\w/.-])dalil( (?:--home \S+ )?(?:serve|doctor|add)\b[^`#\n]*)", text
        )
    serve = [line for line in shown if " serve" in line]
    assert len(serve) >= 3
    known = {name: options_of(dalil, name) for name in ("serve", "doctor", "add")}
    for line in shown:
        name = next(word for word in line.split() if word in known)
        assert set(re.findall(r"--[a-z-]+", line)) <= known[name], line


def test_variables_and_keys_exist():
    variables = {one.variable for one in all_settings()} | {"DALIL_SETTINGS", SECRET_VARIABLE}
    keys = {one.key for one in all_settings()}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"\bDALIL_[A-Z_]+\b", text)) <= variables, page
        assert set(re.findall(r"\b(?:server|oidc)\.[a-z_]+\b", text)) <= keys, page


def test_the_unit_is_closed(unit):
    assert unit["User"] != "root"
    for key in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "MemoryDenyWriteExecute"):
        assert unit[key] == "yes"
    assert (unit["ProtectSystem"], unit["StateDirectoryMode"]) == ("strict", "0700")
    assert (unit["IPAddressDeny"], unit["IPAddressAllow"]) == ("any", "localhost")
    assert unit["CapabilityBoundingSet"] == ""
    assert int(unit["TimeoutStopSec"]) > DEFAULT.seconds + 5


def test_the_unit_allows_as_many_files_as_connections_need(unit, monkeypatch):
    allowed = int(unit["LimitNOFILE"])
    monkeypatch.setattr("resource.getrlimit", lambda _: (allowed, allowed))
    assert room_for(DEFAULT.connections, 64) == DEFAULT.connections
    assert (
        int(re.search(r"limit_conn dalil_addresses (\d+);", NGINX)[1])
        == DEFAULT.connections_by_address
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_knows_every_key(tmp_path):
    text = (DEPLOY / "dalil.service").read_text(encoding="utf-8")
    unit = tmp_path / "dalil.service"
    unit.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={sys.executable}", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    # Other units of a machine may have faults of their own.
    assert [line for line in done.stderr.splitlines() if "dalil.service" in line] == []


def megabytes(size):
    return int(re.fullmatch(r"(\d+)m", size)[1]) * 1024 * 1024


def test_nginx_lets_through_what_dalil_takes():
    general, uploads = map(megabytes, re.findall(r"client_max_body_size (\w+);", NGINX))
    assert general >= MOST_CHAT_BYTES
    assert uploads >= DEFAULT.most_upload_mb * 1_000_000
    assert int(re.search(r"proxy_read_timeout (\d+)s", NGINX)[1]) > 2 * DEFAULT.seconds
    to = set(re.findall(r"proxy_pass (\S+);", NGINX))
    assert to == {f"http://{DEFAULT.host}:{DEFAULT.port}"}


def test_nginx_passes_streams_on_as_they_come():
    where, inside = re.search(r"location ~ (\S+) \{(.*?)\}", NGINX, re.DOTALL).groups()
    assert "proxy_buffering off" in inside
    for path, streams in {
        "/api/ask": True,
        "/embed/abc/ask": True,
        "/en/gradio_api/queue/data": True,
        "/ar/gradio_api/heartbeat/abc": True,
        "/api/asking": False,
        "/articles/embed/": False,
    }.items():
        assert bool(re.search(where, path)) == streams, path


def test_nginx_lets_nobody_name_themselves():
    headers = dict(re.findall(r"proxy_set_header (\S+) (\S+);", NGINX))
    assert headers["X-Remote-User"] == '""'
    assert headers["X-Forwarded-For"] == "$remote_addr"
    assert headers["Host"] == "$host"
    # A location with a header of its own would lose all of these.
    assert NGINX.rindex("proxy_set_header") < NGINX.index("location ")
    assert "$args" not in NGINX.replace("is_args", "")
    assert "$request " not in NGINX


def test_the_container_installs_what_exists():
    (extras,) = re.findall(r"pip install .*--constraint (?:\S+) '\.\[([\w,]+)\]'", CONTAINER)
    offered = PROJECT["project"]["optional-dependencies"]
    needed = [one for extra in extras.split(",") for one in offered[extra]]
    assert not any(re.match("torch|sentence", one) for one in needed)
    copied = [
        word for line in re.findall(r"^COPY (.*)$", CONTAINER, re.M) for word in line.split()[:-1]
    ]
    assert all((ROOT / name).exists() for name in copied)
    packages = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    described = PROJECT["project"]
    assert {*packages, described["readme"], *described["license-files"]} <= set(copied)


def test_the_container_runs_as_nobody_in_particular():
    lines = [line.split()[0] for line in CONTAINER.splitlines() if re.match("[A-Z]+ ", line)]
    assert lines.index("USER") < lines.index("ENTRYPOINT")
    assert re.findall(r"^USER (\w+)", CONTAINER, re.M) == ["dalil"]
    assert "--mode 700 /library" in CONTAINER
    version = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert f"python:{version}-slim" in CONTAINER
    assert f"EXPOSE {DEFAULT.port}" in CONTAINER


def test_the_containers_health_is_that_of_the_server(kit, demo_home):
    code = re.search(r'CMD \["python", "-c", "(.*)"\]', CONTAINER)[1]

    def check(address):
        changed = code.replace(f"http://127.0.0.1:{DEFAULT.port}", address)
        assert changed != code
        return subprocess.run([sys.executable, "-c", changed], check=False).returncode

    pool = kit.pool_of(demo_home)
    with kit.live(create_app(pool, chat=False), pool) as address:
        assert check(address) == 0
    assert check(address) != 0
