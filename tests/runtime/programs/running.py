"""Runs a program of this folder in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def run_program(name: str, *arguments: object, seconds: float = 60.0) -> str:
    """Return what a program prints. A hang is a failure, and so is any warning that nobody could catch.

    Args:
        name: The module in this folder.
        arguments: Of the program.
        seconds: The hard time limit.
    """
    module = f"{__package__}.{name}"
    command = [sys.executable, "-W", "error", "-m", module, *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, timeout=seconds
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    return done.stdout
