"""Read schemas, of OpenAPI 3.0 or 3.1, into the contract's one form: `allOf` merged, `nullable` and lists of types in one spelling.

A schema is read as a list of parts: its own keywords, and those of every member of `allOf`, references followed. A field that several
parts declare is read from all of its declarations in the same way.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterable
from typing import Any

from scripts.common.errors import DocumentError
from scripts.contract.reading import combine
from scripts.contract.reading.keywords import (
    ANNOTATIONS,
    ASSERTIONS,
    KNOWN,
    LIMITS,
    Node,
)
from scripts.contract.reading.nodes import MALFORMED, Nodes, reason, type_key
from scripts.contract.reading.rules import Rules
from scripts.contract.schema import (
    ANY,
    ARRAY,
    OBJECT,
    Anything,
    Array,
    Binary,
    Discriminator,
    Enum,
    Never,
    Object,
    Reference,
    Scalar,
    Schema,
    Union,
    shared_fields,
    stands_for_bytes,
    type_name,
)
from scripts.intake.prose import PROSE, UNIONS
from scripts.intake.yaml_text import Json, Pointer

# The step to a variant that was merged with what stands beside the union, and how many such steps a place may have.
_MERGED = "(merged)"
_MOST_MERGED_LEVELS = 3
# How deep fields with several declarations may be nested in each other; further inside, the first declaration makes the type.
_MOST_SEVERAL = 4


class SchemaReader:
    """Reads schemas and every type that they reach. One for each document.

    Attributes:
        types: The types that were read, by key.
        broken: Why others cannot be read, by key.
    """

    def __init__(self, document: Json, *, openapi_30: bool) -> None:
        """`openapi_30`: whether keywords beside `$ref` restrict nothing."""
        self.nodes = Nodes(document, openapi_30=openapi_30)
        self.types: dict[str, Schema] = {}
        self.broken: dict[str, str] = {}
        self._rules = Rules(self.nodes, self._queue)
        self._known: dict[Pointer, Schema] = {}
        self._open: set[Pointer] = set()  # being read
        self._several_open: list[Pointer] = []  # fields of several declarations
        self._pending: deque[tuple[str, Node]] = deque()  # types to read
        self._queued: set[str] = set()

    def read(self, raw: Json, place: Pointer) -> Schema:
        """A schema and, in `types` or `broken`, all that it refers to.

        Raises:
            DocumentError: A reference leads nowhere, or `allOf` back to itself.
        """
        schema = self._read(self.nodes.node(raw, place))
        while self._pending:
            key, node = self._pending.popleft()
            try:
                self.types[key] = self._read(node)
            except (DocumentError, *MALFORMED) as error:
                self.broken[key] = reason(error, node.pointer)
        return schema

    def _queue(self, node: Node) -> str:
        """The key of a type, which will be read."""
        key = type_key(node.pointer)
        if key not in self._queued:
            self._queued.add(key)
            self._pending.append((key, node))
        return key

    def _read(self, node: Node) -> Schema:
        place = node.pointer
        if place in self._open:
            return Reference(pointer=(*place, "(again)"), key=self._queue(node))
        if place in self._known:
            return self._known[place]
        use = self._use(node)
        if use is not None:
            self._known[place] = use
            return use
        subtypes = self.nodes.subtypes(node)
        if subtypes:
            return self._base_type(node, subtypes)
        return self._merged(self._parts(node), place, self._rules.rule(node))

    # References

    def _parts(self, node: Node) -> list[Node]:
        """The keywords of a schema and of all that `allOf` and `$ref` add to it, each once."""
        parts: dict[Pointer, Node] = {}
        self._collect(node, (node.pointer,), "", parts)
        return list(parts.values())

    def _collect(
        self,
        node: Node,
        chain: tuple[Pointer, ...],
        base: str,
        parts: dict[Pointer, Node],
    ) -> None:
        """Add the parts of a schema.

        Args:
            chain: Places of the schemas that led here, this one included.
            base: Key of the innermost type that it belongs to, where `allOf` or `$ref` led there.
            parts: Takes the parts, by their places.
        """
        if node.pointer in parts:
            return
        own = node.without("allOf", "$ref")
        if len(chain) > 1 and self.nodes.variants_of(node) & {*chain[:-1]}:
            own = own.without(*UNIONS)
        parts[node.pointer] = dataclasses.replace(own, base=base)
        if "$ref" in node.keywords:
            target = self.nodes.target(node, chain)
            has_subtypes = bool(self.nodes.subtypes(target))
            key = self._queue(self.nodes.alone(target) if has_subtypes else target)
            self._collect(target, (*chain, target.pointer), key, parts)
        for member in node.keywords.get("allOf", ()):
            self._collect(member, chain, base, parts)

    def _use(self, node: Node) -> Reference | None:
        """A schema that is another one, with nothing beside the reference but annotations; None where it is more."""
        target, beside = self._alias(node, (node.pointer,))
        if target is None:
            return None
        key = self._queue(target)
        nullable = bool(beside.pop("nullable", False))
        annotations = self._annotations([beside], node.pointer)
        rule = self._rules.rule(node)
        return Reference(
            pointer=node.pointer, key=key, nullable=nullable, rule=rule, **annotations
        )

    def _alias(
        self, node: Node, chain: tuple[Pointer, ...]
    ) -> tuple[Node | None, dict[str, Json]]:
        """The type that a schema is a mere use of, aliases followed, and the annotations on the way."""
        members = list(node.keywords.get("allOf", ()))
        for member in members:  # grows
            members += member.keywords.get("allOf", ())
        asserted = {key for m in members for key in m.keywords} & ASSERTIONS
        referring = [held for held in (node, *members) if "$ref" in held.keywords]
        if asserted - {"$ref", "allOf", "nullable"} or len(referring) != 1:
            return None, {}
        target = self.nodes.target(referring[0], chain)
        beside: dict[str, Json] = {}
        for part in (*reversed(members), node):
            beside |= part.without("$ref", "allOf").keywords
        restricting = beside.keys() & ASSERTIONS - {"nullable"}
        repeats_type = restricting == {"type"} and combine.types_of(target) == [
            beside["type"]
        ]
        if restricting and not repeats_type:
            if not (self.nodes.openapi_30 and "$ref" in node.keywords):
                return None, {}
            ignored = "keywords beside $ref, which OpenAPI 3.0 ignores"
            self.nodes.warn(node.pointer, ignored)
        further, notes = self._alias(target, (*chain, target.pointer))
        if further is None:
            return target, beside
        notes = {key: value for key, value in notes.items() if key not in PROSE}
        return further, notes | beside

    # Schemas

    def _merged(self, parts: list[Node], place: Pointer, rule: Json) -> Schema:
        """One schema of all parts."""
        self._open.add(place)
        try:
            schema = self._of_parts(parts, place, rule)
        finally:
            self._open.discard(place)
        self._known[place] = schema
        return schema

    def _of_parts(self, parts: list[Node], place: Pointer, rule: Json) -> Schema:
        types, nullable = combine.common_types(parts)
        own = [part.keywords for part in reversed(parts) if not part.base]
        shared = self._annotations(own, place)
        shared["bases"] = tuple(dict.fromkeys(p.base for p in parts if p.base))
        shared |= {"pointer": place, "rule": rule, "nullable": nullable}
        if types == []:
            problem = "no value can satisfy all parts of this schema"
            self.nodes.warn(place, problem)
        if types and len(types) > 1:
            return self._union_of_types(parts, types, shared)
        schema = self._single(parts, types[0] if types else ANY, shared)
        return self._with_unions(schema, parts)

    def _annotations(self, parts: list[Any], place: Pointer) -> dict[str, Any]:
        """Prose and annotations of a schema; what a later part says replaces what earlier ones do."""
        description = ""
        example: Json = None
        notes: dict[str, Json] = {}
        for keywords in parts:
            title = keywords.get("title")
            if title == place[-1]:
                title = None
            prose = keywords.get("description") or title
            if prose:
                description = str(prose)
            examples = keywords.get("examples")
            if "example" in keywords:
                example = keywords["example"]
            elif isinstance(examples, list) and examples:
                example = examples[0]
            for key in keywords.keys() - (KNOWN - ANNOTATIONS):
                notes[key] = self._rules.value(keywords[key])
            if "discriminator" in keywords and not {*UNIONS} & keywords.keys():
                notes["discriminator"] = keywords["discriminator"]
        return {"description": description, "example": example, "notes": notes}

    def _union_of_types(
        self, parts: list[Node], types: list[str], shared: dict[str, Any]
    ) -> Union:
        """A list of types is a union of schemas of one type each."""
        variants = []
        for index, name in enumerate(types):
            place = (*shared["pointer"], "type", str(index))
            rule = {"allOf": [shared["rule"], {"type": name}]}
            of_type = [combine.of_type(part, name) for part in parts]
            variant = self._merged(of_type, place, rule)
            variant = dataclasses.replace(variant, nullable=False, notes={})
            self._known[place] = variant
            variants.append(variant)
        return Union(variants=tuple(variants), **shared)

    def _single(self, parts: list[Node], name: str, shared: dict[str, Any]) -> Schema:
        """A schema of one type, or of any, without the unions beside it."""
        formats = [text for text in combine.declared(parts, "format") if text]
        shared["format"] = formats[0] if formats else ""
        shared["limits"] = combine.limits(parts, self._rules.value)
        values, constant = combine.values(parts)
        if values is not None:
            return self._enum(values, constant, name, shared)
        if name == ARRAY:
            return self._array(parts, shared)
        if name == OBJECT:
            return self._object(parts, shared)
        if name == ANY:
            if any(part.boolean is False for part in parts):
                return Never(**shared)
            return Anything(**shared)
        if name == "string" and stands_for_bytes(shared["format"], shared["notes"]):
            return Binary(**shared)
        return Scalar(type=name, **shared)

    def _enum(
        self,
        values: tuple[Json, ...],
        constant: bool,
        name: str,
        shared: dict[str, Any],
    ) -> Schema:
        others = tuple(value for value in values if value is not None)
        if not values:
            return Never(**{**shared, "nullable": False})
        if not others:
            return Scalar(type="null", **{**shared, "nullable": False})
        if len(others) < len(values):
            shared["nullable"] = True
        if name == ANY:
            name = combine.type_of_values(others)
        return Enum(type=name, values=others, constant=constant, **shared)

    def _array(self, parts: list[Node], shared: dict[str, Any]) -> Array:
        place = shared["pointer"]
        items = combine.declared(parts, "items")
        prefixes = combine.declared(parts, "prefixItems")
        return Array(
            items=self._several(items, (*place, "items")) if items else None,
            prefix=tuple(self._read(n) for n in prefixes[0]) if prefixes else (),
            **shared,
        )

    def _object(self, parts: list[Node], shared: dict[str, Any]) -> Object:
        place = shared["pointer"]
        required: set[str] = set()
        for names in combine.declared(parts, "required"):
            required.update(names)
        additional: Schema | bool = True
        others = combine.declared(parts, "additionalProperties")
        stated = [node for node in others if node.keywords]
        if any(node.boolean is False for node in others):
            additional = False
        elif stated:
            additional = self._several(stated, (*place, "additionalProperties"))
        fields: dict[str, Schema] = {}
        for name, declarations in combine.properties(parts).items():
            fields[name] = self._several(declarations, (*place, "properties", name))
        for name in sorted(required - fields.keys()):
            fields[name] = Anything(pointer=(*place, "required", name))
        return Object(
            fields=fields, required=frozenset(required), additional=additional, **shared
        )

    def _several(self, declared: list[Node], place: Pointer) -> Schema:
        """A field that one or more parts declare. With one declaration it is the schema there, shared by all that inherit it."""
        if len(declared) == 1 or len(self._several_open) >= _MOST_SEVERAL:
            return self._read(declared[0])
        if place in self._open or place in self._known:
            return self._read(Node(place, {}))
        uses = [self._use(node) for node in declared]
        keys = {use.key if use else None for use in uses}
        if len(keys) == 1 and uses[0] is not None:
            return uses[0]
        parts = [part for node in declared for part in self._parts(node)]
        rules = [self._rules.rule(node) for node in declared]
        self._several_open.append(place)
        try:
            return self._merged(parts, place, {"allOf": rules})
        finally:
            self._several_open.pop()

    # Unions

    def _with_unions(self, schema: Schema, parts: list[Node]) -> Schema:
        """The schema with the unions of its parts: the first that makes variants does; each other one restricts these."""
        limits = dict(schema.limits)
        union: Union | None = None
        for part in parts:
            for key in UNIONS:
                if key not in part.keywords:
                    continue
                members = part.keywords[key]
                is_limit = union is not None or self._only_restricts(schema, members)
                if is_limit or self._is_merged_too_often(schema):
                    combine.add_limit(limits, key, self._rules.value(members))
                else:
                    union = self._union(schema, parts, part, key)
        if union is not None:
            return dataclasses.replace(union, limits=limits)
        return dataclasses.replace(schema, limits=limits)

    def _is_merged_too_often(self, schema: Schema) -> bool:
        """Whether a schema is a variant of variants, each merged with what stands beside it, that doubles with each level.

        The union is then checked and makes no types.
        """
        return schema.pointer.count(_MERGED) >= _MOST_MERGED_LEVELS

    def _only_restricts(self, schema: Schema, members: list[Node]) -> bool:
        """Whether the members of a union say nothing but what they require of what stands beside them."""
        if type_name(schema) == ANY:
            return False
        declared: set[str] = set()
        if isinstance(schema, Object):
            for name, field in schema.fields.items():
                # One that is only required is declared by the members.
                if field.pointer[-2:] != ("required", name):
                    declared.add(name)
        silent = LIMITS | {"required", "type", "properties"}
        for member in members:
            for part in self._parts(member):
                properties = part.keywords.get("properties", {})
                if part.keywords.keys() & ASSERTIONS - silent:
                    return False
                if properties.keys() - declared:
                    return False
        return True

    def _base_type(self, node: Node, subtypes: list[Node]) -> Union:
        """A base type whose discriminator tells its subtypes apart: a union of these and of itself alone, which takes unknown values."""
        place = node.pointer
        alone = self._queue(self.nodes.alone(node))
        itself = (*place, "(subtypes)", str(len(subtypes)))
        variants: list[Schema] = [self._read(subtype) for subtype in subtypes]
        variants.append(Reference(pointer=itself, key=alone))
        choice = self._rules.choice(node, subtypes)
        assert choice is not None
        discriminator = Discriminator(
            choice.property, choice.variants, otherwise=len(subtypes)
        )
        annotations = node.without("discriminator").keywords
        schema = Union(
            pointer=place,
            nullable=node.keywords.get("nullable") is True,
            rule=self._rules.rule(node),
            variants=tuple(variants),
            discriminator=discriminator,
            **self._annotations([annotations], place),
        )
        self._known[place] = schema
        return schema

    def _union(self, schema: Schema, parts: list[Node], union: Node, key: str) -> Union:
        """A union beside other keywords is the union of all members with these keywords."""
        members = union.keywords[key]
        beside = [part.without(*UNIONS) for part in parts]
        asserted = {name for part in beside for name in part.keywords} & ASSERTIONS
        # Without properties beside the union, `additionalProperties: false` only closes it: it makes no other class of a member.
        others = combine.declared(beside, "additionalProperties")
        if all(other.boolean is False for other in others):
            asserted.discard("additionalProperties")
        is_plain = asserted <= LIMITS | {"type", "nullable", "required"}
        required = _required(beside)
        is_own = union.pointer == schema.pointer
        variants: list[Schema] = []
        for member in members:
            # A subtype has the keywords of its base type already, and most members require what is required beside them.
            says_all = is_plain and (
                not required or required <= _required(self._parts(member))
            )
            if says_all or (is_own and self.nodes.extends(member, union.pointer)):
                variants.append(self._read(member))
            else:
                variants.append(self._variant(schema, beside, member, union.pointer))
        possible: list[Schema] = []
        for variant in variants:
            if not isinstance(variant, Never):
                possible.append(variant)
        possible = possible or variants
        discriminator = None
        choice = self._rules.choice(union, members)
        if choice is not None:
            indices = {
                value: possible.index(variants[index])
                for value, index in choice.variants.items()
                if variants[index] in possible
            }
            otherwise = choice.otherwise
            if otherwise is not None:
                otherwise = possible.index(variants[otherwise])
            discriminator = Discriminator(
                choice.property, indices, choice.is_stated, otherwise
            )
        return Union(
            variants=tuple(possible),
            exclusive=key == "oneOf",
            discriminator=discriminator,
            **shared_fields(schema),
        )

    def _variant(
        self, schema: Schema, beside: list[Node], member: Node, union: Pointer
    ) -> Schema:
        """A member of a union, merged with what stands beside the union."""
        known = {part.pointer for part in beside}
        own = [part for part in self._parts(member) if part.pointer not in known]
        merged = [part.without(*PROSE, *ANNOTATIONS) for part in (*beside, *own)]
        rule = {"allOf": [schema.rule, self._rules.rule(member)]}
        place = member.pointer
        if union != schema.pointer:
            place = (*schema.pointer, *member.pointer[-2:])
        return self._merged(merged, (*place, _MERGED), rule)


def _required(parts: Iterable[Node]) -> set[str]:
    """The names that schemas which all apply require."""
    names: set[str] = set()
    for part in parts:
        names.update(part.keywords.get("required", ()))
    return names
