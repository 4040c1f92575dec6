"""Compare two schemas and all that they are made of, in one direction of travel."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

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
from scripts.contract.comparing.variants import Matched, Variant, match_variants
from scripts.contract.model import ANY, OBJECT, Contract, Json, Pointer, Schema
from scripts.contract.view import View, view

# Formats of strings that are another type than `str` in Python.
PYTHON_FORMATS = {"binary", "date", "date-time", "uuid"}

Pair = tuple[Schema, Schema]
Pairs = list[Pair]


class Site(NamedTuple):
    """Where two schemas stand, and which way they travel.

    `twins` are the schemas at the same place in base types, which are compared on their own: what they differ in is reported there alone.
    """

    way: Direction
    place: Pointer
    twins: tuple[Pair, ...] = ()
    in_union: bool = False  # which says itself whether null is allowed
    # Of a field: the way it travels unless it is read-only or write-only, and whether it is required.
    field_way: Direction = Direction.NEITHER
    required: bool = False

    def inside(self, place: Pointer) -> Site:
        """The site of what stands inside, or of the type that stands here."""
        return Site(self.way, place)


class Types:
    """Walks pairs of schemas. A pair is compared once for each direction, however many places use it."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self.old, self.new = old.types, new.types
        self.changes = Changes()
        self.label = words.Places(new, old).label
        self.classes = _classes(old), _classes(new)
        self._seen: set[tuple[object, ...]] = set()
        self._open: set[tuple[object, ...]] = set()

    def views(self, a: Schema, b: Schema, until: str = "") -> tuple[View, View]:
        return view(a, self.old, until), view(b, self.new, until)

    def texts(self, a: Schema | None, b: Schema | None) -> Sides:
        """Two types in words."""
        return a and words.text(a, self.old), b and words.text(b, self.new)

    def alike(self, a: Schema, b: Schema) -> bool:
        """Whether two schemas differ in nothing but the names of classes."""
        apart = copy.copy(self)
        apart.changes, apart._seen, apart._open = Changes(), set(), set()
        apart.compare(a, b, Site(Direction.SENT, b.at, in_union=True))
        return {c.rule for c in apart.changes.rows.values()} <= {"class-renamed"}

    def compare(self, a: Schema, b: Schema, site: Site) -> None:
        """Compare what stands at the same place in both contracts."""
        if a.at == b.at:
            site = site._replace(place=b.at)
        key = (a, b, site._replace(twins=()))
        if key in self._seen:
            return
        self._seen.add(key)
        va, vb = self.views(a, b)
        shared = next((name for name in va.names if name in vb.names), "")
        if shared:
            self._uses((va, vb), self.views(a, b, shared), site)
            one, other = self.old[shared], self.new[shared]
            type_site = site._replace(place=other.at, twins=(), in_union=False)
            self.compare(one, other, type_site)
        elif site.in_union or not self._exchanged(va, vb, site):
            if va.names and vb.names and self._renamed(va.node, vb.node):
                site = site._replace(place=vb.node.at)
            nodes = (va.node, vb.node, site.way, site.field_way, site.required)
            if nodes not in self._open:
                self._open.add(nodes)
                self._nodes(va, vb, site)
                self._open.discard(nodes)

    def _uses(
        self, whole: tuple[View, View], beside: tuple[View, View], site: Site
    ) -> None:
        """What two uses of one type say beside the reference."""
        va, vb = beside
        found = list(notes(va.notes, vb.notes))
        if va.nullable != vb.nullable and whole[0].nullable != whole[1].nullable:
            found.append(_nullability(*whole))
        self._add(found, va, vb, site)

    def _exchanged(self, va: View, vb: View, site: Site) -> bool:
        """Whether a class stands here that is neither the one from before nor a new name for it: one row, with the fields lost and won."""
        a, b = va.node, vb.node
        names = a.class_name, b.class_name
        other = all(names) and names[0] != names[1] and a.kind == b.kind
        if not other or self._renamed(a, b):
            return False
        lost, won = (sorted(x.fields.keys() - y.fields) for x, y in ((a, b), (b, a)))
        sides: Sides = ({names[0]: lost}, {names[1]: won}) if lost or won else names
        where, at = self.label(site.place), (va.at, vb.at)
        self.changes.add("type-changed", where, sides, at)
        return True

    def _renamed(self, a: Schema, b: Schema) -> bool:
        """Whether a class has another name, rather than another class its place: it keeps at least half of what it is made of."""
        before, after = a.class_name, b.class_name
        if not before or not after or before == after:
            return False
        if before in self.classes[1] or after in self.classes[0]:
            return False
        made = [{*n.fields, *map(repr, n.values or ())} for n in (a, b)]
        return 2 * len(made[0] & made[1]) >= max(map(len, made))

    # One pair of schemas

    def _nodes(self, va: View, vb: View, site: Site) -> None:
        va = _for_union(va)
        vb = _for_union(vb)
        a, b = va.node, vb.node
        common = [name for name in a.bases if name in b.bases]
        if a.kind != OBJECT and not differences(va, vb):
            common = []  # a base that the schema overrules reaches nobody
        bases = [(self.old[name], self.new[name]) for name in common]
        bases = [pair for pair in bases if pair[0] is not a]
        for one, other in bases:
            self.compare(one, other, Site(site.way, other.at))
        site = site._replace(twins=(*bases, *site.twins))
        found = differences(va, vb)
        if bool(a.variants) != bool(b.variants):
            found = self._alone_or_in_union(va, vb, site, found)
        if site.in_union:
            found = [d for d in found if d.rule != "nullable-changed"]
        self._add(found, va, vb, site)
        if any(d.rule == "type-changed" for d in found):
            return
        if a.items is not None or b.items is not None:
            one, other = (s.items or Schema((*s.at, "items")) for s in (a, b))
            self.compare(one, other, _below(site, "items"))
        for index, (one, other) in enumerate(zip(a.prefix, b.prefix, strict=False)):
            place = (*site.place, "prefixItems", str(index))
            self.compare(one, other, Site(site.way, place))
        if a.variants:
            self._variants(a, b, site)
        if a.kind == OBJECT:
            self._object(a, b, site)

    def _add(self, found: list[Difference], va: View, vb: View, site: Site) -> None:
        """Report differences, but for those that base types have, too."""
        known: list[Difference] = []
        for twin in site.twins if found else ():
            known += differences(*self.views(*twin))
        at = (va.at, vb.at) if va.at == vb.at else (va.node.at, vb.node.at)
        for d in found:
            if not any(_same(d, other) for other in known):
                where = self.label((*site.place, *d.step))
                travels, effect = site.way, d.effect
                if d.rule in _FIELD_FLAGS:
                    travels, effect = site.field_way, _effect_of_flag(d.rule, site)
                self.changes.add(d.rule, where, d.sides, at, travels, effect)

    # Variants

    def _variants(self, a: Schema, b: Schema, site: Site) -> None:
        """Report variants dropped and added, and compare those that are in both."""
        matched = self._matched(a.variants, b.variants)
        where = self.label(site.place)
        for one in matched.removed:
            at, sides = (one.schema.at, b.at), self.texts(one.schema, None)
            self.changes.add("variant-removed", where, sides, at, site.way)
        for one in matched.added:
            at, sides = (a.at, one.schema.at), self.texts(None, one.schema)
            effect = Effect.WIDENED
            if one.view.node.constant and any(v.constant for v in a.variants):
                effect = Effect.ADDED  # the reader keeps unknown values
            self.changes.add("variant-added", where, sides, at, site.way, effect)
        for one, other in matched.pairs:
            variant_site = Site(site.way, other.schema.at, in_union=True)
            self.compare(one.schema, other.schema, variant_site)

    def _matched(self, old: Sequence[Schema], new: Sequence[Schema]) -> Matched:
        return match_variants(
            [Variant(schema, view(schema, self.old)) for schema in old],
            [Variant(schema, view(schema, self.new)) for schema in new],
            lambda one, other: self.alike(one.schema, other.schema),
            lambda one, other: self._akin(one.schema, other.schema),
        )

    def _alone_or_in_union(
        self, va: View, vb: View, site: Site, found: list[Difference]
    ) -> list[Difference]:
        """What differs where a type stands alone on one side and in a union on the other: more types, or fewer."""
        matched = self._matched(
            va.node.variants or [va.node], vb.node.variants or [vb.node]
        )
        if not matched.pairs:
            return found
        for one, other in matched.pairs:
            place = other.schema.at if vb.node.variants else site.place
            variant_site = Site(site.way, place, in_union=True)
            self.compare(one.schema, other.schema, variant_site)
        effect = Effect.WIDENED if vb.node.variants else Effect.NARROWED
        sides = words.both(va, vb)
        changed = [Difference("type-changed", sides, effect=effect)]
        if va.nullable != vb.nullable and allows_null(va) != allows_null(vb):
            changed.append(_nullability(va, vb))
        return changed

    def _akin(self, one: Schema, other: Schema) -> bool:
        """Whether a variant may be the other one changed: it has another name, the same one, or none and the same kind of type."""
        va, vb = self.views(one, other)
        a, b = va.node, vb.node
        unnamed = not (a.class_name and b.class_name)
        same = unnamed and a.kind == b.kind and not a.variants
        return self._renamed(a, b) or same or bool({*va.names} & {*vb.names})

    # Objects

    def _object(self, a: Schema, b: Schema, site: Site) -> None:
        views = [self.views(*twin) for twin in site.twins]
        twins = [(one.node, other.node) for one, other in views]
        for name in sorted({*a.fields, *b.fields}):
            place = (*site.place, "properties", name)
            self._field(name, (a, b), Site(site.way, place), twins)
        before, after = additional(a), additional(b)
        if isinstance(before, Schema) and isinstance(after, Schema):
            self.compare(before, after, _below(site, "additional"))

    def _field(self, name: str, holders: Pair, site: Site, twins: Pairs) -> None:
        one, other = (holder.fields.get(name) for holder in holders)
        flag = "readOnly" if site.way is Direction.SENT else "writeOnly"
        sides = (one, self.old), (other, self.new)
        silent = [bool(s and view(s, of).notes.get(flag) is True) for s, of in sides]
        if not any(_stands(name, twin) == _stands(name, holders) for twin in twins):
            way = Direction.NEITHER if silent[1] else site.way
            self._presence(name, *holders, Site(way, site.place))
        if not (one and other):
            return
        held = [t for t in twins if all(name in s.fields for s in t)]
        below = tuple((x.fields[name], y.fields[name]) for x, y in held)
        if one.at == other.at and (one, other) in below:
            below = ()
        # What does not travel on one of the sides breaks nobody, unless by that.
        way = Direction.NEITHER if any(silent) else site.way
        required = name in holders[1].required
        self.compare(
            one,
            other,
            Site(way, site.place, below, field_way=site.way, required=required),
        )

    def _presence(self, name: str, a: Schema, b: Schema, site: Site) -> None:
        """A field that came, went, or is required on one side alone."""
        one, other = a.fields.get(name), b.fields.get(name)
        said = ["required" if name in s.required else "optional" for s in (a, b)]
        rule, sides = f"field-{step(one, other)}", self.texts(one, other)
        if one and other:
            rule, sides = f"field-made-{said[1]}", (said[0], said[1])
        elif other and said[1] == "required":
            rule = "required-field-added"
        at = ((one or a).at, (other or b).at)
        self.changes.add(rule, self.label(site.place), sides, at, site.way)


def _below(site: Site, name: str) -> Site:
    """The site of what stands inside under this name in a Schema."""
    pairs = ((getattr(x, name), getattr(y, name)) for x, y in site.twins)
    twins = tuple(p for p in pairs if all(isinstance(s, Schema) for s in p))
    key = "additionalProperties" if name == "additional" else name
    return Site(site.way, (*site.place, key), twins)


def _same(one: Difference, other: Difference) -> bool:
    """Whether a difference is one of a base type, which another part may have widened or narrowed on one side."""
    if (one.rule, one.step) != (other.rule, other.step):
        return False
    return bool(one.sides[0] == other.sides[0] or one.sides[1] == other.sides[1])


def additional(node: Schema) -> Schema | bool:
    """What fields without a declaration may be; a schema that says nothing allows any."""
    held = node.additional
    if isinstance(held, Schema) and not held.ref and held.kind == ANY:
        restricts = held.variants or held.values or held.limits
        return held if restricts else True
    return held


def _stands(name: str, holders: Pair) -> list[bool]:
    """Where a field is declared, and where it is required."""
    declared = [name in holder.fields for holder in holders]
    return declared + [name in holder.required for holder in holders]


# What differs in two schemas themselves


def differences(va: View, vb: View) -> list[Difference]:
    """What differs in two schemas themselves, without what they are made of."""
    a, b = va.node, vb.node
    shapes = [(s.kind, bool(s.variants), len(s.prefix)) for s in (a, b)]
    found = []
    if shapes[0] != shapes[1]:
        effect = _effect_of_type(va, vb)
        found.append(Difference("type-changed", words.both(va, vb), effect=effect))
        if not {a.kind, b.kind} <= {"integer", "number"}:
            return found
    null_differs = va.nullable != vb.nullable and allows_null(va) != allows_null(vb)
    if null_differs and not (va.free and vb.free):
        found.append(_nullability(va, vb))
    formats = a.format or None, b.format or None
    typed = {a.format, b.format} & PYTHON_FORMATS and a.kind == "string"
    effect = Effect.REPLACED if typed else Effect.NOTED
    found.append(Difference("format-changed", formats, effect=effect))
    if a.class_name and b.class_name:
        found.append(Difference("class-renamed", (a.class_name, b.class_name)))
    found += bounds.values(a, b)
    found += bounds.differences(va, vb)
    found += notes(_written_out(va), _written_out(vb))
    found += _discriminators(va, vb)
    found += _unknown_fields(va, vb)
    for name in sorted(a.fields.keys() & b.fields.keys()):
        names = a.python_names.get(name, name), b.python_names.get(name, name)
        found.append(Difference("python-name-changed", names, ("properties", name)))
    return [d for d in found if canonical(d.sides[0]) != canonical(d.sides[1])]


def allows_null(seen: View, within: tuple[Pointer, ...] = ()) -> bool:
    """Whether null is allowed, by the schema itself or by a variant."""
    if seen.nullable:
        return True
    if seen.node.at in within:
        return False
    inside = (*within, seen.node.at)
    return any(
        allows_null(view(variant, seen.types), inside) for variant in seen.node.variants
    )


def _for_union(seen: View) -> View:
    """A union of constants as the enum that it is; of others, null that a variant itself allows as the union's."""
    node = seen.node
    if not node.variants:
        return seen
    nullable = seen.nullable or any(v.nullable for v in node.variants)
    if not all(v.constant and v.values for v in node.variants):
        return seen._replace(nullable=nullable)
    kinds = {variant.kind for variant in node.variants}
    enum = replace(
        node,
        kind=kinds.pop() if len(kinds) == 1 else ANY,
        values=tuple(value for v in node.variants for value in v.values or ()),
        variants=(),
        discriminator=None,
    )
    return seen._replace(node=enum, nullable=nullable)


def _nullability(va: View, vb: View) -> Difference:
    """Null that is allowed on one side alone."""
    effect = Effect.WIDENED if vb.nullable else Effect.NARROWED
    return Difference("nullable-changed", words.both(va, vb), effect=effect)


def _effect_of_type(va: View, vb: View) -> Effect:
    """Whether a type of another kind takes in all values of the one before, or the other way round."""
    kinds = (va.node.kind, vb.node.kind)
    if kinds == ("integer", "number") or vb.free:
        return Effect.WIDENED
    if kinds == ("number", "integer") or va.free:
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
    return {
        k: bounds.expanded(v, seen.types) if k == "contentSchema" else v
        for k, v in seen.notes.items()
    }


_FLAGS = {
    "deprecated": ("deprecated", "no-longer-deprecated"),
    "readOnly": ("field-made-read-only", "field-no-longer-read-only"),
    "writeOnly": ("field-made-write-only", "field-no-longer-write-only"),
}
_FIELD_FLAGS = {*_FLAGS["readOnly"], *_FLAGS["writeOnly"]}
_STATED = {
    "added": "content-stated",
    "removed": "content-no-longer-stated",
    "changed": "content-changed",
}
_CONTENT = ("contentEncoding", "contentMediaType", "contentSchema")
_RULES = {
    "default": "default-changed",
    "x-sunset": "sunset-changed",
    "encoding": "encoding-changed",
}


def notes(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Difference]:
    """Annotations that differ. Keywords of others (`x-`) say nothing to callers, but for the date after which a thing is gone."""
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if key in _FLAGS:
            before, after = before is True, after is True
        elif key != "default":
            before, after = before or None, after or None
        if canonical(before) == canonical(after):
            continue
        if key in _FLAGS:
            yield Difference(_FLAGS[key][0 if after else 1], (before, after))
        elif key in _RULES:
            yield Difference(_RULES[key], (before, after))
        elif not key.startswith("x-"):
            rule = "annotation-changed"
            if key in _CONTENT:
                rule = _STATED[step(before, after)]
            sides = [None if v is None else {key: v} for v in (before, after)]
            yield Difference(rule, (sides[0], sides[1]))


def _discriminators(va: View, vb: View) -> Iterator[Difference]:
    """What names the variant, where the variants themselves are in both unions."""
    (a, before, ones), (b, after, others) = _choices(va), _choices(vb)
    if a != b:
        yield Difference(f"discriminator-{step(a, b)}", (a, b))
        return
    for value in sorted({*before, *after}):
        one, other = before.get(value), after.get(value)
        if (one or other in ones) and (other or one in others):
            sides = [v and f"{value}: {v}" for v in (one, other)]
            yield Difference(f"discriminator-{step(one, other)}", (sides[0], sides[1]))


def _choices(seen: View) -> tuple[str | None, dict[str, str], list[str]]:
    """The property that chooses, the variant by its value, and all variants."""
    names = [v.ref or words.text(v, seen.types) for v in seen.node.variants]
    chosen = seen.node.discriminator
    if chosen is None:
        return None, {}, names
    return chosen.property, {v: names[i] for v, i in chosen.variants.items()}, names


def _unknown_fields(va: View, vb: View) -> Iterator[Difference]:
    before, after = additional(va.node), additional(vb.node)
    texts = _unknown(before, va.types), _unknown(after, vb.types)
    if after is False:
        yield Difference("unknown-fields-refused", texts)
    elif before is False:
        yield Difference("unknown-fields-kept", texts)
    elif isinstance(before, bool) or isinstance(after, bool):
        effect = Effect.WIDENED if after is True else Effect.NARROWED
        yield Difference("unknown-fields-retyped", texts, effect=effect)


def _unknown(held: Schema | bool, types: Mapping[str, Schema]) -> str:
    """What fields without a declaration may be, in words."""
    if isinstance(held, Schema):
        return words.text(held, types)
    return "any" if held else "none"


def _classes(contract: Contract) -> dict[str, Schema]:
    """Every class that operations send or receive, with the schema that it is made from."""
    starts = (s for o in contract.operations.values() for s, _sent in model.roots(o))
    reached = model.walk(starts, contract.types)
    return {schema.class_name: schema for schema in reached if schema.class_name}
