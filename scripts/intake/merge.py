"""Add the operations of vendor pages to a document; what stands there keeps its order and spelling.

The vendor cuts one document into pages, so what the pages given together say of one part must mean the same. A new page has the last word
on what stood there before; where that changes a part that other operations use as well, it is noted.
"""

from __future__ import annotations

import contextlib
import copy
import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scripts.common.errors import DocumentError
from scripts.intake import document as oas
from scripts.intake.document import METHODS, Json, Pointer, Source
from scripts.intake.prose import without_prose
from scripts.intake.rewrite import is_nested, rewrite, same
from scripts.intake.yaml_text import at, referred

Parts = dict[Pointer, Json]

# What holds for all operations, and keys with what holds for those of a path.
_GENERAL: list[Pointer] = [("openapi",), ("jsonSchemaDialect",), ("servers",)]
_GENERAL += [("security",)]
_SHARED = ("parameters", "servers")


class Merged(NamedTuple):
    """A document that says all of its sources, and what a maintainer should know about it."""

    source: Source
    notes: list[str]


def keys(document: Json) -> dict[str, Pointer]:
    """The operations of a document as "METHOD /path", with their places."""
    return {
        f"{method.upper()} {path}": ("paths", path, method)
        for path, method, _item, _operation in oas.operations(document)
    }


def merge(
    pages: list[Source], current: Source | None = None, remove: Iterable[str] = ()
) -> Merged:
    """The current document with the operations of the pages added or replaced, and without those to remove.

    A single page that has every operation there is comes back byte for byte.

    Raises:
        DocumentError: Pages contradict each other, or the current document in what holds for all operations; or there is no such operation
            to remove.
    """
    base = current or pages[0]
    old, operations = dict(parts_of(base.document)), keys(base.document)
    parts = {**old}
    for key in remove:
        if key not in operations:
            there = ", ".join(operations)
            raise DocumentError(f"no operation {key!r} to remove; there are {there}")
        del parts[operations.pop(key)]
    kept = operations.keys() - {key for page in pages for key in keys(page.document)}
    said = [*_said(base), *parts]
    fixed = said if current is None else _GENERAL if kept else []
    origins = dict.fromkeys(fixed, base)
    for page in pages:
        if page is not base:
            _add(page, parts, origins)
    notes = [*_changes(old, parts, origins, kept)]
    if current and len(pages) == 1 and not kept:
        return Merged(pages[0], notes)
    notes += _drop_unused(old, parts)
    document = _document(parts)
    with contextlib.suppress(DocumentError):
        merged = oas.from_text(rewrite(base, document, origins), base.name)
        if same(merged.document, document):
            return Merged(merged, notes)
    # Of a style that has no lines for each part, such as flow style.
    return Merged(oas.from_text(oas.to_yaml(document), base.name), notes)


def _said(page: Source) -> Parts:
    """Parts of which a page says that there are none by not having them."""
    paths = [path for _top, path, _method in keys(page.document).values()]
    shared = [("paths", path, key) for path in paths for key in _SHARED]
    return dict.fromkeys([*_GENERAL, *shared])


def _add(page: Source, parts: Parts, origins: dict[Pointer, Source]) -> None:
    """Take in all that a page says.

    Args:
        origins: Whom no later page may contradict.
    """
    said = _said(page)
    for place, value in (said | dict(parts_of(page.document))).items():
        mine = parts.get(place)
        if place in said and not (mine or value):
            value = mine  # an empty list says as much as none
        elif place == ("tags",):
            tags = {tag["name"]: tag for tag in [*(mine or ()), *value]}
            value = [*tags.values()]
        elif place == ("openapi",) and str(mine)[:4] == value[:4]:
            value = max(str(mine), value)  # the last of its numbers means nothing
        elif place in origins and (place in _GENERAL or len(place) == 3):
            _agree(place, mine, value, f"{origins[place].name} and {page.name}")
        if place in said and value is None:
            parts.pop(place, None)
        elif place not in parts or not same(mine, value):
            parts[place] = value
        origins[place] = page


def _agree(place: Pointer, one: Json, other: Json, names: str) -> None:
    """Raises DocumentError where two documents mean different things."""
    if found := difference(one, other):
        message = f"{at(place)} differs in {names}: {found}"
        if place in _GENERAL:
            message += "; it holds for all operations, so give all pages anew with --start-over"
        raise DocumentError(message)


def _changes(
    old: Parts, new: Parts, origins: dict[Pointer, Source], kept: set[str]
) -> Iterator[str]:
    """What changes beyond the operations of the pages."""
    users = _users({**old, **new})
    for place, page in origins.items():
        was, now = old.get(place), new.get(place)
        if same(was, now) or (was is None and place[0] != "paths"):
            continue
        if place == ("info",) and was and now:
            for key in {**was, **now}:
                one, other = _shown(was.get(key)), _shown(now.get(key))
                if one != other:
                    yield f"info.{key} was {one}; {page.name} has {other}"
        others = ", ".join(sorted(users.get(place, set()) & kept))
        if others:
            what = difference(was, now) or "only its wording"
            yield f"{page.name} changes {at(place)}, which {others} uses: {what}"


def _drop_unused(old: Parts, parts: Parts) -> Iterator[str]:
    """Drop what only a replaced or removed operation used."""
    for place in sorted((_users(old).keys() - _users(parts)) & parts.keys()):
        del parts[place]
        if place[0] == "components":
            yield f"{at(place)} is no longer used and was removed"


def _document(parts: Parts) -> Json:
    made: Json = {}
    for place, value in copy.deepcopy(parts).items():
        held = made
        for key in place[:-1]:
            held = held.setdefault(key, {})
        held.setdefault(place[-1], value)
    return made


def parts_of(document: Json, place: Pointer = ()) -> Iterator[tuple[Pointer, Json]]:
    """Each key at the top; of those that hold many, each operation, component and so on."""
    for key, value in document.items():
        inner = (*place, key)
        if is_nested(inner) and isinstance(value, dict) and value:
            yield from parts_of(value, inner)
        else:
            yield inner, value


def _users(parts: Parts) -> dict[Pointer, set[str]]:
    """The operations that use each part, by any chain of references."""
    links = {
        place: re.findall(r'"(#/[^"\\]*)"', json.dumps(value, ensure_ascii=False))
        for place, value in parts.items()
    }
    found: dict[Pointer, set[str]] = {}
    for operation in [p for p in parts if p[0] == "paths" and p[-1] in METHODS]:
        key = f"{operation[2].upper()} {operation[1]}"
        shared = [p for p in parts if p[:2] == operation[:2] and p[-1] not in METHODS]
        waiting = [operation, *shared]
        for place in waiting:  # grows
            if place in links and key not in found.setdefault(place, set()):
                found[place].add(key)
                waiting += [referred(ref)[:3] for ref in links[place]]
    return found


def difference(one: Json, other: Json) -> str:
    """The first place where two parts mean different things; empty if there is none."""
    before, after = (without_prose(p, extensions=False) for p in (one, other))
    return _differs(before, after, ())


def _differs(one: Json, other: Json, place: Pointer) -> str:
    if same(one, other):
        return ""
    if isinstance(one, dict) and isinstance(other, dict):
        both = ((key, one.get(key), other.get(key)) for key in {**one, **other})
        return next(filter(None, (_differs(a, b, (*place, k)) for k, a, b in both)), "")
    return f"{at(place) if place else 'it'} is {_shown(one)} and {_shown(other)}"


def _shown(value: Json) -> str:
    return "absent" if value is None else json.dumps(value)[:80]
