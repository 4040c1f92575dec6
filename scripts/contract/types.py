"""Compare two schemas and all that they are made of, in one direction of travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from scripts.contract import limits, unions, words
from scripts.contract.changes import (
    RECEIVED,
    SENT,
    UNTIL_NOW,
    Changes,
    Difference,
    Sides,
    canonical,
    step,
)
from scripts.contract.model import (
    ANY,
    OBJECT,
    Contract,
    Json,
    Pointer,
    Schema,
    inner,
    roots,
)
from scripts.contract.view import View, view
from scripts.contract.words import Places

Pair = tuple[Schema, Schema]


class Site(NamedTuple):
    """Where two schemas stand, and which way they travel.

    `twins` are the schemas at the same place in base types, which are compared on their own: what they differ in is reported there alone.
    """

    way: str
    place: Pointer
    twins: tuple[Pair, ...] = ()
    in_union: bool = False  # which says itself whether null is allowed


class Types:
    """Walks pairs of schemas. A pair is compared once for each direction, however many places use it."""

    def __init__(self, old: Contract, new: Contract, changes: Changes) -> None:
        self.old, self.new, self.changes = old.types, new.types, changes
        self.places = Places(new, old)
        self.classes = _classes(old), _classes(new)
        self._seen: set[tuple[object, ...]] = set()
        self._open: set[tuple[int, int, str]] = set()
        self._kept: list[Schema] = []  # so that no id is used twice

    def views(self, a: Schema, b: Schema, until: str = "") -> tuple[View, View]:
        return view(a, self.old, until), view(b, self.new, until)

    def texts(self, a: Schema | None, b: Schema | None) -> Sides:
        """Two types in words."""
        return a and words.text(a, self.old), b and words.text(b, self.new)

    def _both(self, rule: str, va: View, vb: View) -> Difference:
        return Difference(rule, *words.both(va, vb, self.old, self.new))

    def alike(self, a: Schema, b: Schema) -> bool:
        """Whether two schemas differ in nothing but the names of classes."""
        changes, seen, opened = self.changes, self._seen, self._open
        self.changes, self._seen, self._open = Changes(), set(), set()
        self.compare(a, b, Site(SENT, b.at, in_union=True))
        rules = {change.rule for change in self.changes.rows.values()}
        self.changes, self._seen, self._open = changes, seen, opened
        return rules <= {"class-renamed"}

    def compare(self, a: Schema, b: Schema, site: Site) -> None:
        """Compare what stands at the same place in both contracts."""
        moved = a.at != b.at
        site = site if moved else site._replace(place=b.at)
        key = (id(a), id(b), site.way, site.place if moved else (), site.in_union)
        if key in self._seen:
            return
        self._seen.add(key)
        self._kept += (a, b)
        va, vb = self.views(a, b)
        shared = next((name for name in va.names if name in vb.names), "")
        if shared:
            self._uses(a, b, shared, site)
            one = self.old.get(shared, Schema(a.at))
            other = self.new.get(shared, Schema(b.at))
            self.compare(one, other, Site(site.way, other.at))
        elif not self._exchanged(va, vb, site):
            if va.names and vb.names and self.renamed(va, vb):
                site = site._replace(place=vb.node.at)
            nodes = (id(va.node), id(vb.node), site.way)
            if nodes not in self._open:
                self._open.add(nodes)
                self._nodes(va, vb, site)
                self._open.discard(nodes)

    def _uses(self, a: Schema, b: Schema, shared: str, site: Site) -> None:
        """What two uses of one type say beside the reference."""
        va, vb = self.views(a, b, shared)
        one, other = self.views(a, b)
        found = list(notes(va.notes, vb.notes))
        if va.nullable != vb.nullable and one.nullable != other.nullable:
            found.append(self._both("nullable-changed", one, other))
        self._add(found, va, vb, site)

    def _exchanged(self, va: View, vb: View, site: Site) -> bool:
        """Whether a class stands here that is neither the one from before nor a new name for it: one row, with the fields lost and won."""
        one, other = va.node, vb.node
        names = one.class_name, other.class_name
        if not all(names) or one.kind != other.kind or names[0] == names[1]:
            return False
        if self.renamed(va, vb):
            return False
        lost = sorted(one.fields.keys() - other.fields.keys())
        won = sorted(other.fields.keys() - one.fields.keys())
        sides: Sides = ({names[0]: lost}, {names[1]: won}) if lost or won else names
        where, at = self.places.label(site.place), (va.at, vb.at)
        self.changes.add("type-changed", where, sides, at)
        return True

    def renamed(self, va: View, vb: View) -> bool:
        """Whether a class has another name, rather than another class its place: it keeps at least half of what it is made of."""
        before, after = va.node.class_name, vb.node.class_name
        if not before or not after or before == after:
            return False
        if before in self.classes[1] or after in self.classes[0]:
            return False
        made = [{*n.fields, *map(repr, n.values or ())} for n in (va.node, vb.node)]
        return 2 * len(made[0] & made[1]) >= max(map(len, made))

    # One pair of schemas

    def _nodes(self, va: View, vb: View, site: Site) -> None:
        a, b, old, new = va.node, vb.node, self.old, self.new
        common = [n for n in a.bases if n in b.bases and n in old and n in new]
        bases = tuple((old[n], new[n]) for n in common if old[n] is not a)
        for one, other in bases:
            self.compare(one, other, Site(site.way, other.at))
        site = site._replace(twins=(*bases, *site.twins))
        found = list(self.differences(va, vb))
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
            unions.compare(self, va, vb, site)
        if a.kind == OBJECT:
            self._object(a, b, site)

    def differences(self, va: View, vb: View) -> Iterator[Difference]:
        """What differs in two schemas themselves, without what they are made of."""
        a, b = va.node, vb.node
        if _shape(a) != _shape(b):
            yield self._both("type-changed", va, vb)
            return
        if va.nullable != vb.nullable and not (va.free and vb.free):
            yield self._both("nullable-changed", va, vb)
        if a.format != b.format:
            breaks = False if a.kind in ("integer", "number") else None
            sides = a.format or None, b.format or None
            yield Difference("format-changed", *sides, breaking=breaks)
        if a.class_name and b.class_name and a.class_name != b.class_name:
            yield Difference("class-renamed", a.class_name, b.class_name)
        yield from limits.values(va, vb)
        yield from limits.differences(va, vb, self.old, self.new)
        yield from notes(_whole(va.notes, self.old), _whole(vb.notes, self.new))
        yield from unions.discriminators(va, vb, self.old, self.new)
        yield from self._unknown_fields(a, b)
        for name in sorted(a.fields.keys() & b.fields.keys()):
            names = a.python_names.get(name, name), b.python_names.get(name, name)
            if names[0] != names[1]:
                yield Difference("python-name-changed", *names, ("properties", name))

    def _unknown_fields(self, a: Schema, b: Schema) -> Iterator[Difference]:
        before, after = additional(a), additional(b)
        texts = _unknown(before, self.old), _unknown(after, self.new)
        if before is after or (before and after and texts[0] == texts[1]):
            return
        if after is False:
            yield Difference("unknown-fields-refused", *texts)
        elif before is False:
            yield Difference("unknown-fields-kept", *texts)
        elif isinstance(before, bool) or isinstance(after, bool):
            yield Difference("unknown-fields-retyped", *texts)

    def _add(self, found: list[Difference], va: View, vb: View, site: Site) -> None:
        """Report differences, but for those that base types have, too."""
        known: list[Difference] = []
        for twin in site.twins if found else ():
            known += self.differences(*self.views(*twin))
        at = va.node.at, vb.node.at
        if va.at == vb.at:
            at = va.at, vb.at
        for d in found:
            if not any(_same(d, other) for other in known):
                where = self.places.label((*site.place, *d.step))
                self.changes.add(d.rule, where, d[1:3], at, d.breaking, site.way)

    # Objects

    def _object(self, a: Schema, b: Schema, site: Site) -> None:
        pairs = [self.views(*twin) for twin in site.twins]
        twins = [(one.node, other.node) for one, other in pairs]
        for name in sorted({*a.fields, *b.fields}):
            place = (*site.place, "properties", name)
            self._field(name, (a, b), Site(site.way, place), twins)
        before, after = additional(a), additional(b)
        if isinstance(before, Schema) and isinstance(after, Schema):
            self.compare(before, after, _below(site, "additional"))

    def _field(self, name: str, holders: Pair, site: Site, twins: list[Pair]) -> None:
        if not any(_stands(name, twin) == _stands(name, holders) for twin in twins):
            self._presence(name, *holders, site)
        one, other = (holder.fields.get(name) for holder in holders)
        if not (one and other):
            return
        held = [t for t in twins if all(name in s.fields for s in t)]
        below = tuple((x.fields[name], y.fields[name]) for x, y in held)
        if one.at == other.at and (one, other) in below:
            below = ()
        flag = "readOnly" if site.way == SENT else "writeOnly"
        silent = self._flag(one, self.old, flag), self._flag(other, self.new, flag)
        way = site.way
        # What does not travel breaks nobody; what travelled until now, only by that.
        if any(silent):
            way = "" if all(silent) else UNTIL_NOW.get(way, "")
        self.compare(one, other, Site(way, site.place, below))

    def _presence(self, name: str, a: Schema, b: Schema, site: Site) -> None:
        """A field that came, went, or is required on one side alone."""
        one, other = a.fields.get(name), b.fields.get(name)
        said = ["required" if name in s.required else "optional" for s in (a, b)]
        rule, sides = f"field-{step(one, other)}", self.texts(one, other)
        if one and other:
            rule, sides = f"field-made-{said[1]}", (said[0], said[1])
        elif other and said[1] == "required":
            rule = "required-field-added"
        breaking = None
        if other and rule != "field-added":
            needed = said[1] == "required"
            flag, way = ("readOnly", SENT) if needed else ("writeOnly", RECEIVED)
            breaking = site.way == way and not self._flag(other, self.new, flag)
        at = ((one or a).at, (other or b).at)
        self.changes.add(rule, self.places.label(site.place), sides, at, breaking)

    def _flag(self, schema: Schema, types: Mapping[str, Schema], name: str) -> bool:
        return view(schema, types).notes.get(name) is True


def _below(site: Site, name: str) -> Site:
    """The site of what stands inside under this name in a Schema."""
    pairs = ((getattr(x, name), getattr(y, name)) for x, y in site.twins)
    twins = tuple(p for p in pairs if all(isinstance(s, Schema) for s in p))
    step = "additionalProperties" if name == "additional" else name
    return Site(site.way, (*site.place, step), twins)


def _same(one: Difference, other: Difference) -> bool:
    """Whether a difference is one of a base type, which another part may have widened or narrowed on one side."""
    if (one.rule, one.step) != (other.rule, other.step):
        return False
    return bool(one.before == other.before or one.after == other.after)


def additional(node: Schema) -> Schema | bool:
    """What fields without a declaration may be; a schema that says nothing allows any."""
    held = node.additional
    if isinstance(held, Schema) and not held.ref and held.kind == ANY:
        restricts = held.variants or held.values or held.limits
        return held if restricts else True
    return held


def _shape(node: Schema) -> tuple[object, ...]:
    return node.kind, bool(node.variants), len(node.prefix)


def _stands(name: str, holders: Pair) -> list[bool]:
    """Where a field is declared, and where it is required."""
    declared = [name in holder.fields for holder in holders]
    return declared + [name in holder.required for holder in holders]


def _whole(noted: Mapping[str, Json], types: Mapping[str, Schema]) -> dict[str, Json]:
    """Annotations with the references in them written out."""
    return {
        k: limits.expanded(v, types) if k == "contentSchema" else v
        for k, v in noted.items()
    }


def _unknown(held: Schema | bool, types: Mapping[str, Schema]) -> str:
    """What fields without a declaration may be, in words."""
    if isinstance(held, Schema):
        return words.text(held, types)
    return "any" if held else "none"


_FLAGS = {
    "deprecated": ("deprecated", "no-longer-deprecated"),
    "readOnly": ("field-made-read-only", "field-no-longer-read-only"),
    "writeOnly": ("field-made-write-only", "field-no-longer-write-only"),
}
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
            yield Difference(_FLAGS[key][0 if after else 1], before, after)
        elif key in _RULES:
            yield Difference(_RULES[key], before, after)
        elif not key.startswith("x-"):
            rule = "annotation-changed"
            if key in _CONTENT:
                rule = _STATED[step(before, after)]
            sides = [None if v is None else {key: v} for v in (before, after)]
            yield Difference(rule, sides[0], sides[1])


def _classes(contract: Contract) -> dict[str, Schema]:
    """Every class of a contract, with the schema that it is made from."""
    found: dict[str, Schema] = {}
    waiting = [s for o in contract.operations.values() for s, _sent in roots(o)]
    seen: set[int] = set()
    while waiting:
        schema = waiting.pop()
        if id(schema) in seen:
            continue
        seen.add(id(schema))
        waiting += inner(schema)
        keys = (schema.ref, *schema.bases)
        waiting += [contract.types[key] for key in keys if key in contract.types]
        if schema.class_name:
            found.setdefault(schema.class_name, schema)
    return found
