"""What is read from an answer and said of it, by the client's methods and by generated functions."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import enkrypt_api_client as e
from enkrypt_api_client.api.endpoints import modify_model
from enkrypt_api_client.models import ModelRequestObject, ModifyModelResponseObject
from tests.policy.faults import (
    DONE,
    REQUEST,
    SENTINEL,
    SLOW,
    Serve,
    Server,
    call,
    echoes,
    hangs,
    keeps,
    reply,
    says,
    then,
    use,
)

NAME = "PATCH /models/modify-model"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"data": {"model_config": {"tools": [{}, 5]}}}', "data.model_config.tools[1]"),
        (b'{"data": {"model_config": "s3cret"}}', "data.model_config"),
        (b'["s3cret"]', "the whole"),
    ],
)  # fmt: skip
def test_a_container_of_the_wrong_kind_is_named_by_path(
    server: Server, body: bytes, path: str
) -> None:
    server.serve = keeps(reply(200, body))
    error: Any = call("sync", server.url).error
    assert type(error) is e.ResponseDecodeError
    assert f": {path}: expected" in str(error)
    assert "s3cret" not in str(error) + repr(vars(error))
    assert getattr(error.response, "content", None) == body


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_beyond_the_cap_is_said_to_be_too_large(
    server: Server, kind: str, packed: bool
) -> None:
    body = b'{"message": "' + b"x" * 8 * 1024 * 1024 + b'"}'
    coding = ["Content-Encoding: gzip"] if packed else []
    server.serve = says(reply(200, gzip.compress(body) if packed else body, *coding))
    error = call(kind, server.url).error
    assert type(error) is e.ResponseDecodeError
    assert "it is larger than 8388608 bytes" in str(error)


def test_the_documents_own_example_comes_back_unchanged(
    server: Server, kind: str, response_example: Any
) -> None:
    response_example["data"]["brand_new"] = {"kept": [1, None]}
    server.serve = keeps(reply(200, json.dumps(response_example).encode()))
    assert call(kind, server.url).result.to_dict() == response_example


def test_absent_and_null_fields_read_as_unset_and_unknown_values_as_they_are(
    server: Server,
) -> None:
    data = b'{"data": {"testing_for": "x", "created_at": 5, "model_id": null}}'
    server.serve = keeps(reply(200, data))
    read = call("sync", server.url).result.to_dict()
    assert read == {"data": {"testing_for": "x", "created_at": 5}}


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
    server: Server, headers: Any, body: bytes, expected: str | None
) -> None:
    server.serve = keeps(reply(500, body, *headers))
    error = call("sync", server.url).error
    assert error.request_id == expected
    assert expected is None or expected in str(error)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "model_config is wrong"}, "model_config is wrong"),
        ({"detail": [{"msg": "no", "message": "port  is\nmissing"}]}, "port is missing"),
        ({"error": {"code": 5, "message": "bad"}}, "bad"),
        ({"error": f"key {SENTINEL} is unknown"}, "key *** is unknown"),
        ({"message": "x" * 300}, "x" * 197 + "..."),
        (["first", "second"], "first"),
    ],
)  # fmt: skip
def test_a_status_error_quotes_the_service(
    server: Server, body: Any, words: str
) -> None:
    server.serve = keeps(reply(400, json.dumps(body).encode()))
    told = str(call("sync", server.url).error)
    assert told == f'{NAME}: the service answered 400: "{words}". Nothing was changed.'


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (
            502,
            b"<html><head><title>502 Bad\nGateway</title></head><body>long</body>",
            'answered 502: "502 Bad Gateway". The change may have been applied',
        ),
        (500, b'{"a": 1}', "the service answered 500. The change"),
        (404, b"{}", 'answered 404 for model "Old", version "v1". Nothing'),
    ],
)
def test_an_error_says_what_failed_and_what_that_means(
    server: Server, status: int, body: bytes, words: str
) -> None:
    server.serve = keeps(reply(status, body))
    outcome = call("sync", server.url, arguments={"current_name": "Old"})
    assert words in str(outcome.error)


@pytest.mark.parametrize(
    ("serve", "options", "words"),
    [
        (hangs(), SLOW, "came in time (the read timeout of 0.5 s ran out). The change"),
        (hangs(), {"total_timeout": 1}, "(the total timeout of 1 s ran out). The ch"),
        (says(), {}, f"{NAME}: the answer was lost ("),
    ],
)
def test_a_lost_answer_keeps_its_reason(
    server: Server, kind: str, serve: Serve, options: Any, words: str
) -> None:
    server.serve = serve
    told = str(call(kind, server.url, **options).error)
    assert words in told
    assert told.endswith(
        "The change may have been applied: check before you repeat the call."
    )


@pytest.mark.parametrize("form", ["json", "nested", "text", "pretty"])
def test_secrets_that_need_escaping_are_masked_too(server: Server, form: str) -> None:
    hard = 'a"b\\c/d\ne<f>&g ü 😀'
    config = {"model_provider": "custom", "apikeys": [hard]}
    server.serve = echoes(400, form)
    error = call("sync", server.url, {**REQUEST, "model_config": config}).error
    assert "***" in repr(error.body)
    assert "c/d" not in repr(error.body)
    assert "Test Model" in repr(error.body)


def test_deep_json_in_a_secret_field_does_no_harm_when_the_service_refuses(
    server: Server,
) -> None:
    server.serve = keeps(reply(400))
    config = {"model_provider": "custom", "apikeys": ["[" * 900 + "]" * 900]}
    error = call("sync", server.url, {**REQUEST, "model_config": config}).error
    assert type(error) is e.BadRequestError


def test_one_log_record_an_attempt_says_what_happened_and_no_more(
    server: Server,
) -> None:
    busy = keeps(reply(429, b"secret", "Retry-After: 0", "X-Request-Id: r-1"))
    server.serve = then(busy, server.serve)
    said = call("sync", server.url, max_retries=1).said
    ours = [r.partition(" (")[0] for r in said if r.startswith("PATCH /")]
    assert len(ours) == 2
    for record, told in zip(ours, ("429, attempt 1", "200, attempt 2"), strict=True):
        assert re.fullmatch(rf"{NAME}: {told}, \d\.\d+ s, request id r-1", record)


def test_the_detailed_answer_holds_status_headers_content_and_request_id(
    server: Server, kind: str
) -> None:
    answer = use(kind, server.url, lambda c: c.modify_model_detailed(REQUEST))
    assert answer.status_code is HTTPStatus.OK
    assert answer.headers["X-Request-Id"] == answer.headers["x-request-id"] == "r-1"
    assert answer.request_id == "r-1"
    assert answer.content == DONE
    assert answer.parsed == ModifyModelResponseObject.from_dict(json.loads(DONE))
    server.serve = keeps(reply(200, b'{"request_id": "of the body"}'))
    answer = use(kind, server.url, lambda c: c.modify_model_detailed(REQUEST))
    assert answer.request_id == "of the body"


ARGUMENTS: dict[str, Any] = {
    "body": ModelRequestObject.from_dict(REQUEST),
    "x_enkrypt_model": "Test Model",
    "x_enkrypt_model_version": "v1",
}


def generated(kind: str, server: Server, **options: Any) -> Any:
    """Call the generated function itself, through the client's `api`."""
    function = modify_model.sync if kind == "sync" else modify_model.asyncio
    work = lambda c: function(client=c.api, **ARGUMENTS)  # noqa: E731
    return use(kind, server.url, work, **options)


def test_generated_functions_send_the_key_and_retry_as_the_client_does(
    server: Server, kind: str
) -> None:
    busy = keeps(reply(429, b"{}", "Retry-After: 0"))
    server.serve = then(busy, server.serve)
    assert generated(kind, server, max_retries=1).message == "done"
    assert server.requests[0] == server.requests[1]
    key = f"\r\napikey: {SENTINEL}\r\n".encode()
    assert server.requests[0].replace(b"Apikey", b"apikey").count(key) == 1


@pytest.mark.parametrize(
    "serve",
    [hangs(), says(), echoes(404, "nested"), keeps(reply(520)), keeps(reply(302))],
)
def test_generated_functions_raise_what_the_client_raises(
    server: Server, kind: str, serve: Serve
) -> None:
    server.serve = serve
    with pytest.raises(e.EnkryptError) as caught:
        generated(kind, server, **SLOW)
    error = call(kind, server.url, **SLOW).error
    assert type(caught.value) is type(error)
    assert caught.value.may_have_been_applied is error.may_have_been_applied
    assert SENTINEL not in repr(caught.value) + repr(vars(caught.value))


def test_the_key_goes_to_no_other_host(server: Server) -> None:
    with e.EnkryptClient("key", base_url=server.url) as client:
        with pytest.raises(e.InvalidRequestError, match=r"127\.0\.0\.1"):
            client.api.get_httpx_client().get("http://localhost:9/")
        server.serve = keeps(reply(404))
        with pytest.raises(e.NotFoundError):
            client.api.get_httpx_client().get("/absent")


def test_generated_coroutines_need_the_async_client_and_say_so(server: Server) -> None:
    with (
        e.EnkryptClient("key", base_url=server.url) as client,
        pytest.raises(e.InvalidRequestError, match="AsyncEnkryptClient"),
    ):
        asyncio.run(modify_model.asyncio(client=client.api, **ARGUMENTS))
    with pytest.raises(e.InvalidRequestError, match="EnkryptClient"):
        modify_model.sync(client=e.AsyncEnkryptClient("key").api, **ARGUMENTS)
    assert server.requests == []


def test_a_client_that_is_derived_from_the_api_keeps_the_policy(server: Server) -> None:
    server.serve = keeps(reply(429, b"{}", "Retry-After: 0"))
    with e.EnkryptClient("key", base_url=server.url, max_retries=1) as client:
        derived = client.api.with_headers({"X-More": "1"})
        derived = derived.with_timeout(httpx.Timeout(2.0))
        with pytest.raises(e.RateLimitError):
            modify_model.sync(client=derived, **ARGUMENTS)
    assert len(server.requests) == 2
    assert b"x-more: 1" in server.requests[0].lower()
    assert b"apikey: key" in server.requests[0]


NAMES = ["Content-Type", "Retry-After", "X-Request-Id", "Content-Encoding", "Link"]
FIELDS = ["data", "model_config", "tools", "created_at", "endpoint", "x"]
HEADERS = st.dictionaries(
    st.sampled_from(NAMES) | st.from_regex(r"[A-Za-z-]{1,12}", fullmatch=True),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
    | st.sampled_from(["gzip", "deflate", "br", "0", "61", "1e9", "-1", "nan"]),
    max_size=4,
)
SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3)
    ),
    max_leaves=12,
)
BODIES = st.binary(max_size=200) | SHAPES.map(lambda s: json.dumps(s).encode())
STATUSES = st.just(200) | st.integers(100, 999)
answers = given(status=STATUSES, headers=HEADERS, body=BODIES, whole=st.booleans())


def assert_typed(result: Any, error: Any, status: int) -> None:
    if error is None:
        assert status == 200
        assert type(result) is ModifyModelResponseObject
    else:
        assert isinstance(error, e.EnkryptError)
        assert error.__cause__ is error.__context__ is None
        assert error.may_have_been_applied or 300 <= status <= 499


@settings(max_examples=100, deadline=None, derandomize=True)
@answers
def test_any_answer_of_a_callers_own_client_becomes_a_typed_result_or_error(
    status: int, headers: dict[str, str], body: bytes, whole: bool
) -> None:
    raw = [(k.encode(), v.encode("latin-1")) for k, v in headers.items()]
    stream = httpx.ByteStream(body)

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=raw, stream=stream)

    with httpx.Client(transport=httpx.MockTransport(answer)) as own:
        outcome = call("sync", "https://models.invalid", http_client=own)
    assert_typed(outcome.result, outcome.error, status)


def test_any_bytes_on_the_wire_become_a_typed_result_or_an_error_of_the_tree(
    server: Server,
) -> None:
    @settings(max_examples=40, deadline=None, derandomize=True)
    @answers
    def check(status: int, headers: dict[str, str], body: bytes, whole: bool) -> None:
        lines = [f"{name}: {value}" for name, value in headers.items()]
        length = len(body) + (0 if whole else 3)
        server.serve = says(reply(status, body, *lines, length=length))
        for kind in ("sync", "async"):
            outcome = call(kind, server.url)
            assert_typed(outcome.result, outcome.error, status)

    check()


def test_class_defaults_are_true_for_a_rebuilt_error() -> None:
    assert e.InternalServerError().may_have_been_applied
    assert e.InternalServerError().status_code == 500
    assert e.APIStatusError().may_have_been_applied
    for status, error in {
        400: e.BadRequestError,
        401: e.AuthenticationError,
        403: e.PermissionDeniedError,
        404: e.NotFoundError,
        409: e.ConflictError,
        422: e.UnprocessableEntityError,
        429: e.RateLimitError,
    }.items():
        assert error().status_code == error("message").status_code == status
        assert not error().may_have_been_applied
        assert issubclass(error, e.APIStatusError)
