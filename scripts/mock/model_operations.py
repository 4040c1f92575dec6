"""The operations that work on the models that the mock service keeps: which they are, and what each does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scripts.contract import schema
from scripts.contract.model import Contract, Operation
from scripts.mock.store import Key, Model, ModelStore

NAME_HEADER = "X-Enkrypt-Model"
VERSION_HEADER = "X-Enkrypt-Model-Version"
MODIFY_MODEL = "modify_model"
_ALL = 1_000_000  # models on a page, where a request does not say how many


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """The content of a correct request.

    Attributes:
        key: Name and version in the headers; empty where there are none.
        query: The parameters in the query.
        model: The body; empty where there is none.
    """

    key: Key
    query: Mapping[str, str]
    model: Model


Answer: TypeAlias = dict[str, object]


def _get(store: ModelStore, request: ModelRequest) -> Answer:
    return dict(store.get(request.key))


def _list(store: ModelStore, request: ModelRequest) -> Answer:
    number = int(request.query.get("page", 1))
    size = int(request.query.get("per_page", _ALL))
    return {"models": store.page(number, size), "total": len(store)}


def _add(store: ModelStore, request: ModelRequest) -> Answer:
    model = store.add_new(request.model)
    return {"message": "Model details added successfully", "data": model}


def _modify(store: ModelStore, request: ModelRequest) -> Answer:
    model = store.modify(request.key, request.model)
    return {"message": "Model details updated successfully", "data": model}


def _delete(store: ModelStore, request: ModelRequest) -> Answer:
    store.delete(request.key)
    return {"message": "Model deleted successfully"}


@dataclass(frozen=True, slots=True)
class ModelOperation:
    """An operation on the models.

    Attributes:
        run: Does it, and returns the body of the answer. Raises NoModelError, TakenError.
        names_model: Whether the headers of the request say which model is meant.
        answer_fields: Fields of the answer that the document must describe.
    """

    run: Callable[[ModelStore, ModelRequest], Answer]
    names_model: bool
    answer_fields: frozenset[str]


# By operationId; the path does not matter. `model_operation` decides whether an operation of this name is meant.
_OPERATIONS = {
    "get_model": ModelOperation(_get, True, frozenset({"model_saved_name"})),
    "list_models": ModelOperation(_list, False, frozenset({"models"})),
    "add_model": ModelOperation(_add, False, frozenset({"message", "data"})),
    MODIFY_MODEL: ModelOperation(_modify, True, frozenset({"message", "data"})),
    "delete_model": ModelOperation(_delete, True, frozenset({"message"})),
}


def model_operation(operation: Operation, contract: Contract) -> ModelOperation | None:
    """Return what an operation does with the models; None if it does not work on them, and is answered with its example.

    It has a known operationId, takes name and version of the model in headers where that is needed, and describes an answer with the
    fields that ours has.
    """
    known = _OPERATIONS.get(operation.id or "")
    if known is None:
        return None
    if known.names_model:
        names = {parameter.name for parameter in operation.parameters}
        if not {NAME_HEADER, VERSION_HEADER} <= names:
            return None
    if not known.answer_fields <= _answer_fields(operation, contract):
        return None
    return known


def _answer_fields(operation: Operation, contract: Contract) -> frozenset[str]:
    """The fields of the JSON that an operation answers with success."""
    fields: set[str] = set()
    for status, response in operation.responses.items():
        for media in response.media:
            if not status.startswith("2") or media.schema is None:
                continue
            described, _nullable = schema.target(media.schema, contract.types)
            if isinstance(described, schema.Object):
                fields.update(described.fields)
    return frozenset(fields)
