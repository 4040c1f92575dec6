"""Compare two schemas and all that they are made of, in one direction of travel: a walk over pairs of the same kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scripts.contract import model
from scripts.contract.comparing import bounds, words
from scripts.contract.comparing.changes import (
    Changes,
    Difference,
    Direction,
    Effect,
    Sides,
    step,
)
from scripts.contract.comparing.differences import (
    allows_null,
    differences,
    for_union,
    nullability,
    undeclared,
)
from scripts.contract.comparing.notes import FIELD_FLAGS, note_differences
from scripts.contract.comparing.travel import is_silent, traveling_types
from scripts.contract.comparing.variants import (
    Matched,
    Variant,
    made_of,
    match_variants,
    takes_in,
)
from scripts.contract.model import Contract
from scripts.contract.schema import (
    OBJECT,
    Anything,
    Array,
    Enum,
    Object,
    Schema,
    Union,
    type_name,
    walk,
)
from scripts.contract.view import View, view
from scripts.intake.yaml_text import Pointer

Pair = tuple[Schema, Schema]


@dataclass(frozen=True, slots=True)
class Site:
    """Where two schemas stand, and which way they travel. Sites that differ only in their twins are equal.

    Attributes:
        way: The way they travel.
        place: Where they stand.
        twins: The schemas at the same place in base types, which are compared on their own: what they differ in is reported there alone.
        in_union: Whether they are variants of a union, which says itself whether null is allowed.
        field_way: Of a field, the way that it travels unless it is read-only or write-only.
        required: Of a field, whether it is required.
        is_format_shown: Whether a row about the union around already names both types with their formats.
    """

    way: Direction
    place: Pointer
    twins: tuple[Pair, ...] = field(default=(), compare=False)
    in_union: bool = False
    field_way: Direction = Direction.NEITHER
    required: bool = False
    is_format_shown: bool = False


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

    def incoming(self, old: Contract, new: Contract) -> ContractPair:
        """The pair of what the service calls in these contracts, with the classes that operations of callers have."""
        before = replace(old, names=replace(old.names, classes=self.old.names.classes))
        after = replace(new, names=replace(new.names, classes=self.new.names.classes))
        places = words.Places(after, before)
        return ContractPair(before, after, places, self.old_classes, self.new_classes)


class SchemaComparison:
    """Walks pairs of schemas. A pair is compared once for each direction, however many places use it."""

    def __init__(
        self,
        contracts: ContractPair,
        changes: Changes,
        known_alike: dict[Pair, bool | None] | None = None,
        *,
        follows_shared: bool = True,
    ) -> None:
        """
        Args:
            contracts: The contracts whose schemas are compared.
            changes: Takes the rows.
            known_alike: Whether two schemas are alike, as far as other walks have found out; None while one of them looks.
            follows_shared: Whether to compare types that both sides refer to by the same name. A walk that does not only finds out whether
                two schemas are alike, and stops at the first difference.
        """
        self.contracts = contracts
        self.old = contracts.old
        self.new = contracts.new
        self.label = contracts.places.label
        self.changes = changes
        self._known_alike: dict[Pair, bool | None] = {}
        if known_alike is not None:
            self._known_alike = known_alike
        self._follows_shared = follows_shared
        self._seen: set[tuple[object, ...]] = set()
        # Places that both have, with the way in which the schemas there were compared.
        self._compared: set[tuple[Pointer, Direction]] = set()
        self._open: set[tuple[object, ...]] = set()

    def views(self, a: Schema, b: Schema, until: str = "") -> tuple[View, View]:
        """The schemas at two places, with references followed."""
        return view(a, self.old, until), view(b, self.new, until)

    def texts(self, a: Schema | None, b: Schema | None) -> Sides:
        """Two types in words."""
        return _text(a, self.old), _text(b, self.new)

    def alike(self, a: Schema, b: Schema) -> bool:
        """Whether two schemas differ in nothing but the names of classes. References to the same name count as equal."""
        pair = (a, b)
        if pair not in self._known_alike:
            self._known_alike[pair] = None
            apart = SchemaComparison(
                self.contracts, Changes(), self._known_alike, follows_shared=False
            )
            apart.compare(a, b, Site(Direction.SENT, b.pointer, in_union=True))
            self._known_alike[pair] = not apart.differs()
        # Where a type is made of itself, they are alike while that is being found out.
        return self._known_alike[pair] is not False

    def differs(self) -> bool:
        """Whether anything has been found but other names of classes."""
        rows = self.changes.rows.values()
        return any(change.rule != "class-renamed" for change in rows)

    def _has_answer(self) -> bool:
        """Whether this walk only finds out whether schemas are alike, and has found that they are not."""
        return not self._follows_shared and self.differs()

    def _is_known_alike(self, a: Schema, b: Schema, site: Site) -> bool:
        """Whether this walk only finds out whether schemas are alike, and another one has found that these are."""
        is_same_question = site.in_union and site.way is Direction.SENT
        if self._follows_shared or not is_same_question:
            return False
        return self._known_alike.get((a, b)) is True

    def compare(self, a: Schema, b: Schema, site: Site) -> None:
        """Compare what stands at the same place in both contracts."""
        if a.pointer == b.pointer and site.place != b.pointer:
            site = replace(site, place=b.pointer)
        key = (a, b, site)
        if key in self._seen or self._has_answer():
            return
        self._seen.add(key)
        va, vb = self.views(a, b)
        shared = next((name for name in va.keys if name in vb.keys), "")
        if shared:
            self._uses((va, vb), self.views(a, b, shared), site)
            if not self._follows_shared:
                return
            old_type = self.old.types[shared]
            new_type = self.new.types[shared]
            type_site = replace(site, place=new_type.pointer, twins=(), in_union=False)
            self.compare(old_type, new_type, type_site)
        elif site.in_union or not self._exchanged(va, vb, site):
            if va.keys and vb.keys and self._renamed(va, vb):
                site = replace(site, place=vb.schema.pointer)
            pair = (va.schema, vb.schema, site.way, site.field_way, site.required)
            if pair not in self._open:
                self._open.add(pair)
                self._pair(va, vb, site)
                self._open.discard(pair)

    def compare_other_types(self, *, is_incoming: bool = False) -> None:
        """Compare what travels the same way in both contracts and has one name in both, but stands at no place that both have.

        That is a class. A program gets at any other type only through a place that refers to it, whose own row says that it is gone. What
        the service calls has no classes: there, it is what would be one.

        Args:
            is_incoming: Whether the operations are those that the service calls.
        """
        for way in (Direction.SENT, Direction.RECEIVED):
            old = traveling_types(self.old, way, is_incoming=is_incoming)
            new = traveling_types(self.new, way, is_incoming=is_incoming)
            for place in sorted(old.keys() & new.keys()):
                if (place, way) in self._compared:
                    continue
                old_type = old[place]
                new_type = new[place]
                name = self.old.names.class_of(old_type)
                is_class = bool(name) or (is_incoming and _may_be_class(old_type))
                if is_class and name == self.new.names.class_of(new_type):
                    self.compare(old_type, new_type, Site(way, place))

    def _uses(
        self, whole: tuple[View, View], beside: tuple[View, View], site: Site
    ) -> None:
        """Compare what two references to one type say beside it: annotations, and whether null is allowed.

        `whole` are the views through the type, `beside` those without it.
        """
        va, vb = beside
        differing = list(note_differences(va.notes, vb.notes))
        if va.nullable != vb.nullable and whole[0].nullable != whole[1].nullable:
            differing.append(nullability(*whole))
        self._add(differing, va, vb, site)

    def _exchanged(self, va: View, vb: View, site: Site) -> bool:
        """Add a row if another class stands here that is not the old one renamed, with the fields that differ; return whether one does."""
        before = va.class_name
        after = vb.class_name
        is_other = bool(before and after) and before != after
        if not isinstance(va.schema, Object) or not isinstance(vb.schema, Object):
            return False  # any other type is what its values are, whatever its name
        if not is_other or self._renamed(va, vb):
            return False
        sides: Sides = (before, after)
        removed = sorted(va.schema.fields.keys() - vb.schema.fields)
        added = sorted(vb.schema.fields.keys() - va.schema.fields)
        if removed or added:
            sides = ({before: removed}, {after: added})
        where = self.label(site.place)
        at = (va.pointer, vb.pointer)
        self.changes.add("type-changed", where, sides, at, site.way)
        return True

    def _renamed(self, va: View, vb: View) -> bool:
        """Whether a class was renamed, rather than replaced by another: it keeps at least half of its parts."""
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
        if va.schema.pointer == vb.schema.pointer:
            self._compared.add((vb.schema.pointer, site.way))
        va = for_union(va)
        vb = for_union(vb)
        base_types = self._base_types(va, vb, site)
        if base_types:
            site = replace(site, twins=(*base_types, *site.twins))
        differing = differences(va, vb)
        if isinstance(va.schema, Union) != isinstance(vb.schema, Union):
            differing = self._alone_or_in_union(va, vb, site, differing)
        if site.in_union:
            differing = [d for d in differing if d.rule != "nullable-changed"]
        is_other_type = any(d.rule == "type-changed" for d in differing)
        if site.is_format_shown or is_other_type:
            differing = [d for d in differing if not _is_format_alone(d)]
        self._add(differing, va, vb, site)
        if is_other_type:
            return
        match va.schema, vb.schema:
            case (Array() as a, Array() as b):
                self._array(a, b, site)
            case (Union() as a, Union() as b):
                self._union(a, b, site)
            case (Object() as a, Object() as b):
                self._object(a, b, site)

    def _base_types(self, va: View, vb: View, site: Site) -> list[Pair]:
        """The pairs of base types that both schemas have, each compared on its own. One side may be the base type itself."""
        a = va.schema
        b = vb.schema
        if not a.bases and not b.bases:
            return []
        if not self._follows_shared:
            return []  # what differs in them and reaches the schema differs in the schema, too
        if type_name(a) != OBJECT and not differences(va, vb):
            return []  # a base that the schema overrules reaches nobody
        in_both = [
            key
            for key in dict.fromkeys((*a.bases, *va.keys))
            if key in b.bases or (key in a.bases and key in vb.keys)
        ]
        pairs = [(self.old.types[key], self.new.types[key]) for key in in_both]
        pairs = [pair for pair in pairs if pair != (a, b)]
        for old_base, new_base in pairs:
            self.compare(old_base, new_base, Site(site.way, new_base.pointer))
        return pairs

    def _add(self, differing: list[Difference], va: View, vb: View, site: Site) -> None:
        """Report differences, but for those that base types have, too."""
        if not differing:
            return
        in_base_types: list[Difference] = []
        for old_base, new_base in site.twins:
            in_base_types += differences(*self.views(old_base, new_base))
        at = (va.pointer, vb.pointer)
        if va.pointer != vb.pointer:
            at = (va.schema.pointer, vb.schema.pointer)
        for difference in differing:
            if _is_among(difference, in_base_types):
                continue
            if difference.rule == "class-renamed" and self._is_known_enum(va, vb):
                continue
            where = self.label((*site.place, *difference.step))
            travels = site.way
            effect = difference.effect
            if difference.rule in FIELD_FLAGS:
                travels = site.field_way
                effect = _effect_of_flag(difference.rule, site)
            self.changes.add(
                difference.rule, where, difference.sides, at, travels, effect
            )

    def _is_known_enum(self, va: View, vb: View) -> bool:
        """Whether an enum took the name of another one. Only its values count, so nobody misses a name that still exists."""
        if not isinstance(va.schema, Enum) or not isinstance(vb.schema, Enum):
            return False
        contracts = self.contracts
        was_there = vb.class_name in contracts.old_classes
        return was_there or va.class_name in contracts.new_classes

    # Arrays

    def _array(self, a: Array, b: Array, site: Site) -> None:
        if a.items is not None or b.items is not None:
            old_items = a.items or Anything(pointer=(*a.pointer, "items"))
            new_items = b.items or Anything(pointer=(*b.pointer, "items"))
            items_site = Site(
                site.way, (*site.place, "items"), _inner_twins(site, _items)
            )
            self.compare(old_items, new_items, items_site)
        pairs = zip(a.prefix, b.prefix, strict=False)
        for index, (old_item, new_item) in enumerate(pairs):
            place = (*site.place, "prefixItems", str(index))
            self.compare(old_item, new_item, Site(site.way, place))

    # Variants

    def _union(self, a: Union, b: Union, site: Site) -> None:
        """Report variants dropped and added, and compare those that are in both."""
        matched = self._matched(a.variants, b.variants)
        where = self.label(site.place)
        for variant in matched.removed:
            at = (_inside(a, variant.schema), b.pointer)
            sides = self.texts(variant.schema, None)
            effect = Effect.NARROWED
            if self._is_taken_in(variant, b.variants, self.new):
                effect = Effect.NOTED
            self.changes.add("variant-removed", where, sides, at, site.way, effect)
        has_constants = any(map(_is_constant, a.variants))
        for variant in matched.added:
            at = (a.pointer, _inside(b, variant.schema))
            sides = self.texts(None, variant.schema)
            effect = Effect.WIDENED
            if has_constants and _is_constant(variant.view.schema):
                effect = Effect.ADDED  # the reader keeps unknown values
            if self._is_taken_in(variant, a.variants, self.old):
                effect = Effect.ADDED
            self.changes.add("variant-added", where, sides, at, site.way, effect)
        for old_variant, new_variant in matched.pairs:
            variant_site = Site(site.way, new_variant.schema.pointer, in_union=True)
            variants = (old_variant.schema, new_variant.schema)
            if not self._is_known_alike(*variants, variant_site):
                self.compare(*variants, variant_site)

    def _is_taken_in(
        self, variant: Variant, others: Iterable[Schema], contract: Contract
    ) -> bool:
        """Whether the other contract allows all values of a variant by another variant."""
        schema = variant.view.schema
        return any(takes_in(view(other, contract).schema, schema) for other in others)

    def _matched(self, old: Sequence[Schema], new: Sequence[Schema]) -> Matched:
        """Which variants are the same; what is left of a union inside a union is matched by its own variants."""
        before = [Variant(schema, view(schema, self.old)) for schema in old]
        after = [Variant(schema, view(schema, self.new)) for schema in new]
        matched = self._match(before, after)
        if not any(each.is_union for each in [*matched.removed, *matched.added]):
            return matched
        inner = self._match(_members(matched.removed), _members(matched.added))
        return Matched([*matched.pairs, *inner.pairs], inner.removed, inner.added)

    def _match(self, old: Sequence[Variant], new: Sequence[Variant]) -> Matched:
        return match_variants(
            old, new, _rule_digest, self._alike_variants, self._may_be_changed
        )

    def _alike_variants(self, before: Variant, after: Variant) -> bool:
        return self.alike(before.schema, after.schema)

    def _alone_or_in_union(
        self, va: View, vb: View, site: Site, differing: list[Difference]
    ) -> list[Difference]:
        """Compare a type on one side with a union on the other: more types are allowed, or fewer."""
        matched = self._matched(_variants(va.schema), _variants(vb.schema))
        if not matched.pairs:
            return differing
        is_widened = isinstance(vb.schema, Union)
        effect = Effect.WIDENED if is_widened else Effect.NARROWED
        others = [*matched.removed, *matched.added]
        alone = va.schema if is_widened else vb.schema
        if all(takes_in(alone, each.view.schema) for each in others):
            effect = Effect.NOTED
        union = vb.schema if is_widened else va.schema
        for old_variant, new_variant in matched.pairs:
            place = site.place
            if old_variant.view.schema.pointer == new_variant.view.schema.pointer:
                place = new_variant.view.schema.pointer
            elif is_widened:
                place = new_variant.schema.pointer
            variant_site = Site(site.way, place, in_union=True, is_format_shown=True)
            before = old_variant.schema
            after = new_variant.schema
            if is_widened:
                before = _without_notes(before, union.notes)
            else:
                after = _without_notes(after, union.notes)
            self.compare(before, after, variant_site)
        changed = [Difference("type-changed", words.both(va, vb), effect=effect)]
        changed += _notes_of_union(va, vb, union.notes)
        if va.nullable != vb.nullable and allows_null(va) != allows_null(vb):
            changed.append(nullability(va, vb))
        return changed

    def _may_be_changed(self, before: Variant, after: Variant) -> bool:
        """Whether a variant may be the other one after a change: renamed, of the same name, or both nameless and of the same type."""
        va = before.view
        vb = after.view
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
            old_base, new_base = self.views(*pair)
            match old_base.schema, new_base.schema:
                case (Object() as old_object, Object() as new_object):
                    twins.append((old_object, new_object))
        for name in sorted({*a.fields, *b.fields}):
            self._field(name, a, b, site, twins)
        before = undeclared(a)
        after = undeclared(b)
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
        old_field = a.fields.get(name)
        new_field = b.fields.get(name)
        was_silent = is_silent(old_field, self.old, way)
        now_silent = is_silent(new_field, self.new, way)
        standing = _standing(name, a, b)
        if all(_standing(name, *twin) != standing for twin in twins):
            travels = Direction.NEITHER if now_silent else way
            self._presence(name, a, b, Site(travels, place))
        if old_field is None or new_field is None:
            return
        inner = [
            (old_base.fields[name], new_base.fields[name])
            for old_base, new_base in twins
            if name in old_base.fields and name in new_base.fields
        ]
        if old_field.pointer == new_field.pointer and (old_field, new_field) in inner:
            inner = []
        # What does not travel on one of the sides breaks nobody, unless by that.
        travels = Direction.NEITHER if was_silent or now_silent else way
        required = name in b.required
        field_site = Site(
            travels, place, tuple(inner), field_way=way, required=required
        )
        self.compare(old_field, new_field, field_site)

    def _presence(self, name: str, a: Object, b: Object, site: Site) -> None:
        """A field that came, went, or is required on one side alone."""
        old_field = a.fields.get(name)
        new_field = b.fields.get(name)
        required = (_required_in_words(name, a), _required_in_words(name, b))
        is_in_both = old_field is not None and new_field is not None
        if is_in_both and required[0] == required[1]:
            return
        rule = f"field-{step(old_field, new_field)}"
        sides = self.texts(old_field, new_field)
        if old_field is not None and new_field is not None:
            rule = f"field-made-{required[1]}"
            sides = required
        elif new_field is not None and name in b.required:
            rule = "required-field-added"
        at = ((old_field or a).pointer, (new_field or b).pointer)
        self.changes.add(rule, self.label(site.place), sides, at, site.way)


def _may_be_class(schema: Schema) -> bool:
    """Whether a class would be made of a schema, if operations of callers had it."""
    return isinstance(schema, Enum) or (
        isinstance(schema, Object) and bool(schema.fields)
    )


def _text(schema: Schema | None, contract: Contract) -> str | None:
    return None if schema is None else words.text(schema, contract)


def _rule_digest(variant: Variant) -> str:
    return bounds.rule_digest(variant.schema.rule, variant.view.contract)


def _members(variants: Sequence[Variant]) -> list[Variant]:
    """The variants of the unions among some variants, and the others themselves."""
    members = []
    for variant in variants:
        members += variant.members()
    return members


def _inside(union: Union, variant: Schema) -> Pointer:
    """The place of a variant; that of the union where the variant is one of another union's."""
    if variant.pointer[: len(union.pointer)] == union.pointer:
        return variant.pointer
    return union.pointer


def _items(schema: Schema) -> Schema | None:
    return schema.items if isinstance(schema, Array) else None


def _additional(schema: Schema) -> Schema | None:
    if not isinstance(schema, Object) or isinstance(schema.additional, bool):
        return None
    return schema.additional


def _inner_twins(
    site: Site, inner: Callable[[Schema], Schema | None]
) -> tuple[Pair, ...]:
    """The schemas at one place inside each pair of twins that both have."""
    pairs = []
    for old_twin, new_twin in site.twins:
        before = inner(old_twin)
        after = inner(new_twin)
        if before is not None and after is not None:
            pairs.append((before, after))
    return tuple(pairs)


def _variants(schema: Schema) -> Sequence[Schema]:
    return schema.variants if isinstance(schema, Union) else [schema]


def _without_notes(schema: Schema, keys: Iterable[str]) -> Schema:
    """A schema without some of its annotations."""
    if schema.notes.keys().isdisjoint(keys):
        return schema
    notes = {key: note for key, note in schema.notes.items() if key not in keys}
    return replace(schema, notes=notes)


def _notes_of_union(va: View, vb: View, stated: Iterable[str]) -> Iterator[Difference]:
    """Differences in the annotations that a union states for all its variants."""
    before = {key: va.notes[key] for key in stated if key in va.notes}
    after = {key: vb.notes[key] for key in stated if key in vb.notes}
    yield from note_differences(before, after)


def _is_format_alone(difference: Difference) -> bool:
    """Whether a difference is a format that changes no type in Python."""
    return difference.rule == "format-changed" and difference.effect is Effect.NOTED


def _is_constant(schema: Schema) -> bool:
    return isinstance(schema, Enum) and schema.constant


def _is_among(difference: Difference, in_base_types: list[Difference]) -> bool:
    """Whether a difference is one of a base type, which the schema itself may have widened or narrowed on one side."""
    for inherited in in_base_types:
        same_kind = (difference.rule, difference.step) == (
            inherited.rule,
            inherited.step,
        )
        same_before = difference.sides[0] == inherited.sides[0]
        same_after = difference.sides[1] == inherited.sides[1]
        if same_kind and (same_before or same_after):
            return True
    return False


def _effect_of_flag(rule: str, site: Site) -> Effect:
    """The effect of a field that is made read-only or write-only, or is no longer so, on callers for whom values travel one way."""
    flag_way = Direction.SENT if "read-only" in rule else Direction.RECEIVED
    if site.field_way is not flag_way:
        return Effect.NOTED
    if rule.startswith("field-made"):
        return Effect.REMOVED
    if flag_way is Direction.SENT and site.required:
        return Effect.NARROWED  # programs do not send it
    return Effect.ADDED


def _required_in_words(name: str, schema: Object) -> str:
    return "required" if name in schema.required else "optional"


def _standing(name: str, a: Object, b: Object) -> tuple[bool, bool, bool, bool]:
    """Where a field is declared, and where it is required."""
    return name in a.fields, name in b.fields, name in a.required, name in b.required


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
