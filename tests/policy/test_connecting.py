"""Faults before the service is reached: nothing was changed, and that is what the caller is told."""

from __future__ import annotations

import base64
import contextlib
import gc
import json
import socket
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest

from enkrypt_api_client import APIConnectionError, APITimeoutError
from tests.policy.faults import (
    KINDS,
    REQUEST,
    SENTINEL,
    Connection,
    Outcome,
    call,
    certificate,
    reply,
    serving,
)
from tests.policy.rows import DONE, hangs, keeps, says

pytestmark = pytest.mark.parametrize("kind", KINDS)


def assert_never_sent(outcome: Outcome, tries: int) -> None:
    assert type(outcome.error) is APIConnectionError
    assert not outcome.error.may_have_been_applied
    assert outcome.error.attempts == tries
    assert len(outcome.slept) == tries - 1
    assert outcome.elapsed < 8
    assert SENTINEL not in outcome.words()


def test_a_refused_connection_is_tried_three_times(kind: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert_never_sent(call(kind, url, max_retries=2), 3)


def test_pauses_before_retries_grow_and_never_exceed_eight_seconds(kind: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        slept = call(kind, url, max_retries=7, total_timeout=999.0).slept
    assert all(0 <= s <= min(8, 0.5 * 2**n) for n, s in enumerate(slept))
    assert len(slept) == 7


def test_a_name_that_does_not_resolve_was_never_reached(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    outcome = call(kind, "https://models.invalid", max_retries=1)
    assert_never_sent(outcome, 2)


@pytest.mark.parametrize("limit", [{"timeout": 0.3}, {"total_timeout": 0.3}])
def test_a_connection_that_nobody_accepts_was_never_made(kind: str, limit: Any) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(address)
        outcome = call(kind, f"http://127.0.0.1:{address[1]}", **limit)
        for filler in fillers:
            filler.close()
    assert_never_sent(outcome, 1)


@pytest.mark.parametrize("host", ["localhost", "elsewhere.test"])
def test_a_wrong_certificate_is_refused_and_not_tried_again(
    kind: str, host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = certificate(host)
    if host != "localhost":  # the right authority, for another name
        trust(authority, tmp_path, monkeypatch)
    with serving(keeps(reply()), context=context) as server:
        outcome = call(kind, f"https://localhost:{server.port}", max_retries=2)
        assert server.requests == []
    assert_never_sent(outcome, 1)


def test_a_right_certificate_is_accepted(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = certificate("localhost")
    trust(authority, tmp_path, monkeypatch)
    with serving(keeps(reply(200, DONE)), context=context) as server:
        outcome = call(kind, f"https://localhost:{server.port}")
    assert outcome.error is None
    assert outcome.result is not None
    assert outcome.result.message == "done"


def test_a_service_that_speaks_no_tls_was_never_reached(kind: str) -> None:
    with serving(says(reply(400)), early=True) as server:
        outcome = call(kind, f"https://127.0.0.1:{server.port}", max_retries=2)
    assert_never_sent(outcome, 1)


def test_the_environment_names_the_proxy(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(keeps(reply(200, DONE))) as proxy:
        monkeypatch.setenv("http_proxy", f"http://u:{SENTINEL}@127.0.0.1:{proxy.port}")
        outcome = call(kind, "http://models.invalid", allow_insecure_http=True)
        assert outcome.error is None
        assert proxy.requests[0].startswith(
            b"PATCH http://models.invalid/models/modify-model HTTP/1.1\r\n"
        )
        assert SENTINEL not in outcome.words()
        auth = base64.b64encode(f"u:{SENTINEL}".encode())
        assert b"proxy-authorization: basic " + auth in lowered(proxy.requests[0], auth)


def lowered(request: bytes, but: bytes) -> bytes:
    return but.join(part.lower() for part in request.split(but))


def tunnel(connection: Connection, number: int) -> None:
    """Connect as a proxy does, and pass on what comes from either side."""
    port = int(connection.request.split()[1].rpartition(b":")[2])
    with socket.create_connection(("127.0.0.1", port)) as there:
        connection.send(b"HTTP/1.1 200 Connected\r\n\r\n")

        def back() -> None:
            with contextlib.suppress(OSError):
                while data := there.recv(65536):
                    connection.sock.sendall(data)

        threading.Thread(target=back, daemon=True).start()
        with contextlib.suppress(OSError):
            while data := connection.sock.recv(65536):
                there.sendall(data)


@pytest.mark.parametrize("serve", [keeps(reply(200, DONE)), hangs()])
def test_a_proxy_is_asked_for_a_tunnel_that_shows_it_nothing(
    kind: str, serve: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = certificate("localhost")
    trust(authority, tmp_path, monkeypatch)
    with serving(serve, context=context) as server, serving(tunnel) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        url = f"https://localhost:{server.port}"
        outcome = call(kind, url, total_timeout=1.0)
        assert len(server.requests) == 1
        assert proxy.requests[0].startswith(b"CONNECT localhost:%d " % server.port)
        assert SENTINEL.encode() not in b"".join(proxy.requests)
        for sock in (*proxy.sockets, *server.sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
    if outcome.error:
        assert type(outcome.error) is APITimeoutError
        assert outcome.elapsed < 5


def test_a_proxy_that_hangs_up_before_the_tunnel_leaves_the_service_unreached(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(says()) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        outcome = call(kind, "https://models.invalid", max_retries=1)
        assert len(proxy.requests) == 2
    assert_never_sent(outcome, 2)
    assert f"the proxy 127.0.0.1:{proxy.port} was not reached" in str(outcome.error)


def test_the_environment_exempts_a_host_from_the_proxy(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(keeps(reply(200, DONE))) as server:
        assert call(kind, f"http://127.0.0.1:{server.port}").error is None


def trust(authority: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


def test_a_service_that_stops_reading_is_left_when_the_total_time_is_over(
    kind: str,
) -> None:
    def read_no_more(connection: Connection, number: int) -> None:
        over.wait(20)

    over = threading.Event()
    large = {**REQUEST, "padding": "x" * 20_000_000}
    with serving(read_no_more, early=True) as server:
        url = f"http://127.0.0.1:{server.port}"
        outcome = call(kind, url, large, total_timeout=1.5)
        with warnings.catch_warnings():
            # aiohttp closes gracefully, and leaves to the collector what nobody reads.
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
        over.set()
    assert type(outcome.error) is APITimeoutError
    assert outcome.error.may_have_been_applied
    assert outcome.elapsed < 10


def test_a_large_request_arrives_whole(kind: str) -> None:
    large = {**REQUEST, "padding": "x" * 3_000_000}
    with serving(keeps(reply(200, DONE))) as server:
        assert call(kind, f"http://127.0.0.1:{server.port}", large).error is None
        body = server.requests[0].partition(b"\r\n\r\n")[2]
    assert json.loads(body) == large
