"""Python names: what Python reads as one name is one name here, and no name is too long for a file."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from enkrypt_api_client._runtime.model_base import OpenModel
from scripts.contract.model import Contract
from scripts.contract.reading.contract import read
from scripts.contract.reading.naming import (
    LONGEST_NAME,
    MODEL_NAMES,
    class_name,
    identifier,
)

Json = Any


def contract_of(schemas: Json, parameters: Json = ()) -> Contract:
    fields = {name: {"$ref": f"#/components/schemas/{name}"} for name in schemas}
    content = {"application/json": {"schema": {"properties": fields}}}
    operation = {
        "operationId": "send",
        "parameters": list(parameters),
        "requestBody": {"content": content},
        "responses": {},
    }
    return read(
        {
            "openapi": "3.1.0",
            "info": {"title": "Names", "version": "1"},
            "paths": {"/names": {"post": operation}},
            "components": {"schemas": schemas},
        }
    )


@pytest.mark.parametrize(
    "text",
    [
        "\ufb01eld",
        "\u2163",
        "\uff4e\uff41\uff4d\uff45",
        "\u00b5",
        "x\u00b2",
        "\u00bd",
        "\u017fum",
        "\u0130d",
        "\u0663",
        "a\u0301",
    ],
)
def test_names_are_as_python_reads_them(text: str) -> None:
    for name in (identifier(text), class_name(text)):
        assert name.isidentifier()
        assert unicodedata.normalize("NFKC", name) == name


def test_fields_that_python_reads_alike_are_told_apart() -> None:
    fields = ("size", "\uff53\uff49\uff5a\uff45", "from_\uff44ict", "\ufb01t", "fit")
    contract = contract_of({"Box": {"properties": {name: {} for name in fields}}})
    names = contract.names.fields["components", "schemas", "Box"]
    assert names["size"] == "size"
    assert names["\uff53\uff49\uff5a\uff45"] == "size_2"
    assert names["from_\uff44ict"] == "from_dict_2"
    assert {names["\ufb01t"], names["fit"]} == {"fit", "fit_2"}


def test_classes_and_arguments_that_python_reads_alike_are_told_apart() -> None:
    schemas = {name: {"type": "object"} for name in ("Row1", "Row\uff11")}
    parameters: list[Json] = [
        {"in": "query", "name": name, "schema": {}}
        for name in ("sort", "\uff53\uff4f\uff52\uff54", "\uff55\uff52\uff4c")
    ]
    contract = contract_of(schemas, parameters)
    classes = [contract.names.class_of(schema) for schema in contract.types.values()]
    assert sorted(classes) == ["Row1", "Row12"]
    (operation,) = contract.operations.values()
    arguments = [contract.argument(operation, p) for p in operation.parameters]
    assert len({*arguments}) == 3
    assert "url" not in arguments
    assert all(name.isascii() for name in arguments)


def test_names_too_long_for_a_file_are_shortened_and_numbered() -> None:
    ends = ("One", "Two")
    schemas = {"Very" * 3_000 + end: {"type": "object"} for end in ends}
    nested: Json = {"type": "object"}
    for level in range(9):
        nested = {"properties": {f"quite_a_long_name_for_level_{level}_": nested}}
    contract = contract_of({**schemas, "Outer": nested})
    chosen = [*contract.names.classes.values()]
    assert len({each.module for each in chosen}) == len(chosen)
    for each in chosen:
        assert len(each.name.encode()) <= LONGEST_NAME + 10
        assert len(each.module.encode()) <= LONGEST_NAME + 10


def test_no_field_takes_the_name_of_a_public_method_of_the_models() -> None:
    public = {name for name in dir(OpenModel) if not name.startswith("_")}
    assert "to_dict" in public
    assert public <= MODEL_NAMES
