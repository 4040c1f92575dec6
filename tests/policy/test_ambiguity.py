"""When nobody can know whether a change happened, nobody is told that it did not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from enkrypt_api_client import (
    APITimeoutError,
    BadRequestError,
    InternalServerError,
    InvalidRequestError,
    OutcomeUnknownError,
)
from tests.policy.faults import KINDS, REQUEST, Connection, call, reply, serving
from tests.policy.rows import DONE, SLOW, hangs, keeps, resets, says, then

pytestmark = pytest.mark.parametrize("kind", KINDS)
AGAIN = {"retry_ambiguous": True}
LOST = says()


def play(kind: str, *serves: Any, arguments: Any = None, **options: Any) -> Any:
    with serving(then(*serves)) as server:
        options = {"max_retries": 2, **options}
        url = f"http://127.0.0.1:{server.port}"
        return call(kind, url, arguments=arguments, **options), server.requests


@pytest.mark.parametrize(
    "renaming", [{"current_name": "Old"}, {"current_version": "v0"}]
)
def test_a_rename_whose_answer_is_lost_is_sent_once(kind: str, renaming: Any) -> None:
    outcome, requests = play(kind, LOST, arguments=renaming)
    assert type(outcome.error) is OutcomeUnknownError
    assert outcome.error.may_have_been_applied
    assert len(requests) == 1


@pytest.mark.parametrize(
    "lost",
    [
        LOST,
        resets(),
        resets(b"HTTP/1.1 "),
        hangs(),
        keeps(reply(500)),
        keeps(reply(408)),
    ],
    ids=["closed", "reset", "half", "hangs", "500", "408"],
)
def test_what_may_be_repeated_is_repeated_with_identical_bytes(
    kind: str, lost: Any
) -> None:
    fine = keeps(reply(200, DONE))
    outcome, requests = play(kind, lost, fine, arguments=AGAIN, **SLOW)
    assert outcome.error is None
    assert len(requests) == 2
    assert requests[0] == requests[1]


def test_changing_the_request_during_the_call_changes_nothing_that_is_sent(
    kind: str,
) -> None:
    request = copy.deepcopy(REQUEST)

    def change(connection: Connection, number: int) -> bool | None:
        request["model_config"]["model_provider"] = "changed"
        request.clear()
        return keeps(reply(429))(connection, number)

    with serving(then(change, keeps(reply(200, DONE)))) as server:
        url = f"http://127.0.0.1:{server.port}"
        assert call(kind, url, request, max_retries=1).error is None
        assert server.requests[0] == server.requests[1]


@pytest.mark.parametrize("status", [404, 409])
def test_a_missing_model_after_a_lost_answer_proves_nothing(
    kind: str, status: int
) -> None:
    outcome, requests = play(kind, LOST, keeps(reply(status)), arguments=AGAIN)
    assert type(outcome.error) is OutcomeUnknownError
    assert outcome.error.attempts == len(requests) == 2


def test_a_refusal_after_a_lost_answer_still_may_have_been_applied(kind: str) -> None:
    outcome, _ = play(kind, LOST, keeps(reply(400)), arguments=AGAIN)
    assert type(outcome.error) is BadRequestError
    assert outcome.error.may_have_been_applied


def test_an_unreachable_service_after_a_lost_answer_proves_nothing(kind: str) -> None:
    def lose_and_stop_listening(connection: Any, number: int) -> None:
        server.listener.close()
        server.listener.shutdown(2) if server.listener.fileno() > 0 else None

    with serving(lose_and_stop_listening) as server:
        url = f"http://127.0.0.1:{server.port}"
        outcome = call(kind, url, arguments=AGAIN, max_retries=1)
    assert type(outcome.error) is OutcomeUnknownError
    assert outcome.error.may_have_been_applied


@pytest.mark.parametrize(
    ("lost", "error"),
    [(LOST, OutcomeUnknownError), (keeps(reply(500)), InternalServerError)],
)
def test_retries_of_what_is_ambiguous_end(kind: str, lost: Any, error: Any) -> None:
    outcome, requests = play(kind, lost, arguments=AGAIN)
    assert type(outcome.error) is error
    assert len(requests) == outcome.error.attempts == 3


def test_a_total_timeout_is_not_retried_beyond_it(kind: str) -> None:
    outcome, requests = play(kind, hangs(), arguments=AGAIN, total_timeout=0.8)
    assert type(outcome.error) is APITimeoutError
    assert len(requests) == 1


@pytest.mark.parametrize(
    "renaming", [{"current_name": "Old"}, {"current_version": "v0"}]
)
def test_a_rename_refuses_to_be_repeated_when_ambiguous(
    kind: str, renaming: Any
) -> None:
    outcome, requests = play(kind, LOST, arguments={**AGAIN, **renaming})
    assert type(outcome.error) is InvalidRequestError
    assert [path for path, _ in outcome.error.problems] == ["retry_ambiguous"]
    assert requests == []


def test_naming_the_model_as_the_request_does_is_no_rename(kind: str) -> None:
    same = {**AGAIN, "current_name": "Test Model", "current_version": "v1"}
    outcome, requests = play(kind, LOST, keeps(reply(200, DONE)), arguments=same)
    assert outcome.error is None
    assert len(requests) == 2
