"""Forty calls at once, of which the first answer wins and the rest is cancelled; then one call, which must be answered at once.

    python -m tests.runtime.programs.winners

The service answers all at the same moment. Six rounds.
"""

from __future__ import annotations

import asyncio

from enkrypt_api_client import AsyncEnkryptClient
from tests.runtime.programs.mirror import Mirror, request_about

AT_ONCE = 40
ROUNDS = 6


async def main() -> None:
    service = Mirror()
    async with AsyncEnkryptClient("key", base_url=service.url, max_retries=0) as client:

        async def call(name: str) -> None:
            result = await client.modify_model(request_about(name))
            assert result.message == name, (result.message, name)

        for number in range(ROUNDS):
            service.gather(AT_ONCE)
            tasks = [
                asyncio.ensure_future(call(f"{number}-{n}")) for n in range(AT_ONCE)
            ]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            for outcome in outcomes:
                assert outcome is None or isinstance(outcome, asyncio.CancelledError)
            async with asyncio.timeout(3):
                await call(f"after {number}")


if __name__ == "__main__":
    asyncio.run(main())
