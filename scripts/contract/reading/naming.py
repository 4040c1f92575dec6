"""Choose the Python names: classes, modules, fields, parameters. The rules are those that openapi-python-client documents, so that names
stay what its users know; on top, no two names clash, and none is one that generated code needs for itself."""

from __future__ import annotations

import builtins
import functools
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from scripts.contract.model import (
    Contract,
    Media,
    Operation,
    all_schemas,
    call_labels,
)
from scripts.contract.names import ClassName, Names
from scripts.contract.reading.media_types import KINDS, kind_of
from scripts.contract.schema import Enum, Object, Schema
from scripts.intake.prose import MAPS
from scripts.intake.yaml_text import Pointer

_DELIMITERS = ". _-"
# Text that may be in a name as it stands.
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9. _-]*")
_WORD = re.compile(r"[^. _-]+")
_CAPITALISED = re.compile(r"([A-Z]?[a-z]+)")
_RESERVED = (set(dir(builtins)) | {"self", "true", "false", "datetime"}) - {"id"}

# Public names of the generated models and their base classes (`_runtime/model_base.py`), which no field may have.
MODEL_NAMES = frozenset(
    [
        "additional_keys",
        "additional_properties",
        "from_dict",
        "to_dict",
        "to_json",
        "to_multipart",
    ]
)
# Arguments of generated functions and of `client.call`, which no parameter may be named like.
PARAMETER_NAMES = frozenset(["body", "client", "extensions", "retry_ambiguous", "url"])
# Names that the modules of models import, which no class may have.
CLASS_NAMES = frozenset(
    ["Any", "File", "FileTypes", "Mapping", "Self", "Unset", "UNSET", "Response"]
)
MODULE_NAMES = frozenset({"models", "types"})
# Bytes of a name: with a number and an ending it is the name of a file, which file systems limit to 255.
LONGEST_NAME = 160


@functools.cache
def identifier(text: str) -> str:
    """`snake_case` name of a field, parameter, operation or module."""
    allowed = _allowed(text)
    name = _shortened(_normalised("_".join(_words(allowed)).lower()))
    name = _unreserved(name)
    if not name.isidentifier() or allowed.startswith("_"):
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
    if _unreserved(_pascal(name)) != name:
        return class_name(name)
    return name


def _allowed(text: str) -> str:
    """The characters of a text that a name may be made of."""
    if _PLAIN_TEXT.fullmatch(text):
        return text
    return "".join(
        character
        for character in _normalised(text)
        if character.isidentifier() or character.isdecimal() or character in _DELIMITERS
    )


def _normalised(text: str) -> str:
    """The text as Python reads it in a name (PEP 3131), so that two names that are the same to Python are the same here."""
    return unicodedata.normalize("NFKC", text)


def _shortened(name: str) -> str:
    """The name, or as much of its beginning as a file's name can hold."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    return name.encode()[:LONGEST_NAME].decode(errors="ignore").rstrip("_")


def _words(text: str) -> list[str]:
    if any(character.isupper() for character in text):
        text = " ".join(_CAPITALISED.split(text))
    return _WORD.findall(text)


def _pascal(text: str) -> str:
    words = _words(_allowed(text))
    capitalised = [word if word.isupper() else word.capitalize() for word in words]
    return _shortened(_normalised("".join(capitalised)))


def _unreserved(name: str) -> str:
    if name in _RESERVED or keyword.iskeyword(name):
        return f"{name}_"
    return name


class Namespace:
    """Names of which no two are the same. A trailing underscore and case make no difference between two names."""

    def __init__(self, forbidden: Iterable[str] = (), joiner: str = "_") -> None:
        """`forbidden`: names that nothing gets. `joiner` stands before the number that tells apart names that would clash."""
        self._joiner = joiner
        self._taken = {_folded(name) for name in forbidden}
        # The last number that was given to a name; all smaller ones are taken.
        self._numbers: dict[str, int] = {}

    def add(self, name: str) -> str:
        """The name, or the name with the first number from 2 on that nobody has; it is taken from now on."""
        unique_name = name
        stem = name.rstrip("_")
        number = self._numbers.get(stem, 1)
        while _folded(unique_name) in self._taken:
            number += 1
            unique_name = f"{stem}{self._joiner}{number}"
        self._numbers[stem] = number
        self._taken.add(_folded(unique_name))
        return unique_name


def _folded(name: str) -> str:
    return name.rstrip("_").lower()


def choose(
    contract: Contract, overrides: Mapping[str, tuple[str, str]]
) -> tuple[Names, tuple[str, ...]]:
    """Choose every name. The order of the document's keys makes no difference: of two names that clash, the one that is written like the
    name in Python keeps it, then the one that sorts first.

    Args:
        contract: A contract without names.
        overrides: Class and module name by the class name that place and keys give.

    Returns:
        The names, and the overrides that match nothing.
    """
    labels: dict[Pointer, str] = {}
    packages = _packages(contract)
    functions = _functions(contract, packages)
    parameters: dict[tuple[Pointer, str, str], str] = {}
    for operation in contract.operations.values():
        first_place = _place_of(operation.calls[0].media)
        labels[operation.at] = functions[operation.at, first_place]
        labels.setdefault(operation.at[:2], labels[operation.at])
        for where, name, chosen in _parameter_names(operation):
            parameters[operation.at, where, name] = chosen
        for parameter in operation.parameters:
            labels[parameter.at] = parameter.name
    namer = _ClassNamer(overrides, labels)
    schemas = list(all_schemas(contract))
    with_class = [schema.pointer for schema in schemas if _has_class(schema)]
    classes = {place: namer.choose(place) for place in sorted(with_class, key=_rank)}
    fields = {
        schema.pointer: _field_names(schema)
        for schema in schemas
        if isinstance(schema, Object)
    }
    unused = tuple(name for name in overrides if name not in namer.used)
    return Names(packages, functions, parameters, classes, fields), unused


def _packages(contract: Contract) -> dict[str, str]:
    """The folder of each tag."""
    namespace = Namespace()
    tags = {operation.tag for operation in contract.operations.values()}
    ranked = sorted(tags, key=lambda tag: (_module(tag) != tag, tag))
    return {tag: namespace.add(_module(tag)) for tag in ranked}


def _functions(
    contract: Contract, packages: Mapping[str, str]
) -> dict[tuple[Pointer, Pointer], str]:
    """The modules of operations: by the id, else by method and path; further bodies by their kind."""
    ids = Counter(operation.id for operation in contract.operations.values())
    texts: dict[str, str] = {}
    for key, operation in contract.operations.items():
        if operation.id and ids[operation.id] == 1:
            texts[key] = operation.id
        else:
            path = re.sub("[{}]", "", operation.path).replace("/", "_").lstrip("_")
            texts[key] = f"{operation.method}_{path}"
    ranked = sorted(texts, key=lambda key: (_module(texts[key]) != texts[key], key))
    namespaces = {package: Namespace() for package in packages.values()}
    first: dict[str, str] = {}
    for key in ranked:
        in_package = namespaces[packages[contract.operations[key].tag]]
        first[key] = in_package.add(_module(texts[key]))
    # The functions of further bodies come after all others, whose names are plainer.
    functions: dict[tuple[Pointer, Pointer], str] = {}
    for key in ranked:
        operation = contract.operations[key]
        in_package = namespaces[packages[operation.tag]]
        labels = call_labels(operation)
        for index, call in enumerate(operation.calls):
            media = call.media
            name = first[key]
            if index > 0:
                subtype = labels[index].rpartition("/")[2].removesuffix("+json")
                name = in_package.add(_module(f"{name}_{subtype}"))
            functions[operation.at, _place_of(media)] = name
    return functions


def _place_of(media: Media | None) -> Pointer:
    """The place of a media type; () for a function that sends none."""
    if media is None:
        return ()
    return media.at


def _parameter_names(operation: Operation) -> list[tuple[str, str, str]]:
    """Where each parameter is sent, its name there, and its Python name. The place tells apart parameters whose names would clash."""
    counts: Counter[str] = Counter()
    for parameter in operation.parameters:
        counts[_folded(identifier(parameter.name))] += 1
    namespace = Namespace(PARAMETER_NAMES)
    chosen = []
    for parameter in operation.parameters:
        name = identifier(parameter.name)
        if counts[_folded(name)] > 1 or name in PARAMETER_NAMES:
            name = f"{name.rstrip('_')}_{parameter.where}"
        chosen.append((parameter.where, parameter.name, namespace.add(name)))
    return chosen


def _field_names(schema: Object) -> dict[str, str]:
    """The Python names of fields, by their names on the wire. One that is written in Python as on the wire goes first."""
    namespace = Namespace(MODEL_NAMES)
    names = dict.fromkeys(schema.fields, "")
    for wire in sorted(
        schema.fields, key=lambda wire: (identifier(wire) != wire, wire)
    ):
        names[wire] = namespace.add(identifier(wire))
    return names


def _rank(place: Pointer) -> tuple[bool, bool, int, Pointer]:
    """The order in which places choose the names of their classes. A component comes before what is declared inside another schema, a key
    that is written like the class before one that is not, JSON before other content types."""
    is_component = place[:2] == ("components", "schemas") and len(place) == 3
    key = "".join(place[-1:])
    content_type = ""
    if "content" in place[:-1]:
        content_type = place[place.index("content") + 1]
    kind = kind_of(content_type)
    return not is_component, class_name(key) != key, KINDS.index(kind), place


def _has_class(schema: Schema) -> bool:
    """Whether a schema has a class: objects do, and enums but for constants."""
    match schema:
        case Object():
            return True
        case Enum():
            return not schema.constant
        case _:
            return False


class _ClassNamer:
    """Names of classes, from the place where each is declared: component key and path of properties, shortened by `class_overrides`."""

    def __init__(
        self, overrides: Mapping[str, tuple[str, str]], labels: Mapping[Pointer, str]
    ) -> None:
        """`labels` gives names to operations, paths and parameters, by their places."""
        self._overrides = overrides
        self._module_of = dict(overrides.values())
        self._labels = labels
        self._classes = Namespace(CLASS_NAMES, joiner="")
        self._modules = Namespace(MODULE_NAMES)
        self.used: set[str] = set()  # overrides that matched

    def choose(self, place: Pointer) -> ClassName:
        """Class and module for the schema declared at a place."""
        name = self._classes.add(self._class_name(*self._parent_and_name(place)))
        module = self._module_of.get(name) or identifier(name)
        if module == name:  # in a script without case
            module += "_class"
        return ClassName(name, self._modules.add(module))

    def _class_name(self, parent: str, name: str) -> str:
        """The name of a class inside another one, as `class_overrides` change it."""
        if parent:
            name = f"{parent}_{name}"
        plain_name = class_name(name)
        if plain_name not in self._overrides:
            return plain_name
        self.used.add(plain_name)
        return class_name(self._overrides[plain_name][0])

    def _parent_and_name(self, place: Pointer) -> tuple[str, str]:
        """Name of the class around a place, and the place's own."""
        parent, name, below = self._root(place)
        steps = iter(below)
        for step in steps:
            if step in MAPS or step == "required":
                parent = self._class_name(parent, name)
                name = next(steps, "")
            elif step == "additionalProperties":
                parent = self._class_name(parent, name)
                name = "AdditionalProperty"
            elif step == "items":
                name = f"{name}_item"
            elif step in ("oneOf", "anyOf", "type", "prefixItems"):
                name = f"{name}_type_{next(steps, '')}"
            elif step == "allOf":
                next(steps, "")
        return parent, name

    def _root(self, place: Pointer) -> tuple[str, str, Pointer]:
        """Name of the operation around a place, that of the part that stands there, and the way below its schema."""
        below: Pointer = ()
        is_item = "itemSchema" in place[3:]
        for key in ("schema", "itemSchema"):
            if key in place[3:] and not below:
                below = place[place.index(key, 3) + 1 :]
        if place[:1] == ("components",) and len(place) > 2:
            suffix = {"requestBodies": "_body", "responses": "_response"}
            name = place[2] + suffix.get(place[1], "")
            return "", name, place[3:] if place[1] == "schemas" else below
        if place[:1] != ("paths",):
            return "", "".join(place[-1:]), ()
        start = 3
        if place[2:3] == ("parameters",):
            start = 2
        elif place[2:3] == ("additionalOperations",):
            start = 4
        operation = self._labels.get(place[:start]) or self._labels.get(place[:2], "")
        name = "body"
        match place[start : start + 2]:
            case ("parameters", key):
                name = self._labels.get(place[: start + 2], key)
            case ("responses", status):
                name = f"response_{status}"
        if is_item:
            name = f"{name}_item"
        return operation, name, below
