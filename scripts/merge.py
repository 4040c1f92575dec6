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

from scripts.contract.nodes import DATA, NAMED, PROSE
from scripts.document import (
    METHODS,
    Json,
    Pointer,
    Source,
    from_text,
    operations,
    to_yaml,
)
from scripts.errors import DocumentError
from scripts.plain_data import at, referred
from scripts.rewrite import NESTED, rewrite, same

# What holds for all operations.
_GENERAL: list[Pointer] = [("openapi",), ("jsonSchemaDialect",), ("servers",)]
_GENERAL += [("security",)]


class Merged(NamedTuple):
    """A document that says all of its sources, and what a maintainer should know about it."""

    source: Source
    notes: list[str]


def keys(document: Json) -> dict[str, Pointer]:
    """The operations of a document as "METHOD /path", with their places."""
    return {
        f"{method.upper()} {path}": ("paths", path, method)
        for path, method, _item, _operation in operations(document)
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
    union = _Union(base)
    for key in remove:
        union.remove(key)
    union.kept = {*union.operations} - {k for p in pages for k in keys(p.document)}
    fixed = _GENERAL if union.kept else []
    if current is None:
        fixed = [*union.parts, *_GENERAL]
    union.origins = dict.fromkeys(fixed, base)
    for page in pages:
        if page is not base:
            union.add(page)
    notes = [*union.changes()]
    if pages and pages[0] is not base and len(pages) == 1 and not union.kept:
        return Merged(pages[0], notes)
    notes += union.drop_unused()
    document = union.document()
    with contextlib.suppress(DocumentError):
        text = rewrite(base, document, union.origins)
        merged = from_text(text, base.name)
        if same(merged.document, document):
            return Merged(merged, notes)
    # Of a style that has no lines for each part, such as flow style.
    return Merged(from_text(to_yaml(document), base.name), notes)


class _Union:
    """The document so far, in parts."""

    def __init__(self, base: Source) -> None:
        self.base, self.operations = base, keys(base.document)
        self.parts = dict(_parts(base.document))
        self.origins: dict[Pointer, Source] = {}  # whom no later page may contradict
        self.before: dict[Pointer, Json] = {}  # what changed parts were
        self.kept: set[str] = set()  # operations that no page has

    def remove(self, key: str) -> None:
        if key not in self.operations:
            there = ", ".join(self.operations)
            raise DocumentError(f"no operation {key!r} to remove; there are {there}")
        place = self.operations.pop(key)
        del self.parts[place]
        if all(other[1] != place[1] for other in self.operations.values()):
            self.parts = {p: v for p, v in self.parts.items() if p[:2] != place[:2]}

    def add(self, page: Source) -> None:
        """Take in all that a page says. That it has no servers, say, is said as well."""
        said: dict[Pointer, Json] = dict.fromkeys(_GENERAL)
        for place, value in (said | dict(_parts(page.document))).items():
            mine = self.parts.get(place)
            if place == ("tags",):
                tags = {tag["name"]: tag for tag in [*(mine or ()), *value]}
                value = [*tags.values()]
            elif place == ("openapi",) and str(mine)[:4] == value[:4]:
                value = max(str(mine), value)  # the last of its numbers means nothing
            elif place in self.origins and (place in _GENERAL or len(place) == 3):
                self.agree(place, mine, value, page)
            if not same(mine, value):
                if mine is not None:
                    self.before.setdefault(place, mine)
                self.parts[place] = value
            self.origins[place] = page

    def agree(self, place: Pointer, mine: Json, value: Json, page: Source) -> None:
        """Raises DocumentError where two documents mean different things."""
        found = difference(mine, value)
        if found:
            names = f"{self.origins[place].name} and {page.name}"
            message = f"{at(place)} differs in {names}: {found}"
            if place in _GENERAL:
                message += "; it holds for all operations, so give all pages anew with --start-over"
            raise DocumentError(message)

    def changes(self) -> Iterator[str]:
        """What changes beyond the operations of the pages."""
        users = _users(self.parts)
        for place, old in self.before.items():
            new, page = self.parts[place], self.origins[place].name
            if place == ("info",):
                for key in {**old, **new}:
                    was, now = _shown(old.get(key)), _shown(new.get(key))
                    if was != now:
                        yield f"info.{key} was {was}; {page} has {now}"
            others = ", ".join(sorted(users.get(place, set()) & self.kept))
            if others:
                what = difference(old, new) or "only its wording"
                yield f"{page} changes {at(place)}, which {others} uses: {what}"

    def drop_unused(self) -> list[str]:
        """Without the components that only a replaced or removed operation used."""
        used = _users(dict(_parts(self.base.document))).keys() - _users(self.parts)
        gone = sorted(used & self.parts.keys())
        for place in gone:
            del self.parts[place]
        return [f"{at(p)} is no longer used and was removed" for p in gone]

    def document(self) -> Json:
        made: Json = {}
        for place, value in copy.deepcopy(self.parts).items():
            held = made
            for key in place[:-1]:
                held = held.setdefault(key, {})
            if value is not None:
                held.setdefault(place[-1], value)
        return made


def _parts(document: Json, place: Pointer = ()) -> Iterator[tuple[Pointer, Json]]:
    """Each key at the top; of those that hold many, each operation, component and so on."""
    for key, value in document.items():
        inner = (*place, key)
        if inner[0] in NESTED and len(inner) < 3 and isinstance(value, dict) and value:
            yield from _parts(value, inner)
        else:
            yield inner, value


def _users(parts: dict[Pointer, Json]) -> dict[Pointer, set[str]]:
    """The operations that use each part, by any chain of references."""
    links = {
        place: [
            referred(ref)[:3]
            for ref in re.findall(
                r'"(#/[^"\\]*)"', json.dumps(value, ensure_ascii=False)
            )
        ]
        for place, value in parts.items()
    }
    found: dict[Pointer, set[str]] = {}
    for path, method in [p[1:] for p in parts if p[0] == "paths" and p[-1] in METHODS]:
        key = f"{method.upper()} {path}"
        waiting = [p for p in parts if p[1:2] == (path,) and p[-1] not in METHODS]
        waiting.append(("paths", path, method))
        for place in waiting:  # grows
            if key not in found.setdefault(place, set()):
                found[place].add(key)
                waiting += links.get(place, ())
    return found


def without_prose(value: Json, *, named: bool = False) -> Json:
    """What a part means: without descriptions, examples and extensions. `named`: its keys are names, not keywords."""
    if isinstance(value, list):
        return [without_prose(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: held
        if key in DATA and not named
        else without_prose(held, named=key in NAMED and not named)
        for key, held in value.items()
        if named or not (key in PROSE or key.startswith("x-"))
    }


def difference(one: Json, other: Json) -> str:
    """The first place where two parts mean different things; empty if there is none."""
    return _differs(without_prose(one), without_prose(other), ())


def _differs(one: Json, other: Json, place: Pointer) -> str:
    if same(one, other):
        return ""
    if isinstance(one, dict) and isinstance(other, dict):
        both = ((key, one.get(key), other.get(key)) for key in {**one, **other})
        return next(filter(None, (_differs(a, b, (*place, k)) for k, a, b in both)), "")
    return f"{at(place) if place else 'it'} is {_shown(one)} and {_shown(other)}"


def _shown(value: Json) -> str:
    return "absent" if value is None else json.dumps(value)[:80]
