"""The address of the package index: which ones are refused, through which proxy it is asked, and how messages show it."""

from __future__ import annotations

import os
import re
import urllib.request
from urllib.parse import SplitResult, urlsplit

import httpx
from twine.utils import DEFAULT_REPOSITORY

from scripts.common.errors import ReleaseError
from scripts.publishing.credentials import PASSWORD, USERNAME

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# A name or an IPv4 address; an IPv6 address. Some tools read more than that as another host: `pypi%2eorg` as `pypi.org`.
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
# Some tools end the host at a backslash, and drop blanks.
_READ_DIFFERENTLY = re.compile(r"[\s\\\x00-\x1f\x7f]")
_NO_PROXY = ("NO_PROXY", "no_proxy")


def check(url: str) -> None:
    """Refuse an address that would show the password on the way, or the package to the public. Raises ReleaseError."""
    parts, host = _parts_and_host(url)
    if parts.username is not None or parts.query or parts.fragment:
        raise ReleaseError(
            f"the address must not hold credentials, query or fragment: set {USERNAME} and {PASSWORD}"
        )
    if parts.scheme == "http":
        _refuse_unencrypted(host)
    public = ".".join((urlsplit(DEFAULT_REPOSITORY).hostname or "").split(".")[-2:])
    if f".{host.rstrip('.')}".endswith(f".{public}"):
        raise ReleaseError(f"this package is for an internal index, never {public}")


def proxy_on_the_way(url: str) -> str:
    """Return the environment variable of the proxy through which an address is asked; empty for none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return ""
    return _proxy_variable(parts.scheme)


def shown(url: str) -> str:
    """Return the host and port of an address, without the user name and password that may stand before them."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        host = ""
    if not host:
        return "the address that it names"
    return f"[{host}]{port}" if ":" in host else f"{host}{port}"


def _parts_and_host(url: str) -> tuple[SplitResult, str]:
    """Return the parts of an address, and its host as it is sent. Raises ReleaseError where tools could read it in different ways."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no port
        # In ASCII, where other dots than that of ASCII are dots as well (RFC 3490, section 3.1).
        host = httpx.URL(url).raw_host.decode()
        host.encode("idna")  # raises where no resolver takes it
    except (ValueError, httpx.InvalidURL):
        host = ""
    is_plain = _HOST.fullmatch(host) and not _READ_DIFFERENTLY.search(url)
    if not is_plain or parts.scheme not in ("https", "http"):
        raise ReleaseError("no https:// address: make publish INDEX_URL=https://...")
    return parts, host


def _refuse_unencrypted(host: str) -> None:
    """Refuse http:// to what is not this machine, or does not stay on it. Raises ReleaseError."""
    if host not in _LOOPBACK:
        raise ReleaseError(
            f"http:// would send the password to {host} unencrypted; use https:// (http:// is for loopback only)"
        )
    proxies = urllib.request.getproxies()
    lacking = _lists_without(host)
    if lacking and ("http" in proxies or "all" in proxies):
        proxy = _proxy_variable("http") or "this system"
        raise ReleaseError(
            f"http:// to {host} would send the password unencrypted to the proxy of {proxy}; add {host} to {' and '.join(lacking)}"
        )


def _lists_without(host: str) -> list[str]:
    """Return the lists of hosts without a proxy that do not name a host; none if all tools ask it directly.

    A list is read differently by each tool, except for the name of the host as it is, and `*` alone.
    """
    lists = {name: os.environ[name] for name in _NO_PROXY if os.environ.get(name)}
    lacking = []
    for name, text in lists.items():
        hosts = [item.strip() for item in text.split(",")]
        if host not in hosts and hosts != ["*"]:
            lacking.append(name)
    return lacking if lists else ["NO_PROXY"]


def _proxy_variable(scheme: str) -> str:
    """Return the variable that names the proxy for a scheme; empty for none. Its value may hold a password."""
    for name in (f"{scheme}_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            if os.environ.get(variable):
                return variable
    return ""
