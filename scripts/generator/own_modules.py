"""Write what the generator leaves out and the client needs: where the service is and how it is called, and the JSON Schemas that requests
and answers are checked with. All of it comes from the contract.
"""

from __future__ import annotations

import copy
import hashlib
import importlib.metadata
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from jsonschema_rs import Draft202012Validator

from scripts.contract.combine import LISTS, MAPS, SINGLE, escaped
from scripts.contract.model import (
    ARRAY,
    BYTES_KIND,
    EVENTS_KIND,
    JSON_KIND,
    MULTIPART_KIND,
    OBJECT,
    TEXT_KIND,
    Call,
    Contract,
    Json,
    Media,
    Operation,
    Requirement,
    Schema,
    Server,
    at,
    inner,
    roots,
)
from scripts.generator.plan import answer, is_file, target

GENERATOR = "openapi-python-client"

# What strings must be in a place, beside what the document says: headers take visible ASCII with blanks inside, RFC 9110 section 5.5;
# an empty step of a path, or one of dots, would make another path.
_PLACES = {
    "header": {"pattern": "^[!-~]([ -~]*[!-~])?$"},
    "path": {"not": {"enum": ["", ".", ".."]}},
}
_SENT_AS = {JSON_KIND: "application/json", TEXT_KIND: "text/plain"}

_LAZY = '''"""Contains all the data models used in inputs/outputs, each imported when it is first asked for.

Type checkers read `__init__.pyi` instead.
"""

from importlib import import_module

# Name and module of each model, as one constant: loading it costs nothing, however many there are.
_MODULES = """
{lines}"""


def __getattr__(name: str) -> object:
    value: object
    if name == "__all__":
        value = [line.split()[0] for line in _MODULES.split("\\n")[1:-1]]
    else:
        start = _MODULES.find(f"\\n{{name}} ")
        if start < 0:
            raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
        line = _MODULES[start + 1 : _MODULES.index("\\n", start + 1)]
        value = getattr(import_module(f".{{line.split()[1]}}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({{*globals(), *import_module(__name__).__all__}})
'''


def write(contract: Contract, folder: Path, *, text: bytes) -> list[str]:
    """Write `_document.py`, `_operations/` and lazy `models/__init__.py` into a generated package.

    Args:
        contract: What the package was generated from.
        folder: The package, with the generator's own modules in it.
        text: The bytes that the contract was read from, for their hash.

    Returns:
        Warnings: keywords that the validator cannot use, which nothing enforces.
    """
    types = (folder / "types.py", Path(__file__).with_name("package_types.py"))
    types[0].write_bytes(types[1].read_bytes())
    _write_models(folder / "models")
    version = importlib.metadata.version(GENERATOR)
    _write(
        folder / "_document.py",
        "The document that this package is generated from: its origin, its server, its credentials",
        f"TITLE = {contract.title!r}",
        f"VERSION = {contract.version!r}",
        f"SHA256 = {hashlib.sha256(text).hexdigest()!r}",
        f"GENERATOR = {GENERATOR + ' ' + version!r}",
        f"SERVER: str | None = {_address(contract.servers, relative=False)!r}",
        f"SECURITY: {_SECURITY} = {_security(contract, contract.security)!r}",
    )
    rules = _Rules(contract)
    for operation in contract.operations.values():
        for call in operation.calls:
            home = folder / "_operations" / operation.package
            home.mkdir(parents=True, exist_ok=True)
            for package in (home, home.parent):
                (package / "__init__.py").touch()
            lines = _operation(contract, operation, call, rules)
            title = f"What the document says of {operation.key}, for calling it and reading its answers"
            _write(home / f"{call.module}.py", title, *lines)
    return rules.warnings


def _write(path: Path, title: str, *lines: str) -> None:
    path.write_text("\n".join((f"{title!r}", "", *lines, "")), "utf-8")


def _write_models(models: Path) -> None:
    """Put a lazy `__init__.py` in place of the generator's, which imports every model; type checkers get a stub."""
    eager = (models / "__init__.py").read_text("utf-8")
    found = sorted(re.findall(r"^from \.(\w+) import (\w+)$", eager, re.MULTILINE))
    stub = "".join(f"from .{m} import {name} as {name}\n" for m, name in found)
    names = [name for _module, name in found]
    (models / "__init__.pyi").write_text(f"{stub}\n__all__ = {names}\n", "utf-8")
    lines = "".join(f"{name} {module}\n" for module, name in found)
    (models / "__init__.py").write_text(_LAZY.format(lines=lines), "utf-8")


# What is sent and asked for; templates use these too

_SECURITY = "tuple[tuple[tuple[str, str, str, str], ...], ...]"


def successes(operation: Operation) -> tuple[str, ...]:
    """Statuses that say that the operation did what it should."""
    found = tuple(s for s in operation.responses if s.startswith("2"))
    return found or tuple({"default"} & operation.responses.keys()) or ("2XX",)


def accept(operation: Operation) -> str | None:
    """Content types to ask for."""
    found = [answer(operation.responses[s]) for s in _answered(operation)]
    return ", ".join(dict.fromkeys(m.content_type for m in found if m)) or None


def stream(operation: Operation) -> str | None:
    """Content type to ask for where an answer is read bit by bit: server-sent events, or bytes."""
    media = [m for s in _answered(operation) for m in operation.responses[s].media]
    for kind in (EVENTS_KIND, BYTES_KIND):
        for held in media:
            if held.kind == kind:
                return held.content_type
    return None


def content_type(media: Media) -> str:
    """Content type of a body as it is sent; the document may give a range of them."""
    if "*" not in media.content_type:
        return media.content_type
    return _SENT_AS.get(media.kind, "application/octet-stream")


def _answered(operation: Operation) -> Iterator[str]:
    return (s for s in successes(operation) if s in operation.responses)


def template_globals(contract: Contract) -> dict[str, Any]:
    """What the templates ask of the contract, by the names under which they ask."""

    def items_of(schema: Schema | None) -> Schema | None:
        """Schema of the items of an array, or of the first array of a union."""
        goal = schema and target(contract, schema)[0]
        if goal is not None and goal.variants:
            goals = (target(contract, variant)[0] for variant in goal.variants)
            goal = next((held for held in goals if held.kind == ARRAY), None)
        return goal and goal.items

    def discriminators(schema: Schema | None) -> list[tuple[str, dict[str, str]]]:
        """The fields that tell variants of a union apart, each with the names of classes by its values."""
        goal = schema and target(contract, schema)[0]
        if goal is None:
            return []
        variants = [target(contract, variant)[0] for variant in goal.variants]
        found = [pair for variant in variants for pair in discriminators(variant)]
        if told := goal.discriminator:
            named = {v: variants[i].class_name for v, i in told.variants.items()}
            if all(named.values()):
                found.insert(0, (told.property, named))
        return found

    return {
        "accept_of": accept,
        "answer_of": lambda operation, response: answer(
            operation.responses[response.status_code.pattern]
        ),
        "content_type_of": content_type,
        "discriminators": discriminators,
        "items_of": items_of,
        "path_text": lambda text: quote(text, safe="/:@!$&'()*+,;=-._~%"),
        "stream_of": stream,
        "successes": successes,
        "union_members": {*_told_apart(contract)},
    }


def _told_apart(contract: Contract) -> Iterator[str]:
    """Names of the classes that variants of unions are, or hold."""
    every = [*contract.types.values()]
    every += [root for o in contract.operations.values() for root, _ in roots(o)]
    for schema in every:  # grows
        every += inner(schema)
    pending = [variant for schema in every for variant in schema.variants]
    seen: set[int] = set()
    while pending:
        schema = target(contract, pending.pop())[0]
        if id(schema) not in seen:
            seen.add(id(schema))
            pending += inner(schema)
            yield schema.class_name


# Operations


def _operation(
    contract: Contract, operation: Operation, call: Call, rules: _Rules
) -> Iterator[str]:
    media, body = call.media, operation.body
    own = operation.servers if operation.own_servers else ()
    yield f"METHOD = {operation.method.upper()!r}"
    yield f"PATH = {operation.path!r}"
    yield f"SERVER: str | None = {_address(own)!r}"
    yield f"SECURITY: {_SECURITY} = {_security(contract, operation.security)!r}"
    yield f"SUCCESS: tuple[str, ...] = {successes(operation)!r}"
    yield f"CONTENT_TYPE: str | None = {media and content_type(media)!r}"
    yield f"BODY_KIND: str | None = {media and media.kind!r}"
    yield f"BODY_REQUIRED = {bool(media and body and body.required)}"
    yield "# JSON Schemas (draft 2020-12): of the body, of the parameters under their Python names, and of the places in an answer where"
    yield "# objects and arrays stand."
    yield f"BODY: str | None = {rules.body(media)!r}"
    yield f"PARAMETERS: str = {rules.parameters(operation)!r}"
    yield f"ACCEPT: str | None = {accept(operation)!r}"
    yield f"STREAM: str | None = {stream(operation)!r}"
    yield "ANSWERS: dict[str, tuple[str, str | None]] = {"
    for status, response in sorted(operation.responses.items()):
        held = answer(response)
        yield f"    {status!r}: {(held.kind if held else 'none', rules.answer(held))!r},"
    yield "}"


def _address(servers: tuple[Server, ...], *, relative: bool = True) -> str | None:
    url = servers[0].url if servers else ""
    return url if url and (relative or "://" in url) else None


def _security(
    contract: Contract, requirements: tuple[Requirement, ...]
) -> tuple[tuple[tuple[str, str, str, str], ...], ...]:
    """Alternatives of which one is enough; a caller gives all credentials of one of them."""
    kinds = {"oauth2": "bearer", "openIdConnect": "bearer"}
    found = []
    for requirement in requirements:
        schemes = [contract.schemes.get(name) for name in requirement]
        if None not in schemes:
            found.append(
                tuple(
                    (
                        s.name,
                        kinds.get(s.kind, s.kind),
                        s.where or "header",
                        s.wire_name or "Authorization",
                    )
                    for s in schemes
                    if s
                )
            )
    return tuple(found)


# Schemas


class _Rules:
    """Writes the schemas of one contract as text."""

    def __init__(self, contract: Contract) -> None:
        self.warnings: list[str] = []
        self._contract = contract
        self._strict: dict[str, Json] = {}
        self._containers: dict[str, Json] = {}

    def body(self, media: Media | None) -> str | None:
        if media is None or media.schema is None:
            return None
        if media.kind in (TEXT_KIND, BYTES_KIND):
            return None
        rule = media.schema.rule
        goal = target(self._contract, media.schema)[0]
        if media.kind == MULTIPART_KIND and goal.fields:
            held = {name: self._part(field) for name, field in goal.fields.items()}
            rule = {
                "type": OBJECT,
                "properties": held,
                "required": sorted(goal.required),
            }
            if goal.additional is False:
                rule["additionalProperties"] = False
        return self._text(self._sent(rule), self._sent_type, at(media.at))

    def parameters(self, operation: Operation) -> str:
        """All parameters as one object, under their Python names; strings are refused that can't be sent in their place."""
        held = {}
        for parameter in operation.parameters:
            rule, place = (
                self._sent(parameter.schema.rule),
                _PLACES.get(parameter.where),
            )
            held[parameter.python_name] = {"allOf": [rule, place]} if place else rule
        required = sorted(p.python_name for p in operation.parameters if p.required)
        rule = {"type": OBJECT, "properties": held, "required": required}
        return self._text(rule, self._sent_type, at(operation.at)) or "true"

    def answer(self, media: Media | None) -> str | None:
        if media is None or media.kind != JSON_KIND or media.schema is None:
            return None
        rule = self._item(media.schema)
        return self._text(rule, self._read_type, at(media.at)) if rule else None

    def _part(self, field: Schema) -> Json:
        """Files are no JSON, whatever a document says of their content."""
        goal = target(self._contract, field)[0]
        held = target(self._contract, goal.items)[0] if goal.items else goal
        return True if is_file(held) else field.rule

    # What is sent: the document's own words, but that read-only fields are neither required nor taken

    def _sent_type(self, key: str) -> Json:
        if key not in self._strict:
            self._strict[key] = self._sent(self._contract.types[key].rule)
        return self._strict[key]

    def _sent(self, rule: Json, hidden: frozenset[str] = frozenset()) -> Json:
        if not isinstance(rule, dict):
            return rule
        hidden |= self._read_only(rule, set())
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

    def _read_only(self, rule: Json, seen: set[str]) -> frozenset[str]:
        """Names of the read-only fields of an object, wherever its parts declare them."""
        found = {
            name
            for name, held in rule.get("properties", {}).items()
            if self._followed(held).get("readOnly")
        }
        parts = list(rule.get("allOf", ()))
        if "$ref" in rule and rule["$ref"] not in seen:
            seen.add(rule["$ref"])
            parts.append(self._contract.types[_key(rule["$ref"])].rule)
        for part in parts:
            found |= self._read_only(part, seen) if isinstance(part, dict) else set()
        return frozenset(found)

    def _followed(self, rule: Json) -> dict[str, Json]:
        while isinstance(rule, dict) and "$ref" in rule and "readOnly" not in rule:
            rule = self._contract.types[_key(rule["$ref"])].rule
        return rule if isinstance(rule, dict) else {}

    # What is read: where objects and arrays stand. Unions say nothing: which variant an object is, is the reader's business

    def _read_type(self, key: str) -> Json:
        if key not in self._containers:
            self._containers[key] = self._read(self._contract.types[key])
        return self._containers[key]

    def _read(self, schema: Schema) -> Json:
        if target(self._contract, schema)[0].kind not in (ARRAY, OBJECT):
            return {}
        if schema.ref:
            return {"$ref": _reference(schema.ref)}
        fields = {name: self._read(field) for name, field in schema.fields.items()}
        held = {
            "properties": {name: rule for name, rule in fields.items() if rule},
            "items": self._item(schema.items),
            "additionalProperties": self._item(schema.additional),
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

    def _text(self, rule: Json, of: Callable[[str], Json], where: str) -> str | None:
        """A schema with all that it refers to, without what the validator cannot compile."""
        definitions: dict[str, Json] = {}
        pending = [rule]
        while pending:
            for ref in _references(pending.pop()):
                key = _key(ref)
                if key not in definitions:
                    definitions[key] = of(key)
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


def _references(rule: Json) -> Iterator[str]:
    """References in a schema."""
    if isinstance(rule, dict):
        if isinstance(rule.get("$ref"), str):
            yield rule["$ref"]
        for key, held in rule.items():
            inside = held.values() if key in MAPS else held if key in LISTS else ()
            for value in (held,) if key in SINGLE else inside:
                yield from _references(value)


def _reference(key: str) -> str:
    return "#/$defs/" + quote(escaped(key), safe="~")


def _key(reference: str) -> str:
    key = unquote(reference.removeprefix("#/$defs/"))
    return key.replace("~1", "/").replace("~0", "~")
