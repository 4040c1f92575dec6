"""The two clients: what an application calls."""

from __future__ import annotations

import os
import warnings

from . import _document, _policy
from . import exceptions as errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Any, Literal, Protocol, Self, TypeVar

    from ._codec import Codec
    from ._transport import (
        AsyncClient,
        AsyncConnection,
        Client,
        SyncConnection,
        Timeout,
    )
    from .client import AuthenticatedClient
    from .models import ModelRequestObject, ModifyModelResponseObject
    from .types import Response

    T = TypeVar("T")
    T_co = TypeVar("T_co", covariant=True)

    class Operation(Protocol[T_co]):
        """A module of `enkrypt_api_client.api`."""

        @property
        def sync(self) -> Callable[..., T_co | None]:
            """The function that tells what the operation returns."""


# What modify_model calls the headers that say which model is meant.
_ALIASES = {
    "x_enkrypt_model": "current_name",
    "x_enkrypt_model_version": "current_version",
}


class _Base:
    """Configuration, checking and reading; the subclasses wait."""

    _connection: SyncConnection | AsyncConnection

    def _configure(
        self,
        api_key: str | None,
        base_url: str | None,
        max_retries: int,
        total_timeout: float,
        allow_insecure_http: bool,
    ) -> tuple[_policy.Policy, str, _policy.Secret | None, str]:
        """What the connection needs: argument before environment before document."""
        policy = _policy.Policy(max_retries, total_timeout)
        self._codecs: dict[str, Codec] = {}
        self._api: AuthenticatedClient | None = None
        named = _named(api_key, "api_key", "ENKRYPTAI_API_KEY", "ENKRYPT_API_KEY")
        if named is None and _document.AUTH_HEADER:
            raise errors.ConfigurationError(
                "no API key: give api_key=, or set the environment variable ENKRYPTAI_API_KEY"
            )
        key = _policy.api_key(*named) if named else None
        value, name = _named(base_url, "base_url", "ENKRYPTAI_BASE_URL") or (
            _document.SERVER,
            "base_url (the document's server)",
        )
        url = _policy.base_url(value, name, allow_insecure_http)
        return policy, url, key, _document.AUTH_HEADER or ""

    @property
    def api(self) -> AuthenticatedClient:
        """A client for the functions of `enkrypt_api_client.api`, on the same connection.

        Authentication, timeouts, retries, deadline and status errors apply there too. Requests are not checked before they are sent,
        and an answer that does not decode raises whatever generated code raises: that is what `call` is for.
        """
        if self._api is None:
            from ._transport import generated_client

            self._api = generated_client(self._connection)
        return self._api

    def _prepare(
        self,
        operation: Any,
        parameters: dict[str, Any],
        max_retries: int | None,
        retry_ambiguous: bool,
        aliases: dict[str, str],
    ) -> tuple[Codec, _policy.Call]:
        """Check everything, then put together what is sent on every try."""
        self._connection.check_open()
        codec = self._codec(operation)
        problems: dict[str, str] = {}
        hints: list[str] = []
        call = codec.call(parameters, problems, hints)
        for hint in hints:
            warnings.warn(hint, errors.MisspeltFieldWarning, stacklevel=3)
        if max_retries is not None and (fault := _policy.retries_fault(max_retries)):
            problems["max_retries"] = fault
        if retry_ambiguous and not problems and _renames(call, parameters):
            problems["retry_ambiguous"] = (
                "can't be asked for in a rename: after a lost answer the old name may be gone"
            )
        if problems:
            named = {aliases.get(path, path): told for path, told in problems.items()}
            raise _invalid(codec.name, named)
        call.max_retries = max_retries
        call.retry_ambiguous = retry_ambiguous
        self._connection.prepare(call, codec.arguments(parameters))
        return codec, call

    def _codec(self, operation: Any) -> Codec:
        name = getattr(operation, "__name__", "")
        codec = self._codecs.get(name)
        if codec is None:
            from ._codec import Codec

            self._codecs[name] = codec = Codec(operation)
        return codec

    def __reduce__(self) -> str:
        raise TypeError(
            f"{type(self).__name__} holds connections and a key and does not pickle or copy; create one in each process"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._connection.base_url}>"


class EnkryptClient(_Base):
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
        configured = self._configure(
            api_key, base_url, max_retries, total_timeout, allow_insecure_http
        )
        from ._transport import SyncConnection

        self._connection = SyncConnection(*configured, timeout, http_client)

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
        given = _modification(request, current_name, current_version)
        codec, call = self._prepare(*given, max_retries, retry_ambiguous, _ALIASES)
        parsed: ModifyModelResponseObject = _read(
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
        given = _modification(request, current_name, current_version)
        codec, call = self._prepare(*given, max_retries, retry_ambiguous, _ALIASES)
        return _detailed(codec, call, self._connection.run(call))

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
        parsed: T = _read(codec, call, self._connection.run(call))
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


class AsyncEnkryptClient(_Base):
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
        transport: Literal["httpx", "aiohttp"] = "httpx",
        allow_insecure_http: bool = False,
    ) -> None:
        configured = self._configure(
            api_key, base_url, max_retries, total_timeout, allow_insecure_http
        )
        from ._transport import AsyncConnection

        self._connection = AsyncConnection(*configured, timeout, http_client, transport)

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
        given = _modification(request, current_name, current_version)
        codec, call = self._prepare(*given, max_retries, retry_ambiguous, _ALIASES)
        answer = await self._connection.run(call)
        parsed: ModifyModelResponseObject = _read(codec, call, answer)
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
        given = _modification(request, current_name, current_version)
        codec, call = self._prepare(*given, max_retries, retry_ambiguous, _ALIASES)
        return _detailed(codec, call, await self._connection.run(call))

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
        parsed: T = _read(codec, call, await self._connection.run(call))
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


def _named(given: object, argument: str, *variables: str) -> tuple[object, str] | None:
    """A setting and where it comes from, or None where nobody gives it."""
    if given is not None:
        return given, argument
    for variable in variables:
        if value := os.environ.get(variable):
            return value, f"the environment variable {variable}"
    return None


def _modification(
    request: Any, current_name: str | None, current_version: str | None
) -> tuple[Any, dict[str, Any]]:
    """The operation and its parameters: a request that renames nothing speaks of the model under its own name."""
    from .api.endpoints import modify_model

    own = (
        request.get
        if hasattr(request, "keys")
        else lambda name: getattr(request, name, None)
    )
    parameters = {
        "x_enkrypt_model": own("model_saved_name")
        if current_name is None
        else current_name,
        "x_enkrypt_model_version": own("model_version")
        if current_version is None
        else current_version,
        "body": request,
    }
    return modify_model, parameters


def _renames(call: _policy.Call, parameters: dict[str, Any]) -> bool:
    from json import loads

    if not _ALIASES.keys() <= parameters.keys():
        return False
    body = loads(call.content)
    own = [body.get("model_saved_name"), body.get("model_version")]
    return own != [parameters[name] for name in _ALIASES]


def _invalid(name: str, problems: dict[str, str]) -> errors.InvalidRequestError:
    told = "; ".join(f"{path or 'body'}: {fault}" for path, fault in problems.items())
    return errors.InvalidRequestError(
        f"{name}: {told}. Nothing was sent.", list(problems.items())
    )


def _read(codec: Codec, call: _policy.Call, answer: _policy.Answer) -> Any:
    parsed, fault = codec.read(answer)
    if fault:
        raise _policy.decode_error(call, answer, fault)
    return parsed


def _detailed(
    codec: Codec, call: _policy.Call, answer: _policy.Answer
) -> Response[Any]:
    from .types import Response

    return Response(
        status_code=_policy.http_status(answer.status),
        content=answer.content,
        headers=dict(answer.headers),
        parsed=_read(codec, call, answer),
    )
