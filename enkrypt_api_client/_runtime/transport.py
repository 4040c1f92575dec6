"""How a request is sent over connections of our own: check out, send, receive, settle. Written once for threads and tasks."""

from __future__ import annotations

from typing import Protocol

from . import network
from .attempt import Failure, Sent, StreamFailed
from .connection import ConnectionPool, HTTPConnection, Limits, wants_credentials
from .deadline import DeadlineExpired
from .response import Headers, Inflater, Response
from .route import Route
from .slots import Checkout, Holder
from .sources import BytesSource, FileSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    import h11

    from .attempt import Attempt
    from .body import Content
    from .deadline import Deadline
    from .helper import Helper
    from .request import Request
    from .route import Connecting
    from .slots import Slots

    T = TypeVar("T")

# Firewalls drop what they do not allow, without an answer.
_ADVICE_ON_SILENCE = (
    "A firewall may be in between, or only a proxy lead there:"
    " `python -m enkrypt_api_client doctor` tries each step."
)


class Transport(Protocol):
    """A way to send requests.

    `used` says whether it may have made connections of its own, `closed` whether it was closed. A client that is collected when its
    transport is used and not closed is warned of.
    """

    used: bool
    closed: bool

    async def send(self, request: Request, attempt: Attempt) -> None:
        """Send a request and receive the response.

        The attempt says afterwards what was sent, and has a response, a failure, or both. What is not about input and output
        passes through.
        """

    async def aclose(self) -> None:
        """Close all idle connections. Those in use are closed when their calls end."""

    def forget(self) -> None:
        """The same without waiting, for whoever can't: a finalizer."""

    def without_connections(self) -> Transport:
        """Return the same transport for a forked child, which must leave the parent's connections alone."""


class PooledTransport:
    """Base class of the transports with connections of their own: for each service the idle ones, and slots for all."""

    def __init__(self, route: Route, connecting: Connecting) -> None:
        self.used = False
        self.closed = False
        self._route = route
        self._connecting = connecting
        self._pools = {route.origin: ConnectionPool(route)}

    # In which threads and tasks differ.

    def _slots(self) -> Slots:
        """Return the slots that the present call shares."""
        raise NotImplementedError

    def _new_socket(self) -> network.Socket:
        raise NotImplementedError

    async def _run_beside(
        self, helper: Helper, function: Callable[[], T], seconds: float
    ) -> T:
        """Run a function in the helper thread, and return what it returns. Raises WaitExpired, and what the function raises."""
        raise NotImplementedError

    # One try.

    async def send(self, request: Request, attempt: Attempt) -> None:
        """See `Transport`."""
        slots = self._slots()
        self.used = True
        holder = Holder()
        checkout = Checkout(slots, holder)
        source = self._source(request.content)
        is_handed_over = False
        try:
            await self._send(request, attempt, checkout, holder, slots, source)
            response = attempt.response
            is_handed_over = response is not None and response.stream is not None
        finally:
            source.stop()
            if not is_handed_over:
                checkout.abandon()

    async def _send(
        self,
        request: Request,
        attempt: Attempt,
        checkout: Checkout,
        holder: Holder,
        slots: Slots,
        source: BytesSource | FileSource,
    ) -> None:
        limits = Limits(attempt.deadline, request.timeouts)
        peer = f"the service {request.origin.partition('://')[2]}"
        advice = ""
        try:
            # A slow file must not make an idle connection wait until the service closes it.
            await source.prepare(limits.deadline)
            await slots.take(checkout, limits.pool())
            connection = self._check_out(request.origin, checkout)
            if not connection.is_connected:
                await connection.connect(limits)
            await connection.send(request, attempt, limits, source)
            head = await self._receive_head(request, attempt, limits, connection)
            headers = Headers(head.headers.raw_items())
            response = Response(head.status_code, headers)
            if request.hands_over(head.status_code):
                response.stream = PooledStream(
                    self, checkout, holder, connection, limits
                )
                # From here on the checkout belongs to the stream.
                attempt.response = response
                return
            attempt.response = response
            await self._receive_content(response, connection, limits)
            self.settle(checkout)
        except (network.NetworkError, DeadlineExpired) as error:
            if isinstance(error, network.HandshakeFailed):
                # The peer has read nothing, also where it says so after the request was written.
                attempt.sent = Sent.NOTHING
            if checkout.connection is not None:
                peer = checkout.connection.peer
                advice = checkout.connection.advice
            attempt.failure = failure_of(error, peer, limits, advice)

    def _check_out(self, origin: str, checkout: Checkout) -> HTTPConnection:
        """Give the checkout a connection, an idle one if there is one."""
        pool = self._pool(origin)
        connection = pool.take()
        if connection is None:
            connection = HTTPConnection(pool.route, self._new_socket())
        checkout.connection = connection
        return connection

    def _pool(self, origin: str) -> ConnectionPool:
        pool = self._pools.get(origin)
        if pool is None:
            route = Route.to(origin, self._connecting)
            # Another thread may make one at the same time: the first one counts.
            pool = self._pools.setdefault(origin, ConnectionPool(route))
        return pool

    async def _receive_head(
        self,
        request: Request,
        attempt: Attempt,
        limits: Limits,
        connection: HTTPConnection,
    ) -> h11.Response:
        head = await connection.receive_head(request, limits)
        forwarder = connection.route.forwarder
        if head.status_code == 407 and forwarder is not None:
            # The proxy has kept the request to itself.
            attempt.sent = Sent.NOTHING
            connection.peer = forwarder.peer
            raise wants_credentials(forwarder)
        return head

    def _source(self, content: bytes | Content) -> BytesSource | FileSource:
        if isinstance(content, bytes):
            return BytesSource(content)
        return FileSource(content, self._run_beside)

    async def _receive_content(
        self, response: Response, connection: HTTPConnection, limits: Limits
    ) -> None:
        """Read the content into the response, as far as it comes and is wanted."""
        inflater = Inflater(response)
        try:
            while chunk := await connection.receive_chunk(limits):
                if not inflater.add(chunk):
                    break
        finally:
            inflater.finish()

    def settle(self, checkout: Checkout) -> None:
        """Return the connection to the pool if the client is open and the connection reusable. There is no other way back.

        Call it only when the response has been read without an exception. A connection that is not returned stays with the checkout, which
        closes it when it is abandoned.
        """
        connection = checkout.connection
        if connection is None or self.closed or not connection.is_reusable():
            return
        pool = self._pool(connection.route.origin)
        connection.prepare_next()
        checkout.connection = None
        # What strikes between these two statements leaves the connection to the garbage collector, which closes its socket.
        pool.add(connection)
        pool.close_old()
        if self.closed:  # by another thread, meanwhile
            pool.close()

    # The end.

    async def aclose(self) -> None:
        """See `Transport`."""
        self.forget()

    def forget(self) -> None:
        """See `Transport`."""
        self.closed = True
        for pool in tuple(self._pools.values()):
            pool.close()

    def without_connections(self) -> PooledTransport:
        """See `Transport`."""
        return type(self)(self._route, self._connecting)


class PooledStream:
    """The content of a response that its caller reads as it comes. It owns the checkout."""

    decoded = False

    def __init__(
        self,
        transport: PooledTransport,
        checkout: Checkout,
        holder: Holder,
        connection: HTTPConnection,
        limits: Limits,
    ) -> None:
        self._transport = transport
        self._checkout = checkout
        self._holder = holder
        self._connection = connection
        self._timeouts = limits.timeouts

    async def next_chunk(self, deadline: Deadline) -> bytes:
        """Return what comes next; nothing at the end.

        Raises:
            StreamFailed: It breaks off.
        """
        limits = Limits(deadline, self._timeouts)
        peer = self._connection.peer
        try:
            chunk = await self._connection.receive_chunk(limits)
        except (network.ReadTimeout, DeadlineExpired):
            failure = silence_failure(peer, deadline)
        except network.NetworkError as error:
            failure = failure_of(error, peer, limits)
        else:
            if not chunk:
                self._transport.settle(self._checkout)
                self._checkout.abandon()
            return chunk
        self._checkout.abandon()
        raise StreamFailed(failure)

    async def aclose(self) -> None:
        """Close the connection, unless it was given back at the end. Can be repeated."""
        self._checkout.abandon()


def failure_of(
    error: network.NetworkError | DeadlineExpired,
    peer: str,
    limits: Limits,
    advice: str = "",
) -> Failure:
    """Return what an error says, without the error itself: its traceback holds the request.

    Args:
        error: What happened.
        peer: The host that it concerns.
        limits: The time limits that held.
        advice: What to do if the peer was not reached, where that is known.
    """
    if isinstance(error, network.StepTimeout):
        return timeout_failure(error.step, peer, limits, advice)
    if isinstance(error, network.ProxyFailed):
        cause = f"{peer} {error.words}"
        return Failure(
            cause, peer, lasting=error.lasting, refused=True, advice=error.advice
        )
    if isinstance(error, network.NetworkError):
        return Failure(error.words, peer, lasting=error.lasting, advice=advice)
    return timeout_failure(None, peer, limits, advice)


def timeout_failure(
    step: str | None, peer: str, limits: Limits, advice: str = ""
) -> Failure:
    """Return the failure of a step that took too long; None is the call as a whole."""
    if step is None or limits.deadline.has_passed():
        cause = f"the total timeout of {limits.deadline.seconds:g} s ran out"
        if step == "pool":
            cause = f"no connection became free: {cause}"
        return Failure(cause, peer, timed_out=True, advice=advice)
    timeouts = limits.timeouts
    seconds = {
        "connect": timeouts.connect,
        "read": timeouts.read,
        "write": timeouts.write,
        "pool": timeouts.pool,
    }[step]
    # A caller's own client, or a test, can raise a timeout that we did not set.
    limit = "" if seconds is None else f" of {seconds:g} s"
    cause = f"the {step} timeout{limit} ran out"
    if step == "pool":
        cause = f"no connection became free: {cause}"
    elif step == "connect":
        advice = f"{advice} {_ADVICE_ON_SILENCE}".lstrip()
    return Failure(cause, peer, timed_out=True, advice=advice)


def silence_failure(peer: str, deadline: Deadline) -> Failure:
    """Return the failure of a stream of which nothing came for too long."""
    cause = f"nothing came within {deadline.seconds:g} s"
    return Failure(cause, peer, timed_out=True)
