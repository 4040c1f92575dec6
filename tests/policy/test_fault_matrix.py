"""Every row of the fault matrix on real sockets, with each client, and that none of them shows a secret."""

from __future__ import annotations

import functools
import pickle

import pytest

from enkrypt_api_client import EnkryptError
from enkrypt_api_client.models import ModifyModelResponseObject
from tests.policy.faults import KINDS, SENTINEL, Outcome, call, serving
from tests.policy.rows import ROWS, Row

BY_NAME = {row.name: row for row in ROWS}


@functools.cache
def played(name: str, kind: str) -> tuple[Outcome, int]:
    row: Row = BY_NAME[name]
    with serving(row.serve, early=row.early) as server:
        outcome = call(kind, f"http://127.0.0.1:{server.port}", **row.options)
        return outcome, len(server.requests)


def test_the_matrix_has_at_least_seventy_rows() -> None:
    assert len(BY_NAME) == len(ROWS) >= 70


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", BY_NAME)
def test_a_fault_becomes_the_error_that_tells_the_truth_and_shows_no_secret(
    name: str, kind: str
) -> None:
    row = BY_NAME[name]
    outcome, requests = played(name, kind)
    if row.error is None:
        assert outcome.error is None
        assert isinstance(outcome.result, ModifyModelResponseObject)
    else:
        assert type(outcome.error) is row.error
        assert isinstance(outcome.error, EnkryptError)
        assert outcome.error.may_have_been_applied is row.may
        assert outcome.error.attempts == max(requests, 1)
    assert requests == row.requests
    assert outcome.elapsed < row.seconds
    assert row.slept is None or outcome.slept == row.slept
    assert SENTINEL not in outcome.words()


@pytest.mark.parametrize("name", [row.name for row in ROWS if row.error])
def test_an_error_pickles_with_all_it_says(name: str) -> None:
    error = played(name, "sync")[0].error
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), repr(vars(copy))) == (str(error), repr(vars(error)))
