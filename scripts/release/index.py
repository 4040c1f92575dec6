"""A package index: which addresses we trust with a release, what is on it already, and the upload."""

from __future__ import annotations

import html
import ipaddress
import os
import re
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

import httpx
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from scripts.release.build import Artefacts
from scripts.release.process import ReleaseError, run_module
from scripts.release.source import DISTRIBUTION

USERNAME, PASSWORD = "TWINE_USERNAME", "TWINE_PASSWORD"
_REFUSED = "the index refuses TWINE_USERNAME and TWINE_PASSWORD"


class Credentials(NamedTuple):
    """Name and password for an index; prints neither."""

    username: str
    password: str

    def __repr__(self) -> str:
        return "Credentials(***)"


def credentials() -> Credentials:
    """Those of the environment. Raises ReleaseError naming the variable that is missing."""
    missing = [name for name in (USERNAME, PASSWORD) if not os.environ.get(name)]
    if missing:
        raise ReleaseError(
            f"{' and '.join(missing)} missing; set them in the environment, they are read from nowhere else"
        )
    return Credentials(os.environ[USERNAME], os.environ[PASSWORD])


def check_url(url: str) -> None:
    """Refuse an address that would show the password on the way, or the package to the public. Raises ReleaseError."""
    if not url:
        raise ReleaseError("no index given: make publish INDEX_URL=https://...")
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("https", "http") or not host:
        raise ReleaseError("the index must be an https:// address")
    if parts.username is not None or parts.password is not None:
        raise ReleaseError(
            f"credentials do not belong into the address: set {USERNAME} and {PASSWORD}"
        )
    if parts.query or parts.fragment:
        raise ReleaseError(
            "the address of the index must have no query and no fragment"
        )
    if parts.scheme == "http" and not _is_loopback(host):
        raise ReleaseError(
            f"http:// would send the password to {host} in the clear; use https:// (http:// is for loopback alone)"
        )
    for public in (DEFAULT_REPOSITORY, TEST_REPOSITORY):
        domain = ".".join((urlsplit(public).hostname or "").split(".")[-2:])
        if host.rstrip(".") == domain or host.rstrip(".").endswith(f".{domain}"):
            raise ReleaseError(
                "this package is for an internal index, never a public one"
            )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def files(simple_url: str, login: Credentials, version: str) -> list[str]:
    """Files of a version of ours that the index holds. Raises ReleaseError if it can't be asked."""
    page = _page(urljoin(simple_url.rstrip("/") + "/", f"{DISTRIBUTION}/"), login)
    links = re.findall(r"""<a\b[^>]*\bhref\s*=\s*["']?([^"'\s>]+)""", page, re.I)
    names = {
        unquote(urlsplit(html.unescape(link)).path.rpartition("/")[2]) for link in links
    }
    return sorted(name for name in names if _version(name) == Version(version))


def _version(name: str) -> Version | None:
    try:
        if name.endswith(".whl"):
            return parse_wheel_filename(name)[1]
        return parse_sdist_filename(name)[1]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None


def _page(url: str, login: Credentials) -> str:
    """The project's page; empty where the index has none, or sends us to another one for it."""
    host = urlsplit(url).netloc
    try:
        with httpx.Client(auth=(login.username, login.password), timeout=60) as client:
            for _redirect in range(4):
                answer = client.get(url, headers={"accept": "text/html"})
                if answer.next_request is None:
                    break
                url = str(answer.next_request.url)
                if urlsplit(url).netloc != host:
                    return ""
    except httpx.HTTPError as error:
        raise ReleaseError(
            f"the index does not answer at {host}: {type(error).__name__}"
        ) from None
    if answer.status_code in (401, 403):
        raise ReleaseError(f"{_REFUSED} (HTTP {answer.status_code})")
    if answer.status_code == 404:
        return ""
    if answer.status_code != 200:
        raise ReleaseError(
            f"the index answers HTTP {answer.status_code} to {host}{urlsplit(url).path}"
        )
    return answer.text


def upload(url: str, login: Credentials, artefacts: Artefacts) -> None:
    """Send both files with twine. Raises ReleaseError with the index's reason."""
    # Nothing that a developer's machine says about other indexes may send the files elsewhere.
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "TWINE_CERT" or not name.startswith("TWINE_")
    }
    try:
        run_module(
            *("twine", "upload", "--non-interactive", "--disable-progress-bar"),
            *("--repository-url", url, *artefacts),
            environment={
                **kept,
                USERNAME: login.username,
                PASSWORD: login.password,
                # Said twice, since twine without an address takes the public index.
                "TWINE_REPOSITORY_URL": url,
                "NO_COLOR": "1",
            },
            failure="twine could not upload",
            hidden=login.password,
        )
    except ReleaseError as error:
        refused = re.search(r"\b40[13]\b", str(error))
        raise ReleaseError(f"{_REFUSED}; {error}" if refused else f"{error}") from None
