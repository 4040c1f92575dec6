"""Addresses in environment variables that tools read: of proxies and of package indexes, which may hold a user name and a password.

A tool quotes an address that it can't read, with the password in it. Such an address is refused before any tool runs. Needs nothing but the
standard library, because `make setup` asks too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, unquote, urlsplit

_PROXIES = re.compile("(HTTPS?|ALL|PIP)_PROXY", re.IGNORECASE)
_INDEXES = re.compile("PIP_(EXTRA_)?INDEX_URL|UV_(DEFAULT_|EXTRA_)?INDEX(_URL)?")
# What uv calls an index, before its address.
_NAME = re.compile(r"[\w.-]+=(?=\w+://)")


def unusable_variables() -> list[str]:
    """Return a message for each variable that holds an address which tools can't read. It does not repeat the address."""
    return [
        f"{name} is not an address that tools can read: percent-encode what is special in its user name and password,"
        " such as %2F for / and %40 for @"
        for name, address in _addresses()
        if _split(address, is_proxy=bool(_PROXIES.fullmatch(name))) is None
    ]


def passwords() -> Iterator[str]:
    """The passwords in these variables, as they stand there and decoded. A user name without a password may be a token, and is one too."""
    for name, address in _addresses():
        parts = _split(address, is_proxy=bool(_PROXIES.fullmatch(name)))
        secret = parts and (parts.password or parts.username)
        if secret:
            yield secret
            yield unquote(secret)


def _addresses() -> Iterator[tuple[str, str]]:
    """Each address, with the name of its variable."""
    for name, value in os.environ.items():
        if _PROXIES.fullmatch(name):
            # Without a scheme it is an HTTP proxy.
            yield name, value if "://" in value else f"http://{value}"
        elif _INDEXES.fullmatch(name):
            for index in value.split():
                yield name, _NAME.sub("", index)


def _split(address: str, *, is_proxy: bool) -> SplitResult | None:
    """The parts of an address; None where they can't be told apart."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    # User name and password end at the first `/`, `?` or `#`, so what stands after it may be the rest of them.
    may_be_cut = is_proxy or (parts.scheme != "" and "@" not in parts.netloc)
    if may_be_cut and "@" in f"{parts.path}{parts.query}{parts.fragment}":
        return None
    return parts
