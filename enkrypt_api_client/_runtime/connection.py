"""One HTTP/1.1 connection to a service, spoken by h11 over a socket of either kind, and the pool of idle connections.

A connection belongs to one call from the moment it is checked out until it is given back. Nobody else knows it meanwhile, so
nothing here needs a lock. The coroutines wait only where their socket does, and that of the sync client never does: it blocks.
"""

from __future__ import annotations

import re
import time
from collections import deque
from typing import Protocol

import h11

from . import network
from .attempt import Sent
from .route import advice_on_refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from .attempt import Attempt
    from .deadline import Deadline
    from .network import Socket
    from .request import Request
    from .route import Proxy, Route
    from .settings import Timeouts

LARGEST_HEAD = 100 * 1024  # bytes of a status line and headers
MOST_READ = 64 * 1024  # bytes read at a time
SLICE = 16 * 1024  # bytes sent at a time; each has the whole write timeout
KEPT_IDLE = 5.0  # seconds that an idle connection waits for the next call, if the service does not say less
# Seconds by which a connection is given up before the service does: its closure takes a while to come.
_SOONER = 1.0
_ANNOUNCED = re.compile(rb"\b(timeout|max)\s*=\s*\"?([0-9]{1,9})", re.IGNORECASE)


class Limits:
    """The time limits of one exchange.

    Each method returns the seconds that its step may still take, and raises DeadlineExpired when the call has no time left. As in httpx,
    `pool` is the wait for one of the `max_connections`.
    """

    __slots__ = ("deadline", "timeouts")

    def __init__(self, deadline: Deadline, timeouts: Timeouts) -> None:
        self.deadline: Final = deadline
        self.timeouts: Final = timeouts

    def connect(self) -> float:
        return self.deadline.remaining(self.timeouts.connect)

    def read(self) -> float:
        return self.deadline.remaining(self.timeouts.read)

    def write(self) -> float:
        return self.deadline.remaining(self.timeouts.write)

    def pool(self) -> float:
        return self.deadline.remaining(self.timeouts.pool)


_NOT_HTTP = "what it says is not HTTP/1.1"
# What does not even begin as HTTP may be another server.
_NEVER_HTTP = f"{_NOT_HTTP}; check host and port"


class Source(Protocol):
    """The content of a request, a piece at a time."""

    async def next_piece(self, deadline: Deadline) -> bytes:
        """Return the next piece, nothing at the end. What a caller's file raises passes through."""


class HTTPConnection:
    """One connection to a service, for one call at a time."""

    def __init__(self, route: Route, socket: Socket) -> None:
        self.route = route
        # The host that an error concerns: the proxy, until it has connected us to the service.
        self.peer = route.peer
        # What to do if the proxy is not reached, as a sentence.
        self.advice = ""
        self.is_connected = False
        self.idle_until = 0.0  # the time until which it may be used again
        self._socket = socket
        self._http = _new_exchange()
        self._start_exchange()

    def _start_exchange(self) -> None:
        """Forget the last exchange."""
        # Bytes of the request that the socket has not been given yet.
        self._unsent = b""
        # The head of a response that began before the request was complete.
        self._early_response: h11.Response | None = None
        self._head_size = 0  # bytes of the response's head, as far as it has come
        self._has_ended = False  # the peer has closed its side
        self._length_is_doubtful = False
        self._kept_idle = KEPT_IDLE

    # Connecting.

    async def connect(self, limits: Limits) -> None:
        """Connect to the service, through its proxy if there is one. Nothing of a request is sent.

        Raises:
            NetworkError: It failed. `peer` says who did.
        """
        route = self.route
        if route.proxy is None:
            await self._socket.connect(route.host, route.port, limits.connect())
        else:
            self.peer = route.proxy.peer
            self.advice = f"Check {route.proxy.variable}."
            await self._connect_to_proxy(route.proxy, limits)
            self.peer = route.peer
            self.advice = ""
        if route.tls is not None:
            await self._socket.start_tls(route.tls, route.host, limits.connect())
        self.is_connected = True

    async def _connect_to_proxy(self, proxy: Proxy, limits: Limits) -> None:
        route = self.route
        if proxy.is_socks:
            await self._socket.connect_over_socks(
                proxy, route.host, route.port, limits.connect()
            )
            return
        await self._socket.connect(proxy.host, proxy.port, limits.connect())
        if proxy.tls is not None:
            await self._socket.start_tls(proxy.tls, proxy.host, limits.connect())
        if route.forwarder is None:
            await self._open_tunnel(proxy, limits)

    async def _open_tunnel(self, proxy: Proxy, limits: Limits) -> None:
        """Have an HTTP proxy connect to the service (RFC 9110, section 9.3.6)."""
        exchange = _new_exchange()
        self._queue_tunnel_request(exchange, proxy)
        try:
            await self._socket.send(limits.connect(), until_input=False)
            response = await self._next_response(exchange, limits.connect)
        except (network.WriteTimeout, network.ReadTimeout):
            response = None
        if response is None:
            raise network.ConnectTimeout
        if response.status_code == 407:
            raise wants_credentials(proxy)
        status = response.status_code
        if not 200 <= status <= 299:
            raise network.ProxyFailed(
                f"refuses to connect to the service ({status})",
                advice=advice_on_refusal(
                    status, is_from_environment=proxy.is_from_environment
                ),
            )
        if exchange.trailing_data != (b"", False):
            raise network.ProxyFailed(
                "said something before TLS began", advice=self.advice
            )
        self._start_exchange()

    def _queue_tunnel_request(self, exchange: h11.Connection, proxy: Proxy) -> None:
        address = self.route.address.encode()
        own_headers = [(b"Host", address), (b"Accept", b"*/*")]
        request = h11.Request(
            method=b"CONNECT",
            target=address,
            headers=own_headers + proxy.authorization(),
        )
        self._socket.queue(exchange.send(request) or b"")

    # Sending.

    async def send(
        self, request: Request, attempt: Attempt, limits: Limits, source: Source
    ) -> None:
        """Send a request, and mark in the attempt how much of it was sent.

        It ends early, without an error, where the peer refuses the rest: it may have said why.

        Raises:
            UnexpectedInput: The peer said something before it was asked. Nothing was sent.
            ReadFailed: The connection broke before the request was sent.
            ContentFailed: The content is not as long as announced.
            WriteTimeout: The peer did not take it.
        """
        self._queue_head(request)
        try:
            complete = await self._send_content(attempt, limits, source)
        except network.WriteFailed:
            complete = False
        if complete:
            attempt.sent = Sent.ALL
        else:
            self._http.send_failed()

    def _queue_head(self, request: Request) -> None:
        target = request.target
        headers = list(request.headers)
        forwarder = self.route.forwarder
        if forwarder is not None:
            target = request.origin.encode() + target
            headers = forwarder.authorization() + headers
        self._queue_event(
            lambda: h11.Request(method=request.method, target=target, headers=headers),
            "it can't be written as HTTP/1.1",
        )

    def _queue_event(self, make: Callable[[], h11.Event], fault: str) -> None:
        """Add a part of the request to what is to be sent."""
        try:
            self._unsent += self._http.send(make()) or b""
        except h11.LocalProtocolError:
            pass  # its words repeat headers
        else:
            return
        raise network.ContentFailed(fault, lasting=True)

    async def _send_content(
        self, attempt: Attempt, limits: Limits, source: Source
    ) -> bool:
        """Send head and content, and return whether all of it was sent."""
        while self._queue_piece(await source.next_piece(limits.deadline)):
            if len(self._unsent) >= SLICE and not await self._send_queued(
                attempt, limits
            ):
                return False
        self._queue_event(h11.EndOfMessage, "its content is shorter than announced")
        return await self._send_queued(attempt, limits)

    def _queue_piece(self, piece: bytes) -> bool:
        """Add a piece of the content to what is to be sent. False if it is nothing: the content ends."""
        if not piece:
            return False
        fault = "its content is longer than announced"
        self._queue_event(lambda: h11.Data(data=piece), fault)
        return True

    async def _send_queued(self, attempt: Attempt, limits: Limits) -> bool:
        """Send what is queued, and return whether to send the rest of the request. False: the peer has refused it."""
        limits.deadline.remaining()  # nothing counts as sent when it is too late
        if attempt.sent is Sent.NOTHING:
            # Whatever is there now, the end included, can't be the response to a request that was not sent.
            if self._socket.readable():
                # Where the connection broke, such as for want of a certificate of ours, that is raised.
                await self._socket.read(1, 0.0)
                raise network.UnexpectedInput(
                    "it answered, or closed the connection, before it was asked"
                )
            attempt.sent = Sent.PART
        while self._unsent:
            self._socket.queue(self._unsent[:SLICE])
            self._unsent = self._unsent[SLICE:]
            if not await self._send_slice(limits):
                return False
        return True

    async def _send_slice(self, limits: Limits) -> bool:
        """Send what was given to the socket, and return whether to send the rest of the request.

        Until a response begins, the peer is listened to meanwhile and afterwards: it may refuse the rest.
        """
        while True:
            is_listening = self._early_response is None
            if await self._socket.send(limits.write(), until_input=is_listening):
                break
            if not await self._read_early(limits):
                return False
        if is_listening and self._unsent and self._socket.readable():
            return await self._read_early(limits)
        return True

    async def _read_early(self, limits: Limits) -> bool:
        """Read what the peer says before it has the whole request, and return whether to send the rest."""
        try:
            await self._receive(self._http, limits.read)
            while True:
                event = _parse_next_event(self._http)
                if isinstance(event, h11.Response):
                    self._early_response = event
                    # A success may be written while the request is read. Anything else makes the rest pointless.
                    return 200 <= event.status_code <= 299
                if not isinstance(event, h11.InformationalResponse):
                    return not self._has_ended
                self._forget_head()
        except network.ReadFailed:
            return False

    # Receiving.

    async def receive_head(self, request: Request, limits: Limits) -> h11.Response:
        """Return the head of the response. Informational responses (1xx) before it are skipped.

        Raises:
            NetworkError: There is none.
        """
        response = self._early_response
        if response is None:
            response = await self._next_response(self._http, limits.read)
        names = {name for name, _ in response.headers}
        lengths = names & {b"content-length", b"transfer-encoding"}
        has_no_content = response.status_code in (204, 304) or request.method == "HEAD"
        # Client and service may disagree about the end of such a response (RFC 9112, section 6.3).
        most_lengths = 0 if has_no_content else 1
        self._length_is_doubtful = len(lengths) > most_lengths
        if b"keep-alive" in names:
            self._kept_idle = _announced_idle_time(response)
        return response

    async def receive_chunk(self, limits: Limits) -> bytes:
        """Return what comes next of the content of the response; nothing at its end.

        Raises:
            NetworkError: The content ends too early.
        """
        while self._http.their_state is h11.SEND_BODY:
            event = await self._next_event(self._http, limits.read)
            if isinstance(event, h11.Data) and event.data:
                return bytes(event.data)
        return b""

    async def _next_response(
        self, exchange: h11.Connection, seconds: Callable[[], float]
    ) -> h11.Response:
        """Return the head of the response, after informational responses (1xx). Waits for it."""
        while True:
            event = await self._next_event(exchange, seconds)
            if isinstance(event, h11.Response):
                return event
            self._forget_head()

    def _forget_head(self) -> None:
        """Count the next head from its beginning."""
        self._head_size = 0

    async def _next_event(
        self, exchange: h11.Connection, seconds: Callable[[], float]
    ) -> object:
        """Return the next event. Waits for it."""
        while True:
            event = _parse_next_event(exchange)
            if event is not h11.NEED_DATA:
                return event
            if self._has_ended:
                is_in_content = exchange.their_state is h11.SEND_BODY
                raise _failure_at_end(exchange, is_in_content)
            await self._receive(exchange, seconds)

    async def _receive(
        self, exchange: h11.Connection, seconds: Callable[[], float]
    ) -> None:
        """Pass what comes next on to h11."""
        most = MOST_READ
        in_content = exchange.their_state is h11.SEND_BODY
        if not in_content:
            # h11's own limit counts what comes with the last piece or not, depending on how the pieces are cut.
            most = min(most, LARGEST_HEAD - self._head_size)
        if most <= 0:
            raise network.ProtocolFailed(
                f"the head of its response is larger than {LARGEST_HEAD} bytes"
            )
        data = await self._socket.read(most, seconds())
        self._head_size += len(data)
        self._has_ended = not data
        # Where there is no content yet, h11 has no good words for an end.
        if data or in_content:
            exchange.receive_data(data)

    # The end of an exchange.

    def is_reusable(self) -> bool:
        """Whether another call may use this connection after the exchange. It may not where

        * the request or the response is incomplete, the peer speaks HTTP/1.0, one side has sent `Connection: close`, or the content ends
          with the connection: then h11 is in another state than DONE;
        * something has come behind the response;
        * client and service may disagree about where the response ends;
        * the response began before the request was complete.
        """
        http = self._http
        is_over = http.our_state is h11.DONE and http.their_state is h11.DONE
        has_rest = http.trailing_data != (b"", False)
        is_doubtful = self._length_is_doubtful or self._early_response is not None
        return is_over and not has_rest and not is_doubtful

    def prepare_next(self) -> None:
        """Get ready for another call. Only if `is_reusable`."""
        self.idle_until = time.monotonic() + self._kept_idle
        self._http.start_next_cycle()
        self._start_exchange()

    def is_still_open(self) -> bool:
        """Whether an idle connection can take another call: it has not been idle for too long, and there is nothing to read.

        What there is to read is the peer's closing, or words that answer no request.
        """
        return time.monotonic() <= self.idle_until and not self._socket.readable()

    def close(self) -> None:
        """Close without waiting. Can be repeated."""
        self._socket.close()


def _announced_idle_time(response: h11.Response) -> float:
    """Return the seconds for which a connection may be idle after a response with a header Keep-Alive.

    Many services write it (RFC 2068, section 19.7.1.1): `timeout` is how long they keep the connection, `max` how many more requests
    they take.
    """
    seconds = KEPT_IDLE
    for name, value in response.headers:
        if name == b"keep-alive":
            for parameter, digits in _ANNOUNCED.findall(value):
                number = int(digits)
                if parameter.lower() == b"timeout":
                    seconds = min(seconds, number - _SOONER)
                elif number == 0:
                    seconds = -1.0
    return seconds


def _new_exchange() -> h11.Connection:
    return h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)


def _parse_next_event(exchange: h11.Connection) -> object:
    """Return the next event in what has been received; NEED_DATA if more must come. Raises ProtocolFailed."""
    is_in_content = exchange.their_state is h11.SEND_BODY
    try:
        return exchange.next_event()
    except h11.RemoteProtocolError:
        pass  # its words may repeat what the peer said
    if exchange.trailing_data[1]:
        raise _failure_at_end(exchange, is_in_content)
    raise network.ProtocolFailed(_NOT_HTTP if is_in_content else _NEVER_HTTP)


def _failure_at_end(
    exchange: h11.Connection, is_in_content: bool
) -> network.ProtocolFailed:
    """Return the error for a peer that has closed the connection before a response was complete.

    Args:
        exchange: The peer's side of it holds what h11 could not read.
        is_in_content: Whether the head of the response had been read.
    """
    rest, _ = exchange.trailing_data
    if is_in_content or not rest or rest.startswith(b"HTTP/1."):
        return network.ProtocolFailed("the connection was closed")
    return network.ProtocolFailed(_NEVER_HTTP)


def wants_credentials(proxy: Proxy) -> network.ProxyFailed:
    """Return the error for a proxy that answers 407."""
    remedy = "add them to" if proxy.user is None else "correct them in"
    return network.ProxyFailed(
        f"{proxy.fault_of_credentials}; {remedy} {proxy.variable}",
        lasting=True,
    )


class ConnectionPool:
    """The idle connections to one service.

    The one used last is used next, so that the others grow old and are closed: by `take` when their turn comes, by `close_old` after
    every call.
    """

    def __init__(self, route: Route) -> None:
        self.route = route
        self._idle: deque[HTTPConnection] = deque()

    def take(self) -> HTTPConnection | None:
        """Return an open connection, which from now on is the caller's alone; None if there is none."""
        while True:
            connection = self._pop()
            if connection is None:
                return None
            if connection.is_still_open():
                return connection
            connection.close()

    def _pop(self) -> HTTPConnection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def add(self, connection: HTTPConnection) -> None:
        """Keep a connection for the next call."""
        self._idle.append(connection)

    def close_old(self) -> None:
        """Close what has been idle for too long."""
        now = time.monotonic()
        try:
            while self._idle[0].idle_until < now:
                self._idle.popleft().close()
        except IndexError:
            pass  # another thread took the last one

    def close(self) -> None:
        """Close all idle connections."""
        while (connection := self._pop()) is not None:
            connection.close()
