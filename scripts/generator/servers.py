"""Where the operations of a document are called: servers, resolved and checked before code is made of them."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from scripts.contract.model import Contract, Operation, Server

# URLs in ASCII, without spaces and backslashes.
_URL = re.compile(r"[!-\[\]-~]+")
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")


def document_address(contract: Contract) -> str | None:
    """The address of the service; None where the document leaves it to the caller: it is relative, or has a variable without a value."""
    url = contract.servers[0].url
    return url if "://" in url and not _variables(url) else None


def operation_address(contract: Contract, operation: Operation) -> str | None:
    """The address of an operation that has servers of its own, resolved against the document's server (RFC 3986, section 5.2).

    None where it has none of its own, or where the caller gives the address anyway.
    """
    if not operation.own_servers:
        return None
    url = operation.servers[0].url
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", url):
        return url
    base = document_address(contract)
    if base is None:
        return None
    return urljoin(base, url)


def server_fault(contract: Contract, operation: Operation) -> str:
    """Why an operation cannot be called at the server of its own; empty if it can."""
    if not operation.own_servers:
        return ""
    server = operation.servers[0]
    missing = _variables(server.url)
    if missing:
        return f"{_shown(server)} has the variable {missing[0]!r} without a value; give it a default, or remove the server"
    try:
        address = operation_address(contract, operation)
        fault = ""
        if address is not None:
            fault = _address_fault(address)
    except ValueError:
        fault = "is not a URL"
    if not fault:
        return ""
    return f"{_shown(server)} {fault}; correct or remove the server"


def _shown(server: Server) -> str:
    return f"the server {server.template!r:.100} of the operation or its path"


def _variables(url: str) -> list[str]:
    """The names of variables for which a URL has no value."""
    return re.findall(r"\{([^{}]*)\}", url)


def _address_fault(address: str) -> str:
    """Why no key may be sent to an address, as the end of a sentence; empty if it may. The client asks the same of a base URL."""
    if not _URL.fullmatch(address):
        return "is not a URL in ASCII without spaces and backslashes"
    url = urlsplit(address)
    host = url.hostname
    if url.scheme not in ("http", "https") or not host or url.port == 0:
        return "has no https:// and host"
    if "@" in url.netloc or {"?", "#"} & {*address}:
        return "has user information, a query or a fragment"
    if url.scheme == "http" and not _LOOPBACK.fullmatch(host):
        return "would get the API key unencrypted"
    return ""
