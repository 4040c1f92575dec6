"""The service's address and the ways to it. The only module written by hand that names httpx."""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

import httpx
from httpx import AsyncClient as AsyncClient
from httpx import Client as Client
from httpx import Response as Response
from httpx import Timeout as Timeout

from . import DOCUMENT_SHA256, DOCUMENT_VERSION, GENERATOR, __version__
from . import exceptions as errors
from ._plain import is_deep
from ._policy import Answer, Call
from ._settings import TIMEOUTS, seconds
from ._wire import SLICE, limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from typing import Any, TypeVar

    from ._connection import AsyncConnection, SyncConnection
    from ._settings import Settings
    from .client import AuthenticatedClient

    T = TypeVar("T")

# As many idle connections as there may be: httpcore 1.0 closes surplus ones that another thread is about to use.
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100)
_AGENT = (
    f"enkrypt-api-client/{__version__} "
    f"(document {DOCUMENT_VERSION}, sha256 {DOCUMENT_SHA256[:12]}; {GENERATOR})"
)
_OWN = {"host", "content-length", "transfer-encoding", "accept-encoding"}


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The bytes of a request, in slices so that a deadline can come between; knows whether sending them has begun."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.begun = not content  # without a body, the headers are all there is to send

    def __iter__(self) -> Iterator[bytes]:
        self.begun = True
        for start in range(0, len(self.content), SLICE):
            yield self.content[start : start + SLICE]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


class Site:
    """Where the service is, what it wants to hear with every call, and how to get there."""

    def __init__(
        self,
        settings: Settings,
        timeout: float | httpx.Timeout | None,
        client: httpx.Client | httpx.AsyncClient | None,
        asynchronous: bool,
    ) -> None:
        kind = httpx.AsyncClient if asynchronous else httpx.Client
        if client is not None and not isinstance(client, kind):
            raise errors.ConfigurationError(
                f"http_client must be an httpx.{kind.__name__}"
            )
        self.base_url, self.asynchronous = settings.base_url, asynchronous
        self.key, self.key_header = settings.key, settings.key_header
        self.timeouts = _timeouts(timeout)
        self.url = httpx.URL(self.base_url)
        self._urls: dict[str, httpx.URL] = {}
        if client is None:
            https = self.url.scheme == "https"  # loading certificates takes 20 ms
            self._tls = _made(
                "certificate store", lambda: httpx.create_ssl_context(verify=https)
            )
            self._proxy = _made("proxy", _proxy, self.url)

    def prepare(self, call: Call, arguments: dict[str, Any]) -> None:
        """Complete a call with what a generated operation wants sent."""
        call.url, headers = self.base_url + arguments["url"], arguments.get("headers")
        others = arguments.keys() - {"method", "url", "headers", "json"}
        if others:
            rest = {name: arguments[name] for name in others}
            request = httpx.Request(call.method, call.url, headers=headers, **rest)
            call.url, headers = str(request.url), request.headers
            call.content = call.content or request.read()
        self._address(call, arguments["url"], dict(headers or {}))

    def adopt(self, request: httpx.Request, content: bytes) -> Call:
        """The call that a request of generated code is."""
        call = Call(request.method, request.url.path, content, _all_strings)
        call.url = str(request.url)
        self._address(call, call.path, dict(request.headers))
        there, here = request.url, self.url
        if (there.scheme, there.netloc) != (here.scheme, here.netloc):
            told = f"this client sends nothing but to {here.host}"
            raise errors.InvalidRequestError(told)
        return call

    def _address(self, call: Call, path: str, given: dict[str, str]) -> None:
        call.path, call.key = path, self.key
        own = _OWN | {self.key_header.lower()}
        kept = {name: v for name, v in given.items() if name.lower() not in own}
        kept = {"Accept": "application/json", "User-Agent": _AGENT, **kept}
        call.headers = tuple((name.encode(), v.encode()) for name, v in kept.items())

    def request(
        self, call: Call, body: Body, monotonic: Callable[[], float]
    ) -> httpx.Request:
        url = self._urls.get(call.url)
        if url is None:
            url = httpx.URL(call.url)
            if len(self._urls) < 256:
                self._urls[call.url] = url
        headers = [(b"Host", url.netloc), *call.headers, (b"Accept-Encoding", b"gzip")]
        if call.content:
            headers.append((b"Content-Length", b"%d" % len(call.content)))
        if self.key and call.authenticated:
            headers.append((self.key_header.encode(), self.key.reveal().encode()))
        timeout = limits(call, self.timeouts, monotonic)
        extensions = {"timeout": timeout}
        return httpx.Request(
            call.method, url, headers=headers, stream=body, extensions=extensions
        )

    def open(self) -> httpx.HTTPTransport:
        options: Any = {"verify": self._tls, "proxy": self._proxy, "limits": _LIMITS}
        return _made("proxy", lambda: httpx.HTTPTransport(**options))

    def open_async(self, kind: str) -> httpx.AsyncBaseTransport:
        if kind == "aiohttp":
            return _made("proxy", _aiohttp, self._tls, self._proxy)
        options: Any = {"verify": self._tls, "proxy": self._proxy, "limits": _LIMITS}
        return _made("proxy", lambda: httpx.AsyncHTTPTransport(**options))


class _SyncBelow(httpx.BaseTransport):
    """What the generated functions send through."""

    def __init__(self, connection: SyncConnection) -> None:
        self.connection = connection

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        call = self.connection.site.adopt(request, request.read())
        return _response(self.connection.run(call))


class _AsyncBelow(httpx.AsyncBaseTransport):
    """What the generated coroutines send through."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = self.connection.site.adopt(request, await request.aread())
        return _response(await self.connection.run(call))


def _response(answer: Answer) -> httpx.Response:
    gone = _OWN | {"content-encoding"}
    headers = [(n, v) for n, v in answer.headers.multi_items() if n.lower() not in gone]
    return httpx.Response(answer.status, headers=headers, content=answer.content)


class _Nowhere(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Where a generated coroutine ends up with a synchronous client, and the other way round."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise errors.InvalidRequestError(
            "generated functions need the api of an EnkryptClient, their coroutines that of an AsyncEnkryptClient"
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def _refuse_to_derive(*_values: Any, **_named: Any) -> Any:
    raise errors.InvalidRequestError(
        "no client can be derived from client.api; give timeout= or http_client= to a client of its own instead"
    )


def generated_client(connection: Any) -> AuthenticatedClient:
    """A client for the generated functions, bound to a connection. The key is put in below it."""
    from .client import AuthenticatedClient

    class BoundClient(AuthenticatedClient):
        # The generator's own make another client, without this connection and its policy.
        with_headers = with_cookies = with_timeout = _refuse_to_derive

    site, token = connection.site, "added when sent"
    client = BoundClient(base_url=site.base_url, token=token)
    client.prefix, client.auth_header_name = "", site.key_header
    below = _Nowhere() if site.asynchronous else _SyncBelow(connection)
    beside = _AsyncBelow(connection) if site.asynchronous else _Nowhere()
    client.set_httpx_client(httpx.Client(transport=below, base_url=site.base_url))
    return client.set_async_httpx_client(
        httpx.AsyncClient(transport=beside, base_url=site.base_url)
    )


def _timeouts(given: float | httpx.Timeout | None) -> dict[str, float | None]:
    if isinstance(given, httpx.Timeout):
        return given.as_dict()
    if given is None:
        return dict(TIMEOUTS)
    return dict.fromkeys(TIMEOUTS, seconds(given, "timeout"))


def _all_strings(content: bytes) -> list[str]:
    """Every string of a body whose secret fields are not known."""
    from json import loads

    from ._codec import strings

    try:
        parsed = loads(content)
    except (ValueError, RecursionError):
        parsed = None
    text = content.decode("utf-8", "replace")
    return [text] if is_deep(text, parsed) else list(strings(parsed))


def _made(what: str, make: Callable[..., T], *arguments: Any) -> T:
    """Turn a library's complaint about the environment into ours, without its words, which may hold a password."""
    fault = f"the {what} that the environment names can't be used"
    try:
        return make(*arguments)
    except ImportError as error:
        extra = (
            "enkrypt-api-client[aiohttp]" if "aiohttp" in str(error) else "httpx[socks]"
        )
        fault = f'this needs an extra: pip install "{extra}"'
    except Exception as error:
        fault = f"{fault} ({type(error).__name__})"
    raise errors.ConfigurationError(fault)


def _proxy(base: httpx.URL) -> httpx.Proxy | None:
    """The proxy for the service, from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY."""
    proxies = getproxies()
    named = proxies.get(base.scheme) or proxies.get("all")
    if not named or proxy_bypass(base.netloc.decode()):
        return None
    return httpx.Proxy(named if "://" in named else f"http://{named}")


def _aiohttp(tls: Any, proxy: httpx.Proxy | None) -> httpx.AsyncBaseTransport:
    import aiohttp
    from httpx_aiohttp import AiohttpTransport

    def session() -> aiohttp.ClientSession:
        made = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=tls),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        made._retry_connection = False  # it would repeat some requests on its own
        return made

    return AiohttpTransport(verify=tls, client=session, proxy=proxy)
