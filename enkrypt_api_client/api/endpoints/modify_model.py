# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
from ... import errors, models
from ... import types as _types
from ...models.model_request_object import ModelRequestObject
from ...models.modify_model_response_object import ModifyModelResponseObject
from ...types import Response


def _get_kwargs(
    *,
    body: ModelRequestObject | Mapping[str, Any],
    x_enkrypt_model: str,
    x_enkrypt_model_version: str,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    headers["X-Enkrypt-Model"] = x_enkrypt_model

    headers["X-Enkrypt-Model-Version"] = x_enkrypt_model_version

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/models/modify-model",
        "extensions": {"operation": "endpoints.modify_model"},
    }

    _kwargs["json"] = _types.write_union(body)

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: "AuthenticatedClient | Client", response: "httpx.Response"
) -> ModifyModelResponseObject | None:
    if response.status_code == 200:
        response_200: ModifyModelResponseObject = (
            models.ModifyModelResponseObject.from_dict(response.json())
        )
        return response_200

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: "AuthenticatedClient | Client", response: "httpx.Response"
) -> Response[ModifyModelResponseObject]:
    return Response(
        status_code=_types.named_status(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: "AuthenticatedClient | Client",
    body: ModelRequestObject | Mapping[str, Any],
    x_enkrypt_model: str,
    x_enkrypt_model_version: str,
) -> Response[ModifyModelResponseObject]:
    """Modify Model

    Args:
        x_enkrypt_model (str): The model saved name. E.g. Test Model Example: Test Model.
        x_enkrypt_model_version (str): The model version. Default is 'v1' Example: v1.
        body (ModelRequestObject):  Example: {'model_saved_name': 'Test Model', 'model_version':
            'v1', 'testing_for': 'foundationModels', 'model_name':
            'mistralai/Mixtral-8x7B-Instruct-v0.1', 'certifications': [], 'model_config':
            {'model_provider': 'together', 'hosting_type': 'External', 'input_modalities': ['text'],
            'output_modalities': ['text'], 'model_source': 'https://together.ai', 'rate_per_min': 20,
            'system_prompt': '', 'endpoint': {'scheme': 'https', 'host': 'api.together.xyz', 'port':
            443, 'base_path': '/v1'}, 'paths': {'completions': '/completions', 'chat':
            '/chat/completions'}, 'auth_data': {'header_name': 'Authorization', 'header_prefix':
            'Bearer', 'space_after_prefix': True}, 'apikeys': ['xxxxx'], 'metadata': {},
            'default_request_options': {}}}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ModifyModelResponseObject]
    """

    kwargs = _get_kwargs(
        body=body,
        x_enkrypt_model=x_enkrypt_model,
        x_enkrypt_model_version=x_enkrypt_model_version,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: "AuthenticatedClient | Client",
    body: ModelRequestObject | Mapping[str, Any],
    x_enkrypt_model: str,
    x_enkrypt_model_version: str,
) -> ModifyModelResponseObject | None:
    """Modify Model

    Args:
        x_enkrypt_model (str): The model saved name. E.g. Test Model Example: Test Model.
        x_enkrypt_model_version (str): The model version. Default is 'v1' Example: v1.
        body (ModelRequestObject):  Example: {'model_saved_name': 'Test Model', 'model_version':
            'v1', 'testing_for': 'foundationModels', 'model_name':
            'mistralai/Mixtral-8x7B-Instruct-v0.1', 'certifications': [], 'model_config':
            {'model_provider': 'together', 'hosting_type': 'External', 'input_modalities': ['text'],
            'output_modalities': ['text'], 'model_source': 'https://together.ai', 'rate_per_min': 20,
            'system_prompt': '', 'endpoint': {'scheme': 'https', 'host': 'api.together.xyz', 'port':
            443, 'base_path': '/v1'}, 'paths': {'completions': '/completions', 'chat':
            '/chat/completions'}, 'auth_data': {'header_name': 'Authorization', 'header_prefix':
            'Bearer', 'space_after_prefix': True}, 'apikeys': ['xxxxx'], 'metadata': {},
            'default_request_options': {}}}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ModifyModelResponseObject
    """

    return sync_detailed(
        client=client,
        body=body,
        x_enkrypt_model=x_enkrypt_model,
        x_enkrypt_model_version=x_enkrypt_model_version,
    ).parsed


async def asyncio_detailed(
    *,
    client: "AuthenticatedClient | Client",
    body: ModelRequestObject | Mapping[str, Any],
    x_enkrypt_model: str,
    x_enkrypt_model_version: str,
) -> Response[ModifyModelResponseObject]:
    """Modify Model

    Args:
        x_enkrypt_model (str): The model saved name. E.g. Test Model Example: Test Model.
        x_enkrypt_model_version (str): The model version. Default is 'v1' Example: v1.
        body (ModelRequestObject):  Example: {'model_saved_name': 'Test Model', 'model_version':
            'v1', 'testing_for': 'foundationModels', 'model_name':
            'mistralai/Mixtral-8x7B-Instruct-v0.1', 'certifications': [], 'model_config':
            {'model_provider': 'together', 'hosting_type': 'External', 'input_modalities': ['text'],
            'output_modalities': ['text'], 'model_source': 'https://together.ai', 'rate_per_min': 20,
            'system_prompt': '', 'endpoint': {'scheme': 'https', 'host': 'api.together.xyz', 'port':
            443, 'base_path': '/v1'}, 'paths': {'completions': '/completions', 'chat':
            '/chat/completions'}, 'auth_data': {'header_name': 'Authorization', 'header_prefix':
            'Bearer', 'space_after_prefix': True}, 'apikeys': ['xxxxx'], 'metadata': {},
            'default_request_options': {}}}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ModifyModelResponseObject]
    """

    kwargs = _get_kwargs(
        body=body,
        x_enkrypt_model=x_enkrypt_model,
        x_enkrypt_model_version=x_enkrypt_model_version,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: "AuthenticatedClient | Client",
    body: ModelRequestObject | Mapping[str, Any],
    x_enkrypt_model: str,
    x_enkrypt_model_version: str,
) -> ModifyModelResponseObject | None:
    """Modify Model

    Args:
        x_enkrypt_model (str): The model saved name. E.g. Test Model Example: Test Model.
        x_enkrypt_model_version (str): The model version. Default is 'v1' Example: v1.
        body (ModelRequestObject):  Example: {'model_saved_name': 'Test Model', 'model_version':
            'v1', 'testing_for': 'foundationModels', 'model_name':
            'mistralai/Mixtral-8x7B-Instruct-v0.1', 'certifications': [], 'model_config':
            {'model_provider': 'together', 'hosting_type': 'External', 'input_modalities': ['text'],
            'output_modalities': ['text'], 'model_source': 'https://together.ai', 'rate_per_min': 20,
            'system_prompt': '', 'endpoint': {'scheme': 'https', 'host': 'api.together.xyz', 'port':
            443, 'base_path': '/v1'}, 'paths': {'completions': '/completions', 'chat':
            '/chat/completions'}, 'auth_data': {'header_name': 'Authorization', 'header_prefix':
            'Bearer', 'space_after_prefix': True}, 'apikeys': ['xxxxx'], 'metadata': {},
            'default_request_options': {}}}.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ModifyModelResponseObject
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            x_enkrypt_model=x_enkrypt_model,
            x_enkrypt_model_version=x_enkrypt_model_version,
        )
    ).parsed


if TYPE_CHECKING:

    def _call(
        *,
        body: ModelRequestObject | Mapping[str, Any],
        x_enkrypt_model: str,
        x_enkrypt_model_version: str,
        retry_ambiguous: bool = False,
    ) -> ModifyModelResponseObject:
        """The call `client.call(modify_model, ...)`, as type checkers see it."""
        ...
