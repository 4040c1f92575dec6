"""What the schemas of a document become in code, before any code is written."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract.reading.contract import read
from scripts.generator.plan import (
    ANYTHING,
    Class,
    ClassUse,
    Constant,
    Function,
    ListOf,
    NameCheck,
    Type,
    plan,
)
from tests.generator.packages import Json, answer, body, document, ref

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
FILE = TEXT | {"format": "binary"}
HELD = ClassUse("ThingA")  # what the field `a` of Thing gets for a class


def planned(operation: Json, **schemas: Json) -> tuple[Function, list[Class]]:
    """The function of one operation, and the classes."""
    operation = {"operationId": "do", "responses": {}} | operation
    made = plan(read(document({"/x": {"post": operation}}, **schemas)))
    return made.functions[0][0], [held for held, _ in made.classes]


def field(schema: Json, **schemas: Json) -> Type:
    """The type of the one field of an object."""
    thing = {"type": "object", "properties": {"a": schema}}
    _function, classes = planned(body(ref("Thing")), Thing=thing, **schemas)
    return classes[0].fields["a"].type


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({}, ANYTHING),
        (TEXT | {"format": "made-up"}, ("str",)),
        (FILE, ("str",)),
        (TEXT | {"format": "uuid"}, ("UUID",)),
        (WHOLE | {"default": 5, "maximum": 9}, ("int",)),
        ({"type": ["string", "null"]}, ("str", "None")),
        ({"type": ["string", "integer"]}, ("str", "int")),
        ({"type": "array"}, (ListOf(ANYTHING),)),
        ({"type": "array", "prefixItems": [TEXT]}, (ListOf(("str", "Any")),)),
        ({"anyOf": [TEXT | {"minLength": 1}, TEXT]}, ("str",)),
        ({"const": 'a"\\\n'}, (Constant(str, 'a"\\\n'),)),
        ({"const": True}, (Constant(bool, True),)),
        ({"const": 1.5}, ("float",)),
        ({"enum": [1, "a"]}, ("int", "str")),
        ({"type": "number", "enum": [1, 2]}, ("float",)),
        ({"enum": ["a", "b"]}, (HELD,)),
        ({"enum": [1, 2, None]}, (HELD, "None")),
        ({"type": "object"}, (HELD,)),
    ],
    ids=str,
)
def test_a_schema_has_the_type_that_says_most_of_it(schema: Json, type_: Type) -> None:
    assert field(schema) == type_


def test_a_type_that_contains_itself_ends_in_anything_and_a_class_does_not() -> None:
    tree = {"type": "array", "items": ref("Tree")}
    assert field(ref("Tree"), Tree=tree) == (ListOf(ANYTHING),)
    assert field(ref("Thing")) == (ClassUse("Thing"),)


def test_a_type_that_would_be_written_a_thousand_times_is_anything() -> None:
    def lists(other: str) -> Json:
        one = {"type": "array", "items": ref(other)}
        return {"anyOf": [one, {"type": "array", "items": one}]}

    schemas = {f"T{n}": lists(f"T{n + 1}") for n in range(40)} | {"T40": TEXT}
    assert len(str(field(ref("T0"), **schemas))) < 10_000


@pytest.mark.parametrize(
    ("operation", "required"),
    [
        (body(ref("Thing")), ["secret", "name"]),
        ({"responses": answer(ref("Thing"))}, ["id", "name"]),
        (body(ref("Thing")) | {"responses": answer(ref("Thing"))}, ["name"]),
    ],
)
def test_a_field_that_does_not_travel_both_ways_is_not_required_where_it_does_not(
    operation: Json, required: list[str]
) -> None:
    fields = {"id": TEXT | {"readOnly": True}, "secret": ref("Secret"), "name": TEXT}
    thing = {"type": "object", "required": [*fields], "properties": fields}
    secret = TEXT | {"writeOnly": True}
    _function, [made, *_] = planned(operation, Thing=thing, Secret=secret)
    assert [name for name, held in made.fields.items() if held.required] == required


THING: Any = {"type": "object", "properties": {"a": TEXT}}


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        ({"application/vnd.x+json": {"schema": TEXT}}, ("str",)),
        ({"application/json": {}}, ANYTHING),
        ({"text/csv": {}, "application/json": {"schema": TEXT}}, ("str",)),
        ({"image/png": {"schema": TEXT}}, ANYTHING),
        ({"text/csv": {"schema": TEXT}}, ANYTHING),
    ],
    ids=str,
)
def test_bodies_and_answers_have_the_type_of_their_json(
    content: Json, type_: Type
) -> None:
    responses = {"200": {"description": "d", "content": content}}
    made, _ = planned({"responses": responses, "requestBody": {"content": content}})
    assert made.answers == {"200": type_}
    assert made.bodies == [(False, type_)]


@pytest.mark.parametrize(
    ("schema", "type_"),
    [(ref("T"), (ClassUse("T"),)), ({"anyOf": [TEXT, {"type": "null"}]}, ANYTHING)],
)
def test_a_form_has_a_type_where_it_is_an_object(schema: Json, type_: Type) -> None:
    made, _ = planned(body(schema, "application/x-www-form-urlencoded"), T=THING)
    assert made.bodies == [(False, type_)]


def test_binary_fields_are_files_in_a_multipart_body_and_nowhere_else() -> None:
    fields = {
        "one": FILE,
        "more": {"type": "array", "items": FILE},
        "typed": TEXT | {"contentMediaType": "image/png"},
        "nested": {"type": "object", "properties": {"a": FILE}},
    }
    form = {"type": "object", "properties": fields}
    multipart = body(ref("T"), "multipart/form-data")
    _function, [made, nested] = planned(multipart, T=form)
    types = [held.type for held in made.fields.values()]
    file = ("File",)
    assert types == [file, (ListOf(file),), file, (ClassUse(nested.name),)]
    assert nested.fields["a"].type == ("str",)
    for other in (body(ref("T")), multipart | {"responses": answer(ref("T"))}):
        _function, [made, *_] = planned(other, T=form)
        assert made.fields["one"].type == ("str",)


@pytest.mark.parametrize("where", ["header", "cookie", "query"])
@pytest.mark.parametrize(
    ("schema", "as_text"),
    [
        ({"type": "array", "items": TEXT}, True),
        (TEXT | {"format": "date-time"}, True),
        ({"const": "a"}, True),
        ({}, True),
        (WHOLE, False),
        ({"enum": ["a"]}, False),
    ],
    ids=str,
)
def test_what_has_no_form_of_its_own_in_a_header_or_cookie_is_given_as_text(
    where: str, schema: Json, as_text: bool
) -> None:
    held = {"name": "p", "in": where, "schema": schema}
    [parameter] = planned({"parameters": [held]})[0].parameters
    assert (parameter.type == ("str",)) is (as_text and where != "query")


@pytest.mark.parametrize(
    ("where", "name", "fault"),
    [
        ("query", "ki\u200bnd", "invisible character U+200B"),
        ("header", "X Try", "'X Try' is not a valid header"),
    ],
)
def test_a_name_that_code_or_the_wire_cannot_hold_is_a_fault(
    where: str, name: str, fault: str
) -> None:
    parameter = {"name": name, "in": where, "schema": TEXT, "required": True}
    operation = {"responses": {}, "parameters": [parameter]}
    contract = read(document({"/x": {"get": operation}}))
    assert fault in NameCheck(contract).fault(contract.operations["GET /x"])
