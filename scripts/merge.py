"""Add the operations of vendor pages to a document; what stands there keeps its order and spelling.

The vendor cuts one document into pages, so what the pages given together say of one part must mean the same. A new page has the last word
on what stood there before; where that changes a part that other operations use as well, it is noted.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scripts.contract.combine import MAPS, PROSE
from scripts.contract.model import at
from scripts.document import (
    METHODS,
    Json,
    Pointer,
    Source,
    lookup,
    operations,
    parse,
    to_yaml,
)
from scripts.errors import DocumentError
from scripts.rewrite import part, rewrite, same


class Merged(NamedTuple):
    """A document that says all of its sources, and what a maintainer should know about it."""

    text: str
    document: Json
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
    union = _Union(current or pages[0], fresh=current is None)
    for key in remove:
        union.remove(key)
    union.kept = {*keys(union.document)} - {k for p in pages for k in keys(p.document)}
    for page in pages:
        if page is not union.base:
            union.add(page)
    notes = union.notes()
    if len(pages) == 1 and not union.kept:
        return Merged(pages[0].text, pages[0].document, notes)
    notes += union.drop_unused()
    base = union.base
    text = rewrite(base.text, base.document, union.document, union.taken)
    with contextlib.suppress(DocumentError):
        if same(parse(text), union.document):
            return Merged(text, union.document, notes)
    # Of a style that has no lines for each part, such as flow style.
    return Merged(to_yaml(union.document), union.document, notes)


class _Union:
    """The document so far; `taken` says which page each added or changed part is from."""

    def __init__(self, base: Source, *, fresh: bool) -> None:
        self.base, self.fresh = base, fresh
        self.document = copy.deepcopy(base.document)
        self.taken: dict[Pointer, Source] = {}
        self.before: dict[Pointer, Json] = {}  # what changed parts were
        self.kept: set[str] = set()  # operations that no page has

    def remove(self, key: str) -> None:
        place = keys(self.document).get(key)
        if place is None:
            there = ", ".join(keys(self.document))
            raise DocumentError(f"no operation {key!r} to remove; there are {there}")
        item = self.document["paths"][place[1]]
        del item[place[2]]
        if not {*METHODS} & {*item}:
            del self.document["paths"][place[1]]

    def add(self, page: Source) -> None:
        for key in {**page.document, "servers": None, "security": None}:
            value = page.document.get(key)
            if key in ("openapi", "servers", "security"):
                self.put_general(key, value, page)
            elif key in ("paths", "components"):
                for name, held in value.items():
                    for inner, content in held.items():
                        self.put((key, name, inner), content, page)
            elif key == "tags":
                mine = {tag["name"]: tag for tag in self.document.get("tags", [])}
                named = mine | {tag["name"]: tag for tag in value}
                self.put(("tags",), [*named.values()], page)
            else:
                self.put((key,), value, page)

    def put_general(self, key: str, value: Json, page: Source) -> None:
        """What holds for every operation changes only if all are given anew. Of OpenAPI versions, the patch number means nothing."""
        mine = self.document.get(key)
        if key == "openapi" and str(mine)[:4] == str(value)[:4]:
            self.document[key] = max(mine, value)
        elif difference(mine, value):
            if self.kept:
                self.agree((key,), self.base, page)
            self.put((key,), value, page)

    def put(self, place: Pointer, value: Json, page: Source) -> None:
        held = self.document
        for key in place[:-1]:
            held = held.setdefault(key, {})
        if place[-1] in held:
            mine = held[place[-1]]
            origin = self.taken.get(place, self.base if self.fresh else None)
            if origin and place not in (("info",), ("tags",)):
                self.agree(place, origin, page)
            if not same(mine, value):
                self.before.setdefault(place, mine)
        held[place[-1]] = copy.deepcopy(value)
        self.taken[place] = page

    def agree(self, place: Pointer, one: Source, other: Source) -> None:
        """Raises DocumentError where two documents mean different things."""
        found = difference(part(one.document, place), part(other.document, place))
        if found:
            message = f"{at(place)} differs in {one.name} and {other.name}: {found}"
            if len(place) == 1:
                message += "; it holds for all operations, so give all pages anew with --start-over"
            raise DocumentError(message)

    def notes(self) -> list[str]:
        """What changes beyond the operations of the pages."""
        users = _users(self.document)
        found = []
        for place, old in self.before.items():
            new, page = part(self.document, place), self.taken[place].name
            if place == ("info",):
                found += [
                    f"info.{key} was {_shown(old.get(key))}; {page} has {_shown(new.get(key))}"
                    for key in {**old, **new}
                    if not same(old.get(key), new.get(key))
                ]
            others = users.get(place, set()) & self.kept
            if place[0] == "paths" and place[2] not in METHODS:
                others = {key for key in self.kept if key.split(" ")[1] == place[1]}
            if others:
                what = difference(old, new) or "only its wording"
                used = ", ".join(sorted(others))
                found.append(f"{page} changes {at(place)}, which {used} uses: {what}")
        return found

    def drop_unused(self) -> list[str]:
        """Without the components that only a replaced or removed operation used."""
        gone = [*(_users(self.base.document).keys() - _users(self.document).keys())]
        for _components, kind, name in sorted(gone):
            self.document["components"][kind].pop(name)
        return [
            f"{at(place)} is no longer used and was removed" for place in sorted(gone)
        ]


def _users(document: Json) -> dict[Pointer, set[str]]:
    """The components that operations use, by any chain of references."""
    found: dict[Pointer, set[str]] = {}
    for path, method, item, operation in operations(document):
        waiting = [*_references([operation, item.get("parameters")])]
        seen: set[str] = set()
        while waiting:
            ref = waiting.pop()
            if ref in seen:
                continue
            seen.add(ref)
            place = tuple(p.replace("~1", "/") for p in ref[2:].split("/")[:3])
            found.setdefault(place, set()).add(f"{method.upper()} {path}")
            try:
                waiting += _references(lookup(document, ref))
            except DocumentError:
                continue
    return found


def _references(value: Json) -> Iterator[str]:
    """References to components, those in a discriminator's mapping included."""
    if isinstance(value, str) and value.startswith("#/components/"):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _references(item)


def without_prose(value: Json, *, names: bool = False) -> Json:
    """What a part means: without descriptions, examples and extensions. `names`: its keys are names, not keywords."""
    if isinstance(value, list):
        return [without_prose(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: held
        if key in ("default", "const", "enum") and not names
        else without_prose(held, names=key in MAPS and not names)
        for key, held in value.items()
        if names or not (key in PROSE or key.startswith("x-"))
    }


def difference(one: Json, other: Json) -> str:
    """The first place where two parts mean different things; empty if there is none."""
    return _differs(without_prose(one), without_prose(other), ())


def _differs(one: Json, other: Json, place: Pointer) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            found = _differs(one.get(key), other.get(key), (*place, key))
            if found:
                return found
        return ""
    if same(one, other):
        return ""
    return f"{at(place) if place else 'it'} is {_shown(one)} and {_shown(other)}"


def _shown(value: Json) -> str:
    return "absent" if value is None else json.dumps(value)[:80]
