"""Join the documents of several vendor pages into one: paths, parameters, components and tags of all of them.

The vendor cuts one document into pages, so what stands on several of them must mean the same. Words may differ; the first wording, in the
order of the texts themselves, is kept, so that the same pages give the same file in whatever order they are named.
"""

from __future__ import annotations

import copy
from typing import NamedTuple

import yaml

from scripts import document as oas
from scripts.contract.keywords import HARMLESS
from scripts.contract.model import canonical
from scripts.document import DocumentError, Json, Pointer

_PROSE = HARMLESS - {"tags"}
# Keys that hold names below them, not keywords.
_MAPS = {"properties", "patternProperties", "responses", "content", "headers", "paths"}
_DATA = {"default", "enum", "const", "required"}


class Source(NamedTuple):
    """One page's document."""

    name: str
    text: str
    document: Json


def merge(sources: list[Source]) -> str:
    """Text of one document that says all of them; a single source's own text, byte for byte.

    Raises:
        DocumentError: Two pages say different things of the same part: the part, the pages, and the first difference.
    """
    if len(sources) == 1:
        return sources[0].text
    ordered = sorted(
        sources, key=lambda source: (canonical(source.document), source.name)
    )
    first, *others = ordered
    merged = _Merged(first)
    for source in others:
        merged.add(source)
    return to_yaml(_in_order(merged.document))


def to_yaml(document: Json) -> str:
    """YAML text of a document, keys in their order."""
    return yaml.dump(
        document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100
    )


class _Dumper(yaml.SafeDumper):
    """Writes every container out, since the reader accepts no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


class _Merged:
    """The pages so far, and which page each part came from."""

    def __init__(self, source: Source) -> None:
        self.document = copy.deepcopy(source.document)
        self.origin: dict[Pointer, str] = {}
        self.first = source.name

    def add(self, source: Source) -> None:
        for key, value in source.document.items():
            if key == "info":
                continue
            if key == "openapi":
                self.version(value, source.name)
            elif key == "tags":
                self.tags(value)
            elif key == "paths":
                self.paths(value, source.name)
            elif key == "components":
                for kind, held in value.items():
                    self.union(held, ("components", kind), source.name)
            else:
                self.equal((key,), value, source.name)
        for key in ("servers", "security"):
            if key in self.document and key not in source.document:
                self.equal((key,), None, source.name)

    def version(self, value: str, page: str) -> None:
        """3.0 and 3.1 differ in meaning; patch versions do not."""
        mine = str(self.document["openapi"])
        if mine.split(".")[:2] != str(value).split(".")[:2]:
            self.refuse(("openapi",), page, f"{mine!r} and {value!r}")
        self.document["openapi"] = max(mine, str(value))

    def tags(self, listed: Json) -> None:
        mine = self.document.setdefault("tags", [])
        known = {tag.get("name") for tag in mine}
        mine += [copy.deepcopy(tag) for tag in listed if tag.get("name") not in known]

    def paths(self, paths: Json, page: str) -> None:
        held = self.document.setdefault("paths", {})
        for path, item in paths.items():
            if path not in held:
                self.take(held, path, item, ("paths", path), page)
                continue
            self.union(item, ("paths", path), page)
            self.path_level(path, item, page)

    def path_level(self, path: str, item: Json, page: str) -> None:
        """What stands beside the operations holds for all of them, so both pages must say it."""
        mine = self.document["paths"][path]
        for key in {*mine, *item} - {*oas.METHODS} - _PROSE:
            if not key.startswith("x-"):
                self.equal(("paths", path, key), item.get(key), page)

    def union(self, held: Json, place: Pointer, page: str) -> None:
        mine = self.document
        for part in place:
            mine = mine.setdefault(part, {})
        for name, value in held.items():
            if name in mine:
                self.equal((*place, name), value, page)
            else:
                self.take(mine, name, value, (*place, name), page)

    def take(
        self, held: Json, name: str, value: Json, place: Pointer, page: str
    ) -> None:
        held[name] = copy.deepcopy(value)
        self.origin[place] = page

    def equal(self, place: Pointer, value: Json, page: str) -> None:
        mine: Json = self.document
        for part in place:
            mine = mine.get(part) if isinstance(mine, dict) else None
        difference = _difference(_meaning(mine), _meaning(value), ())
        if difference is not None:
            self.refuse(place, page, difference)

    def refuse(self, place: Pointer, page: str, difference: str) -> None:
        origin = next(
            (
                self.origin[place[:n]]
                for n in range(len(place), 0, -1)
                if place[:n] in self.origin
            ),
            self.first,
        )
        pages = " and ".join(sorted((origin, page)))
        raise DocumentError(
            f"{oas.at(place)} means different things in {pages}: {difference}"
        )


def _meaning(value: Json, *, names: bool = False, key: str = "") -> Json:
    """A part without its words, and without the order of lists that have none."""
    if isinstance(value, list):
        listed = [_meaning(item) for item in value]
        ordered = key in ("allOf", "servers", "prefixItems", "tags", "default", "const")
        return listed if ordered else sorted(listed, key=canonical)
    if not isinstance(value, dict):
        return value
    return {
        k: held
        if k in ("default", "const") and not names
        else _meaning(held, names=k in _MAPS and not names, key=k)
        for k, held in value.items()
        if names or not (k in _PROSE or k.startswith("x-"))
    }


def _difference(one: Json, other: Json, place: Pointer) -> str | None:
    """The first place where two parts differ, the same whichever comes first."""
    if type(one) is type(other) and one == other:
        return None
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            if key not in one or key not in other:
                return f"{oas.at((*place, key))} is in one only"
            found = _difference(one[key], other[key], (*place, key))
            if found:
                return found
    said = sorted((canonical(one)[:80], canonical(other)[:80]))
    return f"{oas.at(place)} is {said[0]} and {said[1]}"


def _in_order(document: Json) -> Json:
    """Paths and components by name, so that the order of the pages leaves no trace."""
    result = dict(document)
    order = ("openapi", "info", "servers", "security", "tags", "paths", "components")
    result = {key: result[key] for key in order if key in result} | result
    if "tags" in result:
        result["tags"] = sorted(result["tags"], key=lambda tag: str(tag.get("name")))
    result["paths"] = dict(sorted(result.get("paths", {}).items()))
    for path, item in result["paths"].items():
        rest = {key: item[key] for key in item if key not in oas.METHODS}
        methods = {key: item[key] for key in oas.METHODS if key in item}
        result["paths"][path] = rest | methods
    if "components" in result:
        result["components"] = {
            kind: dict(sorted(held.items()))
            for kind, held in sorted(result["components"].items())
        }
    return result
