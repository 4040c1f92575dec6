"""Make calls while the process has no file descriptors left, and after it has some again.

    python -m tests.runtime.programs.descriptors ASYNC URL

URL names the service by a name, so that resolving needs descriptors, too.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from enkrypt_api_client import (
    APIConnectionError,
    AsyncEnkryptClient,
    EnkryptClient,
    EnkryptError,
)
from tests.runtime.programs.mirror import request_about


def exhaust() -> list[int]:
    """Take every descriptor that the process may have."""
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    taken = []
    try:
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return taken


def check(outcomes: list[Any]) -> None:
    """The calls of a process without descriptors fail, and say that nothing was sent; the last one succeeds."""
    *failed, succeeded = outcomes
    for error in failed:
        assert type(error) is APIConnectionError, error
        assert not error.may_have_been_applied
    assert succeeded.message == "last", succeeded


def call_all(url: str) -> None:
    outcomes: list[Any] = []
    with EnkryptClient("key", base_url=url, max_retries=0) as client:
        taken = exhaust()
        for _ in range(3):
            try:
                outcomes.append(client.modify_model(request_about("none left")))
            except EnkryptError as error:
                outcomes.append(error)
        for descriptor in taken:
            os.close(descriptor)
        outcomes.append(client.modify_model(request_about("last")))
    check(outcomes)


async def call_all_async(url: str) -> None:
    outcomes: list[Any] = []
    async with AsyncEnkryptClient("key", base_url=url, max_retries=0) as client:
        taken = exhaust()
        for _ in range(3):
            try:
                outcomes.append(await client.modify_model(request_about("none left")))
            except EnkryptError as error:
                outcomes.append(error)
        for descriptor in taken:
            os.close(descriptor)
        outcomes.append(await client.modify_model(request_about("last")))
    check(outcomes)


if __name__ == "__main__":
    if sys.argv[1] == "1":
        asyncio.run(call_all_async(sys.argv[2]))
    else:
        call_all(sys.argv[2])
