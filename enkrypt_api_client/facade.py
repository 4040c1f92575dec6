"""The two clients: what an application calls."""

from __future__ import annotations

from . import _policy
from ._base import ALIASES, Base, modification, read
from ._settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any, Protocol, Self, TypeVar

    from ._connection import AsyncConnection, SyncConnection
    from ._transport import AsyncClient, Client, Timeout
    from .models import ModelRequestObject, ModifyModelResponseObject
    from .types import Response

    T = TypeVar("T")
    T_co = TypeVar("T_co", covariant=True)

    class Operation(Protocol[T_co]):
        """A module of `enkrypt_api_client.api`."""

        @property
        def sync(self) -> Callable[..., T_co | None]:
            """The function that tells what the operation returns."""


class EnkryptClient(Base):
    """Synchronous client. Safe to share between threads; close it, or use it in a `with` statement.

    Args:
        api_key: The API key; else the environment variable `ENKRYPTAI_API_KEY`, else `ENKRYPT_API_KEY`.
        base_url: Address of the service, with a path prefix if need be; else `ENKRYPTAI_BASE_URL`, else the document's server.
        timeout: Seconds for each of connecting, reading, writing and waiting for a free connection, or an `httpx.Timeout`. Default:
            5 s to connect, 60 s between two bytes read, 60 s to write, 5 s for a free connection.
        max_retries: How often a call is repeated that certainly changed nothing or that the service asks to repeat. 0 turns it off.
        total_timeout: Seconds for a whole call, with all tries and pauses.
        http_client: An `httpx.Client` to send through, for certificates, proxies or tests of your own. It is never closed here, never
            follows redirects here, and its own retries and timeouts should be none.
        allow_insecure_http: Accept an `http://` address that is not loopback; the key and all secrets then travel unencrypted.

    Raises:
        ConfigurationError: An argument, or the environment variable that stands for it, can't be used.
    """

    _connection: SyncConnection

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | Timeout | None = None,
        max_retries: int = 2,
        total_timeout: float = 120.0,
        http_client: Client | None = None,
        allow_insecure_http: bool = False,
    ) -> None:
        settings = Settings(
            api_key, base_url, max_retries, total_timeout, allow_insecure_http
        )
        from ._connection import SyncConnection

        connection = SyncConnection(settings, timeout, http_client)
        self._bind(connection)

    def modify_model(
        self,
        request: ModelRequestObject | Mapping[str, Any],
        *,
        current_name: str | None = None,
        current_version: str | None = None,
        max_retries: int | None = None,
        retry_ambiguous: bool = False,
    ) -> ModifyModelResponseObject:
        """The model as the service has it after the change.

        Args:
            request: What the model is to be, as an object or in JSON form. It is not changed.
            current_name: The name that the model has now, if the request renames it. Default: the request's own.
            current_version: The version that the model has now, if the request changes it. Default: the request's own.
            max_retries: Instead of the client's.
            retry_ambiguous: Also repeat the request after a try that may have been applied, such as one whose answer was lost. Only for
                a request that renames nothing.

        Raises:
            InvalidRequestError: The request is not what the document describes. Nothing was sent.
            APIConnectionError: The service could not be reached. Nothing was changed.
            OutcomeUnknownError: The answer was lost. The change may have been applied.
            APIStatusError: The service refused, or failed.
            ResponseDecodeError: The service answered with success and a body that can't be used.
        """
        given = modification(request, current_name, current_version)
        codec, call = self._prepare(*given, max_retries, retry_ambiguous, ALIASES)
        parsed: ModifyModelResponseObject = read(
            codec, call, self._connection.run(call)
        )
        return parsed

    def modify_model_detailed(
        self,
        request: ModelRequestObject | Mapping[str, Any],
        *,
        current_name: str | None = None,
        current_version: str | None = None,
        max_retries: int | None = None,
        retry_ambiguous: bool = False,
    ) -> Response[ModifyModelResponseObject]:
        """Like `modify_model`, with status and headers."""
        given = modification(request, current_name, current_version)
        codec, call = self._prepare(*given, max_retries, retry_ambiguous, ALIASES)
        answer = self._connection.run(call)
        detailed: Response[ModifyModelResponseObject]
        detailed = _policy.response(answer, read(codec, call, answer))
        return detailed

    def call(
        self,
        operation: Operation[T],
        /,
        *,
        max_retries: int | None = None,
        retry_ambiguous: bool = False,
        **parameters: Any,
    ) -> T:
        """What any generated operation returns, under the policy of this client.

        Args:
            operation: A module of `enkrypt_api_client.api`.
            max_retries: Instead of the client's.
            retry_ambiguous: As in `modify_model`.
            **parameters: The operation's own, `body` among them, as an object or in JSON form.

        Raises:
            EnkryptError: As in `modify_model`.
        """
        codec, call = self._prepare(
            operation, parameters, max_retries, retry_ambiguous, {}
        )
        parsed: T = read(codec, call, self._connection.run(call))
        return parsed

    def close(self) -> None:
        """Close all connections. Closing twice is fine; calling afterwards is an InvalidRequestError."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncEnkryptClient(Base):
    """Asynchronous client, for asyncio. Safe to share between tasks, and between event loops: each has its own connections.

    Args:
        api_key: As in `EnkryptClient`, like all that are not named here.
        http_client: An `httpx.AsyncClient` to send through.
        transport: `"httpx"`, or `"aiohttp"` for many concurrent calls, which needs `pip install "enkrypt-api-client[aiohttp]"`.

    Raises:
        ConfigurationError: An argument, or the environment variable that stands for it, can't be used.
    """

    _connection: AsyncConnection

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | Timeout | None = None,
        max_retries: int = 2,
        total_timeout: float = 120.0,
        http_client: AsyncClient | None = None,
        transport: str = "httpx",
        allow_insecure_http: bool = False,
    ) -> None:
        settings = Settings(
            api_key, base_url, max_retries, total_timeout, allow_insecure_http
        )
        from ._connection import AsyncConnection

        connection = AsyncConnection(settings, timeout, http_client, transport)
        self._bind(connection)

    async def modify_model(
        self,
        request: ModelRequestObject | Mapping[str, Any],
        *,
        current_name: str | None = None,
        current_version: str | None = None,
        max_retries: int | None = None,
        retry_ambiguous: bool = False,
    ) -> ModifyModelResponseObject:
        """The model as the service has it after the change. As `EnkryptClient.modify_model`."""
        given = modification(request, current_name, current_version)
        codec, call = self._prepare(*given, max_retries, retry_ambiguous, ALIASES)
        answer = await self._connection.run(call)
        parsed: ModifyModelResponseObject = read(codec, call, answer)
        return parsed

    async def modify_model_detailed(
        self,
        request: ModelRequestObject | Mapping[str, Any],
        *,
        current_name: str | None = None,
        current_version: str | None = None,
        max_retries: int | None = None,
        retry_ambiguous: bool = False,
    ) -> Response[ModifyModelResponseObject]:
        """Like `modify_model`, with status and headers."""
        given = modification(request, current_name, current_version)
        codec, call = self._prepare(*given, max_retries, retry_ambiguous, ALIASES)
        answer = await self._connection.run(call)
        detailed: Response[ModifyModelResponseObject]
        detailed = _policy.response(answer, read(codec, call, answer))
        return detailed

    async def call(
        self,
        operation: Operation[T],
        /,
        *,
        max_retries: int | None = None,
        retry_ambiguous: bool = False,
        **parameters: Any,
    ) -> T:
        """What any generated operation returns, under the policy of this client. As `EnkryptClient.call`."""
        codec, call = self._prepare(
            operation, parameters, max_retries, retry_ambiguous, {}
        )
        parsed: T = read(codec, call, await self._connection.run(call))
        return parsed

    async def aclose(self) -> None:
        """Close the connections of this event loop. Closing twice is fine; calling afterwards is an InvalidRequestError."""
        await self._connection.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
