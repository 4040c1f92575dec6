"""Where a document can be changed: every part that a caller reaches, with the directions in which it travels. Worked out from the document
alone, without the reader of contracts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scripts import document as oas
from scripts.contract.model import at as written
from scripts.document import Json, Pointer
from scripts.plain_data import referred

SENT, RECEIVED = "sent", "received"
_SCHEMAS = ("items", "additionalProperties")
_LISTS = ("allOf", "anyOf", "oneOf")


@dataclass
class Spot:
    """One part of a document. `part` is the field of a schema, the status of the responses or the content type that it is about."""

    sort: str
    pointer: Pointer
    held: Json
    ways: set[str] = field(default_factory=set)
    within: str = ""  # what holds a schema: properties, items, allOf, ...
    part: str = ""


def find(document: Json) -> list[Spot]:
    """Every spot of a document, once."""
    finder = _Finder(document)
    finder.whole()
    return list(finder.found.values())


class _Finder:
    def __init__(self, document: Json) -> None:
        self.document = document
        self.found: dict[tuple[str, Pointer, str], Spot] = {}

    def _add(
        self, sort: str, at: Pointer, way: str = "", within: str = "", part: str = ""
    ) -> bool:
        """Whether the spot is new, or travels in a new direction."""
        made = Spot(sort, at, self._at(at), set(), within, part)
        spot = self.found.setdefault((sort, at, part), made)
        new = way not in spot.ways
        spot.ways.add(way)
        return new

    def whole(self) -> None:
        self._add("document", ())
        for index in range(len(self.document.get("servers", ()))):
            self._add("server", ("servers", str(index)))
        for path, method, item, operation in oas.operations(self.document):
            at: Pointer = ("paths", path, method)
            demanded = operation.get("security", self.document.get("security", ()))
            secured = any(demanded) and {} not in demanded
            self._add("operation", at, within="secured" if secured else "")
            for here, holder in (("paths", path), item), (at, operation):
                for index in range(len(holder.get("parameters", ()))):
                    self._part("parameter", (*here, "parameters", str(index)), SENT)
            if "requestBody" in operation:
                self._part("body", (*at, "requestBody"), SENT)
            answers = operation.get("responses", {})
            self._add("responses", (*at, "responses"))
            for status in answers:
                alone = status == "default" and len(answers) == 1
                kind = "success" if alone or status[0] == "2" else "error"
                self._add("status", (*at, "responses"), "", kind, status)
                self._part("response", (*at, "responses", status), RECEIVED)
            for name in (name for alternative in demanded for name in alternative):
                self._add("scheme", ("components", "securitySchemes", name))

    def _at(self, pointer: Pointer) -> Json:
        return oas.lookup(self.document, written(pointer))

    def _part(self, sort: str, at: Pointer, way: str) -> None:
        at, held = self._target(at)
        self._add(sort, at, way)
        self._schema((*at, "schema"), held.get("schema"), way, "schema")
        for name in held.get("headers", ()):
            self._part("header", (*at, "headers", name), way)
        for kind, media in held.get("content", {}).items():
            here = (*at, "content", kind)
            self._add("media", here, way)
            self._add("content", at, way, part=kind)
            self._schema((*here, "schema"), media.get("schema"), way, "schema")

    def _target(self, at: Pointer) -> tuple[Pointer, Json]:
        """Where a chain of references ends, and what stands there."""
        while "$ref" in (held := self._at(at)):
            at = referred(held["$ref"])
        return at, held

    def _schema(
        self,
        at: Pointer,
        held: Json,
        way: str,
        within: str,
        elsewhere: frozenset[str] = frozenset(),
    ) -> None:
        """`elsewhere`: fields that other parts of the same schema declare, too."""
        if not isinstance(held, dict):
            return
        way = "" if held.get("readOnly") and way == SENT else way
        if not self._add("schema", at, way, within):
            return
        if "$ref" in held:
            target = referred(held["$ref"])
            kind = "allOf" if within == "allOf" else "component"
            self._schema(target, self._at(target), way, kind)
            return
        for name, member in held.get("properties", {}).items():
            if name not in elsewhere:
                needed = "required" if name in held.get("required", ()) else "optional"
                travels = "" if member.get("readOnly") and way == SENT else way
                self._add("field", at, travels, needed, name)
        parts = [held, *held.get("allOf", ())]
        for place, inner, kind in _inner(held, at):
            others = [p for p in parts if p is not inner] if kind == "allOf" else []
            names = {name for p in others for name in p.get("properties", ())}
            self._schema(place, inner, way, kind, frozenset(names))


def _inner(held: Json, at: Pointer) -> Iterator[tuple[Pointer, Json, str]]:
    for key in _SCHEMAS:
        yield (*at, key), held.get(key), key
    for key in _LISTS:
        for index, member in enumerate(held.get(key, ())):
            yield (*at, key, str(index)), member, key
    for name, member in held.get("properties", {}).items():
        yield (*at, "properties", name), member, "properties"
