"""Checks, step by step, whether this machine reaches the service: `python -m enkrypt_api_client doctor`.

Each step is what a call does too, in the same order, by the same code and with the same settings. At the end, one HEAD request without
the API key shows that the service answers. Nothing is changed on the service. A step that fails says what to do, and ends the examination
if the following steps need it.
"""

from __future__ import annotations

import os
import platform
import re
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from .. import exceptions
from . import log, network
from .helper import Helper
from .route import (
    MOST_CONNECTIONS,
    Connecting,
    Proxy,
    Route,
    advice_on_refusal,
    certificate_source,
    overruled_variable,
    parse_proxy,
    proxy_variables,
)
from .settings import (
    DOCUMENT_SOURCE,
    KEY_VARIABLES,
    chosen_base_url,
    chosen_credentials,
    is_loopback,
)
from .threads import SyncSocket, drive
from .tls import TLSSettings
from .version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .settings import Document

SECONDS = 10.0
_NOT_CHECKED = (
    "Only a call shows the rest: whether the service accepts the API key, and whether the address above is its own,"
    " path included."
)
# The options of this command that stand for arguments of the clients.
_OPTIONS = {
    "allow_insecure_http=True": "--allow-insecure-http",
    "base_url": "--base-url",
}
_LARGEST_HEAD = 100_000  # bytes of an answer that are read
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})")
_CLIENT_CERTIFICATE = "client certificate"  # as `network` names it
_TRY_IN_PROGRAM = "doctor has no certificate to show; try it in your program. If the service wants none, ask who runs it."
_LOCATION = re.compile(rb"(?im)^location:[ \t]*([^?#\r\n]*)")


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one step.

    Attributes:
        step: What was tried, in one or two words.
        text: What was found.
        advice: What to do about it; empty if the step passed.
    """

    step: str
    text: str
    advice: str = ""

    def __str__(self) -> str:
        mark = "FAIL" if self.advice else "ok"
        line = f"{mark:<6}{self.step:<13}{visible(self.text)}"
        if self.advice:
            line += f"\n{'':<19}{visible(self.advice)}"
        return line


class StepError(Exception):
    """A step failed, and the following ones need it."""

    def __init__(self, step: str, text: str, advice: str) -> None:
        super().__init__(step, text, advice)
        self.finding = Finding(step, text, advice)


def visible(text: str) -> str:
    """The text on one line, invisible characters as escapes: a terminal shows it, and never obeys it."""
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape").decode()
        for character in text
    )


def run(
    document: Document,
    base_url: str | None = None,
    seconds: float = SECONDS,
    allow_insecure_http: bool = False,
    proxy_url: str | None = None,
) -> int:
    """Print the finding of each step as it is made; returns the exit code, 1 if a step failed.

    Args:
        document: The generated module that says what the package is made from.
        base_url: The address to try; default: the configured one.
        seconds: The time limit of each step that waits for the network.
        allow_insecure_http: As the argument of the clients.
        proxy_url: The proxy to go through; default: that of the environment.
    """
    system = f"Python {platform.python_version()}, {platform.system()}"
    print(f"enkrypt-api-client {__version__}, {system}")
    failures = 0
    findings = examine(document, base_url, seconds, allow_insecure_http, proxy_url)
    for finding in findings:
        print(finding, flush=True)
        failures += bool(finding.advice)
    if failures:
        print("Something needs your attention: see FAIL above.")
        return 1
    print("Everything that can be checked without changing anything works.")
    print(_NOT_CHECKED)
    return 0


def examine(
    document: Document,
    base_url: str | None,
    seconds: float,
    allow_insecure_http: bool,
    proxy_url: str | None,
) -> Iterator[Finding]:
    """Yield the finding of each step as it is made, a failure the last one. Arguments as in `run`."""
    connection = SyncSocket()
    try:
        yield _api_key(document)
        yield from _log_level()
        url, source = _address(document, base_url, allow_insecure_http)
        yield Finding("address", f"{url}, {source}")
        yield from _reach(connection, url, proxy_url, seconds)
    except exceptions.ConfigurationError as error:
        yield Finding("settings", str(error), "Correct this setting.")
    except StepError as error:
        yield error.finding
    finally:
        connection.close()


def _api_key(document: Document) -> Finding:
    try:
        _credentials, source = chosen_credentials(document, None)
    except exceptions.ConfigurationError as error:
        action = f"Set {KEY_VARIABLES[0]}"
        if any(map(os.environ.get, KEY_VARIABLES)):
            action = "Correct it"
        advice = f"{action}, unless your program passes api_key= itself."
        return Finding("API key", str(error), advice)
    if source == "api_key":
        return Finding("API key", "none, and the API document asks for none")
    text = f"from {source}; it is not shown, and only a call shows whether the service accepts it"
    return Finding("API key", text)


def _log_level() -> Iterator[Finding]:
    """A failure if no client can be made, because the variable of the log is wrong; nothing if it is right or not set."""
    try:
        log.level_from_environment()
    except exceptions.ConfigurationError as error:
        yield Finding("log", str(error), "Correct this setting, or remove it.")


def _address(
    document: Document, base_url: str | None, allow_insecure_http: bool
) -> tuple[str, str]:
    """The address, and where it comes from. Raises StepError."""
    try:
        url, source = chosen_base_url(document, base_url, allow_insecure_http)
    except exceptions.ConfigurationError as error:
        text = str(error)
        for argument, option in _OPTIONS.items():
            text = text.replace(argument, option)
        raise StepError("settings", text, "Correct this setting.") from None
    match source:
        case "base_url":
            return url, "from --base-url"
        case _ if source == DOCUMENT_SOURCE:
            return url, "the server that the API document names"
    return url, f"from {source}"


def _reach(
    connection: SyncSocket, url: str, proxy_url: str | None, seconds: float
) -> Iterator[Finding]:
    """The steps from the name to an answer. Raises ConfigurationError, StepError."""
    origin = "/".join(url.split("/")[:3])
    proxy = None
    if proxy_url is not None:
        proxy = parse_proxy(proxy_url, "--proxy", "--proxy")
    route = Route.to(origin, Connecting(MOST_CONNECTIONS, proxy, ssl_context=None))
    proxy = route.proxy
    yield Finding("proxy", _proxy_in_words(proxy, route))
    if route.tls is not None:
        yield Finding("authorities", f"those of {certificate_source()}")
    if proxy is None:
        advice = f"Check the address above, and the DNS server of this machine.{_advice_on_proxies(route)}"
        yield _resolve(route.host, route.port, advice, seconds)
        advice = f"Check the address above, and that no firewall is in between.{_advice_on_proxies(route)}"
        if is_loopback(route.host):
            advice = "Check that the service runs on this machine, and the port in the address above."
        yield _connect(connection, route.host, route.port, route.peer, advice, seconds)
    elif proxy.is_socks:
        advice = f"Check the proxy's name in {proxy.variable}, and the DNS server of this machine."
        yield _resolve(proxy.host, proxy.port, advice, seconds)
        yield _connect_over_socks(connection, proxy, route, seconds)
    else:
        advice = f"Check the proxy's name in {proxy.variable}, and the DNS server of this machine."
        yield _resolve(proxy.host, proxy.port, advice, seconds)
        advice = _advice_on_unreached_proxy(proxy, route)
        yield _connect(connection, proxy.host, proxy.port, proxy.peer, advice, seconds)
        if proxy.tls is not None:
            yield _start_tls(connection, proxy.tls, proxy.host, proxy.peer, seconds)
        if route.tls is not None:
            yield _open_tunnel(connection, proxy, route, seconds)
    if route.tls is not None:
        yield _start_tls(connection, route.tls, route.host, route.peer, seconds)
    yield _ask(connection, url, route, seconds)


def _proxy_in_words(proxy: Proxy | None, route: Route) -> str:
    if proxy is not None:
        kind = "SOCKS5" if proxy.is_socks else "HTTP"
        login = "with a user name" if proxy.user is not None else "without a user name"
        overruled = overruled_variable(proxy.variable)
        choice = f", which overrules {overruled}" if overruled else ""
        return f"{proxy.peer}, {kind}, {login}, from {proxy.variable}{choice}"
    scheme = "http" if route.tls is None else "https"
    variables = proxy_variables()
    if "no" in variables and (scheme in variables or "all" in variables):
        return f"none for {route.host}: {variables['no']} exempts it"
    return f"none: {scheme.upper()}_PROXY and ALL_PROXY are not set"


def _advice_on_unreached_proxy(proxy: Proxy, route: Route) -> str:
    advice = f"Check the proxy's host and port in {proxy.variable}, and that no firewall is in between."
    if not is_loopback(route.host):
        return advice
    # NO_PROXY does not count against the option, as it does not against the argument of the clients.
    remedy = "leave --proxy out"
    if proxy.is_from_environment:
        remedy = f"exempt it with NO_PROXY={route.host}"
    return f"{advice} A service on this machine needs no proxy: {remedy}."


def _advice_on_proxies(route: Route) -> str:
    """Return a further sentence for a service that is not reached without a proxy; "" for this machine itself."""
    if is_loopback(route.host):
        return ""
    variable = "HTTP_PROXY" if route.tls is None else "HTTPS_PROXY"
    return f" If only a proxy reaches the internet from here, set {variable}."


def _resolve(host: str, port: int, advice: str, seconds: float) -> Finding:
    """The addresses of a host. Raises StepError."""
    started = time.monotonic()
    outcomes: SimpleQueue[list[str] | str] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            outcomes.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except OSError as error:
            outcomes.put(f"{host} is not known: {error.strerror}")
        except UnicodeError:
            outcomes.put(f"{host} is not a host name")

    helper = Helper()  # the system may look for minutes
    helper.submit(look_up)
    helper.stop()
    try:
        outcome = outcomes.get(timeout=seconds)
    except Empty:
        outcome = f"no answer about {host} within {seconds:g} s"
    if isinstance(outcome, str):
        raise StepError("name", outcome, advice)
    return Finding("name", f"{host} is {', '.join(outcome)} ({_since(started)})")


def _connect(
    connection: SyncSocket, host: str, port: int, peer: str, advice: str, seconds: float
) -> Finding:
    """Connect to a service or its proxy. Raises StepError."""
    started = time.monotonic()
    try:
        drive(connection.connect(host, port, seconds))
    except network.NetworkError as error:
        raise StepError(
            "connection",
            f"{peer} was not reached: {error.words}",
            advice,
        ) from None
    return Finding("connection", f"{peer} is reached ({_since(started)})")


def _connect_over_socks(
    connection: SyncSocket, proxy: Proxy, route: Route, seconds: float
) -> Finding:
    """Connect through a SOCKS proxy. Raises StepError."""
    started = time.monotonic()
    try:
        drive(connection.connect_over_socks(proxy, route.host, route.port, seconds))
    except network.NetworkError as error:
        text = f"{proxy.peer} does not connect to {route.peer}"
        if not isinstance(error, network.ProxyFailed):
            text += f": {error.words}"
        raise StepError(
            "connection",
            text,
            f"Check the proxy in {proxy.variable}, its user name and password, and that it may connect to this service.",
        ) from None
    text = f"{route.peer} is reached through {proxy.peer} ({_since(started)})"
    return Finding("connection", text)


def _open_tunnel(
    connection: SyncSocket, proxy: Proxy, route: Route, seconds: float
) -> Finding:
    """Have an HTTP proxy connect to the service. Raises StepError."""
    started = time.monotonic()
    request = [f"CONNECT {route.address} HTTP/1.1", f"Host: {route.address}"]
    request += [f"{name}: {value}" for name, value in _authorization(proxy)]
    status, _head = _answer("tunnel", proxy.peer, connection, request, seconds)
    if status == 407:
        text = f"{proxy.peer} {proxy.fault_of_credentials}"
        raise StepError("tunnel", text, _advice_on_credentials(proxy))
    if not 200 <= status < 300:
        raise StepError(
            "tunnel",
            f"{proxy.peer} refuses to connect to {route.peer} ({status})",
            advice_on_refusal(status, is_from_environment=proxy.is_from_environment),
        )
    return Finding("tunnel", f"{proxy.peer} connects to it ({_since(started)})")


def _advice_on_credentials(proxy: Proxy) -> str:
    verb = "Set" if proxy.user is None else "Correct"
    return f"{verb} them in {proxy.variable}: http://user:password@host:port, special characters percent-encoded."


def _start_tls(
    connection: SyncSocket,
    settings: TLSSettings,
    host: str,
    peer: str,
    seconds: float,
) -> Finding:
    """Speak TLS with a service or its proxy. Raises StepError."""
    started = time.monotonic()
    try:
        drive(connection.start_tls(settings, host, seconds))
    except network.NetworkError as error:
        raise StepError(
            "TLS", f"with {peer}: {error.words}", _advice_on_tls(error)
        ) from None
    tls = connection.tls
    assert tls is not None
    text = (
        f"{tls.version()} with {peer}, {_certificate_in_words(tls)} ({_since(started)})"
    )
    return Finding("TLS", text)


def _advice_on_tls(error: network.NetworkError) -> str:
    words = error.words
    if _CLIENT_CERTIFICATE in words:
        return _TRY_IN_PROGRAM
    if "expired" in words or "not yet valid" in words:
        now = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        return f"Check the clock of this machine, which says {now}. If it is right, the service must renew its certificate."
    if "mismatch" in words or "not valid for" in words:
        return (
            "Check the host of the address above: the certificate is for another one."
        )
    if "certificate" in words:
        return (
            f"The authorities are those of {certificate_source()}. If a firewall of your company opens TLS connections,"
            " set SSL_CERT_FILE to a file with the certificates of its authority."
        )
    return "Check that this port speaks TLS. A firewall may have closed the connection: ask who runs the network."


def _certificate_in_words(tls: ssl.SSLObject) -> str:
    certificate: Any = tls.getpeercert() or {}
    names: dict[str, str] = {}
    for relative_name in certificate.get("issuer", ()):
        names.update(relative_name)
    name = names.get("organizationName") or names.get("commonName") or "unknown"
    return f"certificate issued by {name}, valid until {certificate.get('notAfter', 'unknown')}"


def _ask(connection: SyncSocket, url: str, route: Route, seconds: float) -> Finding:
    """Whether the service speaks HTTP: any status will do. Raises StepError."""
    started = time.monotonic()
    target = url[len(route.origin) :] or "/"
    headers = [f"Host: {route.address}", "Connection: close"]
    forwarder = route.forwarder
    if forwarder is not None:
        target = f"{route.origin}{target}"
        authorization = _authorization(forwarder)
        headers += [f"{name}: {value}" for name, value in authorization]
    request = [f"HEAD {target} HTTP/1.1", *headers]
    status, head = _answer("answer", route.peer, connection, request, seconds)
    if status == 407 and forwarder is not None:
        text = f"{forwarder.peer} {forwarder.fault_of_credentials}"
        raise StepError("answer", text, _advice_on_credentials(forwarder))
    if status >= 500:
        raise StepError(
            "answer",
            f"{route.peer} answers HTTP {status}",
            "The network is right; the service, or a gateway before it, is out of order. Try again later.",
        )
    text = (
        f"{route.peer} answers HTTP {status} to a HEAD request without the key ({_since(started)}):"
        " a web server is there, which need not be the service"
    )
    location = _LOCATION.search(head)
    if 300 <= status <= 399 and location is not None:
        place = _without_user(location[1].decode("latin-1").strip())
        text += f". It redirects to {place}, and calls follow no redirect"
    return Finding("answer", text)


def _without_user(url: str) -> str:
    """Return a URL without user information, which may be a secret."""
    return re.sub("//[^/]*@", "//", url)


def _authorization(proxy: Proxy) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode()) for name, value in proxy.authorization()]


def _answer(
    step: str, peer: str, connection: SyncSocket, request: list[str], seconds: float
) -> tuple[int, bytes]:
    """Send a request without content, and return the status and the head of the response. Raises StepError."""
    advice = "Something that is no HTTP server listens there, or a firewall closed the connection. Check host and port."
    head = b""
    try:
        connection.queue("".join(f"{line}\r\n" for line in [*request, ""]).encode())
        drive(connection.send(seconds, until_input=False))
        while b"\r\n\r\n" not in head:
            data = drive(connection.read(_LARGEST_HEAD, seconds))
            head += data
            if not data or len(head) > _LARGEST_HEAD:
                break
    except network.NetworkError as error:
        words = _last_words(connection) or error.words
        text = f"{peer} does not answer: {words}"
        if _CLIENT_CERTIFICATE in words:
            advice = _TRY_IN_PROGRAM
        raise StepError(step, text, advice) from None
    match = _STATUS_LINE.match(head)
    if match is None:
        raise StepError(step, f"{peer} does not answer with HTTP", advice)
    return int(match[1]), head


def _last_words(connection: SyncSocket) -> str:
    """Why a peer ended TLS before it stopped reading, which tells more than the failed write; empty where it did not say."""
    try:
        if connection.readable():
            drive(connection.read(_LARGEST_HEAD, 0))
    except network.NetworkError as error:
        return error.words
    return ""


def _since(started: float) -> str:
    return f"{time.monotonic() - started:.2f} s"
