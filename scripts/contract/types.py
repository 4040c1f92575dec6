"""Compare two schemas and all that they are made of, in one direction of travel."""

from __future__ import annotations

import re

from scripts.contract import limits, unions, words
from scripts.contract.changes import Changes
from scripts.contract.model import Contract, Schema, rooted_in_operation
from scripts.contract.view import View, requires, shared, view

_VARIANT = re.compile(r"\|\d+")


class Types:
    """Walks pairs of schemas. A pair is compared once for each direction, however many places use it."""

    def __init__(self, old: Contract, new: Contract, changes: Changes) -> None:
        self.old, self.new, self.changes = old, new, changes
        self._seen: set[tuple[int, int, str]] = set()
        self._renames: set[tuple[str, str]] = set()  # reported once, for all inside
        self._keep: list[Schema] = []  # so that no id is used twice

    def compare(
        self, a: Schema, b: Schema, way: str, *, ignoring_null: bool = False
    ) -> None:
        """Compare what stands at the same place in both contracts."""
        key = (id(a), id(b), way)
        if key in self._seen:
            return
        self._seen.add(key)
        self._keep += (a, b)
        va, vb = view(a, self.old.types), view(b, self.new.types)
        if self.other_type(va, vb):
            return
        place = shared(va, vb)
        self.at_use(va, vb, place)
        another = self.described(va, self.old) != self.described(vb, self.new)
        if another and not self._of_bases(va, vb, way):
            self._changed(va, vb, place, way)
            if place not in va.chain:
                return  # which names the null, too
        if not ignoring_null:
            self._null(va, vb, way)
        if another:
            return
        self._default(va, vb, way)
        self._opaque(va, vb, place)
        limits.compare_enums(va, vb, way, self.changes)
        self.limits(va, vb, way)
        if va.items is not None and vb.items is not None:
            self.compare(va.items, vb.items, way)
        unions.compare(self, va, vb, place, way)
        if va.is_object:
            self._object(va, vb, way)

    def _of_bases(self, va: View, vb: View, way: str) -> bool:
        """Whether types differ because one that both inherit does, which is then where it is said."""
        found = False
        for base in va.bases:
            if base in vb.bases:
                one, other = Schema(va.place, ref=base), Schema(vb.place, ref=base)
                before = self.described(view(one, self.old.types), self.old)
                if before != self.described(view(other, self.new.types), self.new):
                    self.compare(one, other, way)
                    found = True
        return found

    def at_use(self, va: View, vb: View, place: str) -> None:
        """A component that only one of the two refers to has not changed: what differs is said of the place that refers."""
        only = {*va.chain} ^ {*vb.chain}
        va.say_at(place, only)
        vb.say_at(place, only)

    def other_type(self, va: View, vb: View) -> bool:
        """Whether another named type stands here: a type renamed, or another one used."""
        if not (va.name and vb.name) or self.same_name(va.name, vb.name):
            return False
        self.renamed(va, vb)
        return True

    def same_name(self, one: str, other: str) -> bool:
        for old, new in self._renames:
            if one.startswith(old) and other.startswith(new):
                one = new + one.removeprefix(old)
        if _VARIANT.sub("|", one) == _VARIANT.sub("|", other):
            return True
        return rooted_in_operation(one) and rooted_in_operation(other)

    def renamed(self, va: View, vb: View) -> None:
        if va.name in self.new.declared or vb.name in self.old.declared:
            self.changes.add(vb.place, "type changed", va.name, vb.name)
            return
        self.changes.add(va.name, "type removed", words.kind(va))
        self.changes.add(vb.name, "type added", None, words.kind(vb))

    def _null(self, va: View, vb: View, way: str) -> None:
        if va.nullable != vb.nullable:
            self.changes.add(
                vb.nullable_at or va.nullable_at,
                "type changed",
                self.describe(va, self.old),
                self.describe(vb, self.new),
                way=way,
            )

    def _changed(self, va: View, vb: View, place: str, way: str) -> None:
        """Another type. That of a component is described as the component, not as some place uses it."""
        if place in va.chain and place in vb.chain:
            declared = Schema(place, ref=place)
            va, vb = view(declared, self.old.types), view(declared, self.new.types)
        before, after = self.describe(va, self.old), self.describe(vb, self.new)
        self.changes.add(place, "type changed", before, after, way=way)

    def _default(self, va: View, vb: View, way: str) -> None:
        if not self.same_default(va, vb):
            self.changes.add(
                vb.default_at or va.default_at,
                "default changed",
                va.default if va.has_default else None,
                vb.default if vb.has_default else None,
                way=way,
            )

    def same_default(self, va: View, vb: View) -> bool:
        same_type = type(va.default) is type(vb.default)
        return (va.has_default, va.default, same_type) == (
            vb.has_default,
            vb.default,
            True,
        )

    def described(self, seen: View, contract: Contract) -> tuple[str, str, bool, bool]:
        """What must be equal for the parts to be worth comparing."""
        plural = bool(self.variants(seen, contract))
        return seen.kind, seen.format, seen.items is None, plural

    def _opaque(self, va: View, vb: View, place: str) -> None:
        for key in sorted({*va.opaque, *vb.opaque}):
            before, after = va.opaque.get(key), vb.opaque.get(key)
            if before != after:
                self.changes.add(place, f"{key} changed", before, after)

    def limits(self, va: View, vb: View, way: str) -> None:
        limits.compare(va, vb, way, self.changes)

    def variants(self, seen: View, contract: Contract) -> list[Schema]:
        return seen.variants

    def variant_key(self, variant: Schema, contract: Contract) -> str:
        inner = view(variant, contract.types)
        if inner.chain and inner.name:
            return f"type {inner.name}"
        return f"{inner.kind} {inner.format} {inner.enum is not None}"

    def equal(self, one: Schema, other: Schema) -> bool:
        scratch = Changes()
        inner = Types(self.old, self.new, scratch)
        inner._seen = set(self._seen)
        inner.compare(one, other, "", ignoring_null=True)
        return not scratch

    # Objects

    def _object(self, va: View, vb: View, way: str) -> None:
        common = {base for base in va.bases if base in vb.bases}
        for base in common:
            self.compare(Schema(va.place, ref=base), Schema(vb.place, ref=base), way)
        inherited = Changes()
        moved = self.bases(va, vb)
        for name in sorted({*va.fields, *vb.fields, *va.required, *vb.required}):
            before = [d for d in va.fields.get(name, ()) if d[1] not in common]
            after = [d for d in vb.fields.get(name, ()) if d[1] not in common]
            vias = {via for _owner, via, _schema in (*before, *after)}
            target = inherited if vias & moved else self.changes
            if before or after:
                self._field(name, va, vb, way, target)
            elif (name in va.fields) == (name in vb.fields) and not any(
                requires(base, name, self.old.types)
                != requires(base, name, self.new.types)
                for base in common  # which says it
            ):
                self._needed(name, va, vb, way, self.changes)
        if inherited:
            place = vb.name or vb.place
            self.changes.add(
                place,
                "inherited types changed",
                sorted(va.bases),
                sorted(vb.bases),
                breaking=inherited.breaking,
            )
        self._additional(va, vb, way)

    def bases(self, va: View, vb: View) -> set[str]:
        """Names of base types dropped, added or exchanged; renamed ones are reported here and left out."""
        gone = [base for base in va.bases if base not in vb.bases]
        come = [base for base in vb.bases if base not in va.bases]
        renamed = [base for base in gone if base not in self.new.declared]
        fresh = [base for base in come if base not in self.old.declared]
        for old, new in zip(renamed, fresh, strict=False):
            self.changes.add(old, "type removed", "object")
            self.changes.add(new, "type added", None, "object")
            self._renames.add((f"{old}.", f"{new}."))
            gone.remove(old)
            come.remove(new)
        return {*gone, *come}

    def _field(self, name: str, va: View, vb: View, way: str, changes: Changes) -> None:
        before, after = va.fields.get(name), vb.fields.get(name)
        if before is None:
            assert after is not None
            needed = name in vb.required
            what = "required field added" if needed else "field added"
            owner, _via, schema = after[0]
            text = self.text(schema, self.new)
            changes.add(f"{owner}.{name}", what, None, text, way=way)
            return
        if after is None:
            owner, _via, schema = before[0]
            text = self.text(schema, self.old)
            changes.add(f"{owner}.{name}", "field removed", text, way=way)
            return
        self._needed(name, va, vb, way, changes)
        owners = {owner for owner, _via, _schema in after}
        mine = [d for d in before if d[0] in owners] or before
        theirs = {owner: schema for owner, _via, schema in after}
        if len(before) != len(after) and len(mine) != len(before) + len(after):
            self._redefined(name, before, after, way, changes)
        for owner, _via, schema in mine:
            self.compare(schema, theirs.get(owner, after[0][2]), way)

    def _redefined(
        self,
        name: str,
        before: list[tuple[str, str, Schema]],
        after: list[tuple[str, str, Schema]],
        way: str,
        changes: Changes,
    ) -> None:
        """A field declared once more, or once less, in the types that a type is made of."""
        one = Schema("", members=tuple(schema for *_, schema in before))
        other = Schema("", members=tuple(schema for *_, schema in after))
        if self.equal(one, other):
            return
        more = max(before, after, key=len)
        fewer = {owner for owner, *_ in min(before, after, key=len)}
        owner = next((o for o, *_ in more if o not in fewer), more[0][0])
        changes.add(
            f"{owner}.{name}",
            "type changed",
            self.text(one, self.old),
            self.text(other, self.new),
            way=way,
        )

    def _needed(
        self, name: str, va: View, vb: View, way: str, changes: Changes
    ) -> None:
        before, after = va.required.get(name), vb.required.get(name)
        if bool(before) == bool(after):
            return
        places = after or before
        assert places is not None
        what = "field made required" if after else "field made optional"
        steps = ("optional", "required") if after else ("required", "optional")
        changes.add(f"{places[0]}.{name}", what, *steps, way=way)

    def _additional(self, va: View, vb: View, way: str) -> None:
        (at_a, before), (at_b, after) = va.unknown(), vb.unknown()
        if isinstance(before, Schema) and isinstance(after, Schema):
            self.compare(before, after, way)
            return
        if before is after:
            return
        place = at_b or at_a
        if after is False:
            what = "unknown fields no longer kept"
        elif before is False:
            what = "unknown fields now kept"
        else:
            what = "type of unknown fields changed"
        types = [
            self.text(s, c) if isinstance(s, Schema) else "any" if s else "none"
            for s, c in ((before, self.old), (after, self.new))
        ]
        self.changes.add(place, what, *types, way=way)

    # Words

    def text(self, schema: Schema, contract: Contract) -> str:
        return words.text(schema, contract)

    def describe(self, seen: View, contract: Contract) -> str:
        return words.describe(seen, contract)
