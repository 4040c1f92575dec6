"""The JSON Schemas (draft 2020-12) that the client checks requests and answers with, as text: each stands alone."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from typing import Any

from jsonschema_rs import Draft202012Validator

from scripts.contract import model
from scripts.contract.model import ARRAY, OBJECT, Contract, Json, Media, Schema, at
from scripts.contract.nodes import LISTS, MAPS, SINGLE
from scripts.contract.read import types_in
from scripts.generator.plan import is_file, is_text, target
from scripts.plain_data import reference

# What strings must be in a place, beside what the document says: headers take visible ASCII with blanks inside, RFC 9110 section 5.5;
# an empty step of a path, or one of dots, would make another path.
_PLACES = {
    "header": {"pattern": "^[!-~]([ -~]*[!-~])?$"},
    "path": {"not": {"enum": ["", ".", "..", None]}},
}
_PLAIN = (model.TEXT_KIND, model.BYTES_KIND)  # kinds of bodies that are no JSON


class Checks:
    """Writes the schemas of one contract as text."""

    def __init__(self, contract: Contract) -> None:
        self.warnings: list[str] = []
        self._contract = contract
        self._objects = {id(s.rule): s for s in model.every(contract) if s.fields}
        self._made: dict[tuple[str, str], Json] = {}

    def body(self, media: Media | None) -> str | None:
        if media is None or media.schema is None or media.kind in _PLAIN:
            return None
        rule, hidden = media.schema.rule, frozenset[str]()
        goal = target(self._contract, media.schema)[0]
        if media.kind == model.MULTIPART_KIND and goal.fields:
            hidden = self._read_only(goal)
            held = {name: self._part(field) for name, field in goal.fields.items()}
            rule = {"type": OBJECT, "properties": held}
            rule["required"] = sorted(goal.required)
            rule["additionalProperties"] = goal.additional is not False
        return self._text(self._sent(rule, hidden), self._sent_type, at(media.at))

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
        return self._text(rule, self._sent_type, at(operation.at)) or "true"

    def answer(self, media: Media | None) -> str | None:
        if media is None or media.kind != model.JSON_KIND or media.schema is None:
            return None
        rule = self._item(media.schema)
        return self._text(rule, self._read, at(media.at)) if rule else None

    def _part(self, field: Schema) -> Json:
        """Files are no JSON, whatever a document says of their content."""
        goal = target(self._contract, field)[0]
        held = target(self._contract, goal.items)[0] if goal.items else goal
        return True if is_file(held) else field.rule

    # What is sent: the document's own words, but that read-only fields are neither required nor taken

    def _sent_type(self, schema: Schema) -> Json:
        return self._sent(schema.rule)

    def _sent(self, rule: Json, hidden: frozenset[str] = frozenset()) -> Json:
        if not isinstance(rule, dict):
            return rule
        if id(rule) in self._objects:  # else a part of one, by `allOf` and the like
            hidden |= self._read_only(self._objects[id(rule)])
        made: Json = {}
        for key, held in rule.items():
            if key == "properties":
                made[key] = {
                    n: n not in hidden and self._sent(v) for n, v in held.items()
                }
            elif key == "required":
                made[key] = [name for name in held if name not in hidden]
            elif key in MAPS:
                made[key] = {name: self._sent(value) for name, value in held.items()}
            elif key in LISTS:
                inherited = hidden if key != "prefixItems" else frozenset()
                made[key] = [self._sent(value, inherited) for value in held]
            elif key in SINGLE:
                made[key] = self._sent(held)
            elif key not in ("readOnly", "writeOnly"):
                made[key] = held
        return made

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
            "properties": {n: rule for n, rule in fields.items() if rule or others},
            "items": self._item(schema.items),
            "additionalProperties": others,
        }
        return {"type": [schema.kind, "null"]} | {k: v for k, v in held.items() if v}

    def _item(self, schema: Schema | bool | None) -> Json:
        """An item is there or not, so null among objects is no object, unless the schema says so."""
        if not isinstance(schema, Schema):
            return {}
        rule = self._read(schema)
        if not rule or target(self._contract, schema)[1]:
            return rule
        return {**rule, "not": {"type": "null"}}

    # Text

    def _text(self, rule: Json, of: Callable[[Schema], Json], where: str) -> str | None:
        """A schema with all that it refers to, without what the validator cannot compile."""
        types, pending = self._contract.types, [rule]
        definitions: dict[str, Json] = {}
        while pending:
            for key in {*types_in(pending.pop())} & types.keys() - definitions.keys():
                known = of.__name__, key
                if known not in self._made:
                    self._made[known] = of(types[key])
                definitions[key] = self._made[known]
                pending.append(definitions[key])
        if definitions and isinstance(rule, dict):
            rule = {**rule, "$defs": dict(sorted(definitions.items()))}
        rule = self._compiled(rule, where)
        return None if rule is None else json.dumps(rule, separators=(",", ":"))

    def _compiled(self, rule: Json, where: str) -> Json:
        while True:
            try:
                Draft202012Validator(rule)
            except ValueError as error:
                steps: Iterable[Any] = getattr(error, "instance_path", ())
                *way, last = steps or (None,)
                what = f"{where}: the validator cannot use {'/'.join(map(str, steps)) or 'the schema'}; it is not enforced"
                if what not in self.warnings:
                    self.warnings.append(what)
                if last is None:
                    return None
                rule = holder = copy.deepcopy(rule)
                for step in way:
                    holder = holder[step]
                del holder[last]
            else:
                return rule
