"""Progress is shown on standard error and leaves standard output alone."""

import io
import sys

from ui.progress import progress


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self):
        return True


def steps(line):
    with progress("Encoding", line) as show:
        show(3, 12)
        sys.stdout.write("result\n")
        sys.stderr.write("a message\n")
        show(12, 12)


def test_lines_where_there_is_no_terminal(capsys):
    steps("Encoded {done:,} of {total:,} passages.")
    steps(None)
    shown = capsys.readouterr()
    assert shown.out == "result\n" * 2
    assert shown.err == (
        "Encoded 3 of 12 passages.\na message\nEncoded 12 of 12 passages.\na message\n"
    )


def test_a_bar_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    steps("never shown")
    assert capsys.readouterr().out == "result\n"
    assert "Encoding" in terminal.getvalue()
    assert "12/12" in terminal.getvalue()
    assert "a message" in terminal.getvalue()
    assert "never shown" not in terminal.getvalue()
