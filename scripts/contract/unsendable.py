"""What generated code takes and would send, or read, otherwise than the document says: nothing fails, so only this list can stop it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from scripts.contract.from_document import inner
from scripts.contract.model import ARRAY, Contract, Operation, Schema
from scripts.contract.view import view

Cause = tuple[str, str]

_NO_CODE = "is nothing that generated code can express"
_FORM = "application/x-www-form-urlencoded"
_KEY_IN_HEADER = "API key in header "


def servers(document: Contract) -> Iterator[Cause]:
    """The client takes no address with a secret or a query in it, nor one that is no URL."""
    url = document.servers[0]
    try:
        parts = urlsplit(url)
        odd = "@" in parts.netloc or parts.query or parts.fragment
        if parts.port == 0:
            raise ValueError
    except ValueError:
        yield "servers", f"{url!r} is no URL"
        return
    if odd:
        yield "servers", f"user information, query or fragment in a server {_NO_CODE}"


def operation(operation: Operation, document: Contract) -> Iterator[Cause]:
    """Parts of a call that would not arrive as they are declared."""
    _root, *segments = operation.path.split("/")
    if {".", ".."} & {*segments} or "" in segments[:-1]:
        yield operation.name, f"'.', '..' or nothing between slashes {_NO_CODE}"
    yield from _headers(operation, document)
    yield from _queries(operation, document)
    for content in (operation.body, *operation.responses.values()):
        for content_type, schema in (content.types if content else {}).items():
            if schema is not None:
                yield from _content(content_type, schema, document)


def _headers(operation: Operation, document: Contract) -> Iterator[Cause]:
    demanded = document.security if operation.security is None else operation.security
    schemes = [document.schemes.get(n, "") for names in demanded for n in names]
    keys = {s.removeprefix(_KEY_IN_HEADER).lower() for s in schemes}
    for parameter in operation.parameters.values():
        if parameter.where == "header" and parameter.name.lower() in keys:
            yield parameter.place, "a header that carries the key of the authentication"


def _queries(operation: Operation, document: Contract) -> Iterator[Cause]:
    names: dict[str, str] = {}
    for parameter in operation.parameters.values():
        if parameter.where != "query":
            continue
        seen = view(parameter.schema, document.types)
        for name in seen.fields if seen.is_object else [parameter.name]:
            other = names.setdefault(name, parameter.place)
            if other != parameter.place:
                yield parameter.place, f"{name!r} is in the query already: {other}"
        parts = _parts(parameter.schema, document) if seen.is_object else []
        for part in parts or [parameter.schema]:
            yield from _nested(part, document, "a query")


def _content(content_type: str, schema: Schema, document: Contract) -> Iterator[Cause]:
    if content_type.startswith("text/"):
        seen = view(schema, document.types)
        if seen.variants or seen.kind not in ("any", "string"):
            yield schema.place, f"{seen.kind} as {content_type} {_NO_CODE}"
    if content_type == _FORM:
        for part in _parts(schema, document):
            yield from _nested(part, document, "a form")
    if re.fullmatch(r"application/(.*\+)?json( *;.*)?", content_type):
        for part in _reached(schema, document):
            if part.format == "binary":
                yield part.place, f"format binary in JSON {_NO_CODE}"


def _parts(schema: Schema, document: Contract) -> list[Schema]:
    """The schemas of what an object holds."""
    seen = view(schema, document.types)
    parts = [s for held in seen.fields.values() for *_, s in held]
    return parts + [says for _at, says in seen.additional if isinstance(says, Schema)]


def _nested(
    schema: Schema, document: Contract, of: str, *, inside: bool = False
) -> Iterator[Cause]:
    """What is no plain value, nor a list of plain values."""
    seen = view(schema, document.types)
    if seen.is_object or (inside and seen.kind == ARRAY):
        yield schema.place, f"{seen.kind} inside {of} {_NO_CODE}"
    elif seen.items is not None:
        yield from _nested(seen.items, document, of, inside=True)
    for variant in seen.variants:
        yield from _nested(variant, document, of, inside=inside)


def _reached(schema: Schema, document: Contract) -> Iterator[Schema]:
    waiting, seen = [schema], set[int]()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        waiting += inner(part)
        if part.ref:
            waiting.append(document.types[part.ref])
