"""Types and places in words."""

from __future__ import annotations

import json

from scripts.contract import model
from scripts.contract.model import Contract, Operation, Parameter
from scripts.contract.schema import (
    ANY,
    Array,
    Enum,
    Never,
    Object,
    Schema,
    Union,
    type_name,
)
from scripts.contract.view import View, view
from scripts.intake.yaml_text import Pointer

_DEPTH = 3  # of words about a type without a name that is made of itself
_STEPS = {"items": "[]", "additionalProperties": "{}"}
# Keys with a name or a number after them.
_INSIDE = {
    "properties": ".{}",
    "headers": " header {}",
    "prefixItems": "[{}]",
    "content": "",
    "allOf": "",
    **dict.fromkeys(("anyOf", "oneOf", "type"), "|{}"),
}
_COMPONENTS = {
    "parameters": "parameter ",
    "requestBodies": "request body ",
    "responses": "response ",
    "headers": "header ",
    "securitySchemes": "security scheme ",
    "callbacks": "callback ",
}


def text(schema: Schema | None, contract: Contract, depth: int = 0) -> str:
    """A type in words: `string (date-time)`, `array of Pet`, `integer or null`."""
    if schema is None:
        return ANY
    return describe(view(schema, contract), depth)


def describe(seen: View, depth: int = 0) -> str:
    """The target of references in words."""
    label = named(seen, depth)
    if seen.nullable and label != ANY:
        return f"{label} or null"
    return label


def named(seen: View, depth: int = 0) -> str:
    """A type in words, whether or not null is allowed."""
    if seen.class_name:
        return seen.class_name
    if isinstance(seen.schema, Never):
        return "no value"
    kind = type_name(seen.schema)
    if depth > _DEPTH:
        return next(iter(seen.keys), kind)
    return _contents(seen, depth) or _with_format(kind, seen.schema)


def _contents(seen: View, depth: int) -> str:
    """A type by what it is made of; empty for one that its kind says all of."""

    def inside(inner: Schema) -> str:
        return text(inner, seen.contract, depth + 1)

    match seen.schema:
        case Enum(values=values):
            return " or ".join(json.dumps(v, ensure_ascii=False) for v in values)
        case Union(variants=variants):
            return " | ".join(sorted(map(inside, variants)))
        case Array(prefix=prefix) if prefix:
            return f"[{', '.join(map(inside, prefix))}]"
        case Array(items=items) if items is not None:
            return f"array of {inside(items)}"
        case Object(additional=additional) if not isinstance(additional, bool):
            return f"map of {inside(additional)}"
        case _:
            return ""


def _with_format(kind: str, schema: Schema) -> str:
    return f"{kind} ({schema.format})" if schema.format else kind


def both(old: View, new: View) -> tuple[str, str]:
    """Two types in words that differ."""
    before = describe(old)
    after = describe(new)
    if before == after:
        return (
            f"{before}: {outline(old.schema)}",
            f"{after}: {outline(new.schema)}",
        )
    return before, after


def outline(schema: Schema) -> str:
    """The kind of a named type, in words."""
    match schema:
        case Union():
            return "union"
        case Enum():
            kind = "constant" if schema.constant else "enum"
            return _with_format(f"{kind} of {schema.type}", schema)
        case _:
            return _with_format(type_name(schema), schema)


def component(place: Pointer) -> str:
    """The component in which a place is."""
    return f"{_COMPONENTS.get(place[1], '')}{place[2]}"


def parameter(of: Parameter) -> str:
    return f"{of.where} parameter {of.name}"


def of_component(place: Pointer) -> str:
    """The component in which a parameter is declared, as the end of its place in words."""
    return f" ({place[2]})"


class Places:
    """Names for places, by the nearest one around that has a name of its own: `response 200.items[].id of list_pets`."""

    def __init__(self, *contracts: Contract) -> None:
        self._named: dict[Pointer, tuple[str, str]] = {}
        self._shared_ids = _shared_ids(contracts)
        for contract in contracts:
            for of in contract.operations.values():
                tail = f" of {self.operation(of)}"
                self._name(of.at, self.operation(of))
                for each in of.parameters:
                    self._name(each.at, parameter(each), self._holder(each.at, of))
                if of.body:
                    self._message(of.body, "body", tail)
                for response in of.responses.values():
                    self._message(response, f"response {response.status}", tail)

    def operation(self, of: Operation) -> str:
        """The id of an operation, or method and path where it has none of its own."""
        if not of.id or of.id in self._shared_ids:
            return of.key
        return of.id

    def declared_parameter(self, declared: Parameter, of: Operation) -> str:
        """A parameter of an operation where it is declared: in a component, for a whole path, or in the operation itself."""
        return f"{parameter(declared)}{self._holder(declared.at, of)}"

    def _holder(self, place: Pointer, of: Operation) -> str:
        """Where a parameter is declared."""
        if place[:1] == ("components",):
            return of_component(place)
        is_own = place[: len(of.at)] == of.at
        return f" of {self.operation(of) if is_own else place[1]}"

    def _name(self, place: Pointer, head: str, tail: str = "") -> None:
        self._named.setdefault(place, (head, tail))

    def _message(
        self, message: model.Body | model.Response, label: str, tail: str
    ) -> None:
        if message.component:
            label = self.label(message.at)
            tail = ""
        self._name(message.at, label, tail)
        for media in message.media:
            several = f" as {media.content_type}" if len(message.media) > 1 else ""
            self._name(media.at, f"{label}{several}", tail)

    def label(self, place: Pointer) -> str:
        """A place in words."""
        for length in range(len(place), 0, -1):
            if place[:length] in self._named:
                head, tail = self._named[place[:length]]
                return f"{head}{_steps(place[length:])}{tail}"
        if place[:1] == ("components",) and len(place) > 2:
            return f"{component(place)}{_steps(place[3:])}"
        if place[:1] == ("paths",) and len(place) > 1:
            return f"{place[1]}{_steps(place[2:])}"
        return "/".join(place)


def _shared_ids(contracts: tuple[Contract, ...]) -> set[str]:
    """Ids that several operations of one contract have, which name none of them."""
    shared: set[str] = set()
    for contract in contracts:
        seen: set[str] = set()
        for of in contract.operations.values():
            if of.id and of.id in seen:
                shared.add(of.id)
            seen.add(of.id or "")
    return shared


def _steps(rest: Pointer) -> str:
    """The way from a place to one inside it."""
    label = ""
    steps = list(rest)
    while steps:
        key = steps.pop(0)
        if key in _INSIDE and steps:
            label += _INSIDE[key].format(steps.pop(0))
        elif key not in ("schema", "(merged)", "(alone)"):
            label += _STEPS.get(key, f"/{key}")
    return label
