"""Which files one `dalil ask` passes, and in which order: `python tests/tracing.py HOME QUESTION`.

Only functions that run count, not what happens while a module is imported. "during" names the files
entered for the question itself, without what opening the library and its models takes.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "index", "rag", "eval", "ui")


class Tracer:
    """Notes each file of ours when a function of it is first called; `sys.setprofile` takes it."""

    def __init__(self):
        self.files, self.during = [], []
        self._apart = 0

    def __call__(self, frame, event, _):
        if event == "call":
            self._apart += is_apart(frame)
            name = own_file(frame)
            if name and name not in self.files and not is_importing(frame):
                self.files.append(name)
            if name and name not in self.during and not self._apart and not is_importing(frame):
                self.during.append(name)
        elif event == "return":
            self._apart -= is_apart(frame)


def own_file(frame):
    path = Path(frame.f_code.co_filename)
    if frame.f_code.co_name != "<module>" and path.is_relative_to(ROOT):
        name = path.relative_to(ROOT)
        return name.as_posix() if name.parts[0] in (*PACKAGES, "dalil.py") else None
    return None


def is_apart(frame):
    """Tell the call that opens the library and puts an assistant over it."""
    return frame.f_code.co_name == "_open" and own_file(frame) == "ui/service.py"


def is_importing(frame):
    while frame is not None:
        if frame.f_code.co_name == "<module>" and frame.f_code.co_filename != __file__:
            return True
        frame = frame.f_back
    return False


def main(home, question):
    from dalil import main as command

    tracer = Tracer()
    sys.argv = ["dalil", "--home", home, "ask", question]
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        sys.setprofile(tracer)
        command()
    sys.setprofile(None)
    answer = out.buffer.getvalue().decode()
    sys.stdout.write(json.dumps({"files": tracer.files, "during": tracer.during, "out": answer}))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(*sys.argv[1:])
