"""Whether the values of a row are sent or received, in words."""

from __future__ import annotations

from scripts.contract.comparing.changes import Change, Direction

# How the names of rules start that are about no values: about whole calls, names in Python, and annotations.
_WITHOUT_VALUES = (
    "operation-",
    "left-out-operation-",
    "method-",
    "path-",
    "prefix-",
    "tag-",
    "function-",
    "class-",
    "python-name-",
    "server-",
    "authentication-",
    "flow-",
    "callback-",
    "webhook-",
    "deprecated",
    "no-longer-deprecated",
    "sunset-",
    "annotation-",
)


def direction(change: Change) -> str:
    """`sent`, `received` or `sent and received`, seen from the caller; empty for a row without values."""
    if change.rule.startswith(_WITHOUT_VALUES):
        return ""
    match change.travels:
        case Direction.SENT:
            return "sent"
        case Direction.RECEIVED:
            return "received"
        case Direction.BOTH:
            return "sent and received"
    return ""
