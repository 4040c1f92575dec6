"""Write a plan as a plain OpenAPI 3.1 document of which the generator is known to lose nothing.

The generator makes types of schemas, and nothing else. So every name is opaque (`C1` for a class, `p1` for a field or parameter, `op1`
for an operation; `parse` puts the real ones back), every parameter stands in the query, and every body and answer is JSON: what is sent
where, and how, templates take from the contract. Descriptions, examples, defaults and limits do not go through the generator at all.
"""

from __future__ import annotations

from scripts.contract.model import Json
from scripts.generator.plan import ANYTHING, Class, Function, Member, Plan, Type

_TYPES: dict[str, Json] = {
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
        self.classes = {f"C{n}": made for n, (made, _) in enumerate(plan.classes, 1)}
        self.functions = {f"op{n}": m for n, (m, *_) in enumerate(plan.functions, 1)}
        self.members: dict[str, Member] = {}
        self._keys = {made.name: key for key, made in self.classes.items()}
        self.document: Json = {
            "openapi": "3.1.0",
            "info": {"title": "client", "version": "0"},
            "paths": {
                f"/{name}": {made.method: self._operation(name, made)}
                for name, made in self.functions.items()
            },
            "components": {
                "schemas": {
                    key: self._class(held) for key, held in self.classes.items()
                }
            },
        }

    def _operation(self, name: str, made: Function) -> Json:
        item: Json = {"operationId": name, "responses": {}}
        for held in made.parameters:
            parameter = {"name": self._key(held), "in": "query"}
            parameter |= {"schema": self._schema(held.type)} | _set(
                required=held.required
            )
            item.setdefault("parameters", []).append(parameter)
        for required, type_ in made.bodies:
            item["requestBody"] = self._content(type_) | _set(required=required)
        for status, answer in made.answers.items():
            content = {} if answer is None else self._content(answer)
            item["responses"][status] = content | {"description": ""}
        return item

    def _content(self, type_: Type) -> Json:
        return {"content": {"application/json": {"schema": self._schema(type_)}}}

    def _class(self, made: Class) -> Json:
        if made.values:
            return {"enum": sorted(made.values)}
        keys = {self._key(held): held for held in made.fields.values()}
        properties = {key: self._schema(held.type) for key, held in keys.items()}
        required = [key for key, held in keys.items() if held.required]
        item = _set(properties=properties, required=required) or {"type": "object"}
        if made.others is None:
            item["additionalProperties"] = False
        elif made.others != ANYTHING:
            item["additionalProperties"] = self._schema(made.others)
        return item

    def _key(self, member: Member) -> str:
        key = f"p{len(self.members) + 1}"
        self.members[key] = member
        return key

    def _schema(self, type_: Type) -> Json:
        parts = [self._part(part) for part in type_]
        return parts[0] if len(parts) == 1 else {"oneOf": parts}

    def _part(self, part: Type | str) -> Json:
        if isinstance(part, str):
            return _TYPES[part]
        kind, held = part[0], part[-1]
        if kind == "class":
            return {"$ref": f"#/components/schemas/{self._keys[held]}"}
        if kind == "const":
            return {"const": held}
        return {"type": "array", "items": self._schema(held)}


def _set(**keywords: Json) -> Json:
    """The keywords that say something."""
    return {key: value for key, value in keywords.items() if value}
