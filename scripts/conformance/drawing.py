"""Values for the schemas of a document, drawn from the document as it is written, the same on every run.

jsonschema says which of them are valid. Nothing here knows the contract or the generated code.
"""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from scripts.conformance.patterns import text_for
from scripts.conformance.raw import Json, Node, RawDocument, UnresolvableError
from scripts.conformance.wire_rules import same_json

TURNS = 4  # every field; required fields alone; other variants; null where allowed
MOST_TURNS = 12  # for unions of many variants
SHALLOW = 5  # optional fields are left out below this depth
DEEPEST = 24
MANY_SCHEMAS = 300  # optional fields are left out after so many schemas
MOST_SCHEMAS = 3000
MOST_REPAIRS = 12

_FORMATS = {
    "date-time": "2024-10-15T17:22:47+00:00",
    "date": "2024-10-15",
    "time": "17:22:47+00:00",
    "duration": "P1D",
    "uuid": "11111111-2222-4333-8444-555555555555",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/a",
    "json-pointer": "/a",
}
_RECEIVED_TIMES = (
    "2021-02-22T21:09:34.411978573Z",
    "2024-10-15T17:22:47Z",
    "2024-10-15T17:22:47.5-07:00",
    "2024-10-15T17:22:47+00:00",
)
_LIMITS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern"),
    *("minItems", "maxItems", "uniqueItems", "minProperties"),
)


class NothingDrawnError(Exception):
    """The schema allows no value, or none was found."""


class Use(enum.Enum):
    """Where a value travels, which decides which characters its texts have.

    PATH and QUERY get characters that must be encoded; headers and cookies only what they can carry as it is.
    """

    BODY = enum.auto()
    FORM = enum.auto()
    PATH = enum.auto()
    QUERY = enum.auto()
    HEADER = enum.auto()
    COOKIE = enum.auto()
    RECEIVED = enum.auto()


_TEXTS = {
    Use.BODY: ("text", "x", "žluťoučký", "a b"),
    Use.FORM: ("text", "x", "a b&c=d+é", "a,b"),
    Use.PATH: ("text", "x", "a b/c?d", "é,1"),
    Use.QUERY: ("text", "x", "a b&c=d+é", "/1:2,3"),
    Use.HEADER: ("text", "x", "a b", "text"),
    Use.COOKIE: ("text", "x", "y", "text"),
    Use.RECEIVED: ("text", "x", "žluťoučký", "a\nb"),
}


@dataclass
class _Shape:
    """What schemas that all apply to one value say together, one variant of each union chosen."""

    types: set[str] | None = None
    enum: list[Json] | None = None
    properties: dict[str, tuple[Node, ...]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    patterns: dict[str, Node] = field(default_factory=dict)
    additional: list[Node] = field(default_factory=list)
    closed: bool = False
    items: list[Node] = field(default_factory=list)
    prefix: list[Node] = field(default_factory=list)
    limits: dict[str, Json] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)  # discriminator: its value
    format: str = ""
    nullable: bool = False
    examples: list[Json] = field(default_factory=list)


class Sampler:
    """Draws values from one document."""

    def __init__(self, document: RawDocument) -> None:
        self._document = document
        self._validity = Validity(document)
        self._work = 0
        self._children: dict[tuple[str, ...], list[tuple[str, Node]]] = {}
        self._ready: dict[tuple[tuple[str, ...], Use], list[Json]] = {}
        self._doubtful: set[tuple[tuple[str, ...], Use]] = set()

    def values(self, schema: Node, use: Use) -> list[Json]:
        """Valid values of a schema, no two alike; none where none was found."""
        key = schema.pointer, use
        if key not in self._ready:
            self._ready[key] = self._draw_valid(schema, use)
        return self._ready[key]

    def is_valid(self, schema: Node, value: Json) -> bool:
        """Whether a schema surely allows a value."""
        return self._validity.is_valid(schema, value)

    def accepts(self, schema: Node, value: Json, use: Use) -> bool | None:
        """Whether a schema allows a value, None where that cannot be said."""
        return self._validity.accepts(schema, value, self._ignored(schema, use))

    def _draw_valid(self, schema: Node, use: Use) -> list[Json]:
        valid: list[Json] = []
        doubtful: list[Json] = []
        turns = min(max(TURNS, self._variants(schema) + 1), MOST_TURNS)
        for turn in range(turns):
            self._work = 0
            try:
                value = self._draw((schema,), turn, 0, use)
            except (NothingDrawnError, RecursionError):
                continue
            value, verdict = self._repaired(schema, value, use)
            if verdict is True and not _contains(valid, value):
                valid.append(value)
            elif verdict is None and not _contains(doubtful, value):
                doubtful.append(value)
        if not valid:
            for example in self._examples(schema):
                if self.accepts(schema, example, use):
                    valid.append(example)
        if not valid:
            self._doubtful.add((schema.pointer, use))
        return valid or doubtful

    def is_doubtful(self, schema: Node, use: Use) -> bool:
        """Whether none of the values that were drawn for a schema is surely valid."""
        return (schema.pointer, use) in self._doubtful

    def _examples(self, schema: Node) -> Iterator[Json]:
        try:
            target = self._document.follow(schema)
        except UnresolvableError:
            return
        if not isinstance(target.value, dict):
            return
        for keyword in ("example", "default"):
            if keyword in target.value:
                yield target.value[keyword]
        examples = target.value.get("examples")
        if isinstance(examples, list):
            yield from examples

    def _repaired(
        self, schema: Node, value: Json, use: Use
    ) -> tuple[Json, bool | None]:
        """The value without the parts that a validator rejects, and whether it is valid then."""
        ignored = self._ignored(schema, use)
        for _ in range(MOST_REPAIRS):
            if self._validity.is_valid(schema, value):
                return value, True
            errors = self._validity.errors(schema, value, ignored)
            if errors is None:
                return value, None
            if not errors:
                return value, True
            if all(_fits_several(error) or _closes_part(error) for error in errors):
                return value, None
            if not any(_remove(value, list(error.absolute_path)) for error in errors):
                break
        return value, False

    def _ignored(self, schema: Node, use: Use) -> frozenset[str]:
        keyword = "writeOnly" if use is Use.RECEIVED else "readOnly"
        return self._validity.names_with(keyword)

    def _variants(self, schema: Node) -> int:
        """The largest number of variants that a union at the top of a schema has, lists and references followed."""
        most = 0
        waiting = [schema]
        visited: set[tuple[str, ...]] = set()
        while waiting:
            node = waiting.pop()
            try:
                node = self._document.follow(node)
            except UnresolvableError:
                continue
            if node.pointer in visited or not isinstance(node.value, dict):
                continue
            visited.add(node.pointer)
            for keyword in ("oneOf", "anyOf"):
                members = node.value.get(keyword)
                if isinstance(members, list):
                    most = max(most, len(members))
            most = max(most, len(self.subtypes(node)))
            if "items" in node.value:
                waiting.append(self._document.child(node, "items"))
            if len(visited) == 1:
                for name in node.value.get("properties") or {}:
                    waiting.append(
                        self._document.child(
                            self._document.child(node, "properties"), name
                        )
                    )
            for index in range(len(node.value.get("allOf") or ())):
                waiting.append(self._member(node, "allOf", index))
        return most

    def _member(self, node: Node, keyword: str, index: int) -> Node:
        return self._document.child(self._document.child(node, keyword), str(index))

    # Drawing

    def _draw(self, schemas: tuple[Node, ...], turn: int, depth: int, use: Use) -> Json:
        self._work += 1
        if depth > DEEPEST or self._work > MOST_SCHEMAS:
            raise NothingDrawnError("the schema contains itself without an end")
        shape = _Shape()
        for schema in schemas:
            self._collect(schema, shape, turn, set())
        if shape.enum is not None:
            values = [value for value in shape.enum if value is not None]
            values = [value for value in values if _has_type(value, shape.types)]
            if not values:
                return None
            return values[turn % len(values)]
        types = set(shape.types or ())
        if turn % TURNS == TURNS - 1 and (shape.nullable or "null" in types):
            return None
        if types != {"null"}:
            types.discard("null")
        return self._of_type(_one_type(types, shape, turn), shape, turn, depth, use)

    def _of_type(
        self, kind: str, shape: _Shape, turn: int, depth: int, use: Use
    ) -> Json:
        match kind:
            case "object":
                return self._object(shape, turn, depth, use)
            case "array":
                return self._array(shape, turn, depth, use)
            case "string":
                return _string(shape, turn, use)
            case "integer" | "number":
                return _number(shape.limits, turn, whole=kind == "integer")
            case "boolean":
                return turn % 2 == 0
            case "null":
                return None
            case _:
                anything = ("text", 1, {"a": [1.5]}, True)
                return anything[turn % TURNS]

    def _collect(
        self,
        schema: Node,
        shape: _Shape,
        turn: int,
        visited: set[tuple[str, ...]],
        subtypes: bool = True,
    ) -> None:
        """Add what a schema says to a shape, with what it includes and one variant of each of its unions."""
        self._work += 1
        try:
            reference = isinstance(schema.value, dict) and "$ref" in schema.value
            if reference and self._document.version >= (3, 1):
                self._add_keywords(schema, shape)
            node = self._document.follow(schema)
        except UnresolvableError as error:
            raise NothingDrawnError(str(error)) from None
        if node.value is False:
            raise NothingDrawnError(f"{node.text()} allows nothing")
        if node.pointer in visited or not isinstance(node.value, dict):
            return
        visited.add(node.pointer)
        self._add_keywords(node, shape)
        for index in range(len(node.value.get("allOf") or ())):
            member = self._member(node, "allOf", index)
            self._collect(member, shape, turn, visited, subtypes=False)
        self._choose_variants(node, shape, turn, visited, subtypes)

    def _choose_variants(
        self,
        node: Node,
        shape: _Shape,
        turn: int,
        visited: set[tuple[str, ...]],
        subtypes: bool,
    ) -> None:
        unions = [key for key in ("oneOf", "anyOf") if node.value.get(key)]
        for keyword in unions:
            count = len(node.value[keyword])
            for shift in range(count):
                variant = self._member(node, keyword, (turn + shift) % count)
                if self._is_null(variant) and count > 1:
                    shape.nullable = True
                    continue
                try:
                    self._collect(variant, shape, turn, visited)
                except NothingDrawnError:
                    continue
                self._tag(node, variant, shape)
                break
        children = self.subtypes(node) if subtypes and not unions else []
        if children:
            value, child = children[turn % len(children)]
            shape.tags[node.value["discriminator"]["propertyName"]] = value
            self._collect(child, shape, turn, visited, subtypes=False)

    def _is_null(self, schema: Node) -> bool:
        try:
            value = self._document.follow(schema).value
        except UnresolvableError:
            return False
        return isinstance(value, dict) and value.get("type") in ("null", ["null"])

    def _tag(self, union: Node, variant: Node, shape: _Shape) -> None:
        """The value that the discriminator of a union has for a variant."""
        discriminator = union.value.get("discriminator")
        if not isinstance(discriminator, dict):
            return
        name = str(discriminator.get("propertyName"))
        component = self._document.follow(variant).component
        for value, target in (discriminator.get("mapping") or {}).items():
            if str(target).rpartition("/")[2] == component:
                shape.tags[name] = str(value)
                return
        if component:
            shape.tags[name] = component

    def subtypes(self, node: Node) -> list[tuple[str, Node]]:
        """Discriminator value and schema of the components that include a base which has a discriminator (OpenAPI, allOf form)."""
        value = node.value
        discriminator = isinstance(value, dict) and value.get("discriminator")
        if not isinstance(discriminator, dict) or "propertyName" not in discriminator:
            return []
        if value.get("oneOf") or value.get("anyOf"):
            return []
        if node.pointer not in self._children:
            self._children[node.pointer] = list(self._find_subtypes(node))
        return self._children[node.pointer]

    def _find_subtypes(self, base: Node) -> Iterator[tuple[str, Node]]:
        mapping = base.value["discriminator"].get("mapping") or {}
        names = {str(t).rpartition("/")[2]: str(v) for v, t in mapping.items()}
        root = Node((), self._document.root)
        components = self._document.optional(root, "components")
        schemas = components and self._document.optional(components, "schemas")
        for name, schema in self._document.items(schemas) if schemas else ():
            if not isinstance(schema.value, dict):
                continue
            for index in range(len(schema.value.get("allOf") or ())):
                try:
                    member = self._document.follow(self._member(schema, "allOf", index))
                except UnresolvableError:
                    continue
                if member.pointer == base.pointer:
                    child = Node(schema.pointer, schema.value, name)
                    yield names.get(name, name), child

    def _add_keywords(self, node: Node, shape: _Shape) -> None:
        value = node.value
        kinds = value.get("type")
        if isinstance(kinds, str):
            kinds = [kinds]
        if isinstance(kinds, list):
            shape.types = set(kinds) if shape.types is None else shape.types & {*kinds}
        if value.get("nullable") is True and "type" in value and "enum" not in value:
            shape.nullable = True
        if "const" in value:
            shape.enum = [value["const"]]
        elif isinstance(value.get("enum"), list):
            allowed = value["enum"]
            if shape.enum is not None:
                allowed = [item for item in allowed if item in shape.enum]
            shape.enum = allowed
        for name, schema in self._document.items(node):
            if name == "properties":
                for key, member in self._document.items(schema):
                    others = shape.properties.get(key, ())
                    shape.properties[key] = (*others, member)
            elif name == "patternProperties":
                shape.patterns.update(self._document.items(schema))
            elif name == "additionalProperties" and isinstance(schema.value, dict):
                shape.additional.append(schema)
            elif name == "additionalProperties" and schema.value is False:
                shape.closed = True
            elif name == "items" and isinstance(schema.value, dict):
                shape.items.append(schema)
            elif name == "prefixItems" and isinstance(schema.value, list):
                for index in range(len(schema.value)):
                    shape.prefix.append(self._document.child(schema, str(index)))
            elif name in ("example", "default"):
                shape.examples.append(schema.value)
            elif name == "examples" and isinstance(schema.value, list):
                shape.examples += schema.value
            elif name in _LIMITS:
                shape.limits[name] = schema.value
        if isinstance(value.get("required"), list):
            shape.required |= set(map(str, value["required"]))
        if isinstance(value.get("format"), str):
            shape.format = value["format"]
        if isinstance(value.get("contentMediaType"), str):
            shape.format = shape.format or "binary"

    def _object(self, shape: _Shape, turn: int, depth: int, use: Use) -> Json:
        value: dict[str, Any] = {}
        only_required = turn % TURNS == 1 or depth >= SHALLOW
        least = shape.limits.get("minProperties", 0)
        for name, schemas in shape.properties.items():
            if name in shape.tags and self._may_be(schemas, shape.tags[name]):
                value[name] = shape.tags[name]
                continue
            optional = name not in shape.required and len(value) >= least
            if optional and (only_required or self._work > MANY_SCHEMAS):
                continue
            if self._is_hidden(schemas, use):
                continue
            try:
                value[name] = self._draw(schemas, turn, depth + 1, use)
            except NothingDrawnError:
                if name in shape.required:
                    raise
        for name, text in shape.tags.items():
            value.setdefault(name, text)
        for name in sorted(shape.required - shape.properties.keys() - value.keys()):
            value[name] = self._additional(shape, turn, depth, use)
        if not only_required:
            for pattern, schema in shape.patterns.items():
                name = _matching(pattern, 1, math.inf, [])
                value.setdefault(name, self._draw((schema,), turn, depth + 1, use))
        wanted = len(value)
        outside_json = use not in (Use.BODY, Use.RECEIVED)
        if shape.additional and not only_required:
            wanted += 1
        elif outside_json and depth == 0 and not value:
            wanted = 1  # an empty object is as good as none there
        while len(value) < max(least, wanted) and not shape.closed:
            name = f"more{len(value)}"
            value[name] = self._additional(shape, turn, depth, use)
        return value

    def _additional(self, shape: _Shape, turn: int, depth: int, use: Use) -> Json:
        if not shape.additional:
            return "text"
        return self._draw(tuple(shape.additional), turn, depth + 1, use)

    def _may_be(self, schemas: tuple[Node, ...], tag: str) -> bool:
        """Whether a property may have the value of a discriminator: it lists no other values."""
        shape = _Shape()
        for schema in schemas:
            self._collect(schema, shape, 0, set())
        return shape.enum is None or tag in shape.enum

    def _is_hidden(self, schemas: tuple[Node, ...], use: Use) -> bool:
        keyword = "writeOnly" if use is Use.RECEIVED else "readOnly"
        for schema in schemas:
            try:
                parts = [schema.value, self._document.follow(schema).value]
            except UnresolvableError:
                continue
            for part in parts:
                if isinstance(part, dict) and part.get(keyword) is True:
                    return True
        return False

    def _array(self, shape: _Shape, turn: int, depth: int, use: Use) -> Json:
        least = shape.limits.get("minItems", 0)
        most = shape.limits.get("maxItems", math.inf)
        count = (1, 0, 2, 1)[turn % TURNS]
        if depth == 0:
            count = (2, 1, 3, 1)[turn % TURNS]
        if depth >= SHALLOW + 2 or self._work > MANY_SCHEMAS:
            count = 0
        count = max(least, min(count, most))
        if count:
            count = max(count, len(shape.prefix))
        value: list[Json] = []
        for index in range(int(count)):
            schemas = tuple(shape.items)
            if index < len(shape.prefix):
                schemas = (shape.prefix[index],)
            # Each item is drawn in a turn of its own: unions show more variants.
            step = turn + index
            if shape.limits.get("uniqueItems"):
                step = turn + index * TURNS
            if step % TURNS in (1, 3):
                step = turn if not shape.limits.get("uniqueItems") else step
            try:
                value.append(self._draw(schemas, step, depth + 1, use))
            except NothingDrawnError:
                if len(value) < least:
                    raise
                break
        return value


def _contains(values: list[Json], value: Json) -> bool:
    """Whether a list has a value, which 1 and True are not alike."""
    return any(same_json(other, value) for other in values)


def _has_type(value: Json, types: set[str] | None) -> bool:
    if types is None:
        return True
    match value:
        case bool():
            return "boolean" in types
        case int():
            return bool(types & {"integer", "number"})
        case float():
            return "number" in types
        case str():
            return "string" in types
        case list():
            return "array" in types
        case dict():
            return "object" in types
        case _:
            return "null" in types


def _one_type(types: set[str], shape: _Shape, turn: int) -> str:
    """The type of a turn among those allowed; where none is stated, what the other keywords speak of."""
    if types:
        ordered = sorted(types)
        return ordered[turn % len(ordered)]
    if shape.properties or shape.additional or shape.tags or shape.required:
        return "object"
    if shape.items or shape.prefix:
        return "array"
    if {"minLength", "maxLength", "pattern"} & shape.limits.keys() or shape.format:
        return "string"
    if {"minimum", "maximum", "multipleOf"} & shape.limits.keys():
        return "number"
    return ""


def _string(shape: _Shape, turn: int, use: Use) -> str:
    limits = shape.limits
    least = int(limits.get("minLength", 0))
    most = limits.get("maxLength", math.inf)
    text = _FORMATS.get(shape.format)
    if shape.format == "date-time" and use is Use.RECEIVED:
        text = _RECEIVED_TIMES[turn % TURNS]
    if "pattern" in limits:
        known = [item for item in (text, *shape.examples) if isinstance(item, str)]
        return _matching(str(limits["pattern"]), least, most, known)
    if shape.format in ("byte", "base64"):
        text = "dGV4"
    if text is None or len(text) > most:
        text = _TEXTS[use][turn % TURNS]
        if turn >= TURNS:
            text = f"text{turn}"
    if least > 100_000:
        raise NothingDrawnError("the shortest text is too long to try")
    text = text.ljust(least, "x")
    if len(text) > most:
        text = text[: int(most)]
    return text


def _matching(pattern: str, least: int, most: float, known: list[str]) -> str:
    """A text that a pattern allows: one of those known, else a simple one."""
    for text in known:
        try:
            if re.search(pattern, text) and least <= len(text) <= most:
                return text
        except re.error:
            return text
    found = text_for(pattern, least, most)
    if found is None:
        raise NothingDrawnError(f"no text was found for the pattern {pattern!r}")
    return found


def _number(limits: dict[str, Json], turn: int, *, whole: bool) -> int | float:
    step = limits.get("multipleOf") or (1 if whole else 0.5)
    low = limits.get("minimum", -math.inf)
    high = limits.get("maximum", math.inf)
    above = limits.get("exclusiveMinimum")
    below = limits.get("exclusiveMaximum")
    if above is True:
        above = low
    if below is True:
        below = high
    if isinstance(above, int | float) and not isinstance(above, bool):
        low = max(low, above + step)
    if isinstance(below, int | float) and not isinstance(below, bool):
        high = min(high, below - step)
    value = (1 if whole else 1.5) + turn
    value = min(max(value, low), high)
    if step and value % step:
        rounded = math.ceil(value / step) * step
        value = rounded if rounded <= high else math.floor(value / step) * step
    if whole or value == int(value):
        return int(value)
    return float(value)


# Validity


class Validity:
    """What two libraries say of values, by the document's own schemas: jsonschema-rs whether one is valid, and jsonschema why it is not.

    jsonschema takes a second for a value of unions inside unions, of which there are many.
    """

    def __init__(self, document: RawDocument) -> None:
        self._document = document
        plain = document.root
        if document.version < (3, 1):
            plain = _modern(plain)
        plain = _without_identifiers(plain)
        resource = DRAFT202012.create_resource(plain)
        self._registry: Any = Registry().with_resource("urn:document", resource)
        self._fast_registry = jsonschema_rs.Registry([("urn:document", plain)])
        self._fast: dict[tuple[str, ...], Any] = {}
        self._names: dict[str, frozenset[str]] = {}

    def names_with(self, keyword: str) -> frozenset[str]:
        """Names of all properties that are read-only or write-only anywhere."""
        if keyword not in self._names:
            found: set[str] = set()
            self._find_names(Node((), self._document.root), keyword, found)
            self._names[keyword] = frozenset(found)
        return self._names[keyword]

    def _find_names(self, node: Node, keyword: str, found: set[str]) -> None:
        if isinstance(node.value, list):
            for index, item in enumerate(node.value):
                pointer = (*node.pointer, str(index))
                self._find_names(Node(pointer, item), keyword, found)
        if not isinstance(node.value, dict):
            return
        for key, item in node.value.items():
            child = Node((*node.pointer, str(key)), item)
            if node.pointer[-1:] == ("properties",) and isinstance(item, dict):
                try:
                    target = self._document.follow(child).value
                except UnresolvableError:
                    target = item
                if keyword in item or (isinstance(target, dict) and keyword in target):
                    found.add(str(key))
            self._find_names(child, keyword, found)

    def is_valid(self, schema: Node, value: Json) -> bool:
        """Whether a schema surely allows a value."""
        if schema.pointer not in self._fast:
            reference = "urn:document" + quote(schema.text(), safe="#/~")
            try:
                validator = jsonschema_rs.Draft202012Validator(
                    {"$ref": reference}, registry=self._fast_registry
                )
            except Exception:
                # A pattern that it refuses, a reference to nothing.
                validator = None
            self._fast[schema.pointer] = validator
        validator = self._fast[schema.pointer]
        try:
            return validator is not None and bool(validator.is_valid(value))
        except Exception:
            return False

    def errors(
        self, schema: Node, value: Json, ignored: frozenset[str]
    ) -> list[ValidationError] | None:
        """What is wrong with a value; None where jsonschema fails. Required fields among `ignored` may be absent."""
        try:
            reference = "urn:document" + quote(schema.text(), safe="#/~")
            validator = Draft202012Validator(
                {"$ref": reference}, registry=self._registry
            )
            errors = list(validator.iter_errors(value))
        except Exception:
            # A pattern that Python's `re` refuses, a reference to nothing.
            return None
        return [error for error in errors if not _is_about(error, ignored)]

    def accepts(
        self, schema: Node, value: Json, ignored: frozenset[str]
    ) -> bool | None:
        """Whether a schema allows a value. None where that depends on how the document is read."""
        if self.is_valid(schema, value):
            return True
        errors = self.errors(schema, value, frozenset())
        if errors is None:
            return None
        doubtful = [
            error
            for error in errors
            if _fits_several(error) or _is_about(error, ignored) or _closes_part(error)
        ]
        if errors and len(doubtful) == len(errors):
            return None
        return not errors


def _is_about(error: ValidationError, names: frozenset[str]) -> bool:
    """Whether an error only misses fields that do not travel this way."""
    if error.validator == "required":
        missing = re.match(r"'(.*)' is a required property", error.message)
        return missing is not None and missing[1] in names
    if error.validator in ("anyOf", "oneOf") and error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        return any(
            all(_is_about(inner, names) for inner in branch)
            for branch in branches.values()
        )
    return False


def _fits_several(error: ValidationError) -> bool:
    """Whether a value fits more variants than the one that `oneOf` wants, there or further inside."""
    if error.validator == "oneOf" and not error.context:
        return True
    return any(map(_fits_several, error.context or ()))


def _closes_part(error: ValidationError) -> bool:
    """Whether a schema inside `allOf` forbids fields that its neighbours declare: no value could have these, which nobody means."""
    if error.validator == "additionalProperties" and error.validator_value is False:
        beside = {"allOf", "anyOf", "oneOf"} & error.schema.keys()
        return bool(beside) or "allOf" in error.absolute_schema_path
    return bool(error.context) and all(map(_closes_part, error.context))


def _remove(value: Json, path: list[Any]) -> bool:
    """Take out the field closest to a path, so that what is wrong there is absent."""
    holders: list[tuple[dict[str, Json], str]] = []
    node = value
    for step in path:
        if isinstance(node, dict):
            holders.append((node, step))
        try:
            node = node[step]
        except (LookupError, TypeError):
            break
    if not holders:
        return False
    holder, name = holders[-1]
    return holder.pop(name, holders) is not holders


def _modern(value: Json) -> Json:
    """Schemas of OpenAPI 3.0 in the words of JSON Schema 2020-12."""
    if isinstance(value, list):
        return [_modern(item) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("$ref"), str):
        return {"$ref": value["$ref"]}
    converted = {key: _modern(item) for key, item in value.items()}
    if converted.get("nullable") is True and isinstance(converted.get("type"), str):
        converted["type"] = [converted["type"], "null"]
    for exclusive, limit in (
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ):
        if not isinstance(converted.get(exclusive), bool):
            continue
        if converted.pop(exclusive) and limit in converted:
            converted[exclusive] = converted.pop(limit)
    return converted


def _without_identifiers(value: Json) -> Json:
    """The same without `$id` and anchors, which references no longer need."""
    if isinstance(value, list):
        return [_without_identifiers(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        named = key in ("$id", "$anchor", "$dynamicAnchor", "$schema", "id", "$self")
        if not (named and isinstance(item, str)):
            kept[key] = _without_identifiers(item)
    return kept
