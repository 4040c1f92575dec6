"""What an application does first, run where nothing is installed but the wheel and what it requires.

    python -I smoke.py BASE_URL API_KEY

Calls the mock service, and reaches every run-time dependency. No test imports it: it knows only the installed package.
"""

import asyncio
import sys
from typing import Any

import httpx

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient, InvalidRequestError
from enkrypt_api_client.models import (
    GetModelResponseObject,
    ModelConfig,
    ModelRequestObject,
    ModifyModelResponseObject,
)

REQUEST = ModelRequestObject(
    model_saved_name="Test Model",
    model_version="v1",
    model_config=ModelConfig(model_provider="together"),
)


async def call_async(url: str, key: str) -> ModifyModelResponseObject:
    async with AsyncEnkryptClient(key, base_url=url) as client:
        return await client.modify_model(REQUEST)


def main(url: str, key: str) -> None:
    with EnkryptClient(key, base_url=url) as client:
        for result in (client.modify_model(REQUEST), asyncio.run(call_async(url, key))):
            assert getattr(result.data, "model_saved_name", "") == "Test Model"
        try:
            wrong: Any = {"model_saved_name": 1}
            client.modify_model(wrong)
        except InvalidRequestError as error:
            print(error)
        else:
            raise AssertionError
    # Two forms of RFC 3339: the standard library reads the first, python-dateutil the second.
    for text in ("2026-01-02T03:04:05Z", "2026-01-01t24:00:00z"):
        read = GetModelResponseObject.from_dict({"created_at": text}).created_at
        assert getattr(read, "year", None) == 2026, read
    # Half a surrogate pair is legal in JSON; early releases of jsonschema-rs abort the interpreter over it.
    answer = httpx.Response(200, content=rb'{"message": "\ud800"}')
    transport = httpx.MockTransport(lambda request: answer)
    with httpx.Client(transport=transport) as http_client:
        print(
            ascii(EnkryptClient("any", http_client=http_client).modify_model(REQUEST))
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
