"""Compare two contracts: operations with all that belongs to them, and every type that travels through them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from scripts.contract.comparing import words
from scripts.contract.comparing.access import (
    compare_security,
    compare_servers,
    moved_prefix,
)
from scripts.contract.comparing.changes import (
    Change,
    Changes,
    Direction,
    Effect,
    Places,
    Sides,
    step,
)
from scripts.contract.comparing.content import ContentComparison
from scripts.contract.comparing.context import Context
from scripts.contract.comparing.folding import fold
from scripts.contract.comparing.incoming import compare_incoming
from scripts.contract.comparing.messages import compare_bodies, compare_responses
from scripts.contract.comparing.pairing import (
    Pairing,
    pair_by_key,
    pair_operations,
    pattern,
)
from scripts.contract.comparing.parameters import compare_parameters
from scripts.contract.comparing.schemas import ContractPair, SchemaComparison
from scripts.contract.model import (
    Contract,
    LeftOut,
    Operation,
    all_schemas,
    call_labels,
)
from scripts.contract.schema import Reference, Schema
from scripts.intake.yaml_text import Pointer, referred

_NOWHERE: Pointer = ("paths",)


def compare(old: Contract, new: Contract) -> list[Change]:
    """The changes that a caller of the old contract meets in the new one, breaking ones first."""
    contracts = ContractPair.of(old, new)
    changes = Changes()
    schemas = SchemaComparison(contracts, changes)
    content = ContentComparison(old.parts, new.parts)
    context = Context(old, new, schemas, changes, contracts.places, content)
    pairing = pair_operations(old.operations, new.operations)
    _compare_presence(context, pairing)
    for a, b in pairing.pairs:
        _compare_operations(context, a, b)
    if not pairing.pairs:
        compare_servers(context.changes, "servers", old.servers, new.servers)
    schemas.compare_other_types()
    _compare_classes(context)
    if old.incoming and new.incoming:
        incoming = contracts.incoming(old.incoming, new.incoming)
        compare_incoming(incoming, changes, content, pairing.pairs)
    return fold(changes.listed(), old, new)


def _compare_presence(context: Context, pairing: Pairing[Operation]) -> None:
    """Add a row for each operation that only one of the contracts has, or that one of them leaves out."""
    old: dict[str, Operation | LeftOut] = {**context.old.left_out}
    new: dict[str, Operation | LeftOut] = {**context.new.left_out}
    for operation in pairing.removed:
        old[operation.key] = operation
    for operation in pairing.added:
        new[operation.key] = operation
    left_out: list[tuple[LeftOut, LeftOut]] = []
    for key in sorted({*old, *new}):
        match old.get(key), new.get(key):
            case (LeftOut() as before, LeftOut() as after):
                left_out.append((before, after))
            case before, after:
                _add_presence(context, key, before, after)
    _compare_left_out(context, left_out)


def _compare_left_out(context: Context, pairs: list[tuple[LeftOut, LeftOut]]) -> None:
    """Compare operations that both contracts leave out. What several of them refer to has one row; none if generated ones have it, too."""
    content = context.content
    users: dict[str, list[str]] = defaultdict(list)
    pairs = [(a, b) for a, b in pairs if not content.same(a.content, b.content)]
    for a, b in pairs:
        for ref in content.changed_references(a.content, b.content):
            users[ref].append(a.key)
    compared = _places_of_types(context.old) & _places_of_types(context.new)
    apart = {
        ref for ref, keys in users.items() if len(keys) > 1 or referred(ref) in compared
    }
    rule = "left-out-operation-changed"
    for a, b in pairs:
        sides = content.differing(a.content, b.content, apart)
        context.add(rule, a.key, sides, (a.at, b.at))
    for ref in sorted(apart):
        place = referred(ref)
        if place not in compared:
            sides = content.differing_targets(ref, apart)
            where = context.places.label(place)
            at = (place, place)
            keys = tuple(users[ref])
            context.changes.add(rule, where, sides, at, operations=keys)


def _places_of_types(contract: Contract) -> set[Pointer]:
    """The places of the types that operations send or receive."""
    return {schema.pointer for schema in contract.types.values()}


def _add_presence(
    context: Context,
    key: str,
    old: Operation | LeftOut | None,
    new: Operation | LeftOut | None,
) -> None:
    at = (_NOWHERE if old is None else old.at, _NOWHERE if new is None else new.at)
    sides: Sides = (_standing(old), _standing(new))
    match old, new:
        case (LeftOut(), None) | (None, LeftOut()):
            rule = f"left-out-operation-{step(old, new)}"
        case Operation(), LeftOut():
            rule = "operation-left-out"
        case LeftOut(), Operation():
            rule = "operation-taken-in"
        case _:
            rule = f"operation-{step(old, new)}"
    where = key
    for side in (old, new):
        if isinstance(side, Operation):
            where = context.places.operation(side)
    context.add(rule, where, sides, at)


def _standing(of: Operation | LeftOut | None) -> str | None:
    """An operation or a left-out one, in words; None for neither."""
    match of:
        case LeftOut():
            return f"left out: {of.reason}"
        case Operation():
            return of.key
        case None:
            return None


def _compare_operations(context: Context, a: Operation, b: Operation) -> None:
    """Compare two operations and every type that travels through them."""
    where = context.places.operation(a)
    at = (a.at, b.at)
    prefix = moved_prefix(a, b)
    _compare_identity(context, a, b, where, at)
    compare_security(context.changes, context.places, context.old, context.new, a, b)
    servers = "servers"
    if a.own_servers or b.own_servers:
        servers = f"servers of {where}"
    compare_servers(context.changes, servers, a.servers, b.servers, prefix)
    context.compare_notes(a.notes, b.notes, where, at, Direction.SENT)
    compare_parameters(context, a, b)
    compare_bodies(context, a, b)
    compare_responses(context, a, b)


def _compare_identity(
    context: Context, a: Operation, b: Operation, where: str, at: Places
) -> None:
    """Compare what the functions that make the call are named, and what they call."""
    old_functions = _functions(context.old, a)
    new_functions = _functions(context.new, b)
    first = (next(iter(old_functions.values())), next(iter(new_functions.values())))
    packages = (context.old.package(a), context.new.package(b))
    effect = _effect_of_names(*first)
    context.add("operation-id-changed", where, (a.id, b.id), at, effect=effect)
    effect = _effect_of_names(*packages)
    context.add("tag-changed", where, (a.tag, b.tag), at, effect=effect)
    if a.tag == b.tag:
        context.add("function-renamed", where, packages, at)
    is_same_call = a.key == b.key or moved_prefix(a, b) is not None
    for names in pair_by_key(old_functions, new_functions).pairs:
        # One that has another name because of another id follows from that row.
        if is_same_call or (a.id != b.id and names == first):
            context.add("function-renamed", where, names, at)
    methods = (a.method.upper(), b.method.upper())
    context.add("method-changed", where, methods, at)
    if pattern(a.path) != pattern(b.path) and not moved_prefix(a, b):
        context.add("path-changed", where, (a.path, b.path), at)


def _effect_of_names(before: str, after: str) -> Effect:
    """The effect of another id or tag, by the Python names that are made of it."""
    return Effect.NOTED if before == after else Effect.REPLACED


def _functions(contract: Contract, operation: Operation) -> Mapping[str, str]:
    """The functions for an operation, by the kind of body that they send."""
    labels = call_labels(operation)
    functions = [contract.function(operation, call) for call in operation.calls]
    return dict(zip(labels, functions, strict=True))


def _compare_classes(context: Context) -> None:
    """Add a row for each class that was added or removed, except for renamed ones."""
    renamed = set()
    for row in context.changes.rows.values():
        if row.rule == "class-renamed":
            renamed |= {row.before, row.after}
    old = context.schemas.contracts.old_classes
    new = context.schemas.contracts.new_classes
    names = sorted((old.keys() ^ new.keys()) - renamed)
    if not names:
        return
    old_schemas = {schema.pointer: schema for schema in all_schemas(context.old)}
    new_schemas = {schema.pointer: schema for schema in all_schemas(context.new)}
    for name in names:
        before = old.get(name)
        after = new.get(name)
        rule = f"class-{step(before, after)}"
        at = (_pointer(before), _pointer(after))
        if before is None:
            before = _without_class(context.old, old_schemas.get(at[1]))
        if after is None:
            after = _without_class(context.new, new_schemas.get(at[0]))
        sides = (_outline(before, context.old), _outline(after, context.new))
        if sides[0] == sides[1]:
            sides = (None, sides[1])
            if name in old:
                sides = (sides[1], None)
        context.add(rule, name, sides, at)


def _pointer(schema: Schema | None) -> Pointer:
    return () if schema is None else schema.pointer


def _without_class(contract: Contract, schema: Schema | None) -> Schema | None:
    """A schema that no class is made of, such as a constant where an enum of one value stood; None for any other."""
    if schema is None or contract.names.class_of(schema):
        return None
    return schema


def _outline(schema: Schema | None, contract: Contract) -> str | None:
    """The kind of a schema in words; for a reference, the name of the class."""
    if schema is None:
        return None
    if isinstance(schema, Reference):
        return words.text(schema, contract)
    return words.outline(schema)
