"""Resolving the names of hosts, safe from a fork.

The C library holds locks while it resolves a name. A child that is forked meanwhile has them locked for ever: its own first resolution
hangs. So a fork waits for resolutions that are under way, and none begins meanwhile. It does not wait long: the locks are held for moments,
not while a name server is silent.
"""

from __future__ import annotations

import os
import socket
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    # Family, type, protocol, canonical name, address.
    Resolved: TypeAlias = tuple[
        socket.AddressFamily,
        socket.SocketKind,
        int,
        str,
        tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes],
    ]

LONGEST_WAIT = 1.0  # seconds that a fork waits
_LOOK_EVERY = 0.001  # seconds

# Held for a moment by whoever begins to resolve, and by a fork until it is over.
_beginning = threading.RLock()
# The threads that are resolving.
_resolving: set[int] = set()


def resolve(host: str, port: int) -> Sequence[Resolved]:
    """Return what `socket.getaddrinfo` says of TCP. Raises OSError or UnicodeError."""
    thread = threading.get_ident()
    with _beginning:
        _resolving.add(thread)
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    finally:
        _resolving.discard(thread)


def _before_fork() -> None:
    _beginning.acquire()
    ends_at = time.monotonic() + LONGEST_WAIT
    while _resolving and time.monotonic() < ends_at:
        time.sleep(_LOOK_EVERY)


def _after_fork_in_child() -> None:
    _resolving.clear()
    _beginning.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=_beginning.release,
        after_in_child=_after_fork_in_child,
    )
