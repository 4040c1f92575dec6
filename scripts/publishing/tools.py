"""Runs git, uv, twine and the other tools of the development environment."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.common import project
from scripts.common.errors import ReleaseError
from scripts.publishing.credentials import masked

PACKAGE = project.PACKAGE.name
DISTRIBUTION = PACKAGE.replace("_", "-")
# Settings of uv that say what it installs, and from where: all but those that say how it works.
_OF_UV = "UV_(?!CACHE_DIR|NO_CACHE|LINK_MODE|LOCK_TIMEOUT|PYTHON_|HTTPS?_|ALL_PROXY|NATIVE_TLS|SYSTEM_CERTS|CONCURRENT_)"
# Variables that must not reach the tools: the repository of a git hook, our own environment, other indexes that twine and uv know, another
# date for the files of a build.
_REMOVED = re.compile(
    f"GIT_|PYTHON|VIRTUAL_ENV|SOURCE_DATE_EPOCH|TWINE_(?!CERT)|{_OF_UV}"
)
# No colours, no line ends inside of what a tool quotes, and no files with settings of uv.
_PLAIN = {
    "NO_COLOR": "1",
    "TERM": "dumb",
    "COLUMNS": "10000",
    "LINES": "100",
    "UV_NO_CONFIG": "1",
}
_TRACEBACK = "Traceback (most recent call last):"
_NO_VARIABLES: Mapping[str, str] = {}
# Seconds that a tool may take. An index that takes an upload and never answers would hold twine up for ever.
LONGEST = 300


def run(
    *command: str | Path,
    failure: str,
    cwd: Path | None = None,
    variables: Mapping[str, str] = _NO_VARIABLES,
) -> str:
    """Run a command and return what it writes to standard output, as it is.

    The result may be compared, so nothing in it is masked; `masked` it before it is shown.

    Args:
        command: The program and its arguments.
        failure: How the message of the error begins.
        cwd: The working directory; default: ours.
        variables: Environment variables in addition to ours.

    Raises:
        ReleaseError: The command cannot be started, takes longer than `LONGEST`, or exits with another code than 0. Its output is
            quoted, masked, without tracebacks.
    """
    inherited = {k: v for k, v in os.environ.items() if not _REMOVED.match(k)}
    try:
        process = subprocess.run(  # noqa: S603  # the tools of our own environment
            [str(part) for part in command],
            cwd=cwd,
            env={**inherited, **_PLAIN, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LONGEST,
        )
    except FileNotFoundError:
        raise ReleaseError(f"{failure}: there is no {command[0]} here") from None
    except OSError as error:
        raise ReleaseError(f"{failure}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise ReleaseError(f"{failure}: no end after {LONGEST:g} seconds") from None
    if process.returncode:
        # Masked as a whole, since a tool may have wrapped the password.
        quoted = masked(f"{process.stdout}\n{process.stderr}".strip())
        # Not at what else ends a line, such as U+2028: tools mark what they quote only at line feeds.
        raise ReleaseError(f"{failure}:", *without_tracebacks(quoted.split("\n")))
    return process.stdout


def without_tracebacks(lines: Sequence[str]) -> list[str]:
    """Return the output of a program that failed, with only the last exception of the tracebacks of Python in it."""
    starts = [number for number, line in enumerate(lines) if _TRACEBACK in line]
    if not starts:
        return [*lines]
    end = starts[-1] + 1
    while end < len(lines) - 1 and lines[end].startswith(" "):
        end += 1
    return [*lines[: starts[0]], *lines[end:]]


def run_module(
    name: str,
    *arguments: str | Path,
    failure: str = "",
    cwd: Path | None = None,
    variables: Mapping[str, str] = _NO_VARIABLES,
) -> str:
    """Run a Python module of our environment; arguments, result and errors as those of `run`."""
    return run(
        *(sys.executable, "-m", name, *arguments),
        failure=failure or f"{name} failed",
        cwd=cwd,
        variables=variables,
    )


def git(root: Path, *arguments: str) -> str:
    """Run git in a checkout and return its output. Raises ReleaseError with what git says."""
    return run("git", "-C", root, *arguments, failure=f"git {arguments[0]} failed")


def reason_for_missing_tags(root: Path) -> str:
    """Return why a checkout may lack tags that its origin has; empty if nothing shows that, or there is no git."""
    if not (root / ".git").exists():
        return ""
    try:
        if git(root, "rev-parse", "--is-shallow-repository").strip() != "true":
            return ""
    except ReleaseError as error:
        return " ".join(str(error).split())
    return "this clone is shallow (git fetch --unshallow --tags)"


def make_environment(
    folder: Path, python: str = sys.executable, requirements: Sequence[str] = ()
) -> Path:
    """Make a virtual environment in a folder and return its interpreter.

    Args:
        folder: Where to make it. What is there is removed.
        python: The path of the interpreter to make it with. Never a bare version: that may mean the environment that we run in.
        requirements: What to install there, as byte code too; default: nothing.

    Raises:
        ReleaseError: uv cannot make it, or cannot install a requirement.
    """
    run_module("uv", "venv", "--quiet", "--clear", f"--python={python}", folder)
    interpreter = folder / "bin" / "python"
    if requirements:
        run_module(
            *("uv", "pip", "install", "--quiet", "--compile-bytecode"),
            *(f"--python={interpreter}", *requirements),
            failure="uv cannot install",
        )
    return interpreter


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
