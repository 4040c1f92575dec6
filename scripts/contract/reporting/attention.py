"""Compatible changes that are worth a look: no valid program fails, yet what it does may no longer be what is wanted."""

from __future__ import annotations

import json
from decimal import Decimal

from scripts.contract.comparing.changes import Change, Direction

_UNKNOWN_VALUE = "code that has a case for each value meets one that it does not know"
_OLD_PART = "it still works, and may be removed"


def attention(change: Change) -> str:
    """Why a compatible change is worth a look, in half a sentence; empty for one that is not, or that breaks callers."""
    if change.breaking:
        return ""
    match change.rule:
        case "enum-value-added" | "variant-added" if _is_received(change):
            return _UNKNOWN_VALUE
        case "default-changed" if Direction.SENT in change.travels:
            return _of_default(change)
        case "deprecated":
            return _OLD_PART
        case "sunset-changed" if change.after is not None:
            return _OLD_PART
    return ""


def _is_received(change: Change) -> bool:
    return Direction.RECEIVED in change.travels


def _of_default(change: Change) -> str:
    """Why another default of what callers send is worth a look."""
    if change.before is None or is_rewritten(change):
        return ""
    if change.after is None:
        return "where callers leave it out, the service now decides"
    return "where callers leave it out, the service now takes another value"


def is_rewritten(change: Change) -> bool:
    """Whether a default is the same value, with quotes or without."""
    if change.rule != "default-changed":
        return False
    before = _plain(change.before)
    return before is not None and before == _plain(change.after)


def _plain(value: object) -> Decimal | str | None:
    """A single value without its quotes: a number for text that is one; None for what is not a single value."""
    if isinstance(value, bool):
        return json.dumps(value)
    if not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return str(value)
    return number if number.is_finite() else str(value)
