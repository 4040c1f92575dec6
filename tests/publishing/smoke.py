"""What an application does first, run where nothing is installed but the wheel and what it requires.

    python -I smoke.py BASE_URL API_KEY REQUEST

Calls the mock service with a request in JSON, and reaches every run-time dependency.
No test imports it: it knows only the installed package.
"""

import asyncio
import json
import sys
from typing import Any

import httpx

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient, InvalidRequestError
from enkrypt_api_client.models import (
    GetModelResponseObject,
    ModelRequestObject,
    ModifyModelResponseObject,
)


async def call_async(
    url: str, key: str, request: ModelRequestObject
) -> ModifyModelResponseObject:
    async with AsyncEnkryptClient(key, base_url=url) as client:
        return await client.modify_model(request)


def main(url: str, key: str, request_in_json: str) -> None:
    request = ModelRequestObject.from_dict(json.loads(request_in_json))
    with EnkryptClient(key, base_url=url) as client:
        result = client.modify_model(request)
        again = asyncio.run(call_async(url, key, request))
        for data in (result.data, again.data):
            assert getattr(data, "model_saved_name", "") == request.model_saved_name
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
        client = EnkryptClient("any", http_client=http_client)
        print(ascii(client.modify_model(request)))


if __name__ == "__main__":
    main(*sys.argv[1:])
