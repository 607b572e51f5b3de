"""The command as the tests run it: in this process, or in one of its own, with the same result."""

import contextlib
import io
import logging
import os
import subprocess
import sys
import warnings
from dataclasses import dataclass

from ui.cli import __main__ as program


@dataclass
class Run:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


def run_process(*arguments, cwd=None, env=None):
    """Run the real command in a process of its own."""
    command = [sys.executable, "-m", "ui.cli", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, cwd=cwd, env=env, stdin=subprocess.DEVNULL, timeout=120,
        check=False,
    )  # fmt: skip
    return Run(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def run_here(*arguments, cwd=None, env=None):
    """Run the command in this process, which starts no Python and imports nothing twice.

    Streams, current folder, environment, warnings and log are those of a process of its own.
    """
    out, err = stream(), stream()
    with contextlib.ExitStack() as stack:
        for manager in (
            replaced(sys, "argv", [program.__file__, *map(str, arguments)]),
            replaced(sys, "stdin", stream()),
            replaced(sys, "stdout", out),
            replaced(sys, "stderr", err),
            replaced(sys, "excepthook", sys.__excepthook__),
            replaced(logging.getLogger(), "handlers", []),
            contextlib.chdir(cwd or "."),
            environment(env),
            main_module(program),
            own_warnings(),
        ):
            stack.enter_context(manager)
        code = exit_code()
    return Run(code, *(text.buffer.getvalue().decode("utf-8") for text in (out, err)))


def exit_code():
    """Run the command to its end, and return what its process would end with."""
    try:
        program.main()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(end.code + "\n")
            return 1
        return end.code or 0
    except Exception:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def stream():
    """Return a stream that is no terminal, as a pipe under UTF-8."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


@contextlib.contextmanager
def replaced(owner, name, value):
    kept = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, kept)


@contextlib.contextmanager
def main_module(module):
    """Let usage name the program as it does where `module` was started."""
    kept = sys.modules["__main__"]
    sys.modules["__main__"] = module
    try:
        yield
    finally:
        sys.modules["__main__"] = kept


@contextlib.contextmanager
def environment(env):
    kept = dict(os.environ)
    try:
        if env is not None:
            os.environ.clear()
            os.environ.update(env)
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


@contextlib.contextmanager
def own_warnings():
    """Print warnings to standard error under the filters that Python starts with."""

    def show(message, category, filename, lineno, file=None, line=None):
        sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))

    with warnings.catch_warnings():
        warnings.resetwarnings()
        for category in (
            DeprecationWarning,
            PendingDeprecationWarning,
            ImportWarning,
            ResourceWarning,
        ):
            warnings.simplefilter("ignore", category)
        warnings.showwarning = show
        yield
