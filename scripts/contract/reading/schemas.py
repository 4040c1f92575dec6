"""Read schemas, of OpenAPI 3.0 or 3.1, into the contract's one form: `allOf` merged, `nullable` and lists of types in one spelling.

A schema is read as a list of parts: its own keywords, and those of every member of `allOf`, references followed. A field that several
parts declare is read from all of its declarations in the same way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scripts.common.errors import DocumentError
from scripts.contract import model
from scripts.contract.model import ANY, ARRAY, OBJECT, Json, Pointer, Schema
from scripts.contract.reading import combine
from scripts.contract.reading.keywords import (
    ANNOTATIONS,
    ASSERTIONS,
    KNOWN,
    LIMITS,
    Node,
)
from scripts.contract.reading.rules import MALFORMED, RuleReader, reason
from scripts.intake.prose import PROSE, UNIONS


class SchemaReader(RuleReader):
    """Reads schemas and every type that they reach. One for each document."""

    def __init__(self, document: Json, *, old: bool) -> None:
        """`old`: OpenAPI 3.0, where keywords beside `$ref` restrict nothing."""
        super().__init__(document, old=old)
        self.types: dict[str, Schema] = {}
        self.broken: dict[str, str] = {}  # types that cannot be read, and why
        self._known: dict[Pointer, Schema] = {}
        self._open: dict[Pointer, Schema] = {}

    def read(self, raw: Json, place: Pointer) -> Schema:
        """A schema and, in `types` or `broken`, all that it refers to.

        Raises:
            DocumentError: A reference leads nowhere, or `allOf` back to itself.
        """
        schema = self._read(self.node(raw, place))
        while self._waiting:
            key, node = self._waiting.popleft()
            try:
                self.types[key] = self._read(node)
            except (DocumentError, *MALFORMED) as error:
                self.broken[key] = reason(error, node.at)
        return schema

    def _read(self, node: Node) -> Schema:
        if node.at in self._open:
            return Schema((*node.at, "(again)"), ref=self._key(node))
        if node.at in self._known:
            return self._known[node.at]
        if use := self._use(node):
            self._known[node.at] = use
            return use
        return self._merged(self._parts(node), node.at, self.rule(node))

    # References

    def _parts(self, node: Node, chain: tuple[Pointer, ...] = ()) -> list[Node]:
        """The keywords of a schema and of all that `allOf` and `$ref` add to it."""
        chain, own = chain or (node.at,), node.without("allOf", "$ref")
        if len(chain) > 1 and {*chain[:-1]} & self._inside(node):
            own = own.without(*UNIONS)
        parts = [own]
        if "$ref" in node.says:
            target = self._target(node, chain)
            found = self._parts(target, (*chain, target.at))
            base = self._key(target)
            parts += [replace(part, base=part.base or base) for part in found]
        for member in node.says.get("allOf", ()):
            parts += self._parts(member, chain)
        return parts

    def _use(self, node: Node) -> Schema | None:
        """A schema that is another one, with nothing beside the reference but annotations; None where it is more."""
        target, notes = self._alias(node, (node.at,))
        if target is None:
            return None
        schema = Schema(node.at, ref=self._key(target), rule=self.rule(node))
        schema.nullable = notes.pop("nullable", False)
        self._annotate(schema, notes)
        return schema

    def _alias(
        self, node: Node, chain: tuple[Pointer, ...]
    ) -> tuple[Node | None, dict[str, Json]]:
        """The type that a schema is a mere use of, aliases followed, and the annotations on the way."""
        members = [*node.says.get("allOf", ())]
        for member in members:  # grows
            members += member.says.get("allOf", ())
        told = {key for member in members for key in member.says} & ASSERTIONS
        refs = [held for held in (node, *members) if "$ref" in held.says]
        if told - {"$ref", "allOf", "nullable"} or len(refs) != 1:
            return None, {}
        target = self._target(refs[0], chain)
        beside: dict[str, Json] = {}
        for held in (*reversed(members), node):
            beside |= held.without("$ref", "allOf").says
        told = beside.keys() & ASSERTIONS - {"nullable"}
        if told and (told, combine.kinds(target)) != ({"type"}, [beside.get("type")]):
            if not (self._old and "$ref" in node.says):
                return None, {}
            self.warn(node.at, "keywords beside $ref, which OpenAPI 3.0 ignores")
        further, notes = self._alias(target, (*chain, target.at))
        if further is None:
            return target, beside
        return further, {k: v for k, v in notes.items() if k not in PROSE} | beside

    # Schemas

    def _merged(self, parts: list[Node], place: Pointer, rule: Json) -> Schema:
        """One schema of all parts."""
        schema = self._open[place] = Schema(place, rule=rule)
        try:
            schema.bases = tuple(dict.fromkeys(p.base for p in parts if p.base))
            for part in [part for part in reversed(parts) if not part.base]:
                self._annotate(schema, part.says)
            kinds, schema.nullable = combine.kinds_of(parts)
            if kinds == []:
                self.warn(place, "no value can satisfy all parts of this schema")
            if kinds and len(kinds) > 1:
                self._types(schema, parts, kinds)
            else:
                schema.kind = kinds[0] if kinds else ANY
                self._contents(schema, parts)
                self._union(schema, parts)
        finally:
            del self._open[place]
        self._known[place] = schema
        return schema

    def _annotate(self, schema: Schema, says: dict[str, Any]) -> None:
        """Prose and annotations of a schema; what was there before stays where nothing new is said."""
        title = says.get("title")
        prose = says.get("description") or (title if title != schema.at[-1] else None)
        schema.description = str(prose) if prose else schema.description
        examples = says.get("examples")
        if "example" in says:
            schema.example = says["example"]
        elif isinstance(examples, list) and examples:
            schema.example = examples[0]
        for key in says.keys() - (KNOWN - ANNOTATIONS):
            schema.notes[key] = self.ruled(says[key])
        if "discriminator" in says and not {*UNIONS} & says.keys():
            schema.notes["discriminator"] = says["discriminator"]

    def _types(self, schema: Schema, parts: list[Node], kinds: list[str]) -> None:
        """A list of types is a union of schemas of one type each."""
        schema.variants = tuple(
            self._merged(
                [combine.of_kind(part, kind) for part in parts],
                (*schema.at, "type", str(index)),
                {"allOf": [schema.rule, {"type": kind}]},
            )
            for index, kind in enumerate(kinds)
        )
        for variant in schema.variants:
            variant.nullable, variant.notes = False, {}

    def _contents(self, schema: Schema, parts: list[Node]) -> None:
        schema.format = next(filter(None, combine.declared(parts, "format")), "")
        schema.limits = combine.limits(parts, self.ruled)
        schema.values, schema.constant = combine.values(parts)
        if schema.values is not None:
            schema.nullable = schema.nullable or None in schema.values
            schema.values = tuple(v for v in schema.values if v is not None)
            if not schema.values:
                schema.values, schema.kind, schema.nullable = None, "null", False
            elif schema.kind == ANY:
                schema.kind = combine.kind_of_values(schema.values)
        if schema.kind == ARRAY:
            if items := combine.declared(parts, "items"):
                schema.items = self._several(items, (*schema.at, "items"))
            prefixes = combine.declared(parts, "prefixItems")
            schema.prefix = tuple(map(self._read, next(iter(prefixes), ())))
        if schema.kind == OBJECT:
            self._fields(schema, parts)

    def _fields(self, schema: Schema, parts: list[Node]) -> None:
        required = combine.declared(parts, "required")
        schema.required = frozenset(name for names in required for name in names)
        others = combine.declared(parts, "additionalProperties")
        if any(held.alone is False for held in others):
            schema.additional = False
        elif others := [held for held in others if held.says]:
            place = (*schema.at, "additionalProperties")
            schema.additional = self._several(others, place)
        for name, found in combine.properties(parts).items():
            place = (*schema.at, "properties", name)
            schema.fields[name] = self._several(found, place)
        for name in sorted(schema.required - schema.fields.keys()):
            schema.fields[name] = Schema((*schema.at, "required", name))

    def _several(self, declared: list[Node], place: Pointer) -> Schema:
        """A field that one or more parts declare. With one declaration it is the schema there, shared by all that inherit it."""
        if len(declared) == 1:
            return self._read(declared[0])
        if place in self._open or place in self._known:
            return self._read(Node(place, {}))
        uses = [self._use(node) for node in declared]
        if len({use.ref if use else None for use in uses}) == 1 and uses[0]:
            return uses[0]
        parts = [part for node in declared for part in self._parts(node)]
        return self._merged(parts, place, {"allOf": [*map(self.rule, declared)]})

    # Unions

    def _union(self, schema: Schema, parts: list[Node]) -> None:
        taken = False
        for part, key in [(p, k) for p in parts for k in UNIONS if k in p.says]:
            if taken or self._only_restricts(schema, part.says[key]):
                combine.add_limit(schema.limits, key, self.ruled(part.says[key]))
            else:
                taken, schema.exclusive = True, key == "oneOf"
                self._variants(schema, parts, part, part.says[key])

    def _only_restricts(self, schema: Schema, members: list[Node]) -> bool:
        """Whether the members of a union say nothing but what they require of what stands beside them."""
        silent = LIMITS | {"required", "type"}
        return schema.kind != ANY and all(
            part.says.keys() & ASSERTIONS - silent <= {"properties"}
            and part.says.get("properties", {}).keys() <= schema.fields.keys()
            for member in members
            for part in self._parts(member)
        )

    def _variants(
        self, schema: Schema, parts: list[Node], union: Node, members: list[Node]
    ) -> None:
        """A union beside other keywords is the union of all members with these keywords."""
        beside = [part.without(*UNIONS) for part in parts]
        says = {key for part in beside for key in part.says} & ASSERTIONS
        plain = says <= LIMITS | {"type", "nullable"}
        known = {part.at for part in parts}
        found = []
        for member in members:
            if plain:
                found.append(self._read(member))
                continue
            own = [part for part in self._parts(member) if part.at not in known]
            merged = [part.without(*PROSE, *ANNOTATIONS) for part in (*beside, *own)]
            rule = {"allOf": [schema.rule, self.rule(member)]}
            same = union.at == schema.at
            place = member.at if same else (*schema.at, *member.at[-2:])
            found.append(self._merged(merged, (*place, "(merged)"), rule))
        if told := self.named(union, members):
            name, implied, mapped = told
            others = {v: i for v, i in implied.items() if i not in mapped.values()}
            schema.discriminator = model.Discriminator(name, others | mapped)
        schema.variants, schema.kind = tuple(found), ANY
        schema.fields, schema.required, schema.additional = {}, frozenset(), True
        schema.items, schema.values = None, None
