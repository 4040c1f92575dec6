"""Read an OpenAPI document, with limits, and find its parts.

A vendor page is untrusted input. `parse` takes text to plain JSON data (dict, list, str, int, float, bool, None) and refuses whatever a
published OpenAPI document has no use for: YAML anchors, aliases and tags, duplicate keys, several documents in one file, control and
bidirectional characters, and a size or depth far beyond any real document.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from scripts.errors import DocumentError

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_NODES = 2_000_000
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

Json = Any
Pointer = tuple[str, ...]


class _CoreSchemaLoader(yaml.CSafeLoader):
    """YAML 1.2 core schema, as the vendor's tools and the generator read it: `no` and `2024-10-15` are strings, keys are text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML's own way

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Any, Any]:
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            place = f"line {key_node.start_mark.line + 1}"
            if not isinstance(key_node, yaml.ScalarNode):
                raise DocumentError(f"{place}: a key that is no text")
            if key_node.value in mapping:
                raise DocumentError(
                    f"{place}: the key {key_node.value!r} stands twice in one mapping"
                )
            mapping[key_node.value] = self.construct_object(value_node, deep=True)
        return mapping

    def construct_integer(self, node: yaml.ScalarNode) -> int:
        text = node.value.replace("+", "")
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)

    def construct_boolean(self, node: yaml.ScalarNode) -> bool:
        return bool(node.value.lower() == "true")


_CoreSchemaLoader.add_constructor(
    "tag:yaml.org,2002:int", _CoreSchemaLoader.construct_integer
)
_CoreSchemaLoader.add_constructor(
    "tag:yaml.org,2002:bool", _CoreSchemaLoader.construct_boolean
)
for _kind, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    (
        "float",
        r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$",
        list("-+.0123456789"),
    ),
):
    _CoreSchemaLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_kind}", re.compile(_pattern), _first
    )


def read(path: Path) -> Json:
    """The document in a YAML or JSON file. Raises DocumentError, its message opening with the file's name."""
    try:
        return parse(decode(path.read_bytes()))
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from None


def decode(data: bytes) -> str:
    """Text of a file within `MAX_BYTES` and without characters that hide what a reviewer sees."""
    if len(data) > MAX_BYTES:
        raise DocumentError(f"larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(f"not UTF-8 at byte {error.start}") from None
    check_characters(text, "the file")
    return text


def check_characters(text: str, place: str) -> None:
    """Refuse control, bidirectional and other invisible formatting characters (Unicode Cc, Cf, Zl, Zp, Cs), but for line ends and tabs."""
    if text.isascii() and text.isprintable():
        return
    for position, character in enumerate(text):
        if character in "\n\r\t" or character.isprintable():
            continue
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs"):
            line = text.count("\n", 0, position) + 1
            raise DocumentError(
                f"{place}, line {line}: the character U+{ord(character):04X}, which no document needs"
            )


def parse(text: str) -> Json:
    """Plain JSON data of YAML or JSON text. Raises DocumentError."""
    try:
        _check_events(text)
        data = yaml.load(text, Loader=_CoreSchemaLoader)  # noqa: S506  # a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}: " if mark else ""
        raise DocumentError(f"not YAML: {place}{error.problem}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise DocumentError(f"not YAML: {type(error).__name__}") from None
    for pointer, value in strings(data):
        check_characters(value, at(pointer))
    return data


def _check_events(text: str) -> None:
    depth = documents = 0
    for count, event in enumerate(yaml.parse(text, Loader=_CoreSchemaLoader)):
        mark = event.start_mark
        place = f"line {mark.line + 1}" if mark else "somewhere"
        if count > MAX_NODES:
            raise DocumentError(f"more than {MAX_NODES} nodes")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise DocumentError(f"{place}: a second document in one file")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentError(f"{place}: YAML anchors and aliases are not accepted")
        if getattr(event, "tag", None):
            raise DocumentError(f"{place}: YAML tags are not accepted")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise DocumentError(f"{place}: nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def strings(value: Json, pointer: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """Every string of a document with its place, keys included."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield (*pointer, "(key)"), key
            yield from strings(item, (*pointer, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from strings(item, (*pointer, str(index)))


def at(pointer: Pointer) -> str:
    """A place as a JSON pointer fragment, `#/components/schemas/Name`."""
    return "#" + "".join(
        "/" + part.replace("~", "~0").replace("/", "~1") for part in pointer
    )


def lookup(document: Json, ref: str) -> Json:
    """What a local reference names. Raises DocumentError for a remote or dangling one."""
    if not ref.startswith("#/"):
        raise DocumentError(
            f"the reference {ref!r} leads out of the document; only '#/...' is accepted"
        )
    target = document
    for raw in ref[2:].split("/"):
        part = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(target, dict) and part in target:
            target = target[part]
        elif isinstance(target, list) and part.isdecimal() and int(part) < len(target):
            target = target[int(part)]
        else:
            raise DocumentError(f"the reference {ref!r} points at nothing")
    return target


def resolved(document: Json, value: Json) -> Json:
    """A value itself, or what its chain of references ends at."""
    seen: set[str] = set()
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        ref = value["$ref"]
        if ref in seen:
            raise DocumentError(f"the reference {ref!r} leads back to itself")
        seen.add(ref)
        value = lookup(document, ref)
    return value


def operations(document: Json) -> Iterator[tuple[str, str, Json, Json]]:
    """Path, method, path item and operation of everything callable."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item, item[method]


# Where schemas stand inside a schema: a schema, a list of them, or a mapping to them. `example`, `default` and `enum` hold data instead.
_SCHEMA_KEYS = (
    "items",
    "additionalProperties",
    "not",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
    "unevaluatedItems",
)
_SCHEMA_LISTS = ("allOf", "oneOf", "anyOf", "prefixItems")
SCHEMA_MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs")


def subschemas(schema: Json, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    """The schemas directly inside a schema, references included, with their places."""
    for key in _SCHEMA_KEYS:
        if isinstance(schema.get(key), dict):
            yield (*pointer, key), schema[key]
    for key in _SCHEMA_LISTS:
        if isinstance(schema.get(key), list):
            for index, item in enumerate(schema[key]):
                if isinstance(item, dict):
                    yield (*pointer, key, str(index)), item
    for key in SCHEMA_MAPS:
        if isinstance(schema.get(key), dict):
            for name, item in schema[key].items():
                if isinstance(item, dict):
                    yield (*pointer, key, name), item


def schemas(document: Json) -> Iterator[tuple[Pointer, Json]]:
    """Every schema of the document with its place, outer before inner, references included."""
    for pointer, schema in _schema_roots(document):
        yield from _with_inner(pointer, schema)


def _with_inner(pointer: Pointer, schema: Json) -> Iterator[tuple[Pointer, Json]]:
    yield pointer, schema
    for place, inner in subschemas(schema, pointer):
        yield from _with_inner(place, inner)


def _schema_roots(document: Json) -> Iterator[tuple[Pointer, Json]]:
    components = document.get("components", {})
    for name, schema in components.get("schemas", {}).items():
        yield ("components", "schemas", name), schema
    for kind in ("parameters", "headers", "requestBodies", "responses"):
        for name, holder in components.get(kind, {}).items():
            yield from _held(holder, ("components", kind, name))
    for path, method, item, operation in operations(document):
        place: Pointer = ("paths", path)
        if method == next((m for m in METHODS if m in item), None):
            yield from _held_list(item.get("parameters", []), (*place, "parameters"))
        place = (*place, method)
        yield from _held_list(operation.get("parameters", []), (*place, "parameters"))
        yield from _held(operation.get("requestBody", {}), (*place, "requestBody"))
        for status, response in operation.get("responses", {}).items():
            yield from _held(response, (*place, "responses", status))


def _held_list(holders: Json, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    for index, holder in enumerate(holders):
        yield from _held(holder, (*pointer, str(index)))


def _held(holder: Json, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    """Schemas of a parameter, header, request body or response."""
    if isinstance(holder.get("schema"), dict):
        yield (*pointer, "schema"), holder["schema"]
    for content_type, media in holder.get("content", {}).items():
        if isinstance(media.get("schema"), dict):
            yield (*pointer, "content", content_type, "schema"), media["schema"]
    for name, header in holder.get("headers", {}).items():
        yield from _held(header, (*pointer, "headers", name))
