"""Sends through a caller's own client of httpx or httpx2, which keeps its own rules about connections.

It is never closed here and never follows redirects. What its library does without asking us can't be kept within the total
timeout: a sync client reads the sizes of chunks and the head of a response for as long as bytes come within its read timeout.
"""

from __future__ import annotations

import contextlib
import sys
import weakref

import h11

from .. import exceptions as errors
from . import library_log, network
from .attempt import Failure, Sent, StreamFailed
from .connection import Limits
from .deadline import DeadlineExpired
from .response import Headers, Inflater, Response
from .sources import FileSource
from .threads import drive, run_beside
from .transport import failure_of, silence_failure, timeout_failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Iterator
    from typing import Any, Self

    from .attempt import Attempt
    from .body import Content
    from .deadline import Deadline
    from .request import Request

# The libraries whose clients are taken, and the one below each, whose exceptions a caller's own transport may let pass.
_LIBRARIES = {"httpx": "httpcore", "httpx2": "httpcore2"}
# By the names that all of these libraries use.
_BEFORE_SENDING = (
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "ProxyError",
    "UnsupportedProtocol",
    "InvalidURL",
    "ConnectionNotAvailable",
)
_ALL_ERRORS = (
    *_BEFORE_SENDING,
    "RequestError",
    "StreamError",
    "NetworkError",
    "ProtocolError",
    "TimeoutException",
)
_LASTING = ("UnsupportedProtocol", "InvalidURL", "LocalProtocolError")
_TIMEOUT_STEPS = {
    "ConnectTimeout": "connect",
    "ReadTimeout": "read",
    "WriteTimeout": "write",
    "PoolTimeout": "pool",
}
# What asyncio and trio say where a socket or a lock belongs to another event loop. They have no exceptions of their own for that.
_WORDS_OF_ANOTHER_LOOP = (
    "Event loop is closed",
    "attached to a different loop",
    "bound to a different event loop",
    "must be called from async context",  # trio
)
_ANOTHER_LOOP = (
    "http_client belongs to another event loop: create it in the one that uses it, or leave it out, since the connections of"
    " AsyncEnkryptClient itself serve several event loops"
)


class LibraryErrors:
    """The exceptions of an HTTP library and of the one below it, by what they mean."""

    def __init__(self, libraries: tuple[Any, ...]) -> None:
        self.all = _classes(libraries, _ALL_ERRORS)
        self.before_sending = _classes(libraries, _BEFORE_SENDING)
        self.lasting = _classes(libraries, _LASTING)
        self.timeouts = _classes(libraries, ("TimeoutException",))
        self.too_late: tuple[type[Exception], ...] = (DeadlineExpired, *self.timeouts)
        self.proxy = _classes(libraries, ("ProxyError",))
        self.status = _classes(libraries, ("HTTPStatusError",))

    def failure(self, error: Exception, peer: str, limits: Limits) -> Failure:
        """Return what an exception says, without the exception itself: it holds the request."""
        if isinstance(error, self.timeouts):
            step = _TIMEOUT_STEPS.get(type(error).__name__)
            return timeout_failure(step, peer, limits)
        if isinstance(error, self.proxy):
            return _proxy_failure(error, peer)
        cause = type(error).__name__
        lasting = isinstance(error, self.lasting)
        for inner in _causes(error):
            if isinstance(inner, OSError) and inner.errno is not None:
                # The system's or the TLS library's own words. Those of others may hold what a peer said.
                cause = network.describe(inner)
                lasting = lasting or network.is_lasting(inner)
        return Failure(cause, peer, lasting=lasting)


def _classes(
    libraries: tuple[Any, ...], names: tuple[str, ...]
) -> tuple[type[Exception], ...]:
    """Return the classes of these names, of whichever library has them."""
    classes: list[type[Exception]] = []
    for library in libraries:
        classes.extend(
            getattr(library, name) for name in names if hasattr(library, name)
        )
    return tuple(classes)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what it was caused by, the nearest first, each once."""
    seen: set[int] = set()
    pending = [error]
    while pending:
        current = pending.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = [current.__cause__ or current.__context__]
        if isinstance(current, BaseExceptionGroup):
            inner.extend(current.exceptions)
        pending.extend(cause for cause in inner if cause is not None)


def _proxy_failure(error: Exception, peer: str) -> Failure:
    """Return the failure for a proxy that refuses. Its text begins with the status, where there is one."""
    status = str(error)[:3]
    if status == "407":
        cause = "its proxy requires a user name and password (407); add them to the proxy's address"
        return Failure(cause, peer, lasting=True)
    if status.isdecimal():
        return Failure(f"its proxy refuses to connect to it ({status})", peer)
    return Failure("its proxy refuses to connect to it", peer)


class OwnClientTransport:
    """Base class of the transports through a caller's own client.

    Args:
        client: A client of httpx or httpx2.

    Raises:
        ConfigurationError: It is something else.
    """

    client_class: str
    used = False
    closed = False

    def __init__(self, client: Any) -> None:
        self._client = client
        library_log.install()
        self.library = self._library_of(client)
        below = sys.modules.get(_LIBRARIES[self.library.__name__])
        self.library_errors = LibraryErrors((self.library, below))

    def _library_of(self, client: Any) -> Any:
        for name in _LIBRARIES:
            library = sys.modules.get(name)
            if library is not None and isinstance(
                client, getattr(library, self.client_class)
            ):
                return library
        raise errors.ConfigurationError(
            f"http_client must be an httpx.{self.client_class} or an httpx2.{self.client_class}"
        )

    # In which sync and async clients differ.

    async def _open(self, outgoing: Any, deadline: Deadline) -> Any:
        """Send a request of the library, and return its response with the content still unread."""
        raise NotImplementedError

    def _content(self, content: Content, deadline: Deadline) -> Any:
        """Return content as the library takes it."""
        raise NotImplementedError

    def open_chunks(self, response: Any) -> Any:
        """Return the iterator over the content of a response."""
        raise NotImplementedError

    async def next_chunk(self, chunks: Any, deadline: Deadline) -> bytes:
        """Return what comes next of the content; nothing at its end."""
        raise NotImplementedError

    async def close_response(self, response: Any) -> None:
        """Give the connection of a response back to the caller's client."""
        raise NotImplementedError

    # One try.

    async def send(self, request: Request, attempt: Attempt) -> None:
        """See `Transport`."""
        with library_log.masked(request.secrets):
            await self._try(request, attempt)

    async def _try(self, request: Request, attempt: Attempt) -> None:
        if self._client.is_closed:
            raise errors.InvalidRequestError("http_client is closed; create a new one")
        limits = Limits(attempt.deadline, request.timeouts)
        peer = f"the service {request.origin.partition('://')[2]}"
        attempt.sent = Sent.PART  # nobody tells us more
        try:
            raw = await self._send(request, limits)
            attempt.sent = Sent.ALL
            await self._receive(request, attempt, raw, limits)
        except (network.NetworkError, DeadlineExpired) as error:
            attempt.failure = failure_of(error, peer, limits)
        except h11.LocalProtocolError:
            # A file that has shrunk. Its words repeat headers.
            fault = "the content is not as long as its headers say"
            attempt.failure = Failure(fault, peer, lasting=True)
        except self.library_errors.all as error:
            if attempt.response is None and isinstance(
                error, self.library_errors.before_sending
            ):
                attempt.sent = Sent.NOTHING
            attempt.failure = self.library_errors.failure(error, peer, limits)

    async def _send(self, request: Request, limits: Limits) -> Any:
        """Return the library's response to a request, its content unread."""
        content: Any = request.content
        if not isinstance(content, bytes):
            content = self._content(content, limits.deadline)
        try:
            outgoing = self._client.build_request(
                request.method,
                request.origin + request.target.decode(),
                headers=self._headers(request),
                content=content or None,
                timeout=self.library.Timeout(
                    connect=limits.connect(),
                    read=limits.read(),
                    write=limits.write(),
                    pool=limits.pool(),
                ),
            )
            return await self._open(outgoing, limits.deadline)
        except self.library_errors.status as error:
            # A hook of the caller's has called raise_for_status(). We judge statuses ourselves.
            return error.response  # type: ignore[attr-defined]
        finally:
            if not isinstance(content, bytes):
                content.stop()

    def _headers(self, request: Request) -> dict[bytes, bytes]:
        headers = dict(request.headers)
        own_agent = self._client.headers.get("user-agent", "")
        if not own_agent.startswith(f"python-{self.library.__name__}/"):
            headers.pop(b"User-Agent", None)
        return headers

    async def _receive(
        self, request: Request, attempt: Attempt, raw: Any, limits: Limits
    ) -> None:
        """Put the library's response into the attempt."""
        response = Response(raw.status_code, Headers(raw.headers.raw))
        attempt.response = response
        stream = OwnClientStream(self, raw, limits)
        if request.hands_over(raw.status_code):
            response.stream = stream
            return
        inflater = Inflater(response, stream.decoded)
        try:
            while chunk := await stream.read(limits.deadline):
                if not inflater.add(chunk):
                    break
                limits.deadline.remaining()
        finally:
            inflater.finish()
            await stream.aclose()

    async def aclose(self) -> None:
        """Leave the caller's client alone."""
        self.closed = True

    def forget(self) -> None:
        """Leave the caller's client alone."""

    def without_connections(self) -> Self:
        """Return this transport: what becomes of the client in a forked child is the caller's to decide."""
        return self


class OwnClientStream:
    """The content of a response of the library's."""

    def __init__(self, transport: OwnClientTransport, raw: Any, limits: Limits) -> None:
        # A hook of the caller's may have read it already, decompressed.
        self.decoded: bool = raw.is_closed
        self._transport = transport
        self._raw = raw
        self._timeouts = limits.timeouts
        self._chunks: Any = None

    async def read(self, deadline: Deadline) -> bytes:
        """Return what comes next; nothing at the end. Raises what the library raises."""
        if self._chunks is None:
            if self.decoded:
                self._chunks = iter(())
                return self._content_read()
            self._chunks = self._transport.open_chunks(self._raw)
        if self.decoded:
            return b""
        return await self._transport.next_chunk(self._chunks, deadline)

    def _content_read(self) -> bytes:
        try:
            content: bytes = self._raw.content
            return content
        except self._transport.library.ResponseNotRead:
            return b""  # closed unread, by raise_for_status() in a hook

    async def next_chunk(self, deadline: Deadline) -> bytes:
        """Return what comes next; nothing at the end.

        Raises:
            StreamFailed: It breaks off.
        """
        library_errors = self._transport.library_errors
        failure: Failure
        try:
            return await self.read(deadline)
        except library_errors.too_late:
            failure = silence_failure("the service", deadline)
        except library_errors.all as error:
            limits = Limits(deadline, self._timeouts)
            failure = library_errors.failure(error, "the service", limits)
        raise StreamFailed(failure)

    async def aclose(self) -> None:
        """Give the connection back to the caller's client. Can be repeated."""
        with contextlib.suppress(*self._transport.library_errors.all):
            await self._transport.close_response(self._raw)


class SyncOwnClient(OwnClientTransport):
    """Sends through a caller's `Client`."""

    client_class = "Client"

    async def _open(self, outgoing: Any, deadline: Deadline) -> Any:
        return self._client.send(outgoing, stream=True, follow_redirects=False)

    def _content(self, content: Content, deadline: Deadline) -> SyncContent:
        return SyncContent(content, deadline)

    def open_chunks(self, response: Any) -> Any:
        return response.iter_raw()

    async def next_chunk(self, chunks: Any, deadline: Deadline) -> bytes:
        chunk: bytes = next(chunks, b"")
        return chunk

    async def close_response(self, response: Any) -> None:
        response.close()


class SyncContent:
    """Content for a `Client`, within the time of the call."""

    def __init__(self, content: Content, deadline: Deadline) -> None:
        self._source = FileSource(content, run_beside)
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        while piece := drive(self._source.next_piece(self._deadline)):
            yield piece

    def stop(self) -> None:
        self._source.stop()


class AsyncOwnClient(OwnClientTransport):
    """Sends through a caller's `AsyncClient`, in the one event loop that this belongs to."""

    client_class = "AsyncClient"

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        # A call imports nothing: another thread may fork meanwhile.
        from . import tasks

        self._tasks = tasks

    async def _open(self, outgoing: Any, deadline: Deadline) -> Any:
        loop = self._tasks.require_running_loop()
        known_loop = _LOOPS.get(self._client)
        if known_loop is not None and known_loop() is not loop:
            raise errors.ConfigurationError(_ANOTHER_LOOP)
        belongs_elsewhere = False
        try:
            response = await self._tasks.within(
                self._client.send(outgoing, stream=True, follow_redirects=False),
                deadline,
            )
        except RuntimeError as error:
            # The caller has used it in another loop before, which nobody can see from outside.
            if not any(words in str(error) for words in _WORDS_OF_ANOTHER_LOOP):
                raise
            belongs_elsewhere = True
        if belongs_elsewhere:
            raise network.NetworkError(_ANOTHER_LOOP, lasting=True)
        # Others, such as the transports that tests use, belong to no event loop.
        if "network_stream" in response.extensions:
            _LOOPS[self._client] = weakref.ref(loop)
        return response

    def _content(self, content: Content, deadline: Deadline) -> AsyncContent:
        return AsyncContent(FileSource(content, self._tasks.run_beside), deadline)

    def open_chunks(self, response: Any) -> Any:
        return response.aiter_raw()

    async def next_chunk(self, chunks: Any, deadline: Deadline) -> bytes:
        chunk: bytes = await self._tasks.within(anext(chunks, b""), deadline)
        return chunk

    async def close_response(self, response: Any) -> None:
        await response.aclose()


# The event loop in which each client has connections.
_LOOPS: weakref.WeakKeyDictionary[
    Any, weakref.ReferenceType[asyncio.AbstractEventLoop]
] = weakref.WeakKeyDictionary()


class AsyncContent:
    """Content for an `AsyncClient`, within the time of the call.

    Not a generator: where one is cancelled, it looks as if it had come to its end.
    """

    def __init__(self, source: FileSource, deadline: Deadline) -> None:
        self._source = source
        self._deadline = deadline

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._source.next_piece(self._deadline)
        if not piece:
            raise StopAsyncIteration
        return piece

    def stop(self) -> None:
        self._source.stop()
