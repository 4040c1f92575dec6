"""TLS certificates and proxies, from the environment."""

from __future__ import annotations

import os
import sys

from .. import exceptions as errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

    import httpcore


def certificates() -> ssl.SSLContext:
    """The authorities of SSL_CERT_FILE or SSL_CERT_DIR, else those that certifi brings."""
    import ssl

    import certifi

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        if folder and not file:
            return ssl.create_default_context(capath=folder)
        return ssl.create_default_context(cafile=file or certifi.where())
    except (OSError, ValueError) as error:
        fault = f"can't be used ({type(error).__name__})"
    raise errors.ConfigurationError(f"the certificates of SSL_CERT_FILE {fault}")


def proxy(scheme: str, netloc: str) -> tuple[httpcore.Proxy | None, str]:
    """The proxy for the service, from the environment or the system, and the variable that sets it. NO_PROXY exempts hosts."""
    variables = any(name.lower().endswith("_proxy") for name in os.environ)
    if not variables and sys.platform not in ("darwin", "win32"):
        return None, ""
    from urllib.parse import unquote, urlsplit
    from urllib.request import getproxies, proxy_bypass

    known = getproxies()
    setting = scheme if known.get(scheme) else "all"
    named, variable = known.get(setting), f"{setting.upper()}_PROXY"
    if not named or proxy_bypass(netloc):
        return None, variable
    import httpcore

    fault = "can't be used"
    try:
        parts = urlsplit(named if "://" in named else f"http://{named}")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if parts.scheme.startswith("socks5"):
            fault = (
                'is a SOCKS proxy, which needs an extra: pip install "httpcore[socks]"'
            )
            __import__("socksio")
        usable = parts.scheme in ("http", "https", "socks5", "socks5h")
        if usable and parts.hostname and parts.port != 0:
            return httpcore.Proxy(
                f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
                auth=(user.encode(), password.encode()) if user else None,
                ssl_context=certificates() if parts.scheme == "https" else None,
            ), variable
    except (ValueError, ImportError):
        pass
    raise errors.ConfigurationError(
        f"the proxy for {scheme} in the environment ({variable}) {fault}"
    )
