"""Every single-point change of a document, each with what a comparison must say about it: worked out from the document alone."""

from __future__ import annotations

from collections.abc import Iterator

from scripts import document as oas
from scripts.document import Json, Pointer
from scripts.mutations import messages, operations, schemas, whole
from scripts.mutations.base import Mutant, Mutator, to_text

__all__ = ["Mutant", "derive", "to_text"]


def derive(document: Json) -> Iterator[Mutant]:
    """All mutants of a document."""
    mutator = Mutator(document)
    yield from schemas.derive(mutator)
    yield from _of_operations(mutator)
    yield from whole.document(mutator)
    yield from whole.components(mutator)


def _of_operations(mutator: Mutator) -> Iterator[Mutant]:
    for path, method, _item, operation in oas.operations(mutator.document):
        place: Pointer = ("paths", path, method)
        yield from operations.operation(mutator, place, operation)
        for index, parameter in enumerate(operation.get("parameters", ())):
            if "$ref" not in parameter:
                yield from messages.parameter(
                    mutator, (*place, "parameters", str(index)), parameter
                )
        if "requestBody" in operation and "$ref" not in operation["requestBody"]:
            yield from messages.body(mutator, place, operation)
        yield from messages.responses(mutator, place, operation)
