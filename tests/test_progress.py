"""A person who waits at a terminal sees that something is done; nobody else does."""

import io
import os
import sys
from contextlib import suppress

import pytest

from timeline.cli import main
from timeline.progress import waiting


@pytest.fixture
def on_terminal(monkeypatch):
    """What a terminal as stderr is sent by a function."""

    def run(function):
        ours, theirs = os.openpty()
        with os.fdopen(theirs, "w", encoding="utf-8") as stream:
            monkeypatch.setattr(sys, "stderr", stream)
            function()
        # the kernel hands what was written over in pieces, later; the end of it is an error on Linux
        printed = b""
        with suppress(OSError):
            while piece := os.read(ours, 1 << 16):
                printed += piece
        os.close(ours)
        return printed.decode()

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    return run


def wait():
    with waiting("building [red]"):
        pass
    print("end", file=sys.stderr)


def test_a_terminal_is_told_what_is_done_and_left_clean(on_terminal):
    printed = on_terminal(wait)
    assert "building [red]" in printed
    # the line is erased and the cursor shown again
    assert printed.endswith("\x1b[2Kend\r\n")
    assert printed.rindex("\x1b[?25h") > printed.rindex("\x1b[?25l")


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("TERM", "dumb")])
def test_a_terminal_that_nobody_watches_or_that_cannot_erase_is_told_nothing(on_terminal, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert on_terminal(wait) == "end\r\n"


def test_a_pipe_is_told_nothing(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with waiting("building"):
        pass
    assert stream.getvalue() == ""


def test_what_fails_is_told_after_it(on_terminal, tmp_path):
    printed = on_terminal(lambda: main(["build", "--root", str(tmp_path / "none")]))
    assert "building" in printed
    assert printed.endswith("none: No such file or directory\r\n")
