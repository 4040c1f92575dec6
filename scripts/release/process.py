"""Run a tool: what it says, or an error that says it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote


class ReleaseError(Exception):
    """What keeps a release from being made. The text says what to do."""


def run(
    *command: str | Path,
    failure: str,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    hidden: str = "",
) -> str:
    """What a command prints on both streams, never with the hidden text in it.

    Raises:
        ReleaseError: It exits with another code than 0, or can't be started; the text begins with `failure`.
    """
    try:
        done = subprocess.run(  # noqa: S603  # the tools of our own environment
            [str(part) for part in command],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise ReleaseError(f"{failure}: {error.strerror}") from None
    said = done.stdout
    for form in (hidden, quote(hidden, safe="")):
        said = said.replace(form, "***") if form else said
    if done.returncode:
        raise ReleaseError(f"{failure}:\n{said.strip()}")
    return said


def run_module(
    module: str,
    *arguments: str | Path,
    failure: str,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    hidden: str = "",
) -> str:
    """The same for a Python module, run by our own interpreter."""
    return run(
        sys.executable,
        "-m",
        module,
        *arguments,
        failure=failure,
        cwd=cwd,
        environment=environment,
        hidden=hidden,
    )
