"""Asks two libraries whether values are valid by the document's own schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import jsonschema_rs
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from scripts.conformance.json_values import mapping_of
from scripts.conformance.pointers import Pointer
from scripts.conformance.raw import Node, RawDocument

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

DOCUMENT_URI = "urn:document"
_IDENTIFIERS = ("$id", "$anchor", "$dynamicAnchor", "$schema", "id", "$self")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A fault that jsonschema finds in a value.

    Attributes:
        paths: Where; none where nothing is wrong.
        is_doubtful: Whether all of it depends on how the document is read.
    """

    paths: tuple[list[object], ...]
    is_doubtful: bool


# A compiled validator holds all that its schema refers to, which may be half of a large document.
_MOST_VALIDATORS = 32


class Validity:
    """Asks jsonschema-rs whether a value is valid, and jsonschema why it is not.

    jsonschema takes a second for a value of unions inside unions, of which there are many.
    """

    def __init__(self, document: RawDocument) -> None:
        self._document = document
        converted = document.root.value
        if document.version < (3, 1):
            converted = _as_json_schema(converted)
        schemas = mapping_of(_without_identifiers(converted))
        resource = DRAFT202012.create_resource(schemas)
        self._registry = Registry().with_resource(DOCUMENT_URI, resource)
        self._fast_registry = jsonschema_rs.Registry([(DOCUMENT_URI, schemas)])
        self._fast_validators: dict[
            Pointer, jsonschema_rs.Draft202012Validator | None
        ] = {}
        self._names: dict[str, frozenset[str]] = {}

    def names_with(self, keyword: str) -> frozenset[str]:
        """Names of all properties that are read-only or write-only anywhere."""
        if keyword not in self._names:
            self._names[keyword] = frozenset(
                self._find_names(self._document.root, keyword)
            )
        return self._names[keyword]

    def _find_names(self, node: Node, keyword: str) -> Iterator[str]:
        if isinstance(node.value, list):
            for index, item in enumerate(node.value):
                pointer = (*node.pointer, str(index))
                yield from self._find_names(Node(pointer, item), keyword)
        is_schema_map = node.pointer[-1:] == ("properties",)
        for key, item in node.keywords.items():
            child = Node((*node.pointer, str(key)), item)
            if is_schema_map and self._has_keyword(child, keyword):
                yield str(key)
            yield from self._find_names(child, keyword)

    def _has_keyword(self, schema: Node, keyword: str) -> bool:
        if keyword in schema.keywords:
            return True
        target = self._document.follow_if_possible(schema)
        return target is not None and keyword in target.keywords

    def is_valid(self, schema: Node, value: object) -> bool:
        """Whether a schema surely allows a value."""
        if schema.pointer not in self._fast_validators:
            try:
                validator = jsonschema_rs.Draft202012Validator(
                    {"$ref": _uri_of(schema)}, registry=self._fast_registry
                )
            except Exception:
                # A pattern that it refuses, a reference to nothing.
                validator = None
            if len(self._fast_validators) >= _MOST_VALIDATORS:
                oldest = next(iter(self._fast_validators))
                del self._fast_validators[oldest]
            self._fast_validators[schema.pointer] = validator
        validator = self._fast_validators[schema.pointer]
        if validator is None:
            return False
        try:
            return bool(validator.is_valid(value))
        except Exception:
            return False

    def complaint(
        self, schema: Node, value: object, hidden: frozenset[str]
    ) -> Complaint | None:
        """The faults of a value; None where jsonschema fails. Required fields among `hidden` may be absent."""
        errors = self._errors(schema, value)
        if errors is None:
            return None
        errors = [error for error in errors if not _is_about(error, hidden)]
        doubtful = [error for error in errors if _is_ambiguous(error)]
        paths = tuple(list(error.absolute_path) for error in errors)
        return Complaint(paths, bool(errors) and len(doubtful) == len(errors))

    def accepts(
        self, schema: Node, value: object, hidden: frozenset[str]
    ) -> bool | None:
        """Whether a schema allows a value. None where that depends on how the document is read."""
        if self.is_valid(schema, value):
            return True
        errors = self._errors(schema, value)
        if errors is None:
            return None
        if not errors:
            return True
        if all(_is_ambiguous(error) or _is_about(error, hidden) for error in errors):
            return None
        return False

    def _errors(self, schema: Node, value: object) -> list[ValidationError] | None:
        """The faults that jsonschema finds; None where it fails."""
        try:
            validator = Draft202012Validator(
                {"$ref": _uri_of(schema)}, registry=self._registry
            )
            return list(validator.iter_errors(value))
        except Exception:
            # A pattern that Python's `re` refuses, a reference to nothing.
            return None


def _uri_of(schema: Node) -> str:
    return DOCUMENT_URI + quote(schema.text(), safe="#/~")


def _is_ambiguous(error: ValidationError) -> bool:
    return _fits_several(error) or _closes_member(error)


def _is_about(error: ValidationError, names: frozenset[str]) -> bool:
    """Whether an error only misses fields that do not travel this way."""
    if error.validator == "required":
        missing = re.match(r"'(.*)' is a required property", error.message)
        return missing is not None and missing[1] in names
    if error.validator not in ("anyOf", "oneOf"):
        return False
    by_variant: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        by_variant.setdefault(inner.schema_path[0], []).append(inner)
    return any(_are_about(errors, names) for errors in by_variant.values())


def _are_about(errors: list[ValidationError], names: frozenset[str]) -> bool:
    return all(_is_about(error, names) for error in errors)


def _fits_several(error: ValidationError) -> bool:
    """Whether a value fits more variants than the only one that `oneOf` allows, there or further inside."""
    if error.validator == "oneOf" and not error.context:
        return True
    return any(map(_fits_several, error.context or ()))


def _closes_member(error: ValidationError) -> bool:
    """Whether a schema inside `allOf` forbids fields that its neighbours declare: taken literally, no value could have these."""
    if error.validator == "additionalProperties" and error.validator_value is False:
        unions = {"allOf", "anyOf", "oneOf"} & mapping_of(error.schema).keys()
        return bool(unions) or "allOf" in error.absolute_schema_path
    return bool(error.context) and all(map(_closes_member, error.context))


def _as_json_schema(value: object) -> object:
    """Schemas of OpenAPI 3.0 in the words of JSON Schema 2020-12."""
    if isinstance(value, list):
        return [_as_json_schema(item) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("$ref"), str):
        return {"$ref": value["$ref"]}
    converted = {key: _as_json_schema(item) for key, item in value.items()}
    if converted.get("nullable") is True and isinstance(converted.get("type"), str):
        converted["type"] = [converted["type"], "null"]
    for exclusive, limit in (
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ):
        if not isinstance(converted.get(exclusive), bool):
            continue
        if converted.pop(exclusive) and limit in converted:
            converted[exclusive] = converted.pop(limit)
    return converted


def _without_identifiers(value: object) -> object:
    """The same without `$id` and anchors, which references no longer need."""
    if isinstance(value, list):
        return [_without_identifiers(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_identifiers(item)
        for key, item in value.items()
        if not (key in _IDENTIFIERS and isinstance(item, str))
    }
