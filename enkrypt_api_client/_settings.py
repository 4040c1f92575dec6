"""Checks the settings of a client: argument before environment before document."""

from __future__ import annotations

import math
import os
import re
import sys

from . import _document
from . import exceptions as errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping
    from typing import Any

    import httpcore
    import httpx

    Scheme = tuple[str, str, str, str]  # name in the document, kind, place, wire name
    Security = tuple[tuple[Scheme, ...], ...]
    ApiKey = str | tuple[str, str] | Mapping[str, str | tuple[str, str]]

TIMEOUTS = {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 5.0}
_KEY_VARIABLES = "ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY"
# Headers that describe the connection or the body; nobody but the client sets them.
RESERVED = {
    *("host", "content-length", "transfer-encoding", "accept-encoding"),
    *("connection", "content-type", "te", "upgrade", "expect"),
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
    """What `api_key` holds, and what a security scheme makes of it."""

    def __init__(self, given: ApiKey | None, name: str) -> None:
        self._alone: Secret | tuple[str, Secret] | None = None
        self._named: dict[str, Secret | tuple[str, Secret]] = {}
        if hasattr(given, "keys"):
            named: Any = given
            self._named = {k: _credential(named[k], f"{name}[{k!r}]") for k in named}
        elif given is not None:
            self._alone = _credential(given, name)

    def __bool__(self) -> bool:
        return bool(self._alone or self._named)

    def choose(self, security: Security) -> list[tuple[str, str, Secret]] | None:
        """Place, name and value of what to send: the first alternative that there are credentials for; None without one."""
        if not security:
            return []
        for alternative in security:
            found = [
                (scheme, self._for(scheme, len(alternative))) for scheme in alternative
            ]
            if all(credential for _, credential in found):
                return [_sent(scheme, credential) for scheme, credential in found]
        return None

    def _for(self, scheme: Scheme, together: int) -> Secret | tuple[str, Secret] | None:
        """The credential for a scheme, if it is one of the right form."""
        name, kind, _, _ = scheme
        given = self._named.get(name) or (self._alone if together == 1 else None)
        if kind == "basic" and isinstance(given, Secret):
            return _pair(given)
        return None if (kind == "basic") != isinstance(given, tuple) else given

    def secrets(self) -> Iterator[str]:
        """Every form in which a service could repeat a credential."""
        for given in filter(None, (self._alone, *self._named.values())):
            pair = given
            if isinstance(given, Secret):
                yield given.reveal()
                pair = _pair(given)
            if isinstance(pair, tuple):
                yield from (pair[1].reveal(), _basic(pair))


def _credential(value: Any, name: str) -> Secret | tuple[str, Secret]:
    """A key without surrounding blanks, or a user and a password, if it can stand in a header."""
    if isinstance(value, tuple) and len(value) == 2:
        user, password = value
        if isinstance(user, str) and isinstance(password, str) and ":" not in user:
            return user, Secret(password)
        raise errors.ConfigurationError(
            f"{name} must be two strings, user and password, the user without a colon"
        )
    key = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(r"[!-~]+", key):
        raise errors.ConfigurationError(
            f"{name} must be a string of visible ASCII characters without blanks inside"
        )
    return Secret(key)


def _pair(given: Secret) -> tuple[str, Secret] | None:
    """User and password of a string that holds both."""
    user, colon, password = given.reveal().partition(":")
    return (user, Secret(password)) if colon else None


def _basic(credential: tuple[str, Secret]) -> str:
    from base64 import b64encode

    user, password = credential
    return b64encode(f"{user}:{password.reveal()}".encode()).decode()


def _sent(scheme: Scheme, credential: Any) -> tuple[str, str, Secret]:
    _, kind, place, wire_name = scheme
    if kind == "basic":
        return "header", "Authorization", Secret(f"Basic {_basic(credential)}")
    if kind == "bearer":
        return "header", "Authorization", Secret(f"Bearer {credential.reveal()}")
    return place, wire_name, credential


def wanted(security: Security) -> str:
    """What `api_key` must hold for one of the alternatives."""
    forms = []
    for alternative in filter(None, security):
        if len(alternative) > 1:
            names = ", ".join(f"{name!r}: ..." for name, *_ in alternative)
            forms.append(f"{{{names}}}")
        else:
            basic = alternative[0][1] == "basic"
            forms.append("(user, password)" if basic else "a key")
    return " or ".join(dict.fromkeys(forms))


class Options:
    """What one call may have otherwise than another: timeouts, retries, headers."""

    def __init__(
        self,
        timeout: float | httpx.Timeout | None,
        total_timeout: float,
        max_retries: int,
        headers: Mapping[str, str] | None,
    ) -> None:
        self.timeouts = _timeouts(timeout)
        self.total_timeout = _seconds(total_timeout, "total_timeout")
        whole = isinstance(max_retries, int) and not isinstance(max_retries, bool)
        if not whole or max_retries < 0:
            raise errors.ConfigurationError(
                "max_retries must be a whole number, 0 or more"
            )
        self.max_retries = max_retries
        self.headers = _headers(headers, "default_headers")

    def changed(
        self,
        timeout: float | httpx.Timeout | None,
        total_timeout: float | None,
        max_retries: int | None,
        headers: Mapping[str, str] | None,
    ) -> Options:
        """The same with some of it replaced; headers are added."""
        made = Options(
            timeout,
            self.total_timeout if total_timeout is None else total_timeout,
            self.max_retries if max_retries is None else max_retries,
            None,
        )
        if timeout is None:
            made.timeouts = self.timeouts
        made.headers = {**self.headers, **_headers(headers, "extra_headers")}
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
    given: Mapping[str, str] | None, name: str
) -> dict[str, tuple[bytes, bytes]]:
    """Headers by lower-case name. A credential or a header of the connection is refused."""
    made = {}
    for key, value in (given or {}).items():
        fault = ""
        if not isinstance(key, str) or not re.fullmatch(r"[!#-'*+.^-z|~0-9A-Z-]+", key):
            fault = "holds a name that is none of a header"
        elif key.lower() in RESERVED | credential_headers(_document.SECURITY):
            fault = f"must not hold {key}, which the client sets itself"
        elif not isinstance(value, str) or not re.fullmatch(
            "[!-~]([ -~]*[!-~])?", value
        ):
            fault = f"[{key!r}] must be visible ASCII without blanks before or after it"
        if fault:
            blank = "" if fault.startswith("[") else " "
            raise errors.ConfigurationError(f"{name}{blank}{fault}")
        made[key.lower()] = key.encode(), value.encode()
    return made


def credential_headers(security: Security) -> set[str]:
    """Lower-case names of the headers that carry credentials."""
    named = {
        "authorization" if kind != "apiKey" else wire_name.lower()
        for alternative in security
        for _, kind, place, wire_name in alternative
        if kind != "apiKey" or place == "header"
    }
    return named | {"cookie"}


class Settings:
    """Where the service is, and who calls."""

    def __init__(
        self, api_key: ApiKey | None, base_url: str | None, allow_insecure_http: bool
    ) -> None:
        given, name = api_key, "api_key"
        for variable in () if given is not None else _KEY_VARIABLES:
            if value := os.environ.get(variable):
                given, name = value, f"the environment variable {variable}"
                break
        security: Security = _document.SECURITY
        self.credentials = Credentials(given, name)
        if self.credentials.choose(security) is None:
            if self.credentials:
                raise errors.ConfigurationError(f"{name} must be {wanted(security)}")
            raise errors.ConfigurationError(
                f"no API key: pass api_key= ({wanted(security)}), or set the environment variable ENKRYPTAI_API_KEY"
            )
        value, name = base_url, "base_url"
        if value is None and (value := os.environ.get("ENKRYPTAI_BASE_URL") or None):
            name = "the environment variable ENKRYPTAI_BASE_URL"
        self.chosen = value is not None
        if value is None:
            value, name = _document.SERVER, "base_url (the document's server)"
        if value is None:
            raise errors.ConfigurationError(
                "no address: pass base_url=, or set the environment variable ENKRYPTAI_BASE_URL"
            )
        if fault := _url_fault(value, allow_insecure_http):
            raise errors.ConfigurationError(f"{name} {fault}")
        self.base_url = str(value).rstrip("/")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the service."""
        scheme, _, rest = self.base_url.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}"


def _url_fault(value: Any, allow_insecure_http: bool) -> str:
    from urllib.parse import urlsplit

    if not isinstance(value, str) or not re.fullmatch(r"[!-\[\]-~]+", value):
        return "must be a URL in ASCII without blanks and backslashes"
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
    return (
        "would carry the API key unencrypted; use https://, or allow_insecure_http=True"
    )


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def certificates() -> ssl.SSLContext:
    """The authorities of SSL_CERT_FILE or SSL_CERT_DIR, else those that certifi brings."""
    import ssl

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not file and not folder:
        import certifi

        file = certifi.where()
    try:
        return ssl.create_default_context(cafile=file, capath=None if file else folder)
    except (OSError, ValueError) as error:
        fault = type(error).__name__
    raise errors.ConfigurationError(
        f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names can't be used ({fault})"
    )


def proxy(scheme: str, netloc: str) -> httpcore.Proxy | None:
    """The proxy for the service, from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, or the system's settings."""
    variables = any(name.lower().endswith("_proxy") for name in os.environ)
    if not variables and sys.platform not in ("darwin", "win32"):
        return None
    from urllib.parse import unquote, urlsplit
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    named = proxies.get(scheme) or proxies.get("all")
    if not named or proxy_bypass(netloc):
        return None
    fault = "can't be used"
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        if parts.scheme.startswith("socks5"):
            fault = 'needs an extra: pip install "httpcore[socks]"'
            import socksio  # type: ignore[import-not-found, unused-ignore]  # noqa: F401
        if parts.hostname and parts.scheme in ("http", "https", "socks5", "socks5h"):
            import httpcore

            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 1080)
            return httpcore.Proxy(
                httpcore.URL(
                    scheme=parts.scheme.encode(),
                    host=parts.hostname.encode("ascii"),
                    port=port,
                    target=b"/",
                ),
                auth=(
                    unquote(parts.username).encode(),
                    unquote(parts.password or "").encode(),
                )
                if parts.username is not None
                else None,
                ssl_context=certificates() if parts.scheme == "https" else None,
            )
    except (ValueError, ImportError):
        pass
    raise errors.ConfigurationError(
        f"the proxy that the environment names for {scheme} {fault}"
    )
