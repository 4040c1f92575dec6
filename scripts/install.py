"""Install a lock file into the virtual environment that runs this: `make setup`.

    .venv/bin/python scripts/install.py requirements.lock

pip installs uv, which is in the lock with its hashes, and uv the rest, in half of pip's time. uv does not read pip's configuration: the
index and the certificates that pip is configured with are passed on, and where uv still cannot install, pip does. Needs nothing but the
standard library.

Exit codes: 0 installed; otherwise pip's own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
INSTALL = (*PIP, "install", "--require-hashes", "--requirement")
# Setting of pip: variable of uv.
PASSED_ON = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}


def main(lock: str) -> int:
    started = time.monotonic()
    uv = re.search(r"^uv==.*(?:\n .*)*", Path(lock).read_text("utf-8"), re.MULTILINE)
    if uv and install_with_uv(lock, uv[0]):
        print(f"setup: installed in {time.monotonic() - started:.0f} s")
        return 0
    print("setup: uv cannot install here; pip installs, which takes longer", flush=True)
    return subprocess.call([*INSTALL, lock])  # noqa: S603


def install_with_uv(lock: str, pinned: str) -> bool:
    """Whether uv could be installed, and then everything else by it."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(pinned)
        only_uv.flush()
        if subprocess.call([*INSTALL, only_uv.name, "--quiet"]):  # noqa: S603
            return False
    command = ("uv", "pip", "install", f"--python={sys.executable}", "--quiet")
    return not subprocess.call(  # noqa: S603
        [sys.executable, "-m", *command, "--require-hashes", "--requirement", lock],
        env={**os.environ, **settings()},
    )


def settings() -> dict[str, str]:
    """What pip is configured with, as variables of uv."""
    done = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True)  # noqa: S603
    found = re.findall(r"^[^.\n]+\.([\w-]+)='(.*)'$", done.stdout, re.MULTILINE)
    return {PASSED_ON[name]: value for name, value in found if name in PASSED_ON}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
