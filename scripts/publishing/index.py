"""The internal package index: what it holds, uploading to it, installing from it."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version
from twine.utils import DEFAULT_REPOSITORY

from scripts.common.errors import ReleaseError
from scripts.publishing.build import Artefacts
from scripts.publishing.tools import (
    DISTRIBUTION,
    PACKAGE,
    PASSWORD,
    USERNAME,
    digest,
    environment,
    run,
    tool,
)

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def check_url(url: str) -> None:
    """Refuse an address that would show the password on the way, or the package to the public. Raises ReleaseError."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("https", "http"):
        raise ReleaseError("no https:// address: make publish INDEX_URL=https://...")
    if parts.username is not None or parts.query or parts.fragment:
        raise ReleaseError(
            f"the address must not hold credentials, query or fragment: set {USERNAME} and {PASSWORD}"
        )
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ReleaseError(
            f"http:// would send the password to {host} unencrypted; use https:// (http:// is for loopback only)"
        )
    public = ".".join((urlsplit(DEFAULT_REPOSITORY).hostname or "").split(".")[-2:])
    if f".{host.rstrip('.')}".endswith(f".{public}"):
        raise ReleaseError("this package is for an internal index, never a public one")


def login() -> tuple[str, str]:
    """User name and password on the index, from the environment. Raises ReleaseError."""
    missing = [name for name in (USERNAME, PASSWORD) if not os.environ.get(name)]
    if missing:
        raise ReleaseError(
            f"{' and '.join(missing)} not set; credentials are read from the environment only"
        )
    return os.environ[USERNAME], os.environ[PASSWORD]


# Publishing.


def held(simple_url: str, release: str) -> list[str]:
    """Names of the files of a version that the index holds. Raises ReleaseError if the index cannot be asked."""
    page = unquote(_project_page(f"{simple_url.rstrip('/')}/{DISTRIBUTION}/"))
    found = set()
    for name in re.findall(r"[\w.!+-]+\.(?:whl|tar\.gz|zip)", page):
        read = parse_wheel_filename if name.endswith(".whl") else parse_sdist_filename
        with contextlib.suppress(ValueError):
            if read(name)[1] == Version(release):
                found.add(name)
    return sorted(found)


def _project_page(url: str) -> str:
    """The page of our project; empty where the index has none, or redirects to another index."""
    try:
        with httpx.Client(auth=login(), timeout=60) as client:
            answer = client.get(url, headers={"accept": "text/html"})
            for _redirect in range(3):
                if (request := answer.next_request) is None:
                    break
                if request.url.join("/") != answer.url.join("/"):
                    return ""
                answer = client.send(request)
    except httpx.HTTPError as error:
        raise ReleaseError(
            f"the index does not answer at {urlsplit(url).netloc}: {type(error).__name__}"
        ) from None
    if answer.status_code not in (200, 404):
        raise ReleaseError(
            f"the index answers HTTP {answer.status_code} to {USERNAME} and {PASSWORD} at {url}"
        )
    return answer.text if answer.status_code == 200 else ""


def upload(url: str, artefacts: Artefacts) -> None:
    """Send sdist and wheel with twine. Raises ReleaseError with the reason that the index gives."""
    tool(
        *("twine", "upload", "--non-interactive", "--disable-progress-bar"),
        *("--repository-url", url, *artefacts),
        **dict(zip((USERNAME, PASSWORD), login(), strict=True)),
        NO_COLOR="1",
    )


def install(simple_url: str, artefacts: Artefacts) -> str:
    """Install from the index into an empty environment exactly the wheel that was built; returns what it says of itself.

    Raises:
        ReleaseError: It cannot be installed, is not the same file, or does not run.
    """
    username, password = login()
    wanted = f"{DISTRIBUTION}=={artefacts.version}"
    with tempfile.TemporaryDirectory() as folder:
        hashed = Path(folder) / "requirements.txt"
        hashed.write_text(f"{wanted} --hash=sha256:{digest(artefacts.wheel)}\n")
        interpreter = environment(
            # The first index that holds a package wins: ours for ours.
            *(Path(folder) / "clean", f"--index=internal={simple_url}"),
            *("--index-strategy=first-index", "--verify-hashes", f"-r{hashed}"),
            *(f"--only-binary={DISTRIBUTION}", f"--refresh-package={DISTRIBUTION}"),
            failure="what was uploaded cannot be installed",
            UV_INDEX_INTERNAL_USERNAME=username,
            UV_INDEX_INTERNAL_PASSWORD=password,
        )
        return run(
            *(interpreter, "-I", "-W", "error", "-m", PACKAGE),
            failure="what was installed does not run",
        ).strip()
