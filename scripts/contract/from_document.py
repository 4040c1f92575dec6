"""The contract that a document states: from the document alone, in the document's own words, with no code of the generator."""

from __future__ import annotations

import re
from collections import Counter

from scripts import document as oas
from scripts.contract import keywords, schemas
from scripts.contract.model import (
    Content,
    Contract,
    Json,
    Operation,
    Parameter,
    Requirement,
    Schema,
    canonical,
)
from scripts.document import DocumentError

# What reading trips over where a list stands for a mapping, or a number for text.
MALFORMED = (
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)
_STATUS = re.compile(r"^(?:[1-5](?:\d\d|XX)|default)$")
_STYLE = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


class _Types(dict[str, Schema]):
    """Components, read when something reaches them: what nothing uses is no part of the contract."""

    def __init__(self, document: Json) -> None:
        super().__init__()
        self._document = document

    def __missing__(self, name: str) -> Schema:
        ref = name if name.startswith("#/") else f"#/components/schemas/{name}"
        self[name] = schemas.read(oas.lookup(self._document, ref), name)
        return self[name]


def read(document: Json) -> Contract:
    """The contract of an OpenAPI 3.0 or 3.1 document.

    Raises:
        DocumentError: It is none, or says what this reader does not understand; the message names the place.
    """
    try:
        return _read(document)
    except DocumentError as error:
        raise DocumentError(" ".join(str(error).split())) from None
    except MALFORMED as error:
        raise DocumentError(
            f"not shaped as OpenAPI documents are ({type(error).__name__}: {error})"
        ) from None


def _read(document: Json) -> Contract:
    _check_document(document)
    components = document.get("components") or {}
    contract = Contract(
        servers=_servers(document.get("servers"), "servers") or ["/"],
        security=_security(document.get("security"), "security") or [],
        schemes={
            name: _scheme(document, scheme, f"security scheme {name}")
            for name, scheme in (components.get("securitySchemes") or {}).items()
        },
        operations={},
        types=_Types(document),
        declared=frozenset(components.get("schemas") or {}),
        shared={
            name: (str(held.get("in")), str(held.get("name")))
            for name, held in (components.get("parameters") or {}).items()
        },
    )
    ids = Counter(o.get("operationId") for *_, o in oas.operations(document))
    for path, method, item, raw in oas.operations(document):
        operation = _Reader(document, path, method, raw, ids).operation(item)
        contract.operations[operation.name] = operation
    reach(contract)
    return contract


def _check_document(document: Json) -> None:
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(version, str) or not version.startswith(("3.0", "3.1")):
        raise DocumentError("this is no OpenAPI 3.0 or 3.1 document")
    keywords.check(
        document,
        "the document",
        keywords.DOCUMENT,
    )
    components = document.get("components") or {}
    keywords.check(components, "components", keywords.COMPONENTS)
    for kind, held in components.items():
        if kind in keywords.COMPONENTS:
            keywords.mapping(held, f"components/{kind}")
    for path, item in keywords.mapping(document.get("paths", {}), "paths").items():
        if path.startswith("x-"):
            continue
        keywords.check(item, path, keywords.PATH)
        for method in oas.METHODS:
            if method in item:
                keywords.check(
                    item[method],
                    f"{method.upper()} {path}",
                    keywords.OPERATION,
                    keywords.OPAQUE_OPERATION,
                )


def reach(contract: Contract) -> None:
    """Read every component that an operation reaches, so that whatever stands in its way shows."""
    waiting: list[Schema] = []
    for operation in contract.operations.values():
        waiting += [p.schema for p in operation.parameters.values()]
        for content in (operation.body, *operation.responses.values()):
            waiting += [s for s in (content.types if content else {}).values() if s]
    seen: set[str] = set()
    while waiting:
        schema = waiting.pop()
        if schema.ref and schema.ref not in seen:
            seen.add(schema.ref)
            waiting.append(contract.types[schema.ref])
        waiting += inner(schema)


def inner(schema: Schema) -> list[Schema]:
    """The schemas directly inside a schema."""
    found = [*schema.fields.values(), *schema.members, *schema.variants]
    found += [s for s in (schema.items, schema.additional) if isinstance(s, Schema)]
    return found


def _servers(raw: Json, place: str) -> list[str] | None:
    if not raw:
        return None
    found = []
    for server in keywords.sequence(raw, place):
        keywords.check(server, place, frozenset({"url", "variables", "name"}))
        text = keywords.text(server.get("url"), place)
        variables = server.get("variables") or {}
        held = {
            name: {"default": v.get("default"), "enum": v.get("enum")}
            for name, v in variables.items()
        }
        found.append(f"{text} {canonical(held)}" if held else text)
    return found


def _security(raw: Json, place: str) -> list[Requirement] | None:
    if raw is None:
        return None
    return [
        {name: tuple(sorted(scopes or ())) for name, scopes in alternative.items()}
        for alternative in keywords.sequence(raw, place)
    ]


def _scheme(document: Json, raw: Json, place: str) -> str:
    """What a security scheme demands, in words: kind, place and name."""
    scheme = keywords.mapping(oas.resolved(document, raw), place)
    kind = scheme.get("type")
    if kind == "apiKey":
        return f"API key in {scheme.get('in')} {scheme.get('name')}"
    if kind == "http":
        return f"HTTP {str(scheme.get('scheme')).lower()}"
    rest = {
        key: value
        for key, value in scheme.items()
        if key not in keywords.HARMLESS and not key.startswith("x-")
    }
    return canonical(rest)


class _Reader:
    """Reads one operation."""

    def __init__(
        self, document: Json, path: str, method: str, raw: Json, ids: Counter[str]
    ) -> None:
        self.document, self.path, self.method, self.raw = document, path, method, raw
        self.id = raw.get("operationId")
        unique = self.id is not None and ids[self.id] == 1
        self.name = self.id if unique else f"{method.upper()} {path}"

    def operation(self, item: Json) -> Operation:
        raw, name = self.raw, self.name
        tags = raw.get("tags") or ["default"]
        parameters = {
            (p.where, p.name): p
            for holder, of in ((item, self.path), (raw, name))
            for p in self.parameters(holder, of)
        }
        body = raw.get("requestBody")
        responses = keywords.mapping(raw.get("responses") or {}, name)
        if self.id is not None:
            keywords.text(self.id, f"operation id of {name}")
        return Operation(
            name=name,
            id=self.id,
            method=self.method,
            path=self.path,
            tag=keywords.text(tags[0], f"tags of {name}"),
            parameters=parameters,
            body=None if body is None else self.body(body),
            responses={
                self.status(status): self.response(status, response)
                for status, response in responses.items()
                if not status.startswith("x-")
            },
            security=_security(raw.get("security"), f"security of {name}"),
            servers=_servers(
                raw.get("servers") or item.get("servers"), f"servers of {name}"
            ),
            opaque=keywords.check(
                raw, name, keywords.OPERATION, keywords.OPAQUE_OPERATION
            ),
        )

    def status(self, status: str) -> str:
        if not _STATUS.match(status):
            raise DocumentError(f"response {status} of {self.name}: no HTTP status")
        return status

    def parameters(self, holder: Json, of: str) -> list[Parameter]:
        listed = keywords.sequence(
            holder.get("parameters") or [], f"parameters of {of}"
        )
        return [self.parameter(raw, of) for raw in listed]

    def parameter(self, holder: Json, of: str) -> Parameter:
        raw = oas.resolved(self.document, holder)
        keywords.mapping(raw, f"parameters of {of}")
        where, name = str(raw.get("in")), str(raw.get("name"))
        place = f"{where} parameter {name} of {of}"
        if "$ref" in holder:
            place = f"{where} parameter {name} ({_last(holder['$ref'])})"
        if where not in _STYLE:
            raise DocumentError(f"{place}: {where!r} is no place for a parameter")
        opaque = keywords.check(
            raw, place, keywords.PARAMETER, keywords.OPAQUE_PARAMETER
        )
        style = raw.get("style", _STYLE[where])
        if style != _STYLE[where]:
            opaque["style"] = canonical(style)
        if raw.get("explode", style == "form") != (style == "form"):
            opaque["explode"] = canonical(raw["explode"])
        return Parameter(
            place=place,
            where=where,
            name=name,
            required=raw.get("required") is True,
            schema=schemas.read(raw.get("schema", {}), place),
            opaque=opaque,
            listed_at=of,
            shared=_last(holder["$ref"]) if "$ref" in holder else "",
        )

    def body(self, holder: Json) -> Content:
        raw = oas.resolved(self.document, holder)
        place = f"body of {self.name}"
        if "$ref" in holder:
            place = f"request body {_last(holder['$ref'])}"
        keywords.check(raw, place, keywords.BODY)
        content = self.content(raw, place)
        content.required = raw.get("required") is True
        return content

    def response(self, status: str, holder: Json) -> Content:
        raw = oas.resolved(self.document, holder)
        place = f"response {status} of {self.name}"
        if isinstance(raw, dict) and "$ref" in holder:
            place = f"response {_last(holder['$ref'])}"
        opaque = keywords.check(raw, place, keywords.RESPONSE, keywords.OPAQUE_RESPONSE)
        content = self.content(raw, place)
        content.opaque.update(opaque)
        return content

    def content(self, raw: Json, place: str) -> Content:
        types: dict[str, Schema | None] = {}
        opaque: dict[str, str] = {}
        held = keywords.mapping(raw.get("content") or {}, place)
        for content_type, media in held.items():
            where = place if len(held) == 1 else f"{place} as {content_type}"
            opaque |= keywords.check(
                media, where, keywords.MEDIA, keywords.OPAQUE_MEDIA
            )
            schema = media.get("schema")
            types[content_type] = (
                None if schema is None else schemas.read(schema, where)
            )
        return Content(place, types, opaque=opaque)


def _last(ref: str) -> str:
    return ref.rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~")
