"""Write a contract as a plain OpenAPI 3.1 document of which the generator is known to lose nothing.

The generator makes types of schemas, and nothing else. So every name is opaque (`C1` for a class, `p1` for a field or parameter, `op1`
for an operation; `parse` puts the real ones back), every parameter stands in the query, and every body and answer is JSON: what is sent
where, and how, templates take from the contract. Descriptions, examples, defaults and limits do not go through the generator at all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from scripts.contract import model
from scripts.generator.plan import (
    answer,
    answer_schema,
    body_schema,
    is_class,
    is_file,
    is_literal,
    parameter_schema,
    plan,
    target,
)

_FILE = {"type": "string", "format": "binary"}
_NULL = {"type": "null"}
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


@dataclass(frozen=True, slots=True)
class Lowered:
    """A plain document, and what the opaque names in it stand for."""

    document: model.Json
    classes: dict[str, model.Schema]
    names: dict[str, tuple[str, str]] = field(default_factory=dict)  # wire, Python
    calls: dict[str, tuple[model.Operation, model.Call]] = field(default_factory=dict)


def lower(contract: model.Contract) -> Lowered:
    """The plain document of a contract."""
    return _Lowering(contract).document()


class _Lowering:
    def __init__(self, contract: model.Contract) -> None:
        self._contract, self._plan = contract, plan(contract)
        numbered = enumerate(self._plan.classes, 1)
        self._lowered = Lowered({}, {f"C{number}": held for number, held in numbered})
        self._classes = {id(held): key for key, held in self._lowered.classes.items()}

    def document(self) -> Lowered:
        lowered, paths = self._lowered, {}
        for operation in self._contract.operations.values():
            for call in operation.calls:
                name = f"op{len(lowered.calls) + 1}"
                lowered.calls[name] = operation, call
                item = self._operation(operation, call) | {"operationId": name}
                paths[f"/{name}"] = {operation.method: item}
        schemas = {key: self._class(held) for key, held in lowered.classes.items()}
        lowered.document.update(
            openapi="3.1.0",
            info={"title": "client", "version": "0"},
            paths=paths,
            components={"schemas": schemas},
        )
        return lowered

    def _operation(self, operation: model.Operation, call: model.Call) -> model.Json:
        item: model.Json = {"responses": {}}
        for held in operation.parameters:
            key = self._key(held.name, held.python_name)
            schema = self._type(parameter_schema(self._contract, held))
            made = {"name": key, "in": "query", "schema": schema}
            item.setdefault("parameters", []).append(made | _needed(held.required))
        if call.media is not None and operation.body is not None:
            made = self._content(body_schema(self._contract, call))
            item["requestBody"] = made | _needed(operation.body.required)
        for status, response in operation.responses.items():
            made = self._content(answer_schema(response)) if answer(response) else {}
            item["responses"][status] = made | {"description": ""}
        return item

    def _content(self, schema: model.Schema) -> model.Json:
        return {"content": {"application/json": {"schema": self._type(schema)}}}

    def _class(self, schema: model.Schema) -> model.Json:
        if schema.values is not None:
            return {"enum": list(schema.values)}
        files = id(schema) in self._plan.uploads
        made: model.Json = {} if schema.fields else {"type": "object"}
        for name, held in schema.fields.items():
            key = self._key(name, schema.python_names[name])
            made.setdefault("properties", {})[key] = self._type(held, files=files)
            if name in self._plan.required[id(schema)]:
                made.setdefault("required", []).append(key)
        more = schema.additional
        if isinstance(more, model.Schema):
            made["additionalProperties"] = self._type(more, files=files)
        elif not more:
            made["additionalProperties"] = False
        return made

    def _key(self, wire: str, python: str) -> str:
        key = f"p{len(self._lowered.names) + 1}"
        self._lowered.names[key] = wire, python
        return key

    def _type(self, schema: model.Schema, *, files: bool = False) -> model.Json:
        """The type of a schema; binary strings are files if `files`."""
        if id(schema) in self._plan.cut:
            return {}
        goal, nullable = target(self._contract, schema)
        if files and is_file(goal):
            return _FILE  # a part of a multipart body is never null
        plain = self._plain(goal, files)
        return _one_of([plain, _NULL]) if nullable and plain else plain

    def _plain(self, goal: model.Schema, files: bool) -> model.Json:
        if is_class(goal):
            return {"$ref": f"#/components/schemas/{self._classes[id(goal)]}"}
        if goal.variants:
            return _one_of([self._type(held, files=files) for held in goal.variants])
        if goal.values is not None:
            return _one_of([_value(goal, value) for value in goal.values])
        if goal.kind == model.ARRAY:
            held = [self._type(item, files=files) for item in goal.prefix]
            rest = {} if goal.items is None else self._type(goal.items, files=files)
            return {"type": "array", "items": _one_of([*held, rest])}
        if goal.kind == "string" and goal.format in ("date", "date-time", "uuid"):
            return {"type": "string", "format": goal.format}
        return {} if goal.kind in (model.ANY, model.OBJECT) else {"type": goal.kind}


def _needed(required: bool) -> model.Json:
    return {"required": True} if required else {}


def _value(schema: model.Schema, value: model.Json) -> model.Json:
    """The type of one value of an enum or const."""
    if is_literal(schema, value):
        return {"const": value}
    kind = "number" if schema.kind == "number" else _TYPES.get(type(value))
    return {"type": kind} if kind else {}


def _one_of(types: list[model.Json]) -> model.Json:
    """The union of types; just the type where there is only one."""
    flat: dict[str, model.Json] = {}
    for held in types:
        for part in held.get("oneOf", [held]):
            flat.setdefault(json.dumps(part, sort_keys=True), part)
    parts = list(flat.values())
    return parts[0] if len(parts) == 1 else {"oneOf": parts} if parts else {}
