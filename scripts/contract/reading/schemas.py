"""Read schemas of OpenAPI 3.0, 3.1 and 3.2 into the contract's one form: `allOf` merged, `nullable` and lists of types in one spelling.

A schema is read from all nodes that apply to its values: its own keywords, and those of every member of `allOf`, references followed. A
field that several of them declare is read from all of its declarations in the same way.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterable, Mapping

from scripts.common.errors import DocumentError
from scripts.contract.reading import combine
from scripts.contract.reading.conjunctions import Conjunctions
from scripts.contract.reading.keywords import (
    ANNOTATIONS,
    ASSERTIONS,
    KNOWN,
    LIMITS,
    Node,
)
from scripts.contract.reading.nodes import (
    SUBTYPES,
    Nodes,
    type_key,
)
from scripts.contract.reading.rules import Rules
from scripts.contract.reading.untyped import MALFORMED, reason
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
    SchemaBase,
    Union,
    shared_fields,
    stands_for_bytes,
    type_name,
    whole,
)
from scripts.intake.prose import PROSE, UNIONS
from scripts.intake.yaml_text import Pointer

# The step to a variant that was merged with what stands beside the union, and how many such steps a place may have.
_MERGED = "(merged)"
_MOST_MERGED_LEVELS = 3
# How deep parts with several declarations may be nested in each other; further inside, the first declaration alone makes the type.
_MOST_NESTED_DECLARATIONS = 4
# Keywords that are no annotations.
_NOT_NOTED = KNOWN - ANNOTATIONS
# What may stand beside a union without making other classes of its members.
_PLAIN = LIMITS | {"type", "nullable", "required"}
# What the members of a union may say if they only restrict what stands beside it.
_RESTRICTING = LIMITS | {"required", "type", "properties"}


class SchemaReader:
    """Reads schemas and every type that they reach. One for each document.

    Attributes:
        types: The types that were read, by key.
        broken: Why others cannot be read, by key.
    """

    def __init__(self, document: object, *, openapi_30: bool) -> None:
        """`openapi_30`: whether keywords beside `$ref` restrict nothing."""
        self.nodes = Nodes(document, openapi_30=openapi_30)
        self.types: dict[str, Schema] = {}
        self.broken: dict[str, str] = {}
        self._rules = Rules(self.nodes, self._queue)
        self._conjunctions = Conjunctions(self.nodes, self._queue)
        self._known: dict[Pointer, Schema] = {}
        self._open: set[Pointer] = set()  # being read
        # How many parts with several declarations are being read, each inside the last.
        self._nested_declarations = 0
        self._pending: deque[tuple[str, Node]] = deque()  # types to read
        self._queued: set[str] = set()

    def read(self, raw: object, place: Pointer) -> Schema:
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
        """The schema at the place of a node: the one read before; a reference where it is being read; else read from the node."""
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
        nodes = self._conjunctions.nodes(node)
        nullable = combine.allows_null(nodes) is True
        return self._merged(nodes, place, self._rules.rule(node), nullable=nullable)

    def _use(self, node: Node) -> Reference | None:
        """A schema that only refers to a type, with annotations at most, as a reference; None for any other schema."""
        use = self._conjunctions.use(node)
        if use is None:
            return None
        key = self._queue(use.target)
        common = self._common_fields(
            node.pointer,
            [use.beside],
            nullable=use.beside.get("nullable") is True,
            rule=self._rules.rule(node),
        )
        return Reference(key=key, **shared_fields(common))

    # Schemas

    def _merged(
        self, nodes: list[Node], place: Pointer, rule: object, *, nullable: bool
    ) -> Schema:
        """One schema of all nodes that apply together."""
        self._open.add(place)
        try:
            schema = self._of_nodes(nodes, place, rule, nullable=nullable)
        finally:
            self._open.discard(place)
        self._known[place] = schema
        return schema

    def _of_nodes(
        self, nodes: list[Node], place: Pointer, rule: object, *, nullable: bool
    ) -> Schema:
        types = combine.common_types(nodes)
        common = self._common_fields(
            place,
            [node.keywords for node in reversed(nodes) if not node.base_key],
            nullable=nullable and types != ["null"],
            rule=rule,
            bases=tuple(
                dict.fromkeys(node.base_key for node in nodes if node.base_key)
            ),
        )
        if types == []:
            problem = "no value can satisfy all parts of this schema"
            self.nodes.warn(place, problem)
        if types and len(types) > 1:
            return self._union_of_types(nodes, types, common)
        single_type = ANY
        if types:
            single_type = types[0]
        schema = self._single(nodes, single_type, common)
        return self._with_unions(schema, nodes)

    def _common_fields(
        self,
        place: Pointer,
        annotated: Iterable[Mapping[str, object]],
        *,
        nullable: bool,
        rule: object,
        bases: tuple[str, ...] = (),
    ) -> SchemaBase:
        """The fields that schemas of every kind have, except `format` and `limits`.

        `annotated` holds the keywords that prose and annotations come from, in the order in which each replaces what those before it say.
        """
        description = ""
        example: object = None
        notes: dict[str, object] = {}
        for keywords in annotated:
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
            for key, value in keywords.items():
                if key not in _NOT_NOTED:
                    notes[key] = self._rules.value(value)
            if "discriminator" in keywords and not {*UNIONS} & keywords.keys():
                notes["discriminator"] = keywords["discriminator"]
        return SchemaBase(
            pointer=place,
            nullable=nullable,
            notes=notes,
            bases=bases,
            description=description,
            example=example,
            rule=rule,
        )

    def _union_of_types(
        self, nodes: list[Node], types: list[str], common: SchemaBase
    ) -> Union:
        """A list of types is a union of schemas of one type each."""
        variants = []
        for index, name in enumerate(types):
            place = (*common.pointer, "type", str(index))
            rule = {"allOf": [common.rule, {"type": name}]}
            of_type = [combine.of_type(node, name) for node in nodes]
            variant = self._merged(of_type, place, rule, nullable=False)
            variant = dataclasses.replace(variant, nullable=False, notes={})
            self._known[place] = variant
            variants.append(variant)
        return Union(variants=tuple(variants), **shared_fields(common))

    def _single(self, nodes: list[Node], name: str, common: SchemaBase) -> Schema:
        """A schema of one type, or of any, without the unions beside it."""
        common = dataclasses.replace(
            common,
            format=combine.format_of(nodes),
            limits=combine.limits(nodes, self._rules.value),
        )
        values, is_constant = combine.values(nodes)
        if values is not None:
            return _enum(values, is_constant, name, common)
        if name == ARRAY:
            return self._array(nodes, common)
        if name == OBJECT:
            return self._object(nodes, common)
        if name != ANY:
            return _scalar(name, common)
        if any(node.boolean is False for node in nodes):
            return Never(**shared_fields(common))
        return Anything(**shared_fields(common))

    def _array(self, nodes: list[Node], common: SchemaBase) -> Array:
        """An array. Of several `prefixItems`, the first makes the types."""
        items = None
        declared = combine.declared(nodes, "items")
        if declared:
            items = self._of_declarations(declared, (*common.pointer, "items"))
        prefixes = [node.schemas("prefixItems") for node in nodes]
        first_prefix = next(filter(None, prefixes), [])
        return Array(
            items=items,
            prefix=tuple(self._read(node) for node in first_prefix),
            **shared_fields(common),
        )

    def _object(self, nodes: list[Node], common: SchemaBase) -> Object:
        place = common.pointer
        required = combine.required(nodes)
        additional: Schema | bool = True
        declared = combine.declared(nodes, "additionalProperties")
        not_empty = [node for node in declared if node.keywords]
        if any(node.boolean is False for node in declared):
            additional = False
        elif not_empty:
            additional = self._of_declarations(
                not_empty, (*place, "additionalProperties")
            )
        fields: dict[str, Schema] = {}
        for name, declarations in combine.properties(nodes).items():
            fields[name] = self._of_declarations(
                declarations, (*place, "properties", name)
            )
        for name in sorted(required - fields.keys()):
            fields[name] = Anything(pointer=(*place, "required", name))
        return Object(
            fields=fields,
            required=frozenset(required),
            additional=additional,
            **shared_fields(common),
        )

    def _of_declarations(self, declared: list[Node], place: Pointer) -> Schema:
        """A field, or the items of an array, that one or more nodes declare.

        One declaration is the schema itself, which all that inherit it share. Several are merged into a schema with a place of its own.
        """
        if len(declared) == 1 or self._nested_declarations >= _MOST_NESTED_DECLARATIONS:
            return self._read(declared[0])
        if place in self._open or place in self._known:
            # Its schema is found by the place; no keywords are read.
            return self._read(Node(place, {}))
        uses = [self._use(node) for node in declared]
        first_use = uses[0]
        if first_use is not None and all(
            use is not None and use.key == first_use.key for use in uses
        ):
            return first_use
        nodes: list[Node] = []
        null_allowed: list[bool | None] = []
        for node in declared:
            nodes_of_field = self._conjunctions.nodes(node)
            null_allowed.append(combine.allows_null(nodes_of_field))
            nodes += nodes_of_field
        rules = [self._rules.rule(node) for node in declared]
        nullable = True in null_allowed and False not in null_allowed
        self._nested_declarations += 1
        try:
            return self._merged(nodes, place, {"allOf": rules}, nullable=nullable)
        finally:
            self._nested_declarations -= 1

    # Unions

    def _with_unions(self, schema: Schema, nodes: list[Node]) -> Schema:
        """Add the unions of some nodes to the schema that is made of their other keywords.

        The first union that does more than restrict it makes the variants; every other one becomes a limit.
        """
        limits = dict(schema.limits)
        union: Union | None = None
        for node in nodes:
            for key in UNIONS:
                if key not in node.keywords:
                    continue
                members = node.schemas(key)
                is_limit = union is not None or self._only_restricts(schema, members)
                if is_limit or _is_merged_too_often(schema):
                    combine.add_limit(limits, key, self._rules.value(members))
                else:
                    union = self._union(schema, nodes, node, key)
        if union is not None:
            return dataclasses.replace(union, limits=limits)
        if limits != schema.limits:
            return dataclasses.replace(schema, limits=limits)
        return schema

    def _only_restricts(self, schema: Schema, members: list[Node]) -> bool:
        """Whether the members of a union say nothing but what they require of what stands beside them."""
        if type_name(schema) == ANY:
            return False
        declared = _declared_fields(schema)
        for member in members:
            for node in self._conjunctions.nodes(member):
                if (node.keywords.keys() & ASSERTIONS) - _RESTRICTING:
                    return False
                if node.properties.keys() - declared:
                    return False
        return True

    def _base_type(self, node: Node, subtypes: list[Node]) -> Union:
        """A base type whose discriminator tells its subtypes apart, as a union of these and of the base type alone.

        The base type alone takes the values whose discriminator names no subtype.
        """
        place = node.pointer
        alone = self._queue(self.nodes.alone(node))
        itself = (*place, SUBTYPES, str(len(subtypes)))
        variants: list[Schema] = [self._read(subtype) for subtype in subtypes]
        variants.append(Reference(pointer=itself, key=alone))
        choice = self._rules.choice(node, subtypes)
        assert choice is not None
        common = self._common_fields(
            place,
            [node.without("discriminator").keywords],
            nullable=node.is_nullable,
            rule=self._rules.rule(node),
        )
        schema = Union(
            variants=tuple(variants),
            discriminator=Discriminator(
                choice.property, choice.variants, otherwise=len(subtypes)
            ),
            **shared_fields(common),
        )
        self._known[place] = schema
        return schema

    def _union(self, schema: Schema, nodes: list[Node], union: Node, key: str) -> Union:
        """The union under a key of a node: each member, merged with the keywords that stand beside the union.

        Args:
            schema: What is made of the keywords beside it.
            nodes: All nodes of the schema.
            union: The one of them that has the key.
            key: `oneOf` or `anyOf`.
        """
        members = union.schemas(key)
        beside = [node.without(*UNIONS) for node in nodes]
        is_plain = _are_plain(beside)
        required = combine.required(beside)
        is_own = union.pointer == schema.pointer
        variants: list[Schema] = []
        for member in members:
            # A subtype has the keywords of its base type already, and most members require what is required beside them.
            says_all = is_plain and (
                not required
                or required <= combine.required(self._conjunctions.nodes(member))
            )
            if says_all or (is_own and self.nodes.extends(member, union.pointer)):
                variants.append(self._read(member))
            else:
                variants.append(self._variant(schema, beside, member, union.pointer))
        possible: list[Schema] = []
        possible += [each for each in variants if not isinstance(each, Never)]
        possible = possible or variants
        return Union(
            variants=tuple(possible),
            exclusive=key == "oneOf",
            discriminator=self._discriminator(union, members, variants, possible),
            **shared_fields(schema),
        )

    def _discriminator(
        self,
        union: Node,
        members: list[Node],
        variants: list[Schema],
        possible: list[Schema],
    ) -> Discriminator | None:
        """The discriminator of a union; None where there is none.

        Args:
            variants: One for each member.
            possible: Those that values can have.
        """
        choice = self._rules.choice(union, members)
        if choice is None:
            return None
        indices = {}
        for value, index in choice.variants.items():
            if variants[index] in possible:
                indices[value] = possible.index(variants[index])
        otherwise = choice.otherwise
        if otherwise is not None:
            otherwise = possible.index(variants[otherwise])
        return Discriminator(choice.property, indices, choice.is_stated, otherwise)

    def _variant(
        self, schema: Schema, beside: list[Node], member: Node, union: Pointer
    ) -> Schema:
        """A member of a union, merged with what stands beside the union."""
        places_beside = {node.pointer for node in beside}
        further = [
            node
            for node in self._conjunctions.nodes(member)
            if node.pointer not in places_beside
        ]
        place = member.pointer
        if union != schema.pointer:
            place = (*schema.pointer, *member.pointer[-2:])
        nodes = [node.without(*PROSE, *ANNOTATIONS) for node in (*beside, *further)]
        return self._merged(
            nodes,
            (*place, _MERGED),
            {"allOf": [schema.rule, self._rules.rule(member)]},
            nullable=combine.allows_null(nodes) is True,
        )


def _scalar(name: str, common: SchemaBase) -> Scalar | Binary:
    if name == "string" and stands_for_bytes(common.format, common.notes):
        return Binary(**shared_fields(common))
    return Scalar(type=name, **shared_fields(common))


def _enum(
    values: tuple[object, ...], is_constant: bool, name: str, common: SchemaBase
) -> Schema:
    """A schema of some values; null among them makes it nullable."""
    not_null = tuple(value for value in values if value is not None)
    if name != "number":
        not_null = tuple(map(whole, not_null))
    if not values:
        return Never(**shared_fields(dataclasses.replace(common, nullable=False)))
    if not not_null:
        common = dataclasses.replace(common, nullable=False)
        return Scalar(type="null", **shared_fields(common))
    if len(not_null) < len(values):
        common = dataclasses.replace(common, nullable=True)
    if name == ANY:
        name = combine.type_of_values(not_null)
    return Enum(
        type=name, values=not_null, constant=is_constant, **shared_fields(common)
    )


def _is_merged_too_often(schema: Schema) -> bool:
    """Whether a schema is a variant of variants, each merged with what stands beside it, that doubles with each level.

    The union is then checked and makes no types.
    """
    return schema.pointer.count(_MERGED) >= _MOST_MERGED_LEVELS


def _declared_fields(schema: Schema) -> set[str]:
    """The names of the fields of an object, without those that are only required."""
    names: set[str] = set()
    if isinstance(schema, Object):
        for name, field in schema.fields.items():
            if field.pointer[-2:] != ("required", name):
                names.add(name)
    return names


def _are_plain(beside: list[Node]) -> bool:
    """Whether what stands beside a union makes no other class of its members."""
    asserted: set[str] = set()
    for node in beside:
        asserted |= node.keywords.keys() & ASSERTIONS
    # Without properties beside the union, `additionalProperties: false` only closes it.
    declared = combine.declared(beside, "additionalProperties")
    if all(node.boolean is False for node in declared):
        asserted.discard("additionalProperties")
    return asserted <= _PLAIN
