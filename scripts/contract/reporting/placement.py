"""Types that one of the documents states where OpenAPI 3 does not read them: where Swagger 2 has them."""

from __future__ import annotations

from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.side import Side
from scripts.contract.schema import ANY
from scripts.intake.yaml_text import Pointer

# What a row says of a message or a parameter without a type.
UNTYPED = (ANY, "nothing")
# Keywords of a parameter in Swagger 2, which OpenAPI 3 has below `schema`.
_OF_PARAMETER = ("type", "items", "enum", "format")


def is_first_typed(change: Change, old: Side) -> bool:
    """Whether a row breaks callers only because the old document stated the type in a wrong place, where the client did not see it."""
    if not change.breaks_by_itself or change.rule != "type-changed":
        return False
    return change.before in UNTYPED and is_misplaced(old, change.old_at)


def is_misplaced(side: Side, place: Pointer) -> bool:
    """Whether a document states the type of a response or a parameter beside the place where OpenAPI 3 reads it."""
    if side.positions is None:
        return False
    holder = place
    if place[-1:] == ("schema",):
        holder = place[:-1]
    has_schema = (*holder, "schema") in side.positions
    match holder[-2:-1]:
        case ("responses",):
            return has_schema
        case ("parameters",):
            stated = any((*holder, key) in side.positions for key in _OF_PARAMETER)
            return stated and not has_schema
    return False
