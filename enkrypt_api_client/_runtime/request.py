"""One request: address, headers, credentials, content."""

from __future__ import annotations

import math
import time

from .settings import RESERVED
from .version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .response import Answer
    from .settings import Document, Options, Security, Settings


class Call:
    """One request, the same bytes on every attempt, and what may be done with it."""

    origin = ""  # scheme, host and port
    target = b""  # path and query
    headers: tuple[tuple[bytes, bytes], ...] = ()
    content: Any = b""  # bytes, or an iterable that starts again each time
    repeatable = True  # False where the content can be read only once
    success: tuple[str, ...] = ("2XX",)
    streaming = False
    retry_ambiguous = False
    subject = ""  # what it is about, for the message of a 404
    read: Callable[[Answer], Any] | None = None
    needs_content: Callable[[int], bool] | None = None  # of a success
    secrets: Callable[[], list[str]]  # what is masked where the service repeats it
    deadline = math.inf
    gap = 0.0  # seconds between two pieces of a stream; 0 before the first
    attempt = 0
    ambiguous = False  # whether an earlier attempt may have been applied
    sent = False  # whether the present attempt has begun to send
    peer = "the service"
    proxy = "the proxy's address"  # or the variable that holds it
    clock: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(self, method: str, path: str, options: Options) -> None:
        self.method, self.name, self.options = method, f"{method} {path}", options
        self.safe = method in ("GET", "HEAD", "OPTIONS", "TRACE")

    def left(self, limit: float | None) -> float:
        """Seconds that something may take: its own limit, and not beyond the deadline."""
        left = self.deadline - self.clock()
        if left <= 0:
            raise TimeoutError
        return left if limit is None or left < limit else limit


def agent(document: Document) -> str:
    """What the header `User-Agent` says."""
    return f"enkrypt-api-client/{__version__} (document {document.VERSION}, sha256 {document.SHA256[:12]}; {document.GENERATOR})"


def complete(
    call: Call,
    settings: Settings,
    base: str,
    arguments: Mapping[str, Any],
    accept: str | None,
    security: Security,
) -> None:
    """Give a call its address, headers and content, out of what generated code gives to httpx."""
    own = call.secrets
    call.secrets = lambda: [*settings.credentials.secrets(), *own()]
    settings.credentials.check(security, f"{call.name}: api_key")
    headers = {
        "accept": (b"Accept", (accept or "application/json").encode()),
        "user-agent": (b"User-Agent", agent(settings.document).encode()),
        **call.options.headers,
    }
    for name, value in (arguments.get("headers") or {}).items():
        if (key := name.lower()) not in RESERVED and not (
            key == "accept" and call.streaming
        ):
            headers[key] = name.encode(), value.encode()
    if call.content is None:
        from .body import encoded

        call.content, call.repeatable, more = encoded(arguments)
        headers.update(more)
    scheme, _, rest = base.partition("://")
    host, slash, prefix = rest.partition("/")
    target = f"{slash}{prefix}{arguments.get('url', '')}" or "/"
    target += _signed(settings.credentials.choose(security) or (), target, headers)
    call.origin, call.target = f"{scheme}://{host}", target.encode("ascii")
    coding = b"identity" if call.streaming else b"gzip"
    listed = [(b"Host", host.encode()), *headers.values(), (b"Accept-Encoding", coding)]
    needs_length = call.content or call.method in ("POST", "PUT", "PATCH")
    if needs_length and isinstance(call.content, bytes):
        listed.append((b"Content-Length", b"%d" % len(call.content)))
    call.headers = tuple(listed)


def _signed(credentials: Any, target: str, headers: dict[str, Any]) -> str:
    """Put credentials into headers; what is to be added to path and query for the others."""
    query = ""
    for place, name, secret in credentials:
        value = secret.reveal()
        if place == "query":
            from urllib.parse import quote

            mark = "&" if "?" in target + query else "?"
            query += f"{mark}{quote(name, safe='')}={quote(value, safe='')}"
            continue
        if place == "cookie":
            known = headers.get("cookie", (b"", b""))[1].decode()
            name, value = "Cookie", f"{known}{'; ' if known else ''}{name}={value}"
        headers[name.lower()] = name.encode(), value.encode()
    return query
