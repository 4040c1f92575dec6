"""How to get to a service: its address, the proxy before it, the certificates to trust."""

from __future__ import annotations

import base64
import os
import re
import ssl
import sys

from .. import exceptions as errors
from .settings import Secret
from .tls import (
    OF_PROXY,
    WITH_CONTEXT,
    WITHOUT_CONTEXT,
    TLSSettings,
    with_certificates_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeGuard
    from urllib.parse import SplitResult

    from .tls import TLSRemedies

MOST_CONNECTIONS = 100
_ORIGIN = re.compile(r"(https?)://(?:\[(.+)\]|([^:]+))(?::([0-9]*))?")
_DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
# In the order in which they count. REQUESTS_CA_BUNDLE belongs to requests; whoever has set it believes that it counts everywhere.
_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


class Proxy:
    """A proxy between this client and a service.

    Args:
        host: Its name or address.
        port: Its port.
        is_socks: It speaks SOCKS5 rather than HTTP.
        tls: The TLS settings for the connection to the proxy; None without TLS.
        user: The user name to authenticate with, which may be empty; None to send no credentials.
        password: The password; empty if there is none.
        variable: Where its address comes from, for messages: an environment variable, or the argument `proxy=`.
    """

    __slots__ = ("host", "is_socks", "password", "port", "tls", "user", "variable")

    def __init__(
        self,
        host: str,
        port: int,
        *,
        is_socks: bool,
        tls: TLSSettings | None,
        user: Secret | None,
        password: Secret,
        variable: str,
    ) -> None:
        self.host: Final = host
        self.port: Final = port
        self.is_socks: Final = is_socks
        self.tls: Final = tls
        self.user: Final = user
        self.password: Final = password
        self.variable: Final = variable

    @property
    def peer(self) -> str:
        """The proxy, for messages."""
        return f"the proxy {_host_and_port(self.host, self.port)}"

    def authorization(self) -> list[tuple[bytes, bytes]]:
        """Return the header Proxy-Authorization; an empty list without credentials."""
        if self.user is None:
            return []
        credentials = f"{self.user.reveal()}:{self.password.reveal()}"
        encoded = base64.b64encode(credentials.encode())
        return [(b"Proxy-Authorization", b"Basic " + encoded)]

    @property
    def fault_of_credentials(self) -> str:
        """What the status 407 means, of which the proxy is the subject."""
        if self.user is None:
            return "requires a user name and password (407)"
        return "refuses the user name and password (407)"

    @property
    def is_from_environment(self) -> bool:
        """Whether an environment variable names it."""
        return self.variable.lower().endswith("_proxy")


def advice_on_refusal(status: int, *, is_from_environment: bool = False) -> str:
    """Return what to do where an HTTP proxy does not connect to the service.

    Args:
        status: What it answers.
        is_from_environment: Whether the proxy is that of an environment variable, which NO_PROXY goes with.
    """
    if 500 <= status <= 599:
        return (
            "Check the address of the service. If it is right, ask who runs the proxy."
        )
    advice = "Ask who runs the proxy to allow this host"
    if is_from_environment:
        advice += ", or exempt it with NO_PROXY"
    return f"{advice}."


class Connecting:
    """How a client connects: its arguments that take the place of the environment.

    Args:
        max_connections: How many calls may be in progress at the same time.
        proxy: The proxy for every service; None takes that of the environment.
        ssl_context: The TLS settings for services; None trusts the certificates of the environment.
    """

    __slots__ = ("max_connections", "proxy", "ssl_context")

    def __init__(
        self,
        max_connections: int = MOST_CONNECTIONS,
        proxy: Proxy | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.max_connections: Final = max_connections
        self.proxy: Final = proxy
        self.ssl_context: Final = ssl_context

    @classmethod
    def from_arguments(
        cls, max_connections: object, proxy: object, ssl_context: object
    ) -> Connecting:
        """Check the arguments of a client.

        Raises:
            ConfigurationError: One can't be used.
        """
        if not _is_positive_number(max_connections):
            raise errors.ConfigurationError(
                "max_connections must be a whole number from 1"
            )
        if not isinstance(ssl_context, ssl.SSLContext | None):
            raise errors.ConfigurationError("ssl_context must be an ssl.SSLContext")
        if ssl_context and ssl_context.protocol == ssl.PROTOCOL_TLS_SERVER:
            raise errors.ConfigurationError(
                "ssl_context is one for a server; make it with ssl.create_default_context()"
            )
        parsed_proxy = None
        if proxy is not None:
            if not isinstance(proxy, str):
                raise errors.ConfigurationError("proxy must be a URL as a string")
            parsed_proxy = parse_proxy(proxy, "proxy=", "proxy")
        return cls(max_connections, parsed_proxy, ssl_context)

    def tls_settings(self) -> TLSSettings:
        """Return how TLS is spoken with services.

        Raises:
            ConfigurationError: The environment names certificates that can't be used.
        """
        if self.ssl_context is not None:
            return TLSSettings(self.ssl_context, WITH_CONTEXT)
        return _settings_of_environment(WITHOUT_CONTEXT)

    @property
    def is_default(self) -> bool:
        """Whether no argument was given."""
        return (
            self.max_connections == MOST_CONNECTIONS
            and self.proxy is None
            and self.ssl_context is None
        )


def _is_positive_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and value is not True and value >= 1


DEFAULT = Connecting()


class Route:
    """How to get to a service.

    Args:
        origin: Scheme, host and port, as in "https://example.com:8443".
        host: The host alone, an IPv6 address without its brackets.
        port: The port.
        tls: How the service is spoken to over TLS, if it is.
        proxy: The proxy before it, if there is one.
    """

    __slots__ = ("host", "origin", "port", "proxy", "tls")

    def __init__(
        self,
        origin: str,
        host: str,
        port: int,
        tls: TLSSettings | None,
        proxy: Proxy | None,
    ) -> None:
        self.origin: Final = origin
        self.host: Final = host
        self.port: Final = port
        self.tls: Final = tls
        self.proxy: Final = proxy

    @classmethod
    def to(cls, origin: str, connecting: Connecting = DEFAULT) -> Route:
        """Return the route to a service, by a client's arguments and the environment.

        Raises:
            ConfigurationError: The environment names a proxy or certificates that can't be used.
        """
        match = _ORIGIN.fullmatch(origin)
        if match is None:
            raise errors.ConfigurationError(f"{origin} is not an address")
        scheme, ipv6, name, port_digits = match.groups()
        host = ipv6 or name
        port = int(port_digits or _DEFAULT_PORTS[scheme])
        tls = None
        if scheme == "https":
            tls = connecting.tls_settings()
        if not _is_number(host):
            # Resolving and TLS need it. Once there are threads, importing is no longer safe from a fork.
            import encodings.idna  # noqa: F401
        proxy = connecting.proxy or proxy_for(scheme, host, port)
        return cls(origin, host, port, tls, proxy)

    @property
    def address(self) -> str:
        """Host and port, as a request for a tunnel names them."""
        return _host_and_port(self.host, self.port)

    @property
    def peer(self) -> str:
        """The service, for messages."""
        return f"the service {self.address}"

    @property
    def forwarder(self) -> Proxy | None:
        """The HTTP proxy that passes requests on and so can read them; None where there is no proxy or only a tunnel."""
        if self.proxy is None or self.proxy.is_socks or self.tls is not None:
            return None
        return self.proxy


def _host_and_port(host: str, port: int) -> str:
    if ":" in host:
        return f"[{host}]:{port}"
    return f"{host}:{port}"


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdecimal()


def certificate_source() -> str:
    """Return the environment variable that names the certificates to trust, or "certifi" where none does."""
    for variable in _CERTIFICATE_VARIABLES:
        if os.environ.get(variable):
            return variable
    return "certifi"


def trusted_certificates() -> ssl.SSLContext:
    """Return a context that trusts the authorities that the environment names, else those of certifi.

    Raises:
        ConfigurationError: They can't be used.
    """
    source = certificate_source()
    if source != "certifi":
        return _context_of(source, os.environ[source])
    import certifi

    return _context_of(source, certifi.where())


def _settings_of_environment(remedies: TLSRemedies) -> TLSSettings:
    """Return how TLS is spoken where no argument says it. Raises ConfigurationError, as `trusted_certificates`."""
    source = certificate_source()
    if source != "certifi":
        remedies = with_certificates_of(source, remedies)
    return TLSSettings(trusted_certificates(), remedies)


def _context_of(source: str, path: str) -> ssl.SSLContext:
    # OpenSSL takes several folders, and says nothing where there is none. pathlib costs an import.
    is_folder = any(map(os.path.isdir, path.split(os.pathsep)))
    fault = "there is no such folder"
    try:
        if is_folder:
            return ssl.create_default_context(capath=path)
        if source != "SSL_CERT_DIR":
            return ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        fault = "there are no certificates in PEM form"
    except OSError as error:
        fault = error.strerror or type(error).__name__
    except ValueError:  # such as a null character
        fault = "that is not a path"
    raise errors.ConfigurationError(
        f"the certificates of {source} can't be used: {path!r}: {fault}"
    )


def proxy_for(scheme: str, host: str, port: int) -> Proxy | None:
    """Return the proxy for a service, from the environment or the system; None where there is none or NO_PROXY exempts the host.

    Raises:
        ConfigurationError: The proxy can't be used.
    """
    variables = proxy_variables()
    if not variables and sys.platform in ("darwin", "win32"):
        return _proxy_of_the_system(scheme, host, port)
    variable = variables.get(scheme) or variables.get("all")
    if variable is None:
        return None
    if "no" in variables and is_exempt(host, port, os.environ[variables["no"]]):
        return None
    source = f"the proxy for {scheme} in the environment ({variable})"
    return parse_proxy(os.environ[variable], variable, source)


def _proxy_of_the_system(scheme: str, host: str, port: int) -> Proxy | None:
    """Return the proxy that macOS or Windows is set to. Raises ConfigurationError."""
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    url = proxies.get(scheme) or proxies.get("all")
    if not url or proxy_bypass(_host_and_port(host, port)):
        return None
    settings = "the proxy settings of the system"
    return parse_proxy(url, settings, f"the proxy for {scheme} in {settings}")


def proxy_variables() -> dict[str, str]:
    """Return the names of the environment variables that set proxies, HTTPS_PROXY, NO_PROXY and the like.

    The keys are what stands before `_proxy`, in lower case. Of several names that differ in case alone, the one that counts is chosen as
    `urllib.request.getproxies_environment` does, whose import takes longer than a call: names in lower case win, an empty one hides that
    in capitals, and HTTP_PROXY in capitals does not count in a CGI script, where it is a header of a request.
    """
    # Reading the value of every variable would take most of the time in which a client is made.
    names = [name for name in os.environ if name.lower().endswith("_proxy")]
    variables = {}
    for name in names:
        if os.environ.get(name):
            variables[name.lower().removesuffix("_proxy")] = name
    if "REQUEST_METHOD" in os.environ:
        variables.pop("http", None)
    for name in names:
        if name.endswith("_proxy"):
            setting = name.lower().removesuffix("_proxy")
            variables.pop(setting, None)
            if os.environ.get(name):
                variables[setting] = name
    return variables


def overruled_variable(variable: str) -> str:
    """Return the variable whose name differs from another in case alone and that has another value; "" if there is none."""
    for name, value in os.environ.items():
        if name.lower() == variable.lower() and value != os.environ.get(variable):
            return name
    return ""


def is_exempt(host: str, port: int, no_proxy: str) -> bool:
    """Whether NO_PROXY names a host: by name, by the end of its name, by address, by network, or with its port.

    `*` names every host. A name stands for all hosts below it, with or without a dot before it; after `*.`, for them alone.
    """
    host = host.lower().removesuffix(".")
    for entry in no_proxy.lower().replace(",", " ").split():
        if entry == "*" or _names(entry, host):
            return True
        name, colon, digits = entry.rpartition(":")
        if colon and digits == str(port) and _names(name, host):
            return True
    return False


def _names(entry: str, host: str) -> bool:
    """Whether one entry of NO_PROXY, without a port, names a host."""
    import ipaddress

    entry = entry.removeprefix("[").removesuffix("]")
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        pass  # one of them is a name
    is_below = entry.startswith("*.")
    domain = entry.removeprefix("*").strip(".")
    if not domain:
        return False
    return host.endswith(f".{domain}") or (host == domain and not is_below)


def parse_proxy(url: str, variable: str, source: str) -> Proxy:
    """Return the proxy of a URL such as http://user:password@host:port.

    Args:
        url: The URL; without a scheme it is an HTTP proxy.
        variable: What to name in advice about it.
        source: Where the URL comes from, the subject of error messages.

    Raises:
        ConfigurationError: It can't be used. The message does not repeat it.
    """
    encode = "can't be used: percent-encode what is special in its user name and password, such as %2F for / and %40 for @"
    fault = "can't be used: it must begin with http://, https:// or socks5:// and name a host"
    user_information = url.rpartition("@")[0]
    if "[" in user_information or "]" in user_information:
        fault = encode  # it can't be split
    try:
        parts = _split(url)
        is_socks = parts.scheme in ("socks5", "socks5h")
        if is_socks:
            fault = 'is a SOCKS proxy, which needs an extra: pip install "enkrypt-api-client[socks]"'
            import python_socks.sync  # noqa: F401
        if "@" in f"{parts.path}{parts.query}{parts.fragment}":
            fault = encode
        elif parts.scheme in _DEFAULT_PORTS and parts.hostname and parts.port != 0:
            return _proxy_of(parts, is_socks, variable)
    except (ValueError, ImportError):
        pass
    raise errors.ConfigurationError(f"{source} {fault}")


def _split(url: str) -> SplitResult:
    from urllib.parse import urlsplit

    if "://" not in url:
        url = f"http://{url}"
    return urlsplit(url)


def _proxy_of(parts: SplitResult, is_socks: bool, variable: str) -> Proxy:
    """Raises ValueError."""
    from urllib.parse import unquote

    user = None
    # An empty user name is one, too: http://:token@host.
    if parts.username is not None:
        user = Secret(unquote(parts.username))
    tls = None
    if parts.scheme == "https":
        tls = _settings_of_environment(OF_PROXY)
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    return Proxy(
        host=host,
        port=parts.port or _DEFAULT_PORTS[parts.scheme],
        is_socks=is_socks,
        tls=tls,
        user=user,
        password=Secret(unquote(parts.password or "")),
        variable=variable,
    )
