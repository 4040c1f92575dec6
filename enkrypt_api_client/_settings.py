"""What a client is made of: argument before environment before document, each refused where it can't be used."""

from __future__ import annotations

import math
import os
import re

from . import _document
from . import exceptions as errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TIMEOUTS = {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 5.0}


class Secret:
    """A string that does not show itself."""

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        return self.__value

    def __reduce__(self) -> str:
        raise TypeError("a secret can't be pickled or copied")

    def __repr__(self) -> str:
        return "'***'"


class Settings:
    """The settings of a client that no library has a say in."""

    key_header = _document.AUTH_HEADER or ""

    def __init__(
        self,
        api_key: str | None,
        base_url: str | None,
        max_retries: int,
        total_timeout: float,
        allow_insecure_http: bool,
    ) -> None:
        named = _named(api_key, "api_key", "ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY")
        if named is None and self.key_header:
            raise errors.ConfigurationError(
                "no API key: give api_key=, or set the environment variable ENKRYPTAI_API_KEY"
            )
        self.key = _key(*named) if named else None
        server = _document.SERVER, "base_url (the document's server)"
        where = _named(base_url, "base_url", "ENKRYPTAI_BASE_URL") or server
        self.base_url = _url(*where, allow_insecure_http)
        if fault := retries_fault(max_retries):
            raise errors.ConfigurationError(f"max_retries {fault}")
        self.max_retries = max_retries
        self.total_timeout = seconds(total_timeout, "total_timeout")


def _named(given: object, argument: str, *variables: str) -> tuple[object, str] | None:
    """A setting and where it comes from, or None where nobody gives it."""
    if given is not None:
        return given, argument
    for variable in variables:
        if value := os.environ.get(variable):
            return value, f"the environment variable {variable}"
    return None


def seconds(value: Any, name: str) -> float:
    """A duration that a caller gave, or a ConfigurationError."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 < value < math.inf:
        return float(value)
    raise errors.ConfigurationError(f"{name} must be a finite number above 0")


def retries_fault(value: object) -> str:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return "" if whole and value >= 0 else "must be a whole number, 0 or more"  # type: ignore[operator]


def _key(value: object, name: str) -> Secret:
    """The key without surrounding blanks, if it can stand in a header."""
    key = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(r"[!-~]+", key):
        raise errors.ConfigurationError(
            f"{name} must be a string of visible ASCII characters without blanks inside"
        )
    return Secret(key)


def _url(value: Any, name: str, allow_insecure_http: bool) -> str:
    """The address of the service without a trailing slash, if the key may be sent there."""
    if fault := _url_fault(value, allow_insecure_http):
        raise errors.ConfigurationError(f"{name} {fault}")
    return str(value).rstrip("/")


def _url_fault(value: Any, allow_insecure_http: bool) -> str:
    from urllib.parse import urlsplit

    if not isinstance(value, str) or not re.fullmatch(r"[^\s\x00-\x20\x7f\\]+", value):
        return "must be a URL without blanks, control characters and backslashes"
    try:
        parts = urlsplit(value)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("http", "https") or not host:
        return "must start with https:// and a host"
    if set("@?#") & set(value):
        return "must have no user information, query or fragment"
    if parts.scheme == "https" or allow_insecure_http or _is_loopback(host):
        return ""
    return "would carry the API key unencrypted; use https://, or say allow_insecure_http=True"


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
