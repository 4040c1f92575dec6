"""Settings of a client: arguments first, then environment variables, then the document. All are checked here."""

from __future__ import annotations

import os
import re
import sys

from .. import exceptions as errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from typing import Any, Protocol

    import httpx

    from .turns import Turns

    # Name in the document, kind (apiKey, basic or bearer), place (header, query or cookie), name in that place.
    SecurityScheme = tuple[str, str, str, str]
    # Schemes that are needed together.
    SecurityRequirement = tuple[SecurityScheme, ...]
    # Alternatives.
    Security = tuple[SecurityRequirement, ...]
    FixedApiKey = str | tuple[str, str] | Mapping[str, str | tuple[str, str]]
    ApiKey = FixedApiKey | Callable[[], FixedApiKey | Awaitable[FixedApiKey]]
    # That of a client which waits for nothing.
    SyncApiKey = FixedApiKey | Callable[[], FixedApiKey]
    TimeoutArgument = float | httpx.Timeout | None

    class Document(Protocol):
        """The generated module that says what the package is made from."""

        __name__: str
        VERSION: str
        SHA256: str
        GENERATOR: str
        SERVER: str | None
        SECURITY: Security
        KEY_REQUIRED: bool


# The environment variables of the API key. The first one that is set counts.
KEY_VARIABLES = ("ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY")
# Visible ASCII without spaces around it: what a header may have as its value.
VISIBLE = "[!-~]([ -~]*[!-~])?"
_HEADER_NAME = r"[!#-'*+.^-z|~0-9A-Z-]+"
# Headers that only the client sets, in addition to those of credentials.
RESERVED = {
    "accept-encoding", "connection", "content-length", "expect", "host",
    "te", "transfer-encoding", "upgrade",
}  # fmt: skip
# Headers whose values are no secrets.
_PUBLIC_HEADERS = {"accept", "accept-language", "content-type", "user-agent"}
# What a message expects where seconds are not what they must be.
_SECONDS = "seconds, a finite number above 0"
_MOST_SECONDS = sys.float_info.max


class Timeouts:
    """Time limits of the steps of an attempt.

    Args:
        connect: Seconds to connect, TLS included.
        read: Seconds between two pieces that are read.
        write: Seconds for each piece that is written.
        pool: Seconds to wait for a free connection. None, here and elsewhere: as long as the total timeout allows.
    """

    __slots__ = ("connect", "pool", "read", "write")
    connect: float | None
    read: float | None
    write: float | None
    pool: float | None

    def __init__(
        self,
        connect: float | None = 5.0,
        read: float | None = 60.0,
        write: float | None = 60.0,
        pool: float | None = None,
    ) -> None:
        self.connect = connect
        self.read = read
        self.write = write
        self.pool = pool

    @classmethod
    def from_argument(cls, timeout: TimeoutArgument) -> Timeouts:
        """Return the limits that the argument `timeout` means.

        Raises:
            ConfigurationError: It can't be used.
        """
        if timeout is None:
            return cls()
        if hasattr(timeout, "as_dict"):
            # The Timeout of httpx, or of a successor.
            return cls(**_checked_limits(timeout.as_dict()))
        seconds = _positive_seconds(
            timeout, "timeout", f"{_SECONDS}, or an httpx.Timeout"
        )
        return cls(seconds, seconds, seconds, seconds)


class Secret:
    """A string that does not show itself."""

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """Return the string."""
        return self.__value

    def __reduce__(self) -> str:
        raise TypeError("a secret can't be pickled or copied")

    def __repr__(self) -> str:
        return "'***'"


class Credential:
    """The credential that is sent for a security scheme.

    Args:
        place: header, query or cookie.
        name: The name there.
        secret: The value.
    """

    __slots__ = ("name", "place", "secret")
    place: str
    name: str
    secret: Secret

    def __init__(self, place: str, name: str, secret: Secret) -> None:
        self.place = place
        self.name = name
        self.secret = secret


class Credentials:
    """The credentials in `api_key`, by the names of security schemes; "" is the name of one that is given alone.

    User and password are kept as one string with a colon between them. A function of the caller that returns them is asked by the first
    call, and again when the service refuses what it returned: once, however many calls need it at the same time.

    Args:
        api_key: The argument of the client.
        name: What messages call it.

    Raises:
        ConfigurationError: It can't be used.
    """

    def __init__(self, api_key: ApiKey | None, name: str) -> None:
        self._name = name
        self._secrets: dict[str, Secret] = {}
        # The schemes whose credential is a user and a password.
        self._pairs: set[str] = set()
        self._function: Callable[[], Any] | None = None
        # Whoever needs other credentials while the function is asked for them waits for what it returns.
        self._turns: Turns | None = None
        self.generation: int = 0
        """How often the function was asked."""
        if callable(api_key):
            self._function = api_key
            from .turns import Turns

            self._turns = Turns(f"{name} must not make calls that need its result")
        else:
            self._take(api_key, name)

    def _take(self, api_key: Any, name: str) -> None:  # noqa: ANN401  # whatever a caller's function returns; checked here
        """Check the credentials, and keep them in the place of those before."""
        by_scheme: Mapping[str, Any] = {}
        if hasattr(api_key, "keys"):
            by_scheme = api_key
        elif api_key is not None:
            by_scheme = {"": api_key}
        secrets = {}
        pairs = set()
        for scheme in by_scheme:
            value = by_scheme[scheme]
            value_name = f"{name}[{scheme!r}]" if scheme else name
            if isinstance(value, tuple):
                secrets[scheme] = _user_and_password(value, value_name)
                pairs.add(scheme)
            else:
                secrets[scheme] = _key(value, value_name)
        self._secrets = secrets
        self._pairs = pairs

    @property
    def is_function(self) -> bool:
        """Whether a function of the caller returns the credentials."""
        return self._function is not None

    async def load(self, may_wait: bool) -> None:
        """Ask the caller's function, if there is one that was not asked yet.

        Args:
            may_wait: Whether the function may be a coroutine function.

        Raises:
            ConfigurationError: It returns what can't be used.
        """
        if self._function is not None and self.generation == 0:
            await self.renew(0, may_wait)

    async def renew(self, generation: int, may_wait: bool) -> bool:
        """Ask the caller's function again, unless another call has done so already. Return whether to repeat the request.

        Args:
            generation: The generation of the credentials that were refused.
            may_wait: Whether the function may be a coroutine function.

        Raises:
            ConfigurationError: The function returns what can't be used.
        """
        if self._turns is None:
            return False
        return await self._turns.take(
            lambda: self._renew(generation, may_wait), may_wait
        )

    async def _renew(self, generation: int, may_wait: bool) -> bool:
        if self._function is None:
            return False
        if generation != self.generation:
            return True
        api_key = self._function()
        if hasattr(api_key, "__await__"):
            if not may_wait:
                if hasattr(api_key, "close"):
                    api_key.close()
                raise errors.ConfigurationError(
                    f"{self._name} must be no coroutine function; AsyncEnkryptClient takes one"
                )
            api_key = await api_key
        before = _revealed(self._secrets)
        self._take(api_key, f"the result of {self._name}()")
        self.generation += 1
        return _revealed(self._secrets) != before

    def choose(self, security: Security) -> list[Credential] | None:
        """Return what to send: for the first alternative whose credentials are all there. None without such an alternative."""
        for requirement in security or ((),):
            credentials = self._for_requirement(requirement)
            if credentials is not None:
                return credentials
        return None

    def _for_requirement(
        self, requirement: SecurityRequirement
    ) -> list[Credential] | None:
        credentials = []
        for scheme in requirement:
            credential = self._for_scheme(scheme, is_alone=len(requirement) == 1)
            if credential is None:
                return None
            credentials.append(credential)
        return credentials

    def _for_scheme(self, scheme: SecurityScheme, is_alone: bool) -> Credential | None:
        name, kind, place, wire_name = scheme
        if name not in self._secrets and is_alone:
            name = ""
        if name not in self._secrets:
            return None
        if name in self._pairs and kind != "basic":
            return None
        text = self._secrets[name].reveal()
        match kind:
            case "apiKey":
                return Credential(place, wire_name, Secret(text))
            case "basic" if ":" not in text:
                return None
            case "basic":
                return Credential(
                    "header", "Authorization", Secret(f"Basic {_base64(text)}")
                )
            case _:  # bearer
                return Credential("header", "Authorization", Secret(f"Bearer {text}"))

    def secrets(self) -> Callable[[], Iterator[str]]:
        """Return a function that yields every form in which a service could repeat the present credentials, whatever replaces them."""
        present = self._secrets

        def forms() -> Iterator[str]:
            for secret in present.values():
                text = secret.reveal()
                yield text
                if ":" in text:
                    yield text.partition(":")[2]
                    yield _base64(text)

        return forms

    def check(self, security: Security, name: str) -> None:
        """Check that there are credentials for one of the alternatives.

        Args:
            security: The alternatives.
            name: What the message calls the credentials.

        Raises:
            ConfigurationError: There are none for any alternative.
        """
        if self.choose(security) is not None:
            return
        expected = " or ".join(dict.fromkeys(map(_expected_form, security)))
        if self._secrets:
            raise errors.ConfigurationError(f"{name} must be {expected}")
        if self.is_function:
            raise errors.ConfigurationError(
                f"{name}() returned no credentials; it must return {expected}"
            )
        raise errors.ConfigurationError(
            f"no API key: pass api_key= ({expected}), or set the environment variable ENKRYPTAI_API_KEY"
        )


def _revealed(secrets: Mapping[str, Secret]) -> dict[str, str]:
    return {scheme: secret.reveal() for scheme, secret in secrets.items()}


def _expected_form(requirement: SecurityRequirement) -> str:
    """Return how the credentials for some schemes are given together."""
    if len(requirement) > 1:
        names = ", ".join(f"{name!r}: ..." for name, *_ in requirement)
        return f"{{{names}}}"
    ((_, kind, _, _),) = requirement
    return "(user, password)" if kind == "basic" else "a key"


def _user_and_password(value: tuple[object, ...], name: str) -> Secret:
    """Return user and password with a colon between them (RFC 7617, section 2: no control characters, no colon in the user)."""
    parts = [part for part in value if isinstance(part, str)]
    text = ":".join(parts)
    is_pair = len(value) == len(parts) == 2
    is_printable = re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+", text)
    if is_pair and is_printable and ":" not in parts[0]:
        return Secret(text)
    raise errors.ConfigurationError(
        f"{name} must be two strings, user and password, without control characters, the user without a colon"
    )


def _key(value: object, name: str) -> Secret:
    key = value.strip() if isinstance(value, str) else ""
    if re.fullmatch("[!-~]+", key):
        return Secret(key)
    if isinstance(value, str) and not key:
        raise errors.ConfigurationError(f"{name} is empty")
    raise errors.ConfigurationError(
        f"{name} must be a string of visible ASCII characters without spaces inside"
    )


def _base64(text: str) -> str:
    from base64 import b64encode

    return b64encode(text.encode()).decode()


def credential_headers(security: Security) -> set[str]:
    """Return the names, in lower case, of the headers that carry credentials."""
    names = {"authorization", "cookie"}
    for requirement in security:
        for _, _, place, wire_name in requirement:
            if place == "header":
                names.add(wire_name.lower())
    return names


# The arguments of `with_options`.
OPTION_NAMES = frozenset(
    {"timeout", "total_timeout", "max_retries", "extra_headers", "check_body"}
)


class Options:
    """The options of calls: timeouts, retries, headers. Calls of one client may differ in them.

    Args:
        security: The document's; the headers of its credentials can't be set here.
        timeouts: Time limits of the steps of an attempt.
        total_timeout: Seconds for a whole call.
        max_retries: How many attempts there may be after the first.
        headers: Name and value as they are sent, by the name in lower case.
        check_body: Whether bodies are checked against the document before they are sent.
    """

    __slots__ = (
        "_security",
        "check_body",
        "headers",
        "max_retries",
        "timeouts",
        "total_timeout",
    )
    timeouts: Timeouts
    total_timeout: float
    max_retries: int
    headers: dict[str, tuple[bytes, bytes]]
    check_body: bool

    def __init__(
        self,
        security: Security,
        timeouts: Timeouts,
        total_timeout: float,
        max_retries: int,
        headers: dict[str, tuple[bytes, bytes]],
        check_body: bool = True,
    ) -> None:
        self._security = security
        self.timeouts = timeouts
        self.total_timeout = total_timeout
        self.max_retries = max_retries
        self.headers = headers
        self.check_body = check_body

    @classmethod
    def from_arguments(
        cls,
        security: Security,
        timeout: TimeoutArgument,
        total_timeout: float,
        max_retries: int,
        default_headers: Mapping[str, str] | None,
    ) -> Options:
        """Return the options of a new client.

        Raises:
            ConfigurationError: An argument can't be used.
        """
        return cls(
            security,
            Timeouts.from_argument(timeout),
            _positive_seconds(total_timeout, "total_timeout"),
            _retries(max_retries),
            header_fields(default_headers or {}, security, "default_headers"),
        )

    def secrets(self) -> Iterator[str]:
        """Yield the values of headers that may be secrets."""
        return secrets_of_headers(self.headers)

    def replace(
        self,
        timeout: TimeoutArgument = None,
        total_timeout: float | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
        check_body: bool | None = None,
    ) -> Options:
        """Return these options with those that are not None in their place; headers are added.

        Raises:
            ConfigurationError: An argument can't be used.
        """
        timeouts = self.timeouts
        if timeout is not None:
            timeouts = Timeouts.from_argument(timeout)
        if total_timeout is None:
            total_timeout = self.total_timeout
        if max_retries is None:
            max_retries = self.max_retries
        if check_body is None:
            check_body = self.check_body
        elif not isinstance(check_body, bool):
            raise errors.ConfigurationError("check_body must be True or False")
        added_headers = header_fields(
            extra_headers or {}, self._security, "extra_headers"
        )
        return Options(
            self._security,
            timeouts,
            _positive_seconds(total_timeout, "total_timeout"),
            _retries(max_retries),
            {**self.headers, **added_headers},
            check_body,
        )


def _checked_limits(limits: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the limits of an `httpx.Timeout`, each None or a finite number above 0."""
    checked: dict[str, float | None] = {}
    for step, limit in limits.items():
        checked[step] = None
        if limit is not None:
            checked[step] = _positive_seconds(limit, f"timeout ({step})")
    return checked


def _positive_seconds(value: object, name: str, expected: str = _SECONDS) -> float:
    is_flag = isinstance(value, bool)
    if isinstance(value, int | float) and not is_flag and 0 < value <= _MOST_SECONDS:
        return float(value)
    raise errors.ConfigurationError(f"{name} must be {expected}")


def _retries(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise errors.ConfigurationError("max_retries must be a whole number from 0")


def header_fields(
    headers: Mapping[str, str], security: Security, argument: str
) -> dict[str, tuple[bytes, bytes]]:
    """Return name and value of a caller's headers as they are sent, by the name in lower case.

    Args:
        headers: What the caller has given.
        security: The schemes whose headers the client sets itself.
        argument: What messages call the headers.

    Raises:
        ConfigurationError: A header can't be sent, or is one that the client sets.
    """
    if not hasattr(headers, "items"):
        raise errors.ConfigurationError(
            f"{argument} must be a mapping of names to values"
        )
    reserved = RESERVED | credential_headers(security)
    fields = {}
    for name, value in headers.items():
        if not isinstance(name, str) or not re.fullmatch(_HEADER_NAME, name):
            raise errors.ConfigurationError(
                f"{argument} must not contain an invalid header name"
            )
        if name.lower() in reserved:
            raise errors.ConfigurationError(
                f"{argument} must not contain {name}: the client sets it"
            )
        if not isinstance(value, str) or not re.fullmatch(VISIBLE, value):
            raise errors.ConfigurationError(
                f"the value of {name} in {argument} must be a string of visible ASCII without spaces around it"
            )
        fields[name.lower()] = (name.encode(), value.encode())
    return fields


def secrets_of_headers(headers: Mapping[str, tuple[bytes, bytes]]) -> Iterator[str]:
    """Yield the values of a caller's headers that may be secrets: all but short ones and those of content negotiation.

    Args:
        headers: Name and value as they are sent, by the name in lower case.
    """
    for name, (_, value) in headers.items():
        if name not in _PUBLIC_HEADERS and len(value) >= 8:
            yield value.decode()


# Where the address comes from that nobody has set.
DOCUMENT_SOURCE = "the document"


class Settings:
    """Where the service is, and who calls.

    Args:
        document: The generated module that says what the package is made from.
        api_key: The argument of the client.
        base_url: The argument of the client.
        allow_insecure_http: The argument of the client.

    Raises:
        ConfigurationError: An argument, or the environment variable that stands for it, can't be used.
    """

    def __init__(
        self,
        document: Document,
        api_key: ApiKey | None,
        base_url: str | None,
        allow_insecure_http: bool,
    ) -> None:
        if not isinstance(allow_insecure_http, bool):
            raise errors.ConfigurationError("allow_insecure_http must be True or False")
        self.document: Document = document
        self.package: str = document.__name__.rpartition(".")[0]
        self.credentials: Credentials = chosen_credentials(document, api_key)[0]
        url, url_source = chosen_base_url(document, base_url, allow_insecure_http)
        self.base_url: str = url
        self.base_url_source: str = url_source
        self.origin: str = "/".join(self.base_url.split("/")[:3])

    @property
    def has_own_base_url(self) -> bool:
        """Whether the address is another than that of the document: that of an argument, or of an environment variable."""
        return self.base_url_source != DOCUMENT_SOURCE

    def server_for(self, own_server: str | None) -> str:
        """Return the address for an operation, which may have a server of its own, absolute or relative to ours."""
        if own_server is None or self.has_own_base_url:
            return self.base_url
        if "://" not in own_server:
            own_server = self.origin + own_server
        return own_server.rstrip("/")


def chosen_credentials(
    document: Document, api_key: ApiKey | None
) -> tuple[Credentials, str]:
    """Return the credentials, and where they come from, in words.

    Raises:
        ConfigurationError: There are none, or they are not what the document asks for.
    """
    key = api_key
    source = "api_key"
    if key is None:
        key, source = _from_environment("api_key", *KEY_VARIABLES)
    credentials = Credentials(key, source)
    # Where some operations need no credentials, those that do are refused when they are called.
    is_needless = key is None and not document.KEY_REQUIRED
    if not credentials.is_function and not is_needless:
        credentials.check(document.SECURITY, source)
    return credentials, source


def chosen_base_url(
    document: Document, base_url: str | None, allow_insecure_http: bool
) -> tuple[str, str]:
    """Return the address of the service, and where it comes from, in words.

    Raises:
        ConfigurationError: There is none, or it can't be used.
    """
    url = base_url
    source = "base_url"
    if url is None:
        url, source = _from_environment("base_url", "ENKRYPTAI_BASE_URL")
    if url is None:
        url = document.SERVER
        source = DOCUMENT_SOURCE
    if url is None:
        raise errors.ConfigurationError(
            "no address: pass base_url=, or set the environment variable ENKRYPTAI_BASE_URL"
        )
    if url == "":
        raise errors.ConfigurationError(f"{source} is empty")
    fault = _url_fault(url, allow_insecure_http)
    if fault:
        raise errors.ConfigurationError(f"{source} {fault}")
    # Schemes are the same in capitals (RFC 3986, section 3.1); what reads addresses from here on expects lower case.
    scheme, mark, rest = url.rstrip("/").partition("://")
    return f"{scheme.lower()}{mark}{rest}", source


def _from_environment(argument: str, *variables: str) -> tuple[str | None, str]:
    """Return the value of the first variable that is set, and what messages call it; None and the argument's name if none is."""
    for variable in variables:
        value = os.environ.get(variable)
        if value:
            return value, f"the environment variable {variable}"
    return None, argument


def _url_fault(url: object, allow_insecure_http: bool) -> str:
    """Return what is wrong with an address, as the end of a sentence; "" if nothing is."""
    from urllib.parse import urlsplit

    if not isinstance(url, str):
        return "must be a URL as a string"
    if not re.fullmatch(r"[!-\[\]-~]+", url):
        return "must be a URL in ASCII without spaces and backslashes"
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        return "is not a URL"
    if "%" in (host or "") or set("@?#") & set(url):
        return "must have no user information, query, fragment or IPv6 zone"
    if (
        parts.scheme == "http"
        and host
        and not (allow_insecure_http or is_loopback(host))
    ):
        return "would carry the API key unencrypted: use https:// or allow_insecure_http=True"
    return _missing_part(parts.scheme, host)


def _missing_part(scheme: str, host: str | None) -> str:
    """Return which part an address lacks, as the end of a sentence; "" if it has all."""
    if scheme not in ("http", "https"):
        return "must begin with https://, as in https://service.example"
    if not host:
        return "must name a host after the scheme, as in https://service.example"
    return ""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or address."""
    return re.fullmatch(r"localhost|127(\.\d{1,3}){3}|::1", host) is not None
