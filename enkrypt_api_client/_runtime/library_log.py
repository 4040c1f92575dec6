"""Keeps secrets out of the log records of a caller's HTTP library while it sends for us.

httpx logs addresses with their query at INFO; httpcore logs the headers of responses at DEBUG. Requests of the caller's own are logged as
ever.
"""

from __future__ import annotations

import contextlib
import logging
import re
from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .redact import Secrets

# Loggers of httpx and httpcore, and of their successors, below the name of the library. A logger's filters know nothing of its children.
_LOGGERS = ("", ".connection", ".http11", ".http2", ".proxy", ".socks")
_LIBRARIES = ("httpx", "httpcore", "httpx2", "httpcore2")
_QUERY = re.compile(r"\?[^\s\"']*")

_secrets: ContextVar[Secrets | None] = ContextVar("_secrets", default=None)


class _Filter(logging.Filter):
    """Masks the records of our requests. Drops none."""

    def filter(self, record: logging.LogRecord) -> bool:
        secrets = _secrets.get()
        if secrets is not None:
            message, returned, _ = record.getMessage().partition(" return_value=")
            message = _QUERY.sub("?***", secrets.mask(message))
            record.msg = f"{message}{returned}***" if returned else message
            record.args = ()
        return True


_filter = _Filter()


def install() -> None:
    """Have the libraries' loggers masked. Can be repeated."""
    for library in _LIBRARIES:
        for name in _LOGGERS:
            logging.getLogger(library + name).addFilter(_filter)


@contextlib.contextmanager
def masked(secrets: Secrets) -> Iterator[None]:
    """Mask what the libraries log meanwhile in this thread or task."""
    token = _secrets.set(secrets)
    try:
        yield
    finally:
        # A coroutine may be closed in another context, where there is nothing to reset.
        with contextlib.suppress(ValueError):
            _secrets.reset(token)
