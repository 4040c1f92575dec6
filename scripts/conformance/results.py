"""Compares the result of a call with the answer that was sent: the same value after decoding and encoding.

Sources: RFC 3339, section 5.6 (timestamps); RFC 8259, section 6 (numbers).
"""

from __future__ import annotations

import datetime
import enum
import re
import uuid
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

# What a client shows in place of a secret.
MASK = "***"
_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)"
)


@runtime_checkable
class Model(Protocol):
    """An instance of a generated model."""

    def to_dict(self) -> dict[str, object]: ...


@runtime_checkable
class Event(Protocol):
    """A server-sent event."""

    def json(self) -> object:
        """Its data as the document describes it."""


def plain(result: object) -> object:
    """A result in JSON's own types, as it would be sent again. Dates outside of models stay what they are."""
    match result:
        case enum.Enum():
            return result.value
        case Mapping():
            return {key: plain(item) for key, item in result.items()}
        case list() | tuple():
            return [plain(item) for item in result]
        case uuid.UUID():
            return str(result)
        case Model():
            return plain(result.to_dict())
        case _:
            return result


def same_answer(sent: object, read: object) -> bool:
    """Whether JSON was read as it was sent. A moment outside of a model has lost its spelling, but no digit."""
    if isinstance(sent, dict) and isinstance(read, dict):
        if sent.keys() != read.keys():
            return False
        return all(same_answer(sent[key], read[key]) for key in sent)
    if isinstance(sent, list) and isinstance(read, list):
        return len(sent) == len(read) and all(map(same_answer, sent, read))
    if isinstance(sent, str) and isinstance(read, datetime.date):
        return _is_same_date(sent, read)
    if isinstance(sent, bool) != isinstance(read, bool):
        return False
    return bool(sent == read)


def same_error(sent: object, read: object) -> bool:
    """Whether JSON or text of an error was read as it was sent, but for what is masked because the request has it as a secret."""
    if isinstance(read, str) and MASK in read:
        return True
    if isinstance(sent, dict) and isinstance(read, dict):
        if any(MASK in name for name in read):
            return True
        if sent.keys() != read.keys():
            return False
        return all(same_error(sent[key], read[key]) for key in sent)
    if isinstance(sent, list) and isinstance(read, list):
        return len(sent) == len(read) and all(map(same_error, sent, read))
    return same_answer(sent, read)


def _is_same_date(text: str, date: datetime.date) -> bool:
    """Whether a date, or a moment, is what a text says."""
    if isinstance(date, datetime.datetime):
        return _moment(text) == _moment(date.isoformat())
    return text == date.isoformat()


def _moment(text: str) -> tuple[str, ...] | None:
    """Date, time, fraction and offset of an RFC 3339 timestamp."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    date, time, fraction, offset = match.groups()
    if offset in ("Z", "z"):
        offset = "+00:00"
    return date, time, (fraction or "").rstrip("0"), offset


def difference(expected: object, actual: object, place: str = "") -> str:
    """The first place where two JSON values differ, in words."""
    inner = ""
    if isinstance(expected, dict) and isinstance(actual, dict):
        inner = _difference_of_fields(expected, actual, place)
    elif isinstance(expected, list) and isinstance(actual, list):
        inner = _difference_of_items(expected, actual, place)
    if inner:
        return inner
    return f"{place or 'the whole'} is {actual!r:.100} instead of {expected!r:.100}"


def _difference_of_fields(
    expected: dict[str, object], actual: dict[str, object], place: str
) -> str:
    for name in [*expected, *actual]:
        field_place = str(name)
        if place:
            field_place = f"{place}.{name}"
        if name not in actual:
            return f"{field_place} is missing"
        if name not in expected:
            return f"{field_place} was added"
        if not same_answer(expected[name], actual[name]):
            return difference(expected[name], actual[name], field_place)
    return ""


def _difference_of_items(
    expected: list[object], actual: list[object], place: str
) -> str:
    if len(expected) != len(actual):
        here = place or "the whole"
        return f"{here} has {len(actual)} items instead of {len(expected)}"
    for index, (expected_item, item) in enumerate(zip(expected, actual, strict=True)):
        if not same_answer(expected_item, item):
            return difference(expected_item, item, f"{place}[{index}]")
    return ""
