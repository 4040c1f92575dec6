"""Where a document can be changed: every part that a caller reaches, with the directions in which it travels. Worked out from the document
alone, without the reader of contracts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scripts import document as oas
from scripts.contract.model import at as written
from scripts.document import Json, Pointer

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
        self,
        sort: str,
        at: Pointer,
        held: Json,
        way: str,
        within: str = "",
        part: str = "",
    ) -> bool:
        """Whether the spot is new, or travels in a new direction."""
        made = Spot(sort, at, held, set(), within, part)
        spot = self.found.setdefault((sort, at, part), made)
        new = way not in spot.ways
        spot.ways.add(way)
        return new

    def whole(self) -> None:
        self._add("document", (), self.document, "")
        for index, server in enumerate(self.document.get("servers", ())):
            self._add("server", ("servers", str(index)), server, "")
        for path, method, item, operation in oas.operations(self.document):
            at: Pointer = ("paths", path, method)
            demanded = operation.get("security", self.document.get("security", ()))
            within = "secured" if any(demanded) and {} not in demanded else ""
            self._add("operation", at, operation, "", within)
            listed = [("paths", path), item], [at, operation]
            for here, holder in listed:
                for index, held in enumerate(holder.get("parameters", ())):
                    place = (*here, "parameters", str(index))
                    self._part("parameter", held, place, SENT)
            self._part("body", operation.get("requestBody"), (*at, "requestBody"), SENT)
            answers = operation.get("responses", {})
            self._add("responses", (*at, "responses"), answers, "")
            for status, held in answers.items():
                alone = status == "default" and len(answers) == 1
                kind = "success" if alone or status[0] == "2" else "error"
                self._add("status", (*at, "responses"), answers, "", kind, status)
                self._part("response", held, (*at, "responses", status), RECEIVED)
            for alternative in demanded:
                for name in alternative:
                    place = ("components", "securitySchemes", name)
                    self._add("scheme", place, self._at(place), "")

    def _at(self, pointer: Pointer) -> Json:
        return oas.lookup(self.document, written(pointer))

    def _part(self, sort: str, held: Json, at: Pointer, way: str) -> None:
        if not held:
            return
        while "$ref" in held:
            at = tuple(p.replace("~1", "/") for p in held["$ref"][2:].split("/"))
            held = self._at(at)
        self._add(sort, at, held, way)
        self._schema(held.get("schema"), (*at, "schema"), way, "schema")
        for name, header in held.get("headers", {}).items():
            self._part("header", header, (*at, "headers", name), way)
        for kind, media in held.get("content", {}).items():
            here = (*at, "content", kind)
            self._add("media", here, media, way)
            self._add("content", at, held, way, "", kind)
            self._schema(media.get("schema"), (*here, "schema"), way, "schema")

    def _schema(
        self,
        held: Json,
        at: Pointer,
        way: str,
        within: str,
        elsewhere: frozenset[str] = frozenset(),
    ) -> None:
        """`elsewhere`: fields that other parts of the same schema declare, too."""
        if isinstance(held, dict) and held.get("readOnly") and way == SENT:
            way = ""
        if not isinstance(held, dict) or not self._add("schema", at, held, way, within):
            return
        if "$ref" in held:
            target = tuple(p.replace("~1", "/") for p in held["$ref"][2:].split("/"))
            inner = "allOf" if within == "allOf" else "component"
            self._schema(self._at(target), target, way, inner)
            return
        for name, member in held.get("properties", {}).items():
            if name not in elsewhere:
                needed = "required" if name in held.get("required", ()) else "optional"
                travels = "" if member.get("readOnly") and way == SENT else way
                self._add("field", at, held, travels, needed, name)
        parts = [held, *held.get("allOf", ())]
        for place, inner, kind in _inner(held, at):
            others = [p for p in parts if p is not inner] if kind == "allOf" else []
            names = {name for p in others for name in p.get("properties", ())}
            self._schema(inner, place, way, kind, frozenset(names))


def _inner(held: Json, at: Pointer) -> Iterator[tuple[Pointer, Json, str]]:
    for key in _SCHEMAS:
        yield (*at, key), held.get(key), key
    for key in _LISTS:
        for index, member in enumerate(held.get(key, ())):
            yield (*at, key, str(index)), member, key
    for name, member in held.get("properties", {}).items():
        yield (*at, "properties", name), member, "properties"
