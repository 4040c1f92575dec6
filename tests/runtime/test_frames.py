"""What error trackers see: no local variable of a frame that an exception keeps alive holds a key or a body."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

import enkrypt_api_client as e
from enkrypt_api_client.models import ModelRequestObject
from tests.required import modify_model
from tests.runtime.drivers import REQUEST, SENTINEL, Driver
from tests.runtime.kinds import NAME, module
from tests.runtime.loopback import Server, hangs, keeps, reply, says

HERE = ("tests.", "_pytest", "pytest")
TEXTS = [b"", b'{"message": "no"}']


class Planted(Exception):
    """What a signal handler raises."""


def chained(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and all that it keeps alive."""
    pending = [error]
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        pending += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            pending += one.exceptions


def shown(error: BaseException) -> str:
    """The local variables of all frames below the test's own, as an error tracker prints them."""
    words = []
    for one in chained(error):
        words += [str(one), repr(one), repr(one.args), repr(vars(one))]
        traceback = one.__traceback__
        while traceback is not None:
            frame = traceback.tb_frame
            if not frame.f_globals.get("__name__", "").startswith(HERE):
                words += [frame.f_code.co_name, repr(dict(frame.f_locals))]
            traceback = traceback.tb_next
    return "\n".join(words)


def assert_quiet(error: BaseException) -> None:
    told = shown(error)
    assert SENTINEL not in told, told[max(0, told.index(SENTINEL) - 500) :][:1000]


def bodies() -> list[Any]:
    return [REQUEST, ModelRequestObject.from_dict(REQUEST)]


def calls(driver: Driver) -> dict[str, Callable[[Any, Any], Any]]:
    """Every way to send the body, by name."""
    names = {"x_enkrypt_model": "n", "x_enkrypt_model_version": "v"}
    function = modify_model.asyncio if driver.prefix else modify_model.sync
    detailed: Any = modify_model.sync_detailed
    if driver.prefix:
        detailed = modify_model.asyncio_detailed
    return {
        "modify_model": lambda client, body: client.modify_model(body),
        "detailed": lambda client, body: client.modify_model_detailed(body),
        "call": lambda client, body: client.call(modify_model, body=body, **names),
        "call_detailed": lambda client, body: client.call_detailed(
            modify_model, body=body, **names
        ),
        "request": lambda client, body: client.request(
            "PATCH", "/models/modify-model", body=body
        ),
        "api": lambda client, body: function(client=client.api, body=body, **names),
        "api detailed": lambda client, body: detailed(
            client=client.api, body=body, **names
        ),
    }


WAYS = [
    "modify_model", "detailed", "call", "call_detailed", "request",
    "api", "api detailed",
]  # fmt: skip


def raised(driver: Driver, client: Any, work: Callable[[], Any]) -> BaseException:
    """What some work raises, whatever it is."""
    try:
        driver.wait(work())
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def raised_or_none(work: Callable[[], Any]) -> BaseException | None:
    """What some work raises, whatever it is."""
    try:
        work()
    except BaseException as error:
        return error
    return None


@pytest.mark.parametrize("own", [False, True], ids=["pooled", "own client"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", [keeps(reply(400, TEXTS[1])), says()])
def test_an_error_keeps_no_frame_with_a_secret(
    server: Server, driver: Driver, way: str, own: bool, fault: Any
) -> None:
    server.serve = fault
    own_client = driver.http_client() if own else None
    with driver.client(server.url, http_client=own_client) as client:
        for body in bodies():
            error = raised(driver, client, lambda: calls(driver)[way](client, body))  # noqa: B023
            assert isinstance(error, e.EnkryptError)
            assert_quiet(error)


@pytest.mark.parametrize("way", WAYS[:3])
def test_a_refused_request_keeps_no_frame_with_a_secret(
    driver: Driver, way: str
) -> None:
    wrong = {**REQUEST, "model_version": 5}
    with driver.client("http://127.0.0.1:9") as client:
        error = raised(driver, client, lambda: calls(driver)[way](client, wrong))
        assert isinstance(error, e.InvalidRequestError)
        assert_quiet(error)


@pytest.mark.parametrize("driver", ["Async"], ids=["async"], indirect=True)
@pytest.mark.parametrize("own", [False, True], ids=["pooled", "own client"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("ended_by", ["timeout", "wait_for", "cancel"])
def test_a_call_that_the_caller_ends_keeps_no_frame_with_a_secret(
    server: Server, driver: Driver, way: str, own: bool, ended_by: str
) -> None:
    server.serve = hangs()
    own_client = driver.http_client() if own else None

    async def end(work: Callable[[], Any]) -> Any:
        if ended_by == "timeout":
            async with asyncio.timeout(0.2):
                return await work()
        if ended_by == "wait_for":
            return await asyncio.wait_for(work(), 0.2)
        task = asyncio.ensure_future(work())
        await asyncio.sleep(0.2)
        task.cancel()
        return await task

    with driver.client(server.url, http_client=own_client) as client:
        body = bodies()[1]
        work = lambda: end(lambda: calls(driver)[way](client, body))  # noqa: E731
        error = raised(driver, client, work)
        assert isinstance(error, TimeoutError | asyncio.CancelledError)
        assert_quiet(error)


# The interpreter swallows what is raised in a finalizer.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("driver", [""], ids=["sync"], indirect=True)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", [Planted, KeyboardInterrupt])
def test_an_exception_of_a_signal_handler_passes_and_keeps_no_frame_with_a_secret(
    server: Server, driver: Driver, way: str, kind: type[BaseException]
) -> None:
    planted = kind("soft time limit")
    body = bodies()[1]
    reached = 0

    send = calls(driver)[way]
    with driver.client(server.url) as client:
        client.modify_model(body)
        for point in range(60, 900, 83):
            points = 0

            def profile(frame: Any, event: str, argument: Any) -> None:
                nonlocal points, reached
                if event in ("call", "c_return"):
                    points += 1
                    if points == point:  # noqa: B023
                        sys.setprofile(None)
                        reached += 1
                        raise planted

            def work() -> Any:
                sys.setprofile(profile)
                try:
                    return send(client, body)
                finally:
                    sys.setprofile(None)

            error = raised_or_none(work)
            if error is not None:
                assert error is planted
                assert_quiet(error)
    assert reached > 3


def test_a_stream_keeps_no_frame_with_a_secret(
    server: Server, driver: Driver, package: Any
) -> None:
    operation = module(f"{NAME}.api.streams.get_events")

    async def read_async(client: Any) -> None:
        async with client.stream(operation) as items:
            async for _ in items:
                pass

    def read(client: Any) -> Any:
        if driver.prefix:
            return read_async(client)
        with client.stream(operation) as items:
            return [*items]

    events = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    echo = f"X-Echo: {SENTINEL}\r\n".encode()
    chunk = b"Transfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n"
    faults = [keeps(reply(401)), says(events + echo + chunk), says(reply(200))]
    for fault in faults:
        server.serve = fault
        with driver.client(server.url, package) as client:
            error = raised(driver, client, lambda: read(client))
        assert isinstance(error, package.EnkryptError)
        assert_quiet(error)


@pytest.mark.parametrize(
    "arguments",
    [
        {"api_key": f"{SENTINEL} with a blank"},
        {"api_key": (SENTINEL, 5)},
        {"api_key": SENTINEL, "base_url": f"http://user:{SENTINEL}@host"},
        {"api_key": SENTINEL, "timeout": "x"},
        {"api_key": SENTINEL, "http_client": object()},
        {"api_key": SENTINEL, "default_headers": {"X-A": f"{SENTINEL}\n"}},
    ],
)
def test_an_error_of_the_constructor_keeps_no_frame_with_a_secret(
    driver: Driver, arguments: dict[str, Any]
) -> None:
    with pytest.raises(e.ConfigurationError) as caught:
        driver.client_class(**arguments)
    assert_quiet(caught.value)


def test_a_bad_proxy_keeps_no_frame_with_its_password(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", f"gopher://u:{SENTINEL}@127.0.0.1:9")
    with pytest.raises(e.ConfigurationError) as caught:
        driver.client_class(SENTINEL, base_url="https://service.example")
    assert_quiet(caught.value)


def test_options_of_a_view_keep_no_frame_with_a_secret(driver: Driver) -> None:
    client = driver.client_class("k")
    with pytest.raises(e.ConfigurationError) as caught:
        client.with_options(extra_headers={"X-Token": f"{SENTINEL} "})
    assert_quiet(caught.value)


def test_an_exception_that_was_handled_before_keeps_its_traceback(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(400))
    with driver.client(server.url) as client:
        before = raised_or_none(lambda: int("none"))
        assert before is not None
        try:
            raise before
        except ValueError:
            error = raised(driver, client, lambda: client.modify_model(REQUEST))
    assert error.__cause__ is None
    assert before.__traceback__ is not None


def test_what_a_callers_handler_raises_passes_unchanged(driver: Driver) -> None:
    own = Planted("from a handler of a test")

    def handle(request: httpx.Request) -> httpx.Response:
        raise own

    client_of_caller = driver.http_client(transport=httpx.MockTransport(handle))
    with driver.client("http://127.0.0.1:9", http_client=client_of_caller) as client:
        error = raised(driver, client, lambda: client.modify_model(bodies()[1]))
        assert error is own
        assert_quiet(error)
