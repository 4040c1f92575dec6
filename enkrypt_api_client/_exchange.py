"""Makes a call of what generated code sends, and the result, whole or as it comes, of what it reads."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from collections.abc import Mapping
from typing import Generic, TypeVar

from . import DOCUMENT_SHA256, DOCUMENT_VERSION, GENERATOR, __version__, _policy
from . import exceptions as errors
from ._codec import Codec, encode
from ._policy import LARGEST_BODY, Answer, Call, NoContent, UnusableBody
from ._settings import RESERVED
from ._sync import drive
from .types import UNSET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, MutableMapping
    from typing import Any, NoReturn, Self

    from ._settings import Options, Security, Settings
    from ._sync import Connection
    from .types import Response

T = TypeVar("T")
AGENT = f"enkrypt-api-client/{__version__} (document {DOCUMENT_VERSION}, sha256 {DOCUMENT_SHA256[:12]}; {GENERATOR})"


class Exchange(Generic[T]):
    """One call of an operation: what generated code takes for its client, and for that client's client of httpx."""

    raise_on_unexpected_status = False
    call: Call
    answer: Answer | None = None

    def __init__(
        self,
        connection: Connection,
        options: Options,
        operation: Any,
        given: dict[str, Any],
        retry_ambiguous: bool,
    ) -> None:
        connection.check_open()
        name, codecs = getattr(operation, "__name__", ""), connection.codecs
        if name not in codecs:
            codecs[name] = Codec(operation)
        self.connection, self.options, self.codec = connection, options, codecs[name]
        self.given = {name: given[name] for name in given if given[name] is not UNSET}
        self.retry_ambiguous, self.begun, self.subject = retry_ambiguous, False, ""
        self.names: Mapping[str, str | None] = {}  # what the caller calls parameters
        # Fields of a body for which repeating the call after an ambiguous attempt is safe.
        self.same: Mapping[str, Any] = {}

    def get_async_httpx_client(self) -> Self:
        return self

    async def request(self, **arguments: Any) -> Answer:
        """What generated code asks of httpx, by the policy."""
        return await self._run(arguments, streaming=False)

    async def detailed(self) -> Response[T]:
        """The typed answer. The generated coroutine serves both clients: what it waits for with the sync one is there at once."""
        answer: Response[T]
        try:
            function = self.codec.operation.asyncio_detailed
            answer = await function(client=self, **self._given())
            return answer
        except Exception as error:
            problem = error
        try:
            answer = self._resolve(problem)
            return answer
        finally:
            del problem

    async def parsed(self) -> T:
        answer: Any = await self.detailed()
        parsed: T = answer.parsed
        return parsed

    async def open(self) -> Answer:
        """An answer that is read as it comes."""
        try:
            arguments = self.codec.operation._get_kwargs(**self._given())
        except Exception as error:
            problem = error
        else:
            return await self._run(arguments, streaming=True)
        raise self._resolve(problem)

    def _given(self) -> dict[str, Any]:
        """The parameters for generated code; a body that holds mappings where models belong in plain JSON."""
        body: Any = self.given.get("body")
        if self.codec.spec.BODY_KIND in ("json", "form") and hasattr(body, "to_dict"):
            with contextlib.suppress(Exception):
                return {**self.given, "body": body.to_dict()}
            return {**self.given, "body": self.check()}
        return self.given

    async def _run(self, arguments: dict[str, Any], streaming: bool) -> Answer:
        codec, spec, given = self.codec, self.codec.spec, self.given
        wire, content = arguments.get("json"), None
        if codec.accepts({name: given[name] for name in given if name != "body"}):
            if "json" in arguments:
                content = codec.write(wire)
            elif "body" not in given and not spec.BODY_REQUIRED:
                content = b""
        if content is None:
            wire = self.check()
            content = encode(wire).encode() if "json" in arguments else None
        held = wire if isinstance(wire, dict) else {}
        if any(held.get(field) != value for field, value in self.same.items()):
            self.refuse({"retry_ambiguous": "is not allowed when renaming"})
        settings = self.connection.settings
        call = self.call = Call(spec.METHOD, spec.PATH, self.options)
        call.secrets = lambda: codec.secrets(content, wire)
        call.success, call.subject = spec.SUCCESS, self.subject
        call.retry_ambiguous, call.streaming = self.retry_ambiguous, streaming
        call.content, call.read = content, codec.read_json
        call.needs_content = codec.has_json
        accept = spec.STREAM if streaming and spec.STREAM else spec.ACCEPT
        base = settings.server(spec.SERVER)
        complete(call, settings, base, arguments, accept, spec.SECURITY)
        self.begun = True
        self.answer = await self.connection.run(call)
        return self.answer

    def check(self) -> Any:
        """The body in plain JSON, or an InvalidRequestError that names all that is wrong."""
        problems: dict[str, str] = {}
        hints: list[str] = []
        wire = self.codec.examine(self.given, problems, hints)
        for hint in sorted(hints):
            _warn(hint)
        if problems:
            self.refuse(problems)
        return wire

    def refuse(self, problems: dict[str, str]) -> NoReturn:
        names = {path: self.names.get(path, path) for path in problems}
        named = [(name, problems[p]) for p, name in names.items() if name is not None]
        body = self.names.get("body", "body")
        message = "; ".join(f"{path or body}: {fault}" for path, fault in named)
        raise errors.InvalidRequestError(
            f"{self.codec.name}: {message}. Nothing was sent.", named
        )

    def _resolve(self, error: Exception) -> Any:
        """What becomes of an exception that generated code has raised or let pass."""
        if isinstance(error, errors.EnkryptError):
            # The frames below hold the request, and some tools show local variables.
            raise error.with_traceback(None)
        if not self.begun:
            self.check()
            fault = getattr(error, "strerror", None) or type(error).__name__
            raise errors.InvalidRequestError(
                f"{self.codec.name}: the parameters can't be sent: {fault}."
            )
        if (answer := self.answer) is None:
            raise error  # from a caller's own client
        if isinstance(error, NoContent):
            return _policy.response(answer, None)
        fault = str(error) if isinstance(error, UnusableBody) else ""
        fault = fault or f"it can't be read ({type(error).__name__})"
        raise _policy.decode_error(self.call, answer, fault)


def complete(
    call: Call,
    settings: Settings,
    base: str,
    arguments: Mapping[str, Any],
    accept: str | None,
    security: Security,
) -> None:
    """Give a call its address, headers and content, out of what generated code gives to httpx."""
    own = call.secrets
    call.secrets = lambda: [*settings.credentials.secrets(), *own()]
    settings.credentials.check(security, f"{call.name}: api_key")
    headers = {
        "accept": (b"Accept", (accept or "application/json").encode()),
        "user-agent": (b"User-Agent", AGENT.encode()),
        **call.options.headers,
    }
    for name, value in (arguments.get("headers") or {}).items():
        if (key := name.lower()) not in RESERVED and not (
            key == "accept" and call.streaming
        ):
            headers[key] = name.encode(), value.encode()
    if call.content is None:
        from ._httpx import encoded

        call.content, call.repeatable, more = encoded(arguments)
        headers.update(more)
    scheme, _, rest = base.partition("://")
    host, slash, prefix = rest.partition("/")
    target = f"{slash}{prefix}{arguments.get('url', '')}" or "/"
    target += _signed(settings.credentials.choose(security) or (), target, headers)
    call.origin, call.target = f"{scheme}://{host}", target.encode("ascii")
    coding = b"identity" if call.streaming else b"gzip"
    listed = [(b"Host", host.encode()), *headers.values(), (b"Accept-Encoding", coding)]
    needs_length = call.content or call.method in ("POST", "PUT", "PATCH")
    if needs_length and isinstance(call.content, bytes):
        listed.append((b"Content-Length", b"%d" % len(call.content)))
    call.headers = tuple(listed)


def _signed(credentials: Any, target: str, headers: dict[str, Any]) -> str:
    """Put credentials into headers; what is to be added to path and query for the others."""
    query = ""
    for place, name, secret in credentials:
        value = secret.reveal()
        if place == "query":
            from urllib.parse import quote

            mark = "&" if "?" in target + query else "?"
            query += f"{mark}{quote(name, safe='')}={quote(value, safe='')}"
            continue
        if place == "cookie":
            known = headers.get("cookie", (b"", b""))[1].decode()
            name, value = "Cookie", f"{known}{'; ' if known else ''}{name}={value}"
        headers[name.lower()] = name.encode(), value.encode()
    return query


def _warn(hint: str) -> None:
    """Warn in the name of the line that called this package."""
    frame, level = inspect.currentframe(), 1
    while frame and frame.f_globals.get("__name__", "").startswith(__package__):
        frame, level = frame.f_back, level + 1
    warnings.warn(hint, errors.MisspeltFieldWarning, stacklevel=level)


class StreamBase(Generic[T]):
    """An answer that is read as it comes."""

    status_code: int
    headers: MutableMapping[str, str]
    request_id: str | None
    _close: Any = None  # unless it is open
    _call = _parts = _read = _close

    def __init__(self, exchange: Any) -> None:
        self._exchange: Any = exchange
        self._sender: Any = exchange.connection.sender
        self._events: bool = exchange.codec.spec.STREAM == "text/event-stream"
        self._unread: int = 0  # bytes since the last event

    async def _begin(self) -> Self:
        answer = await self._exchange.open()
        self._call, self._opened = self._exchange.call, answer.rest
        self._close, self._parts = self._opened.close, aiter(self._opened.parts)
        # One for all loops: items that came together are not lost between two.
        self._read = self._items()
        self.status_code, self.headers = answer.status_code, answer.headers
        self.request_id = _policy.masked_id(answer.headers, None, self._call.secrets())
        options = self._call.options
        self._call.gap = options.timeouts["read"] or options.total_timeout
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        coding = self.headers.get("content-encoding", "identity").strip().lower()
        if coding != "identity" and not self._opened.decoded:
            await self._refuse("its content encoding was not asked for")
        if self._events and kind != "text/event-stream":
            await self._refuse("it is not a stream of events")
        return self

    async def _refuse(self, fault: str) -> None:
        await self._end()
        answer = Answer(self.status_code, self._opened.headers)
        raise _policy.decode_error(self._call, answer, fault)

    async def _end(self) -> None:
        close, self._close, self._read = self._close, None, None
        if close is not None:
            with contextlib.suppress(*self._sender.network):
                await close()

    async def _items(self) -> AsyncIterator[T]:
        chunks: Any = self._chunks()
        if not self._events:
            async for chunk in chunks:
                yield chunk
            return
        from ._httpx import event_source

        events: Any = event_source(chunks).aiter_sse()
        async for event in events:
            self._unread = 0
            # One of no type and no data is only a sign of life.
            if event.data or event.event != "message":
                yield event

    async def _chunks(self) -> AsyncIterator[bytes]:
        """The content. What is awaited has a time limit of its own, which a line that comes byte by byte does not stretch."""
        parts, call, chunk = self._parts, self._call, b"\n"
        while True:
            if self._close is None:
                raise errors.InvalidRequestError("a stream is read in its with block")
            if not self._events or not self._unread or b"\n" in chunk or b"\r" in chunk:
                call.deadline = call.clock() + call.gap
            try:
                chunk = await anext(parts, b"")
            except self._sender.network as error:
                failure = self._sender.failure(call, error)
                break
            if not chunk:
                return
            self._unread += len(chunk)
            if self._events and self._unread > LARGEST_BODY:
                await self._refuse(f"an event is larger than {LARGEST_BODY} bytes")
            yield chunk
        raise _policy.lost(call, failure.cause, failure.timed_out)


class Stream(StreamBase[T]):
    """Events or chunks of an answer, as they come. Use it in a `with` statement; leaving it early closes the connection."""

    def __enter__(self) -> Self:
        return drive(self._begin())

    def __exit__(self, *_: object) -> None:
        drive(self._end())

    def __iter__(self) -> Iterator[T]:
        items: Any = self._read or self._items()

        async def step() -> Any:
            return await anext(items, None)

        while (item := drive(step())) is not None:
            yield item


class AsyncStream(StreamBase[T]):
    """Events or chunks of an answer, as they come. Use it in an `async with` statement; leaving it early closes the connection."""

    async def __aenter__(self) -> Self:
        return await self._begin()

    async def __aexit__(self, *_: object) -> None:
        await self._end()

    def __aiter__(self) -> AsyncIterator[T]:
        return self._read or self._items()
