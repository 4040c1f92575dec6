"""A TCP connection, plain or with TLS: all but how to wait, in which threads and tasks differ.

The layers below never wait. `BaseSocket` waits for the system's socket, and nowhere else, through two methods of its subclasses.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
import time
import weakref
from collections import deque
from typing import Protocol

from . import names, network
from .helper import Helper, WaitExpired
from .tls import WITHOUT_CONTEXT, TLSSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias, TypeVar

    from .route import Proxy

    T = TypeVar("T")
    Address: TypeAlias = tuple[
        socket.AddressFamily,
        tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes],
    ]

MOST_READ = 64 * 1024  # bytes taken from the system at a time
# RFC 8305, section 8: seconds after which the next address of a host is tried as well.
NEXT_ADDRESS_AFTER = 0.25
# Sending to a peer that has closed is an error, and never a SIGPIPE: Python ignores that signal, but programs may not.
_NO_SIGNAL: int = getattr(socket, "MSG_NOSIGNAL", 0)
# A peer that is gone is noticed within about two minutes, where the system can be told so.
KEEP_ALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 20, "TCP_KEEPCNT": 3}


class Descriptor(socket.socket):
    """A socket of the system that closes itself, without a warning, when nobody holds it any more."""

    def __init__(
        self,
        family: int = -1,
        kind: int = -1,
        proto: int = -1,
        fileno: int | None = None,
    ) -> None:
        super().__init__(family, kind, proto, fileno)
        OPEN.add(self)
        self.setblocking(False)

    # A function of C, in which no signal handler runs: what it raised in a finalizer would be lost. It needs nothing of this class,
    # which an exception may have kept from being complete, and no module, which may be gone.
    __del__ = socket.SocketType.close

    def close(self) -> None:
        # With it goes its weak reference, whose callback would be a finalizer written in Python.
        OPEN.discard(self)
        super().close()

    def set_options(self) -> None:
        """Send small pieces at once, and notice a peer that has vanished."""
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEP_ALIVE.items():
            option = getattr(socket, name, None)
            if option is not None:
                self.setsockopt(socket.IPPROTO_TCP, option, value)


# The sockets that a forked child must close: they are the parent's.
OPEN: weakref.WeakSet[Descriptor] = weakref.WeakSet()


class Layer(Protocol):
    """Bytes in both directions, without waiting."""

    def read_now(self, max_bytes: int) -> bytes | None:
        """Return what has come, nothing at the end, or None if nothing has come yet. Raises OSError."""

    def queue(self, data: bytes) -> None:
        """Take what is to be sent. Raises OSError."""

    def send_now(self) -> bool:
        """Send as much as can be sent now, and return whether that was all. Raises OSError."""


class PlainLayer:
    """The bytes of a socket as they are."""

    def __init__(self, descriptor: Descriptor) -> None:
        self._descriptor = descriptor
        self._unsent = b""

    def read_now(self, max_bytes: int) -> bytes | None:
        try:
            return self._descriptor.recv(max_bytes)
        except BlockingIOError:
            return None

    def queue(self, data: bytes) -> None:
        self._unsent += data

    @property
    def is_sent(self) -> bool:
        """Whether the system has taken all of it."""
        return not self._unsent

    def drop_unsent(self) -> None:
        self._unsent = b""

    def send_now(self) -> bool:
        while self._unsent:
            try:
                count = self._descriptor.send(self._unsent, _NO_SIGNAL)
            except BlockingIOError:
                return False
            self._unsent = self._unsent[count:]
        return True


class TLSLayer:
    """TLS inside another layer, which may be TLS itself."""

    def __init__(self, below: Layer, context: ssl.SSLContext, host: str) -> None:
        self._below = below
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        # What is not encrypted yet: the peer renegotiates (TLS 1.2), and has something to say first.
        self._unencrypted = b""
        # The name in a certificate, and in the extension SNI, has no dot at its end (RFC 6066, section 3).
        name = host.removesuffix(".")
        # As bytes: text goes through the codec `idna`, which is written in Python and changes what a signal handler raises in it.
        self.tls = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=name.encode("ascii")
        )

    def shake_hands_now(self) -> bool:
        """Take the handshake as far as it goes, and return whether it is complete. Raises OSError."""

        def step() -> bool:
            self.tls.do_handshake()
            return True

        return self._run(step) is True

    def read_now(self, max_bytes: int) -> bytes | None:
        # Only a closing alert makes this return nothing. A connection that is cut raises SSLEOFError.
        return self._run(lambda: self.tls.read(max_bytes))

    def queue(self, data: bytes) -> None:
        self._unencrypted += data
        self._encrypt()

    def send_now(self) -> bool:
        if self._unencrypted:
            self._encrypt()
        is_sent = self._below.send_now()
        return is_sent and not self._unencrypted

    def _encrypt(self) -> None:
        try:
            count = self.tls.write(self._unencrypted)
        except ssl.SSLWantReadError:
            count = 0
        self._unencrypted = self._unencrypted[count:]
        self._below.queue(self._outgoing.read())

    def _run(self, step: Callable[[], T]) -> T | None:
        """Repeat a step for as long as it needs input that is there. Returns None where more must come."""
        while True:
            result: T | None
            try:
                result = step()
            except ssl.SSLWantReadError:
                result = None
            if self._outgoing.pending:
                self._below.queue(self._outgoing.read())
            if result is not None:
                return result
            data = self._below.read_now(MOST_READ)
            if data is None:
                return None
            if data:
                self._incoming.write(data)
            else:
                self._incoming.write_eof()


class BaseSocket:
    """A `network.Socket` whose subclasses say how to wait."""

    _descriptor: Descriptor | None = None
    _plain: PlainLayer
    _top: Layer
    # What `readable` has come across, for the next `read`.
    _read_ahead: bytes | None = None
    _read_failure: network.NetworkError | None = None
    # What to do about TLS, where it fails.
    _remedies = WITHOUT_CONTEXT

    # How threads and tasks wait.

    async def _wait_until_ready(
        self,
        readable: Sequence[Descriptor],
        writable: Sequence[Descriptor],
        seconds: float,
    ) -> None:
        """Wait until one of the sockets is ready. Raises WaitExpired."""
        raise NotImplementedError

    async def _run_beside(
        self, helper: Helper, function: Callable[[], T], seconds: float
    ) -> T:
        """Run a function in the helper thread, and return what it returns. Raises WaitExpired, and what the function raises."""
        raise NotImplementedError

    # Connecting.

    async def connect(self, host: str, port: int, seconds: float) -> None:
        failure: network.NetworkError
        try:
            ends_at = time.monotonic() + seconds
            addresses = await self._resolve(host, port, seconds)
            self._use(await self._connect_to_first(addresses, ends_at))
        except WaitExpired:
            failure = network.ConnectTimeout()
        except OSError as error:
            failure = network.ConnectFailed(network.describe(error))
        except UnicodeError:
            failure = network.ConnectFailed("its name is not one", lasting=True)
        else:
            return
        raise failure

    async def _resolve(self, host: str, port: int, seconds: float) -> list[Address]:
        """Return the addresses of a host. Raises OSError, UnicodeError or WaitExpired."""
        address = _address_of_number(host, port)
        if address is not None:
            return [address]
        helper = Helper()
        try:
            resolved = await self._run_beside(
                helper, lambda: names.resolve(host, port), seconds
            )
        finally:
            helper.stop()
        return _families_in_turn(resolved)

    async def _connect_to_first(
        self, addresses: list[Address], ends_at: float
    ) -> Descriptor:
        """Return a socket that is connected to whichever address accepts first (RFC 8305).

        The next address is tried when one has failed, or has not accepted for a while. All share the time until `ends_at`.

        Raises:
            OSError: Every address failed; this is the last failure.
            WaitExpired: The time is over.
        """
        untried = deque(addresses)
        connecting: list[Descriptor] = []
        failure = OSError("it has no address")
        try:
            while untried or connecting:
                pause = _left(ends_at)
                if len(untried) > 1:
                    pause = min(pause, NEXT_ADDRESS_AFTER)
                if untried:
                    try:
                        connecting.append(_begin_to_connect(untried.popleft()))
                    except OSError as error:
                        failure = error
                        continue
                with contextlib.suppress(WaitExpired):
                    await self._wait_until_ready((), connecting, pause)
                for descriptor in tuple(connecting):
                    try:
                        connected = _is_connected(descriptor)
                    except OSError as error:
                        failure = error
                        connecting.remove(descriptor)
                        descriptor.close()
                        continue
                    if connected:
                        connecting.remove(descriptor)
                        return descriptor
        finally:
            for descriptor in connecting:
                descriptor.close()
        raise failure

    async def connect_over_socks(
        self, proxy: Proxy, host: str, port: int, seconds: float
    ) -> None:
        # python-socks has a time limit for each of its steps, but none for all of them: a helper has.
        from python_socks import ProxyError, ProxyType
        from python_socks.sync import Proxy as SocksProxy

        def connect() -> Descriptor:
            user = proxy.user.reveal() if proxy.user else None
            socks = SocksProxy(
                ProxyType.SOCKS5,
                proxy.host,
                proxy.port,
                username=user,
                password=proxy.password.reveal() or None,
                rdns=True,
            )
            connected = socks.connect(host, port, timeout=seconds)
            return Descriptor(fileno=connected.detach())

        failure: network.NetworkError
        helper = Helper()
        try:
            self._use(await self._run_beside(helper, connect, seconds))
        except (WaitExpired, TimeoutError):  # its own is a TimeoutError
            failure = network.ConnectTimeout()
        except ProxyError as error:
            failure = _socks_failure(error)
        except OSError as error:
            failure = network.ConnectFailed(network.describe(error))
        else:
            return
        finally:
            helper.stop()
        raise failure

    def _use(self, descriptor: Descriptor) -> None:
        self._descriptor = descriptor
        descriptor.set_options()
        self._plain = PlainLayer(descriptor)
        self._top = self._plain

    async def start_tls(self, tls: TLSSettings, host: str, seconds: float) -> None:
        self._remedies = tls.remedies
        failure: network.NetworkError
        try:
            layer = TLSLayer(self._top, tls.context, host)
            await self._shake_hands(layer, time.monotonic() + seconds)
            self._top = layer
        except WaitExpired:
            failure = network.ConnectTimeout()
        except OSError as error:
            lasting = network.is_lasting(error)
            words = network.describe(error, tls.remedies)
            failure = network.HandshakeFailed(words, lasting=lasting)
        except ValueError:  # a UnicodeError among them
            failure = network.HandshakeFailed("its name is not one", lasting=True)
        else:
            return
        raise failure

    async def _shake_hands(self, layer: TLSLayer, ends_at: float) -> None:
        """Raises OSError, ValueError or WaitExpired."""
        assert self._descriptor is not None
        while not layer.shake_hands_now():
            await self._send_all(ends_at, until_input=False)
            await self._wait_until_ready((self._descriptor,), (), _left(ends_at))
        await self._send_all(ends_at, until_input=False)

    @property
    def tls(self) -> ssl.SSLObject | None:
        """The innermost TLS, for whoever wants to know its version or the certificate; None where there is none."""
        if isinstance(self._top, TLSLayer):
            return self._top.tls
        return None

    # Bytes.

    async def read(self, max_bytes: int, seconds: float) -> bytes:
        if not self.readable():
            expired = False
            try:
                await self._wait_for_input(seconds)
            except WaitExpired:
                expired = True
            if expired:
                raise network.ReadTimeout
        if self._read_failure is not None:
            raise self._read_failure
        data = self._read_ahead or b""
        if len(data) > max_bytes:
            self._read_ahead = data[max_bytes:]
        else:
            self._read_ahead = None
        return data[:max_bytes]

    async def _wait_for_input(self, seconds: float) -> None:
        """Wait until there is something to read. Raises WaitExpired."""
        assert self._descriptor is not None
        ends_at = time.monotonic() + seconds
        waiting_for = (self._descriptor,)
        while True:
            # TLS may have something to say, and an early response comes before the request is sent.
            all_sent = self._send_rest()
            unsent = () if all_sent else waiting_for
            await self._wait_until_ready(waiting_for, unsent, _left(ends_at))
            if self.readable():
                return

    def _send_rest(self) -> bool:
        """Send what is left, and return whether none is. Where the peer takes no more, drop it: what it said can still be read."""
        try:
            return self._top.send_now() or self._plain.is_sent
        except OSError:
            self._plain.drop_unsent()
            return True

    def readable(self) -> bool:
        if self._read_ahead is None and self._read_failure is None:
            try:
                self._read_ahead = self._top.read_now(MOST_READ)
            except OSError as error:
                remedies = self._remedies
                self._read_failure = network.connection_failure(
                    network.ReadFailed, error, remedies
                )
        return self._read_ahead is not None or self._read_failure is not None

    def queue(self, data: bytes) -> None:
        try:
            self._top.queue(data)
        except OSError as error:
            failure = network.connection_failure(
                network.WriteFailed, error, self._remedies
            )
        else:
            return
        raise failure

    async def send(self, seconds: float, until_input: bool) -> bool:
        failure: network.NetworkError
        try:
            if self._top.send_now():
                return True
            return await self._send_all(time.monotonic() + seconds, until_input)
        except WaitExpired:
            failure = network.WriteTimeout()
        except OSError as error:
            failure = network.connection_failure(
                network.WriteFailed, error, self._remedies
            )
        self._plain.drop_unsent()
        raise failure

    async def _send_all(self, ends_at: float, until_input: bool) -> bool:
        """Send what is queued, and return whether all of it was sent. Raises OSError or WaitExpired."""
        assert self._descriptor is not None
        waiting_for = (self._descriptor,)
        while not self._top.send_now():
            # If the system has taken everything, TLS waits for what the peer says.
            is_renegotiating = self._plain.is_sent
            if until_input or is_renegotiating:
                if self.readable():
                    if until_input:
                        return False
                    # Content that nobody reads now stands before what TLS waits for.
                    raise ssl.SSLError("TLS can't be negotiated anew")
                if is_renegotiating and self._top.send_now():
                    return True
            inputs = waiting_for if until_input or is_renegotiating else ()
            outputs = () if self._plain.is_sent else waiting_for
            await self._wait_until_ready(inputs, outputs, _left(ends_at))
        return True

    def close(self) -> None:
        if self._descriptor is not None:
            self._shut_down()
            self._descriptor.close()

    def _shut_down(self) -> None:
        """End the connection, so that another thread that waits for the socket wakes up. Closing alone does not wake it."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                self._descriptor.shutdown(socket.SHUT_RDWR)


def is_any_closed(
    readable: Sequence[Descriptor], writable: Sequence[Descriptor]
) -> bool:
    """Whether a socket was closed by another thread. To wait for it makes no sense: reading it says so."""
    return any(descriptor.fileno() < 0 for descriptor in (*readable, *writable))


def _left(ends_at: float) -> float:
    """Return the seconds until that time. Raises WaitExpired."""
    seconds = ends_at - time.monotonic()
    if seconds <= 0:
        raise WaitExpired
    return seconds


def _address_of_number(host: str, port: int) -> Address | None:
    """Return the address that a host in figures is; None for a name."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.inet_pton(family, host)
    except OSError:
        return None
    if family == socket.AF_INET6:
        return family, (host, port, 0, 0)
    return family, (host, port)


def _families_in_turn(resolved: Sequence[names.Resolved]) -> list[Address]:
    """Return the addresses in the order of the resolver, but IPv6 and IPv4 in turn (RFC 8305, section 4)."""
    by_family: dict[socket.AddressFamily, deque[Address]] = {}
    for family, _kind, _protocol, _name, address in resolved:
        by_family.setdefault(family, deque()).append((family, address))
    in_turn: list[Address] = []
    while by_family:
        for family, addresses in tuple(by_family.items()):
            in_turn.append(addresses.popleft())
            if not addresses:
                del by_family[family]
    return in_turn


def _begin_to_connect(address: Address) -> Descriptor:
    """Return a socket that has begun to connect. Raises OSError."""
    family, place = address
    descriptor = Descriptor(family, socket.SOCK_STREAM)
    with contextlib.suppress(BlockingIOError):
        descriptor.connect(place)
    return descriptor


def _is_connected(descriptor: Descriptor) -> bool:
    """Return whether a socket has connected; False while it still tries. Raises OSError when it failed."""
    number = descriptor.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        raise OSError(number, os.strerror(number))
    try:
        descriptor.getpeername()
    except OSError as error:
        if error.errno == errno.ENOTCONN:
            return False
        raise
    return True


def _socks_failure(error: Exception) -> network.ProxyFailed:
    """The error for a refusal of a SOCKS proxy, without the proxy's own words."""
    return network.ProxyFailed(
        "refuses to connect to the service",
        advice="Check its user name and password, and that it may connect to this host.",
    )
