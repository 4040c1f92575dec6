"""Combines schemas that apply to one value: `allOf` included, one variant of each union chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scripts.conformance.json_values import list_of, mapping_of
from scripts.conformance.raw import Node, RawDocument, UnresolvableError
from scripts.conformance.subtypes import Subtypes

_LIMITS = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern",
    "minItems", "maxItems", "uniqueItems", "minProperties",
)  # fmt: skip
_TEXT_LIMITS = {"minLength", "maxLength", "pattern"}
_NUMBER_LIMITS = {"minimum", "maximum", "multipleOf"}


class NothingDrawnError(Exception):
    """The schema allows no value, or none was found."""


@dataclass
class CombinedSchema:
    """The restrictions that a value has to satisfy. Only the combiner writes to it.

    Attributes:
        types: Names of the allowed types; None where all are.
        enum: The allowed values; None where all are.
        properties: Schemas of each property.
        required: Names of the properties that must be there.
        pattern_properties: Schema by pattern of `patternProperties`.
        additional: Schemas of all other properties.
        closed: Whether other properties are forbidden.
        items: Schemas of each item.
        prefix_items: Schemas of the first items.
        limits: Values of keywords that limit length, number or size.
        tags: Values of discriminators by property name.
        nullable: Whether null is allowed beside the types.
        examples: Values that the document gives as examples.
    """

    types: set[str] | None = None
    enum: list[object] | None = None
    properties: dict[str, tuple[Node, ...]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    pattern_properties: dict[str, Node] = field(default_factory=dict)
    additional: list[Node] = field(default_factory=list)
    closed: bool = False
    items: list[Node] = field(default_factory=list)
    prefix_items: list[Node] = field(default_factory=list)
    limits: dict[str, object] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    format: str = ""
    nullable: bool = False
    examples: list[object] = field(default_factory=list)

    def limit(self, keyword: str, default: float) -> float:
        """A limit that is a number, or what holds without it."""
        value = self.limits.get(keyword, default)
        if isinstance(value, int | float):
            return value
        return default

    def type_in_turn(self, turn: int) -> str:
        """One of the allowed types; where none is stated, the type that the other keywords apply to; empty where there is none."""
        types = set(self.types or ())
        if types != {"null"}:
            types.discard("null")
        if types:
            ordered = sorted(types)
            return ordered[turn % len(ordered)]
        if self.properties or self.additional or self.tags or self.required:
            return "object"
        if self.items or self.prefix_items:
            return "array"
        if _TEXT_LIMITS & self.limits.keys() or self.format:
            return "string"
        if _NUMBER_LIMITS & self.limits.keys():
            return "number"
        return ""


@dataclass
class Effort:
    """Counts the schemas that were looked at for one value."""

    schemas: int = 0


class Combiner:
    """Combines the schemas of one document."""

    def __init__(
        self, document: RawDocument, subtypes: Subtypes, effort: Effort
    ) -> None:
        self._document = document
        self._subtypes = subtypes
        self._effort = effort

    def combine(self, schemas: tuple[Node, ...], turn: int) -> CombinedSchema:
        """The combination of schemas, with the variants of a turn. Raises NothingDrawnError."""
        combined = CombinedSchema()
        for schema in schemas:
            self._add(schema, combined, turn, set(), with_subtypes=True)
        return combined

    def _add(
        self,
        schema: Node,
        combined: CombinedSchema,
        turn: int,
        visited: set[tuple[str, ...]],
        *,
        with_subtypes: bool,
    ) -> None:
        """Add a schema, what it includes, and one variant of each of its unions."""
        self._effort.schemas += 1
        try:
            if "$ref" in schema.keywords and self._document.version >= (3, 1):
                self._add_keywords(schema, combined)
            node = self._document.follow(schema)
        except UnresolvableError as error:
            raise NothingDrawnError(str(error)) from None
        if node.value is False:
            raise NothingDrawnError(f"{node.text()} allows nothing")
        if node.pointer in visited or not isinstance(node.value, dict):
            return
        visited.add(node.pointer)
        self._add_keywords(node, combined)
        for member in self._document.members(node, "allOf"):
            self._add(member, combined, turn, visited, with_subtypes=False)
        has_union = bool(node.keywords.get("oneOf") or node.keywords.get("anyOf"))
        if has_union:
            self._add_variants(node, combined, turn, visited)
        elif with_subtypes:
            self._add_subtype(node, combined, turn, visited)

    def _add_variants(
        self,
        node: Node,
        combined: CombinedSchema,
        turn: int,
        visited: set[tuple[str, ...]],
    ) -> None:
        """Add the variant of this turn of each union, the next one that allows a value where that does not."""
        for keyword in ("oneOf", "anyOf"):
            variants = self._document.members(node, keyword)
            count = len(variants)
            for shift in range(count):
                variant = variants[(turn + shift) % count]
                if self._is_null(variant) and count > 1:
                    combined.nullable = True
                    continue
                try:
                    self._add(variant, combined, turn, visited, with_subtypes=True)
                except NothingDrawnError:
                    continue
                self._tag(node, variant, combined)
                break

    def _add_subtype(
        self,
        node: Node,
        combined: CombinedSchema,
        turn: int,
        visited: set[tuple[str, ...]],
    ) -> None:
        """Add the subtype of this turn, where the schema is a base with a discriminator."""
        subtypes = self._subtypes.of(node)
        if not subtypes:
            return
        subtype = subtypes[turn % len(subtypes)]
        combined.tags[subtype.property_name] = subtype.tag
        self._add(subtype.schema, combined, turn, visited, with_subtypes=False)

    def _is_null(self, schema: Node) -> bool:
        node = self._document.follow_if_possible(schema)
        return node is not None and node.keywords.get("type") in ("null", ["null"])

    def _tag(self, union: Node, variant: Node, combined: CombinedSchema) -> None:
        """Note the value that the discriminator of a union has for a variant."""
        discriminator = union.keywords.get("discriminator")
        if not isinstance(discriminator, dict):
            return
        name = str(discriminator.get("propertyName"))
        component = self._document.follow(variant).component
        for value, target in mapping_of(discriminator.get("mapping")).items():
            if str(target).rpartition("/")[2] == component:
                combined.tags[name] = str(value)
                return
        if component:
            combined.tags[name] = component

    # Keywords

    def _add_keywords(self, node: Node, combined: CombinedSchema) -> None:
        """Add what a schema says itself."""
        _add_types(node.keywords, combined)
        _add_values(node.keywords, combined)
        for name, schema in self._document.items(node):
            adder = _ADDERS.get(name)
            if adder is not None:
                adder(self._document, schema, combined)
            elif name in _LIMITS:
                combined.limits[name] = schema.value
        combined.required |= set(map(str, list_of(node.keywords.get("required"))))
        declared_format = node.keywords.get("format")
        if isinstance(declared_format, str):
            combined.format = declared_format
        if isinstance(node.keywords.get("contentMediaType"), str):
            combined.format = combined.format or "binary"


def _add_types(keywords: dict[str, object], combined: CombinedSchema) -> None:
    declared = keywords.get("type")
    if isinstance(declared, str):
        declared = [declared]
    if isinstance(declared, list):
        types = set(declared)
        if combined.types is not None:
            types &= combined.types
        combined.types = types
    # An enum says by itself whether null is allowed.
    nullable = keywords.get("nullable") is True and "type" in keywords
    if nullable and "enum" not in keywords:
        combined.nullable = True


def _add_values(keywords: dict[str, object], combined: CombinedSchema) -> None:
    if "const" in keywords:
        constant = keywords["const"]
        if combined.enum is not None and constant not in combined.enum:
            raise NothingDrawnError("no value of the enum is the const")
        combined.enum = [constant]
        return
    allowed = keywords.get("enum")
    if not isinstance(allowed, list):
        return
    if combined.enum is not None:
        allowed = [item for item in allowed if item in combined.enum]
    combined.enum = allowed


def _add_properties(
    document: RawDocument, schema: Node, combined: CombinedSchema
) -> None:
    for name, member in document.items(schema):
        others = combined.properties.get(name, ())
        combined.properties[name] = (*others, member)


def _add_pattern_properties(
    document: RawDocument, schema: Node, combined: CombinedSchema
) -> None:
    combined.pattern_properties.update(document.items(schema))


def _add_additional(
    _document: RawDocument, schema: Node, combined: CombinedSchema
) -> None:
    if isinstance(schema.value, dict):
        combined.additional.append(schema)
    elif schema.value is False:
        combined.closed = True


def _add_items(_document: RawDocument, schema: Node, combined: CombinedSchema) -> None:
    if isinstance(schema.value, dict):
        combined.items.append(schema)


def _add_prefix_items(
    document: RawDocument, schema: Node, combined: CombinedSchema
) -> None:
    for index in range(len(list_of(schema.value))):
        combined.prefix_items.append(document.child(schema, str(index)))


def _add_example(
    _document: RawDocument, schema: Node, combined: CombinedSchema
) -> None:
    combined.examples.append(schema.value)


def _add_examples(
    _document: RawDocument, schema: Node, combined: CombinedSchema
) -> None:
    combined.examples += list_of(schema.value)


_ADDERS: dict[str, Callable[[RawDocument, Node, CombinedSchema], None]] = {
    "properties": _add_properties,
    "patternProperties": _add_pattern_properties,
    "additionalProperties": _add_additional,
    "items": _add_items,
    "prefixItems": _add_prefix_items,
    "example": _add_example,
    "default": _add_example,
    "examples": _add_examples,
}


def examples_of(keywords: dict[str, object]) -> Iterator[object]:
    """The values that a schema gives as examples, its default among them."""
    for keyword in ("example", "default"):
        if keyword in keywords:
            yield keywords[keyword]
    yield from list_of(keywords.get("examples"))
