"""What an error says at three in the morning: where it failed, why, what to do, and nothing secret."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

import enkrypt_api_client as package
from tests.policy.faults import (
    KINDS,
    REQUEST,
    SENTINEL,
    call,
    certificate,
    reply,
    serving,
)
from tests.policy.rows import hangs, keeps, says
from tests.policy.test_connecting import trust

both = pytest.mark.parametrize("kind", KINDS)
NAME = "PATCH /models/modify-model"


def said(kind: str, serve: Any, **options: Any) -> str:
    with serving(serve) as server:
        outcome = call(kind, f"http://127.0.0.1:{server.port}", **options)
    assert SENTINEL not in outcome.words()
    return str(outcome.error)


@both
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "model_config is wrong"}, "model_config is wrong"),
        (
            {"detail": [{"msg": "no", "message": "port  is\nmissing"}]},
            "port is missing",
        ),
        ({"error": {"code": 5, "message": "bad"}}, "bad"),
        ({"error": f"key {SENTINEL} is unknown"}, "key *** is unknown"),
        ({"message": "x" * 300}, "x" * 197 + "..."),
        (["first", "second"], "first"),
    ],
)
def test_a_status_error_quotes_the_service(kind: str, body: Any, words: str) -> None:
    told = said(kind, keeps(reply(400, json.dumps(body).encode())))
    assert told == f'{NAME}: the service answered 400: "{words}". Nothing was changed.'


@both
def test_a_page_of_a_gateway_is_quoted_by_its_title(kind: str) -> None:
    page = b"<html><head><title>502 Bad\nGateway</title></head><body>long</body>"
    told = said(kind, keeps(reply(502, page)))
    assert '502: "502 Bad Gateway". The change may have been applied' in told
    assert said(kind, keeps(reply(500, b'{"a": 1}'))).startswith(
        f"{NAME}: the service answered 500. The change"
    )


@both
def test_a_404_names_the_model_that_was_asked_for(kind: str) -> None:
    told = said(kind, keeps(reply(404, b"{}")), arguments={"current_name": "Old"})
    assert 'answered 404 for model "Old", version "v1". Nothing' in told


@both
def test_a_refused_connection_names_host_and_port_and_the_systems_reason(
    kind: str,
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        told = str(call(kind, f"http://127.0.0.1:{port}").error)
    assert told == (
        f"{NAME}: the service 127.0.0.1:{port} was not reached: Connection refused. Nothing was sent; it is safe to repeat."
    )


@both
def test_a_refused_proxy_is_named_and_not_the_service(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        monkeypatch.setenv("https_proxy", f"http://u:{SENTINEL}@127.0.0.1:{port}")
        outcome = call(kind, "https://models.invalid")
    assert f"the proxy 127.0.0.1:{port} was not reached: Conn" in str(outcome.error)
    assert SENTINEL not in outcome.words()


@both
def test_a_proxy_that_wants_other_credentials_is_named(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = says(b"HTTP/1.1 407 No " + SENTINEL.encode() + b"\r\n\r\n")
    with serving(refusal) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        outcome = call(kind, "https://models.invalid")
    told = f"the proxy 127.0.0.1:{proxy.port} was not reached: it refuses to connect to the service (407)"
    assert told in str(outcome.error)
    assert type(outcome.error) is package.APIConnectionError
    assert SENTINEL not in str(outcome.error)  # httpcore's own records hold the line


@both
def test_a_certificate_of_no_known_authority_says_what_to_set(kind: str) -> None:
    _, context = certificate("localhost")
    with serving(keeps(reply()), context=context) as server:
        told = str(call(kind, f"https://localhost:{server.port}").error)
    assert f"the service localhost:{server.port} was not reached" in told
    assert "unable to get local issuer certificate; set SSL_CERT_FILE to" in told


@both
def test_a_certificate_for_another_name_says_so(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = certificate("elsewhere.test")
    trust(authority, tmp_path, monkeypatch)
    with serving(keeps(reply()), context=context) as server:
        told = str(call(kind, f"https://localhost:{server.port}").error)
    assert "Hostname mismatch, certificate is not valid for 'localhost'" in told
    assert "SSL_CERT_FILE" not in told


@both
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"timeout": httpx.Timeout(5.0, read=0.2)},
            "the read timeout of 0.2 s ran out",
        ),
        ({"total_timeout": 0.3}, "the total timeout of 0.3 s ran out"),
    ],
)
def test_a_timeout_says_which_one_and_how_long(
    kind: str, options: Any, words: str
) -> None:
    told = said(kind, hangs(), **options)
    assert f"no complete answer came in time ({words}). The change may have" in told


@both
def test_a_service_that_speaks_no_tls_is_told_so(kind: str) -> None:
    with serving(says(reply(400)), early=True) as server:
        told = str(call(kind, f"https://127.0.0.1:{server.port}").error)
    assert "was not reached: TLS failed (" in told


def test_class_defaults_are_true_for_a_rebuilt_error() -> None:
    assert package.InternalServerError().may_have_been_applied
    assert package.InternalServerError().status_code == 500
    assert package.APIStatusError().may_have_been_applied
    for status, kind in {
        400: package.BadRequestError,
        401: package.AuthenticationError,
        403: package.PermissionDeniedError,
        404: package.NotFoundError,
        409: package.ConflictError,
        422: package.UnprocessableEntityError,
        429: package.RateLimitError,
    }.items():
        assert kind().status_code == kind("told").status_code == status
        assert not kind().may_have_been_applied
        assert issubclass(kind, package.APIStatusError)


@both
def test_a_lost_answer_keeps_its_reason(kind: str) -> None:
    told = said(kind, says())
    assert told.startswith(f"{NAME}: the answer was lost (")
    assert told.endswith(
        "The change may have been applied: check before you repeat the call."
    )
    assert REQUEST["model_saved_name"] not in told
