"""Write a plan as a plain OpenAPI 3.1 document of which the generator is known to lose nothing.

The generator makes types of schemas, and nothing else. So every name is opaque (`C1` for a class, `p1` for a field or parameter, `op1`
for an operation; `parse` puts the real ones back), every parameter stands in the query, and every body and answer is JSON. Templates take
from the contract where and how each is really sent. Descriptions, examples, defaults and limits do not go through the generator at all.
"""

from __future__ import annotations

from typing import TypeAlias

from scripts.contract.model import Json
from scripts.generator.plan import (
    ANYTHING,
    Class,
    ClassUse,
    Constant,
    Function,
    ListOf,
    Member,
    Part,
    Plan,
    Type,
    sorted_values,
)

JsonObject: TypeAlias = dict[str, object]

_TYPES: dict[str, JsonObject] = {
    "Any": {},
    "None": {"type": "null"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "str": {"type": "string"},
    "datetime.date": {"type": "string", "format": "date"},
    "datetime.datetime": {"type": "string", "format": "date-time"},
    "UUID": {"type": "string", "format": "uuid"},
    "File": {"type": "string", "format": "binary"},
}


class Lowered:
    """The plain document of a plan, and what the opaque names in it stand for."""

    def __init__(self, plan: Plan) -> None:
        self.classes: dict[str, Class] = {}
        for number, (planned_class, _schema) in enumerate(plan.classes, 1):
            self.classes[f"C{number}"] = planned_class
        self.functions: dict[str, Function] = {}
        for number, (function, *_) in enumerate(plan.functions, 1):
            self.functions[f"op{number}"] = function
        self.members: dict[str, Member] = {}
        self._keys = {planned.name: key for key, planned in self.classes.items()}
        paths: JsonObject = {}
        for name, function in self.functions.items():
            paths[f"/{name}"] = {function.method: self._operation(name, function)}
        schemas = {key: self._class(planned) for key, planned in self.classes.items()}
        self.document: Json = {
            "openapi": "3.1.0",
            "info": {"title": "client", "version": "0"},
            "paths": paths,
            "components": {"schemas": schemas},
        }

    def _operation(self, name: str, function: Function) -> JsonObject:
        responses: JsonObject = {}
        operation: JsonObject = {"operationId": name, "responses": responses}
        if function.parameters:
            operation["parameters"] = [self._parameter(p) for p in function.parameters]
        for required, type_ in function.bodies:
            body = self._content(type_)
            if required:
                body["required"] = True
            operation["requestBody"] = body
        for status, answer in function.answers.items():
            response: JsonObject = {}
            if answer is not None:
                response = self._content(answer)
            response["description"] = ""
            responses[status] = response
        return operation

    def _parameter(self, member: Member) -> JsonObject:
        parameter: JsonObject = {
            "name": self._key(member),
            "in": "query",
            "schema": self._schema(member.type),
        }
        if member.required:
            parameter["required"] = True
        return parameter

    def _content(self, type_: Type) -> JsonObject:
        return {"content": {"application/json": {"schema": self._schema(type_)}}}

    def _class(self, planned: Class) -> JsonObject:
        if planned.values:
            return {"enum": sorted_values(planned)}
        properties: JsonObject = {}
        required = []
        for member in planned.fields.values():
            key = self._key(member)
            properties[key] = self._schema(member.type)
            if member.required:
                required.append(key)
        schema: JsonObject = {}
        if properties:
            schema["properties"] = properties
        else:
            schema["type"] = "object"
        if required:
            schema["required"] = required
        if planned.additional is None:
            schema["additionalProperties"] = False
        elif planned.additional != ANYTHING:
            schema["additionalProperties"] = self._schema(planned.additional)
        return schema

    def _key(self, member: Member) -> str:
        key = f"p{len(self.members) + 1}"
        self.members[key] = member
        return key

    def _schema(self, type_: Type) -> JsonObject:
        schemas = [self._part(part) for part in type_]
        if len(schemas) == 1:
            return schemas[0]
        return {"oneOf": schemas}

    def _part(self, part: Part) -> JsonObject:
        match part:
            case ClassUse(name):
                return {"$ref": f"#/components/schemas/{self._keys[name]}"}
            case Constant(_type, value):
                return {"const": value}
            case ListOf(items):
                return {"type": "array", "items": self._schema(items)}
            case str():
                return _TYPES[part]
