"""Read what the service calls: webhooks, and the callbacks of operations. They are operations in which the caller answers."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.common.errors import DocumentError
from scripts.contract.model import LeftOut, Operation
from scripts.contract.names import Names
from scripts.contract.reading.nodes import MALFORMED, reason
from scripts.contract.reading.operations import OperationReader
from scripts.intake.document import METHODS
from scripts.intake.yaml_text import Json, Pointer


class IncomingReader:
    """Reads the webhooks and callbacks of one document. One that cannot be read is left out and stops no other."""

    def __init__(self, reader: OperationReader) -> None:
        self._reader = reader
        self.operations: dict[str, Operation] = {}
        self.left_out: dict[str, LeftOut] = {}

    def webhooks(self, stated: Json) -> None:
        """Read the webhooks of a document."""
        if not isinstance(stated, dict):
            return
        for name, item in stated.items():
            if not name.startswith("x-"):
                self._item(f"webhook {name}", name, "", item, ("webhooks", name))

    def callbacks(self, operation: Operation, stated: Json) -> None:
        """Read the callbacks of an operation."""
        if not isinstance(stated, dict):
            return
        owner = operation.id or operation.key
        for name, callback in stated.items():
            place = (*operation.at, "callbacks", name)
            for expression, item, there in self._expressions(callback, place):
                key = f"callback {name} of {owner}"
                if expression:
                    key = f"callback {name} ({expression}) of {owner}"
                path = f"{name} {expression}".strip()
                self._item(key, path, operation.key, item, there)

    def _expressions(
        self, callback: Json, place: Pointer
    ) -> Iterator[tuple[str, Json, Pointer]]:
        """The path items of a callback. The expression of the only one names nothing: it is an address that the caller gives."""
        try:
            items, place, _component = self._reader.parts.follow(callback, place)
        except DocumentError:
            return
        stated = {k: v for k, v in items.items() if not k.startswith("x-") and v}
        for expression, item in stated.items():
            name = expression if len(stated) > 1 else ""
            yield name, item, (*place, expression)

    def _item(
        self, key: str, path: str, owner: str, item: Json, place: Pointer
    ) -> None:
        """Read the operations of a path item; POST is what a service calls with, so only other methods are named."""
        try:
            held, place, _component = self._reader.parts.follow(item, place)
        except DocumentError as error:
            self._leave_out(key, place, error, item)
            return
        for method in METHODS:
            if method not in held:
                continue
            whole = key if method == "post" else f"{key} ({method.upper()})"
            there = (*place, method)
            try:
                operation = self._reader.incoming(
                    whole, there, path, owner, held, held[method]
                )
            except (DocumentError, *MALFORMED) as error:
                self._leave_out(whole, there, error, held[method])
            else:
                self.operations[whole] = operation

    def _leave_out(
        self, key: str, place: Pointer, error: Exception, stated: Json
    ) -> None:
        content = self._reader.parts.content(stated)
        self.left_out[key] = LeftOut(key, place, reason(error, place), content)


def names_of(operations: dict[str, Operation]) -> Names:
    """Nothing that the service calls has a name in Python."""
    parameters = {}
    for operation in operations.values():
        for parameter in operation.parameters:
            parameters[operation.at, parameter.where, parameter.name] = ""
    return Names(
        packages=dict.fromkeys((each.tag for each in operations.values()), ""),
        parameters=parameters,
    )
