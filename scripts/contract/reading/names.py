"""Choose the Python names: classes, modules, fields, parameters. The rules are those that openapi-python-client documents, so that names
stay what its users know; on top, no two names clash, and none is one that generated code needs for itself."""

from __future__ import annotations

import builtins
import functools
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from scripts.contract.model import OBJECT, Contract, Operation, Pointer, Schema, every
from scripts.intake.prose import MAPS

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


def _module(text: str) -> str:
    """Name of an operation or a package. The generator applies the same rule to the name that it is given."""
    return identifier(identifier(text))


@functools.cache
def class_name(text: str) -> str:
    """`PascalCase` name of a class."""
    name = _unreserved(_pascal(text))
    if not name.isidentifier():
        name = _unreserved(_pascal(f"field_{name}"))
    # The generator applies the same rule to the name that it is given.
    return name if _unreserved(_pascal(name)) == name else class_name(name)


def _kept(text: str) -> str:
    kept = (c for c in text if c.isidentifier() or c.isdecimal() or c in _DELIMITERS)
    return "".join(kept)


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


def choose(
    contract: Contract, overrides: Mapping[str, tuple[str, str]]
) -> tuple[str, ...]:
    """Choose every name, in the order of the document. Returns the overrides that match nothing."""
    operations = contract.operations.values()
    ids = Counter(operation.id for operation in operations)
    packages: dict[str, str] = {}
    taken: dict[str, set[str]] = {"": set()}
    labels: dict[Pointer, str] = {}
    for operation in operations:
        if operation.tag not in packages:
            packages[operation.tag] = unique(_module(operation.tag), taken[""])
        operation.package = packages[operation.tag]
        own = taken.setdefault(operation.package, set())
        _name_calls(operation, own, clashes=ids[operation.id] > 1)
        labels[operation.at] = operation.calls[0].module
        labels.setdefault(operation.at[:2], labels[operation.at])
        _name_parameters(operation)
        labels |= {each.at: each.name for each in operation.parameters}
    classes = _Classes(overrides, labels)
    for schema in every(contract):
        if _has_class(schema):
            schema.class_name, schema.module_name = classes.choose(schema.at)
        _name_fields(schema)
    return tuple(name for name in overrides if name not in classes.used)


def _name_calls(operation: Operation, taken: set[str], *, clashes: bool) -> None:
    """Name the modules of an operation: by its id, else by method and path; further bodies by their kind."""
    if operation.id and not clashes:
        wanted = _module(operation.id)
    else:
        path = re.sub("[{}]", "", operation.path).replace("/", "_").lstrip("_")
        wanted = _module(f"{operation.method}_{path}")
    first, *others = operation.calls
    first.module = unique(wanted, taken)
    for call in others:
        kind = call.media.kind if call.media else ""
        call.module = unique(f"{first.module}_{kind}", taken)


def _name_parameters(operation: Operation) -> None:
    """The place tells apart parameters whose names would clash."""
    plain = [_folded(identifier(each.name)) for each in operation.parameters]
    taken: set[str] = set()
    for parameter, folded in zip(operation.parameters, plain, strict=True):
        wanted = identifier(parameter.name)
        if plain.count(folded) > 1 or wanted in PARAMETER_NAMES:
            wanted = f"{wanted.rstrip('_')}_{parameter.where}"
        parameter.python_name = unique(wanted, taken, PARAMETER_NAMES)


def _name_fields(schema: Schema) -> None:
    """A name that is written in Python as on the wire goes first."""
    taken: set[str] = set()
    schema.python_names = dict.fromkeys(schema.fields, "")
    for name in sorted(schema.fields, key=lambda wire: identifier(wire) != wire):
        schema.python_names[name] = unique(identifier(name), taken, MODEL_NAMES)


def _has_class(schema: Schema) -> bool:
    """Objects and enums have classes; references, unions and constants do not."""
    named = schema.kind == OBJECT or (schema.values is not None and not schema.constant)
    return named and not schema.ref and not schema.variants


class _Classes:
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
        module = dict(self._overrides.values()).get(name) or identifier(name)
        module += "_class" if module == name else ""  # in a script without case
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
            if step in MAPS or step == "required":
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
        """Name of the operation around a place, that of the part that stands there, and the way below its schema."""
        below = at[at.index("schema", 3) + 1 :] if "schema" in at[3:] else ()
        if at[:1] == ("components",) and len(at) > 2:
            suffix = {"requestBodies": "_body", "responses": "_response"}
            name = at[2] + suffix.get(at[1], "")
            return "", name, at[3:] if at[1] == "schemas" else below
        if at[:1] != ("paths",):
            return "", at[-1] if at else "", ()
        operation = self._labels.get(at[:3]) or self._labels.get(at[:2], "")
        start = 2 if at[2:3] == ("parameters",) else 3
        kind, key, *_ = (*at[start:], "", "")
        name = {
            "parameters": self._labels.get(at[: start + 2], key),
            "responses": f"response_{key}",
        }.get(kind, "body")
        return operation, name, below
