"""What `dalil doctor` calls unsafe, and that it leaves the rest alone."""

import json
import os
import tempfile
from pathlib import Path

import pytest

from ui.settings.safety import unsafe_files, unsafe_settings
from ui.settings.settings import ServerSettings

TLS = {"base_url": "https://dalil.example"}
OPEN = {"host": "0.0.0.0", **TLS}


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, []),
        (TLS, []),
        (OPEN, []),
        ({**TLS, "trusted_proxies": ("127.0.0.1/32",), "identity_header": "X-Remote-User"}, []),
        ({"base_url": "http://127.0.0.1:7860"}, []),
        ({"base_url": "http://localhost"}, []),
        ({"without_login": True}, []),
        ({**OPEN, "without_login": True}, ["server.without_login"]),
        ({"host": "10.0.0.7"}, ["in the clear"]),
        ({"host": "10.0.0.7", "base_url": "http://10.0.0.7"}, ["in the clear", "not secure"]),
        ({"base_url": "http://dalil.example"}, ["not secure"]),
        ({"identity_header": "X-Remote-User"}, ["logs nobody in"]),
        ({"trusted_proxies": ("172.17.0.0/16",)}, []),
        ({"trusted_proxies": ("127.0.0.1/32", "0.0.0.0/0")}, ["Every machine in 0.0.0.0/0"]),
        ({"trusted_proxies": ("10.0.0.0/8", "::/0")}, ["10.0.0.0/8", "::/0"]),
        ({"session_hours": 169.0}, ["169 hours"]),
        ({"log_questions": True}, ["what people ask"]),
        ({"tracing": "http://127.0.0.1:4318"}, []),
        ({"tracing": "https://traces.example"}, []),
        ({"tracing": "http://traces.example"}, ["to http://traces.example. Use an https"]),
    ],
)
def test_unsafe_settings(settings, named):
    found = list(unsafe_settings(ServerSettings(**settings)))
    assert len(found) == len(named), found
    assert all(part in sentence for part, sentence in zip(named, found, strict=True))
    assert all(sentence.endswith(".") for sentence in found)


@pytest.fixture
def public():
    """A folder that all users reach, with a library and a settings file that they cannot."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "home" / "derived").mkdir(parents=True)
        for path in ("dalil.toml", "home/library.sqlite", "home/derived/vectors.npy"):
            (folder / path).touch()
            (folder / path).chmod(0o640)
        yield folder


def check(folder):
    return list(unsafe_files(folder / "home", folder / "dalil.toml"))


def test_files_that_are_closed(public):
    assert check(public) == []
    assert list(unsafe_files(public / "home", None)) == []


@pytest.mark.parametrize(
    ("path", "mode", "deed"),
    [
        ("home/library.sqlite", 0o644, "read"),
        ("home/derived/vectors.npy", 0o644, "read"),
        ("home/library.sqlite", 0o642, "change"),
        ("home", 0o757, "change"),
        ("dalil.toml", 0o646, "change the settings file"),
        (".", 0o757, "change the settings file"),
    ],
)
def test_files_that_are_open(public, path, mode, deed):
    (public / path).chmod(mode)
    found = check(public)
    assert len(found) == 1, found
    assert f"can {deed}" in found[0]
    assert str((public / path).resolve()) in found[0]
    assert "chmod" in found[0]


def test_what_a_folder_above_closes_is_closed(public):
    (public / "home" / "library.sqlite").chmod(0o666)
    (public / "home").chmod(0o750)
    assert check(public) == []
    (public / "home").chmod(0o755)
    public.chmod(0o700)
    assert check(public) == []


def test_a_sticky_folder_lets_nobody_replace_a_file(public):
    public.chmod(0o1777)
    assert check(public) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_settings_file_of_another_user(public):
    os.chown(public / "dalil.toml", 12_345, 0)
    found = check(public)
    assert len(found) == 1
    assert "belongs to another user" in found[0]


def test_doctor_tells_and_does_not_fail(dalil, tmp_path):
    (tmp_path / "a.txt").write_text("وصلت القافلة إلى المدينة.", encoding="utf-8")
    assert dalil("add", tmp_path / "a.txt").code == 0
    done = dalil("doctor", "--json")
    assert (done.code, json.loads(done.out)["unsafe"]) == (0, [])
    (tmp_path / "dalil.toml").write_text("server.log_questions = true\n")
    done = dalil("doctor", "--json")
    assert (done.code, len(json.loads(done.out)["unsafe"])) == (0, 1)
    assert "Unsafe: The log holds" in dalil("doctor").out


def test_a_new_library_is_closed_to_others(dalil, tmp_path):
    (tmp_path / "a.txt").write_text("وصلت القافلة إلى المدينة.", encoding="utf-8")
    assert dalil("add", tmp_path / "a.txt").code == 0
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0
