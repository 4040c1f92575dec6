"""Make .venv with the Python that runs this, and install a lock file into it: `make setup`.

    python3 -m scripts.install requirements.lock .venv/installed-by-python3

The second file is written when everything is installed. Where two tasks of make begin at once, one installs and the other waits for it.

pip installs uv, which is in the lock with its hashes, and uv the rest, in a tenth of pip's time. uv does not read pip's configuration:
where pip takes packages and whom it trusts is passed on, and where uv still cannot install, pip does. Needs nothing but the standard
library.

Exit codes: 0 installed; 1 .venv can't be made, or the lock or the address of a proxy or an index can't be read; 2 wrong arguments;
130 interrupted; otherwise pip's own.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path

from scripts.common import addresses, pip_settings

ENVIRONMENT = Path(".venv")
PYTHON = ENVIRONMENT / "bin" / "python"
AUTHORITIES = "SSL_CERT_FILE"


class _SetupError(Exception):
    """A message for the user."""


def main(lock: str, stamp: str) -> int:
    """Make .venv and install a lock file, unless that is done. Returns the exit code.

    Args:
        lock: The lock file.
        stamp: The file to write when everything is installed.
    """
    try:
        return _set_up(Path(lock), Path(stamp))
    except _SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
    except OSError as error:
        print(f"setup: .venv can't be made: {error}", file=sys.stderr)
    return 1


def _set_up(lock: Path, stamp: Path) -> int:
    """As `main`. Raises _SetupError, OSError."""
    if Path(sys.prefix).resolve() == ENVIRONMENT.resolve():
        print(
            "setup: this Python belongs to .venv, which is made anew; name another one: make setup PYTHON=python3.13",
            file=sys.stderr,
        )
        return 1
    if warn_of(addresses.unusable_variables()):
        return 1
    pin_of_uv = read_pin_of_uv(lock)
    with one_at_a_time(lock):
        if is_installed(lock, stamp):
            return 0
        print(
            f"setup: making .venv with Python {platform.python_version()}, once (5 to 60 s) ...",
            flush=True,
        )
        started = time.monotonic()
        make_environment(ENVIRONMENT)
        if warn_of(addresses.unusable_settings_of_pip(str(PYTHON))):
            return 1
        code = install(str(PYTHON), lock, pin_of_uv)
        if code == 0:
            stamp.touch()
            print(f"setup: installed in {time.monotonic() - started:.0f} s")
    return code


def warn_of(problems: list[str]) -> bool:
    """Print problems, a line each, and return whether there are any."""
    for problem in problems:
        print(f"setup: {problem}", file=sys.stderr)
    return bool(problems)


def read_pin_of_uv(lock: Path) -> str:
    """Return the lines of a lock file that name the version of uv and its hashes; empty if it has none. Raises _SetupError."""
    try:
        text = lock.read_text("utf-8")
    except OSError as error:
        raise _SetupError(f"{lock} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _SetupError(f"{lock} can't be read: it is not UTF-8") from None
    # The hashes are on lines of their own, which are indented.
    pin = re.search(r"^uv==.*(?:\n .*)*", text, re.MULTILINE)
    return pin[0] if pin else ""


@contextlib.contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Wait until no other process is inside this for the same file."""
    # NFS locks only what is open for writing.
    mode = "r+b" if os.access(lock, os.W_OK) else "rb"
    with lock.open(mode) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: waiting for another setup of this checkout ...", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_installed(lock: Path, stamp: Path) -> bool:
    """Whether another process has installed this lock file since make looked, for an interpreter that is still there."""
    if not (stamp.exists() and PYTHON.exists()):
        return False
    return stamp.stat().st_mtime >= lock.stat().st_mtime


def make_environment(folder: Path) -> None:
    """Make a virtual environment, in place of what is there. Raises _SetupError, OSError."""
    if folder.is_symlink():
        folder.unlink()
    try:
        venv.create(folder, clear=True, with_pip=True, symlinks=True)
    except subprocess.CalledProcessError as error:
        output = error.output or b""
        said = output.decode("utf-8", "replace").strip().rpartition("\n")[2]
        if said and "No module named" not in said:
            raise _SetupError(f"pip cannot be put into .venv: {said}") from None
        raise _SetupError(
            "this Python cannot put pip into .venv; install its package python3-venv (Debian, Ubuntu),"
            " or name another one: make setup PYTHON=python3.13"
        ) from None
    except ValueError as error:  # a colon in the path, which separates folders in PATH
        raise _SetupError(f"{error}; move the checkout elsewhere") from None


def install(python: str, lock: Path, pin_of_uv: str) -> int:
    """Install a lock file for an interpreter, and return the exit code.

    Args:
        python: The interpreter.
        lock: The lock file.
        pin_of_uv: Its lines about uv; empty to install with pip.
    """
    if pin_of_uv:
        code = install_uv(python, pin_of_uv)
        if code:
            return code  # pip has said why, and would fail for the whole lock as well
        if install_with_uv(python, lock):
            return 0
        print(
            "setup: uv cannot install here; pip installs, which takes longer",
            flush=True,
        )
    return install_with_pip(python, lock)


def install_uv(python: str, pin: str) -> int:
    """Install uv by pip. Returns the exit code of pip."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(pin)
        only_uv.flush()
        return install_with_pip(python, Path(only_uv.name))


def install_with_pip(python: str, lock: Path) -> int:
    """Install a lock file by pip. Returns the exit code of pip."""
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    return subprocess.call([*pip, "--require-hashes", "--requirement", lock])  # noqa: S603


def install_with_uv(python: str, lock: Path) -> bool:
    """Install a lock file by uv. Returns whether that worked."""
    settings = pip_settings.for_uv(python)
    uv = [python, "-m", "uv", "pip", "install", f"--python={python}", "--quiet"]
    with tempfile.NamedTemporaryFile("wb", suffix=".pem") as authorities:
        variables = {**os.environ, **settings.variables}
        if settings.authorities:
            authorities.write(all_authorities(settings.authorities))
            authorities.flush()
            variables[AUTHORITIES] = authorities.name
        code = subprocess.call(  # noqa: S603
            [*uv, *settings.arguments, "--require-hashes", "--requirement", lock],
            env=variables,
        )
    return code == 0


def all_authorities(of_pip: str) -> bytes:
    """Return the certificates of the authorities that pip is configured with, and of those that the environment names."""
    certificates = b""
    for path in (of_pip, os.environ.get(AUTHORITIES)):
        if path:
            # A file that can't be read is for uv one without certificates.
            with contextlib.suppress(OSError):
                certificates += Path(path).read_bytes() + b"\n"
    return certificates


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m scripts.install", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("lock", help="the lock file, such as requirements.lock")
    parser.add_argument("stamp", help="the file to write when all is installed")
    options = parser.parse_args()
    try:
        sys.exit(main(options.lock, options.stamp))
    except KeyboardInterrupt:
        print("setup: interrupted", file=sys.stderr)
        sys.exit(130)
