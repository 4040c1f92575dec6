"""The certificate authorities that an index is trusted by: those of this machine, and a private one that TWINE_CERT names."""

from __future__ import annotations

import contextlib
import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx

from scripts.common.errors import ReleaseError

PRIVATE_AUTHORITY = "TWINE_CERT"
_AUTHORITIES = "SSL_CERT_FILE"


def context() -> ssl.SSLContext:
    """Return what https to an index is checked with. Raises ReleaseError if a file of authorities can't be read."""
    with _named(_AUTHORITIES, os.environ.get(_AUTHORITIES)):
        checked_with = httpx.create_ssl_context()
    path = os.environ.get(PRIVATE_AUTHORITY)
    if path:
        with _named(PRIVATE_AUTHORITY, path):
            checked_with.load_verify_locations(path)
    return checked_with


def for_tools(folder: Path) -> dict[str, str]:
    """Return the variables with which uv and twine trust the same authorities; none if nothing names any.

    uv knows a variable for all authorities, and none for one more: they are written into a file. Twine reads another variable, and lets
    that go before TWINE_CERT.

    Args:
        folder: Where to write it.

    Raises:
        ReleaseError: A file of authorities can't be read.
    """
    variables = (os.environ.get(PRIVATE_AUTHORITY), os.environ.get(_AUTHORITIES))
    if not any(variables):
        return {}
    trusted = ssl.create_default_context()
    certificates = {
        *trusted.get_ca_certs(binary_form=True),
        *context().get_ca_certs(binary_form=True),
    }
    path = folder / "authorities.pem"
    path.write_text("".join(sorted(map(ssl.DER_cert_to_PEM_cert, certificates))))
    return {_AUTHORITIES: str(path), "REQUESTS_CA_BUNDLE": str(path)}


@contextlib.contextmanager
def _named(source: str, path: str | None) -> Iterator[None]:
    """Raise ReleaseError for a file of authorities that can't be read, with what names it."""
    try:
        yield
    except ssl.SSLError:
        raise ReleaseError(
            f"{source} names {path}, which holds no certificate in PEM form"
        ) from None
    except OSError as error:
        raise ReleaseError(
            f"{source} names {path}, which cannot be read: {error.strerror}"
        ) from None
