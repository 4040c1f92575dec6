"""What becomes of a response or of its absence: one decision makes the error's text, its flag and the retries."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import httpx
import pytest

import enkrypt_api_client as e
from tests.runtime.drivers import REQUEST, SENTINEL, Driver
from tests.runtime.kinds import NAME, module
from tests.runtime.loopback import DONE, Server, keeps, reply, resets, says, then

UNCLEAR_WORDS = "may have been applied"
LOST = says()
FINE = keeps(reply(200, DONE))
FOUND = keeps(reply(200, b'{"id": 7}'))


def read_thing(driver: Driver, url: str, **options: Any) -> Any:
    """Call the operation that only reads, or return its error."""
    operation = module(f"{NAME}.api.things.get_thing")
    try:
        return driver.use(
            url,
            lambda client: client.call(operation, id=7),
            package=module(NAME),
            **{"max_retries": 2, **options},
        )
    except module(NAME).EnkryptError as error:
        return error


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 306, 399])
def test_a_redirect_that_may_follow_the_change_leaves_the_outcome_open(
    server: Server, driver: Driver, status: int
) -> None:
    server.serve = keeps(reply(status, b"", "Location: /elsewhere"))
    error = driver.call(server.url, max_retries=2).error
    assert type(error) is e.APIStatusError
    assert error.may_have_been_applied
    assert UNCLEAR_WORDS in str(error)
    assert "Nothing was changed" not in str(error)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [304, 307, 308])
def test_a_redirect_that_asks_for_the_request_again_is_a_refusal(
    server: Server, driver: Driver, status: int
) -> None:
    server.serve = keeps(reply(status, b"", "Location: /elsewhere"))
    error = driver.call(server.url).error
    assert not error.may_have_been_applied
    assert "Nothing was changed" in str(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 307])
def test_a_refusal_after_an_unclear_attempt_says_so_in_text_and_flag(
    server: Server, driver: Driver, status: int
) -> None:
    unclear = keeps(reply(503, b"", "Retry-After: 0"))
    server.serve = then(unclear, keeps(reply(status)))
    error = driver.call(server.url, max_retries=1).error
    assert error.may_have_been_applied
    assert "An earlier attempt may have been applied" in str(error)
    assert "Nothing was changed" not in str(error)
    assert "safe to repeat" not in str(error)


def test_a_rate_limit_after_an_unclear_attempt_says_so_too(
    server: Server, driver: Driver
) -> None:
    unclear = keeps(reply(503, b"", "Retry-After: 0"))
    limited = keeps(reply(429, b"", "Retry-After: 0"))
    server.serve = then(unclear, limited)
    error = driver.call(server.url, max_retries=2).error
    assert type(error) is e.RateLimitError
    assert error.may_have_been_applied
    assert "An earlier attempt may have been applied" in str(error)


@pytest.mark.parametrize(
    ("header", "advice"),
    [
        ("Retry-After: 1.5", "Wait 1.5 s (`.retry_after`), or send less."),
        ("Retry-After: 3600", "Wait 3600 s (`.retry_after`), or send less."),
        (f"Retry-After: {'9' * 400}", "Send less, or later."),
        ("X-A: b", "Send less, or later."),
    ],
)
def test_a_rate_limit_says_how_long_to_wait_if_the_service_does(
    server: Server, driver: Driver, header: str, advice: str
) -> None:
    server.serve = keeps(reply(429, b"", header))
    error = driver.call(server.url).error
    assert str(error).endswith(f"Nothing was changed. {advice}")


def test_the_pauses_of_a_rate_limit_grow_and_are_never_short(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(429))
    first, second = driver.call(server.url, max_retries=2).slept
    assert 0.25 <= first <= 0.5 <= second <= 1.0


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refusal_with_details_says_where_they_are(
    server: Server, driver: Driver, status: int
) -> None:
    body = b'{"message": "no", "errors": [{"path": "a"}], "request_id": "r-1"}'
    server.serve = keeps(reply(status, body))
    error = driver.call(server.url).error
    assert str(error).endswith("More of the service's answer is in `.body`.")
    server.serve = keeps(reply(status, b'{"message": "no", "request_id": "r-1"}'))
    error = driver.call(server.url).error
    assert str(error).endswith('"no". Nothing was changed.')


HTML = "Content-Type: text/html"


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refusal_that_shows_no_words_says_where_the_answer_is(
    server: Server, driver: Driver, status: int
) -> None:
    server.serve = keeps(reply(status, b'{"detail": [{"path": "a"}]}'))
    error = driver.call(server.url).error
    assert str(error).endswith("Nothing was changed. The answer is in `.body`.")


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (
            b'{"message": "no", "errors": [{"path": "body.a", "message": "is required"}]}',
            '"no: body.a: is required". Nothing was changed.',
        ),
        (
            b'{"detail": [{"type": "t", "loc": ["body", "a", 0], "msg": "is\\nwrong"}]}',
            '"body.a.0: is wrong". Nothing was changed. More of the service\'s answer is in `.body`.',
        ),
        (
            b'{"errors": [{"path": "a", "message": "%b"}]}' % (b"x" * 300),
            f'"a: {"x" * 194}...". Nothing was changed. More of the service\'s answer is in `.body`.',
        ),
        (
            b'{"errors": [%b]}'
            % b", ".join(b'{"field": "f%d", "message": "bad"}' % n for n in range(4)),
            '"f0: bad; f1: bad; f2: bad". Nothing was changed. More of the service\'s answer is in `.body`.',
        ),
        (
            b'{"message": "no", "errors": ["a"]}',
            '"no". Nothing was changed. More of the service\'s answer is in `.body`.',
        ),
        (
            b'{"message": "no", "detail": [{"loc": {}, "msg": {}}]}',
            '"no". Nothing was changed.',
        ),
    ],
)
def test_a_refusal_quotes_the_faults_that_the_service_lists(
    server: Server, driver: Driver, body: bytes, end: str
) -> None:
    server.serve = keeps(reply(422, body))
    assert str(driver.call(server.url).error).endswith(f"answered 422: {end}")


def test_faults_that_the_service_lists_are_masked(
    server: Server, driver: Driver
) -> None:
    body = b'{"detail": [{"loc": ["%b"], "msg": "%b"}]}'
    secret = SENTINEL.encode()
    server.serve = keeps(reply(422, body % (secret, secret)))
    assert '"***: ***"' in str(driver.call(server.url).error)


@pytest.mark.parametrize("status", [404, 407, 502])
def test_a_web_page_need_not_be_the_services(
    server: Server, driver: Driver, status: int
) -> None:
    page = b"<html><title>Not here</title></html>"
    remark = "The answer is a web page, which may come from a proxy or a gateway"
    server.serve = keeps(reply(status, page, HTML))
    assert f'"Not here". {remark}' in str(driver.call(server.url).error)
    server.serve = keeps(reply(status, b'{"message": "no"}'))
    assert remark not in str(driver.call(server.url).error)
    server.serve = keeps(reply(307, page, HTML, "Location: /elsewhere"))
    assert remark not in str(driver.call(server.url).error)


def test_a_403_blames_the_key_alone_only_if_the_answer_is_json(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(403, b'{"message": "no"}'))
    assert str(driver.call(server.url).error).endswith("The API key may not do this.")
    server.serve = keeps(reply(403, b"<html>blocked</html>", HTML))
    assert str(driver.call(server.url).error).endswith(
        "The API key may not do this, or something between here and the service refuses, such as a proxy or a firewall."
        " The answer is in `.body`."
    )


def test_a_page_instead_of_the_answer_points_to_the_address(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(200, b"<html>Sign in</html>", HTML))
    error = driver.call(server.url).error
    assert type(error) is e.ResponseDecodeError
    assert (
        f"It may not be the service's answer: check the proxy, or base_url, which is {server.url}."
        in str(error)
    )
    assert UNCLEAR_WORDS in str(error)


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        (f"https://u:p@new.example/v2?token={SENTINEL}#x", "https://new.example/v2"),
        (f"https://new.example/{SENTINEL}", "https://new.example/***"),
        ("//new.example/v2", "http://new.example/v2"),
    ],
)
def test_a_redirect_says_where_to_without_query_and_secrets(
    server: Server, driver: Driver, location: str, shown: str
) -> None:
    server.serve = keeps(reply(301, b"", f"Location: {location}"))
    error = driver.call(server.url).error
    advice = f"Redirects are not followed: correct base_url, which is {server.url}."
    assert f' answered 301. It redirects to "{shown}". {advice}' in str(error)


def test_refusals_alone_changed_nothing(server: Server, driver: Driver) -> None:
    limited = keeps(reply(429, b"", "Retry-After: 0"))
    server.serve = then(limited, keeps(reply(400)))
    error = driver.call(server.url, max_retries=2).error
    assert not error.may_have_been_applied
    assert "Nothing was changed" in str(error)


@pytest.mark.parametrize("status", [302, 400, 429, 500, 599])
def test_an_error_has_the_headers_of_the_response(
    server: Server, driver: Driver, status: int
) -> None:
    lines = ("X-RateLimit-Reset: 17", "Link: <a>", "link: <b>")
    server.serve = keeps(reply(status, b"{}", *lines))
    error = driver.call(server.url).error
    assert error.headers["x-ratelimit-reset"] == error.headers["X-RATELIMIT-RESET"]
    assert error.headers["X-RateLimit-Reset"] == "17"
    assert error.headers["Link"] == "<a>, <b>"
    assert "absent" not in error.headers
    assert "17" not in repr(error.headers)


def test_an_error_made_by_hand_has_empty_headers() -> None:
    assert dict(e.APIStatusError("made by a test").headers) == {}


@pytest.mark.parametrize(
    "fault",
    [
        LOST,
        resets(),
        resets(b"HTTP/1.1 2"),
        resets(reply(200, b'{"id"', length=99)),
        says(reply(200, b'{"id"', length=99)),
        *(keeps(reply(n)) for n in (502, 503, 504)),
    ],
)
def test_what_only_reads_is_sent_again(
    server: Server, driver: Driver, fault: Any, package: Any
) -> None:
    server.serve = then(fault, FOUND)
    assert read_thing(driver, server.url).id == 7
    assert len(server.requests) == 2
    assert len(set(server.requests)) == 1


@pytest.mark.parametrize("status", [500, 501, 505, 404, 200])
def test_other_answers_to_what_only_reads_are_final(
    server: Server, driver: Driver, status: int, package: Any
) -> None:
    server.serve = keeps(reply(status, b"{}"))
    read_thing(driver, server.url)
    assert len(server.requests) == 1


def test_reading_again_ends_with_the_retries_and_changed_nothing(
    server: Server, driver: Driver, package: Any
) -> None:
    server.serve = LOST
    error = read_thing(driver, server.url, max_retries=3)
    assert type(error).__name__ == "OutcomeUnknownError"
    assert not error.may_have_been_applied
    assert error.attempts == len(server.requests) == 4


@pytest.mark.parametrize(
    ("status", "name"), [(404, "NotFoundError"), (409, "ConflictError")]
)
def test_reading_again_raises_the_error_of_the_last_answer(
    server: Server, driver: Driver, status: int, name: str, package: Any
) -> None:
    server.serve = then(LOST, keeps(reply(status, b"{}")))
    error = read_thing(driver, server.url)
    assert type(error).__name__ == name
    assert (error.status_code, error.attempts) == (status, 2)
    assert not error.may_have_been_applied


def test_what_changes_something_is_not_sent_again_after_a_lost_answer(
    server: Server, driver: Driver
) -> None:
    server.serve = then(LOST, FINE)
    error = driver.call(server.url, max_retries=2).error
    assert error.may_have_been_applied
    assert len(server.requests) == 1


def test_a_pause_that_the_service_asks_for_is_kept_and_a_little_longer(
    server: Server, driver: Driver
) -> None:
    server.serve = then(*[keeps(reply(429, b"", "Retry-After: 10"))] * 4, FINE)
    slept = driver.call(server.url, max_retries=4, total_timeout=100).slept
    assert all(10 <= seconds <= 11 for seconds in slept)
    assert len(set(slept)) == 4


def test_a_date_to_wait_for_is_read_by_the_clock_of_the_service(
    server: Server, driver: Driver
) -> None:
    service_now = 1_000_000_000
    lines = (
        f"Date: {formatdate(service_now, usegmt=True)}",
        f"Retry-After: {formatdate(service_now + 20, usegmt=True)}",
    )
    server.serve = then(keeps(reply(429, b"", *lines)), FINE)
    (slept,) = driver.call(server.url, max_retries=1).slept
    assert 20 <= slept <= 22
    server.serve = keeps(reply(429, b"", *lines))
    assert driver.call(server.url).error.retry_after == pytest.approx(20)


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Foo 2026 00:00:00 GMT"])
def test_a_date_that_is_none_leaves_the_clock_of_the_client(
    server: Server, driver: Driver, date: str
) -> None:
    when = formatdate(time.time() + 30, usegmt=True)
    server.serve = keeps(reply(429, b"", f"Date: {date}", f"Retry-After: {when}"))
    assert 20 < driver.call(server.url).error.retry_after <= 31


@pytest.mark.parametrize("own", [False, True], ids=["pooled", "own client"])
def test_a_callers_own_client_is_judged_alike(
    server: Server, driver: Driver, own: bool
) -> None:
    client: Any = driver.http_client(timeout=httpx.Timeout(5.0)) if own else None
    server.serve = keeps(reply(303, b"", "Location: /x", "X-Y: z"))
    error = driver.call(server.url, REQUEST, http_client=client).error
    assert error.may_have_been_applied
    assert error.headers["x-y"] == "z"
