"""A command runs in a child process, and ends as that does."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.conftest import ROOT

NO_MEMORY = "command: stopped: the document probably takes more memory than there is"
SUPERVISED = """
import os, resource, signal, sys, time
from scripts.common import child_process
child_process.supervise("command")
{code}
"""


def supervised(code: str) -> subprocess.CompletedProcess[str]:
    """How a command ends whose child process runs this code."""
    return subprocess.run(
        [sys.executable, "-c", SUPERVISED.format(code=code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        ("sys.exit(1)", 1, ""),
        ("print('done', file=sys.stderr)", 0, "done\n"),
        ("os.dup2(2, 1); print('written'); child_process.end(3)", 3, "written\n"),
        ("os.abort()", 2, f"{NO_MEMORY} (SIGABRT)\n"),
        ("raise MemoryError", 2, f"{NO_MEMORY} (SIGABRT)\n"),
        ("raise SystemError('error return without exception set')", 2, f"{NO_MEMORY} (SIGABRT)\n"),
        ("os.kill(os.getpid(), signal.SIGKILL)", 2, f"{NO_MEMORY} (SIGKILL)\n"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", 2, "command: stopped: the document probably takes too long (SIGXCPU)\n"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", 2, "command: stopped: a library in compiled code crashed (SIGSEGV)\n"),
        ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM, ""),
        ("os.kill(os.getpid(), signal.SIGINT); time.sleep(9)", -signal.SIGINT, "interrupted\n"),
        ("os.kill(os.getppid(), signal.SIGINT); time.sleep(9)", -signal.SIGINT, "interrupted\n"),
        ("os.kill(os.getppid(), signal.SIGTERM); time.sleep(9)", -signal.SIGTERM, ""),
    ],
)  # fmt: skip
def test_a_command_ends_as_its_child_and_with_one_line_where_that_has_none(
    code: str, status: int, message: str
) -> None:
    done = supervised(code)
    assert done.returncode == status
    assert done.stderr == message


def test_a_fault_of_a_library_that_is_not_about_memory_is_shown() -> None:
    code = "raise SystemError('bad argument to internal function')"
    done = supervised(code)
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith("SystemError: bad argument to internal function\n")


def test_a_command_that_is_killed_takes_its_child_along() -> None:
    code = "print(os.getpid(), flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISED.format(code=code)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        # Its end of the pipe closes when it ends.
        assert process.stdout.read() == b""
