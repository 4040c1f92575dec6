"""The accepted contract as a committed file: the document without a word of prose, in a fixed order, with the Python names that callers
write. It is read by the same reader as the vendor's document, and a review shows a change of contract as a change of a line or two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from scripts import document as oas
from scripts.contract import from_document, keywords
from scripts.contract.model import Contract, Json, Names, Schema
from scripts.tree import ROOT

PATH = ROOT / "contract.lock"
_NAMES = "x-python-names"
_VERSION = "x-accepted-in-version"
_HEADER = """\
# The accepted contract: what callers of the client rely on. Written by `make accept`, never by hand; `make drift` says what differs
# from openapi.yaml.
"""

# Keys that hold names or data below them, not keywords.
_MAPS = {"properties", "patternProperties", "content", "headers", "variables", "scopes"}
_DATA = {"default", "const"}


def text(document: Json, names: Names, version: str) -> str:
    """The lock file for a document, with the version of the package that it is accepted in."""
    held = _pruned(document) | {_NAMES: _telling(names), _VERSION: version}
    body = yaml.dump(
        held, Dumper=_Dumper, sort_keys=True, width=100, allow_unicode=True
    )
    return f"{_HEADER}{body}"


def read(path: Path = PATH) -> tuple[Contract, str]:
    """The accepted contract and the version it was accepted in. Raises DocumentError."""
    held = oas.read(path)
    contract = from_document.read(held)
    names = held.get(_NAMES, {})
    contract.names = Names(
        types=dict(names.get("types", {})),
        fields=dict(_wire_names(contract)) | names.get("fields", {}),
        operations=dict(names.get("operations", {})),
    )
    return contract, str(held.get(_VERSION, ""))


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _telling(names: Names) -> Json:
    """Names of fields only where they differ from those in the document."""
    fields = {p: n for p, n in names.fields.items() if not p.endswith(f".{n}")}
    return {"types": names.types, "fields": fields, "operations": names.operations}


def _wire_names(contract: Contract) -> Iterator[tuple[str, str]]:
    waiting: list[Schema] = list(contract.types.values())
    for operation in contract.operations.values():
        waiting += [p.schema for p in operation.parameters.values()]
        for content in (operation.body, *operation.responses.values()):
            waiting += [s for s in content.types.values() if s] if content else []
    while waiting:
        schema = waiting.pop()
        yield from ((f"{schema.place}.{wire}", wire) for wire in schema.fields)
        waiting += from_document.inner(schema)


def _pruned(document: Json) -> Json:
    """The document without prose, and without components that nothing uses."""
    paths = {
        path: _path(item)
        for path, item in document.get("paths", {}).items()
        if not path.startswith("x-")
    }
    result: Json = {"openapi": document["openapi"], "paths": paths}
    for key in ("servers", "security"):
        if document.get(key):
            result[key] = _stripped(document[key])
    result["components"] = _components(document, result)
    return result


def _path(item: Json) -> Json:
    kept = {}
    for key, held in item.items():
        if key in oas.METHODS:
            operation = _stripped(held)
            operation["responses"] = {
                status: _stripped(response)
                for status, response in held.get("responses", {}).items()
                if not status.startswith("x-")
            }
            if held.get("tags"):
                operation["tags"] = held["tags"][:1]
            kept[key] = operation
        elif key in keywords.PATH:
            kept[key] = _stripped(held)
    return kept


def _components(document: Json, result: Json) -> Json:
    declared = document.get("components", {})
    kept: Json = {}
    waiting = list(_references(result))
    while waiting:
        ref = waiting.pop()
        kind, _slash, name = ref.removeprefix("#/components/").partition("/")
        name = name.partition("/")[0].replace("~1", "/").replace("~0", "~")
        if name in kept.get(kind, {}) or name not in declared.get(kind, {}):
            continue
        kept.setdefault(kind, {})[name] = _stripped(declared[kind][name])
        waiting += _references(kept[kind][name])
    used = {name for requirement in _requirements(result) for name in requirement}
    schemes = declared.get("securitySchemes", {})
    if used & schemes.keys():
        kept["securitySchemes"] = {
            n: _stripped(schemes[n]) for n in used & schemes.keys()
        }
    return kept


def _requirements(result: Json) -> Iterator[Json]:
    yield from result.get("security", ())
    for *_place, operation in oas.operations(result):
        yield from operation.get("security", ())


def _references(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for held in value.values():
            yield from _references(held)
    elif isinstance(value, list):
        for held in value:
            yield from _references(held)


def _stripped(value: Json, *, names: bool = False) -> Json:
    """Without prose, lists that have no order sorted. Keys are names, not keywords, where `names` says so."""
    if isinstance(value, list):
        listed = [_stripped(item) for item in value]
        if all(isinstance(i, dict) and ("name" in i or "$ref" in i) for i in listed):
            listed.sort(
                key=lambda i: (i.get("in", ""), i.get("name", i.get("$ref", "")))
            )
        return listed
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, held in value.items():
        if names:
            kept[key] = _stripped(held)
        elif key in _DATA:
            kept[key] = held
        elif key in ("required", "enum") and isinstance(held, list):
            kept[key] = sorted(held, key=lambda v: (str(type(v)), str(v)))
        elif key not in keywords.HARMLESS and not key.startswith("x-"):
            kept[key] = _stripped(held, names=key in _MAPS)
    return kept
