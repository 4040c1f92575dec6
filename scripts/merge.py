"""Add the operations of vendor pages to a document; what stands there keeps its order and spelling.

The vendor cuts one document into pages, so what the pages given together say of one part must mean the same. A new page has the last word
on what stood there before; where that changes a part that other operations use as well, it is noted.
"""

from __future__ import annotations

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
    Positions,
    Source,
    lookup,
    operations,
    parse,
    to_yaml,
)
from scripts.errors import DocumentError


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
    return Merged(text, union.document, notes)


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
        for key, value in page.document.items():
            if key == "openapi":
                self.put_version(str(value), page)
            elif key in ("paths", "components"):
                for name, held in value.items():
                    for part, inner in held.items():
                        self.put((key, name, part), inner, page)
            elif key == "tags":
                mine = {tag["name"]: tag for tag in self.document.get("tags", [])}
                named = mine | {tag["name"]: tag for tag in value}
                self.put(("tags",), [*named.values()], page)
            elif key not in ("servers", "security"):
                self.put((key,), value, page)
        for key in ("servers", "security"):
            mine = self.document.get(key)
            if difference(mine, page.document.get(key)):
                if self.kept:
                    self.agree((key,), self.base, page)
                self.put((key,), page.document.get(key), page)

    def put_version(self, version: str, page: Source) -> None:
        """3.0 and 3.1 differ in meaning; patch versions do not."""
        mine = str(self.document["openapi"])
        if mine.split(".")[:2] != version.split(".")[:2]:
            self.agree(("openapi",), self.base, page)
        self.document["openapi"] = max(mine, version)

    def put(self, place: Pointer, value: Json, page: Source) -> None:
        held = self.document
        for part in place[:-1]:
            held = held.setdefault(part, {})
        if place[-1] in held:
            mine = held[place[-1]]
            if _same(mine, value):
                return
            origin = self.taken.get(place, self.base if self.fresh else None)
            if origin and place not in (("info",), ("tags",)):
                self.agree(place, origin, page)
            self.before.setdefault(place, mine)
        held[place[-1]] = copy.deepcopy(value)
        self.taken[place] = page

    def agree(self, place: Pointer, one: Source, other: Source) -> None:
        """Raises DocumentError where two documents mean different things."""
        found = difference(part(one.document, place), part(other.document, place))
        if found:
            raise DocumentError(
                f"{at(place)} differs between {one.name} and {other.name}: {found}"
            )

    def notes(self) -> list[str]:
        """What changes beyond the operations of the pages."""
        users = _users(self.document)
        found = []
        for place, old in self.before.items():
            new, page = part(self.document, place), self.taken[place].name
            if place == ("info",):
                found += [
                    f"info.{key} was {old.get(key)!r} and is {new.get(key)!r} in {page}"
                    for key in {**old, **new}
                    if not _same(old.get(key), new.get(key))
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
        return [f"{at(place)} is used no more, and removed" for place in sorted(gone)]


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


def part(document: Json, place: Pointer) -> Json:
    """What stands at a place, None if nothing."""
    for key in place:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _same(one: Json, other: Json) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


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
    if _same(one, other):
        return ""
    before, after = ("nothing" if v is None else json.dumps(v) for v in (one, other))
    return f"{at(place)} is {before[:80]} and {after[:80]}"


def rewrite(
    text: str, old: Json, new: Json, spelling: dict[Pointer, Source] | None = None
) -> str:
    """The text of one document turned into that of another, only the lines of what differs replaced.

    Args:
        text: YAML, whose data is `old`.
        old: What the text says.
        new: What it shall say.
        spelling: Where parts that differ are spelled out already, by their place.
    """
    rewriter = _Rewriter(text, spelling or {})
    rewriter.compare(old, new, (), len(rewriter.lines))
    for start, stop, lines in sorted(rewriter.edits, reverse=True):
        rewriter.lines[start:stop] = lines
    result = "\n".join(rewriter.lines)
    try:
        if _same(parse(result), new):
            return result
    except DocumentError:
        pass
    return to_yaml(new)  # of a style without lines for each part, such as JSON


class _Rewriter:
    """Finds the lines to replace: of operations, components, and whatever stands beside them."""

    def __init__(self, text: str, spelling: dict[Pointer, Source]) -> None:
        self.lines, self.places = text.split("\n"), Positions(text)
        self.spelling = spelling
        self.pages: dict[int, Positions] = {}
        self.edits: list[tuple[int, int, list[str]]] = []

    def compare(self, old: Json, new: Json, place: Pointer, end: int) -> None:
        starts = [self.places[(*place, key)][0] - 1 for key in old]
        column = self.places[(*place, next(iter(old)))][1] - 1
        for key, start, stop in zip(old, starts, [*starts[1:], end], strict=True):
            inner, last = (*place, key), _trimmed(self.lines, start, stop, column)
            if key not in new:
                self.edits.append((start, last, []))
            elif _same(old[key], new[key]):
                continue
            elif _open(inner) and old[key] and new[key]:
                self.compare(old[key], new[key], inner, last)
            else:
                block = self.block(inner, new[key], column)
                self.edits.append((start, last, block))
        last = _trimmed(self.lines, starts[-1], end, column)
        for key in new:
            if key not in old:
                block = self.block((*place, key), new[key], column)
                self.edits.append((last, last, block))

    def block(self, place: Pointer, value: Json, column: int) -> list[str]:
        """The lines of one part, as its page spells it if that can stand here."""
        whole = {place[-1]: value}
        lines = to_yaml(whole).rstrip("\n").split("\n")
        if place in self.spelling:
            text = self.spelling[place].text
            places = self.pages.setdefault(id(text), Positions(text))
            spelled = _spelled(text, places, place)
            try:
                if _same(parse("\n".join(spelled)), whole):
                    lines = spelled
            except DocumentError:
                pass
        return [" " * column + line if line.strip() else line for line in lines]


def _open(place: Pointer) -> bool:
    return place[0] in ("paths", "components") and len(place) < 3


def _spelled(text: str, places: Positions, place: Pointer) -> list[str]:
    """The lines of a part, its key at the left edge."""
    line, column = places[place]
    order = [*places]
    later = order[order.index(place) :] if place in order else []
    stop = next((p for p in later if p[: len(place)] != place), None)
    lines = text.replace("\r\n", "\n").split("\n")
    last = places[stop][0] - 1 if stop else len(lines)
    last = _trimmed(lines, line - 1, last, column - 1)
    return [found[column - 1 :] for found in lines[line - 1 : last]]


def _trimmed(lines: list[str], start: int, stop: int, column: int) -> int:
    """Where a part ends: before blank lines, and comments that belong to what follows."""
    while stop > start + 1:
        line = lines[stop - 1]
        indent = len(line) - len(line.lstrip())
        if line.strip() and not (line.lstrip().startswith("#") and indent <= column):
            break
        stop -= 1
    return stop
