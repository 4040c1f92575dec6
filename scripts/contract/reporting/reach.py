"""Which operations a shared part of a contract reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from scripts.contract.model import Contract, Operation, sent_and_received
from scripts.contract.schema import Reference, Schema, walk
from scripts.intake.yaml_text import Pointer

# ("components", kind, name)
_COMPONENT = 3


class Reach:
    """Operations by the components that they use, directly or through other components."""

    def __init__(self, contract: Contract) -> None:
        self._used_by: dict[Pointer, set[Pointer]] = defaultdict(set)
        self._operations: dict[Pointer, set[str]] = defaultdict(set)
        self._add(contract)
        if contract.incoming is not None:
            self._add(contract.incoming)

    def _add(self, contract: Contract) -> None:
        for schema in contract.types.values():
            for used in _components([schema], contract):
                self._used_by[used].add(schema.pointer[:_COMPONENT])
        for operation in contract.operations.values():
            for place in _places(operation, contract):
                self._operations[place].add(operation.key)

    def operations(self, place: Pointer) -> set[str]:
        """Keys of the operations that use the component in which a place is."""
        keys: set[str] = set()
        waiting = [place[:_COMPONENT]]
        seen = {*waiting}
        while waiting:
            component = waiting.pop()
            keys |= self._operations.get(component, set())
            for user in self._used_by.get(component, set()) - seen:
                seen.add(user)
                waiting.append(user)
        return keys


def _components(schemas: Iterable[Schema], contract: Contract) -> Iterator[Pointer]:
    """The places of the types that schemas refer to, or extend."""
    for schema in walk(schemas):
        keys = list(schema.bases)
        if isinstance(schema, Reference):
            keys.append(schema.key)
        for key in keys:
            if key in contract.types:
                yield contract.types[key].pointer[:_COMPONENT]


def _places(operation: Operation, contract: Contract) -> Iterator[Pointer]:
    """The components that an operation itself uses."""
    schemas = [schema for schema, _sent in sent_and_received(operation)]
    for parameter in operation.parameters:
        yield parameter.at[:_COMPONENT]
    if operation.body:
        yield operation.body.at[:_COMPONENT]
    for response in operation.responses.values():
        yield response.at[:_COMPONENT]
        for header in response.headers.values():
            yield header.pointer[:_COMPONENT]
            schemas.append(header)
    for requirement in operation.security:
        for name in requirement:
            yield ("components", "securitySchemes", name)
    yield from _components(schemas, contract)
