"""JSON values whose shape is not known: narrowed to what can be read of them, and compared."""

from __future__ import annotations

import json


def mapping_of(value: object) -> dict[str, object]:
    """The value where it is a mapping, an empty one where it is anything else."""
    if isinstance(value, dict):
        return value
    return {}


def list_of(value: object) -> list[object]:
    """The value where it is a list, an empty one where it is anything else."""
    if isinstance(value, list):
        return value
    return []


def read_json(text: str | bytes) -> object:
    """The value of a JSON text. Raises ValueError, also for a name that stands twice and for NaN (RFC 8259, sections 4 and 6)."""
    return json.loads(
        text, object_pairs_hook=_without_repetition, parse_constant=_refuse_constant
    )


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return mapping


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def same_json(first: object, second: object) -> bool:
    """Whether two values are the same JSON: true is not 1, 1 is 1.0."""
    if isinstance(first, dict) and isinstance(second, dict):
        if first.keys() != second.keys():
            return False
        return all(same_json(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return False
        return all(map(same_json, first, second))
    if isinstance(first, bool) != isinstance(second, bool):
        return False
    return bool(first == second)
