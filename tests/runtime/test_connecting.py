"""Faults before the service is reached: nothing was sent, and the caller is told where it failed, why, and what to do."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest

from enkrypt_api_client import (
    APIConnectionError,
    APITimeoutError,
    ConfigurationError,
    EnkryptError,
)
from tests.required import OPERATION, PATH
from tests.runtime.drivers import NO_AUTHORITIES, REQUEST, SENTINEL, Driver, Outcome
from tests.runtime.loopback import (
    DONE,
    Connection,
    Server,
    certificate,
    hangs,
    keeps,
    reply,
    says,
    serving,
    then,
)

Secure = Callable[..., Any]
NOWHERE = "https://models.invalid"


def assert_never_sent(outcome: Outcome, tries: int, words: str) -> None:
    assert type(outcome.error) is APIConnectionError
    assert not outcome.error.may_have_been_applied
    assert outcome.error.attempts == tries
    assert len(outcome.slept) == tries - 1
    assert words in str(outcome.error)
    assert SENTINEL not in outcome.words()


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Secure:
    """Makes a server with a certificate for a host, of an authority that the client trusts."""

    def make(serve: Any, host: str = "localhost") -> Any:
        authority, context = certificate(host)
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        return serving(serve, context=context)

    return make


def test_a_refused_connection_is_tried_thrice(driver: Driver, unused_port: int) -> None:
    outcome = driver.call(f"http://127.0.0.1:{unused_port}", max_retries=2)
    told = f"{OPERATION}: the service 127.0.0.1:{unused_port} was not reached: Connection refused. "
    assert_never_sent(
        outcome,
        3,
        f"{told}Nothing was sent; it is safe to repeat. Check base_url, which is http://127.0.0.1:{unused_port}.",
    )


def test_pauses_before_retries_grow_and_never_exceed_eight_seconds(
    driver: Driver, unused_port: int
) -> None:
    options: Any = {"max_retries": 7, "total_timeout": 999.0}
    slept = driver.call(f"http://127.0.0.1:{unused_port}", **options).slept
    assert all(0 <= s <= min(8, 0.5 * 2**n) for n, s in enumerate(slept))
    assert len({*slept}) == 7


def test_a_thousand_retries_end_as_a_few_do(driver: Driver, unused_port: int) -> None:
    options: Any = {"max_retries": 1100, "total_timeout": 1e9}
    outcome = driver.call(f"http://127.0.0.1:{unused_port}", **options)
    assert_never_sent(outcome, 1101, "Connection refused")


def test_a_host_that_does_not_resolve_counts_as_not_reached(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    outcome = driver.call(NOWHERE, max_retries=1)
    assert_never_sent(outcome, 2, "Name or service not known")


@pytest.mark.parametrize("limit", [{"timeout": 0.3}, {"total_timeout": 0.3}])
def test_a_connection_that_is_not_accepted_counts_as_not_made(
    driver: Driver, limit: Any
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as full,
        contextlib.ExitStack() as fillers,
    ):
        for _ in range(4):
            filler = fillers.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        outcome = driver.call(f"http://127.0.0.1:{full.getsockname()[1]}", **limit)
    assert_never_sent(outcome, 1, "timeout of 0.3 s ran out")


def test_the_pool_timeout_is_named_when_no_connection_is_free(driver: Driver) -> None:
    arrived = threading.Event()

    def holds(connection: Connection, number: int) -> None:
        arrived.set()
        connection.hang()

    async def wait_in_line(client: Any) -> Any:
        """Call while another call has the only connection."""
        first = asyncio.ensure_future(client.modify_model(REQUEST))
        await asyncio.to_thread(arrived.wait, 20)
        try:
            return await client.modify_model(REQUEST)
        finally:
            first.cancel()

    def wait_in_line_sync(client: Any) -> Any:
        def call() -> None:
            with contextlib.suppress(EnkryptError):
                client.modify_model(REQUEST)

        threading.Thread(target=call, daemon=True).start()
        arrived.wait(20)
        return client.modify_model(REQUEST)

    limits: Any = {"timeout": httpx.Timeout(5.0, pool=0.1), "max_connections": 1}
    work = wait_in_line if driver.prefix else wait_in_line_sync
    with (
        serving(holds) as server,
        pytest.raises(APIConnectionError, match=r"the pool timeout of 0\.1 s ran out"),
    ):
        driver.use(server.url, work, **limits)


UNTRUSTED = "unable to get local issuer certificate; set SSL_CERT_FILE to the"
OTHER = "Hostname mismatch, certificate is not valid for 'localhost'. Nothing"


@pytest.mark.parametrize(
    ("host", "words"), [("localhost", UNTRUSTED), ("elsewhere.test", OTHER)]
)
def test_a_certificate_that_is_refused_says_why_and_what_to_set(
    driver: Driver, secure: Secure, monkeypatch: Any, host: str, words: str
) -> None:
    with secure(keeps(reply()), host) as server:
        if words == UNTRUSTED:
            for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
                monkeypatch.delenv(variable, raising=False)
        outcome = driver.call(f"https://localhost:{server.port}", max_retries=2)
    assert_never_sent(outcome, 1, words)
    assert f"the service localhost:{server.port} was not reached" in str(outcome.error)
    assert "Nothing was sent. Check base_url" in str(outcome.error)
    assert server.requests == []


def test_an_authority_that_a_named_file_lacks_is_to_be_added_there(
    driver: Driver, secure: Secure, monkeypatch: Any
) -> None:
    with secure(keeps(reply())) as server:
        monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
        outcome = driver.call(f"https://localhost:{server.port}")
    words = "its authority is none of those of SSL_CERT_FILE: add its certificates"
    assert_never_sent(outcome, 1, words)


def test_where_an_argument_decides_about_certificates_the_authority_goes_there(
    driver: Driver, secure: Secure
) -> None:
    with secure(keeps(reply())) as server:
        url = f"https://localhost:{server.port}"
        with_context = driver.call(url, ssl_context=NO_AUTHORITIES)
        own = driver.http_client(verify=NO_AUTHORITIES)
        with_own_client = driver.call(url, http_client=own)
    refused = "its certificate is refused: unable to get local issuer certificate; "
    into_context = "load the certificates of its authority into ssl_context=. Nothing"
    assert_never_sent(with_context, 1, refused + into_context)
    into_client = "give http_client= a context (verify=) with the certificates of its"
    assert_never_sent(with_own_client, 1, refused + into_client)


def test_a_valid_certificate_is_accepted(driver: Driver, secure: Secure) -> None:
    with secure(keeps(reply(200, DONE))) as server:
        assert driver.call(f"https://localhost:{server.port}").error is None


def test_a_service_without_tls_is_named_as_such(driver: Driver) -> None:
    with serving(says(reply(400)), early=True) as server:
        outcome = driver.call(f"https://127.0.0.1:{server.port}", max_retries=2)
    assert_never_sent(outcome, 1, "was not reached: TLS failed (")


def test_the_environment_names_the_proxy(
    driver: Driver, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://u:{SENTINEL}@127.0.0.1:{server.port}")
    outcome = driver.call("http://models.invalid", allow_insecure_http=True)
    assert outcome.error is None
    assert SENTINEL not in outcome.words()
    line = f"PATCH http://models.invalid{PATH} HTTP/1.1\r\n".encode()
    assert server.requests[0].startswith(line)
    auth = "Basic " + base64.b64encode(f"u:{SENTINEL}".encode()).decode()
    assert server.sent().headers()["proxy-authorization"] == auth


def test_the_environment_exempts_a_host_from_the_proxy(
    driver: Driver, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert driver.call(server.url).error is None


def tunnel(connection: Connection, number: int) -> None:
    """Connect as a proxy does, and pass on what comes from either side."""

    def copy(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    port = int(connection.head.split()[1].rpartition(b":")[2])
    with socket.create_connection(("127.0.0.1", port)) as there:
        connection.sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        back = threading.Thread(target=copy, args=(there, connection.sock))
        back.start()
        copy(connection.sock, there)
        back.join()


@pytest.mark.parametrize("serve", [keeps(reply(200, DONE)), hangs()])
@pytest.mark.parametrize("first", [tunnel, hangs(b"HTTP/1.1 200 Connected\r\n\r\n")])
def test_a_proxy_is_asked_for_a_tunnel_that_shows_it_nothing_and_for_another_if_tls_hangs(
    driver: Driver,
    first: Any,
    serve: Any,
    secure: Secure,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits: Any = {"timeout": httpx.Timeout(5.0, connect=1.0), "total_timeout": 3}
    with serving(then(first, tunnel)) as proxy, secure(serve) as server:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        url = f"https://localhost:{server.port}"
        outcome = driver.call(url, max_retries=1, **limits)
    assert len(server.requests) == 1
    assert proxy.requests[0].startswith(b"CONNECT localhost:%d " % server.port)
    assert SENTINEL.encode() not in b"".join(proxy.requests)
    assert type(outcome.error) in (type(None), APITimeoutError)


WANTS_CREDENTIALS = "requires a user name and password (407); add them to"
REFUSES = "refuses to connect to the service"


@pytest.mark.parametrize(
    ("url", "status", "tries", "words"),
    [
        (NOWHERE, 0, 2, "was not reached: "),
        (NOWHERE, 502, 2, f"{REFUSES} (502). Nothing was sent. Check the address"),
        (NOWHERE, 403, 2, f"{REFUSES} (403). Nothing was sent. Ask who runs the pr"),
        (NOWHERE, 407, 1, f"{WANTS_CREDENTIALS} https_proxy. Nothing was sent"),
        ("http://models.invalid", 407, 1, f"{WANTS_CREDENTIALS} all_proxy. Nothing"),
    ],
)
def test_a_proxy_that_fails_is_named_and_not_the_service(
    driver: Driver, monkeypatch: Any, url: str, status: int, tries: int, words: str
) -> None:
    answer = reply(status, SENTINEL.encode(), f"X-A: {SENTINEL}") if status else b""
    with serving(says(answer)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.setenv("all_proxy", proxy.url)
        outcome = driver.call(url, max_retries=1, allow_insecure_http=True)
    told = f": the proxy 127.0.0.1:{proxy.port} {words}"
    assert_never_sent(outcome, tries, told)
    assert len(proxy.requests) == tries


def test_a_proxy_that_refuses_a_password_does_not_ask_for_one(driver: Driver) -> None:
    with serving(says(reply(407))) as proxy:
        url = f"http://u:{SENTINEL}@127.0.0.1:{proxy.port}"
        outcome = driver.call(NOWHERE, proxy=url, max_retries=1)
    words = "refuses the user name and password (407); correct them in proxy=. Nothing"
    assert_never_sent(outcome, 1, words)


@pytest.mark.parametrize(
    ("variable", "advice"),
    [
        ("https_proxy", "allow this host, or exempt it with NO_PROXY."),
        ("", "allow this host."),
    ],
)
def test_only_a_proxy_of_the_environment_can_be_exempted_from(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, variable: str, advice: str
) -> None:
    with serving(says(reply(403))) as proxy:
        options: dict[str, Any] = {}
        if variable:
            monkeypatch.setenv(variable, proxy.url)
        else:
            options["proxy"] = proxy.url
        outcome = driver.call(NOWHERE, max_retries=0, **options)
    assert str(outcome.error).endswith(f"Ask who runs the proxy to {advice}")


def test_a_callers_own_proxy_that_refuses_is_to_be_asked(driver: Driver) -> None:
    with serving(says(reply(403))) as proxy:
        own = driver.http_client(proxy=proxy.url)
        outcome = driver.call(NOWHERE, http_client=own, max_retries=0)
    words = (
        "the proxy of http_client refuses to connect to the service models.invalid (403). Nothing was sent."
        " Ask who runs the proxy to allow this host."
    )
    assert str(outcome.error).endswith(words)


def test_a_callers_own_proxy_that_wants_credentials_is_asked_once(
    driver: Driver,
) -> None:
    with serving(says(reply(407))) as proxy:
        own = driver.http_client(proxy=proxy.url)
        outcome = driver.call(NOWHERE, http_client=own, max_retries=1)
    assert_never_sent(outcome, 1, "the proxy of http_client requires a user name")


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("carrier-pigeon://u:{}@example.com", "the proxy for https in the env"),
        (
            "socks5://u:{}@127.0.0.1:1080",
            r'SOCKS.*pip install "enkrypt-api-client\[socks\]"',
        ),
    ],
)
def test_a_proxy_that_makes_no_sense_is_refused_without_its_password(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, proxy: str, words: str
) -> None:
    monkeypatch.setenv("all_proxy", proxy.format(SENTINEL))
    monkeypatch.setitem(sys.modules, "python_socks.sync", None)
    with pytest.raises(ConfigurationError, match=words) as caught:
        driver.client_class("key")
    assert SENTINEL not in repr(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_a_refused_proxy_is_named_without_its_password(
    driver: Driver, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"http://u:{SENTINEL}@127.0.0.1:{unused_port}")
    told = f"the proxy 127.0.0.1:{unused_port} was not reached: Connection refused"
    outcome = driver.call(NOWHERE)
    assert_never_sent(outcome, 1, told)
    assert str(outcome.error).endswith(" Check https_proxy.")


def test_a_service_that_stops_reading_is_left_when_time_is_over(driver: Driver) -> None:
    over = threading.Event()
    large = {**REQUEST, "padding": "x" * 20_000_000}
    with serving(lambda *_: over.wait(60), early=True) as server:
        outcome = driver.call(server.url, large, total_timeout=8)
        over.set()
    assert type(outcome.error) is APITimeoutError
    assert outcome.error.may_have_been_applied


def test_a_large_request_arrives_whole(driver: Driver, server: Server) -> None:
    large = {**REQUEST, "padding": "x" * 1_000_000}
    assert driver.call(server.url, large).error is None
    assert json.loads(server.requests[0].partition(b"\r\n\r\n")[2]) == large
