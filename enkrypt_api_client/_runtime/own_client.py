"""Sends through a caller's own client of httpx or httpx2, which keeps its own rules about connections.

It is never closed here and never follows redirects. What its library does without asking us can't be kept within the total
timeout: a sync client reads the sizes of chunks and the head of a response for as long as bytes come within its read timeout.
"""

from __future__ import annotations

import contextlib
import sys
import weakref
from typing import Generic, Protocol, TypeVar

import h11

from .. import exceptions as errors
from . import library_log, network, service_words
from .attempt import Failure, Sent, StreamFailed
from .connection import Limits
from .deadline import DeadlineExpired
from .response import Headers, Inflater, Response
from .route import advice_on_refusal
from .sources import FileSource
from .threads import LONGEST_WAIT, drive, run_beside
from .tls import WITH_OWN_CLIENT
from .transport import failure_of, silence_failure, timeout_failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Iterable, Iterator
    from types import ModuleType
    from typing import Self

    from .attempt import Attempt
    from .body import Content
    from .deadline import Deadline
    from .library import (
        AsyncLibraryResponse,
        HTTPXAsyncClient,
        HTTPXClient,
        LibraryClient,
        LibraryResponse,
        SyncLibraryResponse,
    )
    from .redact import Secrets
    from .request import Request

    ErrorClasses = tuple[type[Exception], ...]

ResponseT = TypeVar("ResponseT", bound="LibraryResponse")

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

    def __init__(self, libraries: Iterable[ModuleType | None]) -> None:
        self.all = _classes(libraries, _ALL_ERRORS)
        self.before_sending = _classes(libraries, _BEFORE_SENDING)
        self.lasting = _classes(libraries, _LASTING)
        self.timeouts = _classes(libraries, ("TimeoutException",))
        self.too_late: ErrorClasses = (DeadlineExpired, *self.timeouts)
        self.proxy = _classes(libraries, ("ProxyError",))
        self.status = _classes(libraries, ("HTTPStatusError",))

    def is_early(self, error: Exception) -> bool:
        """Whether an exception says that the peer has read nothing of the request."""
        if isinstance(error, self.before_sending):
            return True
        return any(
            isinstance(inner, OSError) and network.ends_handshake(inner)
            for inner in _causes(error)
        )

    def failure(
        self, error: Exception, peer: str, limits: Limits, secrets: Secrets
    ) -> Failure:
        """Return what an exception says, without the exception itself: it holds the request."""
        if isinstance(error, self.timeouts):
            step = _timed_out_step(error)
            if step is not None or limits.deadline.has_passed():
                return timeout_failure(step, peer, limits)
            # Raised by a transport or a test of the caller's: its own words alone say which time ran out.
            cause = "http_client timed out"
            words = service_words.quoted(str(error), secrets)
            if words:
                cause += f': "{words}"'
            return Failure(cause, peer, timed_out=True)
        if isinstance(error, self.proxy):
            return _proxy_failure(error, peer)
        cause = type(error).__name__
        lasting = isinstance(error, self.lasting)
        for inner in _causes(error):
            if isinstance(inner, OSError) and inner.errno is not None:
                # The system's or the TLS library's own words. Those of others may hold what a peer said.
                cause = network.describe(inner, WITH_OWN_CLIENT)
                lasting = lasting or network.is_lasting(inner)
        return Failure(cause, peer, lasting=lasting)


def _classes(
    libraries: Iterable[ModuleType | None], names: tuple[str, ...]
) -> ErrorClasses:
    """Return the classes of these names, of whichever library has them."""
    classes: list[type[Exception]] = []
    for library in libraries:
        classes.extend(
            getattr(library, name) for name in names if hasattr(library, name)
        )
    return tuple(classes)


def _timed_out_step(error: Exception) -> str | None:
    """Return the step that a timeout of a library concerns; None where its class does not say."""
    for kind in type(error).__mro__:
        if kind.__name__ in _TIMEOUT_STEPS:
            return _TIMEOUT_STEPS[kind.__name__]
    return None


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
    digits = str(error)[:3]
    if digits == "407":
        cause = "the proxy of http_client requires a user name and password (407), or refuses those in its address"
        return Failure(cause, peer, lasting=True, refused=True)
    cause = f"the proxy of http_client refuses to connect to {peer}"
    advice = ""
    if digits.isdecimal():
        cause += f" ({digits})"
        advice = advice_on_refusal(int(digits))
    return Failure(cause, peer, refused=True, advice=advice)


class OwnClientTransport(Generic[ResponseT]):
    """Base class of the transports through a caller's own client.

    Args:
        client: A client of httpx or httpx2.

    Raises:
        ConfigurationError: It is something else.
    """

    client_class: str
    other_client: str
    used = False
    closed = False

    def __init__(self, client: LibraryClient) -> None:
        # What httpx imports for the name of each host. A call imports nothing: another thread may fork meanwhile.
        import encodings.idna  # noqa: F401

        self._client = client
        library_log.install()
        self.library = self._library_of(client)
        below = sys.modules.get(_LIBRARIES[self.library.__name__])
        self.library_errors = LibraryErrors((self.library, below))

    def _library_of(self, client: object) -> ModuleType:
        for name in _LIBRARIES:
            library = sys.modules.get(name)
            if library is not None and isinstance(
                client, getattr(library, self.client_class)
            ):
                return library
        raise errors.ConfigurationError(
            f"http_client must be an httpx.{self.client_class} or an httpx2.{self.client_class};"
            f" {self.other_client}"
        )

    # In which sync and async clients differ.

    async def _open(self, outgoing: object, deadline: Deadline) -> ResponseT:
        """Send a request of the library, and return its response with the content still unread."""
        raise NotImplementedError

    def _content(
        self, content: Content, deadline: Deadline
    ) -> SyncContent | AsyncContent:
        """Return content as the library takes it."""
        raise NotImplementedError

    def open_chunks(self, response: ResponseT) -> Chunks:
        """Return the content of a response, a chunk at a time."""
        raise NotImplementedError

    async def close_response(self, response: ResponseT) -> None:
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
        attempt.sent = Sent.PART  # the library does not say how much it has sent
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
            if attempt.response is None and self.library_errors.is_early(error):
                attempt.sent = Sent.NOTHING
            attempt.failure = self.library_errors.failure(
                error, peer, limits, request.secrets
            )

    async def _send(self, request: Request, limits: Limits) -> ResponseT:
        """Return the library's response to a request, its content unread."""
        content = request.content
        source = None
        if not isinstance(content, bytes):
            source = self._content(content, limits.deadline)
        try:
            outgoing = self._client.build_request(
                request.method,
                request.origin + request.target.decode(),
                headers=self._headers(request),
                content=source or content or None,
                timeout=self.library.Timeout(
                    connect=min(limits.connect(), LONGEST_WAIT),
                    read=min(limits.read(), LONGEST_WAIT),
                    write=min(limits.write(), LONGEST_WAIT),
                    pool=min(limits.pool(), LONGEST_WAIT),
                ),
            )
            return await self._open(outgoing, limits.deadline)
        except self.library_errors.status as error:
            # A hook of the caller's has called raise_for_status(). We judge statuses ourselves.
            refused: ResponseT = error.response  # type: ignore[attr-defined]
            return refused
        finally:
            if source is not None:
                source.stop()

    def _headers(self, request: Request) -> dict[bytes, bytes]:
        headers = dict(request.headers)
        own_agent = self._client.headers.get("user-agent", "")
        if not own_agent.startswith(f"python-{self.library.__name__}/"):
            headers.pop(b"User-Agent", None)
        return headers

    async def _receive(
        self, request: Request, attempt: Attempt, raw: ResponseT, limits: Limits
    ) -> None:
        """Put the library's response into the attempt."""
        response = Response(raw.status_code, Headers(raw.headers.raw))
        attempt.response = response
        stream = OwnClientStream(self, raw, limits, request.secrets)
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


class Chunks(Protocol):
    """The content of a response of the library's, as it comes."""

    async def next(self, deadline: Deadline) -> bytes:
        """Return what comes next; nothing at the end. Raises what the library raises."""


class OwnClientStream(Generic[ResponseT]):
    """The content of a response of the library's."""

    def __init__(
        self,
        transport: OwnClientTransport[ResponseT],
        raw: ResponseT,
        limits: Limits,
        secrets: Secrets,
    ) -> None:
        # A hook of the caller's may have read it already, decompressed.
        self.decoded: bool = raw.is_closed
        self._transport = transport
        self._raw = raw
        self._timeouts = limits.timeouts
        self._secrets = secrets
        self._chunks: Chunks | None = None

    async def read(self, deadline: Deadline) -> bytes:
        """Return what comes next; nothing at the end. Raises what the library raises."""
        if self._chunks is None:
            if self.decoded:
                self._chunks = _NoChunks()
                return self._content_read()
            self._chunks = self._transport.open_chunks(self._raw)
        return await self._chunks.next(deadline)

    def _content_read(self) -> bytes:
        try:
            return self._raw.content
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
            failure = library_errors.failure(
                error, "the service", limits, self._secrets
            )
        raise StreamFailed(failure)

    async def aclose(self) -> None:
        """Give the connection back to the caller's client. Can be repeated."""
        with contextlib.suppress(*self._transport.library_errors.all):
            await self._transport.close_response(self._raw)


class _NoChunks:
    """Content that was read before."""

    async def next(self, deadline: Deadline) -> bytes:
        return b""


class SyncOwnClient(OwnClientTransport["SyncLibraryResponse"]):
    """Sends through a caller's `Client`."""

    client_class = "Client"
    other_client = "AsyncEnkryptClient takes an AsyncClient"

    def __init__(self, client: HTTPXClient) -> None:
        super().__init__(client)
        self._send_now = client.send

    async def _open(self, outgoing: object, deadline: Deadline) -> SyncLibraryResponse:
        return self._send_now(outgoing, stream=True, follow_redirects=False)

    def _content(self, content: Content, deadline: Deadline) -> SyncContent:
        return SyncContent(content, deadline)

    def open_chunks(self, response: SyncLibraryResponse) -> SyncChunks:
        return SyncChunks(response.iter_raw())

    async def close_response(self, response: SyncLibraryResponse) -> None:
        response.close()


class SyncChunks:
    """Reads the chunks of `Response.iter_raw`."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    async def next(self, deadline: Deadline) -> bytes:
        """See `Chunks`."""
        return next(self._chunks, b"")


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


class AsyncOwnClient(OwnClientTransport["AsyncLibraryResponse"]):
    """Sends through a caller's `AsyncClient`, in the one event loop that this belongs to."""

    client_class = "AsyncClient"
    other_client = "EnkryptClient takes a Client"

    def __init__(self, client: HTTPXAsyncClient) -> None:
        super().__init__(client)
        # A call imports nothing: another thread may fork meanwhile.
        from . import tasks

        self._tasks = tasks
        self._send_later = client.send

    async def _open(self, outgoing: object, deadline: Deadline) -> AsyncLibraryResponse:
        loop = self._tasks.require_running_loop()
        self._check_loop(loop)
        belongs_elsewhere = False
        try:
            response = await self._tasks.within(
                self._send_later(outgoing, stream=True, follow_redirects=False),
                deadline,
            )
        except RuntimeError as error:
            # The caller has used it in another loop before, which could not be seen from outside.
            if not any(words in str(error) for words in _WORDS_OF_ANOTHER_LOOP):
                raise
            belongs_elsewhere = True
        if belongs_elsewhere:
            raise network.NetworkError(_ANOTHER_LOOP, lasting=True)
        # Others, such as the transports that tests use, belong to no event loop.
        if "network_stream" in response.extensions:
            _LOOPS[self._client] = weakref.ref(loop)
        return response

    def _check_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Refuse a client with connections that belong to another event loop, or to trio, before anything is sent on them.

        Raises:
            ConfigurationError: It has such connections.
        """
        known_loop = _LOOPS.get(self._client)
        if known_loop is not None:
            is_here = known_loop() is loop
        else:
            sockets = open_sockets(self._client)
            is_here = all(self._tasks.is_watched(loop, number) for number in sockets)
        if not is_here:
            raise errors.ConfigurationError(_ANOTHER_LOOP)

    def _content(self, content: Content, deadline: Deadline) -> AsyncContent:
        return AsyncContent(FileSource(content, self._tasks.run_beside), deadline)

    def open_chunks(self, response: AsyncLibraryResponse) -> AsyncChunks:
        return AsyncChunks(response.aiter_raw())

    async def close_response(self, response: AsyncLibraryResponse) -> None:
        await response.aclose()


class AsyncChunks:
    """Reads the chunks of `Response.aiter_raw`."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        # A call imports nothing: another thread may fork meanwhile.
        from .tasks import within

        self._within = within
        self._chunks = chunks

    async def next(self, deadline: Deadline) -> bytes:
        """See `Chunks`."""
        return await self._within(anext(self._chunks, b""), deadline)


def open_sockets(client: LibraryClient) -> Iterator[int]:
    """Yield the file descriptors of the connections that a client of httpx has open.

    Only private names lead there. Where they change, none is found, and a connection of another event loop fails when it is used.
    """
    transports = [getattr(client, "_transport", None)]
    transports.extend(getattr(client, "_mounts", {}).values())
    for transport in transports:
        pool = getattr(transport, "_pool", None)
        for connection in tuple(getattr(pool, "connections", ())):
            while hasattr(connection, "_connection"):
                connection = connection._connection  # that of a proxy has layers
            stream = getattr(connection, "_network_stream", None)
            if stream is None:
                continue
            system_socket = stream.get_extra_info("socket")
            if system_socket is not None and system_socket.fileno() >= 0:
                yield system_socket.fileno()


# The event loop in which each client has connections.
_LOOPS: weakref.WeakKeyDictionary[
    LibraryClient, weakref.ReferenceType[asyncio.AbstractEventLoop]
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
