"""How a client gets to its service: proxies and their exceptions, certificates, the number of connections, TCP options."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime
import json
import os
import socket
import ssl
import struct
import threading
import tracemalloc
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from enkrypt_api_client import (
    APIConnectionError,
    ConfigurationError,
    OutcomeUnknownError,
)
from enkrypt_api_client._runtime import route
from tests.runtime.drivers import REQUEST, SENTINEL, Driver
from tests.runtime.loopback import (
    DONE,
    Connection,
    certificate,
    keeps,
    reply,
    says,
    serving,
)

ANSWERS = keeps(reply(200, DONE))


def copy_between(one: socket.socket, other: socket.socket) -> None:
    """Pass on what comes from either side, until both have ended."""

    def copy(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=copy, args=(other, one), daemon=True)
    back.start()
    copy(one, other)
    back.join(20)


def tunnels(answer: bytes, pieces: int = 1) -> Any:
    """A proxy that connects to wherever it is asked to, and says so in so many pieces."""

    def serve(connection: Connection, number: int) -> None:
        port = int(connection.head.split()[1].rpartition(b":")[2])
        with socket.create_connection(("127.0.0.1", port)) as there:
            size = -(-len(answer) // pieces)
            for start in range(0, len(answer), size):
                connection.sock.sendall(answer[start : start + size])
            copy_between(connection.sock, there)

    return serve


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that clients trust."""
    authority = trustme.CA()
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return authority


def context_of(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


CONNECTED = {
    "HTTP/1.1": b"HTTP/1.1 200 Connection established\r\n\r\n",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nProxy-agent: any\r\n\r\n",
    "after a 100": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "no content": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize("answer", CONNECTED.values(), ids=CONNECTED)
def test_a_tunnel_is_opened_whatever_way_the_proxy_says_so(
    driver: Driver, authority: trustme.CA, answer: bytes, pieces: int
) -> None:
    with (
        serving(tunnels(answer, pieces)) as proxy,
        serving(ANSWERS, context=context_of(authority)) as server,
    ):
        url = f"https://localhost:{server.port}"
        assert driver.call(url, proxy=proxy.url).error is None
    assert len(server.requests) == 1
    assert SENTINEL.encode() not in b"".join(proxy.requests)


def test_tls_is_spoken_within_the_tls_of_a_proxy(
    driver: Driver, authority: trustme.CA
) -> None:
    context = context_of(authority)
    with (
        serving(tunnels(CONNECTED["HTTP/1.1"]), context=context) as proxy,
        serving(ANSWERS, context=context) as server,
    ):
        large = {**REQUEST, "padding": "x" * 300_000}
        url = f"https://localhost:{server.port}"
        proxy_url = f"https://localhost:{proxy.port}"
        assert driver.call(url, large, proxy=proxy_url).error is None
    assert len(server.requests[0]) > 300_000


@pytest.mark.parametrize(
    ("userinfo", "credentials"),
    [
        ("user:pass%20word@", b"user:pass word"),
        (":token@", b":token"),
        ("user@", b"user:"),
        ("", None),
    ],
)
@pytest.mark.parametrize("tunnelled", [False, True])
def test_a_proxy_is_told_who_asks(
    driver: Driver, userinfo: str, credentials: bytes | None, tunnelled: bool
) -> None:
    with serving(says(reply(403))) as proxy:
        url = "https://models.invalid" if tunnelled else "http://models.invalid"
        proxy_url = f"http://{userinfo}127.0.0.1:{proxy.port}"
        driver.call(url, proxy=proxy_url, allow_insecure_http=True)
    sent = proxy.sent().headers().get("proxy-authorization")
    expected = None
    if credentials is not None:
        expected = f"Basic {base64.b64encode(credentials).decode()}"
    assert sent == expected


def test_a_tunnel_with_more_behind_its_answer_is_not_used(driver: Driver) -> None:
    answer = CONNECTED["HTTP/1.1"] + b"surprise"
    with serving(says(answer)) as proxy:
        outcome = driver.call("https://models.invalid", proxy=proxy.url)
    assert type(outcome.error) is APIConnectionError
    assert not outcome.error.may_have_been_applied


def socks_server(seen: list[Any], expected: tuple[bytes, bytes] | None) -> Any:
    """A SOCKS5 proxy that connects to a port of loopback, whatever the name (RFC 1928, RFC 1929)."""

    def serve(sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError, struct.error, IndexError):
            methods = sock.recv(257)[2:]
            if expected is None:
                sock.sendall(b"\x05\x00")
            else:
                assert 2 in methods
                sock.sendall(b"\x05\x02")
                login = sock.recv(600)
                user = login[2 : 2 + login[1]]
                password = login[3 + login[1] :]
                accepted = (user, password) == expected
                sock.sendall(b"\x01\x00" if accepted else b"\x01\x01")
                if not accepted:
                    return
            wanted = sock.recv(600)
            host = wanted[5 : 5 + wanted[4]]
            (port,) = struct.unpack("!H", wanted[-2:])
            seen.append((wanted[3], host))
            with socket.create_connection(("127.0.0.1", port)) as there:
                sock.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
                copy_between(sock, there)

    return serve


@contextlib.contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve every connection in a thread; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = listener.accept()[0]
                thread = threading.Thread(target=serve, args=(connection,), daemon=True)
                thread.start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.mark.parametrize("tls", [False, True])
def test_a_socks_proxy_resolves_the_name_and_is_told_who_asks(
    driver: Driver, authority: trustme.CA, tls: bool
) -> None:
    seen: list[Any] = []
    context = context_of(authority) if tls else None
    with (
        serving(ANSWERS, context=context) as server,
        listening(socks_server(seen, (b"user", b"pass"))) as port,
    ):
        scheme = "https" if tls else "http"
        url = f"{scheme}://localhost:{server.port}"
        outcome = driver.call(url, proxy=f"socks5://user:pass@127.0.0.1:{port}")
    assert outcome.error is None
    assert seen == [(3, b"localhost")]


def test_a_socks_proxy_that_refuses_is_named(driver: Driver) -> None:
    with listening(socks_server([], (b"user", b"other"))) as port:
        proxy = f"socks5://user:{SENTINEL}@127.0.0.1:{port}"
        outcome = driver.call("https://models.invalid", proxy=proxy)
    assert type(outcome.error) is APIConnectionError
    assert f"the proxy 127.0.0.1:{port}" in str(outcome.error)
    assert "Nothing was sent. Check its user name and password" in str(outcome.error)
    assert SENTINEL not in outcome.words()


def test_a_socks_proxy_that_drips_ends_with_the_connect_timeout(driver: Driver) -> None:
    over = threading.Event()

    def drip(sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            sock.sendall(b"\x05")
            over.wait(20)

    timeout = httpx.Timeout(5.0, connect=0.4)
    with listening(drip) as port:
        proxy = f"socks5://127.0.0.1:{port}"
        outcome = driver.call("https://models.invalid", proxy=proxy, timeout=timeout)
        over.set()
    words = "the connect timeout of 0.4 s ran out. Nothing was sent; it is safe to repeat. Check proxy=. A firewall may be in between"
    assert words in str(outcome.error)
    assert "python -m enkrypt_api_client doctor" in str(outcome.error)


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("127.0.0.1", True),
        ("127.0.0.0/8", True),
        ("10.0.0.0/8, 127.0.0.0/24", True),
        ("10.0.0.0/8,127.0.0.1/32", True),
        ("example.com 127.0.0.1", True),
        ("127.0.0.1:{port}", True),
        ("*", True),
        ("10.0.0.0/8", False),
        ("127.0.0.1:1", False),
        ("::1", False),
        ("27.0.0.1", False),
        ("", False),
        (" , ,", False),
    ],
)
def test_no_proxy_exempts_addresses_and_networks(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, no_proxy: str, direct: bool
) -> None:
    with serving(ANSWERS) as proxy, serving(ANSWERS) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", no_proxy.format(port=server.port))
        assert driver.call(server.url).error is None
    assert (len(server.requests), len(proxy.requests)) == (direct, not direct)


@pytest.mark.parametrize("no_proxy", ["::1", "[::1]", "[::1]:{port}", "::/64"])
def test_no_proxy_exempts_addresses_of_ipv6(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, no_proxy: str
) -> None:
    with contextlib.ExitStack() as stack:
        try:
            listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
        except OSError:
            pytest.skip("this machine has no IPv6")
        server = stack.enter_context(serving(ANSWERS))
        server.stop_listening()
        server.listener = listener
        server._start(server._accept)
        port = listener.getsockname()[1]
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", no_proxy.format(port=port))
        assert driver.call(f"http://[::1]:{port}").error is None


@pytest.mark.parametrize(
    ("no_proxy", "direct"),
    [
        ("service.example", True),
        (".service.example", True),
        ("example", True),
        ("SERVICE.example", True),
        ("vice.example", False),
        ("other.service.example", False),
        ("service.example.", True),
        ("*.example", True),
        ("*.service.example", False),
    ],
)
def test_no_proxy_exempts_hosts_by_the_end_of_their_name(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, no_proxy: str, direct: bool
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with serving(ANSWERS) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", no_proxy)
        url = "http://service.example"
        outcome = driver.call(url, allow_insecure_http=True)
    assert (outcome.error is not None) is direct
    assert len(proxy.requests) == (not direct)


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_authorities_of_the_environment_are_trusted(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    authority, context = certificate("localhost")
    authority.cert_pem.write_to_path(str(tmp_path / "own.pem"))
    for other in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "own.pem"))
    with serving(ANSWERS, context=context) as server:
        assert driver.call(f"https://localhost:{server.port}").error is None


@pytest.mark.parametrize(
    ("variable", "name", "fault"),
    [
        ("SSL_CERT_FILE", "nothing", "No such file or directory"),
        ("SSL_CERT_FILE", "text", "there are no certificates in PEM form"),
        ("SSL_CERT_DIR", "nothing", "there is no such folder"),
        ("SSL_CERT_DIR", "text", "there is no such folder"),
        ("REQUESTS_CA_BUNDLE", "nothing", "No such file or directory"),
    ],
)
def test_certificates_that_are_not_there_are_named_by_their_variable(
    driver: Driver,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    name: str,
    fault: str,
) -> None:
    for other in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(other, raising=False)
    (tmp_path / "text").write_text("no certificate")
    monkeypatch.setenv(variable, str(tmp_path / name))
    with pytest.raises(ConfigurationError) as caught:
        driver.client_class("key")
    assert str(caught.value).startswith(f"the certificates of {variable} can't be used")
    assert str(caught.value).endswith(f"{name}': {fault}")
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path / 'nothing'}:{tmp_path}")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    driver.client_class("key")


def test_a_context_of_ones_own_decides_what_is_trusted_and_shows_a_certificate(
    driver: Driver, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    server_context = context_of(authority)
    server_context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server_context)
    own = ssl.create_default_context()
    authority.configure_trust(own)
    authority.issue_cert("client@example.com").configure_cert(own)
    with serving(ANSWERS, context=server_context) as server:
        url = f"https://localhost:{server.port}"
        assert driver.call(url, ssl_context=own).error is None


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_nothing_was_sent_to_a_service_that_refuses_a_client_without_a_certificate(
    driver: Driver, authority: trustme.CA, method: str
) -> None:
    """In TLS 1.3 it says so after the request was written."""
    context = context_of(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    with serving(ANSWERS, context=context) as server:
        url = f"https://localhost:{server.port}"
        with pytest.raises(APIConnectionError) as caught:
            driver.use(url, lambda c: c.request(method, "/a"), max_retries=2)
    assert not caught.value.may_have_been_applied
    assert caught.value.attempts == 1
    assert "it wants a client certificate" in str(caught.value)


def test_nothing_was_sent_where_a_callers_own_client_says_so(driver: Driver) -> None:
    alert = ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]")
    alert.reason = "TLSV13_ALERT_CERTIFICATE_REQUIRED"

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("refused") from alert

    own = driver.http_client(transport=httpx.MockTransport(refuse))
    outcome = driver.call("https://service.example", http_client=own)
    assert type(outcome.error) is APIConnectionError
    assert "give http_client= a context (verify=) that has one" in str(outcome.error)


def test_an_address_with_https_of_a_service_without_tls_is_named(
    driver: Driver,
) -> None:
    def answer(accepted: socket.socket) -> None:
        with accepted:
            accepted.recv(1)
            accepted.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            accepted.recv(9999)

    with listening(answer) as port:
        outcome = driver.call(f"https://127.0.0.1:{port}")
    assert "TLS there: is its address one with http://?" in str(outcome.error)


def test_a_name_with_a_dot_at_its_end_has_the_certificate_of_the_name(
    driver: Driver, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: resolve("localhost", *a, **k)
    )
    asked: list[str | None] = []
    context = context_of(authority)
    context.sni_callback = lambda _, name, __: asked.append(name)
    with serving(ANSWERS, context=context) as server:
        assert driver.call(f"https://localhost.:{server.port}").error is None
        assert server.sent().headers()["host"] == f"localhost.:{server.port}"
    assert asked == ["localhost"]


class Renegotiating(ssl.SSLObject):
    """Takes nothing for a moment in the middle of a request, as while the service negotiates TLS anew."""

    writes = 0

    def write(self, data: Any) -> int:
        self.writes += 1
        if self.writes in (2, 3):
            raise ssl.SSLWantReadError
        return super().write(data)


def test_tls_that_is_negotiated_anew_in_the_middle_of_a_request_does_no_harm(
    driver: Driver, authority: trustme.CA
) -> None:
    own = ssl.create_default_context()
    authority.configure_trust(own)
    own.sslobject_class = Renegotiating
    request = {**REQUEST, "model_saved_name": "long", "undocumented": "x" * 100_000}
    with serving(ANSWERS, context=context_of(authority)) as server:
        url = f"https://localhost:{server.port}"
        assert driver.call(url, request, ssl_context=own).error is None
        assert json.loads(server.sent().body) == request


def test_what_tls_says_while_a_request_is_written_is_an_error_of_the_tree(
    driver: Driver, authority: trustme.CA
) -> None:
    class Broken(ssl.SSLObject):
        def write(self, data: Any) -> int:
            raise ssl.SSLError(1, "bad length")

    own = ssl.create_default_context()
    authority.configure_trust(own)
    own.sslobject_class = Broken
    with serving(ANSWERS, context=context_of(authority)) as server:
        url = f"https://localhost:{server.port}"
        outcome = driver.call(url, ssl_context=own, timeout=0.2)
    assert isinstance(outcome.error, OutcomeUnknownError)


def certificate_without_key_identifier(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """An authority's certificate, and a service whose certificate of that authority lacks the Authority Key Identifier."""
    now = datetime.datetime.now(datetime.UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        for name in ("authority", "localhost")
    ]
    pems = []
    for index in range(2):
        is_authority = index == 0
        builder = (
            x509.CertificateBuilder()
            .subject_name(names[index])
            .issuer_name(names[0])
            .public_key(keys[index].public_key())
            .serial_number(index + 1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName("localhost")]), False
            )
        )
        signed = builder.sign(keys[0], hashes.SHA256())
        pems.append(signed.public_bytes(serialization.Encoding.PEM))
    authority = folder / "authority.pem"
    authority.write_bytes(pems[0])
    key = keys[1].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "service.pem").write_bytes(key + pems[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "service.pem")
    return authority, context


@pytest.mark.parametrize("is_strict", [False, True])
def test_a_certificate_that_only_the_strict_check_refuses_says_what_to_do(
    driver: Driver, tmp_path: Path, is_strict: bool
) -> None:
    authority, context = certificate_without_key_identifier(tmp_path)
    own = ssl.create_default_context(cafile=authority)
    own.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if is_strict:  # the default since Python 3.13
        own.verify_flags |= ssl.VERIFY_X509_STRICT
    with serving(ANSWERS, context=context) as server:
        url = f"https://localhost:{server.port}"
        outcome = driver.call(url, ssl_context=own, max_retries=2)
    if not is_strict:
        assert outcome.error is None
        return
    assert type(outcome.error) is APIConnectionError
    assert "VERIFY_X509_STRICT" in str(outcome.error)
    assert "ssl_context=" in str(outcome.error)
    assert outcome.slept == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"max_connections": 0}, "max_connections must be a whole number from 1"),
        ({"max_connections": True}, "max_connections must be a whole number"),
        ({"max_connections": 2.5}, "max_connections must be a whole number"),
        ({"proxy": 5}, "proxy must be a URL as a string"),
        (
            {"proxy": "gopher://u:{}@h"},
            "proxy can't be used: it must begin with http://, https:// or socks5",
        ),
        (
            {"proxy": "http://u:p@{}/x@h:1"},
            "percent-encode what is special in its user",
        ),
        ({"proxy": "http://u:1/{}@h:1"}, "percent-encode what is special in its user"),
        ({"proxy": "http://u:{}?2@h:1"}, "percent-encode what is special in its user"),
        ({"proxy": "http://u:{}[2@h:1"}, "percent-encode what is special in its user"),
        (
            {"proxy": "socks5://u:{}#2@h:1"},
            "percent-encode what is special in its user",
        ),
        ({"ssl_context": "certs.pem"}, "ssl_context must be an ssl.SSLContext"),
        (
            {"ssl_context": ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)},
            "ssl_context is one for a server",
        ),
    ],
)
def test_arguments_are_checked_by_the_constructor(
    driver: Driver, arguments: dict[str, Any], words: str
) -> None:
    if isinstance(arguments.get("proxy"), str):
        arguments = {"proxy": arguments["proxy"].format(SENTINEL)}
    with pytest.raises(ConfigurationError, match=words) as caught:
        driver.client_class("key", **arguments)
    assert SENTINEL not in str(caught.value)


def test_arguments_that_a_callers_own_client_has_are_refused(driver: Driver) -> None:
    own = driver.http_client()
    with pytest.raises(ConfigurationError, match="not used with http_client"):
        driver.client_class("key", http_client=own, proxy="http://127.0.0.1:9")


def test_a_limit_of_connections_that_nobody_reaches_costs_nothing(
    driver: Driver,
) -> None:
    with serving(ANSWERS) as server:
        tracemalloc.start()
        try:
            outcome = driver.call(server.url, max_connections=10**7)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert outcome.error is None
    assert peak < 20_000_000


@pytest.mark.parametrize("most", [5, 150])
def test_no_more_calls_than_allowed_are_on_their_way(driver: Driver, most: int) -> None:
    """The rest waits for its turn, for as long as the total timeout allows."""
    calls = 150
    lock = threading.Lock()
    present = 0
    highest = 0
    everybody = threading.Barrier(most)

    def serve(connection: Connection, number: int) -> bool:
        nonlocal present, highest
        with lock:
            present += 1
            highest = max(highest, present)
        # As many as allowed do come at the same time.
        everybody.wait(20)
        with lock:
            present -= 1
        connection.sock.sendall(reply(200, DONE))
        return True

    options: Any = {"max_connections": most, "total_timeout": 60}
    with serving(serve) as server, driver.client(server.url, **options) as client:

        async def call_all() -> None:
            await asyncio.gather(*(client.modify_model(REQUEST) for _ in range(calls)))

        if driver.prefix:
            driver.wait(call_all())
        else:
            with ThreadPoolExecutor(calls) as pool:
                list(pool.map(lambda _: client.modify_model(REQUEST), range(calls)))
    assert len(server.requests) == calls
    assert highest == most


def test_a_peer_that_vanishes_is_noticed_by_the_system(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: list[tuple[int, int, Any]] = []
    setsockopt = socket.socket.setsockopt

    def record(sock: socket.socket, level: int, name: int, value: Any) -> None:
        options.append((level, name, value))
        setsockopt(sock, level, name, value)

    with serving(ANSWERS) as server:
        monkeypatch.setattr(socket.socket, "setsockopt", record)
        driver.call(server.url)
    assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in options


@pytest.mark.parametrize(
    "variables",
    [
        {"HTTPS_PROXY": "http://a"},
        {"HTTPS_PROXY": "http://a", "https_proxy": "http://b"},
        {"HTTPS_PROXY": "http://a", "https_proxy": ""},
        {"HTTP_PROXY": "http://a", "REQUEST_METHOD": "GET"},
        {"http_proxy": "http://a", "HTTP_PROXY": "http://b", "REQUEST_METHOD": "GET"},
        {"All_Proxy": "socks5://a", "NO_PROXY": "x,y", "no_proxy": "z"},
        {"_proxy": "http://a", "UNRELATED": "b"},
    ],
)
def test_variables_are_read_as_the_standard_library_reads_them(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name == "REQUEST_METHOD":
            monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    read = {key: os.environ[name] for key, name in route.proxy_variables().items()}
    assert read == urllib.request.getproxies_environment()
