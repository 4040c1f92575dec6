"""Checks the settings of a client: arguments first, then environment variables, then the document."""

from __future__ import annotations

import math
import os
import re

from .. import exceptions as errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Protocol

    import httpx

    Scheme = tuple[str, str, str, str]  # name in the document, kind, place, wire name
    Security = tuple[tuple[Scheme, ...], ...]
    ApiKey = str | tuple[str, str] | Mapping[str, str | tuple[str, str]]
    Timeout = float | httpx.Timeout | None

    class Document(Protocol):
        """The generated module that says what the package is made from."""

        __name__: str
        VERSION: str
        SHA256: str
        GENERATOR: str
        SERVER: str | None
        SECURITY: Security


TIMEOUTS = {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 5.0}
VISIBLE = "[!-~]([ -~]*[!-~])?"  # ASCII without spaces around it: what a header may be
# Headers that nobody but the client sets, beside those of credentials.
RESERVED = {
    *("accept-encoding", "connection", "content-length", "expect", "host"),
    *("te", "transfer-encoding", "upgrade"),
}


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


class Credentials:
    """What `api_key` holds, and what a security scheme makes of it. User and password are a string with a colon between them."""

    def __init__(self, given: Any, name: str) -> None:
        named = given if hasattr(given, "keys") else {"": given}
        self._given = {
            scheme: _secret(named[scheme], f"{name}[{scheme!r}]" if scheme else name)
            for scheme in named
            if given is not None
        }

    def choose(self, security: Security) -> list[tuple[str, str, Secret]] | None:
        """Place, name and value of what to send: the first alternative that there are credentials for; None without one."""
        for alternative in security or ((),):
            alone = len(alternative) == 1
            found = [self._sent(scheme, alone) for scheme in alternative]
            if None not in found:
                return [sent for sent in found if sent]
        return None

    def _sent(self, scheme: Scheme, alone: bool) -> tuple[str, str, Secret] | None:
        name, kind, place, wire_name = scheme
        given = self._given.get(name) or (self._given.get("") if alone else None)
        text = given.reveal() if given else ""
        if kind == "apiKey":
            return (place, wire_name, Secret(text)) if text else None
        fits = ":" in text if kind == "basic" else text
        value = f"Basic {_basic(text)}" if kind == "basic" else f"Bearer {text}"
        return ("header", "Authorization", Secret(value)) if fits else None

    def secrets(self) -> Iterator[str]:
        """Every form in which a service could repeat a credential."""
        for given in self._given.values():
            text = given.reveal()
            yield text
            if ":" in text:
                yield from (text.partition(":")[2], _basic(text))

    def check(self, security: Security, where: str) -> None:
        """Refuse what is not a credential of any alternative."""
        if self.choose(security) is not None:
            return
        wanted = " or ".join(dict.fromkeys(map(_form, security)))
        raise errors.ConfigurationError(
            f"{where} must be {wanted}"
            if self._given
            else f"no API key: pass api_key= ({wanted}), or set the environment variable ENKRYPTAI_API_KEY"
        )


def _form(alternative: tuple[Scheme, ...]) -> str:
    """How credentials for some schemes are given together."""
    if len(alternative) > 1:
        return f"{{{', '.join(f'{name!r}: ...' for name, *_ in alternative)}}}"
    return "(user, password)" if alternative[0][1] == "basic" else "a key"


def _secret(value: Any, name: str) -> Secret:
    if isinstance(value, tuple) and len(value) == 2:
        if all(isinstance(part, str) for part in value) and ":" not in value[0]:
            return Secret(":".join(value))
        raise errors.ConfigurationError(
            f"{name} must be two strings, user and password, the user without a colon"
        )
    key = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch("[!-~]+", key):
        raise errors.ConfigurationError(
            f"{name} must be a string of visible ASCII characters without spaces inside"
        )
    return Secret(key)


def _basic(text: str) -> str:
    from base64 import b64encode

    return b64encode(text.encode()).decode()


def credential_headers(security: Security) -> set[str]:
    """Lower-case names of the headers that carry credentials."""
    schemes = [scheme for alternative in security for scheme in alternative]
    own = {wire_name.lower() for _, _, place, wire_name in schemes if place == "header"}
    return own | {"authorization", "cookie"}


class Options:
    """Options that calls can differ in: timeouts, retries, headers."""

    def __init__(
        self,
        timeout: Timeout,
        total: float,
        retries: int,
        headers: Any,
        security: Security,
        name: str = "default_headers",
    ) -> None:
        self._security = security
        self.timeouts = _timeouts(timeout)
        self.total_timeout = _seconds(total, "total_timeout")
        whole = isinstance(retries, int) and not isinstance(retries, bool)
        if not whole or retries < 0:
            raise errors.ConfigurationError("max_retries must be a whole number from 0")
        self.max_retries, self.headers = (
            retries,
            _headers(headers or {}, security, name),
        )

    def changed(self, timeout: Any, total: Any, retries: Any, headers: Any) -> Options:
        """The same with what is given instead; headers are added."""
        total = self.total_timeout if total is None else total
        retries = self.max_retries if retries is None else retries
        made = Options(
            timeout, total, retries, headers, self._security, "extra_headers"
        )
        made.timeouts = self.timeouts if timeout is None else made.timeouts
        made.headers = {**self.headers, **made.headers}
        return made


def _timeouts(given: Any) -> dict[str, float | None]:
    if given is None:
        return dict(TIMEOUTS)
    if not isinstance(given, int | float | str):
        import httpx

        if isinstance(given, httpx.Timeout):
            return given.as_dict()
    return dict.fromkeys(TIMEOUTS, _seconds(given, "timeout"))


def _seconds(value: Any, name: str) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 < value < math.inf:
        return float(value)
    raise errors.ConfigurationError(f"{name} must be a finite number above 0")


def _headers(
    given: Mapping[str, str], security: Security, name: str
) -> dict[str, tuple[bytes, bytes]]:
    """Name and value by lower-case name."""
    for key, value in given.items():
        fault = ""
        if not isinstance(key, str) or not re.fullmatch(r"[!#-'*+.^-z|~0-9A-Z-]+", key):
            fault = "contains an invalid header name"
        elif key.lower() in RESERVED | credential_headers(security):
            fault = f"must not contain {key}: the client sets it"
        elif not isinstance(value, str) or not re.fullmatch(VISIBLE, value):
            fault = f"contains a value for {key} that is not visible ASCII without spaces around it"
        if fault:
            raise errors.ConfigurationError(f"{name} {fault}")
    return {key.lower(): (key.encode(), given[key].encode()) for key in given}


class Settings:
    """Where the service is, and who calls."""

    def __init__(
        self,
        document: Document,
        api_key: ApiKey | None,
        base_url: str | None,
        allow_insecure_http: bool,
    ) -> None:
        self.document = document
        self.package = document.__name__.rpartition(".")[0]
        get = _from_argument_or_environment
        key, where = get(api_key, "api_key", "ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY")
        self.credentials = Credentials(key, where)
        self.credentials.check(document.SECURITY, where)
        url, where = get(base_url, "base_url", "ENKRYPTAI_BASE_URL")
        self.chosen = url is not None
        url = document.SERVER if url is None else url
        if url is None:
            raise errors.ConfigurationError(
                "no address: pass base_url=, or set the environment variable ENKRYPTAI_BASE_URL"
            )
        if fault := _url_fault(url, allow_insecure_http):
            raise errors.ConfigurationError(f"{where} {fault}")
        self.base_url: str = url.rstrip("/")
        self.origin = "/".join(self.base_url.split("/")[:3])

    def server(self, own: str | None) -> str:
        """The address for an operation, which may have a server of its own, relative to ours or not."""
        if own is None or self.chosen:
            return self.base_url
        return (own if "://" in own else self.origin + own).rstrip("/")


def _from_argument_or_environment(
    argument: Any, name: str, *variables: str
) -> tuple[Any, str]:
    """A setting and where it comes from."""
    for variable in variables if argument is None else ():
        if value := os.environ.get(variable):
            return value, f"the environment variable {variable}"
    return argument, name


def _url_fault(value: Any, allow_insecure_http: bool) -> str:
    from urllib.parse import urlsplit

    if not isinstance(value, str) or not re.fullmatch(r"[!-\[\]-~]+", value):
        return "must be a URL in ASCII without spaces and backslashes"
    try:
        parts = urlsplit(value)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("http", "https") or not host:
        return "must start with https:// and a host"
    if set("@?#") & set(value):
        return "must have no user information, query or fragment"
    loopback = re.fullmatch(r"localhost|127(\.\d{1,3}){3}|::1", host)
    if parts.scheme == "https" or allow_insecure_http or loopback:
        return ""
    return "would carry the API key unencrypted: use https:// or allow_insecure_http"
