"""Types and places in words."""

from __future__ import annotations

import json
from functools import partial

from scripts.contract import model
from scripts.contract.model import Operation, Parameter, Pointer, Schema
from scripts.contract.view import Types, View, view

_DEPTH = 3  # of words about a type without a name that is made of itself
_STEPS = {"items": "[]", "additionalProperties": "{}"}
# Keys with a name or a number after them.
_INSIDE = {
    "properties": ".{}",
    "headers": " header {}",
    "prefixItems": "[{}]",
    "content": "",
    "allOf": "",
} | dict.fromkeys(("anyOf", "oneOf", "type"), "|{}")
_COMPONENTS = {
    "parameters": "parameter ",
    "requestBodies": "request body ",
    "responses": "response ",
    "headers": "header ",
    "securitySchemes": "security scheme ",
}


def text(schema: Schema | None, types: Types, depth: int = 0) -> str:
    """A type in words: `string (date-time)`, `array of Pet`, `integer or null`."""
    return "any" if schema is None else describe(view(schema, types), depth)


def describe(seen: View, depth: int = 0) -> str:
    label = named(seen, depth)
    return f"{label} or null" if seen.nullable and label != model.ANY else label


def named(seen: View, depth: int = 0) -> str:
    """A type in words, whether or not null is allowed."""
    node = seen.node
    inside = partial(text, types=seen.types, depth=depth + 1)
    if node.class_name:
        return node.class_name
    if depth > _DEPTH:
        return seen.names[0] if seen.names else node.kind
    if node.values is not None:
        return " or ".join(json.dumps(v, ensure_ascii=False) for v in node.values)
    if node.variants:
        return " | ".join(sorted(map(inside, node.variants)))
    if node.prefix:
        return f"[{', '.join(map(inside, node.prefix))}]"
    if node.items is not None:
        return f"array of {inside(node.items)}"
    if node.kind == model.OBJECT and isinstance(node.additional, Schema):
        return f"map of {inside(node.additional)}"
    return f"{node.kind} ({node.format})" if node.format else node.kind


def both(va: View, vb: View) -> tuple[str, str]:
    """Two types in words that differ."""
    before, after = describe(va), describe(vb)
    if before == after:
        return f"{before}: {outline(va.node)}", f"{after}: {outline(vb.node)}"
    return before, after


def outline(node: Schema) -> str:
    """What kind of type has a name."""
    if node.variants:
        return "union"
    kind = f"enum of {node.kind}" if node.values is not None else node.kind
    return f"{kind} ({node.format})" if node.format else kind


def component(place: Pointer) -> str:
    """The component in which a place is."""
    return f"{_COMPONENTS.get(place[1], '')}{place[2]}"


def parameter(of: Parameter) -> str:
    return f"{of.where} parameter {of.name}"


class Places:
    """Names for places, by the nearest one around that has a name of its own: `response 200.items[].id of list_pets`."""

    def __init__(self, *contracts: model.Contract) -> None:
        self._named: dict[Pointer, tuple[str, str]] = {}
        self._shared_ids = _shared_ids(contracts)
        for contract in contracts:
            for of in contract.operations.values():
                tail = f" of {self.operation(of)}"
                self._name(of.at, self.operation(of))
                for one in of.parameters:
                    self._name(one.at, parameter(one), self._holder(one.at, of))
                if of.body:
                    self._message(of.body, "body", tail)
                for response in of.responses.values():
                    self._message(response, f"response {response.status}", tail)

    def operation(self, of: Operation) -> str:
        """The id of an operation, or method and path where it has none of its own."""
        if not of.id or of.id in self._shared_ids:
            return of.key
        return of.id

    def _holder(self, at: Pointer, of: Operation) -> str:
        """Where a parameter is declared."""
        if at[:1] == ("components",):
            return f" ({at[2]})"
        is_own = at[: len(of.at)] == of.at
        return f" of {self.operation(of) if is_own else at[1]}"

    def _name(self, at: Pointer, head: str, tail: str = "") -> None:
        self._named.setdefault(at, (head, tail))

    def _message(
        self, held: model.Body | model.Response, label: str, tail: str
    ) -> None:
        if held.component:
            label, tail = self.label(held.at), ""
        self._name(held.at, label, tail)
        for each in held.media:
            several = f" as {each.content_type}" if len(held.media) > 1 else ""
            self._name(each.at, f"{label}{several}", tail)

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


def _shared_ids(contracts: tuple[model.Contract, ...]) -> set[str]:
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
    label, parts = "", list(rest)
    while parts:
        key = parts.pop(0)
        if key in _INSIDE and parts:
            label += _INSIDE[key].format(parts.pop(0))
        elif key not in ("schema", "(merged)"):
            label += _STEPS.get(key, f"/{key}")
    return label
