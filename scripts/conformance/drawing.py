"""Values for the schemas of a document, drawn from the document as it is written, the same on every run.

`combined` says what schemas say together, `scalars` draws texts and numbers, `validity` says which values are valid. Nothing here knows
the contract or the generated code.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from scripts.conformance.combined import (
    CombinedSchema,
    Combiner,
    Effort,
    NothingDrawnError,
    examples_of,
)
from scripts.conformance.json_values import list_of, same_json
from scripts.conformance.pointers import Pointer
from scripts.conformance.raw import Node, RawDocument
from scripts.conformance.scalars import (
    TURNS,
    Use,
    draw_number,
    draw_string,
    matching_text,
)
from scripts.conformance.subtypes import Subtypes
from scripts.conformance.validity import Validity

MOST_TURNS = 12  # for unions of many variants
SHALLOW = 5  # optional fields are left out below this depth
DEEPEST = 24
MANY_SCHEMAS = 300  # optional fields are left out after so many schemas
MOST_SCHEMAS = 3000
MOST_REPAIRS = 12
ANYTHING = ("text", 1, {"a": [1.5]}, True)  # where a schema says nothing


class Sampler:
    """Draws values from one document.

    Attributes:
        subtypes: The subtypes of the document's schemas.
    """

    def __init__(self, document: RawDocument) -> None:
        self._document = document
        self._validity = Validity(document)
        self.subtypes = Subtypes(document)
        self._drawer = _Drawer(document, self.subtypes)
        self._ready: dict[tuple[Pointer, Use], list[object]] = {}
        self._doubtful: set[tuple[Pointer, Use]] = set()

    def values(self, schema: Node, use: Use) -> list[object]:
        """Valid values of a schema, no two alike; none where none was found."""
        key = schema.pointer, use
        if key not in self._ready:
            self._ready[key] = self._draw_valid(schema, use)
        return self._ready[key]

    def is_valid(self, schema: Node, value: object) -> bool:
        """Whether a schema surely allows a value."""
        return self._validity.is_valid(schema, value)

    def accepts(self, schema: Node, value: object, use: Use) -> bool | None:
        """Whether a schema allows a value, None where that cannot be decided."""
        return self._validity.accepts(schema, value, self._hidden_names(use))

    def is_doubtful(self, schema: Node, use: Use) -> bool:
        """Whether none of the values that were drawn for a schema is surely valid."""
        return (schema.pointer, use) in self._doubtful

    def _draw_valid(self, schema: Node, use: Use) -> list[object]:
        valid: list[object] = []
        doubtful: list[object] = []
        turns = min(max(TURNS, self._variants(schema) + 1), MOST_TURNS)
        for turn in range(turns):
            try:
                value = self._drawer.draw(schema, turn, use)
            except (NothingDrawnError, RecursionError):
                continue
            value, verdict = self._repaired(schema, value, use)
            if verdict is True and not _contains(valid, value):
                valid.append(value)
            elif verdict is None and not _contains(doubtful, value):
                doubtful.append(value)
        if not valid:
            valid = [e for e in self._examples(schema) if self.accepts(schema, e, use)]
        if not valid:
            self._doubtful.add((schema.pointer, use))
        return valid or doubtful

    def _examples(self, schema: Node) -> Iterator[object]:
        node = self._document.follow_if_possible(schema)
        if node is not None:
            yield from examples_of(node.keywords)

    def _repaired(
        self, schema: Node, value: object, use: Use
    ) -> tuple[object, bool | None]:
        """The value without the parts that a validator rejects, and whether it is valid then."""
        for _ in range(MOST_REPAIRS):
            if self._validity.is_valid(schema, value):
                return value, True
            complaint = self._validity.complaint(schema, value, self._hidden_names(use))
            if complaint is None or complaint.is_doubtful:
                return value, None
            if not complaint.paths:
                return value, True
            # One removal at a time: it may be what the other complaints are about.
            if not any(_remove(value, path) for path in complaint.paths):
                break
        return value, False

    def _hidden_names(self, use: Use) -> frozenset[str]:
        """Names of the fields that do not travel this way."""
        return self._validity.names_with(_hiding_keyword(use))

    def _variants(self, schema: Node) -> int:
        """The largest number of variants that a union at the top of a schema has, lists and references followed."""
        most = 0
        waiting = [schema]
        visited: set[Pointer] = set()
        while waiting:
            node = self._document.follow_if_possible(waiting.pop())
            if node is None or node.pointer in visited:
                continue
            if not isinstance(node.value, dict):
                continue
            visited.add(node.pointer)
            for keyword in ("oneOf", "anyOf"):
                most = max(most, len(list_of(node.keywords.get(keyword))))
            most = max(most, len(self.subtypes.of(node)))
            if "items" in node.keywords:
                waiting.append(self._document.child(node, "items"))
            if len(visited) == 1 and node.keywords.get("properties"):
                properties = self._document.child(node, "properties")
                waiting += [child for _, child in self._document.items(properties)]
            waiting += self._document.members(node, "allOf")
        return most


class _Drawer:
    """Draws values that a schema seems to allow."""

    def __init__(self, document: RawDocument, subtypes: Subtypes) -> None:
        self._document = document
        self._effort = Effort()
        self._combiner = Combiner(document, subtypes, self._effort)

    def draw(self, schema: Node, turn: int, use: Use) -> object:
        """A value of a turn. Raises NothingDrawnError, RecursionError."""
        self._effort.schemas = 0
        return self._draw((schema,), turn, 0, use)

    def _draw(
        self, schemas: tuple[Node, ...], turn: int, depth: int, use: Use
    ) -> object:
        self._effort.schemas += 1
        if depth > DEEPEST or self._effort.schemas > MOST_SCHEMAS:
            raise NothingDrawnError("the schema contains itself without an end")
        combined = self._combiner.combine(schemas, turn)
        if combined.enum is not None:
            values = [v for v in combined.enum if _is_of_type(v, combined.types)]
            if not values:
                return None
            return values[turn % len(values)]
        allows_null = combined.nullable or "null" in (combined.types or ())
        if allows_null and turn % TURNS == TURNS - 1:
            return None
        match combined.type_in_turn(turn):
            case "object":
                return self._object(combined, turn, depth, use)
            case "array":
                return self._array(combined, turn, depth, use)
            case scalar:
                return _draw_scalar(scalar, combined, turn, use)

    # Objects

    def _object(
        self, combined: CombinedSchema, turn: int, depth: int, use: Use
    ) -> object:
        value = self._declared_fields(combined, turn, depth, use)
        for name, text in combined.tags.items():
            value.setdefault(name, text)
        for name in sorted(combined.required - combined.properties.keys()):
            if name not in value:
                value[name] = self._additional(combined, turn, depth, use)
        if not _has_required_fields_alone(turn, depth):
            for pattern, schema in combined.pattern_properties.items():
                name = matching_text(pattern, 1, math.inf)
                value.setdefault(name, self._draw((schema,), turn, depth + 1, use))
        size = len(value)
        is_outside_json = use not in (Use.BODY, Use.RECEIVED)
        if combined.additional and not _has_required_fields_alone(turn, depth):
            size += 1
        elif is_outside_json and depth == 0 and not value:
            size = 1  # an empty object is as good as none there
        size = max(size, int(combined.limit("minProperties", 0)))
        while len(value) < size and not combined.closed:
            name = f"more{len(value)}"
            value[name] = self._additional(combined, turn, depth, use)
        return value

    def _declared_fields(
        self, combined: CombinedSchema, turn: int, depth: int, use: Use
    ) -> dict[str, object]:
        """Values of declared properties."""
        value: dict[str, object] = {}
        least = combined.limit("minProperties", 0)
        for name, schemas in combined.properties.items():
            if name in combined.tags and self._may_be(schemas, combined.tags[name]):
                value[name] = combined.tags[name]
                continue
            if name not in combined.required and len(value) >= least:
                # Decided for each, since drawing the ones before costs effort.
                too_many = self._effort.schemas > MANY_SCHEMAS
                if too_many or _has_required_fields_alone(turn, depth):
                    continue
            if self._is_hidden(schemas, use):
                continue
            try:
                value[name] = self._draw(schemas, turn, depth + 1, use)
            except NothingDrawnError:
                if name in combined.required:
                    raise
        return value

    def _additional(
        self, combined: CombinedSchema, turn: int, depth: int, use: Use
    ) -> object:
        """A value of a property that is not declared."""
        if not combined.additional:
            return "text"
        return self._draw(tuple(combined.additional), turn, depth + 1, use)

    def _may_be(self, schemas: tuple[Node, ...], tag: str) -> bool:
        """Whether a property may have the value of a discriminator: it lists no other values."""
        allowed = self._combiner.combine(schemas, 0).enum
        return allowed is None or tag in allowed

    def _is_hidden(self, schemas: tuple[Node, ...], use: Use) -> bool:
        """Whether a property does not travel this way."""
        keyword = _hiding_keyword(use)
        for schema in schemas:
            target = self._document.follow_if_possible(schema)
            if target is None:
                continue
            if schema.keywords.get(keyword) is True:
                return True
            if target.keywords.get(keyword) is True:
                return True
        return False

    # Arrays

    def _array(
        self, combined: CombinedSchema, turn: int, depth: int, use: Use
    ) -> object:
        least = combined.limit("minItems", 0)
        unique = bool(combined.limits.get("uniqueItems"))
        value: list[object] = []
        for index in range(self._length(combined, turn, depth)):
            schemas = tuple(combined.items)
            if index < len(combined.prefix_items):
                schemas = (combined.prefix_items[index],)
            item_turn = _turn_of_item(turn, index, unique=unique)
            try:
                value.append(self._draw(schemas, item_turn, depth + 1, use))
            except NothingDrawnError:
                if len(value) < least:
                    raise
                break
        return value

    def _length(self, combined: CombinedSchema, turn: int, depth: int) -> int:
        """The number of items of an array."""
        length: float = (1, 0, 2, 1)[turn % TURNS]
        if depth == 0:
            length = (2, 1, 3, 1)[turn % TURNS]
        if depth >= SHALLOW + 2 or self._effort.schemas > MANY_SCHEMAS:
            length = 0
        length = min(length, combined.limit("maxItems", math.inf))
        length = max(length, combined.limit("minItems", 0))
        if length:
            length = max(length, len(combined.prefix_items))
        return int(length)


def _has_required_fields_alone(turn: int, depth: int) -> bool:
    """Whether an object shows only the fields that it must have."""
    return turn % TURNS == 1 or depth >= SHALLOW


def _hiding_keyword(use: Use) -> str:
    """The keyword of fields that do not travel this way."""
    if use is Use.RECEIVED:
        return "writeOnly"
    return "readOnly"


def _draw_scalar(kind: str, combined: CombinedSchema, turn: int, use: Use) -> object:
    """A value of a scalar type; of any type where `kind` is none."""
    match kind:
        case "string":
            return draw_string(combined, turn, use)
        case "integer" | "number":
            return draw_number(combined, turn, whole=kind == "integer")
        case "boolean":
            return turn % 2 == 0
        case "null":
            return None
        case _:
            return ANYTHING[turn % TURNS]


def _turn_of_item(turn: int, index: int, *, unique: bool) -> int:
    """Each item is drawn in a turn of its own, so that unions show more variants."""
    if unique:
        return turn + index * TURNS
    # Items of required fields alone, or null, would show less.
    if (turn + index) % TURNS in (1, 3):
        return turn
    return turn + index


def _contains(values: list[object], value: object) -> bool:
    """Whether a list has a value, which 1 and True are not alike."""
    return any(same_json(other, value) for other in values)


_TYPE_NAMES: dict[type, set[str]] = {
    bool: {"boolean"},
    int: {"integer", "number"},
    float: {"number"},
    str: {"string"},
    list: {"array"},
    dict: {"object"},
}


def _is_of_type(value: object, types: set[str] | None) -> bool:
    """Whether an enum's value has an allowed type; null is left to the turn that shows it."""
    if value is None:
        return False
    return types is None or bool(_TYPE_NAMES.get(type(value), {"null"}) & types)


def _remove(value: object, path: list[object]) -> bool:
    """Take out the field closest to a path, so that what is wrong there is absent."""
    holder: dict[object, object] | None = None
    name: object = None
    node = value
    for step in path:
        if isinstance(node, dict):
            holder = node
            name = step
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            break
    if holder is None or name not in holder:
        return False
    del holder[name]
    return True
