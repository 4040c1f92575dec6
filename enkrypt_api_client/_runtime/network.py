"""Errors of the network, and what a connection needs below it: a socket."""

from __future__ import annotations

import errno
import os
import ssl
from typing import ClassVar, Protocol

from .tls import WITHOUT_CONTEXT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .route import Proxy
    from .tls import TLSRemedies, TLSSettings

# OpenSSL's codes for a certificate that is signed by no authority that we know.
_UNKNOWN_AUTHORITY = frozenset({18, 19, 20, 21})
# Its codes for what only VERIFY_X509_STRICT refuses, which Python 3.13 turned on.
_STRICT_RULES = frozenset(range(79, 96))
# Its words for the alerts of a peer that gets no certificate of ours: the first means that, the others may.
_WANTS_CERTIFICATE = frozenset({"TLSV13_ALERT_CERTIFICATE_REQUIRED"})
_MAY_WANT_CERTIFICATE = frozenset(
    {"SSLV3_ALERT_HANDSHAKE_FAILURE", "SSLV3_ALERT_BAD_CERTIFICATE"}
)
# Its word for what does not begin as TLS does.
_NO_TLS = "WRONG_VERSION_NUMBER"


class NetworkError(Exception):
    """Base class of what can go wrong between this client and its peer.

    Args:
        words: What happened, without anything that the peer said.
        lasting: Whether the same would happen again.
    """

    def __init__(self, words: str, *, lasting: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.lasting = lasting


class ConnectFailed(NetworkError):
    """The host has no address, or none of its addresses accepts a connection."""


class HandshakeFailed(NetworkError):
    """TLS could not be established."""


class ProxyFailed(NetworkError):
    """The proxy refuses to connect, or to pass the request on. The proxy is the subject of `words`.

    Args:
        words: What happened, without anything that the proxy said.
        lasting: Whether the same would happen again.
        advice: What to do about it, as a sentence.
    """

    def __init__(self, words: str, *, lasting: bool = False, advice: str = "") -> None:
        super().__init__(words, lasting=lasting)
        self.advice = advice


class WriteFailed(NetworkError):
    """The connection broke while the request was being sent."""


class ReadFailed(NetworkError):
    """The connection broke while the response was awaited or read."""


class ProtocolFailed(NetworkError):
    """The peer does not speak HTTP/1.1 as it should."""


class UnexpectedInput(NetworkError):
    """The peer said something before it was asked. Nothing was sent."""


class ContentFailed(NetworkError):
    """The content of the request is not as long as its headers say."""


class StepTimeout(NetworkError):
    """A step did not finish within its own time limit."""

    step: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(f"the {self.step} timeout ran out")


class ConnectTimeout(StepTimeout):
    """Connecting, TLS or a proxy took too long."""

    step = "connect"


class WriteTimeout(StepTimeout):
    """The peer did not take what was sent."""

    step = "write"


class ReadTimeout(StepTimeout):
    """The peer did not say anything."""

    step = "read"


class PoolTimeout(StepTimeout):
    """No connection became free."""

    step = "pool"


def describe(error: OSError, remedies: TLSRemedies = WITHOUT_CONTEXT) -> str:
    """Return what the system or the TLS library says about an error, in its own words.

    Args:
        error: What it has raised.
        remedies: What the caller can do about TLS.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return _describe_certificate(error, remedies)
    if isinstance(error, ssl.SSLError):
        # Python's own code raises it with words in the place of a reason.
        reason = getattr(error, "reason", None) or str(error) or type(error).__name__
        return f"TLS failed ({reason}){_advice_on_alert(reason, remedies)}"
    if error.errno is None:
        return type(error).__name__
    if error.errno in errno.errorcode:
        return os.strerror(error.errno)
    # The numbers of name resolution are its own.
    return str(error.strerror)


def _advice_on_alert(reason: str, remedies: TLSRemedies) -> str:
    """What to do about an alert of the peer; empty where that is not known."""
    if reason in _WANTS_CERTIFICATE:
        return f"; it wants a client certificate: {remedies.give_certificate}"
    if reason in _MAY_WANT_CERTIFICATE:
        return f"; it may want a client certificate: {remedies.give_certificate}"
    if reason == _NO_TLS:
        return "; it does not speak TLS there: is its address one with http://?"
    return ""


def _describe_certificate(
    error: ssl.SSLCertVerificationError, remedies: TLSRemedies
) -> str:
    advice = ""
    if error.verify_code in _UNKNOWN_AUTHORITY:
        advice = f"; {remedies.trust_authority}"
    elif error.verify_code in _STRICT_RULES:
        advice = (
            ". Python checks strictly since 3.13 (VERIFY_X509_STRICT): have the certificate issued anew, or"
            f" {remedies.check_less}"
        )
    return f"its certificate is refused: {error.verify_message.rstrip('.')}{advice}"


def ends_handshake(error: OSError) -> bool:
    """Whether a peer ends the handshake because it wants a certificate of ours. In TLS 1.3 we learn that after our part of it is done."""
    return getattr(error, "reason", None) in _WANTS_CERTIFICATE


def connection_failure(
    kind: type[ReadFailed | WriteFailed], error: OSError, remedies: TLSRemedies
) -> NetworkError:
    """Return what has ended a connection.

    Args:
        kind: The step that noticed it.
        error: What the system or the TLS library has raised.
        remedies: What the caller can do about TLS.
    """
    words = describe(error, remedies)
    if ends_handshake(error):
        return HandshakeFailed(words, lasting=True)
    return kind(words)


def is_lasting(error: OSError) -> bool:
    """Whether connecting would fail in the same way again.

    A refused certificate, an alert or a peer without TLS would. A handshake that the peer ended would not: a load
    balancer is being restarted.
    """
    passing = ssl.SSLEOFError | ssl.SSLZeroReturnError
    return isinstance(error, ssl.SSLError) and not isinstance(error, passing)


class Socket(Protocol):
    """One connection to a peer: bytes, TLS and time limits. It knows nothing of HTTP, calls or pools.

    All time limits are in seconds. The coroutines of `SyncSocket` block instead of waiting.
    """

    async def connect(self, host: str, port: int, seconds: float) -> None:
        """Connect to whichever address of the host accepts first.

        Raises:
            ConnectFailed: No address accepts a connection.
            ConnectTimeout: None did in time.
        """

    async def connect_over_socks(
        self, proxy: Proxy, host: str, port: int, seconds: float
    ) -> None:
        """Connect to the host through a SOCKS5 proxy, which resolves its name.

        Raises:
            ConnectFailed: The proxy can't be reached.
            ProxyFailed: The proxy refuses.
            ConnectTimeout: It took too long.
        """

    async def start_tls(self, tls: TLSSettings, host: str, seconds: float) -> None:
        """Speak TLS from now on, inside what is there: a second call means TLS within TLS.

        Raises:
            HandshakeFailed: The handshake failed.
            ConnectTimeout: It took too long.
        """

    async def read(self, max_bytes: int, seconds: float) -> bytes:
        """Return what comes next, or nothing where the peer has closed in good order.

        Raises:
            ReadFailed: The connection broke.
            ReadTimeout: Nothing came.
        """

    def queue(self, data: bytes) -> None:
        """Take data that `send` is to send. Nobody who waits holds it meanwhile, so that no traceback shows it.

        Raises:
            WriteFailed: The connection broke.
        """

    async def send(self, seconds: float, until_input: bool) -> bool:
        """Send what is queued, and return whether all of it was sent.

        Args:
            seconds: How long this may take.
            until_input: Stop, and return False, once there is something to read. The rest stays queued.

        Raises:
            WriteFailed: The connection broke.
            WriteTimeout: The peer did not take it.
        """

    def readable(self) -> bool:
        """Whether there is something to read, be it the end. Does not wait."""

    def close(self) -> None:
        """Close without waiting. Can be repeated."""
