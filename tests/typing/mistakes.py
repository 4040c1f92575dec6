# pyright: strict
"""Mistakes that both type checkers must report, one a line: for mypy the code in brackets, for pyright the rule behind it."""

from __future__ import annotations

import httpx

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient, EnkryptError
from enkrypt_api_client.api.endpoints import modify_model
from enkrypt_api_client.models import Endpoint, ModelConfig, ModelRequestObject, Tool

NAMES = {"x_enkrypt_model": "n", "x_enkrypt_model_version": "v"}
EnkryptClient(1)  # type: ignore[arg-type]  # pyright: reportArgumentType
EnkryptClient("key", "https://api.example.com")  # type: ignore[call-arg]  # pyright: reportCallIssue
EnkryptClient(time_out=5)  # type: ignore[call-arg]  # pyright: reportCallIssue
EnkryptClient(timeout="5")  # type: ignore[arg-type]  # pyright: reportArgumentType
EnkryptClient(http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # pyright: reportArgumentType
EnkryptClient(default_headers=["X-A"])  # type: ignore[arg-type]  # pyright: reportArgumentType
AsyncEnkryptClient(transport="aiohttp")  # type: ignore[call-arg]  # pyright: reportCallIssue
AsyncEnkryptClient(http_client=httpx.Client())  # type: ignore[arg-type]  # pyright: reportArgumentType
ModelConfig()  # type: ignore[call-arg]  # pyright: reportCallIssue
ModelConfig("together")  # type: ignore[call-arg]  # pyright: reportCallIssue
ModelConfig(model_provider="nobody")  # type: ignore[arg-type]  # pyright: reportArgumentType
ModelConfig(model_provider="together", api_keys=["k"])  # type: ignore[call-arg]  # pyright: reportCallIssue
ModelConfig(model_provider="together", apikeys="k")  # type: ignore[arg-type]  # pyright: reportArgumentType
ModelConfig(model_provider="together", endpoint={"port": 443})  # type: ignore[arg-type]  # pyright: reportArgumentType
Endpoint(scheme="https", host="h", port="443", base_path="/")  # type: ignore[arg-type]  # pyright: reportArgumentType
Tool(name=None, description="")  # type: ignore[arg-type]  # pyright: reportArgumentType


def wrong(client: EnkryptClient, request: ModelRequestObject) -> None:
    client.modify_model()  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.modify_model([request])  # type: ignore[arg-type]  # pyright: reportArgumentType
    client.modify_model(request, "Old")  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.modify_model(request, old_name="Old")  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.modify_model(request, current_version=1)  # type: ignore[arg-type]  # pyright: reportArgumentType
    client.modify_model(request, max_retries=1)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.with_options(retries=1)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.call(modify_model, body=request)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.call(modify_model, bdy=request)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.call(modify_model, body="text", **NAMES)  # type: ignore[arg-type]  # pyright: reportArgumentType
    client.delete_model(request)  # type: ignore[attr-defined]  # pyright: reportAttributeAccessIssue
    print(client.modify_model(request).data.model_id)  # type: ignore[union-attr]  # pyright: reportAttributeAccessIssue
    print(client.modify_model(request).msg)  # type: ignore[attr-defined]  # pyright: reportAttributeAccessIssue
    client.modify_model(request).message.upper()  # type: ignore[union-attr]  # pyright: reportAttributeAccessIssue
    print(client.modify_model_detailed(request).parsed.message)  # type: ignore[union-attr]  # pyright: reportOptionalMemberAccess
    modify_model.sync(client=client.api, body=request)  # type: ignore[call-arg]  # pyright: reportCallIssue
    request.model_config.rate_per_minute = 1  # type: ignore[attr-defined]  # pyright: reportAttributeAccessIssue


async def wrong_async(client: AsyncEnkryptClient, request: ModelRequestObject) -> str:
    with client:  # type: ignore[attr-defined]  # pyright: reportGeneralTypeIssues
        pass
    try:
        print(client.modify_model(request).message)  # type: ignore[attr-defined]  # pyright: reportAttributeAccessIssue
    except EnkryptError as error:
        print(error.status_code)  # type: ignore[attr-defined]  # pyright: reportAttributeAccessIssue
    return client.modify_model(request)  # type: ignore[return-value]  # pyright: reportReturnType
