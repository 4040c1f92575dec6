"""Reads the index of a documentation site: `llms.txt`, a Markdown list of links to its pages.

The format is that of https://llmstxt.org, as Mintlify and others publish it:

    # Example
    ## Docs
    - [Get a model](https://docs.example/api-reference/get-model.md): Returns one model.
    ## OpenAPI Specs
    - [openapi](https://docs.example/openapi.json)

Only links of list items count. All other text is ignored, also where it is addressed to programs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from scripts.common.errors import SiteError

# The endings of pages and of whole documents. What ends otherwise is made for people (HTML) or is no page.
PAGE_ENDINGS = (".md", ".mdx", ".markdown")
DOCUMENT_ENDINGS = (".yaml", ".yml", ".json")
LONGEST_ADDRESS = 2_000  # characters
LONGEST_NAME = 120  # bytes of one folder or file name

_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+[*_]{0,3}\[")
# Parentheses may stand in an address in pairs (CommonMark 0.31, 6.3).
_TARGET = re.compile(
    r"\]\([ \t]*(?:<(?P<quoted>[^<>]*)>|(?P<bare>(?:[^\s()<>]|\([^\s()<>]*\))*))"
)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a site (RFC 6454)."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Origin:
        """The origin of an absolute address. Raises SiteError if the address has none, or names a user."""
        address_parts = _split(address)
        scheme = address_parts.scheme.lower()
        try:
            port = address_parts.port
        except ValueError:
            raise SiteError(f"{shown(address)} has no valid port") from None
        if scheme not in _DEFAULT_PORTS or not address_parts.hostname:
            raise SiteError(f"{shown(address)} is not the address of a web page")
        if address_parts.username is not None or address_parts.password is not None:
            raise SiteError("an address of the site holds a user name; remove it")
        host = address_parts.hostname.lower().rstrip(".")
        return cls(scheme, host, port or _DEFAULT_PORTS[scheme])

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.port == _DEFAULT_PORTS[self.scheme]:
            return f"{self.scheme}://{host}"
        return f"{self.scheme}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the site, as its index names it."""

    address: str  # absolute, without a fragment
    name: str  # relative path of the file that takes the page, with "/" between folders
    line: int  # of the index, from 1

    @property
    def is_document(self) -> bool:
        """Whether this is a whole OpenAPI document instead of a page."""
        return self.name.lower().endswith(DOCUMENT_ENDINGS)


@dataclass(frozen=True, slots=True)
class Index:
    """The links of an index."""

    links: tuple[Link, ...]  # each address once
    elsewhere: tuple[str, ...]  # addresses of pages on other sites


def read_index(text: str, address: str) -> Index:
    """The links of an index to pages and documents of its own site.

    Args:
        text: The index.
        address: Where it was read; relative links start there.

    Raises:
        SiteError: A link cannot become a file name, or two links become the same one. The message names the line.
    """
    origin = Origin.of(address)
    links: dict[str, Link] = {}
    elsewhere: dict[str, None] = {}
    for line_number, target in _targets(text):
        where = f"line {line_number} of the index"
        if len(target) > LONGEST_ADDRESS:
            raise SiteError(
                f"{where}: the link is longer than {LONGEST_ADDRESS} characters"
            )
        absolute = _absolute(target, address, where)
        absolute_parts = _split(absolute)
        if not _is_page(absolute_parts):
            continue
        if Origin.of(absolute) != origin:
            elsewhere[absolute] = None
            continue
        # urljoin has already applied "..", so the path as the index writes it is checked as well.
        name = _file_name(_split(target).path, absolute_parts.path, where)
        if absolute_parts.query:
            continue  # another form of a page that the index lists without it
        links.setdefault(absolute, Link(absolute, name, line_number))
    _refuse_equal_names(links.values())
    return Index(tuple(links.values()), tuple(elsewhere))


def matching(links: Sequence[Link], patterns: Sequence[str]) -> tuple[Link, ...]:
    """The links whose address fits one of the patterns; all links if there are none.

    `*` stands for any text, slashes included. A pattern without `*`, `?` or `[` fits every address that contains it.
    """
    if not patterns:
        return tuple(links)
    return tuple(link for link in links if is_matching(link.address, patterns))


def is_matching(address: str, patterns: Sequence[str]) -> bool:
    """Whether an address, or its path alone, fits one of the patterns."""
    for pattern in patterns:
        if not re.search(r"[*?\[]", pattern):
            pattern = f"*{pattern}*"
        if fnmatchcase(address, pattern) or fnmatchcase(
            urlsplit(address).path, pattern
        ):
            return True
    return False


def shown(address: str) -> str:
    """An address for a message: cut to 200 characters, with a mark in the place of each invisible one."""
    visible = "".join(
        c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in address
    )
    return visible if len(visible) <= 200 else f"{visible[:200]}..."


def _targets(text: str) -> Iterator[tuple[int, str]]:
    """The line number and the target of the link in each list item, outside of code blocks and comments."""
    fence = ""
    in_comment = False
    for number, line in enumerate(text.split("\n"), 1):
        opening = _FENCE.match(line)
        if in_comment:
            in_comment = "-->" not in line
        elif fence:
            if opening and opening[1].startswith(fence):
                fence = ""
        elif opening:
            fence = opening[1]
        elif line.lstrip().startswith("<!--"):
            in_comment = "-->" not in line
        elif _LIST_ITEM.match(line):
            target = _TARGET.search(line)
            if target:
                yield number, target["quoted"] or target["bare"] or ""


def _is_page(address: SplitResult) -> bool:
    """Whether an address is on the web and ends as pages or whole documents do."""
    has_ending = address.path.lower().endswith((*PAGE_ENDINGS, *DOCUMENT_ENDINGS))
    return address.scheme in _DEFAULT_PORTS and has_ending


def _absolute(target: str, base: str, where: str) -> str:
    """The address that a link of the index names, without its fragment."""
    if any(not c.isprintable() for c in target):
        raise SiteError(
            f"{where}: the link {shown(target)!r} has an invisible character"
        )
    try:
        return urljoin(base, target).partition("#")[0]
    except ValueError:
        raise SiteError(f"{where}: {shown(target)!r} is not an address") from None


def _file_name(link: str, path: str, where: str) -> str:
    """The relative file name for a page.

    Args:
        link: The path as the index writes it.
        path: The path of the absolute address.
        where: The place of the link, for messages.
    """
    for step in re.split(r"[/\\]", _decoded(link)):
        if step == "..":
            raise SiteError(f"{where}: the link {shown(link)!r} has '..' in its path")
    steps = [_decoded(step) for step in path.split("/") if step]
    for step in steps:
        if step.startswith(".") or step.endswith((" ", ".")) or _UNSAFE.search(step):
            raise SiteError(f"{where}: {shown(step)!r} cannot be a file name")
        if not step.isprintable() or len(step.encode()) > LONGEST_NAME:
            raise SiteError(f"{where}: {shown(step)!r} cannot be a file name")
    if not steps or len(steps) > 20:
        raise SiteError(f"{where}: the link {shown(link)!r} cannot be a file name")
    return "/".join(steps)


def _decoded(text: str) -> str:
    """Text without percent-encoding, also where it was encoded twice."""
    for _ in range(3):
        text, before = unquote(text, errors="replace"), text
        if text == before:
            break
    return text


def _refuse_equal_names(links: Iterable[Link]) -> None:
    """Raise SiteError where two pages would become one file, or a page would be a file in the place of another one's folder.

    Names that differ in case alone are one file on macOS and Windows.
    """
    files: dict[str, Link] = {}
    folders: dict[str, Link] = {}
    for link in links:
        name = unicodedata.normalize("NFC", link.name).casefold()
        parent = name.rpartition("/")[0]
        while parent and parent not in folders:
            folders[parent] = link
            parent = parent.rpartition("/")[0]
        other = files.setdefault(name, link)
        if other is not link:
            raise _same_name(link, other)
    for name, link in files.items():
        if name in folders:
            raise _same_name(link, folders[name])


def _same_name(link: Link, other: Link) -> SiteError:
    return SiteError(
        f"lines {other.line} and {link.line} of the index: {shown(other.name)!r} and {shown(link.name)!r} would be the same file"
    )


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        raise SiteError(f"{shown(address)!r} is not an address") from None
