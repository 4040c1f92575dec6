"""The servers that an operation may be called at (OpenAPI, Server Object; RFC 3986, section 5.2)."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from scripts.conformance.json_values import list_of, mapping_of
from scripts.conformance.operations import Operation, read_server
from scripts.conformance.raw import RawDocument

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def addresses_of(document: RawDocument, operation: Operation) -> list[str]:
    """The addresses of an operation without a base URL, resolved; none where the document leaves them open."""
    base = ""
    for described in list_of(document.root.keywords.get("servers"))[:1]:
        first = read_server(mapping_of(described))
        if not first.missing:
            base = first.url
    addresses = []
    for server in operation.servers:
        if server.missing:
            continue
        try:
            url = urljoin(base, server.url)
            split = urlsplit(url)
        except ValueError:
            continue
        usable = split.scheme in ("http", "https") and split.hostname
        if usable and not (split.query or split.fragment or "@" in split.netloc):
            addresses.append(url.rstrip("/"))
    return addresses


def with_plain_host(address: str) -> str:
    """An address with its scheme and host in lower case, without the port of its scheme (RFC 3986, 6.2.2.1 and 6.2.3)."""
    scheme, _, rest = address.partition("://")
    scheme = scheme.lower()
    host, slash, path = rest.partition("/")
    host = host.lower().removesuffix(":").removesuffix(_DEFAULT_PORTS.get(scheme, ":"))
    return f"{scheme}://{host}{slash}{path}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    return host in ("localhost", "::1") or host.startswith("127.")
