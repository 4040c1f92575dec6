"""What passes over a socket: within the deadline, within the size cap, whole; and what a failure there means."""

from __future__ import annotations

import ssl
import weakref
import zlib

from ._policy import LARGEST_BODY, Answer, Call, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

SLICE = 16 * 1024
# Failures that come before anything of the request is written, by name, because aiohttp may not be installed.
# httpx-aiohttp 0.2.0 reports a reset after sending as ConnectTimeout, so aiohttp's own error behind it counts.
_UNSENT = {
    "ConnectError ConnectTimeout PoolTimeout ProxyError UnsupportedProtocol": "httpx",
    "ClientConnectorError ClientHttpProxyError ConnectionTimeoutError InvalidURL": "aiohttp",
}


class Limit(float):
    """Seconds that one socket operation may take; knows when the whole call must be over."""

    call: Call
    monotonic: Callable[[], float]


def limits(
    call: Call, timeouts: dict[str, float | None], monotonic: Callable[[], float]
) -> dict[str, Limit]:
    """The timeouts of a try, none beyond the deadline of the call."""
    left = max(call.deadline - monotonic(), 0.001)
    made = {}
    for phase, limit in timeouts.items():
        made[phase] = Limit(left if limit is None else min(limit, left))
        made[phase].call, made[phase].monotonic = call, monotonic
    return made


def _left(limit: float | None) -> float | None:
    if not isinstance(limit, Limit):
        return limit
    left = limit.call.deadline - limit.monotonic()
    if left <= 0:
        raise TimeoutError("the total time ran out")
    return min(limit, left)


# Sockets that a forked process must let go of.
OPEN: weakref.WeakSet[Stream] = weakref.WeakSet()


class Stream:
    """A socket of httpcore that no sequence of small reads and writes keeps busy beyond the deadline of the call."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        OPEN.add(self)
        self.close = inner.close
        self.get_extra_info = inner.get_extra_info

    def read(self, max_bytes: int, timeout: float | None = None) -> Any:
        return self.inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), SLICE):
            self.inner.write(buffer[start : start + SLICE], _left(timeout))

    def start_tls(self, timeout: float | None = None, **options: Any) -> Stream:
        try:
            inner = self.inner.start_tls(timeout=_left(timeout), **options)
        except TimeoutError:
            self.close()
            raise
        return Stream(inner)


class Backend:
    """Opens such sockets for httpcore."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def connect_tcp(self, *address: Any, **options: Any) -> Stream:
        options["timeout"] = _left(options.get("timeout"))
        return Stream(self.inner.connect_tcp(*address, **options))


class Inflater:
    """Collects the body of an answer up to the size cap, decompressed."""

    def __init__(self, answer: Answer, decoded: bool = False) -> None:
        self.answer = answer
        self.parts: list[bytes] = []
        self.room = LARGEST_BODY
        self.zlib, self.started = None, False
        coding = answer.headers.get("content-encoding", "").strip().lower()
        if coding in ("gzip", "x-gzip", "deflate") and not decoded:
            self.zlib = zlib.decompressobj(47)  # either header, found by itself
        elif coding not in ("", "identity") and not decoded:
            answer.broken = "its content encoding is none that was asked for"

    def add(self, chunk: bytes) -> bool:
        """Whether more is wanted."""
        if self.zlib is not None and chunk:
            self.started, ended = True, self.zlib.eof
            try:
                chunk = self.zlib.decompress(chunk, self.room + 1)
            except zlib.error:
                ended = True
            if ended or self.zlib.unused_data:
                self.answer.broken = "it is not the compressed data that it says it is"
        self.room -= len(chunk)
        if self.room < 0:
            self.answer.broken = f"it is larger than {LARGEST_BODY} bytes"
        self.parts.append(chunk)
        return not self.answer.broken

    def finish(self, error: Exception | None = None) -> Answer:
        if error is not None:
            self.answer.broken = f"it ends early ({type(error).__name__})"
            self.answer.timed_out = _timed_out(_told(error))
        elif self.zlib and self.started and not self.zlib.eof:
            self.answer.broken = self.answer.broken or "its compressed data ends early"
        self.answer.content = b"".join(self.parts)[:LARGEST_BODY]
        return self.answer


def failure(error: Exception, begun: bool) -> Failure:
    """What an exception says about a request whose body has or has not begun to be sent.

    Keeps nothing of it: exceptions of httpx hold the request, with key and body.
    """
    told, chain = _told(error), list(_causes(error))
    library = type(told).__module__.partition(".")[0]
    kinds = {kind.__name__ for kind in type(told).__mro__}
    unsent = any(
        library == where and kinds & set(names.split())
        for names, where in _UNSENT.items()
    )
    tls = any(isinstance(cause, ssl.SSLError) for cause in chain)
    network = library == "aiohttp" or "TransportError" in kinds
    named = dict.fromkeys(type(e).__name__ for e in (error, chain[-1]))
    return Failure(
        cause=", ".join(named),
        sent=begun and not unsent,
        timed_out=_timed_out(told),
        lasting=tls
        or "UnsupportedProtocol" in kinds
        or not (network or isinstance(told, OSError)),
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _told(error: Exception) -> BaseException:
    """The exception that knows best."""
    for cause in _causes(error):
        if type(cause).__module__.startswith("aiohttp"):
            return cause
    return error


def _timed_out(error: BaseException) -> bool:
    named = any(kind.__name__ == "TimeoutException" for kind in type(error).__mro__)
    return named or isinstance(error, TimeoutError)
