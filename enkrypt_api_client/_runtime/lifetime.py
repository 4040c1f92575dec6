"""Closes a client's connections when the client is collected and when the interpreter ends; replaces them in a forked child."""

from __future__ import annotations

import os
import warnings
import weakref
from typing import Protocol

from .sockets import OPEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .transport import Transport


class Owner(Protocol):
    """Whoever owns a transport: a client and its views share one."""

    transport: Transport


class Lifetime:
    """Watches over the transport of an owner.

    Args:
        owner: Has the transport; holds this.
        name: What the owner's class is called in a warning.
    """

    def __init__(self, owner: Owner, name: str) -> None:
        self._owner = weakref.ref(owner)
        self._name = name
        self._watch(owner)
        _lifetimes.add(self)

    def _watch(self, owner: Owner) -> None:
        # Runs when the owner is collected, and at the latest when the interpreter ends.
        self._finalizer = weakref.finalize(
            owner, _finalize, owner.transport, self._name
        )

    def renew(self) -> None:
        """In a forked child, give the owner a transport of its own: the parent goes on using this one."""
        owner = self._owner()
        if owner is None:
            return
        self._finalizer.detach()
        _of_the_parent.append(owner.transport)
        owner.transport = owner.transport.without_connections()
        self._watch(owner)


_lifetimes: weakref.WeakSet[Lifetime] = weakref.WeakSet()
# Transports that a forked child has inherited. Nothing of them may run there, not even a finalizer.
_of_the_parent: list[Transport] = []


def _finalize(transport: Transport, name: str) -> None:
    is_unclosed = transport.used and not transport.closed
    transport.forget()
    if is_unclosed:
        advice = "close it, or use it in a with statement"
        if name.startswith("Async"):
            advice = "await its aclose(), or use it in an async with statement"
        warnings.warn(
            f"unclosed {name}: {advice}",
            ResourceWarning,
            stacklevel=2,
        )


def _after_fork_in_child() -> None:
    # Without a word to the peer: the connections are the parent's. A thread of the parent's may have added one meanwhile.
    for descriptor in tuple(OPEN):
        descriptor.close()
    for lifetime in tuple(_lifetimes):
        lifetime.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
