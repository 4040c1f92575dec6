"""Protocols of the clients and responses of httpx and httpx2, for type checkers: neither library has to be installed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Protocol


class LibraryHeaders(Protocol):
    """`Headers`."""

    @property
    def raw(self) -> list[tuple[bytes, bytes]]: ...


class LibraryResponse(Protocol):
    """The members of `Response` for both kinds of clients."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> LibraryHeaders: ...

    @property
    def is_closed(self) -> bool: ...

    @property
    def content(self) -> bytes: ...

    @property
    def extensions(self) -> Mapping[str, object]: ...


class SyncLibraryResponse(LibraryResponse, Protocol):
    """A `Response` to a `Client`."""

    def iter_raw(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


class AsyncLibraryResponse(LibraryResponse, Protocol):
    """A `Response` to an `AsyncClient`."""

    def aiter_raw(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None: ...


class LibraryClient(Protocol):
    """The members that `Client` and `AsyncClient` have in common."""

    @property
    def is_closed(self) -> bool: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def build_request(self) -> Callable[..., object]: ...


class HTTPXClient(LibraryClient, Protocol):
    """A `Client` of httpx or httpx2."""

    @property
    def send(self) -> Callable[..., SyncLibraryResponse]: ...


class HTTPXAsyncClient(LibraryClient, Protocol):
    """An `AsyncClient` of httpx or httpx2."""

    @property
    def send(self) -> Callable[..., Awaitable[AsyncLibraryResponse]]: ...
