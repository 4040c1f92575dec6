"""What a document says and no generated code can express, with its place: only this list can stop it from being lost without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scripts.contract import unsendable
from scripts.contract.from_document import inner
from scripts.contract.model import Contract, Operation, Schema
from scripts.contract.view import view
from scripts.contract.vocabulary import folded

_NO_CODE = "is nothing that generated code can express"

# Names that the generated modules need for themselves: a field, parameter or type of the name breaks them, or is broken by them.
_OWN_FIELDS = {
    "additional_keys",
    "additional_properties",
    "from_dict",
    "to_dict",
    "to_multipart",
}
_OWN_ARGUMENTS = {"body", "cookies", "headers", "params"}
_OWN_CLASSES = {
    "Any",
    "AuthenticatedClient",
    "Client",
    "File",
    "HTTPStatus",
    "Response",
    "UNSET",
    "UUID",
    "Unset",
}


def find(document: Contract) -> list[str]:
    """A sentence for each construct that stands in the way of generation, components that nothing uses included."""
    found = [f"{place}: {cause}" for place, cause in _causes(document)]
    return sorted(set(found))


def _causes(document: Contract) -> Iterator[tuple[str, str]]:
    if "{" in document.servers[0]:
        yield "servers", f"a variable in {document.servers[0]!r} {_NO_CODE}"
    else:
        yield from unsendable.servers(document)
    yield from _names(document)
    for operation in document.operations.values():
        yield from _of_operation(operation, document)
        yield from unsendable.operation(operation, document)
    yield from _of_schemas(document)


def _names(document: Contract) -> Iterator[tuple[str, str]]:
    """Names that generated code takes for itself, or takes for one another."""
    modules: dict[tuple[str, str], str] = {}
    for operation in document.operations.values():
        key = folded(operation.tag), folded(operation.id or operation.name)
        other = modules.setdefault(key, operation.name)
        if other != operation.name:
            yield operation.name, f"the same operation id as {other}"
    classes: dict[str, str] = {}
    for name in sorted(document.declared):
        seen = view(document.types[name], document.types)
        if not seen.name:
            continue
        other = classes.setdefault(folded(name), name)
        if other != name:
            yield name, f"the same name as {other}, to a generator of classes"
        if name in _OWN_CLASSES:
            yield name, "a name that generated code uses for something else"


def _of_operation(
    operation: Operation, document: Contract
) -> Iterator[tuple[str, str]]:
    place = operation.name
    yield from ((place, f"the keyword {key!r} {_NO_CODE}") for key in operation.opaque)
    if operation.servers not in (None, document.servers):
        yield place, f"servers of its own {_NO_CODE}"
    if cause := _security(operation, document):
        yield place, f"{cause} {_NO_CODE}"
    variables = re.findall(r"\{([^{}]*)\}", operation.path)
    declared = [name for where, name in operation.parameters if where == "path"]
    if sorted(variables) != sorted(declared):
        yield place, "the path's variables are not its path parameters"
    for parameter in operation.parameters.values():
        for key in parameter.opaque:
            yield parameter.place, f"the keyword {key!r} {_NO_CODE}"
        if folded(parameter.name) in _OWN_ARGUMENTS:
            yield parameter.place, "a name that generated code uses for something else"
    for content in (operation.body, *operation.responses.values()):
        if content is None:
            continue
        for key in content.opaque:
            yield content.place, f"the keyword {key!r} {_NO_CODE}"
        if len(content.types) > 1:
            kinds = ", ".join(sorted(content.types))
            yield content.place, f"a choice of content types ({kinds}) {_NO_CODE}"


def _of_schemas(document: Contract) -> Iterator[tuple[str, str]]:
    waiting = [document.types[name] for name in sorted(document.declared)]
    waiting += _travelling(document)
    seen: set[int] = set()
    members: set[int] = set()  # of allOf: what they require, another may declare
    while waiting:
        schema = waiting.pop()
        if id(schema) in seen:
            continue
        seen.add(id(schema))
        members |= {id(member) for member in schema.members}
        for key in schema.opaque:
            yield schema.place, f"the keyword {key!r} {_NO_CODE}"
        for name in _OWN_FIELDS & schema.fields.keys():
            yield f"{schema.place}.{name}", "a name that generated code uses for itself"
        whole = view(schema, document.types)
        if whole.fields and whole.variants:
            yield schema.place, f"oneOf or anyOf beside properties {_NO_CODE}"
        elif id(schema) not in members:
            for name in whole.required.keys() - whole.fields.keys():
                yield schema.place, f"{name!r} is required and not declared"
        waiting += inner(schema)


def _travelling(document: Contract) -> list[Schema]:
    found: list[Schema] = []
    for operation in document.operations.values():
        found += [p.schema for p in operation.parameters.values()]
        for content in (operation.body, *operation.responses.values()):
            found += [s for s in content.types.values() if s] if content else []
    return found


def _security(operation: Operation, document: Contract) -> str:
    demanded = document.security if operation.security is None else operation.security
    for alternative in demanded:
        for name in alternative:
            scheme = document.schemes.get(name, "")
            if not scheme.startswith("API key in header ") or len(alternative) > 1:
                return f"the authentication {name!r}"
    if len([alternative for alternative in demanded if alternative]) > 1:
        return "a choice of authentications"
    return ""
