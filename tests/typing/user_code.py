# pyright: strict
"""Code as users write it, over the whole public surface. Checked by mypy and pyright in their strict modes; never run."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal, assert_type

import httpx

from enkrypt_api_client import (
    DOCUMENT_SHA256,
    DOCUMENT_VERSION,
    GENERATOR,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncEnkryptClient,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    EnkryptClient,
    EnkryptError,
    InternalServerError,
    InvalidRequestError,
    MisspeltFieldWarning,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    ResponseDecodeError,
    UnprocessableEntityError,
    __version__,
)
from enkrypt_api_client.api.endpoints import modify_model
from enkrypt_api_client.client import AuthenticatedClient
from enkrypt_api_client.models import (
    AuthData,
    BedrockMetadata,
    CustomHeader,
    CustomPayload,
    DefaultRequestOptions,
    Endpoint,
    EnkryptAIMetadata,
    GeminiMetadata,
    GetModelResponseObject,
    JwtHeader,
    Metadata,
    ModelConfig,
    ModelCustomRequestObject,
    ModelJwtConfig,
    ModelProvider,
    ModelRequestObject,
    ModifyModelResponseObject,
    Paths,
    Tool,
    XactlyMetadata,
)
from enkrypt_api_client.types import UNSET, Response, Unset

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
    AsyncEnkryptClient(api_key=None, timeout=7.5)
    AsyncEnkryptClient("key", http_client=async_client)


def full_request(provider: ModelProvider) -> ModelRequestObject:
    config = ModelConfig(
        model_provider=provider,
        hosting_type="External",
        input_modalities=["text", "image"],
        output_modalities=["text"],
        rate_per_min=20,
        tools=[Tool(name="web_search", description="Searches the web")],
        endpoint=Endpoint(scheme="https", host="h", port=443, base_path="/v1"),
        paths=Paths(chat="/chat/completions"),
        auth_data=AuthData(header_name="Authorization", space_after_prefix=True),
        apikeys=["key"],
        model_auth_type="jwt",
        model_jwt_config=ModelJwtConfig(
            jwt_method="POST", jwt_headers=[JwtHeader(key="k", value="v")]
        ),
        custom_headers=[CustomHeader(key="k", value="v")],
        custom_payload=CustomPayload.from_dict({"messages": []}),
        metadata=Metadata(
            max_tokens=2048,
            gemini=GeminiMetadata(project_id="p"),
            bedrock=BedrockMetadata(aws_region="r"),
            enkryptai=EnkryptAIMetadata(deployment_name="d"),
            xactly=XactlyMetadata(assistant_id="a"),
        ),
        default_request_options=DefaultRequestOptions(temperature=1, top_k=0),
    )
    ModelCustomRequestObject(model_config=config)
    return ModelRequestObject(
        model_saved_name="Test Model",
        model_version="v1",
        testing_for="foundationModels",
        model_config=config,
    )


def use(client: EnkryptClient, settings: Mapping[str, Any]) -> None:
    request = full_request("together")
    with client as entered:
        assert_type(entered, EnkryptClient)
        result = client.modify_model(
            request,
            current_name="Old Name",
            current_version="v0",
            retry_ambiguous=False,
        )
        assert_type(result, ModifyModelResponseObject)
        detailed = client.modify_model_detailed(
            settings, current_name=None, current_version=None
        )
        assert_type(detailed.request_id, str | None)
        assert_type(detailed, Response[ModifyModelResponseObject])
        assert_type(detailed.parsed, ModifyModelResponseObject | None)
        called = client.call(
            modify_model,
            retry_ambiguous=True,
            body=request,
            x_enkrypt_model="Test Model",
            x_enkrypt_model_version="v1",
        )
        assert_type(called, ModifyModelResponseObject)
        view = client.with_options(
            timeout=5, total_timeout=9, max_retries=1, extra_headers={"X-Trace": "t"}
        )
        assert_type(view, EnkryptClient)
    client.close()


async def use_async(client: AsyncEnkryptClient, settings: Mapping[str, Any]) -> None:
    async with client as entered:
        assert_type(entered, AsyncEnkryptClient)
        result = await client.modify_model(settings, retry_ambiguous=True)
        assert_type(result, ModifyModelResponseObject)
        detailed = await client.modify_model_detailed(settings)
        assert_type(detailed, Response[ModifyModelResponseObject])
        called = await client.call(
            modify_model,
            body=dict(settings),
            x_enkrypt_model="Test Model",
            x_enkrypt_model_version="v1",
        )
        assert_type(called, ModifyModelResponseObject)
        view = client.with_options(timeout=httpx.Timeout(5.0), max_retries=0)
        assert_type(view, AsyncEnkryptClient)
    await client.aclose()


def use_generated(client: EnkryptClient, request: ModelRequestObject) -> None:
    assert_type(client.api, AuthenticatedClient)
    plain = modify_model.sync(client=client.api, body=request, **NAMES)
    assert_type(plain, ModifyModelResponseObject | None)
    detailed = modify_model.sync_detailed(client=client.api, body=request, **NAMES)
    assert_type(detailed, Response[ModifyModelResponseObject])


async def use_generated_async(
    client: AsyncEnkryptClient, request: ModelRequestObject
) -> None:
    plain = await modify_model.asyncio(client=client.api, body=request, **NAMES)
    assert_type(plain, ModifyModelResponseObject | None)
    await modify_model.asyncio_detailed(client=client.api, body=request, **NAMES)


def read(result: ModifyModelResponseObject) -> None:
    assert_type(result.message, str | Unset)
    assert_type(result.data, GetModelResponseObject | Unset)
    if result.data is not UNSET and result.data:
        assert_type(result.data.model_id, int | Unset)
        assert_type(result.data.updated_at, datetime.datetime | Unset)
        assert_type(result.data.model_config.model_provider, ModelProvider)
        result.data["a field that the document does not know"] = 1
    assert_type(result.to_dict(), dict[str, Any])
    assert_type(result.additional_keys, list[str])
    again = ModifyModelResponseObject.from_dict(result.to_dict())
    assert_type(again, ModifyModelResponseObject)


def handle(client: EnkryptClient, request: ModelRequestObject) -> str:
    try:
        client.modify_model(request)
    except ConfigurationError as error:
        as_value_error: ValueError = error
        return str(as_value_error)
    except InvalidRequestError as error:
        assert_type(error.problems, list[tuple[str, str]])
        return error.problems[0][0]
    except (APIConnectionError, APITimeoutError, OutcomeUnknownError) as error:
        return f"{error.attempts} {error.may_have_been_applied}"
    except RateLimitError as error:
        assert_type(error.retry_after, float | None)
        return error.request_id or ""
    except (
        AuthenticationError,
        BadRequestError,
        ConflictError,
        InternalServerError,
        NotFoundError,
        PermissionDeniedError,
        UnprocessableEntityError,
    ) as error:
        assert_type(error.status_code, int)
        return str(error)
    except APIStatusError as error:
        return f"{error.body}"
    except ResponseDecodeError as error:
        return f"{error.response and error.response.status_code}"
    except EnkryptError as error:
        assert_type(error.may_have_been_applied, bool)
    warning: type[UserWarning] = MisspeltFieldWarning
    modality: Literal["text"] = "text"
    made_from: tuple[str, str, str] = (DOCUMENT_VERSION, DOCUMENT_SHA256, GENERATOR)
    return f"{__version__} {made_from} {warning} {modality}"
