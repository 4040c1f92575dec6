"""The JSON Schemas (draft 2020-12) that the client checks requests and answers with, as text: each stands alone."""

from __future__ import annotations

import copy
import json
from typing import Any

from jsonschema_rs import Draft202012Validator

from scripts.contract import model
from scripts.contract.model import ARRAY, OBJECT, Contract, Json, Media, Schema, at
from scripts.contract.reading.contract import types_in
from scripts.generator.plan import is_file, is_text, target
from scripts.intake.prose import LISTS, MAPS, SINGLE
from scripts.intake.yaml_text import reference

# What strings must be in a place, beside what the document says: headers take visible ASCII with blanks inside, RFC 9110 section 5.5;
# an empty step of a path, or one of dots, would make another path.
_PLACES = {
    "header": {"pattern": "^[!-~]([ -~]*[!-~])?$"},
    "path": {"not": {"enum": ["", ".", "..", None]}},
}
_NONE: frozenset[str] = frozenset()
_PLAIN = (model.TEXT_KIND, model.BYTES_KIND)  # kinds of bodies that are no JSON


class Checks:
    """Writes the schemas of one contract as text."""

    def __init__(self, contract: Contract) -> None:
        self.warnings: list[str] = []
        self._contract = contract
        self._objects = {id(s.rule): s for s in model.every(contract) if s.fields}
        self._sent_types = {k: self._sent(s.rule) for k, s in contract.types.items()}
        self._read_types = {k: self._read(s) for k, s in contract.types.items()}

    def body(self, media: Media | None) -> str | None:
        if media is None or media.schema is None or media.kind in _PLAIN:
            return None
        rule, hidden = media.schema.rule, _NONE
        goal = target(self._contract, media.schema)[0]
        if media.kind == model.MULTIPART_KIND and goal.fields:
            hidden = self._read_only(goal)
            rule = {
                "type": OBJECT,
                "properties": {n: self._part(held) for n, held in goal.fields.items()},
                "required": sorted(goal.required),
                "additionalProperties": goal.additional is not False,
            }
        return self._text(self._sent(rule, hidden), self._sent_types, at(media.at))

    def parameters(self, operation: model.Operation) -> str:
        """All parameters as one object, under their Python names; strings are refused that can't be sent in their place."""
        held = {}
        for parameter in operation.parameters:
            rule, place = parameter.schema.rule, _PLACES.get(parameter.where)
            goal = target(self._contract, parameter.schema)[0]
            if is_text(self._contract, parameter) and goal.kind != "string":
                rule = {"anyOf": [rule, {"type": "string"}]}
            sent = self._sent(rule)
            held[parameter.python_name] = {"allOf": [sent, place]} if place else sent
        required = sorted(p.python_name for p in operation.parameters if p.required)
        rule = {"type": OBJECT, "properties": held, "required": required}
        return self._text(rule, self._sent_types, at(operation.at)) or "true"

    def answer(self, media: Media | None) -> str | None:
        if media is None or media.kind != model.JSON_KIND or media.schema is None:
            return None
        rule = self._item(media.schema)
        return self._text(rule, self._read_types, at(media.at)) if rule else None

    def _part(self, field: Schema) -> Json:
        """Files are no JSON, whatever a document says of their content."""
        goal = target(self._contract, field)[0]
        held = target(self._contract, goal.items)[0] if goal.items else goal
        return True if is_file(held) else field.rule

    # What is sent: the document's own words, but that read-only fields are neither required nor taken

    def _sent(self, rule: Json, hidden: frozenset[str] = _NONE) -> Json:
        if not isinstance(rule, dict):
            return rule
        if id(rule) in self._objects:  # else a part of one, by `allOf` and the like
            hidden |= self._read_only(self._objects[id(rule)])
        return {
            key: self._sent_keyword(key, held, hidden)
            for key, held in rule.items()
            if key not in ("readOnly", "writeOnly")
        }

    def _sent_keyword(self, key: str, held: Json, hidden: frozenset[str]) -> Json:
        if key == "required":
            return [name for name in held if name not in hidden]
        if key in MAPS:
            refused = hidden if key == "properties" else _NONE
            return {n: n not in refused and self._sent(v) for n, v in held.items()}
        if key in LISTS:
            inherited = _NONE if key == "prefixItems" else hidden
            return [self._sent(value, inherited) for value in held]
        return self._sent(held) if key in SINGLE else held

    def _read_only(self, schema: Schema) -> frozenset[str]:
        return frozenset(
            name
            for name, field in schema.fields.items()
            for notes in (field.notes, target(self._contract, field)[0].notes)
            if notes.get("readOnly")
        )

    # What is read: where objects and arrays stand. Unions say nothing: which variant an object is, is the reader's business

    def _read(self, schema: Schema) -> Json:
        if target(self._contract, schema)[0].kind not in (ARRAY, OBJECT):
            return {}
        if schema.ref:
            return {"$ref": reference(("$defs", schema.ref))}
        others = self._item(schema.additional)
        fields = {name: self._read(field) for name, field in schema.fields.items()}
        held = {
            "type": [schema.kind, "null"],
            "properties": {n: rule for n, rule in fields.items() if rule or others},
            "items": self._item(schema.items),
            "additionalProperties": others,
        }
        return {keyword: value for keyword, value in held.items() if value}

    def _item(self, schema: Schema | bool | None) -> Json:
        """An item is there or not, so null among objects is no object, unless the schema says so."""
        if not isinstance(schema, Schema):
            return {}
        rule = self._read(schema)
        if not rule or target(self._contract, schema)[1]:
            return rule
        return {**rule, "not": {"type": "null"}}

    # Text

    def _text(self, rule: Json, types: dict[str, Json], where: str) -> str | None:
        """A schema with all that it refers to, without what the validator cannot compile."""
        pending = [rule]
        definitions: dict[str, Json] = {}
        while pending:
            for key in {*types_in(pending.pop())} & types.keys() - definitions.keys():
                definitions[key] = types[key]
                pending.append(types[key])
        if definitions and isinstance(rule, dict):
            rule = {**rule, "$defs": dict(sorted(definitions.items()))}
        rule = self._compiled(rule, where)
        return None if rule is None else json.dumps(rule, separators=(",", ":"))

    def _compiled(self, rule: Json, where: str) -> Json:
        while True:
            try:
                Draft202012Validator(rule)
            except ValueError as error:
                steps: list[Any] = list(getattr(error, "instance_path", ()))
                name = "/".join(map(str, steps)) or "the schema"
                what = f"{where}: the validator cannot use {name}; it is not enforced"
                if what not in self.warnings:
                    self.warnings.append(what)
                if not steps:
                    return None
                rule = holder = copy.deepcopy(rule)
                for step in steps[:-1]:
                    holder = holder[step]
                del holder[steps[-1]]
            else:
                return rule
