"""What is read from an answer, by any client, whatever the answer is."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enkrypt_api_client import (
    AsyncEnkryptClient,
    EnkryptClient,
    EnkryptError,
    InvalidRequestError,
    NotFoundError,
    RateLimitError,
    ResponseDecodeError,
)
from enkrypt_api_client.api.endpoints import modify_model
from enkrypt_api_client.models import ModelRequestObject, ModifyModelResponseObject
from tests.policy.faults import (
    KINDS,
    REQUEST,
    SENTINEL,
    Connection,
    Outcome,
    Server,
    call,
    recorded,
    reply,
    serving,
)
from tests.policy.rows import DONE, SLOW, echoes, hangs, keeps, says, then

every = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(keeps(reply(200, DONE))) as server:
        yield server


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


@every
@pytest.mark.parametrize(
    ("body", "path"),
    [
        (
            b'{"data": {"model_config": {"tools": [{}, 5]}}}',
            "data.model_config.tools[1]",
        ),
        (b'{"data": {"model_config": "s3cret"}}', "data.model_config"),
        (b'["s3cret"]', "the whole"),
    ],
)
def test_a_container_of_the_wrong_kind_is_named_by_path(
    server: Server, kind: str, body: bytes, path: str
) -> None:
    server.serve = keeps(reply(200, body))
    error = call(kind, url(server)).error
    assert type(error) is ResponseDecodeError
    assert f": {path}: expected" in str(error)
    assert "s3cret" not in str(error) + repr(vars(error))
    assert error.response is not None
    assert error.response.content == body


@every
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_beyond_the_cap_is_said_to_be_too_large(
    server: Server, kind: str, packed: bool
) -> None:
    body = b'{"message": "' + b"x" * 8 * 1024 * 1024 + b'"}'
    coding = ["Content-Encoding: gzip"] if packed else []
    server.serve = says(reply(200, gzip.compress(body) if packed else body, *coding))
    error = call(kind, url(server)).error
    assert type(error) is ResponseDecodeError
    assert "it is larger than 8388608 bytes" in str(error)


@every
def test_the_documents_own_example_comes_back_unchanged(
    server: Server, kind: str, response_example: Any
) -> None:
    response_example["data"]["brand_new"] = {"kept": [1, None]}
    server.serve = keeps(reply(200, json.dumps(response_example).encode()))
    result = call(kind, url(server)).result
    assert result is not None
    assert result.to_dict() == response_example


@every
def test_absent_and_null_fields_read_as_unset_and_unknown_values_as_they_are(
    server: Server, kind: str
) -> None:
    server.serve = keeps(
        reply(200, b'{"data": {"testing_for": "x", "created_at": 5, "model_id": null}}')
    )
    result = call(kind, url(server)).result
    assert result is not None
    assert result.to_dict() == {"data": {"testing_for": "x", "created_at": 5}}


@every
@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        (["X-Enkrypt-Correlation-Id: a", "X-Request-Id: b"], b"{}", "a"),
        (["X-Request-Id: b"], b'{"request_id": "c"}', "b"),
        ([], b'{"request_id": "c"}', "c"),
        ([], b'{"request_id": 5}', None),
        ([f"X-Request-Id: <{SENTINEL}>"], b"", "<***>"),
    ],
)
def test_an_error_names_the_request(
    server: Server, kind: str, headers: Any, body: bytes, expected: str | None
) -> None:
    server.serve = keeps(reply(500, body, *headers))
    error: Any = call(kind, url(server)).error
    assert error.request_id == expected
    assert expected is None or expected in str(error)


HARD = 'a"b\\c/d\ne<f>&g ü 😀'


@every
@pytest.mark.parametrize("form", ["json", "nested", "text", "pretty"])
def test_secrets_that_need_escaping_are_masked_too(
    server: Server, kind: str, form: str
) -> None:
    request = {
        **REQUEST,
        "model_config": {"model_provider": "custom", "apikeys": [HARD]},
    }
    server.serve = echoes(400, form)
    error: Any = call(kind, url(server), request).error
    seen = repr(error.body)
    assert "***" in seen
    assert "c/d" not in seen
    assert "Test Model" in seen


def test_deep_json_in_a_secret_field_does_no_harm_when_the_service_refuses(
    server: Server,
) -> None:
    server.serve = keeps(reply(400))
    deep = "[" * 900 + "]" * 900
    request = {
        **REQUEST,
        "model_config": {"model_provider": "custom", "apikeys": [deep]},
    }
    assert getattr(call("sync", url(server), request).error, "status_code", 0) == 400


def test_one_log_record_a_try_says_what_happened_and_no_more(server: Server) -> None:
    busy = keeps(reply(429, b"secret", "Retry-After: 0", "X-Request-Id: r-1"))
    server.serve = then(busy, keeps(reply(200, DONE, "X-Request-Id: r-2")))
    outcome = Outcome()
    logger = logging.getLogger("enkrypt_api_client")
    assert logger.handlers == []
    with recorded(outcome), EnkryptClient("key", base_url=url(server)) as client:
        client._connection.sleep = lambda _: None
        client.modify_model(REQUEST)
    ours = [r.partition(" (")[0] for r in outcome.records if r.startswith("PATCH /")]
    pattern = r"PATCH /models/modify-model: {}, attempt {}, \d\.\d+ s, request id {}"
    assert len(ours) == 2
    assert re.fullmatch(pattern.format(429, 1, "r-1"), ours[0])
    assert re.fullmatch(pattern.format(200, 2, "r-2"), ours[1])


def test_the_detailed_answer_holds_status_headers_and_content(server: Server) -> None:
    server.serve = keeps(reply(200, DONE, "X-Request-Id: r-1"))
    with EnkryptClient("key", base_url=url(server)) as client:
        answer = client.modify_model_detailed(REQUEST)
    assert answer.status_code is HTTPStatus.OK
    assert answer.headers["X-Request-Id"] == answer.headers["x-request-id"] == "r-1"
    assert answer.content == DONE
    assert answer.parsed == ModifyModelResponseObject.from_dict(json.loads(DONE))


ARGUMENTS: dict[str, Any] = {
    "body": ModelRequestObject.from_dict(REQUEST),
    "x_enkrypt_model": "Test Model",
    "x_enkrypt_model_version": "v1",
}


def generated(kind: str, address: str, **options: Any) -> Any:
    """Call the generated function itself, through the client's `api`."""
    options = {"max_retries": 0, **options}
    if kind == "sync":
        with EnkryptClient(SENTINEL, base_url=address, **options) as client:
            client._connection.sleep = lambda _: None
            return modify_model.sync(client=client.api, **ARGUMENTS)

    async def run() -> Any:
        async with AsyncEnkryptClient(SENTINEL, base_url=address, **options) as client:
            return await modify_model.asyncio(client=client.api, **ARGUMENTS)

    return asyncio.run(run())


@every
def test_generated_functions_send_the_key_and_answer_through_the_policy(
    server: Server, kind: str
) -> None:
    assert generated(kind, url(server)).message == "done"
    assert (
        server.requests[0].lower().count(f"apikey: {SENTINEL}\r\n".lower().encode())
        == 1
    )


@every
@pytest.mark.parametrize(
    "serve",
    [hangs(), says(), echoes(404, "nested"), keeps(reply(520)), keeps(reply(302))],
)
def test_generated_functions_raise_what_the_facade_raises(
    server: Server, kind: str, serve: Any
) -> None:
    server.serve = serve
    with pytest.raises(EnkryptError) as caught:
        generated(kind, url(server), **SLOW)
    facade: Any = call(kind, url(server), **SLOW).error
    assert type(caught.value) is type(facade)
    assert caught.value.may_have_been_applied is facade.may_have_been_applied
    assert SENTINEL not in repr(caught.value) + repr(vars(caught.value))


@every
def test_generated_functions_retry_as_the_facade_does(
    server: Server, kind: str
) -> None:
    busy = keeps(reply(429, b"{}", "Retry-After: 0"))
    server.serve = then(busy, keeps(reply(200, DONE)))
    assert generated(kind, url(server), max_retries=1).message == "done"
    assert server.requests[0] == server.requests[1]


def test_the_key_goes_to_no_other_host(server: Server) -> None:
    with EnkryptClient("key", base_url=url(server)) as client:
        with pytest.raises(
            InvalidRequestError, match=r"only sends requests to 127\.0\.0\.1"
        ):
            client.api.get_httpx_client().get("http://localhost:9/")
        server.serve = keeps(reply(404))
        with pytest.raises(NotFoundError):
            client.api.get_httpx_client().get("/absent")


def test_generated_coroutines_need_the_async_client_and_say_so(server: Server) -> None:
    with (
        EnkryptClient("key", base_url=url(server)) as client,
        pytest.raises(InvalidRequestError, match="AsyncEnkryptClient"),
    ):
        asyncio.run(modify_model.asyncio(client=client.api, **ARGUMENTS))
    with pytest.raises(InvalidRequestError, match="EnkryptClient"):
        modify_model.sync(client=AsyncEnkryptClient("key").api, **ARGUMENTS)
    assert server.requests == []


HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "Retry-After", "X-Request-Id", "Content-Encoding", "Link"]
    )
    | st.from_regex(r"[A-Za-z-]{1,12}", fullmatch=True),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
    | st.sampled_from(["gzip", "deflate", "br", "0", "61", "1e9", "-1", "nan"]),
    max_size=4,
)
SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "model_config", "tools", "created_at", "endpoint", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
BODIES = st.binary(max_size=200) | SHAPES.map(lambda s: json.dumps(s).encode())


class Canned:
    """Answers through httpx itself, from memory: thousands of answers are wanted."""

    def __init__(self) -> None:
        self.next: tuple[int, dict[str, str], bytes] = (200, {}, b"")

    def __call__(self, request: httpx.Request) -> httpx.Response:
        status, headers, body = self.next
        raw = [(k.encode(), v.encode("latin-1")) for k, v in headers.items()]
        return httpx.Response(status, headers=raw, stream=httpx.ByteStream(body))


@settings(max_examples=250, deadline=None, derandomize=True)
@given(status=st.just(200) | st.integers(100, 999), headers=HEADERS, body=BODIES)
def test_any_answer_becomes_a_typed_result_or_an_error_of_the_tree(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    canned = Canned()
    canned.next = status, headers, body
    with httpx.Client(transport=httpx.MockTransport(canned)) as own:
        client = EnkryptClient("key", http_client=own, max_retries=0)
        result: Any
        try:
            result = client.modify_model(REQUEST)
        except EnkryptError as error:
            result = error
    if isinstance(result, EnkryptError):
        assert result.__cause__ is result.__context__ is None
        assert result.may_have_been_applied or 300 <= status <= 499
    else:
        assert status == 200
        assert type(result) is ModifyModelResponseObject


@settings(max_examples=40, deadline=None, derandomize=True)
@given(status=st.integers(100, 999), headers=HEADERS, body=BODIES, whole=st.booleans())
def test_any_bytes_on_the_wire_become_a_typed_result_or_an_error_of_the_tree(
    status: int, headers: dict[str, str], body: bytes, whole: bool
) -> None:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    answer = reply(status, body, *lines, length=len(body) + (0 if whole else 3))
    PERSISTENT.serve = says(answer)
    for kind in KINDS:
        outcome = call(kind, url(PERSISTENT), **SLOW)
        assert isinstance(outcome.error, EnkryptError) or outcome.result is not None


def _nothing(connection: Connection, number: int) -> None:
    return None


PERSISTENT = Server(_nothing)


def test_a_client_that_is_derived_from_the_api_keeps_the_policy(server: Server) -> None:
    server.serve = keeps(reply(429, b"{}", "Retry-After: 0"))
    with EnkryptClient("key", base_url=url(server), max_retries=1) as client:
        derived = client.api.with_headers({"X-More": "1"}).with_timeout(
            httpx.Timeout(2.0)
        )
        with pytest.raises(RateLimitError):
            modify_model.sync(client=derived, **ARGUMENTS)
    assert len(server.requests) == 2
    assert b"x-more: 1" in server.requests[0].lower()
    assert b"apikey: key" in server.requests[0]
