"""Compare two schemas and all that they are made of, in one direction of travel: a walk over pairs of the same kind."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scripts.contract import model
from scripts.contract.comparing import bounds, words
from scripts.contract.comparing.changes import (
    Changes,
    Difference,
    Direction,
    Effect,
    Sides,
    canonical,
    step,
)
from scripts.contract.comparing.notes import FIELD_FLAGS, note_differences
from scripts.contract.comparing.variants import (
    Matched,
    Variant,
    made_of,
    match_variants,
)
from scripts.contract.model import Contract
from scripts.contract.schema import (
    ANY,
    OBJECT,
    Anything,
    Array,
    Enum,
    Object,
    Reference,
    Schema,
    Union,
    shared_fields,
    type_name,
    walk,
)
from scripts.contract.view import View, view
from scripts.intake.yaml_text import Json, Pointer

# Formats of strings that are another type than `str` in Python.
PYTHON_FORMATS = {"binary", "date", "date-time", "uuid"}

Pair = tuple[Schema, Schema]


@dataclass(frozen=True, slots=True)
class Site:
    """Where two schemas stand, and which way they travel.

    Attributes:
        way: The way they travel.
        place: Where they stand.
        twins: The schemas at the same place in base types, which are compared on their own: what they differ in is reported there alone.
        in_union: Whether they are variants of a union, which says itself whether null is allowed.
        field_way: Of a field, the way that it travels unless it is read-only or write-only.
        required: Of a field, whether it is required.
    """

    way: Direction
    place: Pointer
    twins: tuple[Pair, ...] = ()
    in_union: bool = False
    field_way: Direction = Direction.NEITHER
    required: bool = False


@dataclass(frozen=True, slots=True)
class ContractPair:
    """Two contracts, and what comparing them needs to know of each.

    Attributes:
        places: Names for the places of both.
        old_classes: Every class of the old one, with the schema that it is made from.
        new_classes: The same for the new one.
    """

    old: Contract
    new: Contract
    places: words.Places
    old_classes: Mapping[str, Schema]
    new_classes: Mapping[str, Schema]

    @classmethod
    def of(cls, old: Contract, new: Contract) -> ContractPair:
        """The pair of two contracts."""
        places = words.Places(new, old)
        return cls(old, new, places, _classes(old), _classes(new))


class SchemaComparison:
    """Walks pairs of schemas. A pair is compared once for each direction, however many places use it."""

    def __init__(
        self,
        contracts: ContractPair,
        known_alike: dict[Pair, bool] | None = None,
        *,
        follows_shared: bool = True,
    ) -> None:
        """
        Args:
            contracts: The contracts whose schemas are compared.
            known_alike: Whether two schemas are alike, as far as another walk has found out.
            follows_shared: Whether to compare types that both sides refer to by the same name.
        """
        self.contracts = contracts
        self.old = contracts.old
        self.new = contracts.new
        self.label = contracts.places.label
        self.changes = Changes()
        self._known_alike = {} if known_alike is None else known_alike
        self._follows_shared = follows_shared
        self._seen: set[tuple[object, ...]] = set()
        self._open: set[tuple[object, ...]] = set()

    def views(self, a: Schema, b: Schema, until: str = "") -> tuple[View, View]:
        """What stands at two places once references are followed."""
        return view(a, self.old, until), view(b, self.new, until)

    def texts(self, a: Schema | None, b: Schema | None) -> Sides:
        """Two types in words."""
        before = None if a is None else words.text(a, self.old)
        after = None if b is None else words.text(b, self.new)
        return before, after

    def alike(self, a: Schema, b: Schema) -> bool:
        """Whether two schemas differ in nothing but the names of classes; what they refer to by the same name is the same."""
        pair = (a, b)
        if pair not in self._known_alike:
            # Holds while it is being found out, where a type is made of itself.
            self._known_alike[pair] = True
            apart = SchemaComparison(
                self.contracts, self._known_alike, follows_shared=False
            )
            apart.compare(a, b, Site(Direction.SENT, b.pointer, in_union=True))
            rules = {change.rule for change in apart.changes.rows.values()}
            self._known_alike[pair] = rules <= {"class-renamed"}
        return self._known_alike[pair]

    def compare(self, a: Schema, b: Schema, site: Site) -> None:
        """Compare what stands at the same place in both contracts."""
        if a.pointer == b.pointer:
            site = replace(site, place=b.pointer)
        key = (a, b, replace(site, twins=()))
        if key in self._seen:
            return
        self._seen.add(key)
        va, vb = self.views(a, b)
        shared = next((name for name in va.keys if name in vb.keys), "")
        if shared:
            self._uses((va, vb), self.views(a, b, shared), site)
            if not self._follows_shared:
                return
            one = self.old.types[shared]
            other = self.new.types[shared]
            type_site = replace(site, place=other.pointer, twins=(), in_union=False)
            self.compare(one, other, type_site)
        elif site.in_union or not self._exchanged(va, vb, site):
            if va.keys and vb.keys and self._renamed(va, vb):
                site = replace(site, place=vb.schema.pointer)
            pair = (va.schema, vb.schema, site.way, site.field_way, site.required)
            if pair not in self._open:
                self._open.add(pair)
                self._pair(va, vb, site)
                self._open.discard(pair)

    def _uses(
        self, whole: tuple[View, View], beside: tuple[View, View], site: Site
    ) -> None:
        """What two uses of one type say beside the reference."""
        va, vb = beside
        found = list(note_differences(va.notes, vb.notes))
        if va.nullable != vb.nullable and whole[0].nullable != whole[1].nullable:
            found.append(_nullability(*whole))
        self._add(found, va, vb, site)

    def _exchanged(self, va: View, vb: View, site: Site) -> bool:
        """Whether a class stands here that is neither the one from before nor a new name for it: one row, with the fields lost and won."""
        before = va.class_name
        after = vb.class_name
        is_other = bool(before and after) and before != after
        if not isinstance(va.schema, Object) or not isinstance(vb.schema, Object):
            return False  # any other type is what its values are, whatever its name
        if not is_other or self._renamed(va, vb):
            return False
        sides: Sides = (before, after)
        lost = sorted(va.schema.fields.keys() - vb.schema.fields)
        won = sorted(vb.schema.fields.keys() - va.schema.fields)
        if lost or won:
            sides = ({before: lost}, {after: won})
        where = self.label(site.place)
        self.changes.add("type-changed", where, sides, (va.pointer, vb.pointer))
        return True

    def _renamed(self, va: View, vb: View) -> bool:
        """Whether a class has another name, rather than another class its place: it keeps at least half of what it is made of."""
        before = va.class_name
        after = vb.class_name
        if not before or not after or before == after:
            return False
        contracts = self.contracts
        if before in contracts.new_classes or after in contracts.old_classes:
            return False
        old_parts = made_of(va.schema)
        new_parts = made_of(vb.schema)
        kept = len(old_parts & new_parts)
        return 2 * kept >= max(len(old_parts), len(new_parts))

    # One pair of schemas

    def _pair(self, va: View, vb: View, site: Site) -> None:
        """Compare two schemas at the end of references, and what they are made of."""
        va = _for_union(va)
        vb = _for_union(vb)
        site = replace(site, twins=(*self._base_types(va, vb, site), *site.twins))
        found = differences(va, vb)
        if isinstance(va.schema, Union) != isinstance(vb.schema, Union):
            found = self._alone_or_in_union(va, vb, site, found)
        if site.in_union:
            found = [d for d in found if d.rule != "nullable-changed"]
        self._add(found, va, vb, site)
        if any(d.rule == "type-changed" for d in found):
            return
        match va.schema, vb.schema:
            case (Array() as a, Array() as b):
                self._array(a, b, site)
            case (Union() as a, Union() as b):
                self._union(a, b, site)
            case (Object() as a, Object() as b):
                self._object(a, b, site)

    def _base_types(self, va: View, vb: View, site: Site) -> list[Pair]:
        """The pairs of base types that both schemas have, each compared on its own."""
        a = va.schema
        b = vb.schema
        if type_name(a) != OBJECT and not differences(va, vb):
            return []  # a base that the schema overrules reaches nobody
        pairs = []
        for key in a.bases:
            if key in b.bases and self.old.types[key] is not a:
                pairs.append((self.old.types[key], self.new.types[key]))
        for one, other in pairs:
            self.compare(one, other, Site(site.way, other.pointer))
        return pairs

    def _add(self, found: list[Difference], va: View, vb: View, site: Site) -> None:
        """Report differences, but for those that base types have, too."""
        in_base_types: list[Difference] = []
        for twin in site.twins if found else ():
            in_base_types += differences(*self.views(*twin))
        at = (va.pointer, vb.pointer)
        if va.pointer != vb.pointer:
            at = (va.schema.pointer, vb.schema.pointer)
        for d in found:
            if any(_same(d, other) for other in in_base_types):
                continue
            if d.rule == "class-renamed" and self._is_known_enum(va, vb):
                continue
            where = self.label((*site.place, *d.step))
            travels = site.way
            effect = d.effect
            if d.rule in FIELD_FLAGS:
                travels = site.field_way
                effect = _effect_of_flag(d.rule, site)
            self.changes.add(d.rule, where, d.sides, at, travels, effect)

    def _is_known_enum(self, va: View, vb: View) -> bool:
        """Whether an enum has the name of another one. It is what its values are, so a name that stays elsewhere is missed by nobody."""
        if not isinstance(va.schema, Enum) or not isinstance(vb.schema, Enum):
            return False
        contracts = self.contracts
        was_there = vb.class_name in contracts.old_classes
        return was_there or va.class_name in contracts.new_classes

    # Arrays

    def _array(self, a: Array, b: Array, site: Site) -> None:
        if a.items is not None or b.items is not None:
            one = a.items or Anything(pointer=(*a.pointer, "items"))
            other = b.items or Anything(pointer=(*b.pointer, "items"))
            twins = _inner_twins(site, _items)
            self.compare(one, other, Site(site.way, (*site.place, "items"), twins))
        for index, (one, other) in enumerate(zip(a.prefix, b.prefix, strict=False)):
            place = (*site.place, "prefixItems", str(index))
            self.compare(one, other, Site(site.way, place))

    # Variants

    def _union(self, a: Union, b: Union, site: Site) -> None:
        """Report variants dropped and added, and compare those that are in both."""
        matched = self._matched(a.variants, b.variants)
        where = self.label(site.place)
        for one in matched.removed:
            at = (one.schema.pointer, b.pointer)
            sides = self.texts(one.schema, None)
            self.changes.add("variant-removed", where, sides, at, site.way)
        for one in matched.added:
            at = (a.pointer, one.schema.pointer)
            sides = self.texts(None, one.schema)
            effect = Effect.WIDENED
            if _is_constant(one.view.schema) and any(map(_is_constant, a.variants)):
                effect = Effect.ADDED  # the reader keeps unknown values
            self.changes.add("variant-added", where, sides, at, site.way, effect)
        for one, other in matched.pairs:
            variant_site = Site(site.way, other.schema.pointer, in_union=True)
            self.compare(one.schema, other.schema, variant_site)

    def _matched(self, old: Sequence[Schema], new: Sequence[Schema]) -> Matched:
        """Which variants are the same; what is left of a union inside a union is matched by its own variants."""
        before = [Variant(schema, view(schema, self.old)) for schema in old]
        after = [Variant(schema, view(schema, self.new)) for schema in new]
        matched = match_variants(before, after, self._alike_variants, self._akin)
        if not any(each.is_union for each in [*matched.removed, *matched.added]):
            return matched
        removed = [each for one in matched.removed for each in one.members()]
        added = [each for one in matched.added for each in one.members()]
        inner = match_variants(removed, added, self._alike_variants, self._akin)
        return Matched([*matched.pairs, *inner.pairs], inner.removed, inner.added)

    def _alike_variants(self, one: Variant, other: Variant) -> bool:
        return self.alike(one.schema, other.schema)

    def _alone_or_in_union(
        self, va: View, vb: View, site: Site, found: list[Difference]
    ) -> list[Difference]:
        """What differs where a type stands alone on one side and in a union on the other: more types, or fewer."""
        matched = self._matched(_variants(va.schema), _variants(vb.schema))
        if not matched.pairs:
            return found
        is_widened = isinstance(vb.schema, Union)
        for one, other in matched.pairs:
            place = other.schema.pointer if is_widened else site.place
            variant_site = Site(site.way, place, in_union=True)
            self.compare(one.schema, other.schema, variant_site)
        effect = Effect.WIDENED if is_widened else Effect.NARROWED
        sides = words.both(va, vb)
        changed = [Difference("type-changed", sides, effect=effect)]
        if va.nullable != vb.nullable and allows_null(va) != allows_null(vb):
            changed.append(_nullability(va, vb))
        return changed

    def _akin(self, one: Variant, other: Variant) -> bool:
        """Whether a variant may be the other one changed: it has another name, the same one, or none and the same kind of type."""
        va = one.view
        vb = other.view
        if self._renamed(va, vb) or {*va.keys} & {*vb.keys}:
            return True
        if va.class_name and vb.class_name:
            return False
        same_type = type_name(va.schema) == type_name(vb.schema)
        return same_type and not isinstance(va.schema, Union)

    # Objects

    def _object(self, a: Object, b: Object, site: Site) -> None:
        twins = []
        for pair in site.twins:
            one, other = self.views(*pair)
            if isinstance(one.schema, Object) and isinstance(other.schema, Object):
                twins.append((one.schema, other.schema))
        for name in sorted({*a.fields, *b.fields}):
            self._field(name, a, b, site, twins)
        before = _others(a)
        after = _others(b)
        if not isinstance(before, bool) and not isinstance(after, bool):
            inner = _inner_twins(site, _additional)
            place = (*site.place, "additionalProperties")
            self.compare(before, after, Site(site.way, place, inner))

    def _field(
        self,
        name: str,
        a: Object,
        b: Object,
        holder: Site,
        twins: list[tuple[Object, Object]],
    ) -> None:
        """Compare what two objects say of one field."""
        place = (*holder.place, "properties", name)
        way = holder.way
        one = a.fields.get(name)
        other = b.fields.get(name)
        flag = "readOnly" if way is Direction.SENT else "writeOnly"
        was_silent = one is not None and _has_flag(view(one, self.old), flag)
        is_silent = other is not None and _has_flag(view(other, self.new), flag)
        standing = _standing(name, a, b)
        if all(_standing(name, *twin) != standing for twin in twins):
            travels = Direction.NEITHER if is_silent else way
            self._presence(name, a, b, Site(travels, place))
        if one is None or other is None:
            return
        inner = [
            (x.fields[name], y.fields[name])
            for x, y in twins
            if name in x.fields and name in y.fields
        ]
        if one.pointer == other.pointer and (one, other) in inner:
            inner = []
        # What does not travel on one of the sides breaks nobody, unless by that.
        travels = Direction.NEITHER if was_silent or is_silent else way
        required = name in b.required
        field_site = Site(
            travels, place, tuple(inner), field_way=way, required=required
        )
        self.compare(one, other, field_site)

    def _presence(self, name: str, a: Object, b: Object, site: Site) -> None:
        """A field that came, went, or is required on one side alone."""
        one = a.fields.get(name)
        other = b.fields.get(name)
        before = "required" if name in a.required else "optional"
        after = "required" if name in b.required else "optional"
        rule = f"field-{step(one, other)}"
        sides = self.texts(one, other)
        if one is not None and other is not None:
            rule = f"field-made-{after}"
            sides = (before, after)
        elif other is not None and after == "required":
            rule = "required-field-added"
        at = ((one or a).pointer, (other or b).pointer)
        self.changes.add(rule, self.label(site.place), sides, at, site.way)


def _items(schema: Schema) -> Schema | None:
    return schema.items if isinstance(schema, Array) else None


def _additional(schema: Schema) -> Schema | None:
    if not isinstance(schema, Object) or isinstance(schema.additional, bool):
        return None
    return schema.additional


def _inner_twins(
    site: Site, part: Callable[[Schema], Schema | None]
) -> tuple[Pair, ...]:
    """The same part of each pair of twins that has it on both sides."""
    pairs = []
    for one, other in site.twins:
        before = part(one)
        after = part(other)
        if before is not None and after is not None:
            pairs.append((before, after))
    return tuple(pairs)


def _variants(schema: Schema) -> Sequence[Schema]:
    return schema.variants if isinstance(schema, Union) else [schema]


def _is_constant(schema: Schema) -> bool:
    return isinstance(schema, Enum) and schema.constant


def _has_flag(seen: View, flag: str) -> bool:
    return seen.notes.get(flag) is True


def _same(one: Difference, other: Difference) -> bool:
    """Whether a difference is one of a base type, which another part may have widened or narrowed on one side."""
    if (one.rule, one.step) != (other.rule, other.step):
        return False
    return bool(one.sides[0] == other.sides[0] or one.sides[1] == other.sides[1])


def _others(schema: Object) -> Schema | bool:
    """What fields without a declaration may be; a schema that says nothing allows any."""
    if isinstance(schema.additional, Anything) and not schema.additional.limits:
        return True
    return schema.additional


def _standing(name: str, a: Object, b: Object) -> tuple[bool, bool, bool, bool]:
    """Where a field is declared, and where it is required."""
    return name in a.fields, name in b.fields, name in a.required, name in b.required


# What differs in two schemas themselves


def differences(va: View, vb: View) -> list[Difference]:
    """What differs in two schemas themselves, without what they are made of."""
    a = va.schema
    b = vb.schema
    found = []
    if _shape(a) != _shape(b):
        effect = _effect_of_type(va, vb)
        found.append(Difference("type-changed", words.both(va, vb), effect=effect))
        if not {type_name(a), type_name(b)} <= {"integer", "number"}:
            return found
    null_differs = va.nullable != vb.nullable and allows_null(va) != allows_null(vb)
    if null_differs and not (va.allows_anything and vb.allows_anything):
        found.append(_nullability(va, vb))
    is_typed = {a.format, b.format} & PYTHON_FORMATS and type_name(a) == "string"
    effect = Effect.REPLACED if is_typed else Effect.NOTED
    formats = (a.format or None, b.format or None)
    found.append(Difference("format-changed", formats, effect=effect))
    if va.class_name and vb.class_name:
        found.append(Difference("class-renamed", (va.class_name, vb.class_name)))
    found += bounds.value_differences(a, b)
    found += bounds.limit_differences(va, vb)
    found += note_differences(_written_out(va), _written_out(vb))
    found += _discriminators(va, vb)
    if isinstance(a, Object) and isinstance(b, Object):
        found += _unknown_fields(va, vb, _others(a), _others(b))
        found += _python_names(va, vb, a, b)
    return [d for d in found if canonical(d.sides[0]) != canonical(d.sides[1])]


def _shape(schema: Schema) -> tuple[str, bool, int]:
    """What must be the same for anything else to be compared."""
    prefix = len(schema.prefix) if isinstance(schema, Array) else 0
    return type_name(schema), isinstance(schema, Union), prefix


def allows_null(seen: View, within: tuple[Pointer, ...] = ()) -> bool:
    """Whether null is allowed, by the schema itself or by a variant."""
    if seen.nullable:
        return True
    schema = seen.schema
    if schema.pointer in within or not isinstance(schema, Union):
        return False
    inside = (*within, schema.pointer)
    return any(
        allows_null(view(variant, seen.contract), inside) for variant in schema.variants
    )


def _for_union(seen: View) -> View:
    """A union of constants as the enum that it is; of others, null that a variant itself allows as the union's."""
    schema = seen.schema
    if not isinstance(schema, Union):
        return seen
    nullable = seen.nullable or any(v.nullable for v in schema.variants)
    values: list[Json] = []
    types: set[str] = set()
    for variant in schema.variants:
        if not isinstance(variant, Enum) or not variant.constant:
            return dataclasses.replace(seen, nullable=nullable)
        values += variant.values
        types.add(variant.type)
    enum = Enum(
        type=types.pop() if len(types) == 1 else ANY,
        values=tuple(values),
        **shared_fields(schema),
    )
    return dataclasses.replace(seen, schema=enum, nullable=nullable)


def _nullability(va: View, vb: View) -> Difference:
    """Null that is allowed on one side alone."""
    effect = Effect.WIDENED if vb.nullable else Effect.NARROWED
    return Difference("nullable-changed", words.both(va, vb), effect=effect)


def _effect_of_type(va: View, vb: View) -> Effect:
    """Whether a type of another kind takes in all values of the one before, or the other way round."""
    types = (type_name(va.schema), type_name(vb.schema))
    if types == ("integer", "number") or vb.allows_anything:
        return Effect.WIDENED
    if types == ("number", "integer") or va.allows_anything:
        return Effect.NARROWED
    return Effect.REPLACED


def _effect_of_flag(rule: str, site: Site) -> Effect:
    """What it does to callers that a field stops travelling, or begins to."""
    flag_way = Direction.SENT if "read-only" in rule else Direction.RECEIVED
    if site.field_way is not flag_way:
        return Effect.NOTED
    if rule.startswith("field-made"):
        return Effect.REMOVED
    return Effect.NARROWED if site.required else Effect.ADDED


def _written_out(seen: View) -> dict[str, Json]:
    """Annotations, without references in them."""
    notes = dict(seen.notes)
    if "contentSchema" in notes:
        content = notes["contentSchema"]
        notes["contentSchema"] = bounds.expanded(content, seen.contract.types)
    return notes


def _discriminators(va: View, vb: View) -> Iterator[Difference]:
    """What names the variant, where the variants themselves are in both unions."""
    old_property, old_choices, old_variants = _choices(va)
    new_property, new_choices, new_variants = _choices(vb)
    if old_property != new_property:
        rule = f"discriminator-{step(old_property, new_property)}"
        yield Difference(rule, (old_property, new_property))
        return
    for value in sorted({*old_choices, *new_choices}):
        one = old_choices.get(value)
        other = new_choices.get(value)
        if (one or other in old_variants) and (other or one in new_variants):
            before = None if one is None else f"{value}: {one}"
            after = None if other is None else f"{value}: {other}"
            yield Difference(f"discriminator-{step(before, after)}", (before, after))


def _choices(seen: View) -> tuple[str | None, Mapping[str, str], list[str]]:
    """The property that chooses, the variant by its value, and all variants."""
    if not isinstance(seen.schema, Union):
        return None, {}, []
    names = []
    for variant in seen.schema.variants:
        key = variant.key if isinstance(variant, Reference) else ""
        names.append(key or words.text(variant, seen.contract))
    choice = seen.schema.discriminator
    if choice is None:
        return None, {}, names
    by_value = {value: names[index] for value, index in choice.variants.items()}
    return choice.property, by_value, names


def _unknown_fields(
    va: View, vb: View, before: Schema | bool, after: Schema | bool
) -> Iterator[Difference]:
    """What fields without a declaration may be on one side alone."""
    texts = (_unknown(before, va), _unknown(after, vb))
    if after is False:
        yield Difference("unknown-fields-refused", texts)
    elif before is False:
        yield Difference("unknown-fields-kept", texts)
    elif isinstance(before, bool) or isinstance(after, bool):
        effect = Effect.WIDENED if after is True else Effect.NARROWED
        yield Difference("unknown-fields-retyped", texts, effect=effect)


def _unknown(others: Schema | bool, seen: View) -> str:
    """What fields without a declaration may be, in words."""
    if isinstance(others, bool):
        return "any" if others else "none"
    return words.text(others, seen.contract)


def _python_names(va: View, vb: View, a: Object, b: Object) -> Iterator[Difference]:
    """Fields that have another name in Python."""
    before = va.contract.names.fields.get(a.pointer, {})
    after = vb.contract.names.fields.get(b.pointer, {})
    for name in sorted(a.fields.keys() & b.fields.keys()):
        names = (before.get(name, name), after.get(name, name))
        yield Difference("python-name-changed", names, ("properties", name))


def _classes(contract: Contract) -> dict[str, Schema]:
    """Every class that operations send or receive, with the schema that it is made from."""
    starts = []
    for operation in contract.operations.values():
        starts += [schema for schema, _ in model.sent_and_received(operation)]
    classes = {}
    for schema in walk(starts, contract.types):
        name = contract.names.class_of(schema)
        if name:
            classes[name] = schema
    return classes
