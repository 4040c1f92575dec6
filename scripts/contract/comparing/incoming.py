"""Compare what the service calls: webhooks, and the callbacks of operations. There, the caller receives bodies and sends answers."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.contract.comparing.access import compare_security
from scripts.contract.comparing.changes import Changes, Direction, step
from scripts.contract.comparing.content import ContentComparison
from scripts.contract.comparing.context import Context
from scripts.contract.comparing.messages import compare_bodies, compare_responses
from scripts.contract.comparing.parameters import compare_parameters
from scripts.contract.comparing.schemas import ContractPair, SchemaComparison
from scripts.contract.model import Contract, LeftOut, Operation
from scripts.intake.yaml_text import Pointer

Called = Operation | LeftOut


def compare_incoming(
    contracts: ContractPair,
    changes: Changes,
    content: ContentComparison,
    pairs: Iterable[tuple[Operation, Operation]],
) -> None:
    """Compare the webhooks of two contracts, and the callbacks of the operations that both have.

    Args:
        contracts: What the service calls in both.
        changes: Takes the rows. A type that callers exchange in operations as well has its row once.
        content: Compares what could not be read.
        pairs: The operations of callers that both contracts have.
    """
    schemas = SchemaComparison(contracts, changes)
    context = Context(
        contracts.old,
        contracts.new,
        schemas,
        changes,
        contracts.places,
        content,
        sent=Direction.RECEIVED,
        received=Direction.SENT,
    )
    old_owners = {"": ""}
    for a, b in pairs:
        old_owners[a.key] = b.key
    before = _by_owner(contracts.old, old_owners)
    after = _by_owner(contracts.new, {name: name for name in old_owners.values()})
    for key in sorted({*before, *after}):
        _compare_called(context, before.get(key), after.get(key))
    schemas.compare_other_types(is_incoming=True)


def _by_owner(
    contract: Contract, owners: dict[str, str]
) -> dict[tuple[str, str, str], Called]:
    """Webhooks and callbacks, by the operation that they belong to, name and method. Those of other operations are reported with these."""
    by_owner: dict[tuple[str, str, str], Called] = {}
    for operation in contract.operations.values():
        if operation.tag in owners:
            key = (owners[operation.tag], operation.path, operation.method)
            by_owner[key] = operation
    for left_out in contract.left_out.values():
        by_owner["", left_out.key, ""] = left_out
    return by_owner


def _compare_called(context: Context, old: Called | None, new: Called | None) -> None:
    """Compare one webhook or callback, or add a row if only one contract has it."""
    if isinstance(old, Operation) and isinstance(new, Operation):
        at = (old.at, new.at)
        where = context.places.operation(old)
        context.compare_notes(old.notes, new.notes, where, at, context.sent)
        expressions = (_expression(old.at), _expression(new.at))
        context.add("callback-changed", where, expressions, at)
        compare_security(
            context.changes,
            context.places,
            context.old,
            context.new,
            old,
            new,
            is_incoming=True,
        )
        compare_parameters(context, old, new)
        compare_bodies(context, old, new)
        compare_responses(context, old, new)
        return
    either = new or old
    if either is None:
        return
    kind = "callback" if "callbacks" in either.at else "webhook"
    at = (_place(old, kind), _place(new, kind))
    if isinstance(old, LeftOut) and isinstance(new, LeftOut):
        sides = context.content.differing(old.content, new.content)
        context.add(f"{kind}-changed", either.key, sides, at)
        return
    sides = (_in_words(old), _in_words(new))
    context.add(f"{kind}-{step(old, new)}", either.key, sides, at)


def _place(called: Called | None, kind: str) -> Pointer:
    """Where something is called, or where it would be."""
    if called is not None:
        return called.at
    return ("webhooks",) if kind == "webhook" else ("paths",)


def _expression(place: Pointer) -> str:
    """The expression of a callback, which says where callers give the address; empty for a webhook."""
    if "callbacks" not in place:
        return ""
    _name, *steps = place[place.index("callbacks") + 1 :]
    return steps[0] if len(steps) > 1 else ""


def _in_words(called: Called | None) -> str | None:
    """A webhook or callback in words."""
    match called:
        case None:
            return None
        case LeftOut():
            return f"not understood: {called.reason}"
        case Operation():
            return called.method.upper()
