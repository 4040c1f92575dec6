"""The connections: how a call is sent, sync and async. The only module written by hand that names httpx."""

from __future__ import annotations

import contextlib
import logging
import os
import ssl
import threading
import time
import weakref
import zlib
from importlib.util import find_spec
from urllib.request import getproxies, proxy_bypass

import httpx
from httpx import AsyncClient as AsyncClient
from httpx import Client as Client
from httpx import Timeout as Timeout

from . import __version__, _policy
from . import exceptions as errors
from ._policy import Answer, Call, Failure, Policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Awaitable,
        Callable,
        Generator,
        Iterator,
    )
    from typing import Any

    from .client import AuthenticatedClient

    Steps = Generator[
        float | None, Answer | Failure | None, Answer | errors.EnkryptError
    ]

_log = logging.getLogger("enkrypt_api_client")
_SLICE = 16 * 1024
# Failures that httpx reports before it writes anything, whatever else it was doing.
_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# The same of aiohttp, by name, because it may not be installed. httpx-aiohttp 0.2.0 reports a reset after sending as ConnectTimeout.
_UNSENT_AIOHTTP = {
    "ClientConnectorError",
    "ClientHttpProxyError",
    "ConnectionTimeoutError",
    "InvalidURL",
}


class _Limit(float):
    """Seconds that one socket operation may take, which also knows when the whole call must be over."""

    __slots__ = ("call", "monotonic")
    call: Call
    monotonic: Callable[[], float]


def _left(limit: float | None, expired: type[Exception]) -> float | None:
    if not isinstance(limit, _Limit):
        return limit
    left = limit.call.deadline - limit.monotonic()
    if left <= 0:
        raise expired("the total time ran out")
    return min(limit, left)


class _Stream:
    """A socket that no sequence of small reads and writes keeps busy beyond the deadline of the call."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(  # type: ignore[no-any-return]
            max_bytes, _left(timeout, httpx.ReadTimeout)
        )

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _SLICE):
            part = buffer[start : start + _SLICE]
            self.inner.write(part, _left(timeout, httpx.WriteTimeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> _Stream:
        limit = _left(timeout, httpx.ConnectTimeout)
        self.inner = self.inner.start_tls(ssl_context, server_hostname, limit)
        return self

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class _Backend:
    """Opens sockets, and knows those that are open, for a forked process to let go of."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.streams: weakref.WeakSet[_Stream] = weakref.WeakSet()

    def connect_tcp(self, host: str, port: int, **options: Any) -> _Stream:
        options["timeout"] = _left(options.get("timeout"), httpx.ConnectTimeout)
        stream = _Stream(self.inner.connect_tcp(host, port, **options))
        self.streams.add(stream)
        return stream


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The bytes of a request, in slices so that a deadline can come between; knows whether sending them has begun."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        # Without a body, the headers are all there is to send.
        self.begun = not content

    def __iter__(self) -> Iterator[bytes]:
        self.begun = True
        for start in range(0, len(self.content), _SLICE):
            yield self.content[start : start + _SLICE]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


class _Inflater:
    """Collects a response body up to the size cap, decompressed."""

    def __init__(self, answer: Answer, response: httpx.Response) -> None:
        self.answer = answer
        # A caller's own client may have read and decoded the answer already.
        self.rest: list[bytes] = []
        self.parts: list[bytes] = []
        self.room = _policy.LARGEST_BODY
        self.zlib = None
        self.started = False
        coding = answer.headers.get("content-encoding", "").strip().lower()
        if response.is_closed:
            self.rest, coding = [response.content], ""
        if coding in ("gzip", "x-gzip", "deflate"):
            self.zlib = zlib.decompressobj(47)
        elif coding not in ("", "identity"):
            answer.broken = "its content encoding is none that was asked for"

    def add(self, chunk: bytes) -> bool:
        """Whether more is wanted."""
        self.started = self.started or bool(chunk)
        if self.zlib is not None and chunk:
            try:
                ended = self.zlib.eof
                chunk = self.zlib.decompress(chunk, self.room + 1)
            except zlib.error:
                ended = True
            if ended or self.zlib.unused_data:
                self.answer.broken = "it is not the compressed data that it says it is"
        self.room -= len(chunk)
        if self.room < 0:
            self.answer.broken = f"it is larger than {_policy.LARGEST_BODY} bytes"
        self.parts.append(chunk)
        return not self.answer.broken

    def fail(self, error: Exception) -> None:
        self.answer.broken = f"it ends early ({type(error).__name__})"
        self.answer.timed_out = _is_timeout(error)

    def finish(self) -> None:
        self.answer.content = b"".join(self.parts)[: _policy.LARGEST_BODY]
        if self.zlib and self.started and not self.zlib.eof:
            self.answer.broken = self.answer.broken or "its compressed data ends early"


class _Connection:
    """What the sync and the async connection have in common: everything but waiting."""

    def __init__(
        self,
        policy: Policy,
        base_url: str,
        key: _policy.Secret | None,
        key_header: str,
        timeout: float | httpx.Timeout | None,
    ) -> None:
        self.policy = policy
        self.base_url = base_url
        self.key = key
        self.key_header = key_header.encode()
        self.timeouts = _timeouts(timeout)
        self.agent = f"enkrypt-api-client/{__version__}"
        self.closed = False
        self._urls: dict[str, httpx.URL] = {}
        self._base = _url(base_url)

    def url(self, text: str) -> httpx.URL:
        found = self._urls.get(text)
        if found is None:
            found = _url(text)
            if len(self._urls) < 256:
                self._urls[text] = found
        return found

    def request(self, call: Call, body: _Body) -> httpx.Request:
        url = self.url(call.url)
        headers = [(b"Host", url.netloc), *call.headers]
        headers.append((b"Accept-Encoding", b"gzip"))
        if call.content:
            headers.append((b"Content-Length", b"%d" % len(call.content)))
        if self.key and call.authenticated:
            headers.append((self.key_header, self.key.reveal().encode()))
        left = max(call.deadline - self.policy.monotonic(), 0.001)
        timeout = {}
        for phase, limit in self.timeouts.items():
            timeout[phase] = _Limit(left if limit is None else min(limit, left))
            timeout[phase].call = call
            timeout[phase].monotonic = self.policy.monotonic
        return httpx.Request(
            call.method,
            url,
            headers=headers,
            stream=body,
            extensions={"timeout": timeout},
        )

    def prepare(self, call: Call, arguments: dict[str, Any]) -> None:
        """Complete a call with what a generated operation wants sent."""
        headers = dict(arguments.get("headers") or {})
        url = self.base_url + arguments["url"]
        others = arguments.keys() - {"method", "url", "headers", "json"}
        call.url, call.path, call.key = url, arguments["url"], self.key
        if others:
            rest = {name: arguments[name] for name in others}
            request = httpx.Request(call.method, url, headers=headers, **rest)
            call.url, headers = str(request.url), dict(request.headers)
            call.content = call.content or request.read()
        call.headers = self.headers(headers)

    def adopt(self, request: httpx.Request, content: bytes) -> Call:
        """The call that a request of generated code is."""
        call = Call(request.method, request.url.path, content)
        call.url, call.key = str(request.url), self.key
        call.headers = self.headers(dict(request.headers))
        call.find_secrets = lambda: _strings(content)
        there, here = request.url, self._base
        if (there.scheme, there.host, there.port) != (
            here.scheme,
            here.host,
            here.port,
        ):
            raise errors.InvalidRequestError(
                f"this client sends nothing but to {here.host}"
            )
        return call

    def headers(self, given: dict[str, str]) -> list[tuple[bytes, bytes]]:
        own = {"host", "content-length", "transfer-encoding", "accept-encoding"}
        own.add(self.key_header.decode().lower())
        kept = {name: v for name, v in given.items() if name.lower() not in own}
        kept = {"Accept": "application/json", "User-Agent": self.agent, **kept}
        return [(name.encode(), v.encode()) for name, v in kept.items()]

    def check_open(self) -> None:
        if self.closed:
            raise errors.InvalidRequestError("the client is closed; create a new one")

    def log(self, call: Call, outcome: Answer | Failure, started: float) -> None:
        """One record a try. Never headers or bodies."""
        if not _log.isEnabledFor(logging.INFO):
            return
        identifier = None
        said: object = "no answer"
        if isinstance(outcome, Answer):
            said = outcome.status
            identifier = _policy.request_id(outcome.headers, None, call.secrets)
        _log.info(
            "%s %s: %s, attempt %d, %.3f s, request id %s",
            call.method,
            call.path,
            said,
            call.attempt,
            self.policy.monotonic() - started,
            identifier,
        )


class SyncConnection(_Connection):
    """One pool of connections for all threads, or a caller's own client."""

    def __init__(self, *common: Any) -> None:
        *configured, client = common
        super().__init__(*configured)
        _kind(client, httpx.Client)
        self.client: httpx.Client | None = client
        self.sleep = time.sleep
        self._lock = threading.Lock()
        self._context = None if client else _tls(self._base)
        self._transport = None if client else self._open()
        _connections.add(self)

    def _open(self) -> httpx.HTTPTransport:
        assert self._context is not None
        with _configuring("proxy"):
            transport = httpx.HTTPTransport(
                verify=self._context, proxy=_proxy(self._base)
            )
        # The one private attribute that the deadline of a sync call stands on.
        pool: Any = transport._pool
        pool._network_backend = self._backend = _Backend(pool._network_backend)
        self._finalizer = weakref.finalize(self, transport.close)
        return transport

    def after_fork(self) -> None:
        """In a child process: let go of what the parent goes on using. Locks of the old pool may be held for ever."""
        self._lock = threading.Lock()
        if self._transport is not None:
            _abandoned.append(self._transport)
            self._finalizer.detach()
            self._transport = None
            for stream in list(self._backend.streams):
                stream.close()

    def run(self, call: Call) -> Answer:
        self.check_open()
        steps = self.policy.attempts(call)
        pause, result = _advance(steps, None)
        while result is None:
            outcome = None
            if pause is None:
                outcome = self._send(call)
            else:
                self.sleep(pause)
            pause, result = _advance(steps, outcome)
        return _delivered(result)

    def _send(self, call: Call) -> Answer | Failure:
        body = _Body(call.content)
        started = self.policy.monotonic()
        outcome: Answer | Failure
        try:
            response = self._transmit(self.request(call, body))
            try:
                outcome = self._receive(call, response)
            finally:
                with contextlib.suppress(Exception):
                    response.close()
        except Exception as error:
            outcome = _failure(error, body)
        self.log(call, outcome, started)
        return outcome

    def _transmit(self, request: httpx.Request) -> httpx.Response:
        if self.client is not None:
            return self.client.send(request, stream=True, follow_redirects=False)
        transport = self._transport
        if transport is None:
            with self._lock:
                if self._transport is None:
                    self._transport = self._open()
                transport = self._transport
        return transport.handle_request(request)

    def _receive(self, call: Call, response: httpx.Response) -> Answer:
        answer = Answer(response.status_code, response.headers, b"")
        inflater = _Inflater(answer, response)
        try:
            assert isinstance(response.stream, httpx.SyncByteStream)
            for chunk in inflater.rest or response.stream:
                if not inflater.add(chunk):
                    break
                if self.policy.monotonic() > call.deadline:
                    raise httpx.ReadTimeout("the total time ran out")
        except Exception as error:
            inflater.fail(error)
        inflater.finish()
        return answer

    def close(self) -> None:
        self.closed = True
        if self._transport is not None:
            self._finalizer()


class AsyncConnection(_Connection):
    """One pool of connections for each event loop, or a caller's own client."""

    def __init__(self, *common: Any) -> None:
        *configured, client, transport = common
        super().__init__(*configured)
        import asyncio

        _kind(client, httpx.AsyncClient)
        if transport not in ("httpx", "aiohttp") or (client and transport != "httpx"):
            raise errors.ConfigurationError(
                'transport must be "httpx" or "aiohttp", and "httpx" beside http_client'
            )
        self.client: httpx.AsyncClient | None = client
        self.kind = transport
        self.asyncio = asyncio
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        self._context = None if client else _tls(self._base)
        self._proxy = None if client else _proxy(self._base)
        self._pools: dict[Any, tuple[httpx.AsyncBaseTransport, Any]] = {}
        if client is None:
            self._open()
        _connections.add(self)

    def _open(self) -> httpx.AsyncBaseTransport:
        assert self._context is not None
        with _configuring("proxy"):
            if self.kind == "aiohttp":
                return _aiohttp(self._context, self._proxy)
            return httpx.AsyncHTTPTransport(verify=self._context, proxy=self._proxy)

    def after_fork(self) -> None:
        _abandoned.append(self._pools)
        self._pools = {}

    async def run(self, call: Call) -> Answer:
        self.check_open()
        steps = self.policy.attempts(call)
        pause, result = _advance(steps, None)
        while result is None:
            outcome = None
            if pause is None:
                outcome = await self._send(call)
            else:
                await self.sleep(pause)
            pause, result = _advance(steps, outcome)
        return _delivered(result)

    async def _send(self, call: Call) -> Answer | Failure:
        body = _Body(call.content)
        started = self.policy.monotonic()
        outcome: Answer | Failure
        try:
            request = self.request(call, body)
            async with self._until(call):
                response = await self._transmit(request)
            try:
                outcome = await self._receive(call, response)
            finally:
                with contextlib.suppress(Exception):
                    await response.aclose()
        except Exception as error:
            outcome = _failure(error, body)
        self.log(call, outcome, started)
        return outcome

    def _until(self, call: Call) -> contextlib.AbstractAsyncContextManager[object]:
        return self.asyncio.timeout(call.deadline - self.policy.monotonic())

    async def _transmit(self, request: httpx.Request) -> httpx.Response:
        if self.client is not None:
            return await self.client.send(request, stream=True, follow_redirects=False)
        loop = self.asyncio.get_running_loop()
        if loop not in self._pools:
            for other in [known for known in self._pools if known.is_closed()]:
                del self._pools[other]
            transport = self._open()
            closing = _until_loop_ends(transport)
            self._pools[loop] = transport, closing
            await anext(closing)
        return await self._pools[loop][0].handle_async_request(request)

    async def _receive(self, call: Call, response: httpx.Response) -> Answer:
        answer = Answer(response.status_code, response.headers, b"")
        inflater = _Inflater(answer, response)
        try:
            assert isinstance(response.stream, httpx.AsyncByteStream)
            async with self._until(call):
                if inflater.rest:
                    inflater.add(inflater.rest[0])
                else:
                    async for chunk in response.stream:
                        if not inflater.add(chunk):
                            break
        except Exception as error:
            inflater.fail(error)
        inflater.finish()
        return answer

    async def aclose(self) -> None:
        self.closed = True
        pool = self._pools.pop(self.asyncio.get_running_loop(), None)
        self._pools.clear()  # pools of other loops close there, when they are collected
        if pool is not None:
            await pool[1].aclose()


async def _until_loop_ends(transport: httpx.AsyncBaseTransport) -> AsyncGenerator[None]:
    """Closes the transport when the event loop shuts its generators down, or when nobody holds this one any more."""
    try:
        yield
    finally:
        await transport.aclose()


_connections: weakref.WeakSet[SyncConnection | AsyncConnection] = weakref.WeakSet()
_abandoned: list[object] = []


def _after_fork() -> None:
    for connection in list(_connections):
        connection.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class SyncPolicyTransport(httpx.BaseTransport):
    """What the generated functions send through."""

    def __init__(self, connection: SyncConnection) -> None:
        self.connection = connection

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        call = self.connection.adopt(request, request.read())
        return _response(self.connection.run(call), request)


class AsyncPolicyTransport(httpx.AsyncBaseTransport):
    """What the generated coroutines send through."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = self.connection.adopt(request, await request.aread())
        return _response(await self.connection.run(call), request)


def generated_client(
    connection: SyncConnection | AsyncConnection,
) -> AuthenticatedClient:
    """A client for the generated functions, bound to a connection. The key is put in below it."""
    from .client import AuthenticatedClient

    client = AuthenticatedClient(
        base_url=connection.base_url,
        token="added when sent",  # noqa: S106  # none at all
        prefix="",
        auth_header_name=connection.key_header.decode(),
    )
    options: dict[str, Any] = {"base_url": connection.base_url, "trust_env": False}
    options["headers"] = {"User-Agent": connection.agent}
    if isinstance(connection, SyncConnection):
        transport = SyncPolicyTransport(connection)
        return client.set_httpx_client(httpx.Client(transport=transport, **options))
    bound = AsyncPolicyTransport(connection)
    return client.set_async_httpx_client(httpx.AsyncClient(transport=bound, **options))


def _response(answer: Answer, request: httpx.Request) -> httpx.Response:
    gone = {"content-encoding", "content-length", "transfer-encoding"}
    headers = [(n, v) for n, v in answer.headers.items() if n.lower() not in gone]
    return httpx.Response(
        answer.status, headers=headers, content=answer.content, request=request
    )


def _advance(
    steps: Steps, outcome: Answer | Failure | None
) -> tuple[float | None, Answer | errors.EnkryptError | None]:
    """The pause before the next try, None to send at once; or the end."""
    try:
        return steps.send(outcome), None
    except StopIteration as end:
        return None, end.value


def _delivered(result: Answer | errors.EnkryptError) -> Answer:
    if isinstance(result, errors.EnkryptError):
        raise result
    return result


def _failure(error: Exception, body: _Body) -> Failure:
    """What an exception of the transport says about the request. Keeps nothing of it: it may hold the key and the body."""
    chain = list(_causes(error))
    of_aiohttp = [e for e in chain if type(e).__module__.startswith("aiohttp")]
    if of_aiohttp:
        kinds = {kind.__name__ for kind in type(of_aiohttp[0]).__mro__}
        unsent = bool(kinds & _UNSENT_AIOHTTP)
    else:
        unsent = isinstance(error, _UNSENT)
    tls = any(isinstance(e, ssl.SSLError) for e in chain)
    network = bool(of_aiohttp) or isinstance(error, httpx.TransportError | OSError)
    return Failure(
        cause=", ".join(dict.fromkeys(type(e).__name__ for e in (error, chain[-1]))),
        sent=body.begun and not unsent,
        timed_out=_is_timeout(error),
        lasting=tls or not network or isinstance(error, httpx.UnsupportedProtocol),
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_timeout(error: BaseException) -> bool:
    for cause in _causes(error):
        if type(cause).__module__.startswith("aiohttp"):
            return isinstance(cause, TimeoutError)
    return isinstance(error, httpx.TimeoutException | TimeoutError)


def _kind(client: object, kind: type) -> None:
    if client is not None and not isinstance(client, kind):
        raise errors.ConfigurationError(f"http_client must be an httpx.{kind.__name__}")


def _timeouts(given: float | httpx.Timeout | None) -> dict[str, float | None]:
    if isinstance(given, httpx.Timeout):
        return given.as_dict()
    if given is not None:
        limit = _policy.seconds(given, "timeout")
        return dict.fromkeys(("connect", "read", "write", "pool"), limit)
    return dict(_policy.TIMEOUTS)


def _url(text: str) -> httpx.URL:
    return httpx.URL(text)


def _strings(content: bytes) -> list[str]:
    """Every string of a JSON body whose secret fields are not known."""
    import json

    from ._codec import leaves

    try:
        return list(leaves(json.loads(content)))
    except (ValueError, RecursionError):
        return []


@contextlib.contextmanager
def _configuring(what: str) -> Iterator[None]:
    """Turn a library's complaint about the environment into ours, without its words, which may hold a password."""
    fault = ""
    try:
        yield
    except Exception as error:
        fault = type(error).__name__
        if isinstance(error, ImportError):
            fault = "a package is missing: pip install 'httpx[socks]' for SOCKS"
    if fault:
        raise errors.ConfigurationError(
            f"the {what} that the environment names can't be used ({fault})"
        )


def _proxy(base: httpx.URL) -> httpx.Proxy | None:
    """The proxy that the environment names for the service (HTTPS_PROXY, ALL_PROXY, NO_PROXY)."""
    host = base.host if base.port is None else f"{base.host}:{base.port}"
    proxies = getproxies()
    named = proxies.get(base.scheme) or proxies.get("all")
    if not named or proxy_bypass(host):
        return None
    with _configuring("proxy"):
        return httpx.Proxy(named if "://" in named else f"http://{named}")
    return None


def _tls(base: httpx.URL) -> ssl.SSLContext:
    # Loading certificates takes 20 ms: only where they are used.
    with _configuring("certificate store (SSL_CERT_FILE, SSL_CERT_DIR)"):
        return httpx.create_ssl_context(verify=base.scheme == "https")
    raise AssertionError


def _aiohttp(
    context: ssl.SSLContext, proxy: httpx.Proxy | None
) -> httpx.AsyncBaseTransport:
    if not all(map(find_spec, ("aiohttp", "httpx_aiohttp"))):
        raise errors.ConfigurationError(
            'transport="aiohttp" needs an extra: pip install "enkrypt-api-client[aiohttp]"'
        )
    import aiohttp
    from httpx_aiohttp import AiohttpTransport

    def session() -> aiohttp.ClientSession:
        made = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # It would repeat some requests on its own.
        made._retry_connection = False
        return made

    return AiohttpTransport(client=session, proxy=proxy)
