"""Sends calls over connections that threads share, and holds what the async client does alike."""

from __future__ import annotations

import contextlib
import copy
import errno
import logging
import os
import ssl
import threading
import time
import warnings
import weakref
from collections import deque
from typing import Generic, TypeVar

import httpcore

from . import _policy
from . import exceptions as errors
from ._policy import LARGEST_BODY, Answer, Call, Failure, Headers, Inflater, Policy
from ._settings import certificates, proxy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import Any, Self

    from ._codec import Codec, Exchange
    from ._settings import Settings

    Result = Answer | errors.EnkryptError
    Steps = Generator[float | None, Answer | Failure | None, Result]

Item = TypeVar("Item")
MOST_CONNECTIONS = 100
KEPT_IDLE = 5.0  # seconds that an idle connection waits for the next call
SLICE = 16 * 1024
_log = logging.getLogger("enkrypt_api_client")


class Way:
    """How to get to a service: its address, the proxy before it, the certificates to trust."""

    def __init__(self, origin: str) -> None:
        self.origin, url = origin, httpcore.URL(origin)
        self.scheme, self.host, self.port = url.scheme, url.host, url.port
        self.peer = f"{url.host.decode()}:{url.origin.port}"
        self.proxy = proxy(url.scheme.decode(), origin.partition("://")[2])
        # Loading certificates takes 20 ms.
        self.tls = certificates() if url.scheme == b"https" else None
        self.idle: deque[Lane] = deque()

    def anew(self) -> Way:
        """The same, without connections."""
        made = copy.copy(self)
        made.idle = deque()
        return made

    def request(self, call: Call) -> httpcore.Request:
        url = httpcore.URL(
            scheme=self.scheme, host=self.host, port=self.port, target=call.target
        )
        limits = {"timeout": call.options.timeouts}
        return httpcore.Request(
            call.method,
            url,
            headers=call.headers,
            content=call.content,
            extensions=limits,
        )


class Slot:
    """The call that a lane is used for, and how far it has come."""

    call: Any = None

    def __init__(self, way: Way) -> None:
        self.way = way

    def connecting(self, host: str, port: int) -> None:
        if self.way.proxy:
            self.call.peer = f"the proxy {host}:{port}"

    def encrypting(self, host: str | None) -> None:
        if host == self.way.host.decode():
            self.call.peer = f"the service {self.way.peer}"

    def sending(self, buffer: bytes) -> None:
        # What goes before the request is the word to a proxy.
        self.call.sent = self.call.sent or not buffer.startswith(b"CONNECT ")


class Lane:
    """A pool of one connection, for one call at a time."""

    since = 0.0  # when it was last put aside

    def __init__(self, way: Way, make: Callable[..., Any], backend: Any) -> None:
        self.way, self.slot = way, Slot(way)
        self.pool = make(
            ssl_context=way.tls,
            proxy=way.proxy,
            max_connections=1,
            keepalive_expiry=KEPT_IDLE,
            network_backend=backend(self.slot),
        )

    def request(self, call: Call) -> httpcore.Request:
        self.slot.call, call.sent = call, False
        call.peer = f"the service {self.way.peer}"
        return self.way.request(call)


# Sockets that a forked process must let go of.
OPEN: weakref.WeakSet[Wire] = weakref.WeakSet()


class Wire(httpcore.NetworkStream):
    """A socket that nothing keeps busy beyond the deadline of the call. Headers and body leave in one piece where they fit."""

    def __init__(self, inner: httpcore.NetworkStream, slot: Slot) -> None:
        self.inner, self.slot = inner, slot
        self.pending = b""
        OPEN.add(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self.pending:
            # Who does not want to hear the rest may have answered already.
            with contextlib.suppress(httpcore.WriteError):
                self._flush(timeout)
        return self.inner.read(max_bytes, self.slot.call.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.pending += buffer
        if len(self.pending) > SLICE:
            self._flush(timeout)

    def _flush(self, timeout: float | None) -> None:
        buffer, self.pending = self.pending, b""
        self.slot.sending(buffer)
        for start in range(0, len(buffer), SLICE):
            part = buffer[start : start + SLICE]
            self.inner.write(part, self.slot.call.left(timeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> Wire:
        self.slot.encrypting(server_hostname)
        left = self.slot.call.left(timeout)
        return Wire(self.inner.start_tls(ssl_context, server_hostname, left), self.slot)

    def close(self) -> None:
        self.inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class Backend(httpcore.NetworkBackend):
    """Opens the socket of a lane."""

    def __init__(self, slot: Slot) -> None:
        self.slot, self.inner = slot, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        *more: Any,
        **named: Any,
    ) -> Wire:
        self.slot.connecting(host, port)
        left = self.slot.call.left(timeout)
        return Wire(self.inner.connect_tcp(host, port, left, *more, **named), self.slot)


class Opened:
    """An answer whose content is yet to come."""

    def __init__(
        self,
        status: int,
        headers: Headers,
        parts: Any,
        close: Callable[[], Any],
        decoded: bool = False,
    ) -> None:
        self.status, self.headers, self.parts = status, headers, parts
        self.close, self.decoded = close, decoded


class Sender:
    """What all ways to send have in common: what an exception there means."""

    # Types of exceptions: nothing was sent, it took too long, the network failed.
    unsent: tuple[type[Exception], ...] = (
        *(httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout),
        *(httpcore.ProxyError, httpcore.UnsupportedProtocol, UnicodeError),
    )
    late: tuple[type[Exception], ...] = (httpcore.TimeoutException, TimeoutError)
    network: tuple[type[Exception], ...] = (
        *(*unsent, *late, httpcore.NetworkError, httpcore.ProtocolError, OSError),
    )
    lasting: tuple[type[Exception], ...] = (httpcore.UnsupportedProtocol,)
    refusing: type[Exception] = httpcore.ProxyError
    phases: tuple[tuple[type[Exception], str], ...] = (
        (httpcore.ConnectTimeout, "connect"),
        (httpcore.ReadTimeout, "read"),
        (httpcore.WriteTimeout, "write"),
        (httpcore.PoolTimeout, "pool"),
    )

    def failure(self, call: Call, error: Exception) -> Failure:
        """What an exception says. Keeps nothing of it: it may hold the request."""
        chain = list(_causes(error))
        tls = any(isinstance(cause, ssl.SSLError) for cause in chain)
        late = isinstance(error, self.late)
        return Failure(
            cause=self._late(call, error) if late else self._reason(error, chain),
            sent=call.sent and not isinstance(error, self.unsent),
            timed_out=late,
            lasting=tls or isinstance(error, self.lasting),
        )

    def _late(self, call: Call, error: Exception) -> str:
        phase = next(
            (name for kind, name in self.phases if isinstance(error, kind)), ""
        )
        total = not phase or call.clock() >= call.deadline
        if call.gap and total:
            return f"nothing came within {call.gap:g} s"
        limit = call.options.total_timeout if total else call.options.timeouts[phase]
        return f"the {'total' if total else phase} timeout of {limit:g} s ran out"

    def _reason(self, error: Exception, chain: list[BaseException]) -> str:
        """The system's or the TLS library's own words. Those of others may hold what a peer said."""
        if isinstance(error, self.refusing):
            return f"it refuses to connect to the service ({str(error)[:3]})"
        for cause in reversed(chain):
            if isinstance(cause, ssl.SSLCertVerificationError):
                # Codes of OpenSSL for certificates that no known authority has signed.
                unknown = cause.verify_code in (18, 19, 20, 21)
                advice = "; set SSL_CERT_FILE to the certificates of its authority"
                words = cause.verify_message.rstrip(".") + (advice if unknown else "")
                return f"its certificate is refused: {words}"
            if isinstance(cause, ssl.SSLError):
                return f"TLS failed ({cause.reason or type(cause).__name__})"
            if isinstance(cause, OSError) and cause.errno is not None:
                known = cause.errno in errno.errorcode
                return os.strerror(cause.errno) if known else str(cause.strerror)
        return ", ".join(dict.fromkeys(type(e).__name__ for e in (error, chain[-1])))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        inner = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else None
        error = inner or error.__cause__ or error.__context__


class Lanes(Sender):
    """A stack of lanes for each address: the one used last is used next, by one call at a time."""

    used = closed = False

    def __init__(self, way: Way) -> None:
        self.ways = {way.origin: way}
        self.free = threading.Semaphore(MOST_CONNECTIONS)

    def open(self, call: Call) -> Opened:
        if not self.free.acquire(timeout=call.left(call.options.timeouts["pool"])):
            raise httpcore.PoolTimeout
        self.used, way = True, self.ways.get(call.origin)
        if way is None:
            self.ways[call.origin] = way = Way(call.origin)
        try:
            lane = way.idle.pop()
        except IndexError:
            lane = Lane(way, httpcore.ConnectionPool, Backend)
        try:
            response = lane.pool.handle_request(lane.request(call))
        except BaseException:
            self.put_aside(lane)
            raise

        def close() -> None:
            try:
                response.close()
            finally:
                self.put_aside(lane)

        return Opened(
            response.status, Headers(response.headers), response.stream, close
        )

    def put_aside(self, lane: Lane) -> None:
        idle, now = lane.way.idle, time.monotonic()
        lane.since, lane.slot.call = now, None
        if self.closed:
            lane.pool.close()
        else:
            idle.append(lane)
        self.free.release()
        while idle and idle[0].since < now - KEPT_IDLE:
            with contextlib.suppress(IndexError):
                idle.popleft().pool.close()

    def close(self) -> None:
        self.closed = True
        for way in self.ways.values():
            with contextlib.suppress(IndexError):
                while True:
                    way.idle.pop().pool.close()


def collected(lanes: Any, name: str) -> None:
    """Runs when nobody holds a connection any more, or when the interpreter ends."""
    closed = lanes.closed
    lanes.close()
    if lanes.used and not closed:
        told = f"unclosed {name}: close it, or use it in a with statement"
        warnings.warn(told, ResourceWarning, stacklevel=2)


class Connection:
    """What the sync and the async connection have in common: everything but waiting."""

    closed = asynchronous = False

    def __init__(self, settings: Settings, sender: Any, name: str) -> None:
        self.settings, self.sender, self.name = settings, sender, name
        self.policy = Policy()
        self.codecs: dict[str, Codec] = {}
        self.watch()
        _connections.add(self)

    def watch(self) -> None:
        self.collection = weakref.finalize(self, collected, self.sender, self.name)

    def check_open(self) -> None:
        if self.closed:
            raise errors.InvalidRequestError("the client is closed; create a new one")

    def log_attempt(
        self, call: Call, outcome: Answer | Failure, started: float
    ) -> None:
        """One record a try. Never headers or bodies."""
        if not _log.isEnabledFor(logging.INFO):
            return
        said, identifier = "no answer", None
        if isinstance(outcome, Answer):
            said = str(outcome.status_code)
            identifier = _policy.masked_id(outcome.headers, None, call.secrets())
        elapsed = self.policy.monotonic() - started
        form = "%s: %s, attempt %d, %.3f s, request id %s"
        _log.info(form, call.name, said, call.attempt, elapsed, identifier)


class SyncConnection(Connection):
    """Sends for all threads."""

    def __init__(self, settings: Settings, sender: Any) -> None:
        super().__init__(settings, sender, "EnkryptClient")
        self.sleep = time.sleep

    def run(self, call: Call) -> Answer:
        self.check_open()
        steps = self.policy.attempts(call)
        pause, result = advance(steps, None)
        while result is None:
            outcome = self._send(call) if pause is None else self.sleep(pause)
            pause, result = advance(steps, outcome)
        return delivered(call, result)

    def _send(self, call: Call) -> Answer | Failure:
        started = self.policy.monotonic()
        outcome: Answer | Failure
        try:
            opened = self.sender.open(call)
            outcome = self._receive(call, opened)
        except self.sender.network as error:
            outcome = self.sender.failure(call, error)
        self.log_attempt(call, outcome, started)
        return outcome

    def _receive(self, call: Call, opened: Opened) -> Answer:
        answer = Answer(opened.status, opened.headers, call.read)
        if call.streaming and _policy.matches(opened.status, call.success):
            answer.rest = opened
            return answer
        inflater = Inflater(answer, opened.decoded)
        try:
            for chunk in opened.parts:
                if not inflater.add(chunk):
                    break
                call.left(None)
        except self.sender.network as error:
            return inflater.finish(self.sender.failure(call, error))
        finally:
            with contextlib.suppress(*self.sender.network):
                opened.close()
        return inflater.finish()

    def after_fork(self) -> None:
        """In a child process: let go of what the parent goes on using."""
        if isinstance(self.sender, Lanes):
            self.collection.detach()
            abandoned.append(self.sender)
            self.sender = Lanes(next(iter(self.sender.ways.values())).anew())
            self.watch()

    def close(self) -> None:
        self.closed = True
        self.sender.close()


_connections: weakref.WeakSet[Any] = weakref.WeakSet()
abandoned: list[object] = []


def _after_fork() -> None:
    for wire in list(OPEN):
        wire.close()
    for connection in list(_connections):
        connection.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def advance(
    steps: Steps, outcome: Answer | Failure | None
) -> tuple[float | None, Result | None]:
    """The pause before the next try, None to send at once; or the end."""
    try:
        return steps.send(outcome), None
    except StopIteration as end:
        return None, end.value


def delivered(call: Call, result: Result) -> Answer:
    if isinstance(result, errors.EnkryptError):
        raise result
    call.answer = result
    return result


class StreamBase(Generic[Item]):
    """An answer that is read as it comes."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._whole = True  # whether what has come ends with a line
        self._unread = 0  # bytes since the last event

    def _begin(self, answer: Answer) -> None:
        self._call, self._opened = self._exchange.call, answer.rest
        self.status_code, self.headers = answer.status_code, answer.headers
        self.request_id = _policy.masked_id(answer.headers, None, [])
        options = self._call.options
        self._call.gap = options.timeouts["read"] or options.total_timeout
        coding = answer.headers.get("content-encoding", "identity")
        if coding.strip().lower() != "identity" and not self._opened.decoded:
            self._refuse("its content encoding is none that was asked for")
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        self._events = self._exchange.codec.spec.STREAM == "text/event-stream"
        if self._events and kind != "text/event-stream":
            self._refuse("it is no stream of events")

    def _refuse(self, fault: str) -> None:
        answer = Answer(self.status_code, self.headers)
        raise _policy.decode_error(self._call, answer, fault)

    def _wait(self) -> None:
        """A new time limit for what is awaited next, unless the last piece broke off within a line."""
        if self._whole:
            self._call.deadline = self._call.clock() + self._call.gap

    def _came(self, chunk: bytes) -> bytes:
        self._whole = not self._events or b"\n" in chunk or b"\r" in chunk
        self._unread += len(chunk)
        if self._events and self._unread > LARGEST_BODY:
            self._refuse(f"an event is larger than {LARGEST_BODY} bytes")
        return chunk

    def _failed(self, error: Exception) -> errors.EnkryptError:
        sender = self._exchange.connection.sender
        failure = sender.failure(self._call, error)
        return _policy.lost(self._call, failure.cause, failure.timed_out)

    def _wanted(self, event: Any) -> bool:
        """Whether an event says anything: one of no type and no data is only a sign of life."""
        self._unread, self._whole = 0, True
        return bool(event.data or event.event != "message")


class Stream(StreamBase[Item]):
    """Events or chunks of an answer, as they come. Use it in a `with` statement; leaving it early closes the connection."""

    def __enter__(self) -> Self:
        answer = self._exchange.open()
        try:
            self._begin(answer)
        except BaseException:
            answer.rest.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(*self._exchange.connection.sender.network):
            self._opened.close()

    def __iter__(self) -> Iterator[Item]:
        chunks: Any = self._chunks()
        if not self._events:
            yield from chunks
            return
        from ._httpx import event_source

        yield from filter(self._wanted, event_source(chunks).iter_sse())

    def _chunks(self) -> Iterator[bytes]:
        parts, failed = iter(self._opened.parts), None
        while True:
            self._wait()
            try:
                chunk = next(parts, None)
            except self._exchange.connection.sender.network as error:
                failed = self._failed(error)
            if failed:
                raise failed
            if chunk is None:
                return
            yield self._came(chunk)
