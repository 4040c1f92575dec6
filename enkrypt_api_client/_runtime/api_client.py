"""`client.api`: the generated client under the same policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import httpx

from .. import exceptions as errors
from .body_secrets import secrets_of_content
from .operation import Operation
from .request import Request, secrets_of, secrets_of_parameters
from .runner import drive
from .settings import Options, credential_headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .runner import Runner
    from .settings import Settings

C = TypeVar("C")
# Placeholder for the values that `Request` replaces.
_TOKEN = "added when sent"  # noqa: S105
# Headers that are wrong for content that has been decompressed.
_HEADERS_OF_THE_WIRE = (b"content-encoding", b"content-length", b"transfer-encoding")


class PolicyTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Transport of the httpx clients that the generated functions use. Sends each request through the runner.

    Args:
        settings: Servers and credentials.
        runner: Sends the requests.
        options: Time limits, retries, headers.
    """

    def __init__(self, settings: Settings, runner: Runner, options: Options) -> None:
        self._settings = settings
        self._runner = runner
        self._options = options

    def __reduce__(self) -> str:
        raise TypeError(
            "client.api holds connections and a key and can't be pickled or copied; create a client in each process"
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._check_kind(asynchronous=False)
        return drive(self._respond(request, request.read()))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._check_kind(asynchronous=True)
        return await self._respond(request, await request.aread())

    def _check_kind(self, asynchronous: bool) -> None:
        if asynchronous is not self._runner.asynchronous:
            raise errors.InvalidRequestError(
                "generated sync functions need the .api of an EnkryptClient, async ones that of an AsyncEnkryptClient"
            )

    async def _respond(self, request: httpx.Request, content: bytes) -> httpx.Response:
        await self._settings.credentials.load(self._runner.asynchronous)
        accepted = await self._runner.run(self._build(request, content))
        response = accepted.response
        headers = []
        for name, value in response.headers.raw:
            if name.lower() not in _HEADERS_OF_THE_WIRE:
                headers.append((name, value))
        return httpx.Response(
            response.status_code, headers=headers, content=response.content
        )

    def _build(self, request: httpx.Request, content: bytes) -> Request:
        settings = self._settings
        describe: Callable[[], Operation] | None = request.extensions.get("operation")
        if describe is None:
            # The caller uses the httpx client for a request of his own.
            operation = Operation(
                method=request.method,
                path=request.url.path,
                security=settings.document.SECURITY,
                responses={},
            )
        else:
            # The generated function decides whether it can read the content.
            operation = replace(describe(), responses={})
        origin = _origin(request.url)
        service_origin = _origin(settings.server_for(None))
        operation_origin = _origin(settings.server_for(operation.server))
        if origin not in (service_origin, operation_origin):
            service = service_origin.partition("://")[2]
            raise errors.InvalidRequestError(
                f"this client only sends requests to {service}"
            )
        target = request.url.raw_path.decode()
        base = origin
        if describe is not None and origin == service_origin:
            # Generated code uses the base URL for every operation. The operation may have a server of its own.
            base = settings.server_for(operation.server)
            prefix = httpx.URL(settings.base_url).raw_path.decode()
            target = target.removeprefix(prefix.rstrip("/"))
        options = self._options
        limits = request.extensions.get("timeout", {})
        if any(limits.values()):
            options = options.replace(timeout=httpx.Timeout(**limits))
        headers = _own_headers(request, operation)
        parameters = [*headers.items(), *request.url.params.multi_items()]
        return Request.build(
            operation,
            settings,
            options,
            {"url": target, "headers": headers},
            base=base,
            content=content,
            secrets=secrets_of(
                settings,
                options,
                lambda: secrets_of_content(content),
                lambda: secrets_of_parameters(parameters),
            ),
        )


def _own_headers(request: httpx.Request, operation: Operation) -> dict[str, str]:
    """Return the headers that the generated function or the caller has set, without those of httpx."""
    unwanted = credential_headers(operation.security) - {"cookie"}
    headers = {}
    for name, value in request.headers.items():
        if name in unwanted or (name, value) == ("accept", "*/*"):
            continue
        if value.startswith("python-httpx/") or _TOKEN in value:
            continue
        headers[name] = value
    return headers


def _origin(address: httpx.URL | str) -> str:
    url = httpx.URL(address)
    return f"{url.scheme}://{url.netloc.decode()}"


def generated_client(
    client_class: Callable[..., C],
    settings: Settings,
    runner: Runner,
    options: Options,
) -> C:
    """Return a client for the generated functions, on the same connections.

    Args:
        client_class: The generated `AuthenticatedClient`. It gets a placeholder for the key, which the transport replaces.
        settings: Servers and credentials.
        runner: Sends the requests.
        options: Time limits, retries, headers.
    """
    return client_class(
        base_url=settings.base_url,
        token=_TOKEN,
        # httpx would ask for every content encoding that it can decode. `Request` decides instead.
        headers={"Accept-Encoding": _TOKEN},
        httpx_args={"transport": PolicyTransport(settings, runner, options)},
    )
