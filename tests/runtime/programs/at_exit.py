"""Make calls to a host name while the interpreter ends, when no thread can be started any more.

    python -m tests.runtime.programs.at_exit ASYNC URL

Prints the message of the answer, or the class of the error and whether the change may have been applied.
"""

from __future__ import annotations

import asyncio
import atexit
import sys

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient, EnkryptError
from tests.runtime.programs.mirror import request_about


async def call_async(url: str) -> object:
    async with AsyncEnkryptClient("key", base_url=url) as client:
        return (await client.modify_model(request_about("last"))).message


def call(asynchronous: bool, url: str) -> None:
    try:
        if asynchronous:
            print(asyncio.run(call_async(url)))
        else:
            with EnkryptClient("key", base_url=url) as client:
                print(client.modify_model(request_about("last")).message)
    except EnkryptError as error:
        print(type(error).__name__, error.may_have_been_applied)


if __name__ == "__main__":
    atexit.register(call, sys.argv[1] == "1", sys.argv[2])
