"""What a document says and no generated code can express, with its place: only this list can stop it from being lost without a word."""

from __future__ import annotations

from scripts.contract.from_document import inner
from scripts.contract.model import Contract, Operation, Schema
from scripts.contract.view import view


def find(document: Contract) -> list[str]:
    """A line for each construct that stands in the way of generation, components that nothing uses included."""
    found = []
    if len({*document.servers}) and "{" in document.servers[0]:
        found.append(f"servers: a variable in {document.servers[0]!r}")
    for operation in document.operations.values():
        found += [f"{operation.name}: the keyword {key!r}" for key in operation.opaque]
        if operation.servers not in (None, document.servers):
            found.append(f"{operation.name}: servers of its own")
        found += _security(operation, document)
        for parameter in operation.parameters.values():
            found += [f"{parameter.place}: the keyword {k!r}" for k in parameter.opaque]
        for content in (operation.body, *operation.responses.values()):
            found += (
                [f"{content.place}: the keyword {k!r}" for k in content.opaque]
                if content
                else []
            )
        for content in operation.responses.values():
            if len(content.types) > 1:
                found.append(f"{content.place}: {len(content.types)} content types")
    return sorted({*found, *_of_schemas(document)})


def _of_schemas(document: Contract) -> list[str]:
    found = []
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
        found += [f"{schema.place}: the keyword {key!r}" for key in schema.opaque]
        if id(schema) not in members:
            whole = view(schema, document.types)
            found += [
                f"{schema.place}: {name!r} is required and not declared"
                for name in whole.required
                if name not in whole.fields
            ]
        waiting += inner(schema)
    return found


def _travelling(document: Contract) -> list[Schema]:
    found: list[Schema] = []
    for operation in document.operations.values():
        found += [p.schema for p in operation.parameters.values()]
        for content in (operation.body, *operation.responses.values()):
            found += [s for s in content.types.values() if s] if content else []
    return found


def _security(operation: Operation, document: Contract) -> list[str]:
    demanded = document.security if operation.security is None else operation.security
    for alternative in demanded:
        for name in alternative:
            scheme = document.schemes.get(name, "")
            if not scheme.startswith("API key in header ") or len(alternative) > 1:
                return [f"{operation.name}: the authentication {name!r}"]
    if len([alternative for alternative in demanded if alternative]) > 1:
        return [f"{operation.name}: a choice of authentications"]
    return []
