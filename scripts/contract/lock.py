"""The accepted contract as a committed file: everything that callers rely on, in a fixed order and without prose, so that a review
shows a change of contract as a change of a line or two."""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.common.errors import DocumentError
from scripts.common.project import ROOT
from scripts.contract import model
from scripts.contract.model import Contract, Json, Media, Pointer, Schema
from scripts.intake import document as oas
from scripts.intake.yaml_text import pointer

PATH = ROOT / "contract.lock"
_VERSION = "accepted_in_version"
# The last release before that version, if there is one: what several acceptances before one release are counted from.
_RELEASED = "released_version"
_HEADER = """\
# The accepted contract: what callers of the client rely on. Written by `make accept`, never by hand; `make drift` says what differs
# from openapi.yaml. `at` is the place in openapi.yaml, where it does not follow from the place here.
"""
# Prose, and what validates: that follows from everything else.
_LEFT_OUT = {"description", "summary", "example", "rule", "title", "version", "openapi", "warnings", "unused_overrides"}  # fmt: skip
_SORTED = ("fields", "operations", "python_names", "left_out", "limits", "notes")
# How the place of an inner schema follows from that of the schema around it.
_STEPS = {"items": "items", "additional": "additionalProperties", "fields": "properties", "prefix": "prefixItems"}  # fmt: skip


def text(contract: Contract, version: str, released: str = "") -> str:
    """The lock file for a contract, with the version of the package that it is accepted in, and the last release before it."""
    # Base types first, so that what is inherited is written where it is declared.
    ordered = sorted(contract.types.items(), key=lambda i: (len(i[1].bases), i[0]))
    contract = dataclasses.replace(contract, types=dict(ordered))
    versions = {_VERSION: version}
    if released not in ("", version):
        versions[_RELEASED] = released
    held = {**versions, **_Writer(contract).plain(contract, ())}
    return f"{_HEADER}{oas.to_yaml(held)}"


def read(path: Path = PATH) -> tuple[Contract, str]:
    """The accepted contract and the version it was accepted in. Raises DocumentError."""
    try:
        held = oas.parse(oas.decode(path.read_bytes()))
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from None
    if not isinstance(held, dict) or _VERSION not in held:
        raise DocumentError(f"{path}: not a contract that `make accept` recorded")
    version = str(held.pop(_VERSION))
    held.pop(_RELEASED, None)
    held |= {"title": "", "version": "", "openapi": ""}
    try:
        contract: Contract = _Reader().made(Contract, held, ())
    except (AttributeError, KeyError, TypeError, ValueError):
        advice = "take it from git again, or remove it and run `make accept`"
        raise DocumentError(f"{path}: damaged; {advice}") from None
    return contract, version


def released_version(path: Path = PATH) -> str:
    """The last release before the version in which the contract was accepted; empty where the lock states none."""
    line = re.search(
        rf"^{_RELEASED}: '?([\w.+-]+)'?$", path.read_text("utf-8"), re.MULTILINE
    )
    return line[1] if line else ""


class _Writer:
    """Makes plain data of a contract, without what is as it would be anyway. What was written before is written as its place."""

    def __init__(self, contract: Contract) -> None:
        self._written: set[int] = set()
        # What validates follows from everything else, unless a limit refers to it.
        texts = "".join(f"{s.limits}{s.notes}" for s in model.every(contract))
        self._left_out = _LEFT_OUT - ({"rule"} if "#/$defs/" in texts else set())

    def plain(self, value: Any, at: Pointer) -> Json:
        """`at` is the place that follows from what is around."""
        if isinstance(value, Schema | Media):
            if id(value) in self._written:
                return model.at(value.at)
            self._written.add(id(value))
        if isinstance(value, Media):
            at = _media(at, value.content_type)
        if dataclasses.is_dataclass(value):
            return dict(self._fields(value, at))
        if isinstance(value, dict):
            return {k: self.plain(v, (*at, str(k))) for k, v in value.items()}
        if isinstance(value, frozenset):
            return sorted(value)
        if isinstance(value, tuple | list):
            return [self.plain(item, (*at, str(i))) for i, item in enumerate(value)]
        return value

    def _fields(self, value: Any, at: Pointer) -> Iterator[tuple[str, Json]]:
        here: Pointer = getattr(value, "at", ())
        if here and here != at:
            yield "at", model.at(here)
        # The functions of an operation come after the bodies that they send.
        fields = sorted(dataclasses.fields(value), key=lambda f: f.name == "calls")
        for field in fields:
            held = getattr(value, field.name)
            if field.name == "python_names":
                held = {wire: name for wire, name in held.items() if wire != name}
            if field.name in _SORTED:
                held = dict(sorted(held.items()))
            if field.name == "values" and held:
                held = sorted(held, key=repr)
            if field.name in self._left_out or field.name == "at":
                continue
            if held != _default(field):
                yield field.name, self.plain(held, _below(here, field.name))


def _media(at: Pointer, content_type: str) -> Pointer:
    """The place of a content type, from that of its number in the list."""
    return (*at[:-2], "content", content_type)


def _below(at: Pointer, name: str) -> Pointer:
    """The place of what is inside."""
    return (*at, _STEPS.get(name, name)) if at else ()


def _default(field: Any) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


class _Reader:
    """Makes a contract of plain data."""

    def __init__(self) -> None:
        self._known: dict[Pointer, Any] = {}
        self._hints: dict[Any, dict[str, Any]] = {}

    def made(self, kind: Any, held: Json, at: Pointer) -> Any:
        """The value of a type."""
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if kind in (Schema, Media) and isinstance(held, str):
            return self._known[pointer(held)]
        if kind is Media:
            at = _media(at, held["content_type"])
        if dataclasses.is_dataclass(kind):
            return self._instance(kind, held, at)
        if origin in (types.UnionType, typing.Union):
            wanted = dict | str if {Schema, Media} & {*inner} else dict | list
            first = inner[0] if isinstance(held, wanted) else None
            return self.made(first, held, at) if first else held
        if origin is dict:
            return {k: self.made(inner[1], v, (*at, str(k))) for k, v in held.items()}
        if origin is tuple:
            return tuple(
                self.made(inner[0], v, (*at, str(i))) for i, v in enumerate(held)
            )
        return frozenset(held) if origin is frozenset else held

    def _instance(self, kind: Any, held: Json, at: Pointer) -> Any:
        if kind not in self._hints:
            self._hints[kind] = typing.get_type_hints(kind)
        hints = self._hints[kind]
        here = pointer(held["at"]) if "at" in held else at
        made = {
            name: self.made(hints[name], value, _below(here, name))
            for name, value in held.items()
            if name != "at"
        }
        found = kind(**made, **({"at": here} if "at" in hints else {}))
        if kind in (Schema, Media):
            self._known[here] = found
        return found
