"""Read the pages of a documentation site that hold operations, as they all were at one moment.

The site is not trusted: see `site_client` for what is requested, and `site_index` for what its index may say. Pages that were downloaded
before are requested again only if they have changed. Nothing is written but copies in the cache, so a run that stops half-way changes
nothing, and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from protego import Protego

from scripts.common.errors import DocumentError, SiteError
from scripts.intake import document as oas
from scripts.intake import pages
from scripts.intake.document import MarkupError, Source
from scripts.intake.page_cache import CachedPage, PageCache
from scripts.intake.site_client import USER_AGENT, SiteClient
from scripts.intake.site_index import Index, Link, matching, read_index, shown

MAX_ROBOTS_BYTES = 512 * 1024  # RFC 9309, 2.5

# Called with the number of pages requested so far, of all pages, and of those downloaded.
Progress = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page that holds operations."""

    address: str
    name: str  # relative path of its file
    content: bytes
    sources: tuple[Source, ...]  # its documents, checked


@dataclass(frozen=True, slots=True)
class Site:
    """The pages of a site."""

    pages: tuple[SitePage, ...]
    requested: int  # pages that fit the patterns and may be read
    downloaded: int  # of these, those whose content came over the network
    missing: tuple[
        str, ...
    ]  # addresses that the index lists and the site does not have (404)
    disallowed: tuple[str, ...]  # addresses that robots.txt asks not to read
    elsewhere: tuple[str, ...]  # addresses of pages on other sites
    is_complete: bool  # whether every page that the index lists was read

    @property
    def sources(self) -> list[Source]:
        return [source for page in self.pages for source in page.sources]


def read_site(
    client: SiteClient,
    index_address: str,
    cache: PageCache,
    *,
    patterns: Sequence[str] = (),
    progress: Progress = lambda done, total, downloaded: None,
) -> Site:
    """Read a site.

    Args:
        client: Requests its pages.
        index_address: Where its index is.
        cache: Copies of pages from earlier runs.
        patterns: Read only pages whose address fits one of them; see `site_index.matching`.
        progress: Called before each page.

    Raises:
        SiteError: The site cannot be read, or changed while it was read.
        DocumentError: A page cannot be used; the message names the page and the line.
    """
    return _Reading(client, index_address, cache, progress).read(patterns)


class _Reading:
    """One reading of a site. Counts what is downloaded."""

    def __init__(
        self,
        client: SiteClient,
        index_address: str,
        cache: PageCache,
        progress: Progress,
    ) -> None:
        self.client = client
        self.index_address = index_address
        self.cache = cache
        self.progress = progress
        self.downloaded = 0
        self.has_changed = False  # since the copies in the cache

    def read(self, patterns: Sequence[str]) -> Site:
        robots = self._robots()
        self.client.pause = max(
            self.client.pause, robots.crawl_delay(USER_AGENT) or 0.0
        )
        index_bytes = self._index(robots)
        index = self._links(index_bytes)
        selected = self._selected(index.links, patterns)
        allowed = [
            link for link in selected if robots.can_fetch(link.address, USER_AGENT)
        ]
        if not allowed:
            raise SiteError("robots.txt asks not to read any of the pages")
        contents, missing = self._contents(allowed)
        site_pages = []
        for link, content in contents.items():
            page = self._page(link, content)
            if page is not None:
                site_pages.append(page)
        if not site_pages:
            raise SiteError(_no_operation(selected, allowed, missing))
        if self.has_changed:
            self._look_again(index_bytes, site_pages)
        self.cache.keep_only({link.address for link in index.links})
        allowed_addresses = {link.address for link in allowed}
        return Site(
            pages=tuple(site_pages),
            requested=len(allowed),
            downloaded=self.downloaded,
            missing=tuple(link.address for link in missing),
            disallowed=tuple(
                link.address
                for link in selected
                if link.address not in allowed_addresses
            ),
            elsewhere=index.elsewhere,
            is_complete=len(contents) == len(index.links),
        )

    def _links(self, index_bytes: bytes) -> Index:
        """The pages that the index lists. Raises SiteError if it lists none of its own site."""
        name = shown(self.index_address)
        index = read_index(self._text(index_bytes, "the index"), self.index_address)
        if index.links:
            return index
        if index.elsewhere:
            raise SiteError(
                f"{name} lists no page of its own site, but pages such as {shown(index.elsewhere[0])}"
            )
        raise SiteError(
            f"{name} is no index: no line of it is '- [title](address of a page)'"
        )

    def _selected(
        self, links: Sequence[Link], patterns: Sequence[str]
    ) -> tuple[Link, ...]:
        """The links that fit the patterns. Raises SiteError if there are none, or too many."""
        selected = matching(links, patterns)
        if not selected:
            raise SiteError(f"none of the {len(links)} pages of the index fits --match")
        most = self.client.limits.links
        if len(selected) > most:
            raise SiteError(
                f"the index lists {len(selected)} pages, more than {most}; narrow with --match"
            )
        return selected

    def _robots(self) -> Protego:
        """The rules of robots.txt (RFC 9309); a site without one has none."""
        answer = self.client.get(
            urljoin(self.index_address, "/robots.txt"), MAX_ROBOTS_BYTES
        )
        return Protego.parse(answer.content.decode("utf-8", "replace"))

    def _index(self, robots: Protego) -> bytes:
        if not robots.can_fetch(self.index_address, USER_AGENT):
            raise SiteError(f"robots.txt asks not to read {shown(self.index_address)}")
        answer = self.client.get(self.index_address, self.client.limits.index_bytes)
        if answer.is_missing:
            raise SiteError(
                f"{shown(self.index_address)}: the site has no such page (status {answer.status}); name its index with --index"
            )
        return answer.content

    def _contents(self, links: Sequence[Link]) -> tuple[dict[Link, bytes], list[Link]]:
        """The content of each page, and the pages that the site does not have."""
        contents: dict[Link, bytes] = {}
        missing: list[Link] = []
        for number, link in enumerate(links):
            self.progress(number, len(links), self.downloaded)
            content = self._content(link)
            if content is None:
                missing.append(link)
            else:
                contents[link] = content
        self.progress(len(links), len(links), self.downloaded)
        return contents, missing

    def _content(self, link: Link) -> bytes | None:
        """The content of a page: the copy if that is current, else what the site sends. None if there is no such page."""
        copy = self.cache.read(link.address)
        answer = self.client.get(
            link.address, self._max_bytes(link), copy.validators if copy else None
        )
        if answer.is_missing:
            return None
        if answer.status == 304:
            if copy is None:
                raise SiteError(
                    f"{shown(link.address)}: status 304 to a request without conditions"
                )
            return copy.content
        self.downloaded += 1
        if copy is None or copy.content != answer.content:
            self.has_changed = True
        self.cache.write(link.address, CachedPage(answer.content, answer.validators))
        return answer.content

    def _max_bytes(self, link: Link) -> int:
        limits = self.client.limits
        return limits.document_bytes if link.is_document else limits.page_bytes

    def _page(self, link: Link, content: bytes) -> SitePage | None:
        """The page with its documents; None if it holds no operation."""
        text = self._text(content, link.name)
        sources = pages.sources_of_site_page(text, link.name)
        if not sources:
            return None
        return SitePage(link.address, link.name, content, tuple(sources))

    def _text(self, content: bytes, name: str) -> str:
        try:
            return oas.decode(content)
        except MarkupError:
            raise SiteError(
                f"{name}: the site sent HTML or XML, perhaps an error page; run again later, or look at the page in a browser"
            ) from None
        except DocumentError as error:
            raise DocumentError(f"{name}: {error}") from None

    def _look_again(self, index: bytes, site_pages: Sequence[SitePage]) -> None:
        """Make sure that no page changed between the first request and the last: only then do they belong together."""
        answer = self.client.get(self.index_address, self.client.limits.index_bytes)
        if answer.content != index:
            raise self._changed(self.index_address)
        for page in site_pages:
            copy = self.cache.read(page.address)
            answer = self.client.get(
                page.address,
                self.client.limits.document_bytes,
                copy.validators if copy else None,
            )
            if answer.status != 304 and answer.content != page.content:
                raise self._changed(page.address)

    def _changed(self, address: str) -> SiteError:
        return SiteError(f"{shown(address)} changed while the site was read; run again")


def _no_operation(
    selected: Sequence[Link], allowed: Sequence[Link], missing: Sequence[Link]
) -> str:
    """That no page holds an operation, and which of them were not seen, one of each kind by name."""
    reasons = []
    forbidden = [link for link in selected if link not in allowed]
    if forbidden:
        reasons.append(
            f"robots.txt asks not to read {len(forbidden)} of them, such as {shown(forbidden[0].address)}"
        )
    if missing:
        reasons.append(
            f"the site does not have {len(missing)} of them, such as {shown(missing[0].address)}"
        )
    sentence = f"none of the {len(selected)} pages of the index holds an operation"
    return "; ".join([sentence, *reasons])
