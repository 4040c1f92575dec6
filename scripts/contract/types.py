"""Compare two schemas and all that they are made of, in one direction of travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scripts.contract import limits, unions, words
from scripts.contract.changes import RECEIVED, SENT, Changes, canonical
from scripts.contract.limits import Difference
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

# Formats that are Python types of their own.
_TYPED_FORMATS = ("binary", "byte", "date", "date-time", "uuid")
_QUIET = "x-"  # keywords that mean something to somebody else
Twins = tuple[tuple[Schema, Schema], ...]


class Types:
    """Walks pairs of schemas. A pair is compared once for each direction, however many places use it."""

    def __init__(self, old: Contract, new: Contract, changes: Changes) -> None:
        self.old, self.new, self.changes = old, new, changes
        self.places = Places(new, old)
        self.old_classes, self.new_classes = classes(old), classes(new)
        self._seen: set[tuple[object, ...]] = set()
        self._open: set[tuple[int, int, str]] = set()
        self._keep: list[Schema] = []  # so that no id is used twice

    def compare(
        self,
        a: Schema | None,
        b: Schema | None,
        way: str,
        place: Pointer,
        twins: Twins = (),
        *,
        ignoring_null: bool = False,
    ) -> None:
        """Compare what stands at the same place in both contracts.

        Args:
            place: Where to report it, unless both are declared at one and the same place.
            twins: The same place in base types, which are compared on their own: what they differ in is reported there alone.
        """
        a, b = a or Schema(place), b or Schema(place)
        place = b.at if a.at == b.at else place
        key = (id(a), id(b), way, () if a.at == b.at else place, ignoring_null)
        if key in self._seen:
            return
        self._seen.add(key)
        self._keep += (a, b)
        va, vb = view(a, self.old.types), view(b, self.new.types)
        shared = next((name for name in va.names if name in vb.names), "")
        if shared:
            self._uses(a, b, shared, way, place, twins, ignoring_null=ignoring_null)
            one, other = self.old.types.get(shared), self.new.types.get(shared)
            if one is not None and other is not None:
                self.compare(one, other, way, other.at)
            return
        if self._exchanged(va, vb, place):
            return
        if va.names and vb.names and va.node.class_name and self.renamed(va, vb):
            place = vb.node.at
        nodes = (id(va.node), id(vb.node), way)
        if nodes not in self._open:
            self._open.add(nodes)
            self._nodes(va, vb, way, place, twins, ignoring_null=ignoring_null)
            self._open.discard(nodes)

    def _uses(
        self,
        a: Schema,
        b: Schema,
        shared: str,
        way: str,
        place: Pointer,
        twins: Twins,
        *,
        ignoring_null: bool,
    ) -> None:
        """What two uses of one type say beside the reference."""
        va, vb = view(a, self.old.types, shared), view(b, self.new.types, shared)
        found = list(notes(va.notes, vb.notes))
        one, other = view(a, self.old.types), view(b, self.new.types)
        beside = va.nullable != vb.nullable and one.nullable != other.nullable
        if beside and not ignoring_null:
            found.append(self._null(one, other))
        self._add(found, va, vb, way, place, twins)

    def _null(self, va: View, vb: View) -> Difference:
        texts = words.both(va, vb, self.old.types, self.new.types)
        return Difference("nullable-changed", *texts)

    def _exchanged(self, va: View, vb: View, place: Pointer) -> bool:
        """Whether a class stands here that is neither the one from before nor a new name for it: one row, with the fields lost and won."""
        one, other = va.node, vb.node
        names = one.class_name, other.class_name
        if not all(names) or one.kind != other.kind:
            return False
        if names[0] == names[1] or self.renamed(va, vb):
            return False
        lost = sorted(one.fields.keys() - other.fields.keys())
        won = sorted(other.fields.keys() - one.fields.keys())
        sides: tuple[Json, Json] = names
        if lost or won:
            sides = {names[0]: lost}, {names[1]: won}
        where, at = self.places.say(place), (va.at, vb.at)
        self.changes.add("type-changed", where, *sides, at=at)
        return True

    def renamed(self, va: View, vb: View) -> bool:
        """Whether a class has another name, rather than another class its place: it keeps at least half of what it is made of."""
        before, after = va.node.class_name, vb.node.class_name
        if not before or not after or before == after:
            return False
        if before in self.new_classes or after in self.old_classes:
            return False
        one, other = (
            {*n.fields, *map(repr, n.values or ())} for n in (va.node, vb.node)
        )
        return 2 * len(one & other) >= max(len(one), len(other))

    def alike(self, a: Schema, b: Schema) -> bool:
        """Whether two schemas differ in nothing but the names of classes."""
        scratch = Types.__new__(Types)
        scratch.old, scratch.new, scratch.changes = self.old, self.new, Changes()
        scratch.places = self.places
        scratch.old_classes, scratch.new_classes = self.old_classes, self.new_classes
        scratch._seen, scratch._open, scratch._keep = set(), set(), []
        scratch.compare(a, b, SENT, b.at, ignoring_null=True)
        return {r.rule for r in scratch.changes.rows.values()} <= {"class-renamed"}

    # One pair of nodes

    def _nodes(
        self,
        va: View,
        vb: View,
        way: str,
        place: Pointer,
        twins: Twins,
        *,
        ignoring_null: bool,
    ) -> None:
        found = list(self.differences(va, vb))
        if ignoring_null:
            found = [d for d in found if d.rule != "nullable-changed"]
        self._add(found, va, vb, way, place, twins)
        if any(d.rule == "type-changed" and not d.step for d in found):
            return
        a, b = va.node, vb.node
        if a.items is not None or b.items is not None:
            below = self._twins(twins, lambda s: s.items)
            self.compare(a.items, b.items, way, (*place, "items"), below)
        for index, (one, other) in enumerate(zip(a.prefix, b.prefix, strict=False)):
            self.compare(one, other, way, (*place, "prefixItems", str(index)))
        if a.variants:
            unions.compare(self, va, vb, place, way)
        if a.kind == OBJECT:
            self._object(va, vb, way, place, twins)

    def differences(self, va: View, vb: View) -> Iterator[Difference]:
        """What differs in two schemas themselves, without what they are made of."""
        a, b = va.node, vb.node
        if _shape(a) != _shape(b):
            texts = words.both(va, vb, self.old.types, self.new.types)
            yield Difference("type-changed", *texts)
            return
        if va.nullable != vb.nullable and not (va.free and vb.free):
            yield self._null(va, vb)
        if a.format != b.format:
            same = a.kind in ("integer", "number")
            before, after = a.format or None, b.format or None
            breaks = False if same else None
            yield Difference("format-changed", before, after, breaking=breaks)
        if a.class_name and b.class_name and a.class_name != b.class_name:
            yield Difference("class-renamed", a.class_name, b.class_name)
        yield from limits.values(va, vb)
        yield from limits.differences(va, vb, self.old.types, self.new.types)
        yield from notes(va.notes, vb.notes)
        yield from unions.discriminators(va, vb, self.old.types, self.new.types)
        yield from self._unknown_fields(a, b)
        for name in sorted(a.fields.keys() & b.fields.keys()):
            before, after = (
                a.python_names.get(name, name),
                b.python_names.get(name, name),
            )
            if before != after:
                step = ("properties", name)
                yield Difference("python-name-changed", before, after, step)

    def _unknown_fields(self, a: Schema, b: Schema) -> Iterator[Difference]:
        before, after = additional(a), additional(b)
        texts = (_unknown(before, self.old), _unknown(after, self.new))
        if before is after or (before and after and texts[0] == texts[1]):
            return
        if after is False:
            yield Difference("unknown-fields-refused", *texts)
        elif before is False:
            yield Difference("unknown-fields-kept", *texts)
        elif isinstance(before, bool) or isinstance(after, bool):
            yield Difference("unknown-fields-retyped", *texts)

    def _add(
        self,
        found: list[Difference],
        va: View,
        vb: View,
        way: str,
        place: Pointer,
        twins: Twins = (),
    ) -> None:
        """Report differences, but for those that base types have, too."""
        said: set[tuple[str, str]] = set()
        for one, other in twins if found else ():
            seen = view(one, self.old.types), view(other, self.new.types)
            said |= {(d.rule, repr(d[1:4])) for d in self.differences(*seen)}
        at = va.node.at, vb.node.at
        if va.at == vb.at and at[0] != at[1]:
            at = va.at, vb.at
        for d in found:
            if (d.rule, repr(d[1:4])) not in said:
                where = self.places.say((*place, *d.step))
                self.changes.add(
                    d.rule, where, d.before, d.after, at=at, way=way, breaking=d.breaking
                )  # fmt: skip

    @staticmethod
    def _twins(twins: Twins, step: object) -> Twins:
        pairs = [(step(a), step(b)) for a, b in twins]  # type: ignore[operator]
        return tuple((a, b) for a, b in pairs if a is not None and b is not None)

    # Objects

    def _object(
        self, va: View, vb: View, way: str, place: Pointer, twins: Twins
    ) -> None:
        a, b = va.node, vb.node
        bases = tuple(
            (self.old.types[base], self.new.types[base])
            for base in a.bases
            if base in b.bases
            and base in self.old.types
            and base in self.new.types
            and self.old.types[base] is not a
        )
        for one, other in bases:
            self.compare(one, other, way, other.at)
        resolved = [
            (view(x, self.old.types).node, view(y, self.new.types).node)
            for x, y in (*bases, *twins)
        ]
        for name in sorted({*a.fields, *b.fields}):
            self._field(name, a, b, way, place, resolved)
        before, after = additional(a), additional(b)
        if isinstance(before, Schema) and isinstance(after, Schema):
            self.compare(before, after, way, (*place, "additionalProperties"))

    def _field(
        self,
        name: str,
        a: Schema,
        b: Schema,
        way: str,
        place: Pointer,
        twins: list[tuple[Schema, Schema]],
    ) -> None:
        place = (*place, "properties", name)
        there = (name in a.fields, name in b.fields)
        needed = (name in a.required, name in b.required)
        if not any(
            there == (name in x.fields, name in y.fields)
            and needed == (name in x.required, name in y.required)
            for x, y in twins
        ):
            if not there[0]:
                self._added(b, name, place, a.at, way)
            elif not there[1]:
                self._removed(a, name, place, b.at)
            elif needed[0] != needed[1]:
                self._needed(a.fields[name], b.fields[name], place, way, needed)
        if all(there):
            below = tuple(
                (x.fields[name], y.fields[name])
                for x, y in twins
                if name in x.fields and name in y.fields
            )
            one, other = a.fields[name], b.fields[name]
            flag = "readOnly" if way == SENT else "writeOnly"
            if all(
                view(s, c.types).notes.get(flag) is True
                for s, c in ((one, self.old), (other, self.new))
            ):
                way = ""  # it does not travel: only what breaks always does
            if one.at == other.at and (one, other) in below:
                below = ()
            self.compare(one, other, way, place, below)

    def _removed(self, a: Schema, name: str, place: Pointer, new_at: Pointer) -> None:
        held = a.fields[name]
        text = words.text(held, self.old.types)
        at = (held.at, new_at)
        self.changes.add("field-removed", self.places.say(place), text, at=at)

    def _added(
        self, b: Schema, name: str, place: Pointer, old_at: Pointer, way: str
    ) -> None:
        held = b.fields[name]
        text = words.text(held, self.new.types)
        required = name in b.required
        rule = "required-field-added" if required else "field-added"
        breaking = required and way == SENT and not self._flag(held, "readOnly")
        self.changes.add(
            rule, self.places.say(place), None, text, at=(old_at, held.at), breaking=breaking
        )  # fmt: skip

    def _needed(
        self,
        a: Schema,
        b: Schema,
        place: Pointer,
        way: str,
        needed: tuple[bool, bool],
    ) -> None:
        rule = "field-made-required" if needed[1] else "field-made-optional"
        flag, breaks = ("readOnly", SENT) if needed[1] else ("writeOnly", RECEIVED)
        breaking = way == breaks and not self._flag(b, flag)
        steps = ("required" if n else "optional" for n in needed)
        where = self.places.say(place)
        self.changes.add(rule, where, *steps, at=(a.at, b.at), breaking=breaking)

    def _flag(self, schema: Schema, name: str) -> bool:
        return view(schema, self.new.types).notes.get(name) is True


def _shape(node: Schema) -> tuple[object, ...]:
    """What must be equal for the parts to be worth comparing."""
    return node.kind, bool(node.variants), len(node.prefix)


def additional(node: Schema) -> Schema | bool:
    """What fields without a declaration may be; a schema that says nothing allows any."""
    held = node.additional
    if isinstance(held, Schema) and not held.ref and held.kind == ANY:
        says = held.variants or held.values or held.limits
        return held if says else True
    return held


def _unknown(held: Schema | bool, contract: Contract) -> str:
    """What fields without a declaration may be, in words."""
    if isinstance(held, Schema):
        return words.text(held, contract.types)
    return "any" if held else "none"


_FLAGS = {
    "deprecated": ("deprecated", "no-longer-deprecated"),
    "readOnly": ("field-made-read-only", "field-no-longer-read-only"),
    "writeOnly": ("field-made-write-only", "field-no-longer-write-only"),
}
_CONTENT = ("contentEncoding", "contentMediaType", "contentSchema")
_NOTES = {
    "default": "default-changed",
    "x-sunset": "sunset-changed",
    "encoding": "encoding-changed",
}


def notes(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Difference]:
    """Annotations that differ. Keywords of others (`x-`) say nothing to callers, but for the date after which a thing is gone."""
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if key in _FLAGS:
            if (before is True) != (after is True):
                rule = _FLAGS[key][0 if after is True else 1]
                yield Difference(rule, before is True, after is True)
            continue
        if key != "default":
            before, after = before or None, after or None
        if canonical(before) == canonical(after):
            continue
        if key in _CONTENT:
            step = "stated" if before is None else "no-longer-stated"
            step = step if None in (before, after) else "changed"
            yield Difference(f"content-{step}", _keyed(key, before), _keyed(key, after))
        elif key in _NOTES:
            yield Difference(_NOTES[key], before, after)
        elif not key.startswith(_QUIET):
            sides = _keyed(key, before), _keyed(key, after)
            yield Difference("annotation-changed", *sides)


def _keyed(key: str, value: Json) -> Json:
    return None if value is None else {key: value}


def classes(contract: Contract) -> dict[str, Schema]:
    """Every class of a contract, with the schema that it is made from."""
    found: dict[str, Schema] = {}
    seen: set[int] = set()
    waiting = list(contract.types.values())
    for operation in contract.operations.values():
        waiting += [schema for schema, _sent in roots(operation)]
    while waiting:
        schema = waiting.pop()
        if id(schema) not in seen:
            seen.add(id(schema))
            waiting += inner(schema)
            if schema.class_name:
                found.setdefault(schema.class_name, schema)
    return found
