"""A request that the document does not describe, under the same authentication, retries and errors."""

from __future__ import annotations

import json
import re

from .. import exceptions as errors
from . import log, plain_json, policy, styles, values
from .body_secrets import secrets_of_content, strings
from .operation import Operation
from .redact import visible
from .request import Request, secrets_of, secrets_of_parameters
from .settings import header_fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from .response import Response as ReceivedResponse
    from .runner import Runner
    from .settings import Options, Settings
    from .values import DetailedResponse

# RFC 9110, section 9: a method is a token.
_METHOD = re.compile(r"[A-Za-z][A-Za-z-]*")
_PATH = re.compile(r"/[!-~]*")


async def send(
    settings: Settings,
    runner: Runner,
    options: Options,
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None,
    body: object,
    headers: Mapping[str, str] | None,
    retry_ambiguous: bool,
) -> DetailedResponse[Any]:
    """Send a request, and return the response with its content read by its media type.

    Args:
        settings: Where the service is, and who calls.
        runner: Sends the request.
        options: Time limits, retries, headers.
        method: An HTTP method.
        path: Below the server's address, percent-encoded, such as "/models/list-models".
        query: Plain values by name; a list stands for several parameters of that name.
        body: A model or plain JSON data, or bytes, which need a header Content-Type.
        headers: In addition to those of the client.
        retry_ambiguous: Whether to repeat the request though it may have been applied.

    Raises:
        EnkryptError: The request can't be sent, or the call has failed.
    """
    runner.check_open()
    operation = Operation(
        method=_checked_method(method),
        path=_checked_path(path),
        security=settings.document.SECURITY,
        responses={},
    )
    url = path + _query_text(operation, query or {})
    extra_headers = headers or {}
    # Refuses them under the name that this argument has; `options.replace` calls it `extra_headers`.
    header_fields(extra_headers, operation.security, "headers")
    own_headers = dict(extra_headers.items())
    content = b""
    if isinstance(body, bytes | bytearray):
        content = bytes(body)
        if not any(name.lower() == "content-type" for name in own_headers):
            raise errors.InvalidRequestError(
                f"{operation.name}: bytes need a header Content-Type. Nothing was sent."
            )
    elif body is not None:
        content = _json_content(operation, body)
        own_headers = {"Content-Type": "application/json", **own_headers}
    await settings.credentials.load(runner.asynchronous)
    options = options.replace(extra_headers=own_headers)
    request = Request.build(
        operation,
        settings,
        options,
        {"url": url},
        base=settings.server_for(None),
        content=content,
        secrets=secrets_of(
            settings,
            options,
            lambda: secrets_of_content(content),
            lambda: secrets_of_parameters(_texts(query or {})),
        ),
        retry_ambiguous=retry_ambiguous,
    )
    accepted = await runner.run(request)
    response = accepted.response
    try:
        parsed = _read(response)
    except (ValueError, LookupError, RecursionError) as error:
        fault = f"it can't be read ({type(error).__name__})"
    else:
        return policy.public_response(response, parsed)
    log.log_unusable(request, accepted, fault)
    raise policy.decode_error(request, accepted, fault)


def _checked_method(method: str) -> str:
    if isinstance(method, str) and _METHOD.fullmatch(method):
        return method.upper()
    raise errors.InvalidRequestError("method must be an HTTP method, such as GET")


def _checked_path(path: str) -> str:
    """Return a path that leads below the server's address, and nowhere else."""
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise errors.InvalidRequestError(
            "path must begin with / and be percent-encoded ASCII, such as /models/list-models"
        )
    if "?" in path or "#" in path:
        raise errors.InvalidRequestError(
            "path must have no ? and no #; give the query as query="
        )
    # %2E is the same as a dot (RFC 3986, section 6.2.2.2).
    segments = path.upper().replace("%2E", ".").split("/")
    if path.startswith("//") or "." in segments or ".." in segments:
        raise errors.InvalidRequestError("path must have no segments '.', '..' or '//'")
    return path


def _texts(query: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the texts in the values of parameters, each with the name in lower case."""
    for name, value in query.items():
        for text in strings(value):
            yield name.lower(), text


def _query_text(operation: Operation, query: Mapping[str, Any]) -> str:
    if not hasattr(query, "items"):
        raise errors.InvalidRequestError(
            f"{operation.name}: query must be a mapping of names to values. Nothing was sent."
        )
    pieces: list[str] = []
    for name, value in query.items():
        pieces += _query_pieces(operation, name, value)
    return "?" + "&".join(pieces) if pieces else ""


def _query_pieces(operation: Operation, name: str, value: object) -> list[str]:
    fault = "use plain values and lists of them"
    try:
        plain = values.json_form(value)
        items = plain if isinstance(plain, list) else [plain]
        # How a service wants objects and lists within lists is not known without a document.
        if not any(isinstance(item, (dict, list)) for item in items):
            return styles.in_query(name, plain, "form", True)
    except plain_json.DATA_ERRORS as error:
        fault = type(error).__name__
    raise errors.InvalidRequestError(
        f"{operation.name}: the query parameter {visible(str(name))} can't be sent ({fault}). Nothing was sent."
    )


def _json_content(operation: Operation, body: object) -> bytes:
    try:
        return plain_json.to_json(values.written(body)).encode()
    except plain_json.DATA_ERRORS as error:
        fault = type(error).__name__
    raise errors.InvalidRequestError(
        f"{operation.name}: the body can't be written as JSON ({fault}). Nothing was sent."
    )


def _read(response: ReceivedResponse) -> object:
    """Return the content by its media type: JSON data, text, or bytes; None where there is none."""
    if not response.content:
        return None
    media_type = response.media_type
    if media_type == "application/json" or media_type.endswith("+json"):
        return json.loads(response.content)
    if media_type.startswith("text/"):
        return response.text()
    return response.content
