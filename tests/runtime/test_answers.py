"""What is read from an answer and said of it, by the client's methods and by generated functions."""

from __future__ import annotations

import inspect
import json
import re
from http import HTTPStatus
from traceback import TracebackException
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import enkrypt_api_client as e
from enkrypt_api_client.models import ModelRequestObject, ModifyModelResponseObject
from tests.required import OPERATION, config_fields, modify_model
from tests.runtime.drivers import REQUEST, SENTINEL, SLOW, Driver
from tests.runtime.loopback import (
    DONE,
    Serve,
    Server,
    echoes,
    hangs,
    keeps,
    reply,
    says,
    then,
)

NAME = OPERATION


def test_an_answer_that_cannot_be_used_is_kept(server: Server, driver: Driver) -> None:
    server.serve = keeps(reply(200, b"[]"))
    response = driver.call(server.url).error.response
    assert (response.status_code, response.content) == (200, b"[]")


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
    server: Server, driver: Driver, headers: Any, body: bytes, expected: str | None
) -> None:
    server.serve = keeps(reply(500, body, *headers))
    error = driver.call(server.url).error
    assert error.request_id == expected
    assert expected is None or expected in str(error)


GATEWAY = b"<html><head><title>502 Bad\nGateway</title></head><body>long</body>"
DETAIL = b'{"detail": [{"msg": "no", "message": "port  is\\nmissing"}]}'
SAID: list[tuple[int, bytes, str]] = [
    (400, b'{"message": "model_config is wrong"}', ': "model_config is wrong"'),
    (400, DETAIL, ': "port is missing"'),
    (400, b'{"error": {"code": 5, "message": "bad"}}', ': "bad"'),
    (400, b'{"error": "key s3ntinel-Zq9 is unknown"}', ': "key *** is unknown"'),
    (400, b'{"message": "%s"}' % (b"x" * 300), f': "{"x" * 197}..."'),
    (400, b'["first", "second"]', ': "first"'),
    (404, b"{}", ' for model "Old", version "v1"'),
    (500, b'{"a": 1}', ""),
    (502, GATEWAY, ': "502 Bad Gateway"'),
]


@pytest.mark.parametrize(("status", "body", "words"), SAID)
def test_a_status_error_quotes_the_service_and_says_what_that_means(
    server: Server, driver: Driver, status: int, body: bytes, words: str
) -> None:
    server.serve = keeps(reply(status, body))
    told = str(driver.call(server.url, arguments={"current_name": "Old"}).error)
    advice = "Nothing was changed." if status < 500 else "The change may have been"
    assert told.startswith(f"{NAME}: the service answered {status}{words}. {advice}")


@pytest.mark.parametrize("form", ["json", "nested", "text", "pretty"])
def test_secrets_that_need_escaping_are_masked_too(
    server: Server, driver: Driver, form: str
) -> None:
    hard = 'a"b\\c/d\ne<f>&g ü 😀'
    deep = "[" * 900 + "]" * 900  # is searched for secrets of its own
    config = config_fields(model_provider="custom", apikeys=[hard, deep])
    server.serve = echoes(400, form)
    error = driver.call(server.url, {**REQUEST, "model_config": config}).error
    assert "***" in repr(error.body)
    assert "c/d" not in repr(error.body)
    assert "Test Model" in repr(error.body)


def test_a_traceback_with_local_variables_shows_no_secret(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(400))
    model = ModelRequestObject.from_dict(REQUEST)
    with (
        driver.client(server.url) as client,
        pytest.raises(e.BadRequestError) as caught,
    ):
        driver.wait(client.modify_model(model))
    told = TracebackException.from_exception(caught.value, capture_locals=True)
    assert SENTINEL not in "".join(told.format())


def test_one_log_record_an_attempt_says_what_happened_and_no_more(
    server: Server, driver: Driver
) -> None:
    busy = keeps(reply(429, b"secret", "Retry-After: 0", "X-Request-Id: r-1"))
    server.serve = then(busy, server.serve)
    said = driver.call(server.url, max_retries=1).said
    ours = [r.partition(" (")[0] for r in said if r.startswith("PATCH /")]
    assert len(ours) == 2
    for record, told in zip(ours, ("429, attempt 1", "200, attempt 2"), strict=True):
        assert re.fullmatch(rf"{NAME}: {told}, \d\.\d+ s, request id r-1", record)


def test_the_detailed_answer_holds_status_headers_content_and_its_own_request_id(
    server: Server, driver: Driver
) -> None:
    other = keeps(reply(200, b'{"request_id": "of the body"}'))
    server.serve = then(server.serve, other, keeps(reply(200, DONE)))
    with driver.client(server.url) as client:
        first, second, third = (
            driver.wait(client.modify_model_detailed(REQUEST)) for _ in range(3)
        )
    assert first.status_code is HTTPStatus.OK
    assert first.headers["X-Request-Id"] == first.headers["x-request-id"] == "r-1"
    assert first.content == DONE
    assert first.parsed == ModifyModelResponseObject.from_dict(json.loads(DONE))
    assert first.request_id == "r-1"
    assert second.request_id == "of the body"
    assert third.request_id is None


ARGUMENTS: dict[str, Any] = {
    "body": ModelRequestObject.from_dict(REQUEST),
    "x_enkrypt_model": "Test Model",
    "x_enkrypt_model_version": "v1",
}


def generated(driver: Driver, server: Server, **options: Any) -> Any:
    """Call the generated function itself, through the client's `api`."""
    function = modify_model.asyncio if driver.prefix else modify_model.sync
    work = lambda client: function(client=client.api, **ARGUMENTS)  # noqa: E731
    return driver.use(server.url, work, **options)


def test_an_answer_that_a_generated_function_cannot_read_is_no_fault_of_the_request(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(200, b'{"message": "done", "data": "abc"}'))
    with pytest.raises(e.ResponseDecodeError, match="data: expected object") as caught:
        generated(driver, server)
    assert caught.value.may_have_been_applied
    assert caught.value.response is not None
    assert caught.value.response.status_code == 200


def test_generated_functions_send_the_key_and_retry_as_the_client_does(
    server: Server, driver: Driver
) -> None:
    busy = keeps(reply(429, b"{}", "Retry-After: 0"))
    server.serve = then(busy, server.serve)
    assert generated(driver, server, max_retries=1).message == "done"
    assert server.requests[0] == server.requests[1]
    key = f"\r\napikey: {SENTINEL}\r\n".encode()
    assert server.requests[0].replace(b"Apikey", b"apikey").count(key) == 1


@pytest.mark.parametrize(
    ("serve", "options"),
    [
        (hangs(), SLOW),
        (says(), {}),
        (echoes(404, "nested"), {}),
        (keeps(reply(520)), {}),
        (keeps(reply(302)), {}),
    ],
)
def test_generated_functions_raise_what_the_client_raises(
    server: Server, driver: Driver, serve: Serve, options: Any
) -> None:
    server.serve = serve
    with pytest.raises(e.EnkryptError) as caught:
        generated(driver, server, **options)
    error = driver.call(server.url, **options).error
    assert type(caught.value) is type(error)
    assert caught.value.may_have_been_applied is error.may_have_been_applied
    assert SENTINEL not in repr(caught.value) + repr(vars(caught.value))


def test_the_key_goes_to_no_other_host(server: Server, driver: Driver) -> None:
    server.serve = keeps(reply(404))
    with driver.client(server.url) as client:
        of = "get_async_httpx_client" if driver.prefix else "get_httpx_client"
        own = getattr(client.api, of)()
        with pytest.raises(e.InvalidRequestError, match=r"127\.0\.0\.1"):
            driver.wait(own.get("http://localhost:9/"))
        with pytest.raises(e.NotFoundError):
            driver.wait(own.get("/absent"))


def test_generated_functions_need_the_client_of_their_kind_and_say_so(
    server: Server, driver: Driver
) -> None:
    other = modify_model.sync if driver.prefix else modify_model.asyncio
    named = f"need the .api of an {'' if driver.prefix else '.*Async'}EnkryptClient"
    with (
        driver.client(server.url) as client,
        pytest.raises(e.InvalidRequestError, match=named),
    ):
        driver.runner.run(awaited(other, client=client.api, **ARGUMENTS))
    assert server.requests == []


async def awaited(function: Any, **arguments: Any) -> Any:
    result = function(**arguments)
    return await result if hasattr(result, "__await__") else result


def test_a_client_that_is_derived_from_the_api_keeps_the_policy(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(429, b"{}", "Retry-After: 0"))
    function = modify_model.asyncio if driver.prefix else modify_model.sync
    with driver.client(server.url, max_retries=1) as client:
        derived = client.api.with_headers({"X-More": "1"})
        derived = derived.with_timeout(httpx.Timeout(20.0))
        with pytest.raises(e.RateLimitError):
            driver.wait(function(client=derived, **ARGUMENTS))
    assert len(server.requests) == 2
    assert server.sent().headers()["x-more"] == "1"
    assert server.sent().headers()["apikey"] == SENTINEL


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


@pytest.mark.parametrize("own", [False, True], ids=["pooled", "own client"])
def test_any_bytes_on_the_wire_become_a_typed_result_or_an_error_of_the_tree(
    server: Server, driver: Driver, own: bool
) -> None:
    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(st.just(200) | st.integers(100, 999), HEADERS, BODIES, st.booleans())
    def check(status: int, headers: dict[str, str], body: bytes, whole: bool) -> None:
        lines = [f"{name}: {value}" for name, value in headers.items()]
        length = len(body) + (0 if whole else 3)
        server.serve = says(reply(status, body, *lines, length=length))
        client = driver.http_client(verify=False) if own else None
        outcome = driver.call(server.url, http_client=client)
        if outcome.error is None:
            assert status == 200
            assert type(outcome.result) is ModifyModelResponseObject
        else:
            assert isinstance(outcome.error, e.EnkryptError)
            assert outcome.error.__cause__ is outcome.error.__context__ is None
            assert outcome.error.may_have_been_applied or 300 <= status <= 499

    check()


def test_a_404_of_an_address_that_is_not_the_documents_names_it(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve = keeps(reply(404, b"{}"))
    monkeypatch.setenv("ENKRYPTAI_BASE_URL", f"{server.url}/v2/")
    advice = (
        "Check the names in the call, and the environment variable ENKRYPTAI_BASE_URL, "
        f"which is {server.url}/v2."
    )
    with pytest.raises(e.NotFoundError) as caught:
        driver.use(None, lambda client: client.modify_model(REQUEST))
    assert str(caught.value).endswith(advice)


def test_a_404_of_the_documents_own_server_names_no_address(driver: Driver) -> None:
    own = driver.http_client(
        transport=httpx.MockTransport(lambda request: httpx.Response(404))
    )
    with pytest.raises(e.NotFoundError, match=r"Check the names in the call\.$"):
        driver.use(None, lambda client: client.modify_model(REQUEST), http_client=own)


@pytest.mark.parametrize("status", [404, 409])
def test_a_404_or_409_of_call_names_what_was_addressed(
    server: Server, driver: Driver, status: int
) -> None:
    server.serve = keeps(reply(status, b"{}"))
    names = {"x_enkrypt_model": "Blue Model", "x_enkrypt_model_version": "v9"}

    def call(client: Any) -> Any:
        return client.call(modify_model, body=REQUEST, **names)

    with pytest.raises(e.APIStatusError) as caught:
        driver.use(server.url, call)

    arguments = inspect.signature(modify_model.sync).parameters
    named = ", ".join(
        f'{name} "{value}"'
        for name, value in names.items()
        if arguments[name].default is inspect.Parameter.empty  # required
    )
    assert 'x_enkrypt_model "Blue Model"' in named
    assert f"answered {status} for {named}" in str(caught.value)


@pytest.mark.parametrize(
    ("content_type", "content", "words"),
    [
        ("text/html; charset=utf-8", b"<html>\n <p>hi", 'is text/html and begins "<h'),
        ("image/png", b"\x89PNG\xff\xfe\x00", "It is image/png. "),
        ("", b"plain words", 'It begins "plain words".'),
    ],
)
def test_an_answer_that_cannot_be_used_is_described(
    server: Server, driver: Driver, content_type: str, content: bytes, words: str
) -> None:
    headers = [f"Content-Type: {content_type}"] if content_type else []
    server.serve = keeps(reply(200, content, *headers))

    error = driver.call(server.url).error

    assert isinstance(error, e.ResponseDecodeError)
    assert words in str(error)


def test_the_beginning_of_an_answer_that_cannot_be_used_shows_no_secret(
    server: Server, driver: Driver
) -> None:
    content = f"<html>{SENTINEL} {'x' * 70} {SENTINEL}".encode()
    server.serve = keeps(reply(200, content, f"Content-Type: text/{SENTINEL}"))

    error = driver.call(server.url).error

    assert "begins" in str(error)
    assert SENTINEL[:6] not in str(error)
