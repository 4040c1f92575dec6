"""What an application can see of its calls: log records, `ENKRYPTAI_LOG`, and hooks."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

import enkrypt_api_client as e
from enkrypt_api_client import RequestEvent, ResponseEvent
from tests.docs.pages import README
from tests.required import OPERATION, PATH
from tests.runtime.drivers import REQUEST, SENTINEL, Driver
from tests.runtime.loopback import (
    DONE,
    Serve,
    Server,
    hangs,
    keeps,
    reply,
    resets,
    says,
    then,
)

PATCH = OPERATION
BUSY = reply(429, b"{}", "Retry-After: 1", "X-Request-Id: r-7")


def records_of(
    server: Server, driver: Driver, level: int, **options: Any
) -> list[logging.LogRecord]:
    driver.log.clear()
    with driver.log.at_level(level, logger="enkrypt_api_client"):
        driver.use(server.url, lambda c: c.modify_model(REQUEST), **options)
    return [r for r in driver.log.records if r.name == "enkrypt_api_client"]


def test_a_record_names_what_is_addressed_and_the_pause_before_a_retry(
    server: Server, driver: Driver
) -> None:
    server.serve = then(keeps(BUSY), keeps(reply(200, DONE)))

    first, second = records_of(server, driver, logging.INFO, max_retries=1)

    assert first.levelno == logging.WARNING
    assert second.levelno == logging.INFO
    message = first.getMessage()
    assert message.startswith(f"{PATCH}: 429, attempt 1, ")
    assert '(model "Test Model", version "v1"; trying again in 1' in message
    assert "trying again" not in second.getMessage()


def test_a_name_of_any_length_fills_no_record_and_no_message(
    server: Server, driver: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    server.serve = keeps(reply(404, b"{}"))
    with caplog.at_level(logging.INFO, "enkrypt_api_client"):
        error = driver.call(
            server.url, {**REQUEST, "model_saved_name": "n" * 9000}
        ).error
    assert f'model "{"n" * 100}", version' in str(error)
    assert all(len(text) < 1000 for text in (str(error), *caplog.messages))


def test_a_record_has_fields_for_structured_logs(
    server: Server, driver: Driver
) -> None:
    server.serve = then(keeps(BUSY), keeps(reply(200, DONE)))

    first: Any
    first, _ = records_of(server, driver, logging.INFO, max_retries=1)

    assert first.http_method == "PATCH"
    assert first.http_path == PATH
    assert first.http_status == 429
    assert first.attempt == 1
    assert first.request_id == "r-7"
    assert first.addressed == 'model "Test Model", version "v1"'
    assert first.retry_after >= 1.0
    assert first.seconds >= 0.0


@pytest.mark.parametrize(
    ("serve", "result"),
    [
        (resets(), "no answer: Connection reset by peer, attempt 1"),
        (
            says(reply(200, DONE, length=999)),
            "200 with a body that can't be used: it ends early: the connection was closed, attempt 1",
        ),
        (
            keeps(reply(200, b"")),
            "200 with a body that can't be used: it is empty, att",
        ),
        (keeps(reply(500)), "500, attempt 1"),
    ],
)
def test_a_warning_says_why_there_is_no_usable_answer(
    server: Server, driver: Driver, serve: Serve, result: str
) -> None:
    server.serve = serve
    outcome = driver.call(server.url)
    (message,) = [text for text in outcome.said if text.startswith(f"{PATCH}: ")]
    assert message.startswith(f"{PATCH}: {result}")
    assert "request id" not in message


def test_a_timeout_is_told_in_the_log(server: Server, driver: Driver) -> None:
    server.serve = hangs()
    outcome = driver.call(server.url, timeout=0.2)
    reason = "no answer: the read timeout of 0.2 s ran out"
    assert f"{PATCH}: {reason}, attempt 1, " in "".join(outcome.said)


def test_a_port_that_refuses_is_told_in_the_log(
    unused_port: int, driver: Driver
) -> None:
    outcome = driver.call(f"http://127.0.0.1:{unused_port}")
    assert outcome.said[-1].startswith(f"{PATCH}: no answer: Connection refused, ")


def test_an_answer_that_turns_out_to_be_unreadable_gets_a_warning(
    server: Server, driver: Driver
) -> None:
    body = b'{"data": {"model_config": {"tools": [{"%s": 1}, 5]}}}'
    server.serve = keeps(reply(200, body % SENTINEL.encode()))
    outcome = driver.call(server.url)
    *_, warned = [text for text in outcome.said if text.startswith(f"{PATCH}: ")]
    reason = "data.model_config.tools[1]: expected object"
    assert (
        f"{PATCH}: 200, attempt 1, with a body that can't be used: {reason}" in warned
    )
    assert SENTINEL not in outcome.words()


UNREADABLE = reply(200, b'{"data": {"model_config": {"tools": [5]}}}')


@pytest.mark.parametrize(
    "answer",
    [reply(200, DONE), reply(500), UNREADABLE],
    ids=["success", "failure", "unreadable"],
)
def test_every_record_has_the_attributes_that_the_readme_names(
    server: Server, driver: Driver, answer: bytes
) -> None:
    sentence = README.read_text("utf-8").partition("every record has the\n")[2]
    names = re.findall(r"`(\w+)`", sentence.partition(".")[0])
    formatter = logging.Formatter(" ".join(f"%({name})s" for name in names))
    server.serve = keeps(answer)

    driver.call(server.url)

    lines = [formatter.format(record) for record in driver.log.records]
    assert len(lines) >= 3
    for line in lines:
        assert line.startswith(f"{PATCH} ")


def test_records_are_written_once_where_the_application_writes_them_too(
    server: Server,
    driver: Driver,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ENKRYPTAI_LOG", "info")
    logger = logging.getLogger("enkrypt_api_client")
    monkeypatch.setattr(logger, "handlers", [logging.NullHandler()])
    monkeypatch.setattr(logger, "level", logging.NOTSET)
    monkeypatch.setattr(logging.root, "handlers", [])
    with driver.client(server.url) as client:
        driver.wait(client.modify_model(REQUEST))
        assert capsys.readouterr().err.count(" 200, attempt 1") == 1
        logging.root.addHandler(logging.StreamHandler(sys.stderr))
        driver.wait(client.modify_model(REQUEST))
    assert capsys.readouterr().err.count(" 200, attempt 1") == 1


def test_debug_records_show_headers_by_name_and_masked_bodies(
    server: Server, driver: Driver
) -> None:
    body = b'{"message": "%s", "more": "shown"}' % SENTINEL.encode()
    server.serve = keeps(reply(200, body, f"X-Echo: {SENTINEL}"))

    records = records_of(server, driver, logging.DEBUG)

    messages = "\n".join(record.getMessage() for record in records)
    assert "apikey" in messages
    assert "x-echo" in messages
    assert '"model_provider":"custom"' in messages
    assert '"more": "shown"' in messages
    assert SENTINEL not in messages
    assert SENTINEL not in repr([vars(record) for record in records])


@pytest.mark.parametrize(
    ("value", "levels"),
    [("info", {"INFO"}), ("debug", {"DEBUG", "INFO"}), ("", set())],
)
def test_the_variable_writes_records_to_stderr(
    server: Server, value: str, levels: set[str]
) -> None:
    server.serve = keeps(reply(200, DONE))
    code = f"""
from enkrypt_api_client import EnkryptClient
for _ in range(2):
    with EnkryptClient("planted-key", base_url={server.url!r}) as client:
        client.modify_model({REQUEST})
"""

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "ENKRYPTAI_LOG": value},
        capture_output=True,
        text=True,
        check=True,
    )

    assert {word for word in ("DEBUG", "INFO") if word in done.stderr} == levels
    # One handler, however many clients there are.
    assert done.stderr.count(" 200, attempt 1, ") == (2 if levels else 0)
    assert "planted-key" not in done.stderr


def test_what_a_service_answers_stays_on_one_line_of_the_log(
    server: Server, driver: Driver
) -> None:
    body = "no\n2026-01-01 CRITICAL all is lost\x1b[31m\u202e"
    server.serve = keeps(reply(400, body.encode()))
    driver.log.set_level("DEBUG")
    driver.call(server.url)
    assert all(record.getMessage().isprintable() for record in driver.log.records)


def test_another_value_of_the_variable_is_refused(
    monkeypatch: pytest.MonkeyPatch, driver: Driver
) -> None:
    monkeypatch.setenv("ENKRYPTAI_LOG", "verbose")

    with pytest.raises(e.ConfigurationError, match="ENKRYPTAI_LOG must be info or"):
        driver.of(e)("key")


def test_warnings_of_an_application_without_logging_stay_off_stderr(
    server: Server,
) -> None:
    server.serve = keeps(reply(404, b"{}"))
    code = f"""
from enkrypt_api_client import EnkryptClient, NotFoundError
with EnkryptClient("key", base_url={server.url!r}) as client:
    try:
        client.request("GET", "/a")
    except NotFoundError:
        pass
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def test_hooks_see_each_attempt_before_and_after_it(
    server: Server, driver: Driver
) -> None:
    server.serve = then(keeps(BUSY), keeps(reply(200, DONE)))
    events: list[RequestEvent | ResponseEvent] = []

    driver.use(
        server.url,
        lambda c: c.modify_model(REQUEST),
        max_retries=1,
        on_request=events.append,
        on_response=events.append,
    )

    before, after, second_before, second_after = events
    assert isinstance(before, RequestEvent)
    assert isinstance(second_before, RequestEvent)
    assert isinstance(after, ResponseEvent)
    assert isinstance(second_after, ResponseEvent)
    assert before.url == f"{server.url}{PATH}"
    assert (before.method, before.path) == ("PATCH", PATH)
    assert (before.attempt, second_before.attempt) == (1, 2)
    assert after.request is before
    assert (after.status_code, after.request_id) == (429, "r-7")
    assert after.retry_after is not None
    assert second_after.status_code == 200
    assert second_after.retry_after is None
    assert SENTINEL not in repr(events)


def test_hooks_see_why_no_answer_came(server: Server, driver: Driver) -> None:
    server.serve = resets()
    events: list[ResponseEvent] = []

    with pytest.raises(e.OutcomeUnknownError):
        driver.use(
            server.url, lambda c: c.modify_model(REQUEST), on_response=events.append
        )

    (event,) = events
    assert event.status_code is None
    assert event.failure


def test_a_hook_adds_headers_to_its_attempt(server: Server, driver: Driver) -> None:
    server.serve = then(keeps(BUSY), keeps(reply(200, DONE)))

    def trace(event: RequestEvent) -> None:
        event.headers["traceparent"] = f"00-{event.attempt}"

    driver.use(
        server.url, lambda c: c.modify_model(REQUEST), max_retries=1, on_request=trace
    )

    assert server.sent(0).headers()["traceparent"] == "00-1"
    assert server.sent(1).headers()["traceparent"] == "00-2"


def test_a_hook_that_takes_the_whole_time_is_named(
    server: Server, driver: Driver
) -> None:
    seen: list[ResponseEvent] = []
    error = driver.call(
        server.url,
        total_timeout=0.05,
        on_request=lambda event: time.sleep(0.06),
        on_response=seen.append,
    ).error
    assert isinstance(error, e.APIConnectionError)
    words = "on_request took all that was left of the total timeout of 0.05 s. Nothing was sent"
    assert words in str(error)
    assert not error.may_have_been_applied
    assert server.requests == []
    assert [event.status_code for event in seen] == [None]


@pytest.mark.parametrize("header", ["apikey", "Authorization", "Host", "X\r\nY"])
def test_a_hook_cannot_replace_what_the_client_sets(
    server: Server, driver: Driver, header: str
) -> None:
    def add(event: RequestEvent) -> None:
        event.headers[header] = "x"

    with pytest.raises(e.ConfigurationError, match="on_request"):
        driver.use(server.url, lambda c: c.modify_model(REQUEST), on_request=add)

    assert server.requests == []


async def waits(event: object) -> None:
    """A hook that the sync client can't wait for."""


class Waits:
    async def __call__(self, event: object) -> None:
        """As `waits`."""


@pytest.mark.parametrize("argument", ["on_request", "on_response"])
@pytest.mark.parametrize("hook", [3, waits, functools.partial(waits), Waits()])
def test_a_hook_that_could_not_be_called_is_refused_by_the_constructor(
    argument: str, hook: Any
) -> None:
    words = f"^{argument} must be "
    with pytest.raises(e.ConfigurationError, match=words):
        e.EnkryptClient("key", **{argument: hook})
    if not callable(hook):
        with pytest.raises(e.ConfigurationError, match=words):
            e.AsyncEnkryptClient("key", **{argument: hook})


@pytest.mark.parametrize("hook", ["on_request", "on_response"])
def test_what_a_hook_raises_passes_through_and_the_client_stays_usable(
    server: Server, driver: Driver, hook: str
) -> None:
    server.serve = keeps(reply(200, DONE))
    planted = KeyError("of the application")
    failing = [True]

    def fail(event: object) -> None:
        if failing:
            failing.pop()
            raise planted

    with driver.client(server.url, **{hook: fail}) as client:
        with pytest.raises(KeyError) as caught:
            driver.wait(client.modify_model(REQUEST))
        assert caught.value is planted
        assert driver.wait(client.modify_model(REQUEST)).message == "done"


def test_a_hook_of_the_async_client_may_be_a_coroutine_function(
    server: Server, driver: Driver
) -> None:
    if not driver.prefix:
        return
    server.serve = keeps(reply(200, DONE))
    seen: list[int] = []

    async def see(event: ResponseEvent) -> None:
        seen.append(event.status_code or 0)

    driver.use(server.url, lambda c: c.modify_model(REQUEST), on_response=see)

    assert seen == [200]


class Later:
    """What can be awaited, and is no coroutine."""

    def __await__(self) -> Iterator[None]:
        yield


async def coroutine() -> None:
    """Do nothing."""


@pytest.mark.parametrize("result", [coroutine, Later])
def test_the_sync_client_sends_nothing_if_its_hook_is_to_be_awaited(
    server: Server, result: Callable[[], object]
) -> None:
    with e.EnkryptClient(
        "key", base_url=server.url, on_request=lambda _: result()
    ) as client:
        words = "what on_request returns is not awaited.*AsyncEnkryptClient"
        with pytest.raises(e.ConfigurationError, match=words):
            client.modify_model(REQUEST)
    assert server.requests == []


def test_the_sync_client_returns_the_result_though_its_hook_is_to_be_awaited(
    server: Server,
) -> None:
    server.serve = keeps(reply(200, DONE))
    with e.EnkryptClient(
        "key", base_url=server.url, on_response=lambda _: coroutine()
    ) as client:
        words = "what on_response returns is not awaited.*AsyncEnkryptClient"
        with pytest.warns(RuntimeWarning, match=words) as caught:
            assert client.modify_model(REQUEST).message == "done"
    assert caught[0].filename == __file__


@pytest.mark.parametrize("own", [False, True])
def test_a_cancelled_attempt_is_seen_by_its_hook_and_the_log(
    server: Server, caplog: pytest.LogCaptureFixture, own: bool
) -> None:
    server.serve = hangs()
    seen: list[ResponseEvent] = []

    async def see(event: ResponseEvent) -> None:
        await asyncio.sleep(0)
        seen.append(event)

    async def run() -> None:
        async with httpx.AsyncClient() as http:
            options: dict[str, Any] = {"http_client": http} if own else {}
            client = e.AsyncEnkryptClient(
                "k", base_url=server.url, on_response=see, **options
            )
            async with client:
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.2):
                        await client.modify_model(REQUEST)

    with caplog.at_level(logging.INFO, "enkrypt_api_client"):
        asyncio.run(run())

    (event,) = seen
    assert (event.status_code, event.failure) == (None, "the call was cancelled")
    (record,) = [r for r in caplog.records if r.name == "enkrypt_api_client"]
    assert record.levelno == logging.WARNING
    assert "no answer: the call was cancelled, attempt 1" in record.getMessage()
