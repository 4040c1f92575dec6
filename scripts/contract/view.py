"""What a declared schema amounts to: references followed, `allOf` merged, unions flattened, with the place that each part comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.contract.model import ANY, OBJECT, Json, Schema
from scripts.document import DocumentError

Places = dict[str, list[str]]


@dataclass(slots=True)
class View:
    """The effective schema at a place. `name` is that of the type, empty where it makes none."""

    place: str
    at: str = ""  # where the node at the end of the chain is declared
    chain: list[str] = field(default_factory=list)
    name: str = ""
    kind: str = ANY
    format: str = ""
    nullable: bool = False
    nullable_at: str = ""
    enum: tuple[Json, ...] | None = None
    enum_at: str = ""
    default: Json = None
    has_default: bool = False
    default_at: str = ""
    limits: dict[str, tuple[Json, str]] = field(default_factory=dict)
    fields: dict[str, list[tuple[str, str, Schema]]] = field(default_factory=dict)
    required: Places = field(default_factory=dict)
    additional: list[tuple[str, bool | Schema]] = field(default_factory=list)
    items: Schema | None = None
    variants: list[Schema] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    opaque: dict[str, str] = field(default_factory=dict)
    constant: bool = False

    @property
    def is_object(self) -> bool:
        return self.kind == OBJECT

    def unknown(self) -> tuple[str, bool | Schema]:
        """What becomes of fields that the type does not declare, and who says so."""
        for place, says in self.additional:
            if says is False:
                return place, False
        return next(((p, s) for p, s in self.additional if s is not True), ("", True))

    def say_at(self, place: str, components: set[str]) -> None:
        """Take the place for the one that says what any of the components says."""
        if self.nullable_at in components:
            self.nullable_at = place
        if self.default_at in components:
            self.default_at = place
        if self.enum_at in components:
            self.enum_at = place
        self.limits = {
            name: (value, place if at in components else at)
            for name, (value, at) in self.limits.items()
        }


def view(schema: Schema, types: Mapping[str, Schema]) -> View:
    """The effective schema. Raises DocumentError where references or `allOf` lead back to themselves."""
    return _view(schema, types, ())


def shared(va: View, vb: View) -> str:
    """Where to say it: at the component that both go through, else at the place itself."""
    return next((name for name in va.chain if name in vb.chain), vb.place)


def requires(component: str, name: str, types: Mapping[str, Schema]) -> bool:
    """Whether a component requires a field, be it for a type that it is made of."""
    return bool(view(Schema(component, ref=component), types).required.get(name))


def _view(schema: Schema, types: Mapping[str, Schema], within: tuple[str, ...]) -> View:
    result = View(schema.place)
    node = schema
    while True:
        _take_use(result, node)
        if not node.ref:
            break
        if node.ref in result.chain or node.ref in within:
            raise DocumentError(f"{node.place}: {node.ref} is made of itself")
        result.chain.append(node.ref)
        node = types[node.ref]
    _take_node(result, node)
    result.at = node.place
    inside = (*within, *result.chain)
    for member in node.members:
        _merge(result, _view(member, types, inside))
    variants = list(_flat(result, node.variants, types, inside))
    if len(variants) == 1 and (node.members or node.fields):
        _merge(result, _view(variants.pop(), types, inside))
    result.variants += variants
    if result.kind == ANY and not (result.enum or result.variants or result.fields):
        result.nullable = False  # anything, null included
    for name in node.required:
        result.required.setdefault(name, []).append(node.place)
    if (result.is_object or result.enum is not None) and not result.constant:
        result.name = result.chain[0] if result.chain else node.place
    return result


def _take_use(result: View, node: Schema) -> None:
    if node.nullable and not result.nullable:
        result.nullable, result.nullable_at = True, node.place
    if node.has_default and not result.has_default:
        result.has_default, result.default = True, node.default
        result.default_at = node.place


def _take_node(result: View, node: Schema) -> None:
    result.kind, result.format, result.items = node.kind, node.format, node.items
    result.enum, result.constant, result.enum_at = node.enum, node.constant, node.place
    result.limits = {name: (value, node.place) for name, value in node.limits.items()}
    result.opaque = dict(node.opaque)
    for name, inner in node.fields.items():
        result.fields[name] = [(node.place, "", inner)]
    if node.additional is not None:
        result.additional.append((node.place, node.additional))


def _merge(result: View, member: View) -> None:
    """Add what a member of `allOf` demands."""
    via = member.chain[0] if member.chain else ""
    direct = [via] if via else member.bases
    result.bases += [base for base in direct if base not in result.bases]
    result.kind = _both(result.kind, member.kind)
    result.format = result.format or member.format
    if member.enum is not None:
        kept = member.enum
        if result.enum is not None:
            kept = tuple(value for value in result.enum if value in member.enum)
        result.enum, result.enum_at = kept, member.enum_at
        result.constant = member.constant
    for name, limit in member.limits.items():
        own = result.limits.get(name)
        result.limits[name] = limit if own is None else _tighter(name, own, limit)
    for name, held in member.fields.items():
        mine = result.fields.setdefault(name, [])
        owners = {owner for owner, _via, _schema in mine}
        mine += [(o, via or v, s) for o, v, s in held if o not in owners]
    for name, places in member.required.items():
        mine_at = result.required.setdefault(name, [])
        mine_at += [place for place in places if place not in mine_at]
    result.additional += member.additional
    result.items = result.items or member.items
    result.variants += member.variants
    result.opaque = member.opaque | result.opaque
    if member.has_default and not result.has_default:
        result.has_default, result.default = True, member.default
        result.default_at = member.default_at


def _tighter(
    name: str, mine: tuple[Json, str], other: tuple[Json, str]
) -> tuple[Json, str]:
    """The limit that holds where both do."""
    if name == "pattern" and mine[0] != other[0]:
        return f"{mine[0]} and {other[0]}", mine[1]
    if name.startswith(("min", "exclusiveMin")):
        return max(mine, other, key=lambda limit: limit[0])
    if name.startswith(("max", "exclusiveMax")):
        return min(mine, other, key=lambda limit: limit[0])
    return mine


def _both(one: str, other: str) -> str:
    """The kind of a value that is of both kinds."""
    if one == other or other == ANY:
        return one
    if one == ANY or {one, other} == {"number", "integer"}:
        return other if one == ANY else "integer"
    return f"{one} and {other}"


def _flat(
    result: View,
    variants: tuple[Schema, ...],
    types: Mapping[str, Schema],
    within: tuple[str, ...],
) -> list[Schema]:
    """Variants with those of inner unions in their places; a null in any of them makes the whole nullable."""
    flat = []
    for variant in variants:
        seen = _view(variant, types, within)
        if seen.nullable and not result.nullable:
            result.nullable, result.nullable_at = True, seen.nullable_at
        if seen.variants and not seen.fields and not seen.limits:
            flat += seen.variants
        else:
            flat.append(variant)
    return flat
