"""Arguments that can't be used are refused by the constructor, or before anything is sent; none is repeated in a message."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import httpx
import pytest

import enkrypt_api_client as e
from tests.required import config_fields, modify_model
from tests.runtime.drivers import REQUEST, SENTINEL, Driver
from tests.runtime.kinds import NAME, Service, module
from tests.runtime.loopback import Server, keeps, reply

NAN, INFINITE = float("nan"), float("inf")
BAD_TIMEOUTS: list[Any] = [
    httpx.Timeout(NAN),
    httpx.Timeout(-1),
    httpx.Timeout("5"),  # type: ignore[arg-type]
    httpx.Timeout(5.0, read=INFINITE),
    httpx.Timeout(5.0, connect=True),
    httpx.Timeout(0),
    *(NAN, INFINITE, -1, 0, True, "5", 10**400, [5], (1, 2), {"read": 1}),
]


@pytest.mark.parametrize("timeout", BAD_TIMEOUTS)
def test_time_limits_are_checked_when_they_are_given(
    driver: Driver, timeout: Any
) -> None:
    with pytest.raises(e.ConfigurationError, match="timeout"):
        driver.client_class("key", timeout=timeout)
    client = driver.client_class("key")
    with pytest.raises(e.ConfigurationError, match="timeout"):
        client.with_options(timeout=timeout)


@pytest.mark.parametrize("flag", ["no", 0, None])
def test_whether_to_repeat_in_doubt_is_true_or_false(
    server: Server, driver: Driver, flag: Any
) -> None:
    words = "retry_ambiguous must be True or False"
    with driver.client(server.url) as client:
        with pytest.raises(e.InvalidRequestError, match=words):
            driver.wait(client.modify_model(REQUEST, retry_ambiguous=flag))
        with pytest.raises(e.InvalidRequestError, match=words):
            driver.wait(client.request("GET", "/anything", retry_ambiguous=flag))
    assert server.requests == []


def test_time_limits_without_an_end_are_taken_step_by_step(
    server: Server, driver: Driver
) -> None:
    limits = httpx.Timeout(None, connect=3)
    assert driver.call(server.url, timeout=limits).result.message == "done"


@pytest.mark.parametrize("seconds", [NAN, -1, 0, True, "9", 10**400, None])
def test_the_total_time_limit_is_checked(driver: Driver, seconds: Any) -> None:
    with pytest.raises(e.ConfigurationError, match="total_timeout"):
        driver.client_class("key", total_timeout=seconds)


@pytest.mark.parametrize(
    "headers", [[("X-A", "b")], ("X-A",), "X-A: b", 5, {5: "b"}, {"X-A": 5}]
)
def test_headers_are_a_mapping_of_texts(driver: Driver, headers: Any) -> None:
    with pytest.raises(e.ConfigurationError, match="default_headers"):
        driver.client_class("key", default_headers=headers)
    with pytest.raises(e.ConfigurationError, match="extra_headers"):
        driver.client_class("key").with_options(extra_headers=headers)


@pytest.mark.parametrize("value", ["false", 0, None])
def test_the_opt_in_to_unencrypted_http_is_true_or_false(
    driver: Driver, value: Any
) -> None:
    with pytest.raises(e.ConfigurationError, match="allow_insecure_http"):
        driver.client_class("key", allow_insecure_http=value)


KEYS: list[Any] = [
    ("someone", SENTINEL),
    (SENTINEL,),
    ["someone", SENTINEL],
    f"{SENTINEL}\r\nX-Evil: 1",
    f"{SENTINEL}\x00",
    f"{SENTINEL} two",
    {"apiKeyAuth": ("someone", SENTINEL)},
    {"apiKeyAuth": 5},
    {"other": SENTINEL},
    {5: SENTINEL},
    SENTINEL.encode(),
]


@pytest.mark.parametrize("key", KEYS)
def test_what_is_no_key_is_refused_where_a_key_is_wanted(
    driver: Driver, key: Any
) -> None:
    with pytest.raises(e.ConfigurationError) as caught:
        driver.client_class(key)
    assert SENTINEL not in str(caught.value)
    assert "someone" not in str(caught.value)


PAIRS: list[Any] = [
    ("user", f"{SENTINEL}\r\nX-Evil: 1"),
    ("user", f"{SENTINEL}\x7f"),
    ("user", f"{SENTINEL}\x85"),
    ("us\ner", SENTINEL),
    ("us:er", SENTINEL),
    ("user", f"{SENTINEL}\ud800"),
    ("user", 5),
    ("user", SENTINEL, "more"),
]


@pytest.mark.parametrize("pair", PAIRS)
def test_user_and_password_hold_no_control_characters(
    driver: Driver, pair: Any, package: Any
) -> None:
    with pytest.raises(package.ConfigurationError) as caught:
        driver.of(package)({"basic": pair, "key": "k"})
    assert SENTINEL not in str(caught.value)


def test_user_and_password_are_taken_where_they_are_wanted(
    service: Service, driver: Driver, package: Any
) -> None:
    operation = module(f"{NAME}.api.keys.basic")
    key = {"basic": ("üser", "pä:ss"), "key": "k"}
    driver.use(service.url, lambda c: c.call(operation), package=package, api_key=key)
    (seen,) = service.seen
    assert seen["headers"]["authorization"] == "Basic w7xzZXI6cMOkOnNz"


HEADERS = ["a\r\nX-Evil: 1", "a\nb", "a\x00b", " a", "a\r"]


@pytest.mark.parametrize("value", HEADERS)
@pytest.mark.parametrize("way", ["call", "api", "own header of the api"])
def test_nothing_can_add_a_header(
    server: Server, driver: Driver, value: str, way: str
) -> None:
    names = {"x_enkrypt_model": value, "x_enkrypt_model_version": "v"}
    function = modify_model.asyncio if driver.prefix else modify_model.sync

    def work(client: Any) -> Any:
        if way == "call":
            return client.call(modify_model, body=REQUEST, **names)
        if way == "api":
            return function(client=client.api, body=REQUEST, **names)
        of = "get_async_httpx_client" if driver.prefix else "get_httpx_client"
        return getattr(client.api, of)().get("/x", headers={"X-A": value})

    with pytest.raises(e.InvalidRequestError):
        driver.use(server.url, work)
    assert server.requests == []


@pytest.mark.parametrize("media_type", ["a/b\r\nX-Evil: 1", "a/b\n", "a b", "ä/b", ""])
def test_a_file_can_add_no_header(
    service: Service, driver: Driver, media_type: str, package: Any
) -> None:
    types = module(f"{NAME}.types")
    file = types.File(io.BytesIO(b"x"), "name", media_type)
    upload = module(f"{NAME}.api.bodies.upload")
    blob = module(f"{NAME}.api.bodies.put_blob")
    with driver.client(service.url, package) as client:
        if media_type:
            with pytest.raises(package.InvalidRequestError):
                driver.wait(client.call(upload, body={"file": file}))
            with pytest.raises(package.InvalidRequestError):
                driver.wait(client.call(blob, body=file))
        own = ("name", b"x", "text/plain", {"X-A": "b\r\nX-Evil: 1"})
        with pytest.raises(package.InvalidRequestError):
            driver.wait(client.call(upload, body={"file": own}))
    assert service.seen == []


NAIVE = datetime.datetime(2020, 1, 1, 12)  # noqa: DTZ001
AWARE = NAIVE.replace(tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (lambda m: m.Moment(at=NAIVE), "at"),
        (lambda m: {"at": NAIVE}, "at"),
        (lambda m: {"at": "2020-01-01T12:00:00"}, "at"),
        (lambda m: m.Moment(others=[AWARE, NAIVE]), "others[1]"),
    ],
)
def test_a_moment_without_its_offset_is_not_sent(
    service: Service, driver: Driver, body: Any, path: str, package: Any
) -> None:
    operation = module(f"{NAME}.api.things.put_moment")
    with (
        driver.client(service.url, package) as client,
        pytest.raises(package.InvalidRequestError, match="offset") as caught,
    ):
        driver.wait(client.call(operation, body=body(package.models)))
    assert [at for at, _ in caught.value.problems] == [path]
    assert service.seen == []


def test_a_parameter_without_its_offset_is_not_sent(
    service: Service, driver: Driver, package: Any
) -> None:
    operation = module(f"{NAME}.api.things.put_moment")
    with (
        driver.client(service.url, package) as client,
        pytest.raises(package.InvalidRequestError, match=r"since: .*offset"),
    ):
        driver.wait(client.call(operation, body={}, since=NAIVE))
    assert service.seen == []


@pytest.mark.parametrize(
    "at", [AWARE, "2020-01-01T12:00:00Z", "2020-01-01t12:00:00.123456789+05:30"]
)
def test_a_moment_with_its_offset_is_sent_and_other_formats_are_not_checked(
    service: Service, driver: Driver, at: Any, package: Any
) -> None:
    operation = module(f"{NAME}.api.things.put_moment")
    body = {"at": at, "mail": "no address"}
    work = lambda c: c.call(operation, body=body, since=at)  # noqa: E731
    driver.use(service.url, work, package=package)
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    "body", [{"Bad": 1}, {"toolongname": 1}, {"ok": "x"}, {"Bad": 1, "ok": "x"}]
)
def test_names_that_the_document_refuses_are_named_and_no_hint_raises(
    service: Service, driver: Driver, body: Any, package: Any
) -> None:
    operation = module(f"{NAME}.api.things.put_labels")
    with (
        driver.client(service.url, package) as client,
        pytest.raises(package.InvalidRequestError) as caught,
    ):
        driver.wait(client.call(operation, body=body))
    assert caught.value.problems
    assert service.seen == []
    driver.use(
        service.url, lambda c: c.call(operation, body={"good": 1}), package=package
    )
    assert len(service.seen) == 1


@pytest.mark.parametrize("way", ["call", "api"])
def test_json_is_written_in_the_charset_that_the_document_declares(
    service: Service, driver: Driver, way: str, package: Any
) -> None:
    text = '{"job":"Größe"}'
    for name, codec in (("put_wide", "utf-16"), ("put_narrow", "iso-8859-1")):
        operation = module(f"{NAME}.api.things.{name}")
        function = operation.asyncio if driver.prefix else operation.sync
        with driver.client(service.url, package) as client:
            body = {"job": "Größe"}
            if way == "call":
                driver.wait(client.call(operation, body=body))
            else:
                driver.wait(function(client=client.api, body=body))
        seen = service.seen.pop()
        assert seen["body"].decode(codec).replace(" ", "") == text
        assert f"charset={codec}" in seen["headers"]["content-type"]
        assert seen["headers"]["content-length"] == str(len(seen["body"]))


def test_json_that_has_no_place_in_the_declared_charset_is_not_sent(
    service: Service, driver: Driver, package: Any
) -> None:
    operation = module(f"{NAME}.api.things.put_narrow")
    with (
        driver.client(service.url, package) as client,
        pytest.raises(package.InvalidRequestError, match="charset iso-8859-1"),
    ):
        driver.wait(client.call(operation, body={"job": "東京"}))
    assert service.seen == []


# A client without credentials, for what needs none.


@pytest.mark.parametrize("variable", [None, ""])
def test_a_client_without_a_key_calls_what_needs_none(
    server: Server,
    driver: Driver,
    package: Any,
    monkeypatch: pytest.MonkeyPatch,
    variable: str | None,
) -> None:
    monkeypatch.delenv("ENKRYPTAI_API_KEY", raising=False)
    if variable is not None:
        monkeypatch.setenv("ENKRYPTAI_API_KEY", variable)
    server.serve = keeps(reply(204))
    open_door = module(f"{NAME}.api.keys.open_door")
    locked = module(f"{NAME}.api.keys.bearer")
    with driver.client(server.url, package, api_key=None) as client:
        assert driver.wait(client.call(open_door)) is None
        with pytest.raises(package.ConfigurationError, match=r"api_key=.*ENKRYPTAI"):
            driver.wait(client.call(locked))
    (request,) = server.requests
    assert b"authorization" not in request.lower()
    assert b"x-key" not in request.lower()


def test_a_client_whose_document_wants_a_key_everywhere_is_not_made_without_one(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ENKRYPTAI_API_KEY", raising=False)
    monkeypatch.delenv("ENKRYPT_API_KEY", raising=False)
    with pytest.raises(e.ConfigurationError, match="no API key"):
        driver.client_class()


NEWER: dict[str, Any] = {
    **REQUEST,
    "model_config": config_fields(model_provider="tomorrow", tools="of a new form"),
}


def test_without_the_check_a_body_is_sent_that_the_document_does_not_allow(
    server: Server, driver: Driver
) -> None:
    with driver.client(server.url) as client:
        with pytest.raises(e.InvalidRequestError, match="model_provider"):
            driver.wait(client.modify_model(NEWER))
        unchecked = client.with_options(check_body=False)
        assert driver.wait(unchecked.modify_model(NEWER)).message == "done"
    (request,) = server.requests
    assert json.loads(request.partition(b"\r\n\r\n")[2]) == NEWER


def test_without_the_check_of_bodies_the_rest_is_checked(
    server: Server, driver: Driver
) -> None:
    with driver.client(server.url) as client:
        unchecked = client.with_options(check_body=False)
        with pytest.raises(e.InvalidRequestError, match="finite number"):
            driver.wait(unchecked.modify_model({**NEWER, "more": NAN}))
        with pytest.raises(e.InvalidRequestError, match="current_name"):
            driver.wait(unchecked.modify_model(NEWER, current_name="a\nb"))
        words = "modify-model: model_saved_name: is required"
        with pytest.raises(e.InvalidRequestError, match=words):
            driver.wait(unchecked.modify_model({}))
        with pytest.raises(e.ConfigurationError, match="check_body"):
            client.with_options(check_body="no")
    assert server.requests == []


def test_without_the_check_the_secrets_of_a_body_are_masked(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(400, SENTINEL.encode()))
    config = config_fields(model_provider="tomorrow", apikeys=[SENTINEL])
    with driver.client(server.url, api_key="key") as client:
        unchecked = client.with_options(check_body=False)
        with pytest.raises(e.BadRequestError) as caught:
            driver.wait(unchecked.modify_model({**REQUEST, "model_config": config}))
    assert SENTINEL not in f"{caught.value}{caught.value.body}"
