"""Where a document can be changed: every part that a caller reaches, with the directions in which it travels.

They are found in the document alone, without the reader of contracts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scripts.contract.model import at as written
from scripts.intake import document as oas
from scripts.intake.document import Json, Pointer
from scripts.intake.yaml_text import referred

SENT = "sent"
RECEIVED = "received"
# Keywords that hold one schema, and keywords that hold a list or a mapping of schemas.
_SINGLE = ("items", "additionalProperties")
_SEVERAL = ("allOf", "anyOf", "oneOf", "properties")


@dataclass
class Spot:
    """A place in a document.

    Attributes:
        sort: What is there: schema, field, operation, parameter, body, ...
        pointer: Where it is.
        value: What the document says there.
        ways: The directions in which it travels.
        within: The keyword that a schema stands under: properties, items, allOf, ...
        part: The field of a schema, the status of the responses, or the content type that the spot is about.
    """

    sort: str
    pointer: Pointer
    value: Json
    ways: set[str] = field(default_factory=set)
    within: str = ""
    part: str = ""


def find(document: Json) -> list[Spot]:
    """Every spot of a document, once."""
    finder = _Finder(document)
    finder.whole()
    return list(finder.spots.values())


class _Finder:
    def __init__(self, document: Json) -> None:
        self.document = document
        self.spots: dict[tuple[str, Pointer, str], Spot] = {}

    def _add(
        self, sort: str, at: Pointer, way: str = "", within: str = "", part: str = ""
    ) -> bool:
        """Whether the spot is new, or travels in a new direction."""
        new_spot = Spot(sort, at, self._at(at), set(), within, part)
        spot = self.spots.setdefault((sort, at, part), new_spot)
        is_new_way = way not in spot.ways
        spot.ways.add(way)
        return is_new_way

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
            for holder_at, holder in ((at[:2], item), (at, operation)):
                parameters = holder.get("parameters")
                for place in _members((*holder_at, "parameters"), parameters):
                    self._part("parameter", place, SENT)
            if "requestBody" in operation:
                self._part("body", (*at, "requestBody"), SENT)
            self._responses((*at, "responses"), operation.get("responses", {}))
            for requirement in demanded:
                for name in requirement:
                    self._add("scheme", ("components", "securitySchemes", name))

    def _responses(self, at: Pointer, answers: Json) -> None:
        self._add("responses", at)
        successes = [status for status in answers if status[0] == "2"]
        if [*answers] == ["default"]:
            successes = ["default"]
        for status in answers:
            kind = "error"
            if status in successes:
                kind = "success" if len(successes) == 1 else "one-of-several"
            self._add("status", at, "", kind, status)
            self._part("response", (*at, status), RECEIVED, is_error=kind == "error")

    def _part(
        self, sort: str, at: Pointer, way: str, *, is_error: bool = False
    ) -> None:
        while "$ref" in (value := self._at(at)):
            at = referred(value["$ref"])
        self._add(sort, at, way)
        self._schema((*at, "schema"), value.get("schema"), way, "schema")
        for place in _members((*at, "headers"), value.get("headers")):
            self._part("header", place, way)
        if sort == "parameter":
            return  # its content is a style
        for place in _members((*at, "content"), value.get("content")):
            # No call returns the content of an error.
            self._add("content", at, "" if is_error else way, part=place[-1])
            self._part("media", place, way)

    def _schema(
        self,
        at: Pointer,
        schema: Json,
        way: str,
        within: str,
        elsewhere: frozenset[str] = frozenset(),
    ) -> None:
        """Add a schema, its fields and the schemas inside. `elsewhere`: fields that other parts of the same schema declare, too."""
        if not isinstance(schema, dict):
            return
        way = _way_of(schema, way)
        if not self._add("schema", at, way, within):
            return
        if "$ref" in schema:
            target = referred(schema["$ref"])
            kind = "allOf" if within == "allOf" else "component"
            self._schema(target, self._at(target), way, kind)
            return
        self._fields(at, schema, way, elsewhere)
        for key in _SINGLE:
            self._schema((*at, key), schema.get(key), way, key)
        for key in _SEVERAL:
            for place in _members((*at, key), schema.get(key)):
                inner = self._at(place)
                names: frozenset[str] = frozenset()
                if key == "allOf":
                    names = _declared_beside(schema, inner)
                self._schema(place, inner, way, key, names)

    def _fields(
        self, at: Pointer, schema: Json, way: str, elsewhere: frozenset[str]
    ) -> None:
        """Add the fields that a schema alone declares."""
        for name, member in schema.get("properties", {}).items():
            if name in elsewhere:
                continue
            level = "optional"
            if name in schema.get("required", ()):
                level = "required"
            self._add("field", at, _way_of(member, way), level, name)


def _way_of(schema: Json, way: str) -> str:
    """The direction in which a schema travels: none where it is read-only and stands in what is sent."""
    if schema.get("readOnly") and way == SENT:
        return ""
    return way


def _declared_beside(schema: Json, member: Json) -> frozenset[str]:
    """The fields that a schema and the other members of its `allOf` declare."""
    names: set[str] = set()
    for part in (schema, *schema["allOf"]):
        if part is not member:
            names.update(part.get("properties", ()))
    return frozenset(names)


def _members(at: Pointer, value: Json) -> Iterator[Pointer]:
    """The places of the members of a list or a mapping."""
    keys: Iterable[object] = value or ()
    if isinstance(value, list):
        keys = range(len(value))
    for key in keys:
        yield (*at, str(key))
