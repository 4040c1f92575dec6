"""Make .venv with the Python that runs this, and install a lock file into it: `make setup`.

    python3 -m scripts.install requirements.lock .venv/installed-by-python3

The second file is written when everything is installed. Where two tasks of make begin at once, one installs and the other waits for it.

pip installs uv, which is in the lock with its hashes, and uv the rest, in a tenth of pip's time. uv does not read pip's configuration:
the index and the certificates that pip is configured with are passed on, and where uv still cannot install, pip does. Needs nothing but
the standard library.

Exit codes: 0 installed; 1 .venv can't be made, or the address of a proxy or an index can't be read; 130 interrupted;
otherwise pip's own.
"""

from __future__ import annotations

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


def main(lock: str, stamp: str) -> int:
    if Path(sys.prefix).resolve() == ENVIRONMENT.resolve():
        print(
            "setup: this Python belongs to .venv, which is made anew; name another one: make setup PYTHON=python3.13",
            file=sys.stderr,
        )
        return 1
    if warn_of(addresses.unusable_variables()):
        return 1
    with one_at_a_time(lock):
        if is_installed(Path(lock), Path(stamp)):
            return 0
        print(
            f"setup: making .venv with Python {platform.python_version()}, once (5 to 60 s) ...",
            flush=True,
        )
        started = time.monotonic()
        make_environment(ENVIRONMENT)
        if warn_of(addresses.unusable_settings_of_pip(str(PYTHON))):
            return 1
        code = install(str(PYTHON), lock)
        if code == 0:
            Path(stamp).touch()
            print(f"setup: installed in {time.monotonic() - started:.0f} s")
    return code


def warn_of(problems: list[str]) -> bool:
    """Print problems, a line each, and return whether there are any."""
    for problem in problems:
        print(f"setup: {problem}", file=sys.stderr)
    return bool(problems)


@contextlib.contextmanager
def one_at_a_time(lock: str) -> Iterator[None]:
    """Wait until no other process is inside this for the same file."""
    with Path(lock).open("rb") as file:
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
    """Make a virtual environment, in place of what is there."""
    if folder.is_symlink():
        folder.unlink()
    venv.create(folder, clear=True, with_pip=True, symlinks=True)


def install(python: str, lock: str) -> int:
    """Install a lock file for an interpreter, and return the exit code."""
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    hashed = [*pip, "install", "--quiet", "--require-hashes", "--requirement"]
    pinned = re.search(r"^uv==.*(?:\n .*)*", Path(lock).read_text("utf-8"), re.M)
    if pinned is not None and install_with_uv(python, lock, hashed, pinned[0]):
        return 0
    print("setup: uv cannot install here; pip installs, which takes longer", flush=True)
    return subprocess.call([*hashed, lock])  # noqa: S603


def install_with_uv(python: str, lock: str, hashed: list[str], pinned: str) -> bool:
    """Install uv by pip, and everything else by uv; returns whether that worked."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(pinned)
        only_uv.flush()
        if subprocess.call([*hashed, only_uv.name]):  # noqa: S603
            return False
    uv = [python, "-m", "uv", "pip", "install", f"--python={python}", "--quiet"]
    code = subprocess.call(  # noqa: S603
        [*uv, "--require-hashes", "--requirement", lock],
        env={**os.environ, **pip_settings.as_variables_of_uv(python)},
    )
    return code == 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except OSError as error:
        print(f"setup: .venv can't be made: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("setup: interrupted", file=sys.stderr)
        sys.exit(130)
