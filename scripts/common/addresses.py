"""Finds the addresses of proxies and package indexes that tools would misread, and the passwords in those that they read.

The addresses stand in environment variables and in pip's files. A tool quotes an address that it can't read, with the password in it, so
such an address is refused before any tool runs. Needs nothing but the standard library, because `make setup` asks too.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from scripts.common import pip_settings

# What most tools read, pip's, and those of uv.
_PROXIES = re.compile("((UV_)?(HTTPS?|ALL)|PIP)_PROXY", re.IGNORECASE)
# Any setting of pip and uv may hold addresses: of indexes, pages with links, files of constraints, mirrors.
_SETTINGS = re.compile("(PIP|UV)_")
_USERNAMES = re.compile(r"UV_(INDEX_\w+|PUBLISH)_USERNAME")
_PASSWORDS = re.compile(r"UV_(INDEX_\w+|PUBLISH)_(PASSWORD|TOKEN)")
# An address in a list. It goes on after a blank, unless the next entry begins there: `path`, or `name=https://`, as uv names an index.
_ADDRESS = re.compile(
    r"[\w+.-]+://.*?(?=\s+(?:[\w.-]+=)?[\w+.-]+://|\s+[/.~]|\s*$)", re.DOTALL
)
# uv and browsers read a backslash as a slash.
_ENDS_HOST = re.compile(r"[\s\\\x00-\x1f\x7f]")
_HOST = re.compile(r"[\w.-]+|[0-9a-f:.]+(%.+)?")
_IP_VERSION_4 = re.compile(r"(.*\.)?[0-9]+")


@dataclass(frozen=True, slots=True)
class _Address:
    """An address with a scheme, and its source, which messages name."""

    source: str
    text: str
    is_proxy: bool

    def usable_parts(self) -> SplitResult | None:
        """Return the parts of the address; None where tools would misread it, or not read it at all.

        What is not percent-encoded ends user name and password too early: of `http://u:pa/ss@h` the host is `u`, and the port is `pa`.
        """
        try:
            parts = urlsplit(self.text)
            _ = parts.port  # raises where it is no number
        except ValueError:
            return None
        if parts.scheme == "file":
            return parts
        if not _is_host(parts.hostname or "") or _ENDS_HOST.search(self._authority()):
            return None
        # An @ in the path shows that the host was cut. In that of an index which has a user name, it may belong to the name of a folder.
        path_is_free = "@" in parts.netloc and not self.is_proxy
        if "@" in f"{parts.path}{parts.query}{parts.fragment}" and not path_is_free:
            return None
        return parts

    def _authority(self) -> str:
        """User name, password, host and port as they are written. `urlsplit` drops line ends and tabs."""
        return re.split("[/?#]", self.text.partition("://")[2])[0]


def _is_host(name: str) -> bool:
    """Whether a name is that of a host, or an IP address."""
    if _IP_VERSION_4.fullmatch(name):
        try:
            socket.inet_aton(name)
        except OSError:
            return False
    return _HOST.fullmatch(name) is not None


def unusable_variables() -> list[str]:
    """Return a message for each environment variable with an address that tools can't read. No message repeats an address."""
    return _problems(_of_environment())


def unusable_settings_of_pip(python: str) -> list[str]:
    """Return such messages for the settings in pip's files.

    Args:
        python: The interpreter that pip is installed for.
    """
    return _problems(_of_pip(python))


def passwords() -> Iterator[str]:
    """The passwords in environment variables, as they stand there and decoded. A user name without a password may be one too."""
    for name, value in os.environ.items():
        if _PASSWORDS.fullmatch(name) and value:
            yield value
    for address in _of_environment():
        parts = address.usable_parts()
        secret = parts and (parts.password or parts.username)
        if secret:
            yield secret
            yield unquote(secret)


def _problems(addresses: Iterable[_Address]) -> list[str]:
    sources: dict[str, None] = {}
    for address in addresses:
        if address.usable_parts() is None:
            sources[address.source] = None
    return [
        f"{source} is not an address that tools can read: it needs a host, and what is special in its user name and password"
        " is percent-encoded, such as %2F for /, %5C for \\, %20 for a blank and %40 for @"
        for source in sources
    ]


def _of_environment() -> Iterator[_Address]:
    for name, value in os.environ.items():
        if _PROXIES.fullmatch(name):
            yield from _proxy(name, value)
        elif _USERNAMES.fullmatch(name) or _PASSWORDS.fullmatch(name):
            continue  # no address, whatever is in it
        elif _SETTINGS.match(name):
            # The one list that uv separates by commas.
            blanks_only = value.replace(",", " ") if name == "UV_FIND_LINKS" else value
            yield from _addresses_in(name, blanks_only)


def _of_pip(python: str) -> Iterator[_Address]:
    for setting in pip_settings.all_settings(python):
        source = f"{setting.section}.{setting.name} of pip (pip config list)"
        if setting.section == pip_settings.ENVIRONMENT:
            continue  # a variable, which is named as such
        if setting.name == "proxy":
            yield from _proxy(source, setting.value)
        else:
            yield from _addresses_in(source, setting.value)


def _proxy(source: str, value: str) -> Iterator[_Address]:
    text = value.strip()
    if text:
        # Without a scheme it is an HTTP proxy.
        text = text if "://" in text else f"http://{text}"
        yield _Address(source, text, is_proxy=True)


def _addresses_in(source: str, value: str) -> Iterator[_Address]:
    """The addresses in a list that blanks separate. A password may hold a blank by mistake: it is part of the address up to its @."""
    for match in _ADDRESS.finditer(value):
        before, at, end = match[0].rpartition("@")
        first_word = re.split(r"\s", end)[0]
        yield _Address(source, f"{before}{at}{first_word}", is_proxy=False)
