"""Sends calls and retries them, over connections that threads share.

The coroutines here serve both clients. Over the connections of this module they never wait, so that `drive` runs them to their end at
once; `_async` has connections over which they do.
"""

from __future__ import annotations

import contextlib
import errno
import os
import ssl
import threading
import time
import weakref
from collections import deque
from typing import NamedTuple, TypeVar

import httpcore

from .attempt import Failure
from .network import certificates, proxy
from .response import Headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import abc
    from typing import Any

    from .attempt import Attempt
    from .request import Request

PHASES = ("connect", "read", "write", "pool")
T = TypeVar("T")
MOST_CONNECTIONS = 100
KEPT_IDLE = 5.0  # seconds that an idle connection waits for the next call
SLICE = 16 * 1024
_UNTRUSTED = 18, 19, 20, 21  # OpenSSL: signed by no authority that is known


def drive(coroutine: abc.Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("a coroutine of the sync client must not wait")


async def each(items: abc.Iterable[T]) -> abc.AsyncIterator[T]:
    for item in items:
        yield item


class Call:
    """What the transports of today read and write."""

    def __init__(self, request: Request, attempt: Attempt) -> None:
        self.options = request.options
        self.origin = request.origin
        self.method = request.method
        self.headers = request.headers
        self.target = request.target
        self.content: Any = request.content
        self.deadline = attempt.deadline
        self.sent = False
        self.gap = 0.0
        self.peer = "the service"
        self.proxy = "the proxy's address"

    def left(self, limit: float | None) -> float:
        return self.deadline.remaining(limit)


class Sender:
    """What all ways to send have in common: what an exception of their library means."""

    used = closed = False
    library: Any = httpcore
    unusable: type[Exception] = UnicodeError  # what the library says of an address
    lost: tuple[type[Exception], ...] = httpcore.NetworkError, httpcore.ProtocolError
    unsent: tuple[type[Exception], ...]
    late: tuple[type[Exception], ...]
    network: tuple[type[Exception], ...]
    lasting: tuple[type[Exception], ...]  # it would fail again
    phases: abc.Mapping[type[Exception], str]

    def __init_subclass__(cls) -> None:
        known = cls.library
        cls.lasting = known.UnsupportedProtocol, cls.unusable, ssl.SSLError
        connecting = known.ConnectError, known.ConnectTimeout, known.PoolTimeout
        cls.unsent = *connecting, known.ProxyError, *cls.lasting[:2]
        cls.late = known.TimeoutException, TimeoutError
        cls.network = *cls.unsent, *cls.late, *cls.lost, OSError
        cls.phases = {getattr(known, f"{p.title()}Timeout"): p for p in PHASES}

    async def aclose(self) -> None:
        self.closed = True

    def forget(self) -> None:
        """Leave the connections to others."""

    def without_connections(self) -> Sender:
        """The same for a forked process, without connections."""
        return self

    def failure(self, call: Call, error: Exception) -> tuple[Failure, bool]:
        """What an exception says. Keeps nothing of it: it may hold the request."""
        chain, late = list(_causes(error)), isinstance(error, self.late)
        failure = Failure(
            cause=self._late(call, error) if late else self._reason(call, chain),
            peer=call.peer,
            timed_out=late,
            lasting=self._wants_credentials(error)
            # A handshake that takes too long holds an error of TLS, too.
            or (not late and any(isinstance(e, self.lasting) for e in chain)),
        )
        return failure, call.sent and not isinstance(error, self.unsent)

    def _wants_credentials(self, error: BaseException) -> bool:
        """Whether a proxy refuses because it is not told who asks."""
        return isinstance(error, self.library.ProxyError) and str(error)[:3] == "407"

    def _late(self, call: Call, error: Exception) -> str:
        phase = self.phases.get(type(error))
        if phase is None or call.deadline.has_passed():
            if call.gap:
                return f"nothing came within {call.gap:g} s"
            return f"the total timeout of {call.options.total_timeout:g} s ran out"
        return f"the {phase} timeout of {getattr(call.options.timeouts, phase):g} s ran out"

    def _reason(self, call: Call, chain: list[BaseException]) -> str:
        """The system's or the TLS library's own words. Those of others may hold what a peer said."""
        if self._wants_credentials(chain[0]):
            return f"it wants a user and a password (407): set them in {call.proxy}"
        if isinstance(chain[0], self.library.ProxyError):
            code = str(chain[0])[:3]
            said = f" ({code})" if code.isdigit() else ""  # SOCKS has words instead
            return f"it refuses to connect to the service{said}"
        for cause in reversed(chain):
            if isinstance(cause, ssl.SSLCertVerificationError):
                advice = "; set SSL_CERT_FILE to the certificates of its authority"
                words = cause.verify_message.rstrip(".")
                return f"its certificate is refused: {words}{advice if cause.verify_code in _UNTRUSTED else ''}"
            if isinstance(cause, ssl.SSLError):
                return f"TLS failed ({cause.reason or type(cause).__name__})"
            if isinstance(cause, OSError) and cause.errno is not None:
                known = cause.errno in errno.errorcode
                return os.strerror(cause.errno) if known else str(cause.strerror)
        return ", ".join(dict.fromkeys(type(e).__name__ for e in (chain[0], chain[-1])))


def _causes(error: BaseException | None) -> abc.Iterator[BaseException]:
    while error is not None:
        yield error
        inner = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else None
        error = inner or error.__cause__ or error.__context__


class Way:
    """How to get to a service: its address, the proxy before it, the certificates to trust."""

    def __init__(self, origin: str) -> None:
        self.origin, self.url = origin, httpcore.URL(origin)
        self.host = self.url.host.decode()
        self.peer = f"the service {self.host}:{self.url.origin.port}"
        scheme = self.url.scheme.decode()
        self.proxy, self.variable = proxy(scheme, origin.partition("://")[2])
        # Loading certificates takes 20 ms.
        self.tls = certificates() if scheme == "https" else None


class Lane:
    """A pool of one connection, for one call at a time, and what its socket knows of that call."""

    since = 0.0  # when it was last put aside
    call: Any = None

    def __init__(self, way: Way, stack: deque[Lane], pool: Any, backend: Any) -> None:
        self.way, self.stack = way, stack
        self.pool = pool(
            ssl_context=way.tls,
            proxy=way.proxy,
            max_connections=1,
            keepalive_expiry=KEPT_IDLE,
            network_backend=backend(self),
        )

    def request(self, call: Call) -> httpcore.Request:
        self.call, call.sent, call.peer = call, False, self.way.peer
        call.proxy = self.way.variable
        known = self.way.url
        url = httpcore.URL(
            scheme=known.scheme, host=known.host, port=known.port, target=call.target
        )
        limits = {"timeout": {p: getattr(call.options.timeouts, p) for p in PHASES}}
        headers, content = call.headers, call.content
        return httpcore.Request(
            call.method, url, headers=headers, content=content, extensions=limits
        )

    def connecting(self, host: str, port: int, timeout: float | None) -> Any:
        if self.way.proxy:
            self.call.peer = f"the proxy {host}:{port}"
        return self.left(timeout)

    def encrypting(self, host: str | None, timeout: float | None) -> Any:
        if host == self.way.host:
            self.call.peer = self.way.peer
        return self.left(timeout)

    def sending(self, buffer: bytes) -> None:
        # What is sent before the request asks a proxy for a connection.
        call = self.call
        call.sent = call.sent or buffer.startswith(call.method.encode())

    def left(self, timeout: float | None) -> Any:
        return self.call.left(timeout)


def taken(pop: abc.Callable[[], Lane]) -> Lane | None:
    """A lane that another thread may take first; None if there is none."""
    try:
        return pop()
    except IndexError:
        return None


# Sockets that a forked process must close.
OPEN: weakref.WeakSet[Wire] = weakref.WeakSet()


class BaseWire:
    """A socket that nothing keeps busy beyond the deadline of the call. Headers and body leave in one piece where they fit."""

    pending = b""
    inner: Any

    def __init__(self, inner: Any, lane: Lane) -> None:
        self.inner, self.lane = inner, lane

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class Wire(BaseWire):
    """A socket for threads."""

    inner: httpcore.NetworkStream

    def close(self) -> None:
        self.inner.close()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self.pending:
            # A peer that refuses the rest may have answered already.
            with contextlib.suppress(httpcore.WriteError):
                self._flush(timeout)
        return self.inner.read(max_bytes, self.lane.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.pending += buffer
        if len(self.pending) > SLICE:
            self._flush(timeout)

    def _flush(self, timeout: float | None) -> None:
        buffer, self.pending = self.pending, b""
        self.lane.sending(buffer)
        for start in range(0, len(buffer), SLICE):
            self.inner.write(buffer[start : start + SLICE], self.lane.left(timeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: Any = None, timeout: Any = None
    ) -> Wire:
        left = self.lane.encrypting(server_hostname, timeout)
        self.inner = self.inner.start_tls(ssl_context, server_hostname, left)
        return self


class Backend(httpcore.NetworkBackend):
    """Opens the socket of a lane."""

    def __init__(self, lane: Lane) -> None:
        self.lane, self.inner = lane, httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: Any = None, *more: Any, **named: Any
    ) -> Any:
        left = self.lane.connecting(host, port, timeout)
        wire = Wire(self.inner.connect_tcp(host, port, left, *more, **named), self.lane)
        OPEN.add(wire)
        return wire


class Opened(NamedTuple):
    """An answer whose content is yet to come."""

    status: int
    headers: Headers
    parts: abc.AsyncIterable[bytes]
    close: abc.Callable[[], abc.Awaitable[None]]
    decoded: bool = False


class Lanes(Sender):
    """A stack of lanes for each address: the one used last is used next, by one call at a time."""

    pool: Any = httpcore.ConnectionPool
    backend: Any = Backend
    semaphore: Any = threading.BoundedSemaphore

    def __init__(self, way: Way) -> None:
        self.way, self.free = way, self.semaphore(MOST_CONNECTIONS)
        self.stacks = {way.origin: (way, deque[Lane]())}  # idle lanes by address

    async def open(self, call: Call) -> Opened:
        await self.acquire(call.left(call.options.timeouts.pool))
        self.used, lane = True, None
        try:
            if call.origin not in self.stacks:
                self.stacks.setdefault(call.origin, (Way(call.origin), deque()))
            way, stack = self.stacks[call.origin]
            lane = taken(stack.pop) or Lane(way, stack, self.pool, self.backend)
            response = await self.send(lane.pool, lane.request(call))
        except BaseException:
            self.free.release()
            if lane:  # not used again: its pool keeps a tunnel in which TLS has failed
                await self.shut(lane.pool)
            raise

        async def close() -> None:
            try:
                await self.end(response)
            finally:
                await self.keep(lane)

        if response.status == 407 and way.proxy and not way.tls:
            await close()
            raise httpcore.ProxyError("407")
        headers, parts = Headers(response.headers), self.parts(response)
        return Opened(response.status, headers, parts, close)

    async def keep(self, lane: Lane) -> None:
        """Keep a lane for the next call; close what has been idle for long."""
        idle, lane.since, lane.call = lane.stack, time.monotonic(), None
        self.free.release()
        idle.append(lane)
        while self.closed or (idle and idle[0].since < lane.since - KEPT_IDLE):
            if (old := taken(idle.popleft)) is None:
                break
            await self.shut(old.pool)

    async def aclose(self) -> None:
        self.closed = True
        for _, stack in list(self.stacks.values()):
            while lane := taken(stack.pop):
                await self.shut(lane.pool)

    def forget(self) -> None:
        drive(self.aclose())

    def without_connections(self) -> Lanes:
        return type(self)(self.way)

    # What takes time, and what the async lanes do otherwise.

    async def acquire(self, limit: float) -> None:
        if not self.free.acquire(timeout=limit):
            raise httpcore.PoolTimeout

    async def send(self, pool: Any, request: Any) -> Any:
        return pool.handle_request(request)

    def parts(self, response: Any) -> Any:
        return each(response.stream)

    async def end(self, response: Any) -> None:
        response.close()

    async def shut(self, pool: Any) -> None:
        pool.close()
