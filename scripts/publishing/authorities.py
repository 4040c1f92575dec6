"""The certificate authorities that an index is trusted by: those of this machine, and a private one that TWINE_CERT names."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import httpx

from scripts.common.errors import ReleaseError

PRIVATE_AUTHORITY = "TWINE_CERT"


def context() -> ssl.SSLContext:
    """Return what https to an index is checked with. Raises ReleaseError if the private authority can't be read."""
    checked_with = httpx.create_ssl_context()
    _add_private(checked_with)
    return checked_with


def for_tools(folder: Path) -> dict[str, str]:
    """Return the variables with which uv and twine trust the private authority too; none if there is none.

    uv knows a variable for all authorities, and none for one more: they are written into a file. Twine lets REQUESTS_CA_BUNDLE go before
    TWINE_CERT.

    Args:
        folder: Where to write it.

    Raises:
        ReleaseError: The private authority can't be read.
    """
    if not os.environ.get(PRIVATE_AUTHORITY):
        return {}
    trusted = ssl.create_default_context()
    certificates = {
        *trusted.get_ca_certs(binary_form=True),
        *context().get_ca_certs(binary_form=True),
    }
    path = folder / "authorities.pem"
    path.write_text("".join(sorted(map(ssl.DER_cert_to_PEM_cert, certificates))))
    return {"SSL_CERT_FILE": str(path), "REQUESTS_CA_BUNDLE": str(path)}


def _add_private(checked_with: ssl.SSLContext) -> None:
    path = os.environ.get(PRIVATE_AUTHORITY)
    if not path:
        return
    try:
        checked_with.load_verify_locations(path)
    except ssl.SSLError:
        raise ReleaseError(
            f"{PRIVATE_AUTHORITY} names {path}, which holds no certificate in PEM form"
        ) from None
    except OSError as error:
        raise ReleaseError(
            f"{PRIVATE_AUTHORITY} names {path}, which cannot be read: {error.strerror}"
        ) from None
