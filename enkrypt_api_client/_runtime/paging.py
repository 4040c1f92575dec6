"""How a list comes in pages, and where it goes on. No input or output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .values import UNSET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

PagingKind = Literal["cursor", "page", "offset", "link"]
# Names of attributes, from an outer object to the value that is meant.
Path = tuple[str, ...]

# RFC 8288, section 3: a link with its parameters; one parameter, whose value is quoted or not.
_PARAMETER = (
    r"[ \t]*;[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)"
    r'(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?'
)
_LINK_PARAMETER = re.compile(_PARAMETER)
_LINK = re.compile(rf"[ \t,]*<([^>]*)>((?:{_PARAMETER})*)[ \t]*(?:,|$)")


class UnusablePage(Exception):
    """A page has not what the document and generator-config.yaml say that it has. The text ends a sentence about the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How a list comes in pages. Paths are made of Python names.

    Args:
        kind: What chooses a page: a cursor, its number, the number of items before it, or a link.
        items: The path from a page to its items; empty where the page is the list itself.
        items_required: Whether the document says that they are always there.
        parameter: The parameter that chooses a page, by its Python name; "" for links.
        first: The number of the first page, or of the items before it, where the caller gives none.
        following: The path from a page to the next cursor or link; empty for numbers, for the header Link, and where an item has it.
        following_in_item: The path from the last item of a page to the next cursor; empty where the page has it.
        more: The path from a page to whether there are others; empty where it does not say.
        total: The path from a page to the number of all items; empty where it does not say.
        last: The path from a page to the number of the last page; empty where it does not say.
        most_pages: A list with more pages is taken for endless.
    """

    kind: PagingKind
    items: Path = ()
    items_required: bool = False
    parameter: str = ""
    first: int = 0
    following: Path = ()
    following_in_item: Path = ()
    more: Path = ()
    total: Path = ()
    last: Path = ()
    most_pages: int = 10_000

    def items_of(self, page: object) -> Sequence[Any]:
        """Return the items of a page. A list that is missing or null is empty, unless the document says that it is always there.

        Raises:
            UnusablePage: There is no list.
        """
        items = _value_at(page, self.items)
        if isinstance(items, list):
            return items
        is_missing = items is None or items is UNSET
        if is_missing and self.items and not self.items_required:
            return ()
        where = ".".join(self.items)
        raise UnusablePage(f"it has no list {where}" if where else "it is no list")

    def choice_after(
        self,
        page: object,
        items: Sequence[object],
        *,
        choice: object,
        count: int,
        link_header: str,
    ) -> object:
        """Return what chooses the page after this one: a value for the parameter, or a link; None where this is the last one.

        A page that is shorter than the caller asked for is no end: services limit the size of pages.

        Args:
            page: This page.
            items: Its items.
            choice: What has chosen this page; None where the caller gave nothing.
            count: The number of items so far, those of this page included.
            link_header: The header Link of this page.

        Raises:
            UnusablePage: The page says that there are others, and not where.
        """
        has_more = _value_at(page, self.more) if self.more else None
        if has_more is False:
            return None
        following: object
        if self.kind in ("page", "offset"):
            following = self._number_after(page, items, choice, count, has_more is True)
        elif self.following_in_item:
            following = None
            if items:
                following = _stated(_value_at(items[-1], self.following_in_item))
        elif self.following:
            following = _stated(_value_at(page, self.following))
        else:
            following = next_link(link_header)
        if following is None and has_more is True:
            raise UnusablePage("it says that there are more pages, and not where")
        return following

    def _number_after(
        self,
        page: object,
        items: Sequence[object],
        choice: object,
        count: int,
        has_more: bool,
    ) -> int | None:
        """Return the number of the next page, or of the items before it; None where there is none."""
        if not items and not has_more:
            return None
        if not items and self.kind == "offset":
            raise UnusablePage("it says that there are more pages, and is empty")
        number = choice if isinstance(choice, int) else self.first
        total = _value_at(page, self.total) if self.total else None
        last = _value_at(page, self.last) if self.last else None
        if self.kind == "offset":
            number += len(items)
            count = number
        elif isinstance(last, int | float) and number >= last:
            return None
        else:
            number += 1
        if isinstance(total, int | float) and count >= total:
            return None
        return number


def next_link(header: str) -> str | None:
    """Return the link to the next page in a header Link (RFC 8288); None where there is none."""
    position = 0
    while link := _LINK.match(header, position):
        position = link.end()
        parameters: dict[str, str] = {}
        for name, quoted, plain in _LINK_PARAMETER.findall(link[2]):
            # The first one counts (section 3.3).
            parameters.setdefault(name.lower(), quoted or plain)
        # A link with an anchor says nothing about this page.
        is_about_page = "anchor" not in parameters
        if is_about_page and "next" in parameters.get("rel", "").lower().split():
            return link[1].strip()
    return None


def _stated(value: object) -> object:
    """Return a cursor or link; None where its value means the end. Services write that as null, "" or false, or leave it out."""
    is_end = value is None or value is UNSET or value is False or value == ""
    return None if is_end else value


def _value_at(value: object, path: Path) -> object:
    """Return the value that a path leads to: None or `UNSET` where an object on the way is null or missing.

    Raises:
        UnusablePage: What is on the way is no object of the document.
    """
    for name in path:
        if value is None or value is UNSET:
            break
        if not hasattr(value, name):
            raise UnusablePage(f"it has no field {'.'.join(path)}")
        value = getattr(value, name)
    return value
