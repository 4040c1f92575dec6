"""An HTTP client for the pages of one documentation site, which is not trusted.

Requests go to one origin. The host's name is resolved once, every address that it has is checked to be public, and connections are made to
these addresses, so that a second resolution cannot lead elsewhere. Redirects to other origins are refused. Size and time are limited, and
there is a pause before each request.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import httpx

from scripts.common.errors import SiteError
from scripts.intake.site_index import Origin, shown

USER_AGENT = "enkrypt-api-client-fetch"
MAX_REDIRECTS = 5
MAX_ATTEMPTS = 3  # of a request that the site answers with 429 or 503
LONGEST_VALIDATOR = 1_000
LONGEST_WAIT = 60.0  # seconds for which the site may ask before the next attempt

# Gives the addresses of a host, as text. Raises OSError if there are none.
Resolver = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class SiteLimits:
    """How much of a site is read, in bytes after decompression and in seconds."""

    links: int = 5_000  # pages that the index lists
    index_bytes: int = 4 * 1024**2
    page_bytes: int = 8 * 1024**2
    document_bytes: int = 16 * 1024**2
    total_bytes: int = 512 * 1024**2
    idle_seconds: float = 15.0  # to connect, and between two parts of an answer
    page_seconds: float = 60.0  # for one answer
    total_seconds: float = 3_600.0
    pause: float = 0.1  # before each request; robots.txt may ask for more


@dataclass(frozen=True, slots=True)
class Validators:
    """The validators of a page, which tell whether it has changed (RFC 9110, 8.8). Empty where the site sent none."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """The answer to a request: 200, 304, 404 or 410; other statuses are errors."""

    status: int
    content: bytes
    validators: Validators

    @property
    def is_missing(self) -> bool:
        return self.status in (404, 410)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, by the system's resolver."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in entries]


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet. One that stands for an IPv4 address is judged by that, or not public."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in _TRANSLATED):
            return False
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if ip.teredo:
            inner = ip.teredo[1]
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
# Stand for IPv4 addresses in ways that no public host uses; not every version of Python knows them.
_TRANSLATED = (
    ipaddress.ip_network("::/96"),  # IPv4-compatible, RFC 4291, 2.5.5.1
    ipaddress.ip_network("::ffff:0:0:0/96"),  # IPv4-translated, RFC 2765
    ipaddress.ip_network("64:ff9b:1::/48"),  # NAT64 of a local network, RFC 8215
)


def is_loopback(address: str) -> bool:
    """Whether an IP address is that of this machine, for trials."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_loopback


def _certificates(origin: Origin) -> ssl.SSLContext:
    """Return the authorities to trust; none for http, because reading them takes longer than a request.

    Raises:
        SiteError: The file that SSL_CERT_FILE names can't be used.
    """
    if origin.scheme == "https":
        try:
            return httpx.create_ssl_context()
        except OSError as error:  # also of the module ssl
            file = os.environ.get("SSL_CERT_FILE")
            raise SiteError(
                f"the certificates of SSL_CERT_FILE, {file}, can't be used: {error.strerror}"
            ) from None
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class SiteClient:
    """Sends GET requests to one site.

    Args:
        origin: The site. Its scheme is https, or http where `loopback` allows it.
        loopback: Whether the site may be on this machine, and then speak http.
        site_limits: Of size and time. The total time begins now.
        resolver: Gives the addresses of the host.
        transport: Sends requests; that of httpx by default, without proxies.
        clock: Seconds from any start.
        sleep: Waits for some seconds.

    Raises:
        SiteError: The scheme is not allowed.
    """

    def __init__(
        self,
        origin: Origin,
        *,
        loopback: bool = False,
        site_limits: SiteLimits | None = None,
        resolver: Resolver = resolve,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if origin.scheme != "https" and not loopback:
            raise SiteError(
                f"{origin} is not https; --loopback allows http on this machine, for trials"
            )
        self.origin = origin
        self.limits = site_limits or SiteLimits()
        self.pause = self.limits.pause
        self._loopback = loopback
        self._resolver = resolver
        self._clock = clock
        self._sleep = sleep
        self._ends_at = clock() + self.limits.total_seconds
        self._received = 0
        self._addresses: list[str] = []
        self._alarm = _Alarm()
        # No proxy from the environment: it would resolve the host's name anew.
        self._http = httpx.Client(
            transport=transport or httpx.HTTPTransport(verify=_certificates(origin)),
            trust_env=False,
            follow_redirects=False,
            timeout=self.limits.idle_seconds,
        )

    def close(self) -> None:
        self._alarm.close()
        self._http.close()

    def get(
        self, address: str, max_bytes: int, validators: Validators | None = None
    ) -> SiteAnswer:
        """Request a page.

        Args:
            address: Absolute, of this site.
            max_bytes: Limit of its size, decompressed.
            validators: Of the copy that is at hand. The answer is 304 if it is still current.

        Raises:
            SiteError: There is no usable answer. The message names the address and the cause.
        """
        requested = address
        for _ in range(MAX_REDIRECTS + 1):
            if not self._is_ours(address):
                raise SiteError(
                    f"{shown(requested)} redirects to {shown(address)}, which is another origin; nothing is read there"
                )
            answer = self._get_patiently(address, max_bytes, validators or Validators())
            if isinstance(answer, SiteAnswer):
                return answer
            address = answer
        raise SiteError(f"{shown(requested)} redirects more than {MAX_REDIRECTS} times")

    def _is_ours(self, address: str) -> bool:
        try:
            return Origin.of(address) == self.origin
        except SiteError:
            return False

    def _get_patiently(
        self, address: str, max_bytes: int, validators: Validators
    ) -> SiteAnswer | str:
        """The answer, or the address to which it redirects. Waits if the site asks for it (429 or 503 with Retry-After)."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            self._wait(self.pause)
            with self._sent(address, validators) as response:
                if response.status_code not in (429, 503) or attempt == MAX_ATTEMPTS:
                    return self._read(response, address, max_bytes)
                seconds = _retry_after(response.headers.get("Retry-After", ""), attempt)
            if seconds > LONGEST_WAIT:
                raise SiteError(
                    f"{shown(address)}: the site asks to wait {seconds:.0f} s; try again later"
                )
            self._wait(seconds)
        raise AssertionError("the last attempt returns")

    def _wait(self, seconds: float) -> None:
        if self._clock() + seconds >= self._ends_at:
            raise self._out_of_time()
        self._sleep(seconds)

    def _out_of_time(self) -> SiteError:
        return SiteError(
            f"{self.origin} takes longer than {self.limits.total_seconds:.0f} s; run again to go on, or narrow with --match"
        )

    def _sent(self, address: str, validators: Validators) -> _Exchange:
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": "text/markdown, text/plain, application/yaml, application/json, */*;q=0.1",
            "Accept-Encoding": "gzip",
        }
        if validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        problem: SiteError | None = None
        for ip in self._checked_addresses():
            request = self._request(address, ip, headers)
            self._alarm.start(self.limits.page_seconds)
            try:
                response = self._http.send(request, stream=True)
            except httpx.HTTPError as error:
                self._alarm.stop()
                problem, is_final = self._in_words(address, error)
                if is_final:
                    break
                continue
            except BaseException:
                self._alarm.stop()
                raise
            # The address that answers is the first to be tried from now on.
            self._addresses.remove(ip)
            self._addresses.insert(0, ip)
            self._http.cookies.clear()
            return _Exchange(response, self._alarm)
        assert problem is not None
        raise problem

    def _request(self, address: str, ip: str, headers: dict[str, str]) -> httpx.Request:
        """A request to an IP address, in which the host's name stands in the Host field and in the TLS handshake."""
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL:
            raise SiteError(f"{shown(address)!r} is not an address") from None
        return self._http.build_request(
            "GET",
            url.copy_with(host=ip, fragment=None),
            headers={"Host": url.netloc.decode("ascii"), **headers},
            extensions={
                "sni_hostname": self.origin.host,
                "trace": self._alarm.trace,
            },
        )

    def _checked_addresses(self) -> list[str]:
        """The addresses of the host, resolved once; every one is public, or of this machine where that is allowed."""
        if self._addresses:
            return [*self._addresses]
        host = self.origin.host
        try:
            addresses = [*dict.fromkeys(self._resolver(host, self.origin.port))]
        except (OSError, UnicodeError) as error:
            cause = getattr(error, "strerror", None) or "the name is not valid"
            raise SiteError(f"{self.origin}: no address of {host!r}: {cause}") from None
        if not addresses:
            raise SiteError(f"{self.origin}: no address of {host!r}")
        for address in addresses:
            allowed = is_public(address)
            if self._loopback and is_loopback(address):
                allowed = True
            elif self.origin.scheme != "https":
                raise SiteError(
                    f"{self.origin} is http and at {address}; http is allowed to this machine only"
                )
            if not allowed:
                raise SiteError(
                    f"{self.origin} is at {address}, which is not a public address; nothing is read there"
                )
        self._addresses = addresses
        return [*addresses]

    def _in_words(self, address: str, error: Exception) -> tuple[SiteError, bool]:
        """The cause of a failure, and whether the host's other addresses would fail, too."""
        if self._alarm.has_struck:
            return self._too_long(address), True
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return SiteError(
                    f"{self.origin}: its certificate is not trusted: {cause.verify_message}; "
                    "if the site is your own, name its authority in SSL_CERT_FILE"
                ), True
            cause = cause.__cause__ or cause.__context__
        if isinstance(error, httpx.TimeoutException):
            message = f"no answer within {self.limits.idle_seconds:.0f} s"
        else:
            message = shown(str(error)) or type(error).__name__
        is_final = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        return SiteError(f"{shown(address)}: {message}"), is_final

    def _read(
        self, response: httpx.Response, address: str, max_bytes: int
    ) -> SiteAnswer | str:
        status = response.status_code
        if status in (301, 302, 303, 307, 308):
            target: str = response.headers.get("Location", "")
            try:
                return str(urljoin(address, target)).partition("#")[0]
            except ValueError:
                raise SiteError(f"{shown(address)}: redirects to no address") from None
        validators = Validators(
            _sendable(response.headers.get("ETag", "")),
            _sendable(response.headers.get("Last-Modified", "")),
        )
        if status in (304, 404, 410):
            return SiteAnswer(status, b"", validators)
        if status != 200:
            raise SiteError(f"{shown(address)}: the site answers with status {status}")
        content = b"".join(self._parts(response, address, max_bytes))
        return SiteAnswer(status, content, validators)

    def _parts(
        self, response: httpx.Response, address: str, max_bytes: int
    ) -> Iterator[bytes]:
        """The content, decompressed piece by piece. Raises SiteError if it is too large, takes too long, or is cut off."""
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        decoder = None
        if encoding in ("gzip", "x-gzip"):
            decoder = zlib.decompressobj(wbits=31)
        elif encoding not in ("identity", ""):
            raise SiteError(
                f"{shown(address)}: the content encoding {shown(encoding)!r} was not asked for"
            )
        ends_at = min(self._clock() + self.limits.page_seconds, self._ends_at)
        size = 0
        raw_size = 0
        try:
            for raw in response.iter_raw():
                part = raw
                raw_size += len(raw)
                if decoder is not None:
                    # One byte more than allowed is enough to know.
                    part = decoder.decompress(raw, max_bytes - size + 1)
                size += len(part)
                self._received += len(part)
                if size > max_bytes:
                    raise SiteError(
                        f"{shown(address)} is larger than {max_bytes} bytes"
                    )
                self._check_total(address, ends_at)
                yield part
        except httpx.HTTPError as error:
            raise self._in_words(address, error)[0] from None
        except zlib.error:
            raise SiteError(
                f"{shown(address)}: the compressed content is damaged"
            ) from None
        if self._alarm.has_struck:
            # Content without a length ends where the connection does: what came looks complete.
            raise self._too_long(address)
        if decoder is not None and raw_size and not decoder.eof:
            raise SiteError(f"{shown(address)}: the compressed content is cut off")

    def _check_total(self, address: str, ends_at: float) -> None:
        """Raise SiteError if all pages together are too large, or if a page takes too long."""
        if self._received > self.limits.total_bytes:
            raise SiteError(
                f"the pages are larger than {self.limits.total_bytes} bytes together; narrow with --match"
            )
        moment = self._clock()
        if moment > self._ends_at:
            raise self._out_of_time()
        if moment > ends_at:
            raise self._too_long(address)

    def _too_long(self, address: str) -> SiteError:
        return SiteError(
            f"{shown(address)} takes longer than {self.limits.page_seconds:g} s"
        )


class _Exchange:
    """An answer whose content has not been read yet; leaving the block closes it."""

    def __init__(self, response: httpx.Response, alarm: _Alarm) -> None:
        self.response = response
        self._alarm = alarm

    def __enter__(self) -> httpx.Response:
        return self.response

    def __exit__(self, *_: object) -> None:
        self._alarm.stop()
        self.response.close()


class _Alarm:
    """Shuts down the connection of an answer that takes too long, from another thread.

    httpx limits the time between two parts of an answer, of which there can be many. A connection that is shut down fails in httpx as if
    the site had closed it, which leaves nothing open. One connection is in use at a time.

    Attributes:
        has_struck: Whether the time of the last answer was over before it was complete.
    """

    def __init__(self) -> None:
        self.has_struck = False
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        # A duplicate: a TLS handshake replaces the socket that httpx has opened.
        self._socket: socket.socket | None = None

    def start(self, seconds: float) -> None:
        self.has_struck = False
        self._timer = threading.Timer(seconds, self._strike)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
            self._timer = None

    def close(self) -> None:
        self.stop()
        self._replace_socket(None)

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Called by httpx at each step of a request: takes note of a new connection."""
        if event != "connection.connect_tcp.complete":
            return
        connection = info["return_value"].get_extra_info("socket")
        assert isinstance(connection, socket.socket)
        self._replace_socket(connection.dup())
        if self.has_struck:
            self._strike()

    def _replace_socket(self, new: socket.socket | None) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.close()
            self._socket = new

    def _strike(self) -> None:
        self.has_struck = True
        with self._lock, contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)


def _sendable(value: str) -> str:
    """A validator that can be sent back; empty for what no header may hold (RFC 9110, 5.5) or nobody needs."""
    if value.isascii() and value.isprintable() and len(value) <= LONGEST_VALIDATOR:
        return value
    return ""


def _retry_after(value: str, attempt: int) -> float:
    """Seconds for which the site asks to wait (RFC 9110, 10.2.3); a growing pause of ours if it does not say."""
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 2.0**attempt
