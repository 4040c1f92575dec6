"""Reading of responses by generated functions."""

from __future__ import annotations

from typing import TypeVar

from . import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

T = TypeVar("T")


def read_answer(
    build: Callable[..., values.Response[T]], client: object, response: httpx.Response
) -> values.Response[T]:
    """Return what a generated function makes of a response.

    Args:
        build: The function `_build_response` of the operation.
        client: The generated client.
        response: The response.

    Raises:
        ResponseDecodeError: An object or array of the document is something else. A model reports that as a fault of a request.
    """
    try:
        return build(client=client, response=response)
    except ValueError as error:
        failure = error
    # Imported by those calls alone that have failed: whoever imports an operation may never call it.
    from .. import exceptions as errors
    from .operation import SAFE_METHODS

    if not isinstance(failure, errors.InvalidRequestError):
        raise failure
    decode_error = errors.ResponseDecodeError(
        f"the service answered {response.status_code} with a body that can't be used: {failure}"
    )
    decode_error.may_have_been_applied = response.request.method not in SAFE_METHODS
    decode_error.attempts = 1
    status = values.named_status(response.status_code)
    decode_error.response = values.Response(
        status, response.content, response.headers, None
    )
    raise decode_error
