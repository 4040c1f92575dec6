"""Edits of a document in place."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from scripts.document import Json

Edit = Callable[[Json], object]


def setting(key: str, value: Any) -> Edit:
    return lambda s: s.update({key: copy.deepcopy(value)})


def dropping_key(key: str) -> Edit:
    return lambda s: s.pop(key)


def dropping(name: str) -> Edit:
    def edit(schema: Json) -> None:
        del schema["properties"][name]
        if name in schema.get("required", ()):
            schema["required"].remove(name)

    return edit


def renaming(name: str, new: str) -> Edit:
    def edit(schema: Json) -> None:
        schema["properties"][new] = schema["properties"].pop(name)
        if name in schema.get("required", ()):
            schema["required"][schema["required"].index(name)] = new

    return edit


def reversing(key: str) -> Edit:
    return lambda s: s[key].reverse()


def reverse(value: Json) -> None:
    """The same keys the other way round, down to the last."""
    if isinstance(value, dict):
        items = list(value.items())[::-1]
        value.clear()
        value.update(items)
        for held in value.values():
            reverse(held)


def replace(schema: Json, new: Json) -> None:
    schema.clear()
    schema.update(new)


def remove(schema: Json, key: str, value: Any) -> None:
    schema[key].remove(value)


def append(held: Json, key: str, value: Json) -> None:
    held.setdefault(key, []).append(value)


def put(held: Json, key: str, value: Json) -> None:
    held[key] = value


def pop(held: Json, key: str) -> None:
    del held[key]


def move(held: Json, old: str, new: str) -> None:
    held[new] = held.pop(old)


def describe(held: Json) -> None:
    if "$ref" not in held:
        held["description"] = "Other words"


def reverse_components(document: Json) -> None:
    reversed_once(document.get("components", {}).get("schemas", {}))


def make_bearer(scheme: Json) -> None:
    scheme.clear()
    scheme.update(type="http", scheme="bearer")


def reversed_once(held: Json) -> None:
    items = list(held.items())[::-1]
    held.clear()
    held.update(items)
