"""Add the operations of vendor pages to a document; what stands there keeps its order and spelling.

The vendor cuts one document into pages, so what the pages given together say of one part must mean the same. A new page has the last word
on what stood there before; where that changes a part that other operations use as well, it is noted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from scripts.common.errors import DocumentError
from scripts.common.printer import listing
from scripts.intake import document as oas
from scripts.intake.difference import change, difference, same, shown_value
from scripts.intake.document import Json, Pointer, Source
from scripts.intake.parts import (
    GENERAL,
    PART_LEVEL,
    PATH_KEYS,
    Parts,
    document_of,
    operation_keys,
    parts_of,
    users_of,
)
from scripts.intake.rewrite import rewrite
from scripts.intake.yaml_text import at

_OPENAPI = ("openapi",)
_TAGS = ("tags",)
_INFO = ("info",)
_MINOR_VERSION = len("3.0.")  # what follows, the patch version, changes no rule


@dataclass(frozen=True, slots=True)
class Merged:
    """A document that says all of its sources, and what a maintainer should know about it."""

    source: Source
    notes: list[str]


def merge(
    pages: list[Source], current: Source | None = None, remove: Iterable[str] = ()
) -> Merged:
    """The current document with the operations of the pages added or replaced, and without those to remove.

    Where a single page has every operation of the current document, the result is that page, byte for byte.

    Raises:
        DocumentError: Pages contradict each other, or the current document in what holds for all operations; or there is no such operation
            to remove.
    """
    base = current or pages[0]
    old = dict(parts_of(base.document))
    operations = operation_keys(base.document)
    parts = {**old}
    for key in remove:
        if key not in operations:
            existing = ", ".join(operations)
            raise DocumentError(f"no operation {key!r} to remove; there are {existing}")
        del parts[operations.pop(key)]
    in_pages = {key for page in pages for key in operation_keys(page.document)}
    untouched = operations.keys() - in_pages
    origins: dict[Pointer, Source] = {}
    if current is None:
        origins = dict.fromkeys([*_places_by_default(base.document), *parts], base)
    elif untouched:
        origins = dict.fromkeys(GENERAL, base)
    for page in pages:
        if page is not base:
            _add(page, parts, origins, current)
    notes = [*_changes(old, parts, origins, untouched)]
    if current and len(pages) == 1 and not untouched:
        return Merged(pages[0], notes)
    notes += _drop_unused(old, parts)
    return Merged(_source(base, document_of(parts), origins), notes)


def _source(base: Source, document: Json, origins: dict[Pointer, Source]) -> Source:
    """The document as text: that of the base, with only the lines replaced that differ."""
    with contextlib.suppress(DocumentError):
        source = oas.from_text(rewrite(base, document, origins), base.name)
        if same(source.document, document):
            return source
    # Of a style that has no lines for each part, such as flow style.
    return oas.from_text(oas.to_yaml(document), base.name)


def _places_by_default(document: Json) -> list[Pointer]:
    """Places of the parts that a page removes by leaving them out."""
    places = [*GENERAL]
    for operation in operation_keys(document).values():
        places += [(*operation[:2], key) for key in PATH_KEYS]
    return places


def _add(
    page: Source,
    parts: Parts,
    origins: dict[Pointer, Source],
    current: Source | None,
) -> None:
    """Take in all that a page says.

    Args:
        page: The page.
        parts: Those of the document so far; changed here.
        origins: By place, the document that no later page may contradict; changed here.
        current: The current document, for messages.
    """
    by_default = _places_by_default(page.document)
    page_parts: Parts = {**dict.fromkeys(by_default), **dict(parts_of(page.document))}
    for place, value in page_parts.items():
        old = parts.get(place)
        if place in by_default and not old and not value:
            value = old  # an empty list says as much as none
        elif place == _TAGS:
            value = _merged_tags(old, value)
        elif place == _OPENAPI and str(old)[:_MINOR_VERSION] == value[:_MINOR_VERSION]:
            value = max(str(old), value)
        elif place in origins and (place in GENERAL or len(place) >= PART_LEVEL):
            contradiction = difference(old, value)
            if contradiction:
                names = f"{origins[place].name} and {page.name}"
                advice = _advice(place, origins[place] is current)
                raise DocumentError(
                    f"{at(place)} differs in {names}: {contradiction}{advice}"
                )
        if place in by_default and value is None:
            parts.pop(place, None)
        elif place not in parts or not same(old, value):
            parts[place] = value
        origins[place] = page


def _merged_tags(old: Json, new: Json) -> Json:
    """The tags of both, each name once."""
    tags = {tag["name"]: tag for tag in [*(old or ()), *new]}
    return [*tags.values()]


def _advice(place: Pointer, is_in_current: bool) -> str:
    """Advice where two documents mean different things."""
    if place not in GENERAL:
        return (
            "; if the vendor has not published every page anew that shows it, wait for the others, or take in the newer page alone:"
            ' make update PAGES="..."'
        )
    if is_in_current:
        return "; it holds for all operations, so give all pages anew with --start-over"
    return (
        "; it holds for all operations, so give only pages of one API; if these are, and the vendor has not published every page anew,"
        " wait for the others"
    )


def _changes(
    old: Parts, new: Parts, origins: dict[Pointer, Source], untouched: Collection[str]
) -> Iterator[str]:
    """The changes beyond the operations of the pages."""
    users = users_of({**old, **new})
    for place, page in origins.items():
        before = old.get(place)
        after = new.get(place)
        if same(before, after) or (before is None and place[0] != "paths"):
            continue
        if place == _INFO and before and after:
            yield from _changes_of_info(before, after, page)
        affected = sorted(users.get(place, set()).intersection(untouched))
        if affected:
            verb = "uses" if len(affected) == 1 else "use"
            what = change(before, after) or "only its wording"
            yield f"{page.name} changes {at(place)}, which {listing(affected)} {verb}: {what}"


def _changes_of_info(before: Json, after: Json, page: Source) -> Iterator[str]:
    for key in {**before, **after}:
        old_value = shown_value(before.get(key))
        new_value = shown_value(after.get(key))
        if old_value != new_value:
            yield f"info.{key} was {old_value}; {page.name} has {new_value}"


def _drop_unused(old: Parts, parts: Parts) -> Iterator[str]:
    """Drop what only a replaced or removed operation used. Yields a note for each component."""
    no_longer_used = users_of(old).keys() - users_of(parts)
    for place in sorted(no_longer_used & parts.keys()):
        del parts[place]
        if place[0] == "components":
            yield f"{at(place)} is no longer used and was removed"
