"""Types in words."""

from __future__ import annotations

from scripts.contract.model import Contract, Schema
from scripts.contract.view import View, view

_DEPTH = 3  # of words about a type that is made of itself


def kind(seen: View) -> str:
    """What a named type is."""
    return "object" if seen.is_object else f"enum of {seen.kind}"


def text(schema: Schema, contract: Contract, depth: int = 0) -> str:
    return describe(view(schema, contract.types), contract, depth)


def describe(seen: View, contract: Contract, depth: int = 0) -> str:
    """A type in words: `string (date-time)`, `array of Pet`, `integer or null`."""
    if seen.name or (seen.chain and depth > _DEPTH):
        said = seen.chain[0] if seen.chain else kind(seen)
    elif seen.items is not None:
        said = f"array of {text(seen.items, contract, depth + 1)}"
    elif seen.variants:
        inner = (text(s, contract, depth + 1) for s in seen.variants)
        said = " | ".join(sorted(inner))
    else:
        said = f"{seen.kind} ({seen.format})" if seen.format else seen.kind
    return f"{said} or null" if seen.nullable else said
