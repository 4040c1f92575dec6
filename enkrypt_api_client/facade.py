"""The two clients: what an application calls."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from . import _document
from ._runtime.frames import HiddenFrames
from ._runtime.settings import Options, Settings

# Without the annotation, Jedi takes the value literally, sees none of the imports below, and completes nothing of their types.
TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Coroutine
    from typing import Any, ParamSpec, Protocol, Self, TypeAlias, TypeVar

    import httpx

    from ._runtime.calls import Call
    from ._runtime.hooks import Hooks, RequestEvent, ResponseEvent
    from ._runtime.library import HTTPXAsyncClient, HTTPXClient
    from ._runtime.pages import AsyncPages, Pages
    from ._runtime.route import Connecting
    from ._runtime.runner import Runner
    from ._runtime.settings import ApiKey, SyncApiKey
    from ._runtime.stream import AsyncStream, Stream
    from .client import AuthenticatedClient
    from .models import ModelRequestObject, ModifyModelResponseObject
    from .typed_dicts import JsonMapping, ModelRequestObjectDict
    from .types import DetailedResponse

    # A dictionary that is written as a literal is checked key by key; one with values of type Any is taken as it is.
    Request: TypeAlias = ModelRequestObject | ModelRequestObjectDict | JsonMapping
    P = ParamSpec("P")
    T = TypeVar("T")
    T_co = TypeVar("T_co", covariant=True)
    ClientT = TypeVar("ClientT")
    CreateRunner: TypeAlias = Callable[
        [Settings, ClientT | None, Connecting, Hooks | None], Runner
    ]
    Item = TypeVar("Item")
    Page = TypeVar("Page")
    Item_co = TypeVar("Item_co", covariant=True)
    Page_co = TypeVar("Page_co", covariant=True)

    class Operation(Protocol[P, T_co]):
        """A module of `enkrypt_api_client.api`."""

        @property
        def _call(self) -> Callable[P, T_co]:
            """Declares, for type checkers, the parameters and the result of a call."""

    class StreamedOperation(Protocol[P, T_co]):
        """A module of `enkrypt_api_client.api` whose answer can be read as it comes."""

        @property
        def _stream(self) -> Callable[P, T_co]:
            """Declares, for type checkers, the parameters and the items of the stream."""

    class PagedOperation(Protocol[P, Item_co, Page_co]):
        """A module of `enkrypt_api_client.api` whose answer is a page of a list."""

        @property
        def _pages(self) -> Callable[P, tuple[Item_co, Page_co]]:
            """Declares, for type checkers, the parameters, an item and a page."""


# Parameters of the operation modify_model, sent as headers, that say which model is meant. For each: the argument of the client's method,
# the field of the request that says the same, and the word for it in messages.
_NAMES = {
    "x_enkrypt_model": ("current_name", "model_saved_name", "model"),
    "x_enkrypt_model_version": ("current_version", "model_version", "version"),
}
# Characters of a name in a message.
_LONGEST_NAME = 100


class _Base:
    """Base class of the clients: everything but waiting."""

    _settings: Settings
    _options: Options
    _runner: Runner
    _api: AuthenticatedClient | None = None
    _is_asynchronous = False

    def _connect(
        self,
        settings: Settings,
        options: Options,
        create_runner: CreateRunner[ClientT],
        http_client: ClientT | None,
        connecting: tuple[int, str | None, ssl.SSLContext | None],
        on_request: Callable[[RequestEvent], object] | None,
        on_response: Callable[[ResponseEvent], object] | None,
    ) -> None:
        """Set the attributes. Arguments as in `EnkryptClient`; `connecting` is `max_connections`, `proxy` and `ssl_context`."""
        from ._runtime.importing import IMPORTING

        # Import all that a call needs, as far as that is known before the call.
        with IMPORTING:
            from ._runtime import calls  # noqa: F401
            from ._runtime.route import Connecting

            with contextlib.suppress(ImportError):  # in a package of another document
                from .api.endpoints import modify_model

                modify_model._operation()
        hooks = None
        if on_request is not None or on_response is not None:
            with IMPORTING:
                from ._runtime.hooks import Hooks

            hooks = Hooks(on_request, on_response, may_wait=self._is_asynchronous)
        self._settings = settings
        self._options = options
        self._runner = create_runner(
            settings, http_client, Connecting.from_arguments(*connecting), hooks
        )

    @property
    def api(self) -> AuthenticatedClient:
        """A client for the functions of `enkrypt_api_client.api`, on the same connections.

        Authentication, timeouts, retries, deadline and status errors apply there too. Requests are not checked before they are sent,
        and an answer that does not decode raises whatever generated code raises: that is what `call` is for.
        """
        if self._api is None:
            from ._runtime.import_failures import IMPORT_FAILURES
            from ._runtime.importing import IMPORTING

            with IMPORT_FAILURES, IMPORTING:
                from ._runtime.api_client import generated_client
                from .client import AuthenticatedClient

            self._api = generated_client(
                AuthenticatedClient, self._settings, self._runner, self._options
            )
        return self._api

    def _view(
        self,
        timeout: float | httpx.Timeout | None,
        total_timeout: float | None,
        max_retries: int | None,
        extra_headers: Mapping[str, str] | None,
        check_body: bool | None,
    ) -> Self:
        """Return a client with other options on the same connections. Arguments as in `EnkryptClient.with_options`."""
        # Each client has a `with_options` of its own, since Jedi completes nothing behind one that is inherited.
        view = object.__new__(type(self))
        view._settings = self._settings
        view._runner = self._runner
        view._options = self._options.replace(
            timeout, total_timeout, max_retries, extra_headers, check_body
        )
        return view

    def check(
        self,
        operation: Operation[P, object],
        /,
        *args: P.args,
        **parameters: P.kwargs,
    ) -> None:
        """Check the parameters of a call as `call` does, and send nothing. An asynchronous client does not wait for it either.

        Args:
            operation: A module of `enkrypt_api_client.api`.
            **parameters: As in `call`.

        Raises:
            InvalidRequestError: A parameter can't be used. `.problems` lists every fault.
        """
        with HiddenFrames():
            call: Call[object] = self._call_of(operation, args, parameters)
            call.check()

    def _call_of(
        self,
        operation: Any,  # noqa: ANN401  # a module, which the methods know by its parameters and its result
        positional: object,
        parameters: Mapping[str, object],
        *,
        argument_names: Mapping[str, str] | None = None,
        copied_fields: Mapping[str, str] | None = None,
        subject: str = "",
    ) -> Call[Any]:
        """Prepare a call of an operation.

        Args:
            operation: A module of `enkrypt_api_client.api`.
            positional: What the caller gave without a name, which is refused.
            parameters: Parameters of the operation by name, and `retry_ambiguous`.
            argument_names: What messages call a parameter, where the method has another name for it.
            copied_fields: The fields of the request that parameters were taken from, by parameter.
            subject: What the call is about, for messages.
        """
        from ._runtime.calls import Call

        if positional:
            raise TypeError(
                "give the parameters of an operation by name, as in client.call(operation, body=...)"
            )
        named = dict(parameters)
        retry_ambiguous = _flag(named.pop("retry_ambiguous", False))
        unchanged: dict[str, object] = {}
        function = getattr(operation, "__name__", "").rpartition(".")[2]
        if retry_ambiguous and function == "modify_model":
            # If the first attempt of a rename was applied, no model has the old name any more.
            for parameter, (_, field, _) in _NAMES.items():
                unchanged[field] = named.get(parameter)
        return Call(
            self._settings,
            self._runner,
            self._options,
            operation,
            named,
            retry_ambiguous=retry_ambiguous,
            subject=subject,
            argument_names=argument_names,
            copied_fields=copied_fields,
            unchanged=unchanged,
        )

    def _modification(
        self,
        request: object,
        current_name: str | None,
        current_version: str | None,
        retry_ambiguous: bool,
    ) -> Call[ModifyModelResponseObject]:
        """Prepare a call of `modify_model`. Without a current name or version, those in the request say which model is meant."""
        from .api.endpoints import modify_model

        parameters: dict[str, object] = {
            "body": request,
            "retry_ambiguous": retry_ambiguous,
        }
        argument_names = {"body": "request"}
        copied_fields = {}
        current: dict[str, object] = {
            "x_enkrypt_model": current_name,
            "x_enkrypt_model_version": current_version,
        }
        subjects = []
        for parameter, (argument, field, noun) in _NAMES.items():
            value = current[parameter]
            if value is not None:
                argument_names[parameter] = argument
                _warn_of_unaddressable(field, _field_of(request, field))
            else:
                value = _field_of(request, field)
                copied_fields[parameter] = field
            if value is not None:
                parameters[parameter] = value
            if isinstance(value, str):
                subjects.append(f'{noun} "{value[:_LONGEST_NAME]}"')
        return self._call_of(
            modify_model,
            (),
            parameters,
            argument_names=argument_names,
            copied_fields=copied_fields,
            subject=", ".join(subjects),
        )

    def _undocumented(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: object,
        headers: Mapping[str, str] | None,
        retry_ambiguous: bool,
    ) -> Coroutine[Any, Any, DetailedResponse[Any]]:
        """Prepare a request that the document does not describe."""
        from ._runtime.import_failures import IMPORT_FAILURES
        from ._runtime.importing import IMPORTING

        with IMPORT_FAILURES, IMPORTING:
            from ._runtime import undocumented

        return undocumented.send(
            self._settings,
            self._runner,
            self._options,
            method,
            path,
            query=query,
            body=body,
            headers=headers,
            retry_ambiguous=_flag(retry_ambiguous),
        )

    def __reduce__(self) -> str:
        raise TypeError(
            f"{type(self).__name__} holds connections and a key and can't be pickled or copied; create one in each process"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._settings.base_url}>"


def _flag(retry_ambiguous: object) -> bool:
    """Return the argument if it is a bool: a text such as "no" would otherwise allow a change to be made twice."""
    if isinstance(retry_ambiguous, bool):
        return retry_ambiguous
    from .exceptions import InvalidRequestError

    raise InvalidRequestError(
        "retry_ambiguous must be True or False. Nothing was sent."
    )


def _warn_of_unaddressable(field: str, value: object) -> None:
    """Warn of a new name or version that no later call can send, because a header can't hold it."""
    import re

    from ._runtime.settings import VISIBLE

    if not isinstance(value, str) or re.fullmatch(VISIBLE, value):
        return
    from ._runtime.caller import warn_caller
    from .exceptions import UnaddressableNameWarning

    warn_caller(
        f"the new {field}, {value[:_LONGEST_NAME]!a}, is not visible ASCII without spaces around it:"
        " no later call can send it in a header to address the model",
        UnaddressableNameWarning,
    )


def _field_of(request: object, field: str) -> object:
    """Return a field of a request in JSON form or as a model; None if it has none."""
    if isinstance(request, Mapping):
        return request.get(field)
    return getattr(request, field, None)


class EnkryptClient(_Base):
    """Synchronous client. Safe to share between threads; close it with `close()`, or use it in a `with` statement.

    Args:
        api_key: The API key, else the environment variable `ENKRYPTAI_API_KEY`, else `ENKRYPT_API_KEY`. Where the document wants a
            user and a password, `(user, password)`; where it wants several keys, a mapping from the names of its security schemes.
            Or a function that returns one of these: it is asked by the first call, and again when the service answers 401.
        base_url: Address of the service, with a path prefix if need be, else `ENKRYPTAI_BASE_URL`, else the document's server.
        timeout: Seconds for each of connecting, reading, writing and waiting for a free connection, or an `httpx.Timeout`. None:
            5 s to connect, 60 s between two bytes read, 60 s to write, and for a free connection as long as `total_timeout` allows.
        max_retries: How many times to retry a call that certainly changed nothing, or that the service asks to retry. 0 turns it off.
        total_timeout: Seconds for a whole call, including all attempts and pauses.
        http_client: A `Client` of httpx or httpx2 to send through, for transports and tests of your own. It is never closed here,
            follows no redirects, and its timeouts and `base_url` are not used. Its transport should not retry.
        max_connections: How many calls may be on their way at the same time; others wait for their turn.
        proxy: URL of the proxy to send through (`http://`, `https://` or `socks5://`), else `HTTPS_PROXY` and the like.
        ssl_context: How the service's certificate is checked, and which certificate of the client's own it gets; else the
            authorities of `SSL_CERT_FILE`, `SSL_CERT_DIR` or `REQUESTS_CA_BUNDLE`, else those of certifi.
        default_headers: Sent with every request. An operation's own headers win; credentials are refused.
        allow_insecure_http: Accept an `http://` address that is not loopback; the key and all secrets then travel unencrypted.
        on_request: Is called with a `RequestEvent` before each attempt; it may add headers, such as those of a trace.
            What it raises ends the call, before the attempt is sent, and reaches the caller unchanged.
        on_response: Is called with a `ResponseEvent` after each attempt. What it raises ends the call, and reaches the caller unchanged
            in the place of the result or of an error of this package: the change may have been applied. Catch in it what must not.

    Raises:
        ConfigurationError: An argument, or the environment variable that stands for it, can't be used.
    """

    def __init__(
        self,
        api_key: SyncApiKey | None = None,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout | None = None,
        max_retries: int = 2,
        total_timeout: float = 120.0,
        http_client: HTTPXClient | None = None,
        max_connections: int = 100,
        proxy: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        default_headers: Mapping[str, str] | None = None,
        allow_insecure_http: bool = False,
        on_request: Callable[[RequestEvent], object] | None = None,
        on_response: Callable[[ResponseEvent], object] | None = None,
    ) -> None:
        with HiddenFrames():
            options = Options.from_arguments(
                _document.SECURITY, timeout, total_timeout, max_retries, default_headers
            )
            settings = Settings(_document, api_key, base_url, allow_insecure_http)
            from ._runtime.importing import IMPORTING

            with IMPORTING:
                from ._runtime.runner import create_sync_runner

            self._connect(
                settings,
                options,
                create_sync_runner,
                http_client,
                (max_connections, proxy, ssl_context),
                on_request,
                on_response,
            )

    def modify_model(
        self,
        request: Request,
        *,
        current_name: str | None = None,
        current_version: str | None = None,
        retry_ambiguous: bool = False,
    ) -> ModifyModelResponseObject:
        """Change a model's settings; returns the service's message and the model as stored.

        Args:
            request: The model's new settings, as an object or in JSON form. The request is not changed.
            current_name: The name that the model has now, if the request renames it. Default: the request's own.
            current_version: The version that the model has now, if the request changes it. Default: the request's own.
            retry_ambiguous: Also retry after an attempt that may have been applied, such as one whose answer was lost. Not
                allowed when renaming.

        Raises:
            InvalidRequestError: The request is not what the document describes. Nothing was sent.
            APIConnectionError: The service could not be reached. Nothing was changed.
            OutcomeUnknownError: The answer was lost. The change may have been applied.
            APIStatusError: The service refused, or failed.
            ResponseDecodeError: The service answered with success and a body that can't be used.
        """
        with HiddenFrames():
            call = self._modification(
                request, current_name, current_version, retry_ambiguous
            )
            return self._driven(call.parsed())

    def modify_model_detailed(
        self,
        request: Request,
        *,
        current_name: str | None = None,
        current_version: str | None = None,
        retry_ambiguous: bool = False,
    ) -> DetailedResponse[ModifyModelResponseObject]:
        """Like `modify_model`, with status, headers and request id."""
        with HiddenFrames():
            call = self._modification(
                request, current_name, current_version, retry_ambiguous
            )
            return self._driven(call.detailed())

    def call(
        self, operation: Operation[P, T], /, *args: P.args, **parameters: P.kwargs
    ) -> T:
        """Call any generated operation, with the checks, retries and errors of this client.

        Args:
            operation: A module of `enkrypt_api_client.api`.
            **parameters: The operation's own, by name: `body` as an object, in JSON form, or what else the operation takes, and
                `retry_ambiguous` as in `modify_model`.

        Raises:
            EnkryptError: As in `modify_model`.
        """
        with HiddenFrames():
            call: Call[T] = self._call_of(operation, args, parameters)
            return self._driven(call.parsed())

    def call_detailed(
        self, operation: Operation[P, T], /, *args: P.args, **parameters: P.kwargs
    ) -> DetailedResponse[T]:
        """Like `call`, with status, headers, request id and content. The result is in `.parsed`."""
        with HiddenFrames():
            call: Call[T] = self._call_of(operation, args, parameters)
            return self._driven(call.detailed())

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        retry_ambiguous: bool = False,
    ) -> DetailedResponse[Any]:
        """Send a request that the document does not describe yet, with the authentication, retries and errors of this client.

        Nothing checks the request, and `.parsed` of the result is plain JSON data, text, or bytes.

        Args:
            method: An HTTP method.
            path: Below the server's address, percent-encoded, such as "/models/list-models".
            query: Plain values by name; a list stands for several parameters of that name.
            body: A model or JSON data, or bytes, which need a header Content-Type.
            headers: In addition to those of the client.
            retry_ambiguous: Whether to repeat the request though it may have been applied.

        Raises:
            EnkryptError: As in `modify_model`.
        """
        with HiddenFrames():
            return self._driven(
                self._undocumented(method, path, query, body, headers, retry_ambiguous)
            )

    def stream(
        self,
        operation: StreamedOperation[P, T],
        /,
        *args: P.args,
        **parameters: P.kwargs,
    ) -> Stream[T]:
        """The answer of an operation as it comes: server-sent events, JSON values line by line, or chunks of bytes.

        The result is to be used in a `with` statement and to be iterated over. An event has `.json()`, which returns the model that the
        document describes, beside its text in `.data`. Retries and the total timeout end with the first byte;
        after that, the read timeout holds between two events. Leaving the statement early closes the connection.

        Args:
            operation: A module of `enkrypt_api_client.api`.
            **parameters: As in `call`.

        Raises:
            EnkryptError: As in `modify_model`; OutcomeUnknownError where the stream breaks off.
        """
        from ._runtime.import_failures import IMPORT_FAILURES
        from ._runtime.importing import IMPORTING

        with IMPORT_FAILURES, IMPORTING:
            from ._runtime.stream import Stream

        with HiddenFrames():
            return Stream(self._call_of(operation, args, parameters), self._runner)

    def pages(
        self,
        operation: PagedOperation[P, Item, Page],
        /,
        *args: P.args,
        **parameters: P.kwargs,
    ) -> Pages[Item, Page]:
        """A list that comes in pages: iterate over it for all its items, or over its `by_page()` for whole pages.

        A page is asked for when the one before is used up, each with the retries and the total timeout of a call. The message of an
        error says which page has failed; the same iterator goes on with it.

        Args:
            operation: A module of `enkrypt_api_client.api` whose answer comes in pages.
            **parameters: As in `call`, for the first page.

        Raises:
            InvalidRequestError: Its answer does not come in pages. Errors of `call` come while it is iterated over.
        """
        from ._runtime.import_failures import IMPORT_FAILURES
        from ._runtime.importing import IMPORTING

        with IMPORT_FAILURES, IMPORTING:
            from ._runtime.pages import Pages

        with HiddenFrames():
            return Pages(
                lambda given: self._call_of(operation, args, given), parameters
            )

    def with_options(
        self,
        *,
        timeout: float | httpx.Timeout | None = None,
        total_timeout: float | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
        check_body: bool | None = None,
    ) -> Self:
        """A client with other options on the same connections. Closing either closes both.

        Args:
            timeout: Replaces the client's `timeout`.
            total_timeout: Replaces the client's `total_timeout`.
            max_retries: Replaces the client's `max_retries`.
            extra_headers: Sent with every request, in addition to the client's `default_headers`.
            check_body: False sends bodies that the document does not allow, such as one with a value that is newer than this package.
                What can't be sent at all, and parameters, are checked all the same.

        Raises:
            ConfigurationError: An option can't be used.
        """
        with HiddenFrames():
            return self._view(
                timeout, total_timeout, max_retries, extra_headers, check_body
            )

    def close(self) -> None:
        """Close all connections. Closing twice is fine; calling afterwards is an InvalidRequestError."""
        self._driven(self._runner.aclose())

    def _driven(self, coroutine: Coroutine[Any, Any, T]) -> T:
        from ._runtime.runner import drive

        return drive(coroutine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncEnkryptClient(_Base):
    """Asynchronous client, for asyncio. Safe to share between tasks, and between event loops: each has its own connections.

    Close it with `await client.aclose()`, or use it in an `async with` statement.

    Args:
        api_key: As in `EnkryptClient`, as are all arguments that are not listed here; may be a coroutine function.
        http_client: An `AsyncClient` of httpx or httpx2 to send through, in the event loop that it belongs to.
        max_connections: As in `EnkryptClient`, for each event loop.
        on_request: As in `EnkryptClient`; may be a coroutine function.
        on_response: As in `EnkryptClient`; may be a coroutine function.

    Raises:
        ConfigurationError: An argument, or the environment variable that stands for it, can't be used.
    """

    _is_asynchronous = True

    def __init__(
        self,
        api_key: ApiKey | None = None,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout | None = None,
        max_retries: int = 2,
        total_timeout: float = 120.0,
        http_client: HTTPXAsyncClient | None = None,
        max_connections: int = 100,
        proxy: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        default_headers: Mapping[str, str] | None = None,
        allow_insecure_http: bool = False,
        on_request: Callable[[RequestEvent], object] | None = None,
        on_response: Callable[[ResponseEvent], object] | None = None,
    ) -> None:
        with HiddenFrames():
            options = Options.from_arguments(
                _document.SECURITY, timeout, total_timeout, max_retries, default_headers
            )
            settings = Settings(_document, api_key, base_url, allow_insecure_http)
            from ._runtime.importing import IMPORTING

            with IMPORTING:
                from ._runtime.runner import create_async_runner

            self._connect(
                settings,
                options,
                create_async_runner,
                http_client,
                (max_connections, proxy, ssl_context),
                on_request,
                on_response,
            )

    async def modify_model(
        self,
        request: Request,
        *,
        current_name: str | None = None,
        current_version: str | None = None,
        retry_ambiguous: bool = False,
    ) -> ModifyModelResponseObject:
        """Change a model's settings; returns the service's message and the model as stored. As `EnkryptClient.modify_model`."""
        with HiddenFrames():
            call = self._modification(
                request, current_name, current_version, retry_ambiguous
            )
            return await call.parsed()

    async def modify_model_detailed(
        self,
        request: Request,
        *,
        current_name: str | None = None,
        current_version: str | None = None,
        retry_ambiguous: bool = False,
    ) -> DetailedResponse[ModifyModelResponseObject]:
        """Like `modify_model`, with status, headers and request id."""
        with HiddenFrames():
            call = self._modification(
                request, current_name, current_version, retry_ambiguous
            )
            return await call.detailed()

    async def call(
        self, operation: Operation[P, T], /, *args: P.args, **parameters: P.kwargs
    ) -> T:
        """Call any generated operation, with the checks, retries and errors of this client. As `EnkryptClient.call`."""
        with HiddenFrames():
            call: Call[T] = self._call_of(operation, args, parameters)
            return await call.parsed()

    async def call_detailed(
        self, operation: Operation[P, T], /, *args: P.args, **parameters: P.kwargs
    ) -> DetailedResponse[T]:
        """Like `call`, with status, headers, request id and content. The result is in `.parsed`."""
        with HiddenFrames():
            call: Call[T] = self._call_of(operation, args, parameters)
            return await call.detailed()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        retry_ambiguous: bool = False,
    ) -> DetailedResponse[Any]:
        """Send a request that the document does not describe yet. As `EnkryptClient.request`."""
        with HiddenFrames():
            return await self._undocumented(
                method, path, query, body, headers, retry_ambiguous
            )

    def stream(
        self,
        operation: StreamedOperation[P, T],
        /,
        *args: P.args,
        **parameters: P.kwargs,
    ) -> AsyncStream[T]:
        """The answer of an operation as it comes. As `EnkryptClient.stream`, with `async with`."""
        from ._runtime.import_failures import IMPORT_FAILURES
        from ._runtime.importing import IMPORTING

        with IMPORT_FAILURES, IMPORTING:
            from ._runtime.stream import AsyncStream

        with HiddenFrames():
            return AsyncStream(self._call_of(operation, args, parameters), self._runner)

    def pages(
        self,
        operation: PagedOperation[P, Item, Page],
        /,
        *args: P.args,
        **parameters: P.kwargs,
    ) -> AsyncPages[Item, Page]:
        """A list that comes in pages, for `async for`. As `EnkryptClient.pages`."""
        from ._runtime.import_failures import IMPORT_FAILURES
        from ._runtime.importing import IMPORTING

        with IMPORT_FAILURES, IMPORTING:
            from ._runtime.pages import AsyncPages

        with HiddenFrames():
            return AsyncPages(
                lambda given: self._call_of(operation, args, given), parameters
            )

    def with_options(
        self,
        *,
        timeout: float | httpx.Timeout | None = None,
        total_timeout: float | None = None,
        max_retries: int | None = None,
        extra_headers: Mapping[str, str] | None = None,
        check_body: bool | None = None,
    ) -> Self:
        """A client with other options on the same connections. As `EnkryptClient.with_options`."""
        with HiddenFrames():
            return self._view(
                timeout, total_timeout, max_retries, extra_headers, check_body
            )

    async def aclose(self) -> None:
        """Close the connections of this event loop. Closing twice is fine; calling afterwards is an InvalidRequestError."""
        await self._runner.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
