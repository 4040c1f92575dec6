# pyright: strict
"""Code as users write it, right and wrong. Checked by mypy and pyright in their strict modes; never run."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, assert_type

import httpx

from enkrypt_api_client import (
    DOCUMENT_SHA256,
    APIStatusError,
    AsyncEnkryptClient,
    EnkryptClient,
    EnkryptError,
    InvalidRequestError,
    MisspeltFieldWarning,
    OutcomeUnknownError,
    RateLimitError,
    ResponseDecodeError,
)
from enkrypt_api_client.api.endpoints import modify_model
from enkrypt_api_client.client import AuthenticatedClient
from enkrypt_api_client.models import (
    CustomPayload,
    Endpoint,
    GetModelResponseObject,
    ModelConfig,
    ModelProvider,
    ModelRequestObject,
    ModifyModelResponseObject,
    Paths,
    Tool,
)
from enkrypt_api_client.typed_dicts import ModelConfigDict, ModelRequestObjectDict
from enkrypt_api_client.types import UNSET, DetailedResponse, Response, Unset

NAMES = {"x_enkrypt_model": "Test Model", "x_enkrypt_model_version": "v1"}


def configure(http_client: httpx.Client, async_client: httpx.AsyncClient) -> None:
    EnkryptClient()
    EnkryptClient(
        "key",
        base_url="https://api.example.com/prefix",
        timeout=httpx.Timeout(5.0, read=60.0),
        max_retries=0,
        total_timeout=30,
        http_client=http_client,
        allow_insecure_http=False,
    )
    EnkryptClient(("user", "password"), default_headers={"X-Team": "a"})
    EnkryptClient({"one": "key", "two": ("user", "password")})
    AsyncEnkryptClient(api_key=None, timeout=7.5, http_client=async_client)


def build(provider: ModelProvider) -> ModelRequestObject:
    return ModelRequestObject(
        model_saved_name="Test Model",
        model_version="v1",
        model_config=ModelConfig(
            model_provider=provider,
            hosting_type="External",
            input_modalities=["text", "image"],
            rate_per_min=20,
            tools=[Tool(name="web_search", description="Searches the web")],
            paths=Paths(chat="/chat/completions"),
            custom_payload=CustomPayload.from_dict({"messages": []}),
        ),
    )


def build_dictionary() -> ModelRequestObjectDict:
    config: ModelConfigDict = {"model_provider": "together", "rate_per_min": 20}
    config["paths"] = {"chat": "/chat/completions"}
    config["custom_payload"] = {"anything": {"goes": [1, "two"]}}
    return {
        "model_saved_name": "Test Model",
        "model_version": "v1",
        "model_config": config,
    }


def use_dictionaries(client: EnkryptClient, from_a_file: Any) -> None:
    client.modify_model(build_dictionary())
    client.modify_model(from_a_file)
    client.modify_model(
        {
            "model_saved_name": "Test Model",
            "model_version": "v1",
            "model_config": {"model_provider": "together"},
        }
    )
    client.call(
        modify_model,
        body=build_dictionary(),
        x_enkrypt_model="Test Model",
        x_enkrypt_model_version="v1",
    )


def use(client: EnkryptClient, settings: Mapping[str, Any]) -> None:
    request = build("together")
    with client as entered:
        assert_type(entered, EnkryptClient)
        result = client.modify_model(request, retry_ambiguous=False)
        assert_type(result, ModifyModelResponseObject)
        detailed = client.modify_model_detailed(
            settings, current_name="Old Name", current_version=None
        )
        assert_type(detailed, DetailedResponse[ModifyModelResponseObject])
        assert_type(detailed.parsed, ModifyModelResponseObject)
        as_response: Response[ModifyModelResponseObject] = detailed
        print(as_response)
        assert_type(client.request("GET", "/models").parsed, Any)
        assert_type(detailed.request_id, str | None)
        called = client.call(modify_model, retry_ambiguous=True, body=request, **NAMES)
        assert_type(called, ModifyModelResponseObject)
        client.check(modify_model, retry_ambiguous=True, body=request, **NAMES)
        assert_type(client.api, AuthenticatedClient)
        plain = modify_model.sync(client=client.api, body=request, **NAMES)
        # The document may describe errors, too, which are then other classes.
        if isinstance(plain, ModifyModelResponseObject):
            assert_type(plain.message, str | Unset)
        options = client.with_options(
            timeout=5, total_timeout=9, max_retries=1, extra_headers={"X-Trace": "t"}
        )
        assert_type(options, EnkryptClient)
    client.close()


async def use_async(client: AsyncEnkryptClient, settings: Mapping[str, Any]) -> None:
    async with client as entered:
        assert_type(entered, AsyncEnkryptClient)
        result = await client.modify_model(settings, retry_ambiguous=True)
        assert_type(result, ModifyModelResponseObject)
        detailed = await client.modify_model_detailed(settings)
        assert_type(detailed, DetailedResponse[ModifyModelResponseObject])
        assert_type(detailed.parsed, ModifyModelResponseObject)
        called = await client.call(
            modify_model, retry_ambiguous=False, body=dict(settings), **NAMES
        )
        assert_type(called, ModifyModelResponseObject)
        plain = await modify_model.asyncio(client=client.api, body=settings, **NAMES)
        if isinstance(plain, ModifyModelResponseObject):
            assert_type(plain.message, str | Unset)
        options = client.with_options(timeout=httpx.Timeout(5.0), max_retries=0)
        assert_type(options, AsyncEnkryptClient)
    await client.aclose()


def read(result: ModifyModelResponseObject) -> None:
    assert_type(result.message, str | Unset)
    assert_type(result.data, GetModelResponseObject | Unset)
    if result.data is not UNSET and result.data:
        assert_type(result.data.model_id, int | Unset)
        assert_type(result.data.updated_at, datetime.datetime | Unset)
        assert_type(result.data.model_config.model_provider, ModelProvider)
        result.data["a field that the document does not know"] = 1
    again = ModifyModelResponseObject.from_dict(result.to_dict())
    assert_type(again, ModifyModelResponseObject)


def handle(client: EnkryptClient, request: ModelRequestObject) -> type[Warning]:
    try:
        client.modify_model(request)
    except InvalidRequestError as error:
        assert_type(error.problems, list[tuple[str, str]])
        as_value_error: ValueError = error
        print(as_value_error)
    except RateLimitError as error:
        assert_type(error.retry_after, float | None)
    except APIStatusError as error:
        print(
            error.status_code + 1, error.body, error.request_id or "", DOCUMENT_SHA256
        )
    except OutcomeUnknownError as error:
        print(error.attempts + 1)
    except ResponseDecodeError as error:
        print(error.response and error.response.status_code)
    except EnkryptError as error:
        assert_type(error.may_have_been_applied, bool)
    return MisspeltFieldWarning


# Mistakes that both type checkers must report: for mypy the code in brackets, for pyright the rule behind it.


async def waiting_key() -> str:
    return "key"


def configure_wrongly() -> None:
    AsyncEnkryptClient(waiting_key)
    EnkryptClient(waiting_key)  # type: ignore[arg-type]  # pyright: reportArgumentType
    EnkryptClient(1)  # type: ignore[arg-type]  # pyright: reportArgumentType
    EnkryptClient("key", "https://api.example.com")  # type: ignore[call-arg]  # pyright: reportCallIssue
    EnkryptClient(time_out=5)  # type: ignore[call-arg]  # pyright: reportCallIssue
    EnkryptClient(timeout="5")  # type: ignore[arg-type]  # pyright: reportArgumentType
    EnkryptClient(http_client=httpx.AsyncClient())  # type: ignore[arg-type]  # pyright: reportArgumentType
    EnkryptClient(http_client=3)  # type: ignore[arg-type]  # pyright: reportArgumentType
    EnkryptClient(default_headers=["X-A"])  # type: ignore[arg-type]  # pyright: reportArgumentType
    AsyncEnkryptClient(http_client=httpx.Client())  # type: ignore[arg-type]  # pyright: reportArgumentType
    ModelConfig()  # type: ignore[call-arg]  # pyright: reportCallIssue
    ModelConfig("together")  # type: ignore[call-arg]  # pyright: reportCallIssue
    ModelConfig(model_provider="nobody")  # type: ignore[arg-type]  # pyright: reportArgumentType
    ModelConfig(model_provider="together", api_keys=["k"])  # type: ignore[call-arg]  # pyright: reportCallIssue
    ModelConfig(model_provider="together", apikeys="k")  # type: ignore[arg-type]  # pyright: reportArgumentType
    ModelConfig(model_provider="together", endpoint={"port": 443})  # type: ignore[arg-type]  # pyright: reportArgumentType
    Endpoint(scheme="https", host="h", port="443", base_path="/")  # type: ignore[arg-type]  # pyright: reportArgumentType


def wrong(client: EnkryptClient, request: ModelRequestObject) -> None:
    client.modify_model()  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.modify_model(request, "Old")  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.modify_model(request, old_name="Old")  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.modify_model(request, current_version=1)  # type: ignore[arg-type]  # pyright: reportArgumentType
    client.modify_model(request, max_retries=1)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.with_options(retries=1)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.call(modify_model, body=request)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.check(modify_model, body=request)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.call(modify_model, bdy=request)  # type: ignore[call-arg]  # pyright: reportCallIssue
    client.call(modify_model, body="text", **NAMES)  # type: ignore[arg-type]  # pyright: reportArgumentType
    client.rename_model(request)  # type: ignore[attr-defined]  # pyright: reportAttributeAccessIssue
    print(client.modify_model(request).data.model_id)  # type: ignore[union-attr]  # pyright: reportAttributeAccessIssue
    client.modify_model(request).message.upper()  # type: ignore[union-attr]  # pyright: reportAttributeAccessIssue
    print(client.modify_model_detailed(request).parsed.mesage)  # type: ignore[attr-defined]  # pyright: reportAttributeAccessIssue
    modify_model.sync(client=client.api, body=request)  # type: ignore[call-arg]  # pyright: reportCallIssue
    request.model_config.rate_per_minute = 1  # type: ignore[attr-defined]  # pyright: reportAttributeAccessIssue


def misspell(client: EnkryptClient, settings: ModelRequestObjectDict) -> None:
    settings["model_name_saved"] = "Test Model"  # type: ignore[typeddict-unknown-key]  # pyright: reportGeneralTypeIssues
    settings["model_config"]["model_provider"] = "togther"  # type: ignore[typeddict-item]  # pyright: reportGeneralTypeIssues
    settings["model_config"]["rate_per_min"] = "20"  # type: ignore[typeddict-item]  # pyright: reportGeneralTypeIssues
    client.modify_model({"model_saved_nam": "Test Model"})  # type: ignore[dict-item]  # pyright: reportArgumentType
    client.call(
        modify_model,
        body={"model_saved_nam": ""},  # type: ignore[dict-item]  # pyright: reportArgumentType
        x_enkrypt_model="Test Model",
        x_enkrypt_model_version="v1",
    )


async def wrong_async(client: AsyncEnkryptClient, request: ModelRequestObject) -> str:
    with client:  # type: ignore[attr-defined]  # pyright: reportGeneralTypeIssues
        pass
    try:
        print(client.modify_model(request).message)  # type: ignore[attr-defined]  # pyright: reportAttributeAccessIssue
    except EnkryptError as error:
        print(error.status_code)  # type: ignore[attr-defined]  # pyright: reportAttributeAccessIssue
    return client.modify_model(request)  # type: ignore[return-value]  # pyright: reportReturnType
