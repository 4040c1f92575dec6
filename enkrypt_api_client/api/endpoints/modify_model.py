# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.
"""`PATCH /models/modify-model`: Modify Model

Call it with `client.call(modify_model, body=..., x_enkrypt_model=...,
x_enkrypt_model_version=...)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors, models
from ..._runtime import styles as _styles
from ..._runtime import values as _values
from ..._runtime.api_answers import read_answer as _read_answer
from ..._runtime.frames import HiddenFrames as _HiddenFrames
from ...types import Response

if TYPE_CHECKING:
    import httpx

    from ... import typed_dicts as _dicts
    from ..._runtime.operation import Operation as _Operation
    from ...client import AuthenticatedClient, Client


def _operation() -> _Operation:
    """Return what the document says of this operation. The first call imports it: its schemas are long."""
    from ..._operations.endpoints import modify_model as _described

    return _described.OPERATION


def _get_kwargs(
    *,
    body: models.ModelRequestObject
    | _dicts.ModelRequestObjectDict
    | _dicts.JsonMapping,
    x_enkrypt_model: str,
    x_enkrypt_model_version: str,
) -> dict[str, Any]:
    """Return the arguments of `httpx.Client.request`."""
    _headers: dict[str, str] = {"Accept": "application/json"}
    _headers |= _styles.in_header("X-Enkrypt-Model", x_enkrypt_model)
    _headers |= _styles.in_header("X-Enkrypt-Model-Version", x_enkrypt_model_version)
    _url = "/models/modify-model"
    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": _url,
        "headers": _headers,
        "extensions": {"operation": _operation},
    }
    _kwargs["json"] = _values.written(body)
    _headers["Content-Type"] = "application/json"
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> models.ModifyModelResponseObject | None:
    """Return the content of a response as the document describes it for its status."""
    if response.status_code == 200:
        if not response.content:
            return None
        response_200: models.ModifyModelResponseObject = (
            models.ModifyModelResponseObject.from_dict(response.json())
        )
        return response_200
    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[models.ModifyModelResponseObject]:
    """Return a response with its content, as it was received and parsed."""
    return Response(
        status_code=_values.named_status(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: models.ModelRequestObject
    | _dicts.ModelRequestObjectDict
    | _dicts.JsonMapping,
    x_enkrypt_model: str,
    x_enkrypt_model_version: str,
) -> Response[models.ModifyModelResponseObject]:
    """Modify Model

    Args:
        x_enkrypt_model: The model saved name. E.g. Test Model
        x_enkrypt_model_version: The model version. Default is 'v1'
        body: The body of the request

    Returns:
        The status, the headers, the content, and the parsed answer.
    """
    with _HiddenFrames():
        _kwargs = _get_kwargs(
            body=body,
            x_enkrypt_model=x_enkrypt_model,
            x_enkrypt_model_version=x_enkrypt_model_version,
        )
        _response = client.get_httpx_client().request(**_kwargs)
        return _read_answer(_build_response, client, _response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: models.ModelRequestObject
    | _dicts.ModelRequestObjectDict
    | _dicts.JsonMapping,
    x_enkrypt_model: str,
    x_enkrypt_model_version: str,
) -> models.ModifyModelResponseObject | None:
    """Modify Model

    Args:
        x_enkrypt_model: The model saved name. E.g. Test Model
        x_enkrypt_model_version: The model version. Default is 'v1'
        body: The body of the request

    Returns:
        The parsed answer; None if the document describes no content for this status.
    """
    with _HiddenFrames():
        _response = sync_detailed(
            client=client,
            body=body,
            x_enkrypt_model=x_enkrypt_model,
            x_enkrypt_model_version=x_enkrypt_model_version,
        )
        return _response.parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: models.ModelRequestObject
    | _dicts.ModelRequestObjectDict
    | _dicts.JsonMapping,
    x_enkrypt_model: str,
    x_enkrypt_model_version: str,
) -> Response[models.ModifyModelResponseObject]:
    """Modify Model

    Args:
        x_enkrypt_model: The model saved name. E.g. Test Model
        x_enkrypt_model_version: The model version. Default is 'v1'
        body: The body of the request

    Returns:
        The status, the headers, the content, and the parsed answer.
    """
    with _HiddenFrames():
        _kwargs = _get_kwargs(
            body=body,
            x_enkrypt_model=x_enkrypt_model,
            x_enkrypt_model_version=x_enkrypt_model_version,
        )
        _response = await client.get_async_httpx_client().request(**_kwargs)
        return _read_answer(_build_response, client, _response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: models.ModelRequestObject
    | _dicts.ModelRequestObjectDict
    | _dicts.JsonMapping,
    x_enkrypt_model: str,
    x_enkrypt_model_version: str,
) -> models.ModifyModelResponseObject | None:
    """Modify Model

    Args:
        x_enkrypt_model: The model saved name. E.g. Test Model
        x_enkrypt_model_version: The model version. Default is 'v1'
        body: The body of the request

    Returns:
        The parsed answer; None if the document describes no content for this status.
    """
    with _HiddenFrames():
        _response = await asyncio_detailed(
            client=client,
            body=body,
            x_enkrypt_model=x_enkrypt_model,
            x_enkrypt_model_version=x_enkrypt_model_version,
        )
        return _response.parsed


if TYPE_CHECKING:

    def _call(
        *,
        body: models.ModelRequestObject
        | _dicts.ModelRequestObjectDict
        | _dicts.JsonMapping,
        x_enkrypt_model: str,
        x_enkrypt_model_version: str,
        retry_ambiguous: bool = False,
    ) -> models.ModifyModelResponseObject:
        """Has the types of `client.call` for this operation, for type checkers alone."""
        ...
