"""Write a contract as a plain OpenAPI 3.1 document of which the generator is known to lose nothing.

Every class is a component and every name is opaque: `C1` for a class, `p1` for a field or parameter, `op1` for an operation. What the
generator would make of the real names never matters; `run` puts those back on its parsed objects. Descriptions, examples, defaults and
limits do not go through the generator at all.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from scripts.contract import model
from scripts.generator.plan import (
    answer,
    body_schema,
    is_class,
    is_file,
    is_literal,
    is_text,
    plan,
    target,
)

FORMATS = ("date", "date-time", "uuid")
_FILE = {"type": "string", "format": "binary"}
_NULL = {"type": "null"}
_CONTENT = {
    model.JSON_KIND: "application/json",
    model.FORM_KIND: "application/x-www-form-urlencoded",
    model.MULTIPART_KIND: "multipart/form-data",
}


@dataclass(frozen=True, slots=True)
class Lowered:
    """A plain document, and what the opaque names in it stand for."""

    document: model.Json
    classes: dict[str, model.Schema]  # by name of the component
    fields: dict[str, tuple[str, str, model.Schema]] = field(default_factory=dict)
    parameters: dict[str, model.Parameter] = field(default_factory=dict)
    calls: dict[str, tuple[model.Operation, model.Call]] = field(default_factory=dict)


def lower(contract: model.Contract) -> Lowered:
    """The plain document of a contract. Fields are kept as (wire name, Python name, schema)."""
    return _Lowering(contract).document()


class _Lowering:
    def __init__(self, contract: model.Contract) -> None:
        self._contract, self._plan = contract, plan(contract)
        self._names = {
            id(schema): f"C{number}"
            for number, schema in enumerate(self._plan.classes, 1)
        }
        self._prefix = _unused(contract, self._plan.classes)
        classes = {self._names[id(schema)]: schema for schema in self._plan.classes}
        self._lowered = Lowered({}, classes)

    def document(self) -> Lowered:
        lowered, paths = self._lowered, {}
        for operation in self._contract.operations.values():
            for call in operation.calls:
                name = f"op{len(lowered.calls) + 1}"
                lowered.calls[name] = operation, call
                path, item = self._operation(name, operation, call)
                paths[path] = {operation.method: item}
        schemas = {
            name: self._class(schema) for name, schema in lowered.classes.items()
        }
        lowered.document.update(
            openapi="3.1.0",
            info={"title": "client", "version": "0"},
            paths=paths,
            components={"schemas": schemas},
        )
        return lowered

    # Operations

    def _operation(
        self, name: str, operation: model.Operation, call: model.Call
    ) -> tuple[str, model.Json]:
        path, parameters = f"/{name}", []
        for parameter in operation.parameters:
            key = f"{self._prefix}{len(self._lowered.parameters) + 1}"
            self._lowered.parameters[key] = parameter
            parameters.append((parameter, key))
        # The generator wants path parameters in the order of the path.
        parameters.sort(key=lambda held: operation.path.find(f"{{{held[0].name}}}"))
        path += "".join(f"/{{{key}}}" for p, key in parameters if p.where == "path")
        item: model.Json = {
            "operationId": name,
            "responses": {
                status: self._response(response)
                for status, response in operation.responses.items()
            },
        }
        if parameters:
            item["parameters"] = [self._parameter(key, p) for p, key in parameters]
        if call.media is not None and operation.body is not None:
            item["requestBody"] = self._body(call, operation.body.required)
        return path, item

    def _parameter(self, key: str, parameter: model.Parameter) -> model.Json:
        schema: model.Json = {"type": "string"}
        if not is_text(self._contract, parameter):
            schema = self._type(parameter.schema)
        if parameter.where == "path":  # nothing in a path says null
            parts = schema.get("oneOf", [schema])
            schema = _one_of([part for part in parts if part != _NULL])
        made = {"name": key, "in": parameter.where, "schema": schema}
        return made | _if_required(parameter.required)

    def _body(self, call: model.Call, required: bool) -> model.Json:
        assert call.media is not None
        kind = call.media.kind
        content_type = _CONTENT.get(kind, "application/octet-stream")
        typed = body_schema(self._contract, call)
        schema: model.Json = {} if typed is None else self._type(typed)
        if kind not in _CONTENT:
            schema = {"type": "string"} if kind == model.TEXT_KIND else _FILE
        made = {"content": {content_type: {"schema": schema}}}
        return made | _if_required(required)

    def _response(self, response: model.Response) -> model.Json:
        media, made = answer(response), {"description": ""}
        if media is None:
            return made
        if media.kind == model.JSON_KIND:
            plain = {} if media.schema is None else self._type(media.schema)
            # The generator parses no answer of type Any, but one of Any or null.
            schema = plain or {"oneOf": [{}, _NULL]}
            return made | {"content": {"application/json": {"schema": schema}}}
        if media.kind == model.BYTES_KIND:
            return made | {"content": {"application/octet-stream": {"schema": _FILE}}}
        return made | {"content": {"text/plain": {"schema": {"type": "string"}}}}

    # Schemas

    def _class(self, schema: model.Schema) -> model.Json:
        if schema.values is not None:
            return {"enum": list(schema.values)}
        files = id(schema) in self._plan.uploads
        required = self._plan.required(self._contract, schema)
        made: model.Json = {} if schema.fields else {"type": "object"}
        for name, held in schema.fields.items():
            key = f"{self._prefix}{len(self._lowered.fields) + 1}"
            self._lowered.fields[key] = name, schema.python_names[name], held
            made.setdefault("properties", {})[key] = self._type(held, files=files)
            if name in required:
                made.setdefault("required", []).append(key)
        if isinstance(schema.additional, model.Schema):
            made["additionalProperties"] = self._type(schema.additional, files=files)
        elif not schema.additional:
            made["additionalProperties"] = False
        return made

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
            return {"$ref": f"#/components/schemas/{self._names[id(goal)]}"}
        if goal.variants:
            return _one_of([self._type(held, files=files) for held in goal.variants])
        if goal.values is not None:
            return _one_of([_value(goal, value) for value in goal.values])
        if goal.kind == model.ARRAY:
            held = [self._type(item, files=files) for item in goal.prefix]
            rest = {} if goal.items is None else self._type(goal.items, files=files)
            return {"type": "array", "items": _one_of([*held, rest])}
        if goal.kind == "string" and goal.format in FORMATS:
            return {"type": "string", "format": goal.format}
        return {} if goal.kind in (model.ANY, model.OBJECT) else {"type": goal.kind}


def _if_required(required: bool) -> model.Json:
    return {"required": True} if required else {}


def _value(schema: model.Schema, value: model.Json) -> model.Json:
    """The type of one value of an enum or const; the generator's Literal takes what Python's does."""
    if is_literal(schema, value):
        return {"const": value}
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
    if schema.kind == "number" or type(value) is float:
        return {"type": "number"}
    kind = kinds.get(type(value), model.ANY)
    return {} if kind == model.ANY else {"type": kind}


def _one_of(types: list[model.Json]) -> model.Json:
    """The union of types; just the type where there is only one."""
    flat: dict[str, model.Json] = {}
    for held in types:
        for part in held.get("oneOf", [held]):
            flat.setdefault(json.dumps(part, sort_keys=True), part)
    parts = list(flat.values())
    if not parts:
        return {}
    return parts[0] if len(parts) == 1 else {"oneOf": parts}


def _unused(contract: model.Contract, classes: tuple[model.Schema, ...]) -> str:
    """What no name of a field or parameter starts with: generated code makes names of its own from opaque ones."""
    names = {name for schema in classes for name in schema.python_names.values()}
    for operation in contract.operations.values():
        names |= {parameter.python_name for parameter in operation.parameters}
    prefix = "p"
    while any(re.match(rf"{prefix}\d", name) for name in names):
        prefix += "q"
    return prefix
