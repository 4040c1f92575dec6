"""A list that comes in pages: its items, or whole pages, each asked for when the one before is used up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Generic, TypeVar
from urllib.parse import quote, unquote, urljoin, urlsplit

from .. import exceptions as errors
from . import log, policy
from .frames import HiddenFrames
from .paging import UnusablePage
from .runner import drive
from .values import UNSET

# Without the annotation, Jedi takes the value literally, sees none of the imports below, and completes nothing of their types.
TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Self
    from urllib.parse import SplitResult

    from .calls import Call
    from .paging import Paging
    from .request import Request

Item = TypeVar("Item")
Page = TypeVar("Page")
# All of ASCII that may stand in a URL; the rest is percent-encoded.
_URL_CHARACTERS = "!#$%&'()*+,-./:;=?@[]_~"
_DEFAULT_PORTS = {"http": 80, "https": 443}


class _End:
    """Marks the end of the items, and of the pages."""


_END = _End()


class _Walk(Generic[Item, Page]):
    """Asks for one page after another. After an error it goes on with the page that has failed.

    Args:
        prepare: Returns a call of the operation with parameters.
        paging: How the list comes in pages.
        parameters: Those of the first page.
    """

    def __init__(
        self,
        prepare: Callable[[Mapping[str, object]], Call[Page]],
        paging: Paging,
        parameters: Mapping[str, object],
    ) -> None:
        self._prepare = prepare
        self._paging = paging
        self._parameters = dict(parameters)
        first_choice = parameters.get(paging.parameter)
        # What chooses the page to ask for; None for the first one, if the caller gives nothing.
        self._choice: object = None if first_choice is UNSET else first_choice
        # Path and query of a link to that page.
        self._target = ""
        self._page_number = 1
        self._item_count = 0
        self._has_ended = False
        # Of everything that has chosen a page, and of the last page.
        self._choice_digests = {_digest(repr(self._choice).encode())}
        self._content_digest = b""
        # Of the last page, as far as they are not used up.
        self.items: Iterator[Item] = iter(())

    async def next_item(self) -> Item | _End:
        """Return the next item, `_END` behind the last one.

        Raises:
            EnkryptError: The call for a page has failed, or the page can't be used.
        """
        while True:
            for item in self.items:
                return item
            if isinstance(await self.next_page(), _End):
                return _END

    async def next_page(self) -> Page | _End:
        """Return the next page, `_END` behind the last one.

        Raises:
            EnkryptError: The call for it has failed, or it can't be used.
        """
        if self._has_ended:
            return _END
        try:
            return await self._ask()
        except errors.EnkryptError as error:
            error.args = (f"page {self._page_number}: {error}", *error.args[1:])
            raise

    async def _ask(self) -> Page:
        call = self._prepare(self._parameters)
        request, accepted = await call.received(self._target)
        response = call.read(request, accepted)
        page: Any = response.parsed
        try:
            items = self._paging.items_of(page)
            choice = self._paging.choice_after(
                page,
                items,
                choice=self._choice,
                count=self._item_count + len(items),
                link_header=accepted.response.headers.get("link", ""),
            )
            target = ""
            if choice is not None and self._paging.kind == "link":
                target = target_of(choice, request, call.base)
                choice = target
                self._choice_digests.add(
                    _digest(repr(request.unauthenticated.target).encode())
                )
            self._check_progress(choice, response.content, bool(items))
        except UnusablePage as unusable:
            fault = str(unusable)
        else:
            self._item_count += len(items)
            self._content_digest = _digest(response.content)
            self._go_to(choice, target)
            self.items = iter(items)
            result: Page = page
            return result
        log.log_unusable(request, accepted, fault)
        raise policy.decode_error(request, accepted, fault)

    def _check_progress(self, choice: object, content: bytes, has_items: bool) -> None:
        """Refuse a list that would not end.

        Args:
            choice: What chooses the next page; None where there is none.
            content: Of this page.
            has_items: Whether there are any on this page.

        Raises:
            UnusablePage: It would not.
        """
        if choice is None:
            return
        most_pages = self._paging.most_pages
        if self._page_number >= most_pages:
            raise UnusablePage(
                f"it names another page, and after {most_pages} a list is taken for endless (most_pages in generator-config.yaml)"
            )
        if _digest(repr(choice).encode()) in self._choice_digests:
            raise UnusablePage("it leads back to a page that was read already")
        is_counted = self._paging.kind in ("page", "offset")
        if is_counted and has_items and _digest(content) == self._content_digest:
            raise UnusablePage("it is the same as the page before")

    def _go_to(self, choice: object, target: str) -> None:
        """Turn to the next page; `choice` is None where there is none."""
        if choice is None:
            self._has_ended = True
            return
        self._choice = choice
        self._choice_digests.add(_digest(repr(choice).encode()))
        self._page_number += 1
        self._target = target
        if not target:
            self._parameters[self._paging.parameter] = choice


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def target_of(link: object, request: Request, base: str) -> str:
    """Return path and query of a link, which must not lead away from the service: its host gets the credentials.

    Args:
        link: As the service wrote it; may be relative to the request.
        request: The request that it answers.
        base: The address of the service.

    Raises:
        UnusablePage: It is no URL, or leads elsewhere.
    """
    if not isinstance(link, str) or any(
        c.isspace() or c < "!" or c == "\\" for c in link
    ):
        raise UnusablePage("its link to the next page is no URL")
    encoded_link = quote(link.partition("#")[0], safe=_URL_CHARACTERS)
    try:
        url = urlsplit(
            urljoin(request.origin + request.unauthenticated.target, encoded_link)
        )
        is_below = _origin(url) == _origin(urlsplit(base))
    except ValueError:
        raise UnusablePage("its link to the next page is no URL") from None
    root = urlsplit(base).path.rstrip("/")
    segments = [unquote(segment) for segment in url.path.split("/")]
    if (
        not is_below
        or "@" in url.netloc
        or not url.path.startswith(f"{root}/")
        or url.path.startswith("//")
        or {".", ".."} & set(segments)
    ):
        raise UnusablePage(
            "its link to the next page leads away from the address of the service, and is not followed"
        )
    credentials = {
        name
        for alternative in request.operation.security
        for _, _, place, name in alternative
        if place == "query"
    }
    query = [
        piece
        for piece in url.query.split("&")
        if unquote(piece.partition("=")[0]) not in credentials
    ]
    return f"{url.path}?{'&'.join(query)}" if url.query else url.path


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    """Return what the origin of a URL is compared by (RFC 6454, section 4)."""
    return url.scheme, url.hostname, url.port or _DEFAULT_PORTS.get(url.scheme)


class ItemIterator(Generic[Item]):
    """Iterates over the items of a list. After an error it goes on with the page that has failed."""

    def __init__(self, walk: _Walk[Item, Any]) -> None:
        self._walk = walk

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item:
        with HiddenFrames():
            item = drive(self._walk.next_item())
            if isinstance(item, _End):
                raise StopIteration
            return item


class PageIterator(Generic[Page]):
    """Iterates over the pages of a list. After an error it goes on with the page that has failed."""

    def __init__(self, walk: _Walk[Any, Page]) -> None:
        self._walk = walk

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Page:
        with HiddenFrames():
            page = drive(self._walk.next_page())
            if isinstance(page, _End):
                raise StopIteration
            return page


class AsyncItemIterator(Generic[Item]):
    """Iterates over the items of a list. After an error it goes on with the page that has failed."""

    def __init__(self, walk: _Walk[Item, Any]) -> None:
        self._walk = walk

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        with HiddenFrames():
            item = await self._walk.next_item()
            if isinstance(item, _End):
                raise StopAsyncIteration
            return item


class AsyncPageIterator(Generic[Page]):
    """Iterates over the pages of a list. After an error it goes on with the page that has failed."""

    def __init__(self, walk: _Walk[Any, Page]) -> None:
        self._walk = walk

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page:
        with HiddenFrames():
            page = await self._walk.next_page()
            if isinstance(page, _End):
                raise StopAsyncIteration
            return page


class PagesBase(Generic[Item, Page]):
    """Base class of both kinds of lists.

    Args:
        prepare: Returns a call of the operation with parameters.
        parameters: Those of the first page.

    Raises:
        InvalidRequestError: The operation is no list that comes in pages.
    """

    def __init__(
        self,
        prepare: Callable[[Mapping[str, object]], Call[Page]],
        parameters: Mapping[str, object],
    ) -> None:
        operation = prepare(parameters).operation
        if operation.paging is None:
            raise errors.InvalidRequestError(
                f"{operation.name}: its answer does not come in pages; use client.call. Nothing was sent."
            )
        self._prepare = prepare
        self._paging = operation.paging
        self._parameters = dict(parameters)

    def _walk(self) -> _Walk[Item, Page]:
        return _Walk(self._prepare, self._paging, self._parameters)


class Pages(PagesBase[Item, Page]):
    """A list that comes in pages. Iterate over it for its items; each iteration begins with the first page."""

    def __iter__(self) -> ItemIterator[Item]:
        return ItemIterator(self._walk())

    def by_page(self) -> PageIterator[Page]:
        """Return an iterator over whole pages, each as `client.call` returns it."""
        return PageIterator(self._walk())


class AsyncPages(PagesBase[Item, Page]):
    """A list that comes in pages. Iterate over it for its items; each iteration begins with the first page."""

    def __aiter__(self) -> AsyncItemIterator[Item]:
        return AsyncItemIterator(self._walk())

    def by_page(self) -> AsyncPageIterator[Page]:
        """Return an iterator over whole pages, each as `client.call` returns it."""
        return AsyncPageIterator(self._walk())
