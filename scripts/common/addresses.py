"""Addresses that tools read from the environment and pip's files: of proxies and package indexes, with user names and passwords.

A tool quotes an address that it can't read, with the password in it. Such an address is refused before any tool runs. Needs nothing but the
standard library, because `make setup` asks too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from scripts.common import pip_settings

_PROXIES = re.compile("(HTTPS?|ALL|PIP)_PROXY", re.IGNORECASE)
_INDEXES = re.compile("PIP_(EXTRA_)?INDEX_URL|UV_(DEFAULT_|EXTRA_)?INDEX(_URL)?")
# What uv calls an index, before its address.
_NAME = re.compile(r"[\w.-]+=(?=\w+://)")


@dataclass(frozen=True, slots=True)
class _Address:
    """An address, with its source, which messages name."""

    source: str
    text: str
    is_proxy: bool

    def parts(self) -> SplitResult | None:
        """The parts of the address; None where they can't be told apart."""
        try:
            parts = urlsplit(self.text)
            _ = parts.port  # raises where it is no number
        except ValueError:
            return None
        # User name and password end at the first `/`, `?` or `#`, so what stands after it may be the rest of them.
        may_have_user = parts.scheme not in ("", "file") and "@" not in parts.netloc
        may_be_cut = self.is_proxy or may_have_user
        if may_be_cut and "@" in f"{parts.path}{parts.query}{parts.fragment}":
            return None
        return parts


def unusable_variables() -> list[str]:
    """Return a message for each environment variable that holds an address which tools can't read. It does not repeat the address."""
    return _problems(_of_environment())


def unusable_settings_of_pip(python: str) -> list[str]:
    """Return such messages for the settings in pip's files.

    Args:
        python: The interpreter that pip is installed for.
    """
    return _problems(_of_pip(python))


def passwords() -> Iterator[str]:
    """The passwords in environment variables, as they stand there and decoded. A user name without a password may be one too."""
    for address in _of_environment():
        parts = address.parts()
        secret = parts and (parts.password or parts.username)
        if secret:
            yield secret
            yield unquote(secret)


def _problems(addresses: Iterable[_Address]) -> list[str]:
    return [
        f"{address.source} is not an address that tools can read: percent-encode what is special in its user name and password,"
        " such as %2F for / and %40 for @"
        for address in addresses
        if address.parts() is None
    ]


def _of_environment() -> Iterator[_Address]:
    for name, value in os.environ.items():
        if _PROXIES.fullmatch(name):
            yield _proxy(name, value)
        elif _INDEXES.fullmatch(name):
            for index in value.split():
                yield _Address(name, _NAME.sub("", index), is_proxy=False)


def _of_pip(python: str) -> Iterator[_Address]:
    for setting in pip_settings.all_settings(python):
        source = f"{setting.section}.{setting.name} of pip (pip config list)"
        if setting.section == pip_settings.ENVIRONMENT:
            continue  # a variable, which is named as such
        if setting.name == "proxy":
            yield _proxy(source, setting.value)
        elif setting.name in ("index-url", "extra-index-url"):
            for index in setting.value.split():
                yield _Address(source, index, is_proxy=False)


def _proxy(source: str, text: str) -> _Address:
    # Without a scheme it is an HTTP proxy.
    return _Address(source, text if "://" in text else f"http://{text}", is_proxy=True)
