"""What a process writes, recorded in order and to the last byte."""

import shutil
import sys

import pytest

from corpus.errors import DalilError
from eval.studies.safety import recording
from eval.studies.safety.recording import Change, record

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace here")
PROGRAM = """
import os, sys
from pathlib import Path
root = Path(sys.argv[1])
(root / "سوق").mkdir()
draft = root / "سوق" / "a<b>, \\"c\\""
draft.write_bytes(b'"x", 1) = 0\\n' + bytes(range(256)))
with draft.open("r+b") as file:
    file.seek(3); file.write(b"y"); file.flush(); os.fsync(file.fileno())
    os.pwrite(file.fileno(), b"z", 9); os.ftruncate(file.fileno(), 10)
with draft.open("ab") as file: file.write(b"end")
draft.rename(root / "kept")
handle = os.open(root, os.O_RDONLY); os.fsync(handle); os.close(handle)
(root / "kept").unlink()
(Path(sys.argv[2]) / "elsewhere").write_text("not ours")
sys.stdout.write("done\\n")
"""


@needs_strace
def test_every_change_is_told_in_order(tmp_path):
    for name in ("root", "other"):
        (tmp_path / name).mkdir()
    root = tmp_path / "root"
    changes = record([sys.executable, "-c", PROGRAM, str(root), str(tmp_path / "other")], root)
    draft = 'سوق/a<b>, "c"'
    assert changes == [
        Change("mkdir", "سوق"),
        Change("create", draft, file=1),
        Change("write", file=1, data=b'"x", 1) = 0\n' + bytes(range(256))),
        Change("write", file=1, offset=3, data=b"y"),
        Change("sync", file=1),
        Change("write", file=1, offset=9, data=b"z"),
        Change("truncate", file=1, offset=10),
        Change("write", file=1, offset=10, data=b"end"),
        Change("rename", draft, "kept"),
        Change("sync_folder"),
        Change("unlink", "kept"),
        Change("said", data=b"done\n"),
    ]


@needs_strace
def test_a_copied_file_has_its_bytes(tmp_path):
    program = "import shutil, sys; a, b = sys.argv[1:]; open(a, 'w').write('x' * 9); "
    program += "shutil.copyfile(a, b)"
    paths = [str(tmp_path / name) for name in "ab"]
    copied = record([sys.executable, "-c", program, *paths], tmp_path)[-1]
    assert copied == Change("write", file=2, data=b"x" * 9)


@needs_strace
def test_a_command_that_fails_is_no_record(tmp_path):
    with pytest.raises(DalilError, match="The command failed"):
        record([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)


def test_without_strace_it_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DalilError, match="apt install strace"):
        record([sys.executable, "-c", ""], tmp_path)


def test_what_it_does_not_know_is_not_passed_over(tmp_path):
    reader = recording._Reader(tmp_path)
    path = "".join(f"\\x{byte:02x}" for byte in str(tmp_path / "a").encode())
    lines = [
        f'7 openat(AT_FDCWD<\\x2f>, "{path}", O_RDWR|O_CREAT, 0644) = 3<{path}>',
        f"7 pwritev(3<{path}>, [], 1, 0) = 4",
    ]
    with pytest.raises(DalilError, match="pwritev is not known"):
        list(reader.changes(lines))


def test_a_call_that_another_thread_interrupts_is_one(tmp_path):
    reader = recording._Reader(tmp_path)
    path = "".join(f"\\x{byte:02x}" for byte in str(tmp_path / "a").encode())
    lines = [
        f'7 openat(AT_FDCWD<\\x2f>, "{path}", O_RDWR|O_CREAT, 0644) = 3<{path}>',
        f"7 fdatasync(3<{path}> <unfinished ...>",
        f'8 pwrite64(3<{path}>, "\\x61\\x62", 2, 5) = 2',
        "7 <... fdatasync resumed>) = 0",
    ]
    assert [each.kind for each in reader.changes(lines)] == ["create", "write", "sync"]
