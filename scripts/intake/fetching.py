"""Fetch the pages of a documentation site into a folder, and compare them with openapi.yaml."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.common import project
from scripts.common.printer import listing
from scripts.intake import document as oas
from scripts.intake import page_folder
from scripts.intake.document import Source
from scripts.intake.page_cache import PageCache
from scripts.intake.pages import check
from scripts.intake.parts import doubled_ids
from scripts.intake.site import Progress, Site, read_site
from scripts.intake.site_client import Resolver, SiteClient, SiteLimits, resolve
from scripts.intake.site_index import Origin
from scripts.intake.standing import Standing, standing

# As the vendor's own pages say in their first lines.
INDEX = "https://docs.enkryptai.com/llms.txt"
# Ignored by git.
FOLDER = project.ROOT / ".fetch"
# Limits of processor time, and of elapsed time. `SiteLimits` ends the reading of a slow site before.
SECONDS = 300
CLOCK_SECONDS = SiteLimits().total_seconds + 300


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """The pages to fetch, and the document to compare them with."""

    index_address: str
    pages_folder: Path  # takes the pages
    cache_folder: Path  # keeps copies of all pages from run to run
    document: Path  # openapi.yaml; need not exist
    patterns: tuple[str, ...] = ()  # only pages whose address fits one of them
    loopback: bool = False  # whether the site may be on this machine


@dataclass(frozen=True, slots=True)
class Fetched:
    """The pages of a site, compared with the document."""

    site: Site
    current: Source | None
    standing: Standing


def fetch(
    request: FetchRequest,
    *,
    limits: SiteLimits | None = None,
    resolver: Resolver = resolve,
    transport: httpx.BaseTransport | None = None,
    progress: Progress = lambda done, total, downloaded: None,
) -> Fetched:
    """Fetch the pages of a site. The folder changes only once all of them have been read and checked.

    Args:
        request: What to fetch.
        limits: Of size and time.
        resolver: Gives the addresses of the site's host.
        transport: Sends the requests; that of httpx by default.
        progress: Called before each page, with the number of pages so far, of all pages, and of those downloaded.

    Raises:
        SiteError: The site cannot be read, or the folder holds files of others.
        DocumentError: A page or the document cannot be used.
        FileError: The folder is a symbolic link or holds one.
        OSError: The folder cannot be written.
    """
    page_folder.check_folder(request.pages_folder)
    current = _current(request.document)
    client = SiteClient(
        Origin.of(request.index_address),
        loopback=request.loopback,
        site_limits=limits,
        resolver=resolver,
        transport=transport,
    )
    with closing(client):
        site = read_site(
            client,
            request.index_address,
            PageCache(request.cache_folder),
            patterns=request.patterns,
            progress=progress,
        )
    folder = request.pages_folder
    index = request.index_address
    earlier = page_folder.seen_earlier(folder, index, request.patterns, site)
    compared = standing(site, current, earlier)
    # Until openapi.yaml is without them, a later run must know that they are gone.
    absent = [*compared.gone, *compared.unseen]
    page_folder.write_pages(folder, site, index, absent)
    return Fetched(site, current, compared)


def _current(document: Path) -> Source | None:
    """The document to compare with, checked; None if there is none."""
    if not document.exists():
        return None
    source = oas.source(document)
    check(source)
    return source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the commands that fetch: what to read, and where to keep it."""
    add = parser.add_argument
    add("--index", default=INDEX, metavar="URL", help=f"index of the site; {INDEX}")
    add("--match", action="append", default=[], metavar="PATTERN",
        help="read only pages whose address fits, such as '*/models/*'; may be repeated")  # fmt: skip
    add("--into", type=Path, default=FOLDER / "pages", metavar="FOLDER",
        help="where the pages are written; .fetch/pages")  # fmt: skip
    add("--loopback", action="store_true",
        help="allow http:// to loopback addresses, for trials")  # fmt: skip
    add("--cache", type=Path, default=FOLDER / "cache", metavar="FOLDER",
        help="copies of pages from run to run; .fetch/cache")  # fmt: skip
    add("--exit-zero", action="store_true",
        help="exit code 0 also where something is new, as make wants it")  # fmt: skip


def request_of(options: argparse.Namespace, document: Path) -> FetchRequest:
    """The request that the arguments state, to be compared with a document."""
    return FetchRequest(
        index_address=options.index,
        pages_folder=options.into,
        cache_folder=options.cache,
        document=document,
        patterns=tuple(options.match),
        loopback=options.loopback,
    )


def show_progress(done: int, total: int, downloaded: int) -> None:
    """Say on a terminal how far the reading is, on one line that is written again and again."""
    if not sys.stderr.isatty():
        return
    end = "\n" if done == total else ""
    sys.stderr.write(f"\r\x1b[K{done} of {total} pages, {downloaded} downloaded{end}")
    sys.stderr.flush()


def messages(fetched: Fetched) -> Iterator[str]:
    """The results of a run, a sentence each."""
    site = fetched.site
    compared = fetched.standing
    for key in compared.new:
        yield f"new {key} ({compared.pages[key]})"
    for key in compared.changed:
        wording = ", only its wording" if key in compared.reworded else ""
        yield f"changed {key} ({compared.pages[key]}){wording}"
    for key in compared.gone:
        yield f"gone {key}"
    for key in compared.unchanged:
        yield f"unchanged {key}"
    for note in notes(fetched):
        yield f"note: {note}"
    yield (
        f"{len(site.pages)} of {site.requested} pages hold operations; {site.downloaded} downloaded"
    )


def notes(fetched: Fetched) -> Iterator[str]:
    """Further notes for the maintainer, a sentence each."""
    site = fetched.site
    compared = fetched.standing
    yield from compared.merged.notes
    before = fetched.current.document if fetched.current else {}
    yield from doubled_ids(before, compared.merged.source.document)
    if compared.unseen:
        yield (
            f"on none of the pages that were read, and perhaps on others: {listing(compared.unseen)}"
        )
    if site.missing:
        yield (
            f"the site does not have pages that its index lists, and what openapi.yaml has of them stays: {listing(site.missing)};"
            " to remove an operation: make update FLAGS=\"--remove 'METHOD /path'\""
        )
    if site.disallowed:
        yield f"robots.txt asks not to read {listing(site.disallowed)}"
    if site.elsewhere:
        yield f"pages on other sites were not read: {listing(site.elsewhere)}"
