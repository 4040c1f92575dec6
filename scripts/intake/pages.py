"""Read vendor pages and check that what they hold is OpenAPI 3.0 or 3.1."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from openapi_spec_validator.schemas import schema_v30, schema_v31
from openapi_spec_validator.schemas.backend.jsonschema import create_validator

from scripts.common.errors import DocumentError
from scripts.intake import document as oas
from scripts.intake import merge
from scripts.intake.document import Json, Pointer, Source
from scripts.intake.yaml_text import at

_SCHEMA = {
    "$dynamicAnchor": "meta",
    "$ref": "https://json-schema.org/draft/2020-12/schema",
}


def _validators() -> dict[str, Any]:
    """By OpenAPI version. That of 3.1 leaves open what schemas inside the document look like."""
    definitions = schema_v31["$defs"] | {"schema": _SCHEMA}
    schemas = {"3.0": {**schema_v30}, "3.1": {**schema_v31, "$defs": definitions}}
    return {version: create_validator(s) for version, s in schemas.items()}


def read_page(path: Path) -> list[Source]:
    """The checked documents of a page, as YAML text. Raises DocumentError with file and line."""
    pages = oas.sources(path)
    for page in pages:
        check(page)
        if page.announced:
            method, route = page.announced
            if f"{method.upper()} {route}" not in merge.keys(page.document):
                _refuse(page, (), f"no {method.upper()} {route}, which the fence names")
    # openapi.yaml is read in reviews, so JSON becomes YAML that says the same.
    return [
        oas.from_text(oas.to_yaml(page.document), page.name)
        if page.text.lstrip().startswith("{")
        else page
        for page in pages
    ]


def _refuse(source: Source, place: Pointer, message: str) -> NoReturn:
    where = f" {at(place)}:" if place else ""
    line, _column = source.positions[place]
    raise DocumentError(f"{source.name}: line {line}:{where} {message}")


def check(source: Source) -> None:
    """Refuse what is not an OpenAPI 3.0 or 3.1 document whose references all lead somewhere. Raises DocumentError with file and line."""
    document = source.document
    version = document.get("openapi") if isinstance(document, dict) else None
    if version is None:
        _refuse(source, (), "not an OpenAPI document: no 'openapi' at the top")
    validator = _validators().get(str(version)[:3])
    if validator is None:
        raise DocumentError(f"{source.name}: OpenAPI {version}, not 3.0 or 3.1")
    for place, ref in references(document, ()):
        try:
            oas.lookup(document, ref)
        except DocumentError as error:
            _refuse(source, place, str(error))
    # The first in the text, since the validator's own order changes from run to run; what it left unevaluated may only follow from another.
    faults = [
        (fault.validator == "unevaluatedProperties", *_in_words(fault))
        for fault in validator.iter_errors(document)
    ]
    if faults:
        _, place, message = min(faults, key=lambda f: (f[0], source.positions[f[1]]))
        _refuse(source, place, f"not valid OpenAPI {version}: {message}")


def _in_words(fault: Any) -> tuple[Pointer, str]:
    """Place and message of the innermost fault, with the value that was probably meant."""
    faults = [fault]
    for each in faults:  # grows
        faults += each.context or ()
    leaves = [each for each in faults if not each.context]
    deepest = max(len(leaf.absolute_path) for leaf in leaves)
    leaves = [leaf for leaf in leaves if len(leaf.absolute_path) == deepest]
    telling = [f for f in leaves if f.validator in ("enum", "required", "type")]
    first = (telling or leaves)[0]
    place, message = first.absolute_path, first.message
    if first.validator == "enum":
        enums = [f.validator_value for f in telling if f.validator == "enum"]
        allowed = [value for enum in enums for value in enum]
        near = difflib.get_close_matches(str(first.instance), map(str, allowed), 1)
        meant = f"did you mean {near[0]!r}?" if near else f"use one of {allowed}"
        message = f"{first.instance!r} is not allowed here; {meant}"
    return tuple(map(str, place)), message[:300]


def references(value: Json, place: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Every reference outside example data, with its place."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, (*place, str(index)))
    elif isinstance(value, dict):
        names = place[-1:] == ("properties",)
        if isinstance(value.get("$ref"), str) and not names:
            yield place, value["$ref"]
        for key, item in value.items():
            if names or key not in ("example", "examples", "default", "enum", "const"):
                yield from references(item, (*place, key))
