"""The JSON Schemas (draft 2020-12) by which the client checks requests and responses, as text. Each holds all that it refers to."""

from __future__ import annotations

import copy
import functools
import json
import operator

from jsonschema_rs import Draft202012Validator, ValidationError

from scripts.contract import model
from scripts.contract.model import Contract, Media
from scripts.contract.reading.contract import types_in
from scripts.contract.schema import (
    ARRAY,
    OBJECT,
    Array,
    Binary,
    Object,
    Reference,
    Schema,
    target,
    type_name,
)
from scripts.generator.plan import is_text
from scripts.intake.prose import LISTS, MAPS, SINGLE
from scripts.intake.yaml_text import Json, at, reference, referred

# Rules for the values of parameters in a place, beside those of the document. Headers take visible ASCII with blanks inside (RFC 9110,
# section 5.5). A step of a path that is empty, "." or ".." would make it another path.
_PLACES = {
    "header": {"pattern": "^[!-~]([ -~]*[!-~])?$"},
    "path": {"not": {"enum": ["", ".", "..", None]}},
}
# Says the same as the schema `false`, which stands for a read-only field in the schemas of what is sent.
_NOTHING: Json = {"not": {}}
# A file, as the client checks it: see `PlainCopier` in _runtime/plain_json.py. Null is left out of a multipart body.
_FILE: Json = {"enum": ["", None]}
_NONE: frozenset[str] = frozenset()
_PLAIN = (model.TEXT_KIND, model.BYTES_KIND)  # kinds of bodies that are no JSON


class Checks:
    """Writes the schemas of one contract as text.

    The validator compiles each type once, not again with every operation that leads to it: a document may have many of both, and
    compiling a pattern may cost much.

    Attributes:
        warnings: Keywords that the validator cannot use, which nothing enforces.
    """

    def __init__(self, contract: Contract) -> None:
        self.warnings: list[str] = []
        self._contract = contract
        types = contract.types
        self._objects = {
            id(schema.rule): schema
            for schema in model.all_schemas(contract)
            if isinstance(schema, Object) and schema.fields
        }
        sent_types = {}
        for key, schema in types.items():
            rule = self._compiled(self._sent(schema.rule), at(schema.pointer))
            if rule is None:
                rule = True  # allows everything
            sent_types[key] = rule
        self._sent_types = _Types(sent_types)
        # These are made of keywords that the validator knows.
        self._read_types = _Types({key: self._read(s) for key, s in types.items()})

    def body(self, media: Media | None) -> str | None:
        """The schema of a body; None where nothing is checked."""
        if media is None or media.schema is None or media.kind in _PLAIN:
            return None
        rule = media.schema.rule
        hidden = _NONE
        resolved = target(media.schema, self._contract.types)[0]
        is_multipart = media.kind == model.MULTIPART_KIND
        if is_multipart and isinstance(resolved, Object) and resolved.fields:
            hidden = self._read_only(resolved)
            rule = {
                "type": OBJECT,
                "properties": {
                    n: self._part(field) for n, field in resolved.fields.items()
                },
                "required": sorted(resolved.required),
                "additionalProperties": resolved.additional is not False,
            }
        compiled = self._compiled(self._sent(rule, hidden), at(media.at))
        if compiled is None:
            return None
        return self._sent_types.text(compiled)

    def parameters(self, operation: model.Operation) -> str:
        """All parameters as one object, under their Python names; strings are refused that can't be sent in their place."""
        properties: dict[str, Json] = {}
        required = []
        for parameter in operation.parameters:
            name = self._contract.argument(operation, parameter)
            properties[name] = self._parameter(parameter)
            if parameter.required:
                required.append(name)
        rule = {
            "type": OBJECT,
            "properties": properties,
            "required": sorted(required),
        }
        compiled = self._compiled(rule, at(operation.at))
        if compiled is None:
            return "true"
        return self._sent_types.text(compiled)

    def _parameter(self, parameter: model.Parameter) -> Json:
        rule = parameter.schema.rule
        resolved = target(parameter.schema, self._contract.types)[0]
        if is_text(self._contract, parameter) and type_name(resolved) != "string":
            rule = {"anyOf": [rule, {"type": "string"}]}
        sent = self._sent(rule)
        place = _PLACES.get(parameter.where)
        if place is None:
            return sent
        return {"allOf": [sent, place]}

    def answer(self, media: Media | None) -> str | None:
        """The schema of the places in an answer where objects and arrays stand; None where there are none."""
        if media is None or media.kind != model.JSON_KIND or media.schema is None:
            return None
        rule = self._item(media.schema)
        if not rule:
            return None
        return self._read_types.text(rule)

    def _part(self, field: Schema) -> Json:
        """The schema of a part of a multipart body. Files are no JSON: to check the body, the client puts an empty string for each."""
        resolved = target(field, self._contract.types)[0]
        if isinstance(resolved, Binary):
            return _FILE
        if isinstance(resolved, Array) and resolved.items is not None:
            item = target(resolved.items, self._contract.types)[0]
            if isinstance(item, Binary):
                is_array = {"type": ARRAY}
                return {"if": is_array, "then": {"items": _FILE}, "else": _FILE}
        return field.rule

    # Schemas of what is sent: those of the document, except that read-only fields are not required and not allowed

    def _sent(self, rule: Json, hidden: frozenset[str] = _NONE) -> Json:
        if not isinstance(rule, dict):
            return rule
        if id(rule) in self._objects:  # else a part of one, by `allOf` and the like
            hidden |= self._read_only(self._objects[id(rule)])
        rule = self._closed_as_a_whole(rule)
        return {
            key: self._sent_keyword(key, value, hidden)
            for key, value in rule.items()
            if key not in ("readOnly", "writeOnly")
        }

    def _closed_as_a_whole(self, rule: dict[str, Json]) -> dict[str, Json]:
        """The rule of an object with `allOf`, `anyOf` or `oneOf`; if it is closed, it forbids the fields that none of its parts declares.

        In JSON Schema `additionalProperties: false` sees only the fields beside it, and forbids those of the other parts. Documents mean
        `unevaluatedProperties: false`, which sees them all.
        """
        parts = []
        closed = rule.get("additionalProperties") is False and (
            "oneOf" in rule or "anyOf" in rule or "allOf" in rule
        )
        for part in rule.get("allOf", ()):
            opened = self._opened(part, frozenset())
            closed = closed or opened is not part
            parts.append(opened)
        if not closed:
            return rule
        whole = {k: v for k, v in rule.items() if k != "additionalProperties"}
        if parts:
            whole["allOf"] = parts
        whole["unevaluatedProperties"] = False
        return whole

    def _opened(self, part: Json, chain: frozenset[str]) -> Json:
        """A part of `allOf` without `additionalProperties: false`; the same object if the part does not have it."""
        if not isinstance(part, dict):
            return part
        ref = part.get("$ref")
        if isinstance(ref, str) and len(part) == 1:
            key = referred(ref)[-1]
            if key in chain or key not in self._contract.types:
                return part
            target_rule = self._contract.types[key].rule
            opened = self._opened(target_rule, chain | {key})
            if opened is target_rule:
                return part
            return opened
        members = part.get("allOf", ())
        opened_members = [self._opened(member, chain) for member in members]
        is_open = all(map(operator.is_, members, opened_members))
        if part.get("additionalProperties") is not False and is_open:
            return part
        whole = {k: v for k, v in part.items() if k != "additionalProperties"}
        if members:
            whole["allOf"] = opened_members
        return whole

    def _sent_keyword(self, key: str, value: Json, hidden: frozenset[str]) -> Json:
        if key == "required":
            return [name for name in value if name not in hidden]
        if key in MAPS:
            members = {name: self._sent_member(inner) for name, inner in value.items()}
            if key == "properties":
                for name in hidden & members.keys():
                    members[name] = False
            return members
        if key in LISTS:
            inherited = _NONE if key == "prefixItems" else hidden
            return [self._sent(item, inherited) for item in value]
        if key in ("then", "else"):
            return self._sent(value, hidden)
        return self._sent(value) if key in SINGLE else value

    def _sent_member(self, rule: Json) -> Json:
        return _NOTHING if rule is False else self._sent(rule)

    def _read_only(self, schema: Object) -> frozenset[str]:
        """The names of fields that callers do not send."""
        names = set()
        for name, field in schema.fields.items():
            resolved = target(field, self._contract.types)[0]
            if field.notes.get("readOnly") or resolved.notes.get("readOnly"):
                names.add(name)
        return frozenset(names)

    # Schemas of what is received: only where objects and arrays stand. Nothing is said of unions: reading them chooses the variant

    def _read(self, schema: Schema) -> Json:
        resolved = target(schema, self._contract.types)[0]
        if not isinstance(resolved, Array | Object):
            return {}
        match schema:
            case Reference():
                return {"$ref": reference(("$defs", schema.key))}
            case Object():
                return self._read_object(schema)
            case Array():
                rule: dict[str, Json] = {"type": [ARRAY, "null"]}
                items = None if schema.items is None else self._item(schema.items)
                if items:
                    rule["items"] = items
                return rule
            case _:
                return {}

    def _read_object(self, schema: Object) -> Json:
        additional: Json = {}
        if not isinstance(schema.additional, bool):
            additional = self._item(schema.additional)
        properties = {}
        for name, field in schema.fields.items():
            rule = self._read(field)
            if rule or additional:
                properties[name] = rule
        stated: dict[str, Json] = {"type": [OBJECT, "null"]}
        if properties:
            stated["properties"] = properties
        if additional:
            stated["additionalProperties"] = additional
        return stated

    def _item(self, schema: Schema) -> Json:
        """The schema of an item or of undeclared fields. Unlike a declared field, which may be left out, it may not be null by itself."""
        rule = self._read(schema)
        resolved, is_nullable = target(schema, self._contract.types)
        if not rule or is_nullable:
            return rule
        return {**rule, "type": ARRAY if isinstance(resolved, Array) else OBJECT}

    # Schemas that the validator can compile

    def _compiled(self, rule: Json, where: str) -> Json:
        """A schema without the keywords that the validator cannot compile; None if nothing is left.

        The types that it refers to are not compiled with it.
        """
        stubs = dict.fromkeys(types_in(rule), True)
        while True:
            whole = rule
            if stubs:
                whole = {**rule, "$defs": stubs}
            try:
                Draft202012Validator(whole)
            except ValueError as error:
                steps = _steps_to(error)
                self._warn(where, "/".join(map(str, steps)) or "the schema")
                if not steps:
                    return None
                rule = _without_place(rule, steps)
                if steps[-1] == "pattern":
                    # all at once: each further attempt would compile those that can be used
                    rule = self._without_unusable_patterns(rule, where)
            else:
                return rule

    def _without_unusable_patterns(
        self, rule: Json, where: str, place: str = ""
    ) -> Json:
        """A copy of a schema without the patterns that the validator cannot use."""
        match rule:
            case dict():
                kept = {}
                for key, value in rule.items():
                    inner_place = f"{place}/{key}".lstrip("/")
                    if key == "pattern" and isinstance(value, str):
                        if not _is_usable(value):
                            self._warn(where, inner_place)
                            continue
                        kept[key] = value
                    elif key in ("enum", "const"):
                        kept[key] = value
                    else:
                        kept[key] = self._without_unusable_patterns(
                            value, where, inner_place
                        )
                return kept
            case list():
                return [
                    self._without_unusable_patterns(item, where, f"{place}/{index}")
                    for index, item in enumerate(rule)
                ]
            case _:
                return rule

    def _warn(self, where: str, name: str) -> None:
        problem = f"{where}: the validator cannot use {name}; it is not enforced"
        if problem not in self.warnings:
            self.warnings.append(problem)


@functools.lru_cache(maxsize=4096)
def _is_usable(pattern: str) -> bool:
    try:
        Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


def _steps_to(error: ValueError) -> list[str | int]:
    """The place in a schema that the validator complains of; empty where it names none."""
    if not isinstance(error, ValidationError):
        return []
    return list(error.instance_path)


def _without_place(rule: Json, steps: list[str | int]) -> Json:
    """A copy of a schema without what stands at a place."""
    copied = copy.deepcopy(rule)
    holder = copied
    for step in steps[:-1]:
        holder = holder[step]
    del holder[steps[-1]]
    return copied


class _Types:
    """The schemas of types, by the keys under which others refer to them."""

    def __init__(self, rules: dict[str, Json]) -> None:
        self._rules = rules
        self._referred: dict[str, set[str]] = {}
        for key, rule in rules.items():
            self._referred[key] = rules.keys() & {*types_in(rule)}

    def text(self, rule: Json) -> str:
        """A schema as JSON, with all types that it leads to."""
        pending = self._rules.keys() & {*types_in(rule)}
        reached: set[str] = set()
        while pending:
            key = pending.pop()
            reached.add(key)
            pending |= self._referred[key] - reached
        if reached:
            rule = {**rule, "$defs": {key: self._rules[key] for key in sorted(reached)}}
        return json.dumps(rule, separators=(",", ":"))
