"""Choose the Python names: classes, modules, fields, parameters. The rules are those that openapi-python-client documents, so that names
stay what its users know; on top, no two names clash, and none is one that generated code needs for itself."""

from __future__ import annotations

import builtins
import functools
import keyword
import re
from collections.abc import Iterable, Mapping

from scripts.contract.model import Pointer

_DELIMITERS = ". _-"
_RESERVED = (set(dir(builtins)) | {"self", "true", "false", "datetime"}) - {"id"}

# What generated models have of their own.
MODEL_NAMES = frozenset(
    ["additional_keys", "additional_properties", "from_dict", "to_dict", "to_multipart"]
)
# What generated operations and `client.call` take for themselves.
PARAMETER_NAMES = frozenset(["body", "client", "extensions", "retry_ambiguous", "url"])
# Names that the modules of models import.
CLASS_NAMES = frozenset(
    ["Any", "File", "FileTypes", "Mapping", "Self", "Unset", "UNSET", "Response"]
)
MODULE_NAMES = frozenset({"models", "types"})


@functools.cache
def identifier(text: str) -> str:
    """`snake_case` name of a field, parameter, operation or module."""
    kept = _kept(text)
    name = _unreserved("_".join(_words(kept)).lower())
    if not name.isidentifier() or kept.startswith("_"):
        name = f"field_{name}"
    return name


@functools.cache
def class_name(text: str) -> str:
    """`PascalCase` name of a class."""
    name = _unreserved(_pascal(text))
    if not name.isidentifier():
        name = _unreserved(_pascal(f"field_{name}"))
    # The generator applies the same rule to the name that it is given.
    return name if _unreserved(_pascal(name)) == name else class_name(name)


def _kept(text: str) -> str:
    return "".join(
        c for c in text if c.isidentifier() or c.isdecimal() or c in _DELIMITERS
    )


def _words(text: str) -> list[str]:
    if any(c.isupper() for c in text):
        text = " ".join(re.split("([A-Z]?[a-z]+)", text))
    return re.findall(rf"[^{re.escape(_DELIMITERS)}]+", text)


def _pascal(text: str) -> str:
    return "".join(w if w.isupper() else w.capitalize() for w in _words(_kept(text)))


def _unreserved(name: str) -> str:
    return f"{name}_" if name in _RESERVED or keyword.iskeyword(name) else name


def unique(
    wanted: str, taken: set[str], forbidden: Iterable[str] = (), joiner: str = "_"
) -> str:
    """The name, or the name with the first number from 2 on that nobody has; added to `taken`. A trailing underscore and case make no
    difference between two names."""
    kept_away = {_folded(name) for name in forbidden}
    name, number = wanted, 1
    while _folded(name) in taken or _folded(name) in kept_away:
        number += 1
        name = f"{wanted.rstrip('_')}{joiner}{number}"
    taken.add(_folded(name))
    return name


def _folded(name: str) -> str:
    return name.rstrip("_").lower()


def members(wire_names: Iterable[str], forbidden: frozenset[str]) -> dict[str, str]:
    """Python names by wire names; a name that is written in Python as on the wire goes first."""
    listed = list(wire_names)
    taken: set[str] = set()
    found: dict[str, str] = {}
    for name in sorted(listed, key=lambda wire: identifier(wire) != wire):
        found[name] = unique(identifier(name), taken, forbidden)
    return {name: found[name] for name in listed}


def parameters(declared: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Python names of parameters by place and wire name; the place tells apart those that would clash."""
    listed = list(declared)
    plain = [_folded(identifier(name)) for _where, name in listed]
    taken: set[str] = set()
    found = {}
    for (where, name), folded in zip(listed, plain, strict=True):
        python = identifier(name)
        if plain.count(folded) > 1 or python in PARAMETER_NAMES:
            python = f"{python.rstrip('_')}_{where}"
        found[where, name] = unique(python, taken, PARAMETER_NAMES)
    return found


class Classes:
    """Names of classes, from the place where each is declared: component key and path of properties, shortened by `class_overrides`."""

    def __init__(
        self, overrides: Mapping[str, tuple[str, str]], labels: Mapping[Pointer, str]
    ) -> None:
        """`labels` gives names to operations, paths and parameters, by their places."""
        self._overrides, self._labels = overrides, labels
        self._classes: set[str] = set()
        self._modules: set[str] = set()
        self.used: set[str] = set()

    def choose(self, at: Pointer) -> tuple[str, str]:
        """Class and module for the schema declared at a place."""
        wanted = self._wanted(*self._named(at))
        name = unique(wanted, self._classes, CLASS_NAMES, joiner="")
        module = identifier(name)
        for own, given in self._overrides.values():
            if own == name and given:
                module = given
        return name, unique(module, self._modules, MODULE_NAMES)

    def _wanted(self, parent: str, name: str) -> str:
        made = class_name(f"{parent}_{name}" if parent else name)
        if made not in self._overrides:
            return made
        self.used.add(made)
        return class_name(self._overrides[made][0])

    def _named(self, at: Pointer) -> tuple[str, str]:
        """Name of the class around a place, and the place's own."""
        parent, name, rest = self._root(at)
        steps = iter(rest)
        for step in steps:
            if (
                step in ("properties", "patternProperties", "$defs", "dependentSchemas")
                or step == "required"
            ):
                parent, name = self._wanted(parent, name), next(steps, "")
            elif step == "additionalProperties":
                parent, name = self._wanted(parent, name), "AdditionalProperty"
            elif step == "items":
                name = f"{name}_item"
            elif step in ("oneOf", "anyOf", "type", "prefixItems"):
                name = f"{name}_type_{next(steps, '')}"
            elif step == "allOf":
                next(steps, "")
        return parent, name

    def _root(self, at: Pointer) -> tuple[str, str, Pointer]:
        if at[:1] == ("components",):
            suffix = {"requestBodies": "_body", "responses": "_response"}
            return "", at[2] + suffix.get(at[1], ""), _below_schema(at[3:], at[1])
        if at[:1] != ("paths",):
            return "", at[-1] if at else "", ()
        operation = self._labels.get(at[:3]) or self._labels.get(at[:2], "")
        kind, rest = (at[2], at[3:]) if at[2] == "parameters" else (at[3], at[4:])
        if kind == "parameters":
            name = self._labels.get(at[: len(at) - len(rest) + 1], rest[0])
            return operation, name, _below_schema(rest[1:], kind)
        if kind == "responses":
            return operation, f"response_{rest[0]}", _below_schema(rest[1:], kind)
        return operation, "body", _below_schema(rest, kind)


def _below_schema(rest: Pointer, kind: str) -> Pointer:
    """What follows the step `schema` of a parameter, body or answer."""
    if kind == "schemas":
        return rest
    return rest[rest.index("schema") + 1 :] if "schema" in rest else ()
