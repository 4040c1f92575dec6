"""Read vendor pages and check that what they hold is OpenAPI 3.0, 3.1 or 3.2."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NoReturn, Protocol

from openapi_spec_validator.schemas import schema_v30, schema_v31, schema_v32
from openapi_spec_validator.schemas.backend.jsonschema import create_validator

from scripts.common.errors import DocumentError
from scripts.intake import document as oas
from scripts.intake import markdown
from scripts.intake.document import Pointer, Source
from scripts.intake.files_beside import with_files
from scripts.intake.parts import operation_keys
from scripts.intake.references import References
from scripts.intake.yaml_text import at

# Of OpenAPI 3.1 and 3.2: a schema may have any keywords of JSON Schema.
_ANY_SCHEMA = {
    "$dynamicAnchor": "meta",
    "$ref": "https://json-schema.org/draft/2020-12/schema",
}
# Keywords whose values are data, in which "$ref" is a name like any other.
_DATA_KEYWORDS = ("example", "examples", "default", "enum", "const")
LONGEST_CAUSE = 300


def read_page(path: Path) -> list[Source]:
    """The checked documents of a page, as YAML text. Raises DocumentError with file and line."""
    checked = []
    for source in oas.sources(path):
        _refuse_other_forms(source)
        whole = with_files(source, path)
        checked.append(_checked(whole, is_changed=whole is not source))
    return checked


def sources_of_site_page(content: str, name: str) -> list[Source]:
    """The checked documents of a page of a documentation site; none if the page holds no operation that can be called.

    Args:
        content: The text of the page.
        name: Of its file, for messages. Its ending tells Markdown from a whole document.

    Raises:
        DocumentError: The page holds an operation and cannot be used; the message has name and line.
    """
    try:
        sources = _sources_of_site_page(content, name)
    except DocumentError as error:
        raise DocumentError(f"{name}: {error}") from None
    checked = []
    for source in sources:
        if not _holds_only_messages(source):
            _refuse_other_forms(source)
            checked.append(_checked(source))
    return checked


def _sources_of_site_page(content: str, name: str) -> list[Source]:
    if name.lower().endswith(oas.DOCUMENT_ENDINGS):
        source = oas.from_text(content, name)
        return [source] if _names_version(source.document) else []
    return [
        oas.from_text(fence.text, name, fence.line, fence.announcement)
        for fence in markdown.announced_in(content)
    ]


def _names_version(document: object) -> bool:
    return isinstance(document, dict) and (
        "openapi" in document or "swagger" in document
    )


def _checked(source: Source, *, is_changed: bool = False) -> Source:
    """A document that has been checked, as YAML text. Raises DocumentError with file and line.

    Args:
        source: The document.
        is_changed: Whether its data was changed after it was read. Its text is written anew then.
    """
    check(source)
    _check_announcement(source)
    if not operation_keys(source.document):
        _refuse(source, (), "there is no operation inside; leave this page out")
    if not is_changed and not source.text.lstrip().startswith("{"):
        return source
    # openapi.yaml is read in reviews, so JSON becomes YAML that says the same.
    return oas.from_text(oas.to_yaml(source.document), source.name)


def _check_announcement(source: Source) -> None:
    """Refuse a document without the operation or the webhook that its fence announces."""
    announcement = source.announcement
    if announcement is None:
        return
    if announcement.method == markdown.WEBHOOK:
        if announcement.path not in (source.document.get("webhooks") or {}):
            _refuse(
                source, (), f"no webhook {announcement.path!r}, which the fence names"
            )
        return
    key = f"{announcement.method.upper()} {announcement.path}"
    if key not in operation_keys(source.document):
        _refuse(source, (), f"no {key}, which the fence names")


def _refuse_other_forms(source: Source) -> None:
    """Refuse, by name, what documentation sites publish beside OpenAPI documents."""
    document = source.document
    announcement = source.announcement
    is_webhook = announcement is not None and announcement.method == markdown.WEBHOOK
    if announcement and is_webhook and not _has_operations(document):
        _refuse(
            source,
            (),
            f"this page describes the webhook {announcement.path!r}, which the vendor sends; there is nothing to call, so leave it out",
        )
    if _is_async_api(document):
        _refuse(
            source,
            (),
            "this page describes messages (AsyncAPI), not operations of HTTP; leave it out",
        )
    if _is_older_export(document):
        _refuse(
            source,
            ("paths",),
            "this is the older form of the export, whose 'paths' holds 'path' and 'method'; it lacks parts of the document,"
            " so save the page again, or take the whole document that the site links",
        )


def _holds_only_messages(source: Source) -> bool:
    """Whether a document describes what the vendor sends, or messages, and no operation."""
    if _is_async_api(source.document):
        return True
    announcement = source.announcement
    if announcement is None or announcement.method != markdown.WEBHOOK:
        return False
    return not _has_operations(source.document)


def _has_operations(document: object) -> bool:
    """Whether a document, which may not be valid, seems to have an operation."""
    paths = document.get("paths") if isinstance(document, dict) else None
    if not isinstance(paths, dict):
        return False
    items = [item for path, item in paths.items() if path.startswith("/")]
    return any(
        isinstance(item, dict) and not item.keys().isdisjoint(oas.METHODS)
        for item in items
    )


def _is_async_api(document: object) -> bool:
    """Whether this is an AsyncAPI document, or a channel of one as Mintlify exports it."""
    if not isinstance(document, dict) or _names_version(document):
        return False
    is_channel = "address" in document and "operations" in document
    return "asyncapi" in document or is_channel


def _is_older_export(document: object) -> bool:
    """Whether this is one operation as Mintlify exported it until 2025: with its path and method as values."""
    paths = document.get("paths") if isinstance(document, dict) else None
    if not isinstance(paths, dict):
        return False
    return isinstance(paths.get("path"), str) and isinstance(paths.get("method"), str)


def check(source: Source) -> None:
    """Refuse what is not an OpenAPI document whose references all lead somewhere. Raises DocumentError with file and line."""
    document = source.document
    version = _version(source)
    validator = _validators()[version[:3]]
    known_references = References(document)
    for place, reference in references(document, ()):
        try:
            known_references.locate(reference, place)
        except DocumentError as error:
            _refuse(
                source,
                place,
                f"{error}; correct or remove it in a saved copy of the page and take that in, or ask the vendor to correct it",
            )
    # The validator's order changes from run to run, so the fault that comes first in the text is reported. Unevaluated properties come
    # last, because a fault elsewhere may be why they were not evaluated.
    faults = [
        (fault.validator == "unevaluatedProperties", *_in_words(fault))
        for fault in validator.iter_errors(document)
    ]
    if faults:
        _, place, message = min(faults, key=lambda f: (f[0], source.positions[f[1]]))
        _refuse(source, place, f"not valid OpenAPI {version}: {message}")


def _version(source: Source) -> str:
    """The version of OpenAPI that a document names. Raises DocumentError if it is none that can be read."""
    try:
        return oas.openapi_version(source.document)
    except oas.VersionError as error:
        _refuse(source, error.place, str(error))


class _Fault(Protocol):
    """A fault of a document, as jsonschema describes it."""

    validator: str
    validator_value: list[object]
    instance: object
    message: str
    absolute_path: Collection[str | int]
    relative_schema_path: Sequence[str | int]
    context: Sequence[_Fault] | None


class _Validator(Protocol):
    """A validator of documents."""

    def iter_errors(self, instance: object) -> Iterator[_Fault]:
        """Yield each fault."""


def _validators() -> dict[str, _Validator]:
    """By OpenAPI version. From 3.1 on they leave open what schemas inside the document look like."""
    schemas: dict[str, dict[str, object]] = {"3.0": {**schema_v30}}
    for version, schema in (("3.1", schema_v31), ("3.2", schema_v32)):
        definitions = schema["$defs"] | {"schema": _ANY_SCHEMA}
        schemas[version] = {**schema, "$defs": definitions}
    return {version: create_validator(schema) for version, schema in schemas.items()}


def _refuse(source: Source, place: Pointer, message: str) -> NoReturn:
    where = f" {at(place)}:" if place else ""
    line, _column = source.positions[place]
    raise DocumentError(f"{source.name}: line {line}:{where} {message}")


def _in_words(fault: _Fault) -> tuple[Pointer, str]:
    """Place and message of the innermost fault, with the value that was probably meant."""
    leaves = _innermost(fault)
    # The keywords whose messages tell an author what to change.
    helpful = [
        leaf for leaf in leaves if leaf.validator in ("enum", "required", "type")
    ]
    first = (helpful or leaves)[0]
    message = first.message
    if first.validator == "enum":
        allowed: list[object] = []
        for leaf in helpful:
            if leaf.validator == "enum":
                allowed += leaf.validator_value
        message = (
            f"{first.instance!r} is not allowed here; {_meant(first.instance, allowed)}"
        )
    return tuple(map(str, first.absolute_path)), message[:LONGEST_CAUSE]


def _innermost(fault: _Fault) -> list[_Fault]:
    """The faults from which this one follows, at the deepest place."""
    leaves = _leaves(fault)
    deepest = max(len(leaf.absolute_path) for leaf in leaves)
    return [leaf for leaf in leaves if len(leaf.absolute_path) == deepest]


def _leaves(fault: _Fault) -> list[_Fault]:
    """The faults from which this one follows. Of alternatives, those of the ones that were probably meant."""
    by_alternative: dict[str | int, list[_Fault]] = {}
    for inner in fault.context or ():
        alternative = by_alternative.setdefault(inner.relative_schema_path[0], [])
        alternative += _leaves(inner)
    if not by_alternative:
        return [fault]
    closest = min(map(_distance, by_alternative.values()))
    return [
        leaf
        for leaves in by_alternative.values()
        if _distance(leaves) == closest
        for leaf in leaves
    ]


def _distance(faults: list[_Fault]) -> tuple[bool, int, int]:
    """How far a value with these faults is from an alternative: whether it is no reference, how many, how many in what names its kind."""
    is_no_reference = any(fault.validator_value == ["$ref"] for fault in faults)
    of_kind = sum([*fault.absolute_path][-1:] == ["in"] for fault in faults)
    return is_no_reference, len(faults), of_kind


def _meant(value: object, allowed: list[object]) -> str:
    near = difflib.get_close_matches(str(value), map(str, allowed), 1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"use one of {allowed}"


def references(value: object, place: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Every reference outside example data, with its place."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, (*place, str(index)))
    elif isinstance(value, dict):
        keys_are_names = place[-1:] == ("properties",)
        if isinstance(value.get("$ref"), str) and not keys_are_names:
            yield place, value["$ref"]
        for key, item in value.items():
            if keys_are_names or key not in _DATA_KEYWORDS:
                yield from references(item, (*place, key))
