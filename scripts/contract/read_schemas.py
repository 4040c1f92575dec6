"""Read schemas, of OpenAPI 3.0 or 3.1, into the contract's one form: `allOf` merged, `nullable` and lists of types in one spelling.

A schema is read as a list of parts: its own keywords, and those of every member of `allOf`, references followed. A field that several
parts declare is read from all of its declarations in the same way.
"""

from __future__ import annotations

from scripts.contract import combine
from scripts.contract.combine import (
    ANNOTATIONS,
    ASSERTIONS,
    KNOWN,
    PROSE,
    Part,
)
from scripts.contract.model import (
    ANY,
    ARRAY,
    OBJECT,
    Discriminator,
    Json,
    Pointer,
    Schema,
    at,
)
from scripts.contract.read_rules import (
    COMPONENTS,
    MALFORMED,
    UNIONS,
    RuleReader,
    reason,
)
from scripts.errors import DocumentError
from scripts.plain_data import referred


class SchemaReader(RuleReader):
    """Reads schemas and every type that they reach. One for each document."""

    def __init__(self, document: Json, *, old: bool) -> None:
        """`old`: OpenAPI 3.0, where keywords beside `$ref` restrict nothing."""
        super().__init__(document, old=old)
        self.types: dict[str, Schema] = {}
        self.broken: dict[str, str] = {}  # types that cannot be read, and why
        self._known: dict[Pointer, Schema] = {}
        self._open: set[Pointer] = set()

    def read(self, raw: Json, place: Pointer) -> Schema:
        """A schema and, in `types` or `broken`, all that it refers to.

        Raises:
            DocumentError: A reference leads nowhere, or `allOf` back to itself.
        """
        schema = self._read(raw, place)
        while self._waiting:
            key, target = self._waiting.popleft()
            try:
                self.types[key] = self._read(self._raw(target), target)
            except (DocumentError, *MALFORMED) as error:
                self.broken[key] = reason(error, target)
        return schema

    # Parts

    def _parts(
        self, raw: Json, place: Pointer, outer: frozenset[Pointer] = frozenset()
    ) -> list[Part]:
        """The keywords of a schema and of all that `allOf` and `$ref` add to it.
        `outer`: places whose keywords are known already."""
        return self._collected(raw, place, (place,), outer)

    def _collected(
        self,
        raw: Json,
        place: Pointer,
        chain: tuple[Pointer, ...],
        outer: frozenset[Pointer],
    ) -> list[Part]:
        raw = self._checked(raw, place)
        own = {k: v for k, v in raw.items() if k not in ("allOf", "$ref")}
        if len(chain) > 1 and {*chain[:-1]} & self._inside(own, place):
            own = {k: v for k, v in own.items() if k not in UNIONS}
        parts = [Part(own, place, "")]
        if "$ref" in raw:
            target = self._pointer(raw["$ref"], place)
            if target in outer:
                return parts
            if target in chain:
                raise DocumentError(f"{at(place)}: {raw['$ref']!r} refers to itself")
            held = self._raw(target)
            found = self._collected(held, target, (*chain, target), outer)
            base = self._key(target)
            parts += [Part(p.raw, p.place, p.base or base) for p in found]
        for index, member in enumerate(combine.listed(raw.get("allOf"))):
            inner = (*place, "allOf", str(index))
            parts += self._collected(member, inner, chain, outer)
        return parts

    # Schemas

    def _read(self, raw: Json, place: Pointer) -> Schema:
        if place in self._open:
            key = at(place).removeprefix("#/")
            named = len(place) == 3 and place[:2] == COMPONENTS
            if not named:
                self.types[key] = self._known[place]
                self._queued.add(key)
            return Schema((*place, "(again)"), ref=place[2] if named else key)
        if place in self._known:
            return self._known[place]
        use = self._use(raw, place)
        if use is not None:
            self._known[place] = use
            return use
        return self._merged(self._parts(raw, place), place, self.rule(raw, place))

    def _use(self, raw: Json, place: Pointer) -> Schema | None:
        """A schema that is another one, with nothing beside the reference but annotations; None where it is more."""
        target, notes = self._target(raw, place, (place,))
        if target is None:
            return None
        schema = Schema(place, ref=self._key(target), rule=self.rule(raw, place))
        schema.nullable = notes.pop("nullable", False) is True
        _annotate(schema, notes)
        return schema

    def _target(
        self, raw: Json, place: Pointer, chain: tuple[Pointer, ...]
    ) -> tuple[Pointer | None, dict[str, Json]]:
        """The type that a schema is a mere use of, aliases followed, and the annotations on the way."""
        if not isinstance(raw, dict):
            return None, {}
        raw = self._checked(raw, place)
        beside = {k: v for k, v in raw.items() if k not in ("$ref", "allOf")}
        refs = [raw["$ref"]] if "$ref" in raw else []
        for index, held in enumerate(combine.listed(raw.get("allOf"))):
            member = self._checked(held, (*place, "allOf", str(index)))
            while len(member.get("allOf") or ()) == 1:  # in another spelling
                inner = self._checked(member.pop("allOf")[0], (*place, "allOf", "0"))
                member = inner | member
            if set(member) & (ASSERTIONS - {"$ref", "nullable"}):
                return None, {}
            refs += [member["$ref"]] if "$ref" in member else []
            beside = {k: v for k, v in member.items() if k != "$ref"} | beside
        if len(refs) != 1:
            return None, {}
        target = self._pointer(refs[0], place)
        if target in chain:
            raise DocumentError(f"{at(place)}: {refs[0]!r} refers to itself")
        inner, says = self._raw(target), set(beside) & (ASSERTIONS - {"nullable"})
        repeated = says == {"type"} and isinstance(inner, dict)
        if says and not (repeated and combine.kinds(inner) == [beside["type"]]):
            if not (self._old and "$ref" in raw):
                return None, {}
            self.warn(place, "keywords beside $ref, which OpenAPI 3.0 ignores")
        beside.pop("type", None)
        further, notes = self._target(inner, target, (*chain, target))
        if further is None:
            return target, beside
        return further, {k: v for k, v in notes.items() if k not in PROSE} | beside

    def _merged(self, parts: list[Part], place: Pointer, rule: Json) -> Schema:
        """One schema of all parts."""
        schema = Schema(place, rule=rule)
        self._known[place] = schema
        self._open.add(place)
        try:
            schema.bases = tuple(dict.fromkeys(p.base for p in parts if p.base))
            for part in [part for part in reversed(parts) if not part.base]:
                _annotate(schema, part.raw)
                if held := part.raw.get("contentSchema"):
                    here = (*part.place, "contentSchema")
                    schema.notes["contentSchema"] = self.rule(held, here)
            kinds, schema.nullable = combine.kinds_of(parts)
            if kinds == []:
                self.warn(place, "no value can satisfy all parts of this schema")
            if len(kinds or ()) > 1:
                self._types(schema, parts, kinds or [])
            else:
                schema.kind = kinds[0] if kinds else ANY
                self._contents(schema, parts)
                self._union(schema, parts)
        except BaseException:
            del self._known[place]
            raise
        finally:
            self._open.discard(place)
        return schema

    def _types(self, schema: Schema, parts: list[Part], kinds: list[str]) -> None:
        """A list of types is a union of schemas of one type each."""
        schema.variants = tuple(
            self._merged(
                [Part(combine.of_kind(p.raw, kind), p.place, p.base) for p in parts],
                (*schema.at, "type", str(index)),
                {"allOf": [schema.rule, {"type": kind}]},
            )
            for index, kind in enumerate(kinds)
        )
        for variant in schema.variants:
            variant.nullable, variant.notes = False, {}

    def _contents(self, schema: Schema, parts: list[Part]) -> None:
        schema.format = next(
            (p.raw["format"] for p in parts if p.raw.get("format")), ""
        )
        schema.limits = combine.limits(parts, self.rule)
        schema.values, schema.constant = combine.values(parts)
        if schema.values is not None:
            schema.nullable = schema.nullable or None in schema.values
            schema.values = tuple(v for v in schema.values if v is not None)
            if not schema.values:
                schema.values, schema.kind, schema.nullable = None, "null", False
            elif schema.kind == ANY:
                schema.kind = combine.kind_of_values(schema.values)
        if schema.kind == ARRAY:
            self._items(schema, parts)
        if schema.kind == OBJECT:
            self._fields(schema, parts)

    def _items(self, schema: Schema, parts: list[Part]) -> None:
        declared = combine.declared(parts, "items")
        if declared:
            schema.items = self._several(declared, (*schema.at, "items"))
        for part in parts:
            if part.raw.get("prefixItems"):
                schema.prefix = tuple(
                    self._read(item, (*part.place, "prefixItems", str(index)))
                    for index, item in enumerate(part.raw["prefixItems"])
                )
                break

    def _fields(self, schema: Schema, parts: list[Part]) -> None:
        schema.required = frozenset(
            name for part in parts for name in part.raw.get("required", ())
        )
        declared = combine.declared(parts, "additionalProperties")
        if any(held is False for held, _place in declared):
            schema.additional = False
        elif held := [d for d in declared if isinstance(d[0], dict) and d[0]]:
            place = (*schema.at, "additionalProperties")
            schema.additional = self._several(held, place)
        for name, found in combine.properties(parts).items():
            place = (*schema.at, "properties", name)
            schema.fields[name] = self._several(found, place)
        for name in sorted(schema.required - schema.fields.keys()):
            schema.fields[name] = Schema((*schema.at, "required", name))

    def _several(self, declared: list[tuple[Json, Pointer]], place: Pointer) -> Schema:
        """A field that one or more parts declare. With one declaration it is the schema there, shared by all that inherit it."""
        if len(declared) == 1:
            return self._read(*declared[0])
        if place in self._open or place in self._known:
            return self._read({}, place)
        uses = [self._use(*each) for each in declared]
        if len({use.ref if use else None for use in uses}) == 1 and uses[0]:
            return uses[0]
        parts = [p for raw, here in declared for p in self._parts(raw, here)]
        rule = {"allOf": [self.rule(raw, here) for raw, here in declared]}
        return self._merged(parts, place, rule)

    # Unions

    def _union(self, schema: Schema, parts: list[Part]) -> None:
        taken = False
        for part, key in [(p, k) for p in parts for k in UNIONS if k in p.raw]:
            members = [
                (member, (*part.place, key, str(index)))
                for index, member in enumerate(part.raw[key])
            ]
            if taken or self._only_restricts(schema, members):
                rules = [self.rule(member, place) for member, place in members]
                combine.add_limit(schema.limits, key, rules)
            else:
                taken, schema.exclusive = True, key == "oneOf"
                self._variants(schema, parts, part, members)

    def _only_restricts(
        self, schema: Schema, members: list[tuple[Json, Pointer]]
    ) -> bool:
        """Whether the members of a union say nothing but what they require of what stands beside them."""
        if schema.kind == ANY:
            return False
        for member, place in members:
            for part in self._parts(member, place):
                says = set(part.raw) & ASSERTIONS - {"required", "type", "not"}
                if says - set(combine.LIMITS):
                    names = part.raw.get("properties", {})
                    if says - set(combine.LIMITS) != {"properties"} or any(
                        name not in schema.fields for name in names
                    ):
                        return False
        return True

    def _variants(
        self,
        schema: Schema,
        parts: list[Part],
        union: Part,
        members: list[tuple[Json, Pointer]],
    ) -> None:
        """A union beside other keywords is the union of all members with these keywords."""
        beside = [
            Part({k: v for k, v in p.raw.items() if k not in UNIONS}, p.place, p.base)
            for p in parts
        ]
        says = {key for part in beside for key in set(part.raw) & ASSERTIONS}
        plain = not says - {"type", "nullable", "discriminator"} - set(combine.LIMITS)
        found = []
        for member, place in members:
            if plain:
                found.append(self._read(member, place))
                continue
            known = frozenset(p.place for p in parts)
            merged = [*beside, *self._parts(member, place, known)]
            merged = [Part(_without_prose(p.raw), p.place, p.base) for p in merged]
            rule = {"allOf": [schema.rule, self.rule(member, place)]}
            here = place if union.place == schema.at else (*schema.at, *place[-2:])
            found.append(self._merged(merged, (*here, "(merged)"), rule))
        schema.discriminator = self._discriminator(union, members)
        schema.variants, schema.kind = tuple(found), ANY
        schema.fields, schema.required, schema.additional = {}, frozenset(), True
        schema.items, schema.values = None, None

    def _discriminator(
        self, union: Part, members: list[tuple[Json, Pointer]]
    ) -> Discriminator | None:
        raw = union.raw.get("discriminator")
        if not isinstance(raw, dict) or not isinstance(raw.get("propertyName"), str):
            return None
        found: dict[str, int] = {}
        targets = []
        for index, (member, place) in enumerate(members):
            while isinstance(member, dict) and len(member.get("allOf") or ()) == 1:
                member = member["allOf"][0]  # a reference in another spelling
            ref = member.get("$ref") if isinstance(member, dict) else None
            target = self._pointer(ref, place) if ref else None
            targets.append(target)
            if target:
                found[target[-1]] = index
        mapping = raw.get("mapping")
        named = mapping.items() if isinstance(mapping, dict) else ()
        mapped = {}
        for value, name in named:
            ref = str(name)
            target = referred(ref) if ref.startswith("#/") else None
            target = target or (*COMPONENTS, ref)
            if target in targets:
                mapped[str(value)] = targets.index(target)
            else:
                self.warn(union.place, f"discriminator: {ref!r} is no variant")
        implied = {v: i for v, i in found.items() if i not in mapped.values()}
        return Discriminator(raw["propertyName"], implied | mapped)


def _without_prose(raw: dict[str, Json]) -> dict[str, Json]:
    return {k: v for k, v in raw.items() if k not in PROSE and k not in ANNOTATIONS}


def _annotate(schema: Schema, raw: dict[str, Json]) -> None:
    """Prose and annotations of a schema; what was there before stays where nothing new is said."""
    title = raw.get("title")
    prose = raw.get("description") or (title if title != schema.at[-1] else None)
    schema.description = str(prose) if prose else schema.description
    examples = raw.get("examples")
    if "example" in raw:
        schema.example = raw["example"]
    elif isinstance(examples, list) and examples:
        schema.example = examples[0]
    for key, value in raw.items():
        unknown = key not in KNOWN
        if key in ANNOTATIONS or (unknown and key not in PROSE):
            schema.notes[key] = value
    if "discriminator" in raw and not {*UNIONS} & raw.keys():
        schema.notes["discriminator"] = raw["discriminator"]
