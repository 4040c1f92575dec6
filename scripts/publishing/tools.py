"""Run the tools that a release needs, without our own environment and with the password masked."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scripts.common import project
from scripts.common.errors import ReleaseError

PACKAGE = project.PACKAGE.name
DISTRIBUTION = PACKAGE.replace("_", "-")
USERNAME, PASSWORD = "TWINE_USERNAME", "TWINE_PASSWORD"
# What must not reach the tools that we run: the repository of a git hook, our own environment, other indexes that twine knows.
_REMOVED = re.compile("GIT_|PYTHON|VIRTUAL_ENV|TWINE_(?!CERT)")


def run(
    *command: str | Path, failure: str, cwd: Path | None = None, **variables: str
) -> str:
    """Run a command, with these environment variables and nothing of our own environment, and return its output, the password masked.

    Raises ReleaseError, which begins with `failure`, if it exits with another code than 0 or cannot be started.
    """
    environment = {k: v for k, v in os.environ.items() if not _REMOVED.match(k)}
    try:
        done = subprocess.run(  # noqa: S603  # the tools of our own environment
            [str(part) for part in command],
            cwd=cwd,
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise ReleaseError(f"{failure}: {error.strerror}") from None
    output = done.stdout
    if secret := os.environ.get(PASSWORD):
        for form in (secret, quote(secret, safe="")):
            output = output.replace(form, "***")
    if done.returncode:
        raise ReleaseError(f"{failure}:", *output.strip().splitlines())
    return output


def tool(name: str, *arguments: str | Path, failure: str = "", **options: Any) -> str:
    """The same for a Python module of our environment."""
    failure = failure or f"{name} failed"
    return run(sys.executable, "-m", name, *arguments, failure=failure, **options)


def git(root: Path, *arguments: str) -> str:
    """Run git in a checkout and return its output. Raises ReleaseError with what git says."""
    return run("git", "-C", root, *arguments, failure=f"git {arguments[0]} failed")


def environment(
    folder: Path, *wanted: str | Path, python: str = sys.executable, **options: str
) -> Path:
    """Make a virtual environment with what is wanted, if anything, and return its interpreter. Raises ReleaseError."""
    # Always a path: a bare version may mean the environment that we run in.
    tool("uv", "venv", "--quiet", "--clear", f"--python={python}", folder)
    interpreter = folder / "bin" / "python"
    if wanted:
        install = ("pip", "install", "--quiet", f"--python={interpreter}", *wanted)
        tool("uv", *install, **options)
    return interpreter


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
