"""Which way the values of a row travel, in words."""

from __future__ import annotations

from scripts.contract.comparing.changes import Change, Direction

# Rules, by how their names start, about what does not travel: calls as a whole, names in Python, and annotations.
_WITHOUT = (
    *("operation-", "left-out-operation-", "method-", "path-", "prefix-", "tag-"),
    *("function-", "class-", "python-name-", "server-", "authentication-", "flow-"),
    *("callback-", "webhook-", "deprecated", "no-longer-deprecated", "sunset-"),
    "annotation-",
)


def direction(change: Change) -> str:
    """`sent`, `received` or `sent and received`, seen from the caller; empty where nothing travels."""
    if change.rule.startswith(_WITHOUT):
        return ""
    match change.travels:
        case Direction.SENT:
            return "sent"
        case Direction.RECEIVED:
            return "received"
        case Direction.BOTH:
            return "sent and received"
    return ""
