"""Read what the service calls: webhooks, and the callbacks of operations. They are operations in which the caller answers."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.common.errors import DocumentError
from scripts.contract.model import LeftOut, Operation
from scripts.contract.names import Names
from scripts.contract.reading.operations import OperationReader, OperationSource
from scripts.contract.reading.untyped import MALFORMED, mapping_or_empty, reason
from scripts.intake.document import METHODS
from scripts.intake.yaml_text import Pointer


class IncomingReader:
    """Reads the webhooks and callbacks of one document. One that cannot be read is left out and stops no other.

    Attributes:
        operations: What was read, by key.
        left_out: What was not, by key.
    """

    def __init__(self, reader: OperationReader) -> None:
        self._reader = reader
        self.operations: dict[str, Operation] = {}
        self.left_out: dict[str, LeftOut] = {}
        self._stated: dict[str, object] = {}  # what the document says, by key

    def webhooks(self, stated: object) -> None:
        """Read the webhooks of a document."""
        for name, item in mapping_or_empty(stated).items():
            if not name.startswith("x-"):
                self._item(f"webhook {name}", name, "", item, ("webhooks", name))

    def callbacks(self, operation: Operation, stated: object) -> None:
        """Read the callbacks of an operation."""
        owner = operation.id or operation.key
        for name, callback in mapping_or_empty(stated).items():
            place = (*operation.at, "callbacks", name)
            for expression, item, item_place in self._expressions(callback, place):
                key = f"callback {name} of {owner}"
                if expression:
                    key = f"callback {name} ({expression}) of {owner}"
                path = f"{name} {expression}".strip()
                self._item(key, path, operation.key, item, item_place)

    def leave_out(self, key: str, why: str) -> None:
        """Leave out an operation that was read."""
        place = self.operations.pop(key).at
        self._leave_out(key, place, why, self._stated[key])

    def _expressions(
        self, callback: object, place: Pointer
    ) -> Iterator[tuple[str, object, Pointer]]:
        """The path items of a callback. The expression of the only one names nothing: it is an address that the caller gives."""
        try:
            items = self._reader.parts.follow(callback, place)
        except DocumentError:
            return
        stated = {
            expression: item
            for expression, item in items.content.items()
            if not expression.startswith("x-") and item
        }
        for expression, item in stated.items():
            name = ""
            if len(stated) > 1:
                name = expression
            yield name, item, (*items.place, expression)

    def _item(
        self, key: str, path: str, owner: str, stated: object, place: Pointer
    ) -> None:
        """Read the operations of a path item. Services call with POST, so only other methods appear in the key."""
        try:
            item = self._reader.parts.follow(stated, place)
        except DocumentError as error:
            self._leave_out(key, place, str(error), stated)
            return
        for method in METHODS:
            if method not in item.content:
                continue
            raw = item.content[method]
            operation_key = key
            if method != "post":
                operation_key = f"{key} ({method.upper()})"
            operation_place = (*item.place, method)
            source = OperationSource(operation_key, operation_place, item.content, raw)
            try:
                operation = self._reader.incoming(source, path, owner)
            except (DocumentError, *MALFORMED) as error:
                why = reason(error, operation_place)
                self._leave_out(operation_key, operation_place, why, raw)
            else:
                self.operations[operation_key] = operation
                self._stated[operation_key] = raw

    def _leave_out(self, key: str, place: Pointer, why: str, stated: object) -> None:
        content = self._reader.parts.content(stated)
        self.left_out[key] = LeftOut(key, place, why, content)


def names_of(operations: dict[str, Operation]) -> Names:
    """Nothing that the service calls has a name in Python."""
    parameters = {}
    for operation in operations.values():
        for parameter in operation.parameters:
            parameters[operation.at, parameter.where, parameter.name] = ""
    return Names(
        packages={operation.tag: "" for operation in operations.values()},
        parameters=parameters,
    )
