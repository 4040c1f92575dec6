"""Where a document can be changed: every part that a caller reaches, with the directions in which it travels. Worked out from the document
alone, without the reader of contracts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scripts.contract.model import at as written
from scripts.intake import document as oas
from scripts.intake.document import Json, Pointer
from scripts.intake.yaml_text import referred

SENT, RECEIVED = "sent", "received"
# What stands inside a schema: one, a list or a mapping of schemas.
_INSIDE = ("items", "additionalProperties", "allOf", "anyOf", "oneOf", "properties")


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

    def _at(self, pointer: Pointer) -> Json:
        return oas.lookup(self.document, written(pointer))

    def whole(self) -> None:
        self._add("document", ())
        for at in _members(("servers",), self.document.get("servers")):
            self._add("server", at)
        for path, method, item, operation in oas.operations(self.document):
            at = ("paths", path, method)
            demanded = operation.get("security", self.document.get("security", ()))
            secured = any(demanded) and {} not in demanded
            self._add("operation", at, within="secured" if secured else "")
            for here, holder in (at[:2], item), (at, operation):
                for place in _members((*here, "parameters"), holder.get("parameters")):
                    self._part("parameter", place, SENT)
            if "requestBody" in operation:
                self._part("body", (*at, "requestBody"), SENT)
            self._responses((*at, "responses"), operation.get("responses", {}))
            for name in (name for alternative in demanded for name in alternative):
                self._add("scheme", ("components", "securitySchemes", name))

    def _responses(self, at: Pointer, answers: Json) -> None:
        self._add("responses", at)
        for status in answers:
            alone = status == "default" and len(answers) == 1
            kind = "success" if alone or status[0] == "2" else "error"
            self._add("status", at, "", kind, status)
            self._part("response", (*at, status), RECEIVED, is_error=kind == "error")

    def _part(
        self, sort: str, at: Pointer, way: str, *, is_error: bool = False
    ) -> None:
        while "$ref" in (held := self._at(at)):
            at = referred(held["$ref"])
        self._add(sort, at, way)
        self._schema((*at, "schema"), held.get("schema"), way, "schema")
        for place in _members((*at, "headers"), held.get("headers")):
            self._part("header", place, way)
        if sort == "parameter":
            return  # its content is a style
        for place in _members((*at, "content"), held.get("content")):
            # No call returns what an error holds.
            self._add("content", at, "" if is_error else way, part=place[-1])
            self._part("media", place, way)

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
        for key in _INSIDE:
            single = key in _INSIDE[:2]
            here: Pointer = (*at, key)
            for place in [here] if single else _members(here, held.get(key)):
                inner = held.get(key) if single else self._at(place)
                others = [p for p in parts if p is not inner] if key == "allOf" else []
                names = {name for p in others for name in p.get("properties", ())}
                self._schema(place, inner, way, key, frozenset(names))


def _members(at: Pointer, held: Json) -> Iterator[Pointer]:
    """The places of what is in a list or a mapping."""
    for key in range(len(held)) if isinstance(held, list) else held or ():
        yield (*at, str(key))
